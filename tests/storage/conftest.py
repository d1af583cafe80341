"""Databases for the storage tests: SQLite in a file, and PostgreSQL where a server is installed."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from storage.all_tables import metadata
from storage.database import Connection, Database
from tests.storage.postgres import programs, running
from tests.storage.scribe import Scribe


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows, to be copied."""
    made = tmp_path_factory.mktemp("template") / "stadtbote.db"
    asyncio.run(_make_tables(Database(f"sqlite+aiosqlite:///{made}")))
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a database with all tables, on a server that ends with the session."""
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL server is installed")
    with running(place) as url:
        asyncio.run(_make_tables(Database(url)))
        yield url


async def _make_tables(database: Database) -> None:
    await database.transact(lambda connection: connection.run_sync(metadata.create_all))
    await database.close()


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
    made = Database(postgres)
    yield made
    # Emptying the tables is a hundred times faster than making them anew.
    await made.transact(_empty)
    await made.close()


async def _empty(connection: Connection) -> None:
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.execute(";".join(str(delete(table)) for table in metadata.sorted_tables))


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
