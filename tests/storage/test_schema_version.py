"""The schema: made new, brought up to date after a backup, or refused with the reason."""

import asyncio
import os
import sqlite3
import warnings
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection as SyncConnection

from storage.all_tables import metadata
from storage.database import Connection, Database, DatabaseUnusable, make_private
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
    with warnings.catch_warnings():
        # Whether those are there is asked by name, below.
        warnings.filterwarnings("ignore", message=".*expression-based index")
        compared = compare_metadata(context, metadata)
    return [found for found in compared if "alembic_version" not in str(found)]


@pytest.fixture
async def bare(postgres: Server) -> Any:
    """A database on a server with nothing in it."""
    made = Database(await postgres.create("bare"))
    yield made
    await made.close()
    await postgres.drop("bare")


@pytest.fixture
def new(store: str, request: pytest.FixtureRequest) -> Database:
    """A database of each kind with nothing in it."""
    made: Database = request.getfixturevalue({"sqlite": "fresh", "postgresql": "bare"}[store])
    return made


async def test_the_migrations_make_exactly_the_tables_that_are_declared(new: Database) -> None:
    await prepare(new)
    async with new.read() as connection:
        assert await connection.run_sync(differences) == []
    await check(new)


async def test_indexes_in_the_order_of_lists_are_there_too(new: Database) -> None:
    await prepare(new)
    names = text(
        "SELECT name FROM sqlite_master WHERE type = 'index'" if new.file else "SELECT indexname FROM pg_indexes"
    )
    async with new.read() as connection:
        there = set((await connection.execute(names)).scalars())
    assert {index.name for table in metadata.sorted_tables for index in table.indexes} <= there


@pytest.mark.parametrize("version", sorted(known_revisions() - {HEAD}))
async def test_a_database_of_any_earlier_version_becomes_what_a_new_one_is(new: Database, version: str) -> None:
    if new.file is not None:
        make_private(new.file)

    def begin(connection: SyncConnection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, version)

    await new.transact(lambda connection: connection.run_sync(begin))
    with pytest.raises(DatabaseUnusable) as raised:
        await check(new)
    assert raised.value.reason == "older"
    await prepare(new)
    async with new.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_server_compares_texts_by_code_point_whatever_the_database_was_made_for(bare: Database) -> None:
    await prepare(bare)
    others = text(
        "SELECT table_name, column_name, collation_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    )
    async with bare.read() as connection:
        assert (await connection.execute(others)).all() == []


async def test_two_programs_that_start_together_make_the_tables_once(bare: Database) -> None:
    both = Database(bare.url), Database(bare.url)
    await asyncio.gather(*(prepare(one) for one in both))
    assert sorted(await asyncio.gather(*(one.take_over() for one in both))) == [1, 2]
    for one in both:
        await one.close()


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


async def test_a_newer_database_is_refused(new: Database) -> None:
    await prepare(new)
    await _claim(new, "9999")
    await refused(new, "newer")


async def test_a_database_of_another_program_is_refused_and_left_alone(new: Database) -> None:
    await prepare(new)
    await new.transact(lambda c: c.run_sync(metadata.drop_all))
    await new.transact(lambda c: c.execute(text("DROP TABLE alembic_version")))
    await new.transact(lambda c: c.execute(text("CREATE TABLE recipes (a TEXT)")))
    await refused(new, "foreign")
    async with new.read() as connection:
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
