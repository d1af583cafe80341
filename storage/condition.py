"""The condition of a database, for `doctor`: how large it is and whether it is sound. Nothing here changes anything."""

from pathlib import Path

from sqlalchemy import text

from storage.database import Database
from storage.lease import share_lease
from storage.migrations import HEAD

SCHEMA = HEAD
"""The version of the schema that this program has."""
_MOST_FAULTS = 3


def parts(file: Path) -> list[Path]:
    """The files that an SQLite database consists of now: itself and its journal."""
    return [part for end in ("", "-wal", "-shm") if (part := file.with_name(f"{file.name}{end}")).exists()]


async def size(database: Database) -> int:
    """How many bytes the database takes, its journal included."""
    if database.file is not None:
        return sum(part.stat().st_size for part in parts(database.file))
    async with database.read() as connection:
        return int((await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())


async def faults(database: Database) -> tuple[str, ...]:
    """What is broken in the file of an SQLite database, a few lines of it; a server looks after itself.

    Raises DatabaseUnusable (damaged) where it cannot even be told.
    """
    if database.file is None:
        return ()
    async with database.read() as connection:
        rows = await connection.execute(text(f"PRAGMA quick_check({_MOST_FAULTS})"))
        return tuple(line for (line,) in rows if line != "ok")


async def take_turn(database: Database) -> None:
    """Show that the database can be written to: lock the lease as every writer does, and let it go without a change."""
    await database.transact(share_lease)
