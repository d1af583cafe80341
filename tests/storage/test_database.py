"""The database: whole transactions, whoever cancels; one writer, readers beside it; clear words when unusable."""

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text, update

from storage.database import Connection, Database, DatabaseUnusable, make_private
from storage.lease import LEASE, LeaseLost, hold_lease, share_lease, take_lease
from tests.rig.postgres import Server
from tests.rig.stores import Refilled

TALLY = Table("tally", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer, nullable=False))


@pytest.fixture
async def counting(database: Database) -> Any:
    """A database with one row that counts."""

    async def make(connection: Connection) -> None:
        await connection.run_sync(TALLY.metadata.drop_all)
        await connection.run_sync(TALLY.metadata.create_all)
        await connection.execute(insert(TALLY).values(id=1, n=0))

    await database.transact(make)
    yield database
    await database.transact(lambda connection: connection.run_sync(TALLY.metadata.drop_all))


async def count(connection: Connection) -> int:
    """Read, wait, write: what two at a time would get wrong."""
    n = (await connection.execute(select(TALLY.c.n))).scalar_one()
    await asyncio.sleep(0)
    await connection.execute(update(TALLY).values(n=n + 1))
    return int(n) + 1


async def counted(database: Database) -> int:
    """Where the row stands."""
    async with database.read() as connection:
        return int((await connection.execute(select(TALLY.c.n))).scalar_one())


async def test_writers_at_the_same_time_lose_no_update(counting: Database) -> None:
    results = await asyncio.gather(*(counting.transact(count) for _ in range(20)))
    assert sorted(results) == list(range(1, 21))


async def test_whatever_is_raised_rolls_back(counting: Database) -> None:
    async def fails(connection: Connection) -> None:
        await count(connection)
        raise KeyError

    with pytest.raises(KeyError):
        await counting.transact(fails)
    assert await counted(counting) == 0
    assert await counting.transact(count) == 1


async def test_a_cancelled_transaction_is_there_as_a_whole_or_not_at_all_and_leaves_no_lock(counting: Database) -> None:
    done = 0

    async def body(connection: Connection) -> None:
        nonlocal done
        await count(connection)
        await connection.execute(select(TALLY.c.n))
        done += 1

    for turn in range(80):
        task = asyncio.create_task(counting.transact(body))
        for _ in range(turn):
            await asyncio.sleep(0)
        task.cancel()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        # What was begun was also committed, although its caller was told of the cancellation only.
        assert await counted(counting) == done
    assert 0 < done < 80
    assert await counting.transact(count) == done + 1


async def test_a_caller_cancelled_while_it_waits_for_its_turn_changes_nothing_and_need_not_wait(
    counting: Database,
) -> None:
    gate = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await count(connection)
        await gate.wait()

    first = asyncio.create_task(counting.transact(slow))
    await asyncio.sleep(0)
    second = asyncio.create_task(counting.transact(count))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert not first.done()
    gate.set()
    await first
    assert await counted(counting) == 1


async def test_a_cancellation_is_told_even_if_the_transaction_failed(counting: Database) -> None:
    started = asyncio.Event()

    async def fails(connection: Connection) -> None:
        started.set()
        await count(connection)
        raise KeyError

    task = asyncio.create_task(counting.transact(fails))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await task
    assert isinstance(raised.value.__cause__, KeyError)
    assert await counted(counting) == 0


async def test_a_cancelled_reader_stands_in_nobodys_way(counting: Database) -> None:
    async def look() -> None:
        async with counting.read() as connection:
            for _ in range(50):
                await connection.execute(select(TALLY.c.n))

    for turn in range(20):
        task = asyncio.create_task(look())
        for _ in range(turn * 3):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await counting.transact(count) == turn + 1


async def test_readers_see_one_moment_and_do_not_wait_for_the_writer(counting: Database) -> None:
    async with counting.read() as connection:
        before = (await connection.execute(select(TALLY.c.n))).scalar_one()
        await counting.transact(count)
        assert (await connection.execute(select(TALLY.c.n))).scalar_one() == before == 0

    async def body(connection: Connection) -> None:
        await count(connection)
        assert await counted(counting) == 1

    await counting.transact(body)
    assert await counted(counting) == 2


async def test_many_readers_do_not_keep_the_writer_out(counting: Database) -> None:
    async def look() -> int:
        async with counting.read() as connection:
            await connection.execute(select(TALLY.c.n))
            return await counting.transact(count)

    assert sorted(await asyncio.gather(*(look() for _ in range(12)))) == list(range(1, 13))


async def test_the_second_process_that_takes_the_register_fences_the_first(sqlite: Database) -> None:
    other = Database(sqlite.url)
    first = await sqlite.transact(take_lease)
    await sqlite.transact(lambda connection: hold_lease(connection, first))
    second = await other.transact(take_lease)
    assert second == first + 1
    with pytest.raises(LeaseLost):
        await sqlite.transact(lambda connection: hold_lease(connection, first))
    await other.transact(lambda connection: hold_lease(connection, second))
    await sqlite.transact(share_lease)
    await other.transact(lambda connection: hold_lease(connection, second))
    await other.close()


async def test_who_was_fenced_writes_nothing_more_of_any_kind(counting: Database) -> None:
    other = Database(counting.url)
    await counting.take_over()
    assert await counting.transact(count) == 1
    await other.take_over()
    with pytest.raises(LeaseLost):
        await counting.transact(count)
    assert await other.transact(count) == 2
    await other.close()
    await counting.take_over()


async def test_on_a_server_the_lease_row_is_the_turn_of_all_processes(postgresql: Database) -> None:
    await postgresql.transact(take_lease)
    other = Database(postgresql.url)
    order: list[str] = []
    held = asyncio.Event()

    async def holding(connection: Connection) -> None:
        await hold_lease(connection, 1)
        held.set()
        await asyncio.sleep(0.05)
        order.append("first")

    async def importing(connection: Connection) -> None:
        await share_lease(connection)
        order.append("second")

    first = asyncio.create_task(postgresql.transact(holding))
    await held.wait()
    await other.transact(importing)
    await first
    assert order == ["first", "second"]
    await other.close()


async def test_there_is_one_lease_however_often_it_is_taken(database: Database) -> None:
    for _ in range(3):
        await database.transact(take_lease)
    async with database.read() as connection:
        assert (await connection.execute(select(func.count(), func.max(LEASE.c.epoch)))).one() == (1, 3)


# --- a database that cannot be used -----------------------------------------------------------------------------------


async def refused(database: Database) -> str:
    """The reason why neither reading nor writing works; the database is closed."""
    with pytest.raises(DatabaseUnusable) as raised:
        await database.transact(lambda connection: connection.execute(text("CREATE TABLE filling (a)")))
    assert raised.value.url == database.shown()
    await database.close()
    return raised.value.reason


async def test_a_locked_database_is_called_locked(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.PRAGMAS", ("busy_timeout=50", "journal_mode=WAL"))
    other = sqlite3.connect(str(sqlite.file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await refused(Database(sqlite.url)) == "locked"
    other.execute("ROLLBACK")
    other.close()


async def test_a_read_only_database_is_called_read_only(sqlite: Database) -> None:
    assert await refused(Database(f"sqlite+aiosqlite:///file:{sqlite.file}?mode=ro&uri=true")) == "read_only"


async def test_a_read_only_database_that_nobody_has_opened_is_called_read_only(sqlite: Database) -> None:
    await sqlite.close()
    assert sqlite.file is not None
    # As a file from a backup would be: not in the mode of a running bot.
    with sqlite3.connect(sqlite.file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    assert await refused(Database(f"sqlite+aiosqlite:///file:{sqlite.file}?mode=ro&uri=true")) == "read_only"


async def test_a_full_database_is_called_full_and_nothing_is_half_written(sqlite: Database) -> None:
    async def fill(connection: Connection) -> None:
        await connection.execute(text("PRAGMA max_page_count=1"))
        await connection.execute(text("CREATE TABLE filling (a)"))
        for _ in range(100):
            await connection.execute(text("INSERT INTO filling VALUES (zeroblob(5000))"))

    with pytest.raises(DatabaseUnusable) as raised:
        await sqlite.transact(fill)
    assert raised.value.reason == "full"
    async with sqlite.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name='filling'"))).scalar() == 0


async def test_a_file_that_is_no_database_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("Sehr geehrte Damen und Herren, " * 100)
    assert await refused(Database(f"sqlite+aiosqlite:///{tmp_path}/text.db")) == "not_a_database"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////nowhere/at/all.db",
        "sqlite+aiosqlite:////proc",
        "postgresql+asyncpg://bot@/stadtbote?host=/nowhere",
        "postgresql+asyncpg://bot@127.0.0.1:1/stadtbote",
    ],
)
async def test_a_database_that_is_not_there_is_called_unreachable(url: str) -> None:
    assert await refused(Database(url)) == "unreachable"


async def test_a_server_that_has_no_such_database_is_called_unreachable(postgres: Server) -> None:
    assert await refused(Database(postgres.url("nothing"))) == "unreachable"


async def test_a_server_that_has_cut_its_connections_is_used_again(postgresql: Database, refilled: Refilled) -> None:
    await postgresql.take_over()
    async with postgresql.read() as connection:
        await connection.execute(select(LEASE))
    async with refilled.server.connected() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
        await connection.execute(others, refilled.name)

    async def look() -> None:
        async with postgresql.read() as connection:
            await connection.execute(select(LEASE))

    async def lock() -> None:
        await postgresql.transact(share_lease)

    for attempt in (lock, look):
        with pytest.raises(DatabaseUnusable) as raised:
            await attempt()
        assert raised.value.reason == "unreachable"
        await attempt()


async def test_an_error_of_ours_is_not_taken_for_the_databases(sqlite: Database) -> None:
    async def fails(connection: Connection) -> None:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        await sqlite.transact(fails)
    with pytest.raises(ConnectionError):
        async with sqlite.read():
            raise ConnectionError


async def test_a_password_is_not_shown() -> None:
    assert "geheim" not in str(DatabaseUnusable(reason="x", url=Database("postgresql+asyncpg://a:geheim@h/d").shown()))


def test_a_new_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "deep" / "below" / "stadtbote.db")
    finally:
        os.umask(before)
    assert (tmp_path / "deep" / "below" / "stadtbote.db").stat().st_mode & 0o777 == 0o600


async def test_what_is_deleted_does_not_linger_in_the_file(sqlite: Database) -> None:
    secret = "Hausmeister Krause"
    await sqlite.transact(lambda c: c.execute(text("CREATE TABLE words (w TEXT)")))
    await sqlite.transact(lambda c: c.execute(text("INSERT INTO words VALUES (:w)"), {"w": secret}))
    await sqlite.transact(lambda c: c.execute(text("DELETE FROM words")))
    await sqlite.close()
    assert sqlite.file is not None
    assert secret.encode() not in sqlite.file.read_bytes()
