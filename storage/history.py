"""The history of a record: what each operation changed in it, field by field, from its rows and their past."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Entity
from storage.operations import OPERATION, Operation, operation_of
from storage.records import batches, fetch_one
from storage.scope import Scope
from storage.values import Visibility
from storage.versioned import Versioned
from storage.view import View

SILENT = frozenset({"key", "root", "parent", "position", "rank"})


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One row's change in one operation. `table` is the collection or its part; values are as stored.

    `place` is the key of the row, `label` its stable name inside the record (a map's key), `before` or `after` None
    where the row did not exist. `fields` are the columns that differ.
    """

    table: str
    place: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """All that one operation changed in one record."""

    operation: Operation
    changes: tuple[Changed, ...]


async def history(view: View, scope: Scope, an_entity: Entity[Any], key: str) -> tuple[Step, ...] | None:
    """The record's history, oldest first; None if `scope` may not see the record.

    A record that was removed has its history still, for those who may see everything.
    """
    if scope.cap is not Visibility.INTERNAL and await fetch_one(view, an_entity, scope, key) is None:
        return None
    return (await histories(view, scope, an_entity, [key]))[key]


async def histories(
    view: View, scope: Scope, an_entity: Entity[Any], keys: Sequence[str]
) -> dict[str, tuple[Step, ...]]:
    """The histories of records that `scope` may see, or could while they were there, each oldest first."""
    hidden = {d.column for d in an_entity.derived} | {
        field for field, seen_by in an_entity.record.field_visibility.items() if seen_by.rank > scope.cap.rank
    }
    found: dict[str, dict[int, list[Changed]]] = {key: defaultdict(list) for key in keys}
    for table in an_entity.tables():
        if table.name not in {f"{an_entity.table.name}_{field}" for field in hidden}:
            for root, number, changed in await _changes(view.connection, table, keys, hidden):
                found[root][number].append(changed)
    numbers = sorted({number for by_operation in found.values() for number in by_operation})
    operations = {operation.id: operation for operation in await _operations(view.connection, numbers)}
    return {
        key: tuple(Step(operation=operations[n], changes=tuple(by_operation[n])) for n in sorted(by_operation))
        for key, by_operation in found.items()
    }


async def _changes(
    connection: AsyncConnection, table: Versioned, roots: Sequence[str], hidden: set[str]
) -> Iterator[tuple[str, int, Changed]]:
    """What each operation changed in the records' rows of one table, in the order of their keys."""
    versions: dict[Any, list[_Version]] = defaultdict(list)
    for batch in batches(roots):
        for version in await _versions(connection, table, batch):
            versions[version.row["key"]].append(version)
    return (
        (_root(versions[place][0]), number, changed)
        for place in sorted(versions)
        for number, changed in _differences(table.name, place, sorted(versions[place], key=lambda v: v.begun), hidden)
    )


def _root(version: "_Version") -> str:
    return str(version.row.get("root", version.row["key"]))


@dataclass(frozen=True, kw_only=True)
class _Version:
    begun: int
    ended: int | None
    row: dict[str, Any]


async def _versions(connection: AsyncConnection, table: Versioned, roots: Sequence[str]) -> list[_Version]:
    now, past = table.current, table.past
    mine = [t.c.root.in_(roots) if "root" in t.c else t.c.key.in_(roots) for t in (now, past)]
    present = await connection.execute(select(now).where(mine[0]))
    former = await connection.execute(select(past).where(mine[1]))
    return [_version(table, row._mapping) for row in (*present, *former)]


def _version(table: Versioned, row: RowMapping) -> _Version:
    content = {name: row[name] for name in table.columns}
    return _Version(begun=row["operation"], ended=row.get("ended_by"), row=content)


def _differences(table: str, place: Any, versions: list[_Version], hidden: set[str]) -> list[tuple[int, Changed]]:
    """What each operation changed in one row, its versions given oldest first."""
    steps: list[tuple[int, Changed]] = []
    last: _Version | None = None
    for version in versions:
        follows = last is not None and last.ended == version.begun
        before = last.row if last is not None and follows else None
        steps += _step(version.begun, table, place, before, version.row, hidden)
        if last is not None and not follows and last.ended is not None:
            steps += _step(last.ended, table, place, last.row, None, hidden)
        last = version
    if last is not None and last.ended is not None:
        steps += _step(last.ended, table, place, last.row, None, hidden)
    return steps


def _step(
    number: int,
    table: str,
    place: Any,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    hidden: set[str],
) -> list[tuple[int, Changed]]:
    columns = [c for c in (after or before or {}) if c not in SILENT and c not in hidden]
    was, becomes = before or {}, after or {}
    fields = tuple(c for c in columns if was.get(c) != becomes.get(c))
    if not fields and before is not None and after is not None:
        return []
    return [(number, Changed(table=table, place=place, before=before, after=after, fields=fields))]


async def _operations(connection: AsyncConnection, numbers: list[int]) -> list[Operation]:
    found: list[Operation] = []
    for batch in batches(numbers):
        rows = await connection.execute(select(OPERATION).where(OPERATION.c.id.in_(batch)).order_by(OPERATION.c.id))
        found += [operation_of(row) for row in rows]
    return found
