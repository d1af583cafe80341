"""Operations: every command run, duty step or import that changed something is one row, and the cause of its rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Integer, Row, Table, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, LONG, InstantColumn
from storage.schema import metadata


class CauseKind(StrEnum):
    """What set an operation off."""

    EVENT = "event"
    DUTY = "duty"
    IMPORT = "import"


@dataclass(frozen=True, kw_only=True)
class Acting:
    """On whose behalf an operation runs and why: `cause` is the Matrix event, duty or file, `note` the reason given."""

    command: str
    cause_kind: CauseKind
    cause: str
    room: str | None = None
    person: str | None = None
    city: str | None = None
    undoes: int | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One recorded operation. `at` never runs backwards from one operation to the next.

    `withdrawn_at` and `withdrawn_by` (a person's key): when and by whom the message it came from was deleted although
    its effect stayed.
    """

    id: int
    at: datetime
    command: str
    cause_kind: CauseKind
    cause: str
    room: str | None
    person: str | None
    city: str | None
    undoes: int | None
    note: str | None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


OPERATION = Table(
    "operation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", InstantColumn, nullable=False),
    Column("command", KEY, nullable=False),
    Column("cause_kind", KEY, nullable=False),
    Column("cause", KEY, nullable=False),
    Column("room", KEY),
    Column("person", KEY),
    Column("city", KEY),
    Column("undoes", Integer),
    Column("note", LONG),
    Column("withdrawn_at", InstantColumn),
    Column("withdrawn_by", KEY),
    Index("ix_operation_cause", "cause"),
    Index("ix_operation_person", "person"),
    Index("ix_operation_undoes", "undoes"),
    sqlite_autoincrement=True,
)


async def record_operation(connection: AsyncConnection, acting: Acting, now: datetime) -> Operation:
    """Write the operation row; its instant is `now`, or the last operation's if the clock ran backwards."""
    newest = select(func.max(OPERATION.c.id)).scalar_subquery()
    last = (await connection.execute(select(OPERATION.c.at).where(OPERATION.c.id == newest))).scalar_one_or_none()
    at = now if last is None else max(now, last)
    values = {
        "at": at,
        "command": acting.command,
        "cause_kind": acting.cause_kind.value,
        "cause": acting.cause,
        "room": acting.room,
        "person": acting.person,
        "city": acting.city,
        "undoes": acting.undoes,
        "note": acting.note,
    }
    result = await connection.execute(insert(OPERATION).values(values).returning(OPERATION.c.id))
    return _operation({"id": result.scalar_one(), **values})


async def operation(connection: AsyncConnection, number: int) -> Operation:
    """The operation with this number; it must exist."""
    row = (await connection.execute(select(OPERATION).where(OPERATION.c.id == number))).one()
    return operation_of(row)


async def operations_by_cause(connection: AsyncConnection, cause: str) -> tuple[Operation, ...]:
    """Operations that the event, duty or file `cause` led to and that are not undone, oldest first."""
    query = select(OPERATION).where(OPERATION.c.cause == cause, *_standing()).order_by(OPERATION.c.id)
    return tuple(operation_of(row) for row in await connection.execute(query))


async def has_undone_others(connection: AsyncConnection, cause: str) -> bool:
    """Whether `cause` took back what another cause had done."""
    undone = OPERATION.alias("undone")
    both = OPERATION.join(undone, undone.c.id == OPERATION.c.undoes)
    query = select(OPERATION.c.id).select_from(both).where(OPERATION.c.cause == cause, undone.c.cause != cause)
    return (await connection.execute(query.limit(1))).first() is not None


async def last_operation_of(connection: AsyncConnection, person: str) -> Operation | None:
    """The newest operation of this person that is not undone and is not itself an undoing."""
    mine = select(OPERATION).where(OPERATION.c.person == person, *_standing())
    query = mine.order_by(OPERATION.c.id.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else operation_of(row)


async def newest_operations_of(connection: AsyncConnection, person: str, *, most: int) -> tuple[Operation, ...]:
    """The newest operations of this person, the last one first, undone ones included."""
    mine = select(OPERATION).where(OPERATION.c.person == person)
    rows = await connection.execute(mine.order_by(OPERATION.c.id.desc()).limit(most))
    return tuple(operation_of(row) for row in rows)


def _standing() -> tuple[ColumnElement[bool], ...]:
    """The conditions that an operation is not undone and is not itself an undoing."""
    undoing = OPERATION.alias("undoing")
    return OPERATION.c.undoes.is_(None), ~exists().where(undoing.c.undoes == OPERATION.c.id)


async def note_withdrawal(connection: AsyncConnection, number: int, at: datetime, by: str | None) -> None:
    """The message behind this operation was deleted at `at`, by this person; what it did stays."""
    marked = update(OPERATION).where(OPERATION.c.id == number, OPERATION.c.withdrawn_at.is_(None))
    await connection.execute(marked.values(withdrawn_at=at, withdrawn_by=by))


async def last_operation(connection: AsyncConnection) -> int:
    """The number of the newest operation, 0 if there is none."""
    return (await connection.execute(select(func.max(OPERATION.c.id)))).scalar() or 0


def operation_of(row: Row[Any]) -> Operation:
    """The operation that a row of the operation table holds."""
    return _operation(dict(row._mapping))


def _operation(values: dict[str, Any]) -> Operation:
    return Operation(**{**values, "cause_kind": CauseKind(values["cause_kind"])})
