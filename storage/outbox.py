"""The outbox: messages to send, stored with the change that causes them, each with its own transaction id."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    Label,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
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
    `late` is set before the text if the message goes out much later than it was written. `thread` is the root of the
    thread in which the message stands.
    `about` names the record shown and `shown` the operation up to which it was shown, for telling later conflicts.
    `card`: the message is how the record stands, and nothing else; it can be put right when that changes.
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
    card: bool = False


@dataclass(frozen=True, kw_only=True)
class Sending(Parcel):
    """A parcel in the outbox. `txn` stays the same over every attempt, so that the homeserver sends it once."""

    id: int
    txn: str
    attempts: int
    created: datetime
    sent: datetime | None
    event: str | None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The message to send next, and the `urgency` for which its room's turn has come: that of its most urgent row."""

    message: Sending
    urgency: Urgency


@dataclass(kw_only=True)
class Underway:
    """What an account's one sender does now, known to those who queue messages in the same process.

    Rows up to `inherited` are older than the process: an earlier one may have sent them without noting so. None: the
    sender has not begun, so that this may be true of every row. `row` is being sent; what became of those in `doubtful`
    could not be noted. `turns` is the room that had the last turn, by urgency. `failing` are the rooms where sending
    failed since something was sent, and `pauses` counts how often all rooms had to wait for that.
    """

    inherited: int | None = None
    row: int | None = None
    doubtful: set[int] = field(default_factory=set)
    turns: dict[Urgency, str] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    pauses: int = 0

    def begin(self, number: int) -> None:
        """The message of this row is being sent from now on."""
        if self.row is not None:
            self.doubtful.add(self.row)
        self.row = number

    def end(self, turn: Turn | None = None) -> None:
        """It is known, and noted, what became of the message; a room whose `turn` it was has had it."""
        self.row = None
        if turn is not None:
            self.turns[turn.urgency] = turn.message.room

    def has_sent(self) -> None:
        """The homeserver has taken a message: what fails now is the room's."""
        self.failing.clear()
        self.pauses = 0

    def may_have_gone(self, message: Sending) -> bool:
        """Whether the homeserver may have the message from an earlier attempt."""
        own = self.inherited is not None and message.id > self.inherited
        return not own or message.attempts > 0 or message.id in self.doubtful

    def may_change(self, message: Sending) -> bool:
        """Whether a queued message can still be changed: nobody has it, and nobody is sending it."""
        return message.id != self.row and not self.may_have_gone(message)


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
    Column("card", Boolean, nullable=False, server_default=false()),
    Column("state", KEY, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", InstantColumn, nullable=False),
    Column("not_before", InstantColumn, nullable=False),
    Column("sent", InstantColumn),
    Column("event", KEY, unique=True),
    Index("ix_outbox_state", "account", "state", "room", "id"),
    # Whose turn it is, and who is put off, is found in these without reading the queue, however long it is.
    Index("ix_outbox_turn", "account", "state", "urgency", "room"),
    Index("ix_outbox_delayed", "account", "state", "not_before", "room"),
    Index("ix_outbox_cause", "cause"),
    Index("ix_outbox_replaces", "replaces"),
    Index("ix_outbox_about", "room", "about"),
    Index("ix_outbox_record", "about"),
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
        "card": parcel.card,
        "state": OutboxState.QUEUED.value,
        "attempts": 0,
        "created": now,
        "not_before": now,
    }
    number: int = (await connection.execute(insert(OUTBOX).values(values).returning(OUTBOX.c.id))).scalar_one()
    return number


async def enqueue_edit(
    connection: AsyncConnection, parcel: Parcel, secret: bytes, now: datetime, underway: Underway
) -> int:
    """Put an edit of an earlier row's message into the outbox and return the number of the row that says it.

    While nobody can have the message as it read before, that row says the new words instead: an edit that still waits
    takes the newer one's content, and a message that still waits needs no edit at all.
    """
    latest = await _latest_version(connection, parcel.replaces)
    if latest is None or not underway.may_change(latest):
        return await enqueue(connection, parcel, secret, now)
    values = {
        "content": json.dumps(parcel.content if latest.replaces is not None else _instead(latest, parcel)),
        "urgency": min(latest.urgency, parcel.urgency).value,
        "late": parcel.late,
        "about": parcel.about,
        "shown": parcel.shown,
        "card": parcel.card,
        "created": now,
    }
    await connection.execute(update(OUTBOX).where(OUTBOX.c.id == latest.id).values(values))
    return latest.id


async def _latest_version(connection: AsyncConnection, number: int | None) -> Sending | None:
    """The newest row of a message and its edits, if it is still queued."""
    query = select(OUTBOX).where(_versions(number)).order_by(OUTBOX.c.id.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None or row._mapping["state"] != OutboxState.QUEUED else _sending(row)


def _versions(number: int | None) -> ColumnElement[bool]:
    return or_(OUTBOX.c.id == number, OUTBOX.c.replaces == number)


def _instead(original: Sending, edit: Parcel) -> dict[str, Any]:
    """What an edit says, as the message itself, in the place of the original."""
    place = {name: original.content[name] for name in ("m.relates_to",) if name in original.content}
    return {**edit.content["m.new_content"], **place}


async def next_ordinal(connection: AsyncConnection, cause: str) -> int:
    """The ordinal of the next message that `cause` leads to, from 0."""
    last = (await connection.execute(select(func.max(OUTBOX.c.ordinal)).where(OUTBOX.c.cause == cause))).scalar()
    return 0 if last is None else last + 1


async def newest(connection: AsyncConnection) -> int:
    """The number of the newest row, 0 before the first."""
    number: int | None = (await connection.execute(select(func.max(OUTBOX.c.id)))).scalar()
    return number or 0


async def next_sending(
    connection: AsyncConnection, account: str, now: datetime, turns: Mapping[Urgency, str] | None = None
) -> Turn | None:
    """The message to be sent at `now`, None if none is due: always the oldest of its room.

    Rooms in which something more urgent waits go first. Among those of the same urgency the turn passes from room to
    room, in the order of their ids, beginning after the one that had it last (`turns`): a room with a long queue does
    not keep the others waiting.
    """
    after = {_after(urgency): (turns or {}).get(urgency, "") for urgency in Urgency}
    row = (await connection.execute(_next_turn(), {"account": account, "now": now, **after})).one_or_none()
    return None if row is None else Turn(message=_sending(row), urgency=Urgency(row._mapping["turn"]))


_ACCOUNT = bindparam("account", type_=KEY)
_NOW = bindparam("now", type_=InstantColumn)


@cache
def _next_turn() -> Select[Any]:
    """The query for the row whose turn it is; made once, for making it costs more than running it."""
    candidates = union_all(*_candidates()).subquery()
    best = select(candidates.c.urgency, candidates.c.room).order_by(candidates.c.rank).limit(1).subquery()
    waiting = OUTBOX.alias()
    oldest = select(func.min(waiting.c.id)).where(_queued(_ACCOUNT, waiting), waiting.c.room == best.c.room)
    turn = select(best.c.urgency, oldest.scalar_subquery().label("id")).subquery()
    return select(OUTBOX, turn.c.urgency.label("turn")).join(turn, OUTBOX.c.id == turn.c.id)


def _candidates() -> Iterator[Select[Any]]:
    """For each urgency the first room after the one that had the last turn, and the first of all, the best first."""
    for number, urgency in enumerate(Urgency):
        # No room's id is empty, and the smallest text comes before any other.
        for later, after in enumerate((bindparam(_after(urgency), type_=KEY), literal(""))):
            rank: Label[int] = literal_column(str(2 * number + later)).label("rank")
            mine = (OUTBOX.c.urgency == urgency.value) & (OUTBOX.c.room > after) & _free()
            first = select(rank, OUTBOX.c.urgency, OUTBOX.c.room).where(_queued(_ACCOUNT), mine)
            yield select(first.order_by(OUTBOX.c.room).limit(1).subquery())


def _after(urgency: Urgency) -> str:
    return f"after_{urgency.name}"


async def next_attempt_at(connection: AsyncConnection, account: str, now: datetime) -> datetime | None:
    """When `next_sending` will find something, `now` if it does already, None if nothing is queued."""
    known = {"account": account, "now": now}
    if (await connection.execute(_ANY_FREE, known)).scalar_one_or_none() is not None:
        return now
    found: datetime | None = (await connection.execute(_SOONEST, known)).scalar()
    return found


def _queued(account: str | ColumnElement[str], table: FromClause = OUTBOX) -> ColumnElement[bool]:
    return and_(table.c.account == account, table.c.state == OutboxState.QUEUED.value)


def _delayed(table: FromClause = OUTBOX) -> ColumnElement[bool]:
    return and_(_queued(_ACCOUNT, table), table.c.not_before > _NOW)


def _free() -> ColumnElement[bool]:
    """The row's room is not held up: a message that is put off, the oldest of its room, holds up those behind it."""
    delayed = OUTBOX.alias()
    return OUTBOX.c.room.not_in(select(delayed.c.room).where(_delayed(delayed)))


_ANY_FREE = select(OUTBOX.c.id).where(_queued(_ACCOUNT), _free()).limit(1)
_SOONEST = select(func.min(OUTBOX.c.not_before)).where(_delayed())


async def sent_as(connection: AsyncConnection, events: list[str]) -> dict[str, Sending]:
    """Our sent messages by event id, for those of `events` that are ours."""
    if not events:
        return {}
    rows = await connection.execute(select(OUTBOX).where(OUTBOX.c.event.in_(set(events))))
    return {row._mapping["event"]: _sending(row) for row in rows}


async def queued_in(connection: AsyncConnection, account: str, room: str) -> tuple[Sending, ...]:
    """What waits to be sent to a room, in the order in which it will be."""
    query = select(OUTBOX).where(_queued(account), OUTBOX.c.room == room).order_by(OUTBOX.c.id)
    return tuple(_sending(row) for row in await connection.execute(query))


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
    query = select(OUTBOX.c.about).where(_versions(number)).order_by(OUTBOX.c.id.desc()).limit(1)
    about: str | None = (await connection.execute(query)).scalar_one_or_none()
    return about


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A message of ours as it reads after its edits: the row it was first sent from, and the row of the last edit."""

    first: Sending
    last: Sending


async def standing_about(
    connection: AsyncConnection, account: str, about: str, *, before: datetime, most: int
) -> tuple[Standing, ...]:
    """Messages written before then that show this record now, the newest first, at most so many."""
    return await _standing(connection, account, OUTBOX.c.about == about, before=before, most=most)


async def standing_in(
    connection: AsyncConnection, account: str, room: str, *, before: datetime, most: int
) -> tuple[Standing, ...]:
    """Messages written before then that show a record in this room now, the newest first, at most so many."""
    here = (OUTBOX.c.room == room) & OUTBOX.c.about.is_not(None)
    return await _standing(connection, account, here, before=before, most=most)


async def _standing(
    connection: AsyncConnection, account: str, where: ColumnElement[bool], *, before: datetime, most: int
) -> tuple[Standing, ...]:
    message = func.coalesce(OUTBOX.c.replaces, OUTBOX.c.id)
    written = (OUTBOX.c.account == account) & (OUTBOX.c.created < before) & (OUTBOX.c.state != OutboxState.FAILED.value)
    newest = select(message).where(where, written).group_by(message).order_by(message.desc()).limit(most)
    found: list[Standing] = []
    for number in (await connection.execute(newest)).scalars().all():
        versions = select(OUTBOX).where(_versions(number)).order_by(OUTBOX.c.id)
        rows = [_sending(row) for row in await connection.execute(versions)]
        last = select(OUTBOX.c.id).where(_versions(number), where).order_by(OUTBOX.c.id.desc()).limit(1)
        # What was said of the record before the message came to say something else is not there any more.
        if rows and rows[0].id == number and (await connection.execute(last)).scalar_one() == rows[-1].id:
            found.append(Standing(first=rows[0], last=rows[-1]))
    return tuple(found)


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
