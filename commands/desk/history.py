"""The history of a record as list entries: when, who and for which city, what before, what after."""

from collections.abc import Iterator
from typing import Any

from commands.framework.caller import Caller
from commands.framework.reply import Foreign, Item, Label, Say, item, say
from storage.history import Changed, Step
from storage.mapping import Entity, Scalar, scalars_of
from storage.people.queries import people
from storage.people.record import Person
from storage.records import Kept
from storage.values import Ref
from storage.work import Work

LONGEST_VALUE = 160
"""Longer texts are shown by their beginning: the history says that they changed, the record what they are."""


async def entries(work: Work, caller: Caller, an_entity: Entity[Any], steps: tuple[Step, ...]) -> tuple[Item, ...]:
    """One entry for each step, the newest first, with what changed below it."""
    known = await people(work, caller.scope, frozenset(_people(an_entity, steps)))
    return tuple(_entry(an_entity, step, known) for step in reversed(steps))


def _people(an_entity: Entity[Any], steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield from (key for key in (step.operation.person, step.operation.withdrawn_by) if key)
        for change in step.changes:
            for scalar in scalars_of(an_entity, change.table):
                if isinstance(scalar.mark, Ref) and scalar.mark.target == "people":
                    yield from (str(v) for row in (change.before, change.after) if row and (v := row[scalar.column]))


def _entry(an_entity: Entity[Any], step: Step, known: dict[str, Kept[Person]]) -> Item:
    operation = step.operation
    by = name_of(operation.person, known)
    who = say("desk.reply.by_city", by=by, city=operation.city) if operation.city else say("desk.reply.by", by=by)
    heading: Say = say("desk.reply.step", at=operation.at, who=who)
    if operation.cause_kind == "import":
        heading = say("desk.reply.imported", at=operation.at)
    elif operation.undoes is not None:
        heading = say("desk.reply.undone_step", at=operation.at, who=who)
    below = [_change(an_entity, change, known) for change in step.changes]
    if operation.withdrawn_at is not None:
        gone = say("desk.reply.withdrawn", at=operation.withdrawn_at, by=name_of(operation.withdrawn_by, known))
        below.append(item(gone))
    return item(heading, below=tuple(below))


def name_of(key: str | None, known: dict[str, Kept[Person]]) -> Any:
    """Somebody's name, or the administration's where nobody of the register acted."""
    person = known.get(key) if key else None
    return Foreign(person.record.name) if person else say("desk.reply.somebody")


def _change(an_entity: Entity[Any], change: Changed, known: dict[str, Kept[Person]]) -> Item:
    root = change.table == an_entity.table.name
    if root and change.before is None:
        return item(say("desk.reply.created"))
    if root and change.after is None:
        return item(say("desk.reply.removed_record"))
    if root:
        return _joined([_shift(an_entity, change, column, known) for column in change.fields])
    label = Label(an_entity.collection, part_label(an_entity, change.table))
    if change.before is None:
        return item(label, ": ", *_values(an_entity, change.table, change.after or {}, known))
    if change.after is None:
        gone = _values(an_entity, change.table, change.before, known)
        return item(say("desk.reply.removed", part=label), " ", *gone)
    return item(label, ": ", *_joined([_shift(an_entity, change, column, known) for column in change.fields]).parts)


def part_label(an_entity: Entity[Any], table: str) -> str:
    """The name of a part inside its record: `projects_milestones_shifts` is `milestones_shifts`."""
    return table.removeprefix(f"{an_entity.collection}_")


def _joined(parts: list[tuple[Any, ...]], *, between: str = ", ") -> Item:
    flat: list[Any] = []
    for part in parts:
        flat += [*([between] if flat else []), *part]
    return item(*flat)


def _shift(an_entity: Entity[Any], change: Changed, column: str, known: dict[str, Kept[Person]]) -> tuple[Any, ...]:
    before, after = ((row or {}).get(column) for row in (change.before, change.after))
    scalar = _scalar(an_entity, change.table, column)
    return (
        Label(change.table, column),
        " ",
        say("desk.reply.from_to", before=shown_value(scalar, before, known), after=shown_value(scalar, after, known)),
    )


def _values(an_entity: Entity[Any], table: str, row: dict[str, Any], known: dict[str, Kept[Person]]) -> tuple[Any, ...]:
    """The filled columns of a row, each with its label; a part that is a single value needs none."""
    filled = [s for s in scalars_of(an_entity, table) if row.get(s.column) not in (None, "[]")]
    if [s.column for s in filled] == ["value"]:
        return (shown_value(filled[0], row["value"], known),)
    return _joined(
        [(Label(table, s.column), " ", shown_value(s, row[s.column], known)) for s in filled], between=" · "
    ).parts


def shown_value(scalar: Scalar | None, raw: Any, known: dict[str, Kept[Person]]) -> Any:
    """A stored value as a node for replies: people by their names, long texts by their beginning."""
    if raw is None or scalar is None:
        return say("desk.reply.nothing") if raw is None else Foreign(str(raw))
    if isinstance(scalar.mark, Ref) and scalar.mark.target == "people":
        return name_of(str(raw), known)
    value = scalar.read(raw)
    if isinstance(value, tuple):
        return tuple(Foreign(word) for word in value) or say("desk.reply.nothing")
    if type(value) is str:
        return Foreign(value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…")
    return value


def _scalar(an_entity: Entity[Any], table: str, column: str) -> Scalar | None:
    return next((s for s in scalars_of(an_entity, table) if s.column == column), None)
