"""The Matrix side of a bot as tests drive it: step by step, without workers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.demo.homeserver import SERVER_NAME, Account
from bot.demo.person import Person
from bot.matrix import joining, outbound, sync
from bot.matrix.login import MatrixAccount
from bot.matrix.render import content
from bot.matrix.secrets import Secrets, load_secrets
from bot.matrix.session import Session
from commands.framework.inbound import Inbound, Kind
from storage.database import Database
from storage.inbox import Letter, mark_done, next_letters
from storage.matrix.queries import stored_account
from storage.outbox import Parcel, enqueue

Another = Callable[..., Awaitable["Bot"]]

_BRIEFLY = timedelta(seconds=5)
_PATIENCE = 20


class Bot:
    """One account of the bot; its inbox is read, and its outbox filled, by the test."""

    def __init__(self, url: str, account: Account, database: Database, state: Path, **config: Any) -> None:
        self.user_id = account.user_id
        self.database = database
        self.secrets: Secrets = load_secrets(state)
        self.configured = MatrixAccount(
            **{
                "homeserver": url,
                "user_id": account.user_id,
                "password": account.password,
                "servers": frozenset({SERVER_NAME}),
                **config,
            }
        )
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        assert self._session is not None
        return self._session

    async def open(self) -> Session:
        now = lambda: datetime.now(UTC)  # noqa: E731
        self._session = await Session.open(self.configured, self.database, self.secrets, now=now)
        return self._session

    async def start(self) -> None:
        await sync.start(await self.open())

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def sync(self) -> int:
        """Receive once, as the worker does, and let no other worker do anything."""
        stored = await sync.receive(self.session, wait=_BRIEFLY)
        await sync.tend(self.session)
        return stored

    async def receive(self) -> int:
        stored = await self.sync()
        while await joining.step(self.session):
            pass
        return stored

    async def until_joined(self, room: str) -> None:
        for _ in range(_PATIENCE):
            known = self.session.rooms.get(room)
            if known is not None and known.joined:
                return
            await self.receive()
        raise AssertionError(f"never joined {room}")

    async def until_member(self, room: str, user_id: str, *, inside: bool = True) -> None:
        for _ in range(_PATIENCE):
            if (user_id in self.session.rooms.known(room).members) == inside:
                return
            await self.receive()
        raise AssertionError(f"{user_id} in {room} stayed {not inside}")

    async def hear(self, many: int = 1) -> list[Inbound]:
        """The next events of the inbox, oldest first; receives until so many are there, and marks them done."""
        heard: list[Inbound] = []
        for _ in range(_PATIENCE):
            while letters := await self.letters():
                heard += [Inbound.model_validate(letter.body) for letter in letters]
                for letter in letters:
                    await self._done(letter)
            if len(heard) >= many:
                return heard
            await self.receive()
        raise AssertionError(f"waited for {many} events, heard {heard}")

    async def letters(self) -> tuple[Letter, ...]:
        async with self.database.read() as connection:
            return await next_letters(connection)

    async def _done(self, letter: Letter) -> None:
        await self.database.transact(lambda connection: mark_done(connection, letter, datetime.now(UTC)))

    async def put(self, room: str, text: str, *, cause: str = "$cause", ordinal: int = 0, **parcel: Any) -> int:
        """Put a message into the outbox."""
        now = datetime.now(UTC)
        made = Parcel(
            **{
                "account": "default",
                "room": room,
                "cause": cause,
                "ordinal": ordinal,
                "type": "m.room.message",
                "content": content(text, text),
                **parcel,
            }
        )
        return await self.database.transact(lambda connection: enqueue(connection, made, self.secrets.outbox, now))

    async def say(self, room: str, text: str, **parcel: Any) -> None:
        await self.put(room, text, **parcel)
        while await outbound.step(self.session):
            pass

    async def token(self) -> str:
        async with self.database.read() as connection:
            known = await stored_account(connection, "default")
        assert known is not None
        return known.access_token

    def dump(self) -> str:
        """Everything the database file and its journal hold, as text: what is not in here is not stored."""
        file = self.database.file
        assert file is not None
        parts = [part.read_bytes() for part in file.parent.glob(f"{file.name}*")]
        return "".join(part.decode("utf-8", "replace") for part in parts)


async def meet(bot: Bot, *people: Person, encrypted: bool = True) -> str:
    """A room of the bot and these people, in which everybody knows everybody's devices."""
    host, *others = people
    room = await host.create_room(encrypted=encrypted, invite=[bot.user_id, *(other.user_id for other in others)])
    for other in others:
        await other.join(room)
    await bot.until_joined(room)
    for one in people:
        await one.settle(room, [bot.user_id, *(person.user_id for person in people)])
    assert [heard.kind for heard in await bot.hear()] == [Kind.JOINED]
    return room


def words(inbounds: list[Inbound]) -> list[str]:
    """What was said."""
    return [inbound.text for inbound in inbounds]
