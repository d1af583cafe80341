"""Messages the bot cannot read: whoever wrote one is told politely, once a day at most, why and what helps."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import structlog

from bot.matrix.render import content
from bot.matrix.rooms import Rooms
from bot.matrix.withheld import Reason
from bot.post import MESSAGE, Office
from bot.who import House, identify
from commands.framework.caller import Caller
from commands.framework.inbound import Assurance, Inbound, Kind
from commands.framework.render import Renderer
from commands.framework.reply import Foreign, Reply, Say, line, reply, say
from storage.database import Connection, Database
from storage.matrix.queries import direct_room
from storage.matrix.record import ToldRecord, UndecryptedRecord
from storage.matrix.unread import (
    REASONS_LAST,
    record_told,
    settle,
    told_since,
    untold,
    untold_since,
    withheld_by,
)
from storage.outbox import Parcel, enqueue, next_ordinal
from storage.view import View

PATIENCE = timedelta(seconds=60)
"""How long a key may take: clients send it before the message, but by another way."""
AGAIN_AFTER = timedelta(days=1)

_NO_KEY_CAME = say("desk.reply.unreadable_no_key")
_REASONS: Mapping[Reason, Say] = {
    Reason.BLACKLISTED: say("desk.reply.unreadable_blacklisted"),
    Reason.UNVERIFIED: say("desk.reply.unreadable_unverified"),
    Reason.UNAUTHORISED: say("desk.reply.unreadable_unauthorised"),
    Reason.UNAVAILABLE: say("desk.reply.unreadable_unavailable"),
    Reason.NO_OLM: say("desk.reply.unreadable_no_channel"),
}

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Letter:
    """A notice to be written: to `room`, about events of one sender, oldest first."""

    room: str
    about: Sequence[UndecryptedRecord]

    @property
    def sender(self) -> str:
        return self.about[0].sender

    @property
    def answered(self) -> UndecryptedRecord | None:
        """The event to reply to: the newest in the room of the notice."""
        return next((one for one in reversed(self.about) if one.room == self.room), None)


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """Tells people that the bot cannot read them. `rooms` are as they are now: who is in, and where we may write."""

    database: Database
    rooms: Rooms
    house: House
    office: Office

    async def step(self, now: datetime) -> bool:
        """Deal with the sender whose unreadable event has waited longest; False if none waits for a minute yet.

        Whatever comes of it, these events are settled: nobody is told of them again.
        """
        due = await self.next_due()
        if due is None or now < due:
            return False
        await self.database.transact(lambda connection: self._settle(connection, now))
        return True

    async def next_due(self) -> datetime | None:
        """When `step` will have something to do; None if nothing unreadable waits."""
        async with self.database.read() as connection:
            oldest = await untold_since(connection, self.house.account)
        return None if oldest is None else oldest + PATIENCE

    async def _settle(self, connection: Connection, now: datetime) -> None:
        account = self.house.account
        due = await untold(connection, account, until=now - PATIENCE)
        answerable = [one for one in due if self._reaches(one.room, one.sender)]
        yesterday = now - AGAIN_AFTER
        if answerable and not await told_since(connection, account, due[0].sender, yesterday):
            await self._tell(connection, await self._letter(connection, answerable), now)
            told = ToldRecord(user_id=due[0].sender, at=now)
            await record_told(connection, account, told, forget_until=yesterday)
        await settle(connection, account, [one.event for one in due])

    def _reaches(self, room_id: str, user: str) -> bool:
        """Whether we can write to the room, and this user reads it."""
        room = self.rooms.get(room_id)
        if room is None or not room.joined or room.successor:
            return False
        return room.open_to_us and room.members.get(user) == "join"

    async def _letter(self, connection: Connection, about: Sequence[UndecryptedRecord]) -> _Letter:
        """To the direct chat with the sender; without one to the room of the oldest event, and only about that room."""
        sender = about[0].sender
        direct = await direct_room(connection, self.house.account, sender)
        if direct is not None and self._reaches(direct, sender):
            return _Letter(room=direct, about=about)
        here = about[0].room
        return _Letter(room=here, about=[one for one in about if one.room == here])

    async def _tell(self, connection: Connection, letter: _Letter, now: datetime) -> None:
        caller = await self._reader(connection, letter, now)
        reason = await self._reason(connection, letter.about, now)
        renderer = Renderer(self.office.texts, caller.language, caller.zone)
        said = self._notice(letter, reason)
        answered = letter.answered
        cause = f"unreadable {letter.about[-1].event}"
        thread = answered.thread if answered else None
        parcel = Parcel(
            account=self.office.account,
            room=letter.room,
            cause=cause,
            ordinal=await next_ordinal(connection, cause),
            type=MESSAGE,
            # Clients do not ring for an m.notice, whomever it mentions.
            content=content(
                renderer.plain(said),
                renderer.html(said),
                msgtype="m.text",
                thread=thread,
                reply_to=answered.event if answered else None,
                mentions=[letter.sender],
            ),
            thread=thread,
        )
        await enqueue(connection, parcel, self.office.secret, now)
        log.info("unreadable_told", room=letter.room, events=len(letter.about), reason=reason)

    async def _reader(self, connection: Connection, letter: _Letter, now: datetime) -> Caller:
        """The sender as the register knows them, where the notice is read."""
        room = self.rooms.known(letter.room)
        written = Inbound(
            kind=Kind.MESSAGE,
            event=letter.about[-1].event,
            room=letter.room,
            sender=letter.sender,
            at=letter.about[-1].at,
            direct=room.direct,
            assurance=Assurance.NONE,
        )
        return await identify(View(connection), self.house, written, now)

    async def _reason(self, connection: Connection, about: Sequence[UndecryptedRecord], now: datetime) -> Reason | None:
        """Why the newest of the keys was withheld of which we know it."""
        refused = await withheld_by(connection, self.house.account, about[0].sender)
        codes = {(one.room, one.session): one.code for one in refused if one.at > now - REASONS_LAST}
        found = [code for one in reversed(about) if (code := codes.get((one.room, one.session)))]
        code = found[0] if found else codes.get(("", ""))
        return None if code is None else Reason(code)

    def _notice(self, letter: _Letter, reason: Reason | None) -> Reply:
        rooms = tuple(dict.fromkeys(one.room for one in letter.about))
        count = len(letter.about)
        if rooms == (letter.room,):
            what = say("desk.reply.unreadable", count=count)
        else:
            named = tuple(self._room(room, letter) for room in rooms)
            what = say("desk.reply.unreadable_in", count=count, rooms=named)
        why = _REASONS[reason] if reason else _NO_KEY_CAME
        return reply(line(what), line(why), line(say("desk.reply.unreadable_later", count=count)))

    def _room(self, room_id: str, letter: _Letter) -> Say:
        if room_id == letter.room:
            return say("desk.reply.unreadable_here")
        return say("desk.reply.unreadable_there", room=Foreign(self.rooms.known(room_id).name or room_id))


async def run(
    unreadable: Unreadable, puzzled: asyncio.Event, queued: Callable[[], None], now: Callable[[], datetime]
) -> NoReturn:
    """Tell people for ever: all that is due, then rest until the next one is, or until `puzzled` is set.

    `queued` is called whenever something may have come into the outbox.
    """
    while True:
        puzzled.clear()
        while await unreadable.step(now()):
            queued()
        due = await unreadable.next_due()
        try:
            async with asyncio.timeout(None if due is None else max((due - now()).total_seconds(), 0)):
                await puzzled.wait()
        except TimeoutError:
            continue
