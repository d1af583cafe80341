"""A cooperation copied from one kind of store into the other: whole, compared, repeatable, or not at all."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text

from storage.all_tables import metadata
from storage.database import Connection, Database, DatabaseUnusable
from storage.inbox import INBOX
from storage.lease import LeaseLost
from storage.migrations import HEAD
from storage.operations import OPERATION
from storage.outbox import OUTBOX
from storage.relocation import CopyDiffers, Copying, SameStore, TargetNotEmpty, copy_store
from storage.schema_version import prepare
from tests.conversation import Conversation
from tests.rig.postgres import Server


@pytest.fixture
async def other(store: str, tmp_path: Path, postgres: Server) -> AsyncIterator[Database]:
    """A store of the other kind that holds nothing, not even tables."""
    if store == "postgresql":
        made = Database(f"sqlite+aiosqlite:///{tmp_path}/new/copy.db")
    else:
        made = Database(await postgres.create("copy"))
    yield made
    await made.close()
    if store == "sqlite":
        await postgres.drop("copy")


async def content(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with database.read() as connection:
        return {
            table.name: list((await connection.execute(select(table).order_by(*table.primary_key))).all())
            for table in metadata.sorted_tables
        }


async def rows(database: Database) -> int:
    """How many rows there are in all tables together."""
    return sum(len(found) for found in (await content(database)).values())


async def played(talk: Conversation) -> None:
    """Something of everything: a past, something taken back, an open question, texts of several alphabets."""
    said = await talk.says("koord-m", "!neu projekt Online-Führerschein")
    await talk.edits(said, "!neu projekt Führerschein – online 🚗 Ελλάδα")
    await talk.says("koord-m", "!ändern P-1 titel: Größere Änderung")
    await talk.says("koord-m", "!rückgängig")
    await talk.says("koord-m", "!neu projekt")
    await talk.says("@fremd:example.org", "!zeige P-1")


async def test_every_row_of_every_table_is_in_the_copy(
    talk: Conversation, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await played(talk)
    monkeypatch.setattr("storage.relocation.AT_ONCE", 7)
    copied = await copy_store(talk.database, other)
    there = await content(other)
    assert there == await content(talk.database)
    assert {table.table: table.rows for table in copied} == {name: len(found) for name, found in there.items()}
    assert {table.table for table in copied if table.rows} >= {"operation", "inbox", "outbox", "matrix_room", "prompt"}
    assert sum(table.rows for table in copied if table.table.endswith("_past")) > 0


async def test_a_bot_on_the_copy_goes_on_where_the_other_was(talk: Conversation, other: Database) -> None:
    said = await talk.says("koord-m", "!neu projekt Online-Führerschein")
    asked = await talk.says("koord-m", "!neu projekt")
    await copy_store(talk.database, other)
    on = Conversation(
        database=other, people=talk.people, administrators=talk.administrators, now=talk.now, count=talk.count
    )
    await on.begin()
    edited = await on.edits(said, "!neu projekt Führerschein online")
    assert [heard.replaces for heard in edited.replies] == [said.replies[0].event]
    assert "Führerschein online" in edited.text
    answered = await on.says("koord-m", "Parkausweis", reply_to=asked)
    assert "Parkausweis" in answered.text
    assert "P-11" in (await on.says("koord-m", "!rückgängig")).text
    assert "P-11" not in (await on.says("koord-m", "!liste projekte phase:idee")).text


async def test_a_copy_of_the_copy_is_the_original(
    talk: Conversation, other: Database, store: str, tmp_path: Path, postgres: Server
) -> None:
    await played(talk)
    there = await copy_store(talk.database, other)
    url = f"sqlite+aiosqlite:///{tmp_path}/third.db" if store == "sqlite" else await postgres.create("third")
    third = Database(url)
    back = await copy_store(other, third)
    changed = {table.table for table, was in zip(back, there, strict=True) if table != was}
    assert changed == {"lease"}
    await third.close()
    await postgres.drop("third")


async def test_numbers_that_others_remember_are_not_given_out_again_by_the_copy(
    talk: Conversation, other: Database
) -> None:
    await played(talk)
    tables = (OPERATION, INBOX, OUTBOX)

    async def last(database: Database) -> list[int]:
        async with database.read() as connection:
            return [(await connection.execute(select(func.max(table.c.id)))).scalar_one() for table in tables]

    before = await last(talk.database)
    for table, number in zip(tables, before, strict=True):
        gone = delete(table).where(table.c.id == number)
        await talk.database.transact(partial(Connection.execute, statement=gone))
    await copy_store(talk.database, other)
    on = Conversation(database=other, people=talk.people, now=talk.now, count=talk.count)
    await on.begin()
    await on.says("koord-m", "!neu projekt Parkausweis")
    assert all(after > was for after, was in zip(await last(other), before, strict=True))


async def test_a_bot_that_still_runs_writes_nothing_more(talk: Conversation, other: Database) -> None:
    another_process = Database(talk.database.url)
    await copy_store(another_process, other)
    await another_process.close()
    with pytest.raises(LeaseLost):
        await talk.says("koord-m", "!neu projekt Parkausweis")
    assert await content(other) == await content(talk.database)


async def test_what_breaks_off_leaves_nothing_behind_and_can_be_done_again(talk: Conversation, other: Database) -> None:
    async def until(name: str) -> None:
        def progress(copying: Copying) -> None:
            if copying.table == name:
                raise ConnectionAbortedError

        with pytest.raises(ConnectionAbortedError):
            await copy_store(talk.database, other, progress=progress)

    await until("projects")
    assert await rows(other) == 0
    await copy_store(talk.database, other)
    assert await content(other) == await content(talk.database)


async def test_a_store_that_keeps_something_else_than_was_written_is_found_out(
    postgresql_demo: Database, tmp_path: Path
) -> None:
    other = Database(f"sqlite+aiosqlite:///{tmp_path}/copy.db")
    await prepare(other)
    spoiling = (
        "CREATE TRIGGER spoil AFTER INSERT ON projects BEGIN UPDATE projects SET title = 'x' WHERE key = 'P-2'; END"
    )
    await other.transact(lambda connection: connection.execute(text(spoiling)))
    with pytest.raises(CopyDiffers) as raised:
        await copy_store(postgresql_demo, other)
    assert raised.value.table == "projects"
    assert await rows(other) == 0
    await other.close()


async def test_a_store_that_holds_something_is_refused_and_left_alone(talk: Conversation, other: Database) -> None:
    await copy_store(talk.database, other)
    before = await content(other)
    with pytest.raises(TargetNotEmpty):
        await copy_store(talk.database, other)
    assert await content(other) == before


async def test_a_store_is_not_copied_into_itself(demo: Database) -> None:
    with pytest.raises(SameStore):
        await copy_store(demo, Database(demo.url))


async def test_a_store_of_another_program_is_refused(demo: Database, other: Database) -> None:
    if other.file is not None:
        other.file.parent.mkdir()
        other.file.touch()
    await other.transact(lambda connection: connection.execute(text("CREATE TABLE recipes (a TEXT)")))
    with pytest.raises(DatabaseUnusable) as raised:
        await copy_store(demo, other)
    assert raised.value.reason == "foreign"


async def test_a_store_with_an_older_schema_is_brought_up_to_date_by_its_own_bot_first(
    demo: Database, other: Database
) -> None:
    await demo.transact(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    try:
        with pytest.raises(DatabaseUnusable) as raised:
            await copy_store(demo, other)
        assert raised.value.reason == "older"
    finally:
        await demo.transact(lambda c: c.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": HEAD}))
