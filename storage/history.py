"""The history of a record: what each operation changed in it, field by field, from its rows and their past."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Entity
from storage.operations import OPERATION, Operation, operation_of
from storage.records import View, fetch_one
from storage.scope import Scope, unlimited
from storage.versioned import Versioned

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
    if await fetch_one(view, an_entity, scope, key) is None and scope != unlimited():
        return None
    versions: dict[tuple[str, Any], list[_Version]] = defaultdict(list)
    for table in an_entity.tables():
        for version in await _versions(view.connection, table, key):
            versions[table.name, version.row["key"]].append(version)
    by_operation: dict[int, list[Changed]] = defaultdict(list)
    derived = {d.column for d in an_entity.derived}
    order = [t.name for t in an_entity.tables()]
    for (table_name, place), rows in versions.items():
        for number, changed in _differences(table_name, place, sorted(rows, key=lambda v: v.begun), derived):
            by_operation[number].append(changed)
    operations = await _operations(view.connection, list(by_operation))
    return tuple(
        Step(operation=o, changes=tuple(sorted(by_operation[o.id], key=lambda c: (order.index(c.table), str(c.place)))))
        for o in operations
    )


@dataclass(frozen=True, kw_only=True)
class _Version:
    begun: int
    ended: int | None
    row: dict[str, Any]


async def _versions(connection: AsyncConnection, table: Versioned, key: str) -> list[_Version]:
    now, past = table.current, table.past
    mine = [t.c.root == key if "root" in t.c else t.c.key == key for t in (now, past)]
    found = []
    for row in await connection.execute(select(now).where(mine[0])):
        found.append(_Version(begun=row._mapping["operation"], ended=None, row=_content(table, row._mapping)))
    for row in await connection.execute(select(past).where(mine[1])):
        values = row._mapping
        found.append(_Version(begun=values["operation"], ended=values["ended_by"], row=_content(table, values)))
    return found


def _content(table: Versioned, row: Any) -> dict[str, Any]:
    return {name: row[name] for name in table.columns}


def _differences(
    table: str, place: Any, versions: list[_Version], derived: set[str]
) -> list[tuple[int, Changed]]:
    """What each operation changed in one row, its versions given oldest first."""
    steps: list[tuple[int, Changed]] = []
    last: _Version | None = None
    for version in versions:
        follows = last is not None and last.ended == version.begun
        before = last.row if last is not None and follows else None
        steps += _step(version.begun, table, place, before, version.row, derived)
        if last is not None and not follows and last.ended is not None:
            steps += _step(last.ended, table, place, last.row, None, derived)
        last = version
    if last is not None and last.ended is not None:
        steps += _step(last.ended, table, place, last.row, None, derived)
    return steps


def _step(
    number: int,
    table: str,
    place: Any,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    derived: set[str],
) -> list[tuple[int, Changed]]:
    columns = [c for c in (after or before or {}) if c not in SILENT and c not in derived]
    was, becomes = before or {}, after or {}
    fields = tuple(c for c in columns if was.get(c) != becomes.get(c))
    if not fields and before is not None and after is not None:
        return []
    return [(number, Changed(table=table, place=place, before=before, after=after, fields=fields))]


async def _operations(connection: AsyncConnection, numbers: list[int]) -> list[Operation]:
    rows = await connection.execute(select(OPERATION).where(OPERATION.c.id.in_(numbers)).order_by(OPERATION.c.id))
    return [operation_of(row) for row in rows]
