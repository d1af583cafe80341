"""Fixtures that all tests share."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database
from tests.conversation import START, Conversation, empty_database, import_demo

pytest_plugins = ["tests.rig.fixtures"]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database in a temporary file: in memory all tasks would share one transaction."""
    made = await empty_database(tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def talk(database: Database) -> Conversation:
    """The demo cooperation, imported the day before; it is Wednesday, 18 November 2026, 10:00."""
    people = await import_demo(database, START - timedelta(days=1))
    conversation = Conversation(database=database, people=people)
    await conversation.begin()
    return conversation


@pytest.fixture
async def blank(database: Database) -> Conversation:
    """No cooperation yet, and an administrator from the configuration."""
    admin = "@it:muenchen.example"
    conversation = Conversation(database=database, people={"admin": admin}, administrators=frozenset({admin}))
    await conversation.begin()
    return conversation
