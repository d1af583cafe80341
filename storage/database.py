"""The database: its engine and pragmas, one writer whose transactions cannot be torn, and separate readers."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.lease import hold_lease, take_lease
from storage.sqlite import connect

T = TypeVar("T")

# Outside of storage a connection is only passed on; this name saves everybody else the import of SQLAlchemy.
Connection = AsyncConnection

# secure_delete: what is cleared or erased must not linger in free pages of the file.
PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")

PATIENT = 120_000
"""Milliseconds for which the running bot waits for somebody else's transaction."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """How connections to SQLite are used."""

    connections: int
    begin: str
    query_only: str


# BEGIN IMMEDIATE takes the write lock at once: a read that later writes would fail without waiting.
WRITING = Mode(connections=1, begin="BEGIN IMMEDIATE", query_only="OFF")
READING = Mode(connections=4, begin="BEGIN", query_only="ON")
# hide_parameters, here and below: the words of an error end up in logs and must not quote what people wrote.
ONE: Mapping[str, Any] = {"pool_size": 1, "max_overflow": 0, "hide_parameters": True}


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class DatabaseUnusable(Exception):
    """The database cannot be used.

    `reason` is one of newer, older, foreign, encoding, locked, read_only, full, forbidden, not_a_database, damaged,
    unreachable.
    """

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
        self._writer = _sqlite_engine(self.url, WRITING) if self._is_sqlite else create_async_engine(self.url, **ONE)
        self._readers = _sqlite_engine(self.url, READING) if self._is_sqlite else _postgresql_readers(self.url)
        self._turn = asyncio.Lock()
        self._epoch: int | None = None

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

    async def take_over(self) -> int:
        """Take the register over and return the lease's epoch.

        Every later transaction of this object begins by locking the lease, and raises LeaseLost once another process
        has taken it.
        """
        self._epoch = None
        self._epoch = await self.transact(self._take)
        return self._epoch

    async def _take(self, connection: AsyncConnection) -> int:
        if self._is_sqlite:
            # The bot must outlast a large import that writes beside it; the pragma stays with its one connection.
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENT}")
        return await take_lease(connection)

    async def transact(self, body: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `body` in one write transaction: committed if it returns, rolled back whatever it raises.

        The transaction runs as a task of its own behind a shield: a cancelled SQLite statement can keep the write
        lock, or commit although its caller saw the cancellation. A caller cancelled while it waits for its turn changes
        nothing; one cancelled later waits for the end, which stands, and is then told.
        """
        async with self._turn:
            return await _shielded(self._transaction(body))

    async def _transaction(self, body: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._opened(self._writer) as connection:
            if self._epoch is not None:
                await hold_lease(connection, self._epoch)
            return await body(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view for reading that does not wait for the writer; it refuses to write."""
        async with self._opened(self._readers) as connection:
            yield connection

    @asynccontextmanager
    async def read_undisturbed(self) -> AsyncIterator[AsyncConnection]:
        """A view for reading while nothing is written: no transaction of this object is under way, and none begins."""
        async with self._turn, self.read() as connection:
            yield connection

    @asynccontextmanager
    async def _opened(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            async with AsyncExitStack() as stack:
                connection = await self._connected(stack, engine)
                async with connection.begin():
                    yield connection
        except DBAPIError as error:
            reason = _reason(error)
            if reason is None:
                raise
            raise DatabaseUnusable(reason=reason, url=self.shown()) from error

    async def _connected(self, stack: AsyncExitStack, engine: AsyncEngine) -> AsyncConnection:
        try:
            return await stack.enter_async_context(engine.connect())
        except Exception as error:  # drivers have many words for a server that is not there or refuses the login
            reason = _reason(error) or "unreachable"
            raise DatabaseUnusable(reason=reason, url=self.shown(), detail=str(error)) from error

    async def close(self) -> None:
        """Close every connection; the object is of no further use."""
        await self._writer.dispose()
        await self._readers.dispose()


_REASONS = (
    ("database is locked", "locked"),
    ("readonly database", "read_only"),
    ("database or disk is full", "full"),
    ("unable to open database", "unreachable"),
    ("file is not a database", "not_a_database"),
    ("disk image is malformed", "damaged"),
    ("could not extend file", "full"),
    ("permission denied for schema", "forbidden"),
)


def _reason(error: Exception) -> str | None:
    """Why the database cannot be used now; None for a statement of ours that is wrong."""
    if not isinstance(error, DBAPIError):
        return None
    text = str(error.orig).lower()
    known = next((reason for words, reason in _REASONS if words in text), None)
    return known or ("unreachable" if error.connection_invalidated else None)


def _sqlite_engine(url: URL, mode: Mode) -> AsyncEngine:
    arguments, options = url.get_dialect()().create_connect_args(url)
    engine = create_async_engine(
        url,
        async_creator=partial(connect, *arguments, **options),
        hide_parameters=True,
        pool_size=mode.connections,
        max_overflow=0,
    )

    def connected(connection: Any, _record: Any) -> None:
        # Without this sqlite3 begins transactions by itself, and too late (it skips SELECT).
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, f"query_only={mode.query_only}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: SyncConnection) -> None:
        connection.connection.driver_connection.begin(mode.begin)  # type: ignore[union-attr]

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
    return engine


def _postgresql_readers(url: URL) -> AsyncEngine:
    # Every statement of one reading sees the same moment.
    engine = create_async_engine(url, hide_parameters=True, pool_size=READING.connections, max_overflow=0)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


async def _shielded(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        # A failure of the transaction is told as the cause: the caller that could act on it is gone.
        raise cancelled from task.exception()
    return task.result()


def make_private(path: Path) -> None:
    """Create a file with mode 0600 before it is written with the umask's; an existing one is left."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def sqlite_version() -> str:
    """The version of the SQLite library in use, for `doctor`."""
    return sqlite3.sqlite_version
