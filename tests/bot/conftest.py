"""Fixtures for tests of the running bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.homeserver import Homeserver
from tests.rig.town import Town


@pytest.fixture
async def town(synapse: Homeserver, tmp_path: Path) -> AsyncIterator[Town]:
    """An installed bot that does not run yet, and nothing in its register."""
    async with Town(synapse, tmp_path) as made:
        yield made


@pytest.fixture
async def running(town: Town) -> Town:
    """A bot that runs with the demo cooperation."""
    await town.import_register()
    await town.start()
    return town
