"""Databases for the storage tests: SQLite in a file, and PostgreSQL where a server is installed."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.all_tables import metadata
from storage.database import Database
from tests.storage.postgres import programs, running
from tests.storage.scribe import Scribe

TEMPLATE = "template_stadtbote"
_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows, to be copied."""
    made = tmp_path_factory.mktemp("template") / "stadtbote.db"
    asyncio.run(_make_tables(Database(f"sqlite+aiosqlite:///{made}")))
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server that has a template with all tables, with `{name}` for the database."""
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL server is installed")
    with running(place) as url:
        asyncio.run(_execute(url.format(name="postgres"), f"CREATE DATABASE {TEMPLATE}"))
        asyncio.run(_make_tables(Database(url.format(name=TEMPLATE))))
        yield url


async def _make_tables(database: Database) -> None:
    await database.transact(lambda connection: connection.run_sync(metadata.create_all))
    await database.close()


async def _execute(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture
async def sqlite(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Database]:
    """An empty SQLite database with all tables."""
    shutil.copy(sqlite_template, tmp_path / "stadtbote.db")
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'stadtbote.db'}")
    yield made
    await made.close()


@pytest.fixture
async def postgresql(postgres: str) -> AsyncIterator[Database]:
    """An empty PostgreSQL database with all tables."""
    name = f"test{next(_numbers)}"
    await _execute(postgres.format(name="postgres"), f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    made = Database(postgres.format(name=name))
    yield made
    await made.close()
    await _execute(postgres.format(name="postgres"), f"DROP DATABASE {name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with all tables, of each kind in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Database)
    return found


@pytest.fixture
def scribe(database: Database) -> Scribe:
    """Somebody who writes into the database."""
    return Scribe(database=database)
