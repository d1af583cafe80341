"""Everything the demo needs around the conversation: homeservers, accounts, rooms, the installed bot, and its end."""

import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.demo.cast import BUNDLE, Part, cast
from bot.demo.homes import Homes, Hosting, homes
from bot.demo.homeserver import Account, Homeserver
from bot.demo.installed import BotFailed, Installation, last_lines
from bot.demo.person import Person

BOT = "stadtbote"
COORDINATIONS = {"M": "koord-m", "N": "koord-n", "A": "koord-a"}
PLAYERS = (*COORDINATIONS.values(), "vertr-m")

Busy = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A room of the demo as it is created: by whom, with what name, encrypted or not."""

    host: str
    title: str
    encrypted: bool


SETTINGS = {
    "lenkung": Setting(host="koord-m", title="Lenkungskreis", encrypted=True),
    "bauantrag": Setting(host="koord-n", title="Digitaler Bauantrag", encrypted=False),
}


class OtherHosting(Exception):
    """The folder holds a demo with another number of homeservers: its rooms and accounts live there."""

    def __init__(self, *, kept: Hosting) -> None:
        super().__init__(kept.value)
        self.kept = kept


@dataclass(kw_only=True)
class Memory:
    """What an earlier run in the same folder has done already."""

    file: Path
    hosting: str
    imported: bool = False
    rooms: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    """The names of those steps of the conversation that are played only once."""

    @classmethod
    def of(cls, directory: Path, hosting: Hosting) -> "Memory":
        """What is remembered in `directory`; raises OtherHosting."""
        file = directory / "demo.json"
        if not file.exists():
            return cls(file=file, hosting=hosting.value)
        # Before there was a choice, all were together.
        known = {"hosting": Hosting.TOGETHER.value} | json.loads(file.read_text(encoding="utf-8"))
        if known["hosting"] != hosting.value:
            raise OtherHosting(kept=Hosting(known["hosting"]))
        return cls(file=file, **known)

    def keep(self) -> None:
        """Write it down."""
        facts = {name: value for name, value in asdict(self).items() if name != "file"}
        self.file.write_text(json.dumps(facts, indent=1), encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Running homeservers and bot, and people in their rooms; people by their key in the bundle, rooms by name."""

    homes: Homes
    bot: Installation
    bot_id: str
    parts: dict[str, Part]
    people: dict[str, Person]
    memory: Memory

    @property
    def witness(self) -> Person:
        """Somebody who is in every room."""
        return self.people["koord-m"]

    def name(self, user_id: str) -> str:
        """How the transcript calls somebody."""
        if user_id == self.bot_id:
            return "Stadtbote"
        return next((self.parts[key].name for key, one in self.people.items() if one.user_id == user_id), user_id)

    def room_title(self, room_id: str) -> str:
        """How the transcript calls a room."""
        return next((SETTINGS[name].title for name, known in self.memory.rooms.items() if known == room_id), room_id)

    async def invite_bot(self, who: str, room: str) -> None:
        """Let somebody invite the bot; returns when it has come and everybody can be read by everybody."""
        room_id = self.memory.rooms[room]
        await self.people[who].invite(room_id, self.bot_id)
        await self.settle(room)

    async def settle(self, room: str) -> None:
        """Wait until everybody in the room knows the devices of all others, the bot's included."""
        members = [self.bot_id, *(one.user_id for one in self.people.values())]
        for person in self.people.values():
            await person.settle(self.memory.rooms[room], members)


@asynccontextmanager
async def stage(directory: Path, hosting: Hosting, *, keep: bool, busy: Busy) -> AsyncIterator[Stage]:
    """Set everything up in `directory`, or go on with what an earlier run left there; all is ended with the block.

    `busy` shows what is being done. Raises HomeserverFailed, BotFailed, NothingHeard, OtherHosting.
    """
    memory = Memory.of(directory, hosting)
    async with AsyncExitStack() as stack:
        with busy(_STARTING[hosting]):
            where = await stack.enter_async_context(homes(directory, hosting, keep=keep))
        bundle = where.bundle()
        parts = cast(bundle)
        with busy("Konten für drei Städte und den Bot werden angelegt"):
            account = await _register(where.main, BOT, "Stadtbote")
            accounts = {key: await _account(where, parts[key]) for key in PLAYERS}
        installation = _install(directory, where, account, accounts["koord-m"])
        with busy("Die Kooperation wird eingespielt"):
            await _import(installation, bundle, memory)
        stack.push_async_callback(installation.stop)
        with busy("Stadtbote startet"):
            await installation.start()
        with busy("Die Koordinationen melden sich an und öffnen ihre Räume"):
            people = {
                key: await stack.enter_async_context(
                    Person.at(where.of(parts[key]).url, accounts[key], directory / "people")
                )
                for key in PLAYERS
            }
            await _open_rooms(people, memory)
        yield Stage(homes=where, bot=installation, bot_id=account.user_id, parts=parts, people=people, memory=memory)


_STARTING = {
    Hosting.TOGETHER: "Ein Homeserver (Synapse) startet",
    Hosting.FEDERATED: "Drei Homeserver (Synapse) starten",
}


async def _account(where: Homes, part: Part) -> Account:
    return await _register(where.of(part), part.localpart, part.name)


async def _register(server: Homeserver, localpart: str, name: str) -> Account:
    return await server.register(localpart, secrets.token_urlsafe(9), displayname=name)


def _install(directory: Path, where: Homes, account: Account, administrator: Account) -> Installation:
    installation = Installation(directory / "stadtbote")
    installation.configure(
        homeserver=where.main.url,
        user_id=account.user_id,
        password=account.password,
        servers=where.names,
        administrators=[administrator.user_id],
    )
    return installation


async def _import(installation: Installation, bundle: str, memory: Memory) -> None:
    if memory.imported:
        return
    file = installation.directory / BUNDLE.name
    file.write_text(bundle, encoding="utf-8")
    finished = await installation.command("import", "--yes", str(file))
    if finished.status:
        raise BotFailed(doing="import", status=finished.status, said=last_lines(finished.err))
    memory.imported = True
    memory.keep()


async def _open_rooms(people: dict[str, Person], memory: Memory) -> None:
    for name, setting in SETTINGS.items():
        if name in memory.rooms:
            continue
        host = people[setting.host]
        guests = [one for one in people.values() if one is not host]
        room = await host.create_room(
            name=setting.title, encrypted=setting.encrypted, invite=[one.user_id for one in guests]
        )
        for guest in guests:
            await guest.until_invited_to(room)
            await guest.join(room)
        memory.rooms[name] = room
        memory.keep()
