"""The admin room: what went wrong and needs a person is told there, grouped, with a number that the log knows too."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NoReturn

import structlog

from bot.matrix.render import content
from bot.post import MESSAGE, Office
from bot.who import House, spoken_here
from commands.framework.render import Renderer
from commands.framework.reply import Bullets, Code, Item, Reply, item, line, reply, say
from storage.database import Connection, Database
from storage.incidents import Incident, IncidentKind, mark_reported, unreported
from storage.matrix.queries import room_facts, room_with_alias
from storage.matrix.record import RoomRecord
from storage.outbox import Parcel, Urgency, enqueue
from storage.view import View

EVERY = timedelta(minutes=1)
"""How often is looked for incidents: what happens within a minute is told in one message."""
MOST_LINES = 10
_MOST_AT_ONCE = 500

Directory = Callable[[str], Awaitable[str | None]]
"""Asks the homeserver which room an alias stands for; None if it does not know, or cannot be asked now."""

log = structlog.get_logger()


def incident_key(kind: IncidentKind) -> str:
    """The key of the sentence that tells administration what happened and what to do."""
    return f"desk.incident.{kind.value}"


@dataclass(kw_only=True)
class AdminRoom:
    """Tells administration of incidents. `address` is the room's alias or id as configured; empty: the log is all."""

    database: Database
    house: House
    office: Office
    address: str
    directory: Directory
    _logged: int = field(default=0, init=False)
    _missed: bool = field(default=False, init=False)

    async def step(self, now: datetime) -> bool:
        """Tell of everything that was not told yet, in one message; False if there is nothing, or nowhere to tell it.

        Every incident is one line in the log, whether or not there is an admin room. While the bot is not in the
        room that is configured, incidents wait for it.
        """
        async with self.database.read() as connection:
            incidents = await unreported(connection, most=_MOST_AT_ONCE)
        if not incidents:
            return False
        self._log(incidents)
        room = await self._room() if self.address else None
        self._note_missing(room)
        if self.address and room is None:
            return False
        await self.database.transact(lambda connection: self._report(connection, incidents, room, now))
        return True

    def _log(self, incidents: Sequence[Incident]) -> None:
        for incident in incidents:
            if incident.id > self._logged:
                facts = {"subject": incident.subject, "count": incident.count, "facts": dict(incident.facts)}
                log.warning("incident", kind=incident.kind.value, reference=incident.reference, **facts)
        self._logged = max(self._logged, incidents[-1].id)

    def _note_missing(self, room: str | None) -> None:
        missed = bool(self.address) and room is None
        if missed and not self._missed:
            log.warning("admin_room_missing", room=self.address)
        self._missed = missed

    async def _room(self) -> str | None:
        """The admin room, or the one that continues it; None while the bot is not in it."""
        account = self.house.account
        async with self.database.read() as connection:
            room = await room_with_alias(connection, account, self.address)
        if room is None:
            room = await self.directory(self.address) if self.address.startswith("#") else self.address
        async with self.database.read() as connection:
            facts = await _continued(connection, account, room) if room else None
        return facts.room if facts and facts.membership == "join" else None

    async def _report(
        self, connection: Connection, incidents: Sequence[Incident], room: str | None, now: datetime
    ) -> None:
        for incident in incidents:
            await mark_reported(connection, incident, now)
        told = [incident for incident in incidents if not _is_of_report(incident, room)]
        if room is not None and told:
            await enqueue(connection, await self._parcel(connection, told, room), self.office.secret, now)

    async def _parcel(self, connection: Connection, incidents: Sequence[Incident], room: str) -> Parcel:
        language, zone = await spoken_here(View(connection), self.house)
        renderer = Renderer(self.office.texts, language, zone)
        said = _said([await _recognisable(connection, self.house.account, incident) for incident in incidents])
        return Parcel(
            account=self.office.account,
            room=room,
            cause=f"incident {incidents[0].id}",
            ordinal=0,
            type=MESSAGE,
            content=content(renderer.plain(said), renderer.html(said), msgtype="m.text"),
            urgency=Urgency.DEADLINE,
        )


async def _recognisable(connection: Connection, account: str, incident: Incident) -> Incident:
    """The incident with what its room is called beside the id: by the id alone nobody tells which room is meant."""
    room = incident.facts.get("room")
    facts = await room_facts(connection, account, room) if room else None
    called = (facts.alias or facts.name) if facts else None
    return replace(incident, facts={**incident.facts, "room": f"{called} ({room})"}) if called else incident


async def _continued(connection: Connection, account: str, room: str) -> RoomRecord | None:
    """The room, or the one that continues it by now; None if the bot knows nothing of that one."""
    passed = set[str]()
    facts = await room_facts(connection, account, room)
    while facts and facts.successor and facts.room not in passed:
        passed.add(facts.room)
        facts = await room_facts(connection, account, facts.successor)
    return facts


def _is_of_report(incident: Incident, room: str | None) -> bool:
    """Whether it was a report that could not be delivered: to report that would go on for ever."""
    return incident.kind is IncidentKind.UNDELIVERABLE and incident.facts.get("room") == room


def _said(incidents: Sequence[Incident]) -> Reply:
    shown, more = incidents[:MOST_LINES], len(incidents) - MOST_LINES
    return reply(
        line(say("desk.reply.incidents", count=len(incidents))),
        Bullets(tuple(map(_item, shown))),
        *([line(say("desk.reply.incidents_more", count=more))] if more > 0 else []),
    )


def _item(incident: Incident) -> Item:
    parts = [Code(incident.reference), ": ", say(incident_key(incident.kind), **incident.facts)]
    if incident.count == 1:
        return item(*parts)
    times = say("desk.reply.incident_again", count=incident.count, first=incident.first, last=incident.last)
    return item(*parts, " ", times)


async def run(admin: AdminRoom, queued: Callable[[], None], now: Callable[[], datetime]) -> NoReturn:
    """Tell administration for ever; `queued` is called whenever something may have come into the outbox."""
    while True:
        while await admin.step(now()):
            queued()
        await asyncio.sleep(EVERY.total_seconds())
