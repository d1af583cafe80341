"""SQLite's driver, made to visit its thread once for each statement: as it comes, it goes there three or four times.

A visit costs more than most statements do, and answering a message takes some thirty statements.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Self

import aiosqlite

Rows = list[tuple[Any, ...]]
Execute = Callable[[sqlite3.Cursor], Any]
Visit = Callable[[sqlite3.Connection], None]
_FETCHED_AT_ONCE = 64


class Cursor:
    """What SQLAlchemy asks of a driver's cursor. The whole result is there as soon as the statement was executed."""

    def __init__(self, connection: "Connection") -> None:
        """Nothing is opened before `execute`, and nothing stays open after it."""
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._connection = connection
        self._rows: Rows = []

    async def __aenter__(self) -> Self:
        """Give the cursor itself: entering it opens nothing."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute one statement and fetch its rows."""
        await self._visit(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Execute one statement for each of the parameters."""
        await self._visit(lambda cursor: cursor.executemany(statement, parameters))

    async def _visit(self, execute: Execute) -> None:
        await self._connection.visit(partial(self._run, execute))

    def _run(self, execute: Execute, connection: sqlite3.Connection) -> None:
        with closing(connection.cursor()) as cursor:
            execute(cursor)
            # Rows that a statement returns count only once they were fetched.
            self._rows = cursor.fetchall()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid

    async def fetchall(self) -> Rows:
        """The rows of the last statement."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open."""


class Connection(aiosqlite.Connection):
    """A connection whose statements take one visit each, and whose transactions begin with their first statement."""

    def __init__(self, file: str, **options: Any) -> None:
        """Prepare to open `file` with the options of `sqlite3.connect`."""
        super().__init__(partial(sqlite3.connect, file, **options), iter_chunk_size=_FETCHED_AT_ONCE)
        # A program that breaks off without closing the database must not wait for this thread.
        self._thread.daemon = True
        self._begin: str | None = None
        self._begun = False

    def cursor(self, *_arguments: Any) -> Cursor:  # type: ignore[override]
        """A cursor for one statement."""
        return Cursor(self)

    def begin(self, statement: str) -> None:
        """Execute this `BEGIN` together with the next statement."""
        self._begin = statement

    async def visit(self, work: Visit) -> None:
        """Do `work` in the connection's thread."""
        begin, self._begin = self._begin, None
        self._begun = self._begun or begin is not None
        await self._execute(partial(_begin_and, begin, work) if begin else work, self._conn)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """Commit what was begun; where no statement followed, there is nothing to commit."""
        await self._end(super().commit)

    async def rollback(self) -> None:
        """Roll back what was begun and neither committed nor rolled back."""
        await self._end(super().rollback)

    async def _end(self, end: Callable[[], Awaitable[None]]) -> None:
        self._begin = None
        if self._begun:
            await end()
            # Only now: what could not be ended is still to be rolled back.
            self._begun = False


def _begin_and(begin: str, work: Visit, connection: sqlite3.Connection) -> None:
    connection.execute(begin)
    work(connection)


async def connect(file: str, **options: Any) -> aiosqlite.Connection:
    """Open `file` with the options of `sqlite3.connect`; raises its errors."""
    # The driver leaves a thread behind if it cannot open the file, which then cries out when the program ends.
    sqlite3.connect(file, **options).close()
    return await Connection(file, **options)
