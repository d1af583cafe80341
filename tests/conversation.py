"""Conversations through the front door: real storage, real dispatch; only the clock and the homeserver are played."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from bot.desk import make_desk
from bot.dispatch import Dispatcher
from bot.post import Office
from bot.who import House
from commands.framework.inbound import Around, Assurance, Inbound, Kind, addressed
from commands.framework.texts import installed
from storage.bundle import import_bundle
from storage.bundle_format import read_bundle
from storage.database import Connection, Database
from storage.inbox import INBOX, Arrival, known_events, record_arrivals
from storage.matrix.queries import save
from storage.matrix.record import AccountRecord, IdentityRecord, RoomRecord
from storage.operations import Acting, CauseKind
from storage.outbox import OUTBOX, mark_sent, next_sending, sent_as
from storage.prompts import waiting
from storage.register import ENTITIES
from storage.values import Language
from storage.work import Work

BOT = "@stadtbote:stadtbote.example"
BUNDLE = Path(__file__).parent.parent / "bot" / "demo" / "staedtekooperation.yaml"
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 18, 10, 0, tzinfo=BERLIN)
ACCOUNT = "default"
SECRET = b"a secret of the tests"
OWN = AccountRecord(
    account=ACCOUNT,
    user_id=BOT,
    device_id="BOTE",
    homeserver="https://stadtbote.example",
    access_token="a token of the tests",
    master_key="JnjRUIE4PXVVB8nDJMK0GVa6ApZJFxRGDCkfMJLVuYo",
    device_key="uJ0Bf2mI3FmPIkTkx9QXsJIAVe3jXLpkVVFGyjK3pQ4",
)
ADMIN = "@it:muenchen.example"
"""Named as administrator in the configuration, and nobody in the register."""
CHANGED = IdentityRecord(
    user_id="@vertretung:muenchen.example",
    pinned="gJ7cvyl4mxdIQr0Qh2vO1mSLIbBtQZBqxLJcGEKWcXo",
    current="T1bMvVP8rBFtUHJBcMyZTcoyZVyzA0YtNdJ8cWcTpSs",
)
"""Somebody who has reset their identity, which nobody has accepted yet."""
ALIASES = {
    "lenkung": "#lenkung:muenchen.example",
    "bauantrag": "#bauantrag:nuernberg.example",
    "gast": "#gast:staedtetag.example",
    "arbeit": "#arbeit:augsburg.example",
    "fremd": None,
}


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message or reaction of the bot, as clients would show it."""

    event: str
    room: str
    text: str
    html: str
    content: Mapping[str, Any]
    replaces: str | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody said, and what the bot answered to it."""

    event: str
    room: str
    who: str
    replies: tuple[Heard, ...]

    @property
    def text(self) -> str:
        """The bot's first answer in plain text; ✅ for an acknowledgement, empty for silence."""
        return self.replies[0].text if self.replies else ""

    @property
    def html(self) -> str:
        """The same as HTML."""
        return self.replies[0].html if self.replies else ""


@dataclass
class Conversation:
    """A cooperation with its rooms, and people who talk there. `now` is the clock; every message takes a second."""

    database: Database
    people: Mapping[str, str]
    now: datetime = START
    administrators: frozenset[str] = frozenset()
    dispatcher: Dispatcher = field(init=False)
    count: int = 0

    async def begin(self) -> None:
        """Take the lease and set the desk up."""
        house = House(
            account=ACCOUNT, user_id=BOT, administrators=self.administrators, language=Language.DE, zone=BERLIN
        )
        office = Office(account=ACCOUNT, texts=installed(), secret=SECRET)
        await self.database.take_over()
        self.dispatcher = Dispatcher(database=self.database, desk=make_desk(house, office), now=lambda: self.now)
        await self.database.transact(self._rooms)
        await self.database.transact(self._known)

    async def _known(self, connection: Connection) -> None:
        """Everybody has written before, so that nobody is told about data protection for the first time."""
        for number, mxid in enumerate(dict.fromkeys([*self.people.values(), *self.administrators])):
            earlier = Arrival(event=f"$known{number}", room="!earlier", sender=mxid, at=self.now, body={}, digest="")
            await record_arrivals(connection, ACCOUNT, [earlier], self.now)
        await connection.execute(update(INBOX).values(state="done", body=None))

    async def _rooms(self, connection: Connection) -> None:
        rooms = [
            RoomRecord(room=f"!{name}:stadtbote.example", membership="join", encrypted=True, members=5, alias=alias)
            for name, alias in ALIASES.items()
        ]
        await save(connection, ACCOUNT, [*rooms, OWN, CHANGED])

    async def says(
        self,
        who: str,
        text: str,
        *,
        room: str = "lenkung",
        reply_to: Said | Heard | None = None,
        thread: str | None = None,
        mentioned: bool = False,
        assurance: Assurance = Assurance.SERVER,
    ) -> Said:
        """Let `who` write `text`; returns what the bot answers."""
        answered = reply_to.replies[0].event if isinstance(reply_to, Said) else reply_to.event if reply_to else None
        return await self._happens(
            who,
            room,
            Kind.MESSAGE,
            text=text,
            reply_to=answered,
            thread=thread,
            mentioned=mentioned,
            assurance=assurance,
        )

    async def edits(self, said: Said, text: str, *, assurance: Assurance = Assurance.SERVER) -> Said:
        """Let the author of `said` change it to `text`."""
        return await self._happens(said.who, said.room, Kind.EDIT, text=text, target=said.event, assurance=assurance)

    async def deletes(self, said: Said, *, by: str | None = None) -> Said:
        """Let the author of `said`, or somebody else, delete it."""
        return await self._happens(by or said.who, said.room, Kind.DELETION, target=said.event)

    async def reacts(self, who: str, to: Said | Heard, key: str) -> Said:
        """Let `who` react to the bot's answer."""
        heard = to.replies[0] if isinstance(to, Said) else to
        return await self._happens(who, heard.room, Kind.REACTION, target=heard.event, key=key)

    async def joins(self, room: str, *, continues: str | None = None) -> Said:
        """Let the bot join a room, which may continue another one of its rooms."""
        return await self._happens(BOT, room, Kind.JOINED, target=continues and address(continues))

    async def moves(self, old: str, new: str) -> Said:
        """Let a room go on in another one; the bot's joining there is told next."""
        return await self._happens(BOT, new, Kind.MOVED, target=address(old))

    async def chooses(
        self, who: str, poll: Said | Heard, *choices: str, assurance: Assurance = Assurance.SERVER
    ) -> Said:
        """Let `who` answer a poll of the bot."""
        heard = poll.replies[0] if isinstance(poll, Said) else poll
        facts: dict[str, Any] = {"target": heard.event, "choices": choices, "assurance": assurance}
        return await self._happens(who, heard.room, Kind.POLL_ANSWER, **facts)

    async def becomes(self, room: str, **facts: Any) -> None:
        """Let the homeserver describe a room differently."""
        known = {"membership": "join", "encrypted": True, "members": 5, "alias": ALIASES.get(room)}
        record = RoomRecord(room=address(room), **{**known, **facts})
        await self.database.transact(lambda connection: save(connection, ACCOUNT, [record]))

    async def _happens(self, who: str, room: str, kind: Kind, **facts: Any) -> Said:
        self.count += 1
        self.now += timedelta(seconds=1)
        sender = who if who.startswith("@") else self.people[who]
        direct = room == "direkt"
        place = await self._direct_room(sender) if direct else address(room)
        inbound = Inbound(
            kind=kind,
            event=f"$e{self.count}",
            room=place,
            sender=sender,
            at=self.now,
            direct=direct or place.startswith("!direkt"),
            **facts,
        )
        await self._arrive(inbound)
        while await self.dispatcher.step():
            pass
        heard = await self._deliver()
        return Said(event=inbound.event, room=place, who=who, replies=heard)

    async def _direct_room(self, sender: str) -> str:
        room = f"!direkt-{sender[1:]}"
        record = RoomRecord(room=room, membership="join", encrypted=True, direct=True, members=2, other=sender)
        await self.database.transact(lambda connection: save(connection, ACCOUNT, [record]))
        return room

    async def _arrive(self, inbound: Inbound) -> None:
        async def transaction(connection: Connection) -> None:
            named = [event for event in (inbound.target, inbound.reply_to) if event]
            around = Around(
                me=BOT,
                ours=frozenset(await sent_as(connection, named)),
                handled=await known_events(connection, named),
                waiting=await waiting(connection, {inbound.room}, self.now),
            )
            if addressed(inbound, around):
                arrival = Arrival(
                    event=inbound.event,
                    room=inbound.room,
                    sender=inbound.sender,
                    at=inbound.at,
                    body=inbound.model_dump(mode="json"),
                    digest=hashlib.sha256(inbound.text.encode()).hexdigest(),
                )
                await record_arrivals(connection, ACCOUNT, [arrival], self.now)

        await self.database.transact(transaction)

    async def _deliver(self) -> tuple[Heard, ...]:
        """Play the homeserver: every queued message gets an event id; what was written first stands first."""
        heard: dict[int, Heard] = {}

        async def transaction(connection: Connection) -> bool:
            turn = await next_sending(connection, ACCOUNT, self.now)
            if turn is None:
                return False
            sending, event = turn.message, f"$b{turn.message.id}"
            await mark_sent(connection, sending.id, event, self.now)
            heard[sending.id] = _heard(event, sending.room, sending.content, sending.replaces)
            return True

        while await self.database.transact(transaction):
            pass
        return tuple(heard[number] for number in sorted(heard))

    async def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of the register as they are now, without their stamps."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        async with self.database.read() as connection:
            for an_entity in ENTITIES:
                for table in an_entity.tables():
                    columns = [table.current.c[name] for name in table.columns]
                    rows = await connection.execute(select(*columns).order_by(table.current.c.key))
                    found[table.name] = [tuple(row) for row in rows]
        return found

    async def inbox(self) -> list[Mapping[str, Any]]:
        """All inbox rows."""
        async with self.database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(select(INBOX).order_by(INBOX.c.id))]

    async def outbox(self) -> list[Mapping[str, Any]]:
        """All outbox rows."""
        async with self.database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(select(OUTBOX).order_by(OUTBOX.c.id))]


def address(room: str) -> str:
    """The id of a room of the tests."""
    return room if room.startswith("!") else f"!{room}:stadtbote.example"


def _heard(event: str, room: str, content: Mapping[str, Any], replaces: int | None) -> Heard:
    new = content.get("m.new_content", content)
    sign = content.get("m.relates_to", {}).get("key") if "body" not in content else None
    return Heard(
        event=event,
        room=room,
        text=sign or new["body"],
        html=sign or new.get("formatted_body", ""),
        content=json.loads(json.dumps(content)),
        replaces=f"$b{replaces}" if replaces else None,
    )


async def import_demo(database: Database, now: datetime = START) -> dict[str, str]:
    """Import the demo cooperation; returns the Matrix IDs of its people by their bundle keys."""
    bundle = read_bundle(BUNDLE.read_bytes(), name=BUNDLE.name)

    async def transaction(connection: Connection) -> None:
        work = Work(connection, now=now, due_rules={})
        work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause=BUNDLE.name))
        await import_bundle(work, bundle, overwrite=False)

    await database.transact(transaction)
    return {person.key: person.mxid for person in bundle.people if person.mxid}
