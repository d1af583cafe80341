"""Import and export for the operator: bundle files in, bundle files out."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.clock import clock
from bot.config import Settings
from commands import ALL
from storage.bundle import Imported, export_bundle, import_bundle
from storage.bundle_format import Bundle, read_bundle, write_bundle, write_json
from storage.database import Connection, Database
from storage.operations import Acting, CauseKind
from storage.schema_version import prepare
from storage.scope import unlimited
from storage.view import View
from storage.work import Work


class NothingToExport(OSError):
    """There is no cooperation in the database yet."""


class _OnlyLooking(Exception):
    """Rolls a preview back."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an import would do."""

    imported: Imported

    @property
    def changes(self) -> bool:
        """Whether it would do anything."""
        return bool(sum(self.imported.added.values()) or sum(self.imported.changed.values()))

    def lines(self) -> Iterator[str]:
        """One line for each list that the bundle holds."""
        done = self.imported
        for name in dict.fromkeys((*done.added, *done.changed, *done.unchanged)):
            counts = (done.added.get(name, 0), done.changed.get(name, 0), done.unchanged.get(name, 0))
            yield f"{name}: {counts[0]} new, {counts[1]} changed, {counts[2]} unchanged"
        for conflict in done.conflicts:
            yield f"{conflict.collection} {conflict.key}: was changed in chat since the export and is overwritten"


async def preview(settings: Settings, file: Path, *, overwrite: bool) -> Preview:
    """What importing `file` would do; nothing is changed. Raises BundleInvalid, ImportConflict, DatabaseUnusable."""
    bundle = read_file(file)
    async with _database(settings) as database:
        found: list[Imported] = []

        async def look(connection: Connection) -> None:
            found.append(await _import(connection, bundle, file.name, overwrite=overwrite))
            raise _OnlyLooking

        with suppress(_OnlyLooking):
            await database.transact(look)
        return Preview(imported=found[0])


async def import_file(settings: Settings, file: Path, *, overwrite: bool) -> Imported:
    """Import `file`, all of it or nothing. Raises BundleInvalid, ImportConflict, DatabaseUnusable."""
    bundle = read_file(file)
    async with _database(settings) as database:
        return await database.transact(lambda c: _import(c, bundle, file.name, overwrite=overwrite))


async def _import(connection: Connection, bundle: Bundle, name: str, *, overwrite: bool) -> Imported:
    rules = {noun.collection: noun.due for noun in ALL if noun.collection and noun.due}
    work = Work(connection, now=clock(), due_rules=rules)
    work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause=name))
    return await import_bundle(work, bundle, overwrite=overwrite)


async def export_file(settings: Settings, file: Path) -> None:
    """Write the whole register to `file`, `-` for standard output. Raises NothingToExport, DatabaseUnusable."""
    async with _database(settings) as database, database.read() as connection:
        bundle = await export_bundle(View(connection), unlimited(), clock())
    if bundle is None:
        raise NothingToExport("there is no cooperation in the database yet; `import` a bundle or use `!einrichten`.")
    write = write_json if file.suffix == ".json" else write_bundle
    if str(file) == "-":
        write(bundle, sys.stdout)
        return
    made = io.StringIO()
    write(bundle, made)
    await asyncio.to_thread(file.write_text, made.getvalue(), encoding="utf-8")


def read_file(file: Path) -> Bundle:
    """Read and check a bundle file. Raises BundleInvalid with every problem, OSError if it cannot be read."""
    with file.open("rb") as stream:
        return read_bundle(stream, name=file.name)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.storage.url)
    try:
        await prepare(database)
        yield database
    finally:
        await database.close()
