"""Stores that tests begin with, made once and the way the program makes them: an empty one, and one with the demo.

On SQLite every test has a copy of a file. On PostgreSQL a session has one database whose rows are put back before each
test: with its many tables a copy of a database takes the server twenty times as long.
"""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from storage.all_tables import metadata
from storage.database import Database
from storage.schema_version import prepare
from tests.conversation import START, import_demo
from tests.rig.postgres import Server

DEMO = "demo"
TABLES = [table.name for table in metadata.sorted_tables]
# Named by PostgreSQL after the column that takes its numbers from it.
SEQUENCES = [
    f"{t.name}_{t.autoincrement_column.name}_seq" for t in metadata.sorted_tables if t.autoincrement_column is not None
]


@dataclass(frozen=True, kw_only=True)
class Files:
    """SQLite files to copy, and the Matrix IDs of the demo's people by their keys."""

    empty: Path
    demo: Path
    people: Mapping[str, str]

    @classmethod
    async def made(cls, folder: Path) -> "Files":
        """Make the files; the demo was imported the day before the tests begin."""
        database = Database(f"sqlite+aiosqlite:///{folder / 'stadtbote.db'}")
        await prepare(database)
        await database.close()
        empty = folder / "empty.db"
        await asyncio.to_thread(shutil.copy, folder / "stadtbote.db", empty)
        people = await import_demo(database, START - timedelta(days=1))
        await database.close()
        return cls(empty=empty, demo=folder / "stadtbote.db", people=people)

    @staticmethod
    def copied(template: Path, folder: Path) -> Database:
        """A store of a test's own in `folder`."""
        shutil.copy(template, folder / "stadtbote.db")
        return Database(f"sqlite+aiosqlite:///{folder / 'stadtbote.db'}")


@dataclass(frozen=True, kw_only=True)
class Refilled:
    """A database on a server, and the statements that make it empty or fill it with the demo, whatever it held."""

    server: Server
    name: str
    empty: str
    demo: str

    @classmethod
    async def made(cls, server: Server, name: str = "stadtbote") -> "Refilled":
        """Make the database, and keep the rows of the demo beside it in a schema of their own."""
        database = Database(await server.create(name))
        await prepare(database)
        await import_demo(database, START - timedelta(days=1))
        await database.close()
        async with server.connected(name) as connection:
            demo = await _set_aside(connection)
        return cls(server=server, name=name, empty=_emptied(), demo=f"{_emptied()};{demo}")

    async def filled(self, statements: str) -> Database:
        """The database, made empty or filled anew."""
        async with self.server.connected(self.name) as connection:
            await connection.execute(statements)
        return Database(self.server.url(self.name))


def _emptied() -> str:
    restarted = [f"SELECT setval('{sequence}', 1, false)" for sequence in SEQUENCES]
    return ";".join([*(f'DELETE FROM "{table}"' for table in TABLES), *restarted])  # noqa: S608 - names of our own


async def _set_aside(connection: Any) -> str:
    """Copy every table that holds rows into the schema of the demo; the statements that bring the rows back."""
    await connection.execute(f"CREATE SCHEMA {DEMO}")
    back = []
    for table in TABLES:
        if await connection.fetchval(f'SELECT count(*) FROM "{table}"'):  # noqa: S608 - the same
            await connection.execute(f'CREATE TABLE {DEMO}."{table}" AS TABLE "{table}"')
            back.append(f'INSERT INTO "{table}" TABLE {DEMO}."{table}"')
    for sequence in SEQUENCES:
        last, called = await connection.fetchrow(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608
        back.append(f"SELECT setval('{sequence}', {last}, {called})")
    return ";".join(back)
