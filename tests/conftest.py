"""Fixtures that all tests share."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database
from tests.conversation import START, Conversation, empty_database, import_demo

pytest_plugins = ["tests.rig.fixtures"]


@dataclass(frozen=True, kw_only=True)
class Templates:
    """Database files that tests start from, made once: an empty one, and one with the demo cooperation."""

    empty: Path
    demo: Path
    people: dict[str, str]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The files, made the way the program makes them; the demo was imported the day before the tests begin."""
    folder = tmp_path_factory.mktemp("templates")
    return asyncio.run(_make(folder))


async def _make(folder: Path) -> Templates:
    database = await empty_database(folder)
    await database.close()
    empty = folder / "empty.db"
    await asyncio.to_thread(shutil.copy, folder / "stadtbote.db", empty)
    people = await import_demo(database, START - timedelta(days=1))
    await database.close()
    return Templates(empty=empty, demo=folder / "stadtbote.db", people=people)


@pytest.fixture
async def database(tmp_path: Path, templates: Templates) -> AsyncIterator[Database]:
    """An empty database in a temporary file: in memory all tasks would share one transaction."""
    made = _copy(templates.empty, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def talk(tmp_path: Path, templates: Templates) -> AsyncIterator[Conversation]:
    """The demo cooperation, imported the day before; it is Wednesday, 18 November 2026, 10:00."""
    made = _copy(templates.demo, tmp_path)
    conversation = Conversation(database=made, people=templates.people)
    await conversation.begin()
    yield conversation
    await made.close()


@pytest.fixture
async def blank(database: Database) -> Conversation:
    """No cooperation yet, and an administrator from the configuration."""
    admin = "@it:muenchen.example"
    conversation = Conversation(database=database, people={"admin": admin}, administrators=frozenset({admin}))
    await conversation.begin()
    return conversation


def _copy(template: Path, folder: Path) -> Database:
    shutil.copy(template, folder / "stadtbote.db")
    return Database(f"sqlite+aiosqlite:///{folder / 'stadtbote.db'}")
