"""Moving house: a whole cooperation copied from one store into another, and compared with it row by row."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, Table, delete, func, insert, inspect, literal, select, tuple_
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.engine import Connection as SyncConnection

from storage.all_tables import metadata
from storage.database import Connection, Database
from storage.schema_version import check, prepare

AT_ONCE = 1000
"""Rows held in memory at a time."""

# Where SQLite remembers the highest number of each table that never gives one out twice.
_SEQ = sql_table("sqlite_sequence", sql_column("name"), sql_column("seq"))

Rows = Sequence[Row[Any]]


class SameStore(Exception):
    """The store to copy into is the one to copy from."""

    def __init__(self, *, url: str) -> None:
        super().__init__(url)
        self.url = url


class TargetNotEmpty(Exception):
    """The store to copy into holds something already, in the table `table`; nothing was changed."""

    def __init__(self, *, url: str, table: str) -> None:
        super().__init__(f"{url}: {table}")
        self.url = url
        self.table = table


class CopyDiffers(Exception):
    """What was read back from the copy of `table` is not what was written; the copy was taken back."""

    def __init__(self, *, table: str) -> None:
        super().__init__(table)
        self.table = table


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A table that was copied: how many rows, and the digest of them in the order of their keys, the same in both."""

    table: str
    rows: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Copying:
    """Where a copy stands: of this table, `done` of `rows` rows are written."""

    table: str
    done: int
    rows: int


async def copy_store(
    source: Database, target: Database, *, progress: Callable[[Copying], None] = lambda _: None
) -> tuple[Copied, ...]:
    """Copy every row of `source` into the empty `target`, in one transaction, and compare each as it stands there.

    Nobody writes to the source meanwhile: a bot that runs on it is fenced off, by the lease, and must be started again
    with the target. Apart from that the source stays as it is. What fails leaves the target without a row. Raises
    SameStore, TargetNotEmpty, CopyDiffers, DatabaseUnusable, and LeaseLost if a bot takes the source over in between.
    """
    if source.url == target.url:
        raise SameStore(url=target.shown())
    await check(source)
    await _refuse_rows(target)
    await prepare(target)
    await source.take_over()

    async def while_nobody_writes(_writer: Connection) -> tuple[Copied, ...]:
        async with source.read() as original:
            return await target.transact(lambda copy: _copied(original, copy, progress))

    return await source.transact(while_nobody_writes)


async def _copied(original: Connection, copy: Connection, progress: Callable[[Copying], None]) -> tuple[Copied, ...]:
    for table in metadata.sorted_tables:
        await _copy(table, original, copy, progress)
    await _copy_numbers(original, copy)
    return tuple([await _compared(table, original, copy) for table in metadata.sorted_tables])


async def _refuse_rows(target: Database) -> None:
    if target.file is not None and not target.file.exists():
        return
    async with target.read() as connection:
        for table in await connection.run_sync(_ours):
            if (await connection.execute(select(*table.primary_key).limit(1))).first() is not None:
                raise TargetNotEmpty(url=target.shown(), table=table.name)


def _ours(connection: SyncConnection) -> list[Table]:
    there = set(inspect(connection).get_table_names())
    return [table for table in metadata.sorted_tables if table.name in there]


async def _copy(table: Table, original: Connection, copy: Connection, progress: Callable[[Copying], None]) -> None:
    rows = (await original.execute(select(func.count()).select_from(table))).scalar_one()
    if rows == 0:
        return
    done = 0
    async for batch in _batches(table, original):
        await copy.execute(insert(table), [dict(row._mapping) for row in batch])
        done += len(batch)
        progress(Copying(table=table.name, done=done, rows=rows))


async def _batches(table: Table, connection: Connection) -> AsyncIterator[Rows]:
    """All rows in the order of their keys, so many at a time as may be held."""
    key = list(table.primary_key)
    query = select(table).order_by(*key).limit(AT_ONCE)
    batch: Rows = (await connection.execute(query)).all()
    while batch:
        yield batch
        batch = (await connection.execute(query.where(_behind(key, batch[-1])))).all()


def _behind(key: list[Column[Any]], row: Row[Any]) -> Any:
    last = [literal(row._mapping[column.name], column.type) for column in key]
    return key[0] > last[0] if len(key) == 1 else tuple_(*key) > tuple_(*last)


async def _compared(table: Table, original: Connection, copy: Connection) -> Copied:
    digest, rows = hashlib.sha256(), 0
    copies = _batches(table, copy)
    async for batch in _batches(table, original):
        if batch != await anext(copies, None):
            raise CopyDiffers(table=table.name)
        rows += len(batch)
        for row in batch:
            digest.update(f"{tuple(row)!r}\n".encode())
    if await anext(copies, None):
        raise CopyDiffers(table=table.name)
    return Copied(table=table.name, rows=rows, digest=digest.hexdigest())


async def _copy_numbers(original: Connection, copy: Connection) -> None:
    """Let the copy go on counting where the original stopped: a number that was given out once is never given again."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            await _count_on(column, copy, await _last_number(column, original))


async def _last_number(column: Column[int], connection: Connection) -> int:
    """The highest number that rows ever had; those that are gone count where the store remembers them."""
    highest = (await connection.execute(select(func.max(column)))).scalar_one()
    given = (await connection.execute(_given(column, connection))).scalar_one_or_none()
    return max(int(highest or 0), int(given or 0))


def _given(column: Column[int], connection: Connection) -> Any:
    if _is_sqlite(connection):
        return select(_SEQ.c.seq).where(_SEQ.c.name == column.table.name)
    numbers = sql_table(_sequence(column), sql_column("last_value"), sql_column("is_called"))
    return select(numbers.c.last_value).where(numbers.c.is_called)


async def _count_on(column: Column[int], connection: Connection, last: int) -> None:
    if last == 0:
        return
    if not _is_sqlite(connection):
        await connection.execute(select(func.setval(_sequence(column), last)))
    elif column.table.dialect_options["sqlite"]["autoincrement"]:
        await connection.execute(delete(_SEQ).where(_SEQ.c.name == column.table.name))
        await connection.execute(insert(_SEQ).values(name=column.table.name, seq=last))


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _sequence(column: Column[int]) -> str:
    """What PostgreSQL calls the sequence of a column that numbers itself."""
    return f"{column.table.name}_{column.name}_seq"
