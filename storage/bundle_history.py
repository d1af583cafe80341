"""The history of records as an export with its history has it: who changed what, when, where from, field by field."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from storage.bundle_export import AT_ONCE, Export
from storage.bundle_names import RENAMED
from storage.history import Changed, Step, histories
from storage.mapping import Entity, Scalar, scalars_of
from storage.register import BY_COLLECTION, ENTITIES
from storage.values import Ref

Plain = dict[str, Any]
Said = Callable[[Any], Any]


async def histories_of(export: Export, said: Said, collection: str, keys: Sequence[str]) -> dict[str, list[Plain]]:
    """The histories of these records by their keys inside, oldest step first, values `said` as the bundle has them."""
    an_entity = BY_COLLECTION[collection]
    found = await histories(export.view, export.scope, an_entity, keys)
    return {key: [_step(export, said, an_entity, step) for step in steps] for key, steps in found.items()}


async def removed(export: Export, said: Said) -> AsyncIterator[Plain]:
    """Every record that is there no more, with its history."""
    for an_entity in ENTITIES:
        now, past = an_entity.table.current, an_entity.table.past
        gone = select(past.c.key).where(~exists().where(now.c.key == past.c.key)).distinct().order_by(past.c.key)
        keys = list((await export.view.connection.execute(gone)).scalars())
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            for key, steps in (await histories_of(export, said, an_entity.collection, some)).items():
                yield {
                    "list": an_entity.collection,
                    "key": _called(export, an_entity.collection, key),
                    "history": steps,
                }


def _called(export: Export, collection: str, key: str) -> str:
    return export.names.outside_key(collection, key) if collection in RENAMED else key


def _step(export: Export, said: Said, an_entity: Entity[Any], step: Step) -> Plain:
    done = step.operation
    facts = {
        "at": said(done.at),
        "command": done.command,
        "cause": done.cause_kind.value,
        "source": done.cause,
        "by": export.names.outside_key("people", done.person) if done.person else None,
        "city": done.city,
        "note": done.note,
        "undoes": done.undoes,
    }
    changes = [plain for changed in step.changes for plain in _changes(export, said, an_entity, changed)]
    return {name: fact for name, fact in facts.items() if fact is not None} | {"operation": done.id, "changes": changes}


def _changes(export: Export, said: Said, an_entity: Entity[Any], changed: Changed) -> Iterator[Plain]:
    """One entry for every field of a row that differs; a row of the record's own table has no part."""
    scalars = {scalar.column: scalar for scalar in scalars_of(an_entity, changed.table)}
    own = changed.table == an_entity.table.name
    part = {} if own else {"part": changed.table.removeprefix(f"{an_entity.table.name}_"), "row": changed.place}
    row = changed.after or changed.before or {}
    if "map_key" in row:
        part["of"] = row["map_key"]
    fields = [column for column in changed.fields if column in scalars]
    for column in fields:
        before, after = (_value(export, said, scalars[column], state) for state in (changed.before, changed.after))
        if before != after:
            yield {**part, "field": column.removesuffix("_"), "before": before, "after": after}
    if not fields:
        yield {**part, "before": changed.before is not None, "after": changed.after is not None}


def _value(export: Export, said: Said, scalar: Scalar, row: Mapping[str, Any] | None) -> Any:
    stored = None if row is None else row[scalar.column]
    if stored is None:
        return None
    target = scalar.mark.resolve(stored) if isinstance(scalar.mark, Ref) else ""
    return export.names.outside_key(target, stored) if target in RENAMED else said(scalar.read(stored)) or None
