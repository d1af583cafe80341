"""The driver for SQLite: how often a statement goes to the connection's thread, and what is left of a broken one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text

from storage.database import Connection, Database

LONG = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) FROM n")
READERS = 4


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """One table with the number 0; a reader and the writer are open already."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}")
    await made.transact(_begin)
    await number(made)
    yield made
    await made.close()


async def _begin(connection: Connection) -> None:
    await connection.execute(text("CREATE TABLE number (value INTEGER)"))
    await connection.execute(text("INSERT INTO number VALUES (0)"))


async def number(database: Database) -> int:
    async with database.read() as connection:
        found: int = (await connection.execute(text("SELECT value FROM number"))).scalar_one()
        return found


async def count_up(database: Database) -> None:
    async def body(connection: Connection) -> None:
        await connection.execute(text("UPDATE number SET value = value + 1"))

    await database.transact(body)


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch, database: Database) -> list[Any]:
    """What is done in the threads of connections from now on."""
    seen: list[Any] = []
    plain = vars(aiosqlite.Connection)["_execute"]

    async def noted(self: aiosqlite.Connection, work: Any, *arguments: Any, **options: Any) -> Any:
        seen.append(work)
        return await plain(self, work, *arguments, **options)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
    return seen


async def test_a_transaction_of_one_statement_is_two_visits(database: Database, visits: list[Any]) -> None:
    assert await number(database) == 0
    assert len(visits) == 2
    await count_up(database)
    assert len(visits) == 4


async def test_a_transaction_without_a_statement_is_none(database: Database, visits: list[Any]) -> None:
    async with database.read():
        pass
    assert visits == []


async def test_what_one_transaction_wrote_the_next_one_reads(database: Database) -> None:
    for count in range(1, 4):
        await count_up(database)
        assert await number(database) == count


async def test_a_broken_statement_takes_back_what_came_before_it(database: Database) -> None:
    async def body(connection: Connection) -> None:
        await connection.execute(text("UPDATE number SET value = 5"))
        await connection.execute(text("UPDATE letters SET value = 5"))

    with pytest.raises(Exception, match="no such table"):
        await database.transact(body)
    await count_up(database)
    assert await number(database) == 1


async def test_readers_cancelled_in_the_middle_do_not_go_on_seeing_the_past(database: Database) -> None:
    async def read_long() -> None:
        async with database.read() as connection:
            begun.set()
            await connection.execute(LONG)

    for _ in range(READERS):
        begun = asyncio.Event()
        reading = asyncio.create_task(read_long())
        await begun.wait()
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    await count_up(database)
    assert await asyncio.gather(*(number(database) for _ in range(READERS))) == [1] * READERS
