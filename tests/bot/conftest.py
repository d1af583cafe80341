"""Fixtures for tests of the running bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.homeserver import Homeserver
from tests.rig.town import Town


@pytest.fixture
async def town(synapse: Homeserver, tmp_path: Path) -> AsyncIterator[Town]:
    """An installed bot that does not run yet, and nothing in its register."""
    async with Town(synapse, tmp_path) as made:
        yield made


@pytest.fixture
async def running(town: Town) -> Town:
    """A bot that runs with the demo cooperation, to be stopped and killed as the test likes."""
    await town.import_register()
    await town.start()
    return town


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(synapse: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A running bot for all tests of a module, which run in one loop; each makes rooms of its own."""
    async with Town(synapse, tmp_path_factory.mktemp("town")) as made:
        await made.import_register()
        await made.start()
        yield made
