"""Conflicts: values of somebody else that an operation replaced although its author had been shown older ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Entity
from storage.operations import OPERATION, Operation
from storage.outbox import OUTBOX
from storage.touched import touched
from storage.versioned import Versioned


@dataclass(frozen=True, kw_only=True)
class Overwritten:
    """A value that was replaced unseen: `before` as stored in `column` of `table`, who had written it, and when."""

    collection: str
    key: str
    table: str
    column: str
    before: Any
    after: Any
    by: str | None
    at: datetime


async def overwritten(connection: AsyncConnection, operation: Operation) -> tuple[Overwritten, ...]:
    """What `operation` replaced that others wrote after the bot last showed the record in that room.

    Where it was never shown, nobody was misled, and nothing is a conflict.
    """
    found: list[Overwritten] = []
    for an_entity, table in await touched(connection, operation.id):
        for row in await _replaced(connection, table, operation):
            key = str(row.get("root", row["key"]))
            shown = await _last_shown(connection, operation.room, key)
            if shown is not None and row["operation"] > shown:
                found += await _changed(connection, an_entity, table, row, key)
    return tuple(found)


async def _replaced(connection: AsyncConnection, table: Versioned, operation: Operation) -> list[dict[str, Any]]:
    """Rows that the operation ended and that another person had written."""
    past = table.past
    query = (
        select(past, OPERATION.c.person.label("author"), OPERATION.c.at.label("written"))
        .select_from(past.join(OPERATION, OPERATION.c.id == past.c.operation))
        .where(past.c.ended_by == operation.id, OPERATION.c.person.is_distinct_from(operation.person))
    )
    return [dict(row._mapping) for row in await connection.execute(query)]


async def _last_shown(connection: AsyncConnection, room: str | None, key: str) -> int | None:
    query = select(func.max(OUTBOX.c.shown)).where(OUTBOX.c.room == room, OUTBOX.c.about == key)
    shown: int | None = (await connection.execute(query)).scalar_one_or_none()
    return shown


async def _changed(
    connection: AsyncConnection, an_entity: Entity[Any], table: Versioned, row: dict[str, Any], key: str
) -> list[Overwritten]:
    now, past = table.current, table.past
    after = await _row(connection, select(now).where(now.c.key == row["key"]))
    earlier = select(past).where(past.c.key == row["key"], past.c.ended_by == row["operation"])
    columns = _differing(an_entity, table, row, after, await _row(connection, earlier))
    return [
        Overwritten(
            collection=an_entity.collection,
            key=key,
            table=table.name,
            column=column,
            before=row[column],
            after=after[column] if after else None,
            by=row["author"],
            at=row["written"],
        )
        for column in columns
    ]


async def _row(connection: AsyncConnection, query: Select[Any]) -> dict[str, Any] | None:
    found = (await connection.execute(query)).first()
    return None if found is None else dict(found._mapping)


def _differing(
    an_entity: Entity[Any],
    table: Versioned,
    row: dict[str, Any],
    after: dict[str, Any] | None,
    before: dict[str, Any] | None,
) -> Iterator[str]:
    """Columns that the other person had set and that now hold something else."""
    silent = {"key", "root", "parent", "position", "rank", *(d.column for d in an_entity.derived)}
    for column in table.columns:
        theirs = before is None or before[column] != row[column]
        if column not in silent and theirs and (after is None or after[column] != row[column]):
            yield column
