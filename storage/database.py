"""The database: its engine and pragmas, one writer whose transactions cannot be torn, and separate readers."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")

# Outside of storage a connection is only passed on; this name saves everybody else the import of SQLAlchemy.
Connection = AsyncConnection

# secure_delete: what is cleared or erased must not linger in free pages of the file.
PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
BEGIN = "stadtbote_begin"


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class DatabaseUnusable(Exception):
    """The database cannot be used: `reason` is one of newer, older, locked, read_only, full, unreachable."""

    reason: str
    url: str
    detail: str = ""

    def __str__(self) -> str:
        """One line for logs; the command line has its own sentences."""
        return f"{self.url}: {self.reason} {self.detail}".rstrip()


class Database:
    """One cooperation's store. Writes go through `transact`, one after another; reads do not wait for them."""

    def __init__(self, url: str | URL) -> None:
        """Prepare access to the database at `url`; nothing is opened before it is used."""
        self.url = make_url(url)
        self._writer = _engine(self.url, pool_size=1)
        self._readers = self._writer.execution_options(**{BEGIN: "BEGIN"})
        if not self._is_sqlite:
            self._readers = _engine(self.url, pool_size=4)
        self._turn = asyncio.Lock()

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The database file, if it is one."""
        return Path(self.url.database) if self._is_sqlite and self.url.database else None

    def shown(self) -> str:
        """The address without its password, for messages."""
        return self.url.render_as_string(hide_password=True)

    async def transact(self, body: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `body` in one write transaction: committed if it returns, rolled back whatever it raises.

        The transaction runs as a task of its own behind a shield: a cancelled SQLite statement can keep the write
        lock, or commit although its caller saw the cancellation. A cancelled caller waits for the end and is then told.
        """
        return await _shielded(self._transaction(body))

    async def _transaction(self, body: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._turn, self._opened(self._writer) as connection:
            return await body(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view for reading that does not wait for the writer."""
        async with self._opened(self._readers) as connection:
            yield connection

    @asynccontextmanager
    async def _opened(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.begin() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            unusable = self._unusable(error)
            if unusable is None:
                raise
            raise unusable from error

    def _unusable(self, error: SQLAlchemyError | OSError) -> DatabaseUnusable | None:
        """Tell a database that cannot be used now from a statement of ours that is wrong."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, OSError):
            return DatabaseUnusable(reason="unreachable", url=self.shown(), detail=str(cause))
        text = str(cause).lower()
        for words, reason in _REASONS:
            if words in text:
                return DatabaseUnusable(reason=reason, url=self.shown())
        return None

    async def close(self) -> None:
        """Close every connection; the object is of no further use."""
        await self._writer.dispose()
        if not self._is_sqlite:
            await self._readers.dispose()


_REASONS = (
    ("database is locked", "locked"),
    ("readonly database", "read_only"),
    ("database or disk is full", "full"),
    ("unable to open database", "unreachable"),
    ("file is not a database", "not_a_database"),
)


def _engine(url: URL, *, pool_size: int) -> AsyncEngine:
    # SQLite in a file: the writer's one connection and the readers' share one pool, told apart by how they begin.
    sqlite = url.get_backend_name() == "sqlite"
    engine = create_async_engine(url, pool_size=5 if sqlite else pool_size, max_overflow=0)
    if sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Without this sqlite3 begins transactions by itself, and too late (it skips SELECT).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: SyncConnection) -> None:
    # BEGIN IMMEDIATE takes the write lock at once: a read that later writes would fail without waiting.
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN IMMEDIATE"))


async def _shielded(work: Awaitable[T]) -> T:
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
        except BaseException:  # noqa: BLE001, S110 - the task's own outcome is raised by result() below
            pass
    if cancelled is not None and task.exception() is None:
        raise cancelled
    return task.result()


def make_private(path: Path) -> None:
    """Create the database file with mode 0600 before SQLite does it with the umask's; an existing one is left."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def sqlite_version() -> str:
    """The version of the SQLite library in use, for `doctor`."""
    return sqlite3.sqlite_version
