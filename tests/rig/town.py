"""A bot process of its own on the session's homeservers, with people of the demo cooperation, for one test."""

import secrets
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, Self

from bot.config import load
from bot.demo.cast import cast
from bot.demo.homes import Homes
from bot.demo.homeserver import Account, Homeserver
from bot.demo.installed import Installation
from bot.demo.person import Heard, Person
from bot.transfer import import_file

PASSWORD = "Passwort"


class Town:
    """`bot` is installed and knows the register, but does not run yet; `start` runs it, people come by `person`.

    The bot lives on `server`, and everybody in their place in `homes` (without that, there as well).
    """

    def __init__(self, server: Homeserver, directory: Path, *, homes: Homes | None = None) -> None:
        self.server = server
        self.homes = homes or Homes(main=server)
        self.directory = directory
        self.bot = Installation(directory / "stadtbote")
        self._suffix = f"-{secrets.token_hex(4)}"
        self.bundle = self.homes.bundle(suffix=self._suffix)
        self._parts = cast(self.bundle)
        self._people: dict[str, Person] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.account = await self.register("stadtbote")
        self.bot_id = self.account.user_id
        self.configure()
        self._stack.push_async_callback(self.bot.kill)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def register(self, name: str) -> Account:
        """An account under a localpart that no other test has."""
        return await self.server.register(f"{name}{self._suffix}", PASSWORD, displayname=name.title())

    def configure(self, *, servers: tuple[str, ...] | None = None, administrators: tuple[str, ...] = ()) -> None:
        """Write the bot's configuration; without `servers`, everybody on any of them may invite it."""
        self.bot.configure(
            homeserver=self.server.url,
            user_id=self.bot_id,
            password=PASSWORD,
            servers=self.homes.names if servers is None else servers,
            administrators=administrators,
        )

    async def import_register(self) -> None:
        """Import the demo cooperation with everybody's Matrix ID on this homeserver."""
        file = self.directory / "bundle.yaml"
        file.write_text(self.bundle, encoding="utf-8")
        await import_file(load(self.bot.config), file, overwrite=False)

    async def start(self) -> None:
        """Run the bot."""
        await self.bot.start()

    def home(self, key: str) -> Homeserver:
        """The homeserver of somebody in the bundle; anybody else lives where the bot does."""
        return self.homes.of(self._parts[key]) if key in self._parts else self.server

    def localpart(self, key: str) -> str:
        """The account of somebody in the bundle; anybody else keeps the name."""
        return self._parts[key].localpart if key in self._parts else f"{key}{self._suffix}"

    async def person(self, key: str) -> Person:
        """Somebody of the bundle, by key, or a stranger of that name; listens until the test ends."""
        if key not in self._people:
            home = self.home(key)
            account = await home.register(self.localpart(key), PASSWORD, displayname=key)
            person = Person.at(home.url, account, self.directory / "people")
            self._people[key] = await self._stack.enter_async_context(person)
        return self._people[key]

    async def room(self, *keys: str, encrypted: bool = True, kind: str | None = "lenkung") -> str:
        """A room of these people in which the bot has greeted the first of them and, with `kind`, was bound."""
        host, *guests = [await self.person(key) for key in keys]
        room = await host.create_room(encrypted=encrypted, invite=[self.bot_id, *(guest.user_id for guest in guests)])
        for guest in guests:
            await guest.until_invited_to(room)
            await guest.join(room)
        for person in (host, *guests):
            await person.settle(room, [self.bot_id, *(one.user_id for one in (host, *guests))])
        await host.next_from(self.bot_id, room)
        if kind:
            await self.ask(keys[0], room, f"!raum {kind}")
        return room

    async def ask(self, key: str, room: str, text: str, **relation: Any) -> Heard:
        """What the bot answers to somebody's message."""
        person = await self.person(key)
        return await person.reply_to(await person.say(room, text, **relation), sender=self.bot_id)

    async def answers(self, key: str, room: str, event: str) -> list[Heard]:
        """Every message and reaction of the bot to `event`, once it has answered what `key` says after it."""
        person = await self.person(key)
        await self.ask(key, room, "!ich")
        return [
            one
            for one in person.heard
            if one.sender == self.bot_id and event in {one.in_reply_to, one.target} and one.kind != "redaction"
        ]

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What the bot's database says."""
        with closing(sqlite3.connect(f"file:{self.bot.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def everything(self) -> dict[str, str]:
        """All that the database stores: every table's rows as text, and every file of it, its journal included."""
        tables = [str(name) for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: repr(self.rows(f'SELECT * FROM "{table}"')) for table in tables}  # noqa: S608
        files = self.bot.directory.glob(f"{self.bot.database.name}*")
        return found | {file.name: file.read_bytes().decode("utf-8", "replace") for file in files}
