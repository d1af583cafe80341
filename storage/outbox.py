"""The outbox: messages to send, stored with the change that causes them, each with its own transaction id."""

import hashlib
import hmac
import json
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, Select, Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, LONG, InstantColumn
from storage.schema import metadata


class OutboxState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Urgency(StrEnum):
    """What goes first when the homeserver slows us down."""

    REPLY = "0-reply"
    DEADLINE = "1-deadline"
    DIGEST = "2-digest"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Something to send: `type` is the event type, `content` its content (before encryption).

    `replaces` is the outbox row whose message this edits; its event id is filled in when this one is sent.
    `late` is set before the text if the message goes out much later than it was written. `thread` is where it stands.
    `about` names the record shown and `shown` the operation up to which it was shown, for telling later conflicts.
    """

    account: str
    room: str
    cause: str
    ordinal: int
    type: str
    content: dict[str, Any]
    urgency: Urgency = Urgency.REPLY
    replaces: int | None = None
    late: str | None = None
    thread: str | None = None
    about: str | None = None
    shown: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sending(Parcel):
    """A parcel in the outbox. `txn` stays the same over every attempt, so that the homeserver sends it once."""

    id: int
    txn: str
    attempts: int
    created: datetime
    event: str | None


OUTBOX = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", KEY, nullable=False),
    Column("room", KEY, nullable=False),
    Column("txn", KEY, nullable=False, unique=True),
    Column("cause", KEY, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("type", KEY, nullable=False),
    # Cleared once it is sent: the text then stands in the room and nowhere else.
    Column("content", LONG),
    Column("late", LONG),
    Column("thread", KEY),
    Column("urgency", KEY, nullable=False),
    Column("replaces", Integer),
    Column("about", KEY),
    Column("shown", Integer),
    Column("state", KEY, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", InstantColumn, nullable=False),
    Column("not_before", InstantColumn, nullable=False),
    Column("sent", InstantColumn),
    Column("event", KEY, unique=True),
    Index("ix_outbox_state", "account", "state", "room", "id"),
    Index("ix_outbox_cause", "cause"),
    Index("ix_outbox_about", "room", "about"),
    sqlite_autoincrement=True,
)


def transaction_id(secret: bytes, cause: str, ordinal: int) -> str:
    """The transaction id and marker of a message: the same cause leads to the same id, also after a restore."""
    return hmac.new(secret, f"{cause}\n{ordinal}".encode(), hashlib.sha256).hexdigest()[:40]


async def enqueue(connection: AsyncConnection, parcel: Parcel, secret: bytes, now: datetime) -> int:
    """Put a message into the outbox and return its row's number."""
    values = {
        "account": parcel.account,
        "room": parcel.room,
        "txn": transaction_id(secret, parcel.cause, parcel.ordinal),
        "cause": parcel.cause,
        "ordinal": parcel.ordinal,
        "type": parcel.type,
        "content": json.dumps(parcel.content),
        "urgency": parcel.urgency.value,
        "replaces": parcel.replaces,
        "late": parcel.late,
        "thread": parcel.thread,
        "about": parcel.about,
        "shown": parcel.shown,
        "state": OutboxState.QUEUED.value,
        "attempts": 0,
        "created": now,
        "not_before": now,
    }
    number: int = (await connection.execute(insert(OUTBOX).values(values).returning(OUTBOX.c.id))).scalar_one()
    return number


async def next_ordinal(connection: AsyncConnection, cause: str) -> int:
    """The ordinal of the next message that `cause` leads to, from 0."""
    last = (await connection.execute(select(func.max(OUTBOX.c.ordinal)).where(OUTBOX.c.cause == cause))).scalar()
    return 0 if last is None else last + 1


async def next_sendings(connection: AsyncConnection, account: str, now: datetime) -> tuple[Sending, ...]:
    """The oldest queued message of each room that may be sent at `now`, the most urgent first."""
    query = (
        select(OUTBOX)
        .where(OUTBOX.c.id.in_(_heads(account)), OUTBOX.c.not_before <= now)
        .order_by(OUTBOX.c.urgency, OUTBOX.c.id)
    )
    return tuple(_sending(row) for row in await connection.execute(query))


async def next_attempt_at(connection: AsyncConnection, account: str) -> datetime | None:
    """When the next queued message may be tried, None if nothing is queued; in each room the oldest goes first."""
    query = select(func.min(OUTBOX.c.not_before)).where(OUTBOX.c.id.in_(_heads(account)))
    soonest: datetime | None = (await connection.execute(query)).scalar()
    return soonest


def _heads(account: str) -> Select[Any]:
    """The number of each room's oldest queued message."""
    queued = (OUTBOX.c.account == account) & (OUTBOX.c.state == OutboxState.QUEUED.value)
    return select(func.min(OUTBOX.c.id)).where(queued).group_by(OUTBOX.c.room)


async def sent_as(connection: AsyncConnection, events: list[str]) -> dict[str, Sending]:
    """Our sent messages by event id, for those of `events` that are ours."""
    rows = await connection.execute(select(OUTBOX).where(OUTBOX.c.event.in_(set(events))))
    return {row._mapping["event"]: _sending(row) for row in rows}


async def sending(connection: AsyncConnection, number: int) -> Sending | None:
    """The outbox row with this number."""
    row = (await connection.execute(select(OUTBOX).where(OUTBOX.c.id == number))).one_or_none()
    return None if row is None else _sending(row)


async def replies_to(connection: AsyncConnection, cause: str) -> tuple[Sending, ...]:
    """What `cause` led to, sent or not, in order; edits of earlier messages left out."""
    query = select(OUTBOX).where(OUTBOX.c.cause == cause, OUTBOX.c.replaces.is_(None)).order_by(OUTBOX.c.ordinal)
    return tuple(_sending(row) for row in await connection.execute(query))


async def about_now(connection: AsyncConnection, number: int) -> str | None:
    """The record that the message of this outbox row shows, as it reads after its edits; None if it shows none."""
    versions = (OUTBOX.c.id == number) | (OUTBOX.c.replaces == number)
    query = select(OUTBOX.c.about).where(versions).order_by(OUTBOX.c.id.desc()).limit(1)
    about: str | None = (await connection.execute(query)).scalar_one_or_none()
    return about


def _sending(row: Row[Any]) -> Sending:
    found = dict(row._mapping)
    content = json.loads(found["content"]) if found["content"] else {}
    values = {**found, "content": content, "urgency": Urgency(found["urgency"])}
    return Sending(**{f.name: values[f.name] for f in fields(Sending)})


async def mark_sent(connection: AsyncConnection, number: int, event: str, now: datetime) -> None:
    """The homeserver has the message as `event`."""
    values = {"state": OutboxState.SENT.value, "event": event, "sent": now, "content": None}
    await connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))


async def mark_delayed(connection: AsyncConnection, number: int, not_before: datetime) -> None:
    """The message could not be sent; it is tried again at `not_before`."""
    values = {"attempts": OUTBOX.c.attempts + 1, "not_before": not_before}
    await connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))


async def mark_undeliverable(connection: AsyncConnection, number: int, now: datetime) -> None:
    """The homeserver refuses the message for good; the next one of the room may go."""
    values = {"state": OutboxState.FAILED.value, "sent": now, "content": None}
    await connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))
