"""Conflicts: values of somebody else that an operation replaced although its author had been shown older ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Entity
from storage.operations import OPERATION, Operation
from storage.outbox import OUTBOX
from storage.versioned import Versioned
from storage.written import tables_written


@dataclass(frozen=True, kw_only=True)
class Overwritten:
    """A value that was replaced unseen: `before` as stored in `column` of `table`, who had written it, and when."""

    collection: str
    key: str
    table: str
    column: str
    before: Any
    by: str | None
    at: datetime


async def overwritten(connection: AsyncConnection, operation: Operation) -> tuple[Overwritten, ...]:
    """What `operation` replaced that others wrote after the bot last showed the record in that room.

    Where it was never shown, nobody was misled, and nothing is a conflict; nor where it holds again what was shown.
    """
    found: list[Overwritten] = []
    for an_entity, table in await tables_written(connection, operation.id):
        for row in await _replaced(connection, table, operation):
            key = str(row.get("root", row["key"]))
            shown = await _last_shown(connection, operation.room, key)
            if shown is not None and row["operation"] > shown:
                versions = await _versions(connection, table, row["key"], shown)
                after = await _now(connection, table, row["key"])
                for column in _replaced_unseen(an_entity, table, versions, after, shown):
                    setter = _setter(versions, column)
                    if setter["author"] != operation.person:
                        found.append(_overwritten(an_entity, table, key, column, setter))
    return tuple(found)


async def _replaced(connection: AsyncConnection, table: Versioned, operation: Operation) -> list[RowMapping]:
    """Rows that the operation ended."""
    query = select(table.past).where(table.past.c.ended_by == operation.id)
    return [row._mapping for row in await connection.execute(query)]


async def _last_shown(connection: AsyncConnection, room: str | None, key: str) -> int | None:
    query = select(func.max(OUTBOX.c.shown)).where(OUTBOX.c.room == room, OUTBOX.c.about == key)
    shown: int | None = (await connection.execute(query)).scalar_one_or_none()
    return shown


async def _versions(connection: AsyncConnection, table: Versioned, key: Any, shown: int) -> list[RowMapping]:
    """The row as it was shown, if it existed then, and every later version but the present, oldest first."""
    past = table.past
    query = (
        select(past, OPERATION.c.person.label("author"), OPERATION.c.at.label("written"))
        .select_from(past.join(OPERATION, OPERATION.c.id == past.c.operation))
        .where(past.c.key == key, past.c.ended_by > shown)
        .order_by(past.c.operation)
    )
    return [row._mapping for row in await connection.execute(query)]


async def _now(connection: AsyncConnection, table: Versioned, key: Any) -> RowMapping | None:
    found = (await connection.execute(select(table.current).where(table.current.c.key == key))).first()
    return None if found is None else found._mapping


def _replaced_unseen(
    an_entity: Entity[Any], table: Versioned, versions: Sequence[RowMapping], after: RowMapping | None, shown: int
) -> Iterator[str]:
    """Columns that hold something else now than before, and held something else before than when it was shown."""
    silent = {"key", "root", "parent", "position", "rank", *(d.column for d in an_entity.derived)}
    before, seen = versions[-1], versions[0] if versions[0]["operation"] <= shown else None
    for column in table.columns:
        stands = after is not None and after[column] == before[column]
        again = seen is not None and seen[column] == before[column]
        if column not in silent and not stands and not again:
            yield column


def _overwritten(an_entity: Entity[Any], table: Versioned, key: str, column: str, setter: RowMapping) -> Overwritten:
    return Overwritten(
        collection=an_entity.collection,
        key=key,
        table=table.name,
        column=column,
        before=setter[column],
        by=setter["author"],
        at=setter["written"],
    )


def _setter(versions: Sequence[RowMapping], column: str) -> RowMapping:
    """The version that gave the column the value it has in the last of them."""
    setter = versions[-1]
    for version in reversed(versions):
        if version[column] != setter[column]:
            break
        setter = version
    return setter
