"""Fixtures that all tests share: stores of both kinds, and conversations on them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.conversation import ADMIN, Conversation
from tests.rig.postgres import Server, running
from tests.rig.stores import Files, Refilled

pytest_plugins = ["tests.rig.fixtures"]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """SQLite files to begin with."""
    return asyncio.run(Files.made(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server that ends with the session."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def refilled(postgres: Server) -> Refilled:
    """The database on the server that is filled anew for each test."""
    return asyncio.run(Refilled.made(postgres))


@pytest.fixture
async def sqlite(tmp_path: Path, files: Files) -> AsyncIterator[Database]:
    """An empty store in a temporary file: in memory all tasks would share one transaction."""
    made = files.copied(files.empty, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def postgresql(refilled: Refilled) -> AsyncIterator[Database]:
    """An empty store on a server."""
    made = await refilled.filled(refilled.empty)
    yield made
    await made.close()


@pytest.fixture
async def sqlite_demo(tmp_path: Path, files: Files) -> AsyncIterator[Database]:
    """The demo cooperation in a temporary file."""
    made = files.copied(files.demo, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def postgresql_demo(refilled: Refilled) -> AsyncIterator[Database]:
    """The demo cooperation on a server."""
    made = await refilled.filled(refilled.demo)
    yield made
    await made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> str:
    """The kind of store, each in turn; a module that only asks how words are understood names one."""
    return str(request.param)


@pytest.fixture
def database(store: str, request: pytest.FixtureRequest) -> Database:
    """An empty store of each kind."""
    found = request.getfixturevalue(store)
    assert isinstance(found, Database)
    return found


@pytest.fixture
def demo(store: str, request: pytest.FixtureRequest) -> Database:
    """The demo cooperation in a store of each kind, imported the day before."""
    found = request.getfixturevalue(f"{store}_demo")
    assert isinstance(found, Database)
    return found


@pytest.fixture
async def talk(demo: Database, files: Files) -> Conversation:
    """The demo cooperation; it is Wednesday, 18 November 2026, 10:00."""
    conversation = Conversation(database=demo, people=files.people, administrators=frozenset({ADMIN}))
    await conversation.begin()
    return conversation


@pytest.fixture
async def blank(database: Database) -> Conversation:
    """No cooperation yet, and an administrator from the configuration."""
    conversation = Conversation(database=database, people={"admin": ADMIN}, administrators=frozenset({ADMIN}))
    await conversation.begin()
    return conversation
