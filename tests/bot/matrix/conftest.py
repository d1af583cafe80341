"""A bot's Matrix side against a real homeserver, with a real database, but without any commands."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.demo.homeserver import Account, Homeserver
from storage.database import Database
from storage.schema import metadata
from tests.bot.matrix.bot import Another, Bot
from tests.rig.fixtures import Register


@asynccontextmanager
async def empty(file: Path) -> AsyncIterator[Database]:
    """A database with the schema and nothing in it."""
    made = Database(f"sqlite+aiosqlite:///{file}")
    await made.transact(lambda connection: connection.run_sync(metadata.create_all))
    yield made
    await made.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty(tmp_path / "bot.db") as made:
        yield made


@pytest.fixture
async def bot(synapse: Homeserver, register: Register, database: Database, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that is logged in and has synchronised once; `restart` makes it begin again from its database."""
    one = Bot(synapse.url, await register("bote"), database, tmp_path / "state")
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def another(synapse: Homeserver, tmp_path: Path) -> AsyncIterator[Another]:
    """Makes further bots, each with a database of its own; call it with an account."""
    async with AsyncExitStack() as stack:

        async def made(account: Account, **config: Any) -> Bot:
            database = await stack.enter_async_context(empty(tmp_path / f"{account.localpart}.db"))
            one = Bot(synapse.url, account, database, tmp_path / account.localpart, **config)
            stack.push_async_callback(one.stop)
            await one.start()
            return one

        yield made
