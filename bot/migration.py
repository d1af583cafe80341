"""Copying a cooperation into another store, for the operator who changes from SQLite to PostgreSQL or back."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.config import Settings, storage_address
from storage.database import Database
from storage.relocation import Copied, Copying, copy_store

_DIGITS = 16


async def migrate(settings: Settings, config: Path, to: str, progress: Callable[[Copying], None]) -> tuple[Copied, ...]:
    """Copy everything from the store of the configuration file `config` into the one at `to`, which must be empty.

    `to` is written as in the configuration. Raises ConfigInvalid, SameStore, TargetNotEmpty, CopyDiffers, LeaseLost,
    DatabaseUnusable.
    """
    source, target = Database(settings.storage.url), Database(storage_address(config, to))
    try:
        return await copy_store(source, target, progress=progress)
    finally:
        await source.close()
        await target.close()


def told(copied: Sequence[Copied], to: str) -> Iterator[str]:
    """What was copied, a line for each table with rows, and what to do now; a password in `to` is not repeated."""
    filled = [table for table in copied if table.rows]
    width = max((len(table.table) for table in filled), default=0)
    for table in filled:
        yield f"{table.table:{width}} {table.rows:9d} {table.digest[:_DIGITS]}"
    rows = sum(table.rows for table in filled)
    yield f"{rows} rows in {len(filled)} tables copied, and read back as they were written. The old store is unchanged."
    yield "To go on with the new one, change this line of the configuration and start the bot again:"
    yield "[storage]"
    yield f'url = "{_repeated(to)}"'


def _repeated(to: str) -> str:
    """The address as it was typed, unless it holds a password."""
    database = Database(to)
    return database.shown() if database.url.password else to
