"""Bringing a database to this program's schema: made new, migrated after a backup, or refused."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import Connection as SyncConnection

from storage.database import Connection, Database, DatabaseUnusable, make_private
from storage.migrations import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"
TURN = 0x57AD7B07E
"""A number that only Stadtbote locks on a server while it changes a schema."""


@asynccontextmanager
async def prepared(url: str) -> AsyncIterator[Database]:
    """The database at `url` with this program's schema, closed at the end. Raises what `prepare` raises."""
    database = Database(url)
    try:
        await prepare(database)
        yield database
    finally:
        await database.close()


async def prepare(database: Database) -> None:
    """Make sure the database has this program's schema; a new file gets mode 0600, an older one a backup first.

    Raises DatabaseUnusable: `newer` for a schema this program does not know, `foreign` for tables that are not ours,
    `encoding` for a server's database that cannot hold every character. A server makes no backup by itself: whoever
    runs it does, and the migration is one transaction there as well.
    """
    if database.file is not None:
        await asyncio.to_thread(make_private, database.file)
    async with database.read() as connection:
        found = await connection.run_sync(_revision, database)
    if found == HEAD:
        return
    known = await asyncio.to_thread(known_revisions)
    if found is not None and found not in known:
        raise DatabaseUnusable(reason="newer", url=database.shown(), detail=found)
    if found is not None and database.file is not None:
        await asyncio.to_thread(back_up, database.file, database.file.with_name(f"{database.file.name}.before-{HEAD}"))
    await database.transact(_upgrade)


async def check(database: Database) -> None:
    """Only look: raises DatabaseUnusable unless the database has exactly this program's schema."""
    async with database.read() as connection:
        found = await connection.run_sync(_revision, database)
    if found == HEAD:
        return
    known = await asyncio.to_thread(known_revisions)
    raise DatabaseUnusable(reason="older" if found is None or found in known else "newer", url=database.shown())


def _revision(connection: SyncConnection, database: Database) -> str | None:
    if connection.dialect.name == "postgresql" and connection.execute(text("SHOW server_encoding")).scalar() != "UTF8":
        raise DatabaseUnusable(reason="encoding", url=database.shown())
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return None if found is None else str(found)
    if tables:
        raise DatabaseUnusable(reason="foreign", url=database.shown())
    return None


def known_revisions() -> frozenset[str]:
    """The schema versions that this program can migrate from."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - Alembic is slow to load and rarely needed

    return frozenset(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def back_up(source: Path, target: Path) -> None:
    """Copy an SQLite database consistently, while it may be in use; an earlier copy at `target` is replaced."""
    target.unlink(missing_ok=True)
    make_private(target)
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()


async def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # On a file the write lock is the turn; here two programs that start together would both make the tables.
        await connection.execute(select(func.pg_advisory_xact_lock(TURN)))
    await connection.run_sync(_run_migrations)


def _run_migrations(connection: SyncConnection) -> None:
    from alembic import command  # noqa: PLC0415 - Alembic is slow to load and rarely needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
