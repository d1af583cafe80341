"""The inbox: events addressed to the bot, stored together with the sync token that delivered them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, LONG, InstantColumn
from storage.schema import metadata


class InboxState(StrEnum):
    """Where an event stands: waiting, handled, or set aside after it failed repeatedly."""

    NEW = "new"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An addressed event as it comes from a sync. `body` is what the handling needs, as a JSON tree."""

    event: str
    room: str
    sender: str
    at: datetime
    body: dict[str, Any]
    digest: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A stored event that waits to be handled. `attempts` counts the runs that failed so far.

    `behind` is how many others waited behind it in its room when it was read.
    """

    id: int
    account: str
    event: str
    room: str
    sender: str
    at: datetime
    body: dict[str, Any]
    digest: str
    attempts: int
    behind: int = 0


INBOX = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", KEY, nullable=False),
    Column("event", KEY, nullable=False, unique=True),
    Column("room", KEY, nullable=False),
    Column("sender", KEY, nullable=False),
    Column("at", InstantColumn, nullable=False),
    # Cleared once the event is handled: what remains of a message is what it did.
    Column("body", LONG),
    Column("digest", KEY, nullable=False),
    Column("state", KEY, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("received", InstantColumn, nullable=False),
    Column("done", InstantColumn),
    Index("ix_inbox_state", "state", "account", "room", "id"),
    Index("ix_inbox_sender", "sender"),
    sqlite_autoincrement=True,
)


async def record_arrivals(connection: AsyncConnection, account: str, arrivals: Iterable[Arrival], now: datetime) -> int:
    """Store events that are not in the inbox yet, in their order; returns how many were new."""
    arrivals = list(arrivals)
    known = await known_events(connection, [a.event for a in arrivals])
    rows = {a.event: _row(account, a, now) for a in arrivals if a.event not in known}
    if rows:
        await connection.execute(insert(INBOX), list(rows.values()))
    return len(rows)


def _row(account: str, arrival: Arrival, now: datetime) -> dict[str, Any]:
    return {
        "account": account,
        "event": arrival.event,
        "room": arrival.room,
        "sender": arrival.sender,
        "at": arrival.at,
        "body": json.dumps(arrival.body),
        "digest": arrival.digest,
        "state": InboxState.NEW.value,
        "attempts": 0,
        "received": now,
        "done": None,
    }


async def known_events(connection: AsyncConnection, events: Iterable[str]) -> frozenset[str]:
    """Those of `events` that the inbox has seen."""
    asked = set(events)
    if not asked:
        return frozenset()
    query = select(INBOX.c.event).where(INBOX.c.event.in_(asked))
    return frozenset((await connection.execute(query)).scalars())


async def next_letters(connection: AsyncConnection) -> tuple[Letter, ...]:
    """The oldest waiting event of each room: rooms proceed independently, order within a room is kept."""
    waiting = INBOX.c.state == InboxState.NEW.value
    queues = select(func.min(INBOX.c.id).label("id"), (func.count() - 1).label("behind")).where(waiting)
    first = queues.group_by(INBOX.c.account, INBOX.c.room).subquery()
    heads = select(INBOX, first.c.behind).join(first, INBOX.c.id == first.c.id)
    return tuple(_letter(row) for row in await connection.execute(heads.order_by(INBOX.c.id)))


def _letter(row: Row[Any]) -> Letter:
    found = row._mapping
    names = ("id", "account", "event", "room", "sender", "at", "digest", "attempts", "behind")
    return Letter(**{n: found[n] for n in names}, body=json.loads(found["body"]))


@dataclass(frozen=True, kw_only=True)
class Handled:
    """What remains of an event that came in before: who sent it where, and what it said, as a keyed digest."""

    room: str
    sender: str
    digest: str


async def handled(connection: AsyncConnection, event: str) -> Handled | None:
    """What is known of this event; None if it was never addressed to the bot."""
    query = select(INBOX.c.room, INBOX.c.sender, INBOX.c.digest).where(INBOX.c.event == event)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Handled(**row._mapping)


async def record_handled(connection: AsyncConnection, letter: Letter, event: str, now: datetime) -> None:
    """Remember `event`, which only an edit (`letter`) addressed to the bot, so that later edits know it."""
    values = {
        **{n: getattr(letter, n) for n in ("account", "room", "sender", "at", "digest")},
        "event": event,
        "state": InboxState.DONE.value,
        "attempts": 0,
        "received": now,
        "done": now,
    }
    await connection.execute(insert(INBOX).values(values))


async def is_first_contact(connection: AsyncConnection, letter: Letter) -> bool:
    """Whether nothing of this sender came in before this event."""
    earlier = select(INBOX.c.id).where(INBOX.c.sender == letter.sender, INBOX.c.id < letter.id).limit(1)
    return (await connection.execute(earlier)).first() is None


async def redigest(connection: AsyncConnection, event: str, digest: str) -> None:
    """An edit was handled: from now on the event says this."""
    await connection.execute(update(INBOX).where(INBOX.c.event == event).values(digest=digest))


async def mark_done(connection: AsyncConnection, letter: Letter, now: datetime) -> None:
    """The event is handled; its body is not needed any more."""
    values = {"state": InboxState.DONE.value, "body": None, "done": now}
    await connection.execute(update(INBOX).where(INBOX.c.id == letter.id).values(values))


async def mark_failed(connection: AsyncConnection, letter: Letter, *, park_after: int) -> InboxState:
    """The handling failed once more; after `park_after` failures the event is set aside."""
    attempts = letter.attempts + 1
    state = InboxState.PARKED if attempts >= park_after else InboxState.NEW
    values = {"attempts": attempts, "state": state.value}
    await connection.execute(update(INBOX).where(INBOX.c.id == letter.id).values(values))
    return state
