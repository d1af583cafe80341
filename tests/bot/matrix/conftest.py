"""A bot's Matrix side against a real homeserver, with a real database, but without any commands."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.demo.homeserver import Homeserver
from storage.database import Database
from storage.schema import metadata
from tests.bot.matrix.bot import Bot
from tests.rig.fixtures import Register


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    await made.transact(lambda connection: connection.run_sync(metadata.create_all))
    yield made
    await made.close()


@pytest.fixture
async def bot(synapse: Homeserver, register: Register, database: Database, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that is logged in and has synchronised once; `restart` makes it begin again from its database."""
    async with AsyncExitStack() as stack:
        one = Bot(synapse.url, await register("bote"), database, tmp_path / "state")
        stack.push_async_callback(one.stop)
        await one.start()
        yield one
