"""A homeserver that is played, and a bot's sending side on it: for what no real one does on demand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.matrix import outbound
from bot.matrix.errors import MatrixError, Unreachable
from bot.matrix.keys import Keys, Stored
from bot.matrix.login import MatrixAccount
from bot.matrix.render import MARKER, content, edit_content
from bot.matrix.rooms import Room
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session
from bot.metrics import Metrics
from storage.database import Database
from storage.incidents import unreported
from storage.matrix.record import AccountRecord, RoomRecord
from storage.outbox import OUTBOX, Parcel, enqueue, enqueue_edit

ROOMS = ("!a", "!b")
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
FORGETS = timedelta(hours=24)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 18, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What the homeserver has."""

    id: str
    at: datetime
    room: str
    kind: str
    content: Mapping[str, Any]


@dataclass(kw_only=True)
class Homeserver:
    """Takes messages, or fails as told; the same transaction of a device is one event, for a day."""

    clock: Clock
    events: list[Event] = field(default_factory=list)
    failures: list[MatrixError] = field(default_factory=list)
    answers_lost: int = 0
    searches: int = 0
    taken: dict[str, Event] = field(default_factory=dict)

    async def send(self, room: Room, kind: str, content: Mapping[str, Any], txn: str) -> str:
        assert content[MARKER] == txn
        # Others get their turns while a message is on its way.
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        event = self._take(room.id, kind, content, txn)
        if self.answers_lost:
            self.answers_lost -= 1
            raise Unreachable(reason="answer lost")
        return event.id

    def _take(self, room: str, kind: str, content: Mapping[str, Any], txn: str) -> Event:
        known = self.taken.get(txn)
        if known is not None and self.clock() - known.at < FORGETS:
            return known
        event = Event(id=f"${len(self.events)}", at=self.clock(), room=room, kind=kind, content=dict(content))
        self.events.append(event)
        self.taken[txn] = event
        return event

    async def sent_as(self, room_id: str, txn: str, *, since: datetime) -> str | None:
        self.searches += 1
        if self.failures:
            raise self.failures.pop(0)
        found = (e for e in self.events if (e.room, e.content[MARKER]) == (room_id, txn))
        return next((e.id for e in found if e.at >= since), None)

    def new_device(self) -> None:
        """The account's transactions of before are another device's."""
        self.taken = {f"{txn} of another": event for txn, event in self.taken.items()}

    @property
    def texts(self) -> list[str]:
        """The texts of all events, in order."""
        return [str(event.content.get("body")) for event in self.events]


@dataclass(kw_only=True)
class Process:
    """A bot that sends to a played homeserver; `restart` makes it another process on the same database."""

    database: Database
    state: Path
    server: Homeserver
    clock: Clock
    began: datetime | None = BEGAN
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        """Begin at once."""
        self.restart()

    def restart(self) -> None:
        nothing = Stored(account=None, sessions=(), group_sessions=(), devices=(), identities=(), requests=())
        self.session = Session(
            account=MatrixAccount(homeserver="http://x", user_id="@b:x"),
            record=AccountRecord(
                account="default",
                user_id="@b:x",
                device_id="D",
                homeserver="http://x",
                access_token="t",
                began=self.began,
            ),
            database=self.database,
            secrets=load_secrets(self.state),
            keys=Keys(account="default", user_id="@b:x", device_id="D", pickle_key="k", stored=nothing),
            rooms=[RoomRecord(room=room, membership="join") for room in ROOMS],
            undecrypted=[],
            now=self.clock,
            metrics=Metrics(),
        )
        self.session.send = self.server.send  # type: ignore[method-assign]
        self.session.sent_as = self.server.sent_as  # type: ignore[method-assign]

    def move(self) -> None:
        """Go on as a new device."""
        self.began = self.clock()
        self.server.new_device()
        self.restart()

    async def put(self, room: str, text: str, **parcel: Any) -> int:
        """Put a message, or an edit of one, into the outbox."""
        replaces = parcel.get("replaces")
        made = Parcel(
            **{
                "account": "default",
                "room": room,
                "cause": f"${text}",
                "ordinal": 0,
                "type": "m.room.message",
                "content": content(text, text) if replaces is None else edit_content(text, text),
                **parcel,
            }
        )
        session, secret, now = self.session, self.session.secrets.outbox, self.clock()
        if replaces is None:
            return await self.database.transact(lambda c: enqueue(c, made, secret, now))
        return await self.database.transact(lambda c: enqueue_edit(c, made, secret, now, session.underway))

    async def drain(self) -> int:
        """Send until nothing is due; gives the number of attempts."""
        steps = 0
        while await outbound.step(self.session):
            steps += 1
        return steps

    async def incidents(self) -> list[tuple[str, str, Mapping[str, str]]]:
        """What administration is to be told."""
        async with self.database.read() as connection:
            found = await unreported(connection, most=10)
        return [(one.kind.value, one.subject, one.facts) for one in found]

    async def waiting(self) -> int:
        """How many messages wait."""
        async with self.database.read() as connection:
            rows = await connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.state == "queued"))
        return len(rows.all())
