"""The schema: made new, brought up to date after a backup, or refused with the reason."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection as SyncConnection

from storage.all_tables import metadata
from storage.database import Connection, Database, DatabaseUnusable
from storage.migrations import HEAD
from storage.schema_version import MIGRATIONS, check, known_revisions, prepare
from tests.rig.postgres import Server


@pytest.fixture
async def fresh(tmp_path: Path) -> Any:
    """A database file that does not exist yet."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'stadtbote.db'}")
    yield made
    await made.close()


def differences(connection: SyncConnection) -> list[Any]:
    """What the database lacks or has too much of, compared with the tables as they are declared."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [found for found in compare_metadata(context, metadata) if "alembic_version" not in str(found)]


async def test_the_migrations_make_exactly_the_tables_that_are_declared(fresh: Database) -> None:
    await prepare(fresh)
    async with fresh.read() as connection:
        assert await connection.run_sync(differences) == []


@pytest.fixture
async def bare(postgres: Server) -> Any:
    """A database on a server with nothing in it."""
    made = Database(await postgres.create("bare"))
    yield made
    await made.close()
    await postgres.drop("bare")


async def test_they_do_so_on_postgresql_too(bare: Database) -> None:
    await prepare(bare)
    async with bare.read() as connection:
        assert await connection.run_sync(differences) == []
    await check(bare)


async def test_numbers_that_others_remember_are_never_given_to_another_row(fresh: Database) -> None:
    await prepare(fresh)

    def tables(connection: SyncConnection) -> dict[str, str]:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type='table'"))
        return {row[0]: row[1] for row in rows}

    async with fresh.read() as connection:
        made = await connection.run_sync(tables)
    declared = {t.name for t in metadata.tables.values() if t.dialect_options["sqlite"]["autoincrement"]}
    assert declared == {name for name, sql in made.items() if "AUTOINCREMENT" in sql}
    assert declared >= {"operation", "inbox", "outbox"}


def test_the_newest_version_is_the_one_this_program_asks_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD
    assert HEAD in known_revisions()


async def test_a_new_database_is_for_its_owner_only_also_its_side_files(fresh: Database) -> None:
    before = os.umask(0)
    try:
        await prepare(fresh)
        await fresh.transact(lambda c: c.execute(text("SELECT 1")))
    finally:
        os.umask(before)
    assert fresh.file is not None
    modes = {file.name: file.stat().st_mode & 0o777 for file in fresh.file.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert fresh.file.name in modes


async def test_preparing_twice_changes_nothing_and_makes_no_backup(fresh: Database) -> None:
    await prepare(fresh)
    await prepare(fresh)
    await check(fresh)
    assert fresh.file is not None
    assert [f.name for f in fresh.file.parent.glob("*.before-*")] == []


async def refused(database: Database, reason: str) -> None:
    """Both looking and preparing say why not, and nothing is changed."""
    for step in (check, prepare):
        with pytest.raises(DatabaseUnusable) as raised:
            await step(database)
        assert raised.value.reason == reason


async def _claim(database: Database, version: str) -> None:
    await database.transact(lambda c: c.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version}))


async def test_a_newer_database_is_refused(fresh: Database) -> None:
    await prepare(fresh)
    await _claim(fresh, "9999")
    await refused(fresh, "newer")


async def test_a_database_of_another_program_is_refused_and_left_alone(fresh: Database) -> None:
    await prepare(fresh)
    await fresh.transact(lambda c: c.run_sync(metadata.drop_all))
    await fresh.transact(lambda c: c.execute(text("DROP TABLE alembic_version")))
    await fresh.transact(lambda c: c.execute(text("CREATE TABLE recipes (a)")))
    await refused(fresh, "foreign")
    async with fresh.read() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == ["recipes"]


async def test_an_empty_database_is_older_until_it_is_prepared(sqlite: Database, tmp_path: Path) -> None:
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(DatabaseUnusable) as raised:
        await check(empty)
    assert raised.value.reason == "older"
    await prepare(empty)
    await check(empty)
    await empty.close()


async def test_looking_makes_no_file(fresh: Database) -> None:
    with pytest.raises(DatabaseUnusable) as raised:
        await check(fresh)
    assert raised.value.reason == "unreachable"
    assert fresh.file is not None
    assert not fresh.file.exists()


async def test_an_older_database_is_backed_up_before_it_is_brought_up_to_date(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepare(fresh)
    monkeypatch.setattr("storage.schema_version.known_revisions", lambda: frozenset({"0000", HEAD}))
    done: list[str] = []

    async def upgrade(connection: Connection) -> None:
        done.append("upgraded")

    monkeypatch.setattr("storage.schema_version._upgrade", upgrade)
    await _claim(fresh, "0000")
    with pytest.raises(DatabaseUnusable) as raised:
        await check(fresh)
    assert raised.value.reason == "older"
    await prepare(fresh)
    assert done == ["upgraded"]
    assert fresh.file is not None
    backup = fresh.file.with_name(f"stadtbote.db.before-{HEAD}")
    assert backup.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(backup) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
    connection.close()
