"""Import and export for the operator: bundles and spreadsheets in, bundles and spreadsheets out."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.clock import clock
from bot.config import Settings
from bot.progress import Progressing, Silent
from bot.tables import read_tables
from commands import ALL
from storage.bundle import Conflict, Difference, ImportConflict, Imported, Plan, apply_plan, plan_import
from storage.bundle_export import Export, begin_export
from storage.bundle_history import histories_of, removed
from storage.bundle_stage import Stage, Watched
from storage.bundle_writing import WRITERS, Head, Writer, YamlWriter, plain
from storage.database import Connection
from storage.operations import Acting, CauseKind
from storage.schema_version import prepared
from storage.scope import unlimited
from storage.sheets.csv_files import CsvRows
from storage.sheets.register import stage_tables, write_tables
from storage.sheets.xlsx import XlsxWriter
from storage.values import clean
from storage.view import View
from storage.work import Work

MOST_SHOWN = 50
"""Differences and conflicts that a preview shows."""

_LONGEST_SHOWN = 80
_UTC = ZoneInfo("UTC")


class NothingToExport(OSError):
    """There is no cooperation in the database, or was none yet on that day."""


class Sheets(StrEnum):
    """Formats of spreadsheets."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an import would do."""

    imported: Imported
    differences: tuple[Difference, ...] = ()
    overwrite: bool = False

    @property
    def changes(self) -> bool:
        """Whether it would do anything: not if it is refused because of conflicts."""
        refused = self.imported.conflicts and not self.overwrite
        return not refused and bool(sum(self.imported.added.values()) or sum(self.imported.changed.values()))

    def lines(self) -> Iterator[str]:
        """One line for each list that the bundle holds, then what would change, then what was changed in chat."""
        done = self.imported
        for name in dict.fromkeys((*done.added, *done.changed, *done.unchanged)):
            counts = (done.added.get(name, 0), done.changed.get(name, 0), done.unchanged.get(name, 0))
            yield f"{name}: {counts[0]} new, {counts[1]} changed, {counts[2]} unchanged"
        yield from _first([_shown_difference(difference) for difference in self.differences])
        if not self.overwrite:
            return
        yield from _first([_overwritten(conflict) for conflict in done.conflicts])


def _first(lines: list[str]) -> Iterator[str]:
    yield from lines[:MOST_SHOWN]
    if len(lines) > MOST_SHOWN:
        yield f"… and {len(lines) - MOST_SHOWN} more"


def _overwritten(conflict: Conflict) -> str:
    what = "was made anonymous and stays so" if conflict.erased else "was changed in chat and is overwritten"
    return f"{conflict.collection} {conflict.key}: {what}"


def _shown_difference(difference: Difference) -> str:
    before, after = (_shown(value) for value in (difference.before, difference.after))
    return f"{difference.collection} {difference.key}, {difference.field}: {before} → {after}"


def _shown(value: object) -> str:
    """A value as a bundle has it, in a few words."""
    if value in (None, (), {}):
        return "nothing"
    tree = plain(value, _UTC)
    text = tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False)
    return clean(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


async def import_file(
    settings: Settings,
    file: Path,
    *,
    overwrite: bool,
    agreed: Callable[[Preview], bool] = lambda _: True,
    collection: str | None = None,
    progress: Progressing | None = None,
) -> Imported | None:
    """Import `file`, all of it or nothing; None if `agreed` says no to the preview.

    A CSV file holds the list `collection`, by default the one it is named after. Nothing of the register is locked
    before everything is read, checked and compared with it. Raises BundleInvalid, ImportConflict, DatabaseUnusable.
    """
    shown = progress or Silent()
    with Stage() as stage:
        tables = await read_tables(file, collection)
        if tables is None:
            await asyncio.to_thread(_read_bundle, stage, file, shown)
        async with prepared(settings.storage.url) as database:
            async with database.read() as connection:
                view = View(connection)
                if tables is not None:
                    await stage_tables(stage, tables, view, name=file.name)
                plan = await plan_import(view, stage, shown.step("comparing", stage.size))
            wanted = agreed(Preview(imported=plan.imported, differences=plan.differences, overwrite=overwrite))
            if plan.imported.conflicts and not overwrite:
                raise ImportConflict(conflicts=plan.imported.conflicts)
            if not wanted:
                return None
            watch = shown.step("writing", sum(map(len, plan.keys.values())))
            return await database.transact(lambda c: _write(c, stage, plan, file.name, overwrite, watch))


def _read_bundle(stage: Stage, file: Path, shown: Progressing) -> None:
    with file.open("rb") as stream:
        stage.fill(Watched(stream=stream, watch=shown.step("reading", file.stat().st_size)), name=file.name)


async def _write(
    connection: Connection,
    stage: Stage,
    plan: Plan,
    name: str,
    overwrite: bool,  # noqa: FBT001 - passed on
    watch: Callable[[int], None],
) -> Imported:
    rules = {noun.collection: noun.due for noun in ALL if noun.collection and noun.due}
    work = Work(connection, now=clock(), due_rules=rules)
    work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause=name))
    return await apply_plan(work, stage, plan, overwrite=overwrite, watch=watch)


# --- export ----------------------------------------------------------------------------------------------------------


async def export_file(
    settings: Settings,
    file: Path,
    *,
    history: bool = False,
    day: date | None = None,
    progress: Progressing | None = None,
) -> None:
    """Write the register to `file` as a bundle, `-` for standard output; its suffix says in which form.

    With `history` each record comes with all that ever happened to it, and what was removed as well; with a `day`
    it is the register as it was recorded at that day's end. Raises NothingToExport, DatabaseUnusable.
    """
    async with _export(settings, day) as (export, head):
        watch = (progress or Silent()).step("writing", None)
        if str(file) == "-":
            await _write_bundle(YamlWriter(sys.stdout), export, head, watch, history=history)
            return
        with _replacing(file) as stream:
            writer = WRITERS.get(file.suffix, YamlWriter)(stream)
            await _write_bundle(writer, export, head, watch, history=history)


async def _write_bundle(
    writer: Writer, export: Export, head: Head, watch: Callable[[int], None], *, history: bool
) -> None:
    writer.begin(head)
    async for some in export.records():
        collection = some[0].record.collection
        told = await histories_of(export, writer.plain, collection, [one.key for one in some]) if history else {}
        for one in some:
            tree = writer.plain(one.record)
            writer.record(collection, {**tree, "history": told[one.key]} if history else tree)
        watch(len(some))
    if history:
        async for gone in removed(export, writer.plain):
            writer.record("removed", gone)
    writer.end()


async def export_sheets(settings: Settings, file: Path, form: Sheets, *, day: date | None = None) -> None:
    """Write the lists that fit into tables as a workbook, or as a folder of CSV files.

    Raises NothingToExport, DatabaseUnusable, OSError.
    """
    async with _export(settings, day) as (export, head):
        if form is Sheets.CSV:
            await _write_folder(export, head, file)
            return
        book = XlsxWriter(head.exported_at or clock())
        await write_tables(export, head, book.sheet)
        await asyncio.to_thread(book.save, file)


async def _write_folder(export: Export, head: Head, folder: Path) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    files: list[CsvRows] = []

    def opened(collection: str) -> CsvRows:
        files.append(CsvRows(folder / f"{collection}.csv"))
        return files[-1]

    try:
        await write_tables(export, head, opened)
    finally:
        for file in files:
            file.close()


@asynccontextmanager
async def _export(settings: Settings, day: date | None) -> AsyncIterator[tuple[Export, Head]]:
    async with prepared(settings.storage.url) as database, database.read() as connection:
        view, now = View(connection), clock()
        export = await begin_export(view, unlimited())
        if day is not None:
            now = min(now, await _end_of(export, day))
            export = await begin_export(view, unlimited(now))
        head = await export.head(now)
        if head is None:
            raise NothingToExport(
                "there is no cooperation in the database yet; `import` a bundle or use `!einrichten`."
                if day is None
                else f"on {day} there was no cooperation in the database yet."
            )
        yield export, head


async def _end_of(export: Export, day: date) -> datetime:
    """The last instant of the day where the cooperation is."""
    cooperation = await export.cooperation()
    zone = ZoneInfo(cooperation.timezone) if cooperation else _UTC
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone) - timedelta(microseconds=1)


@contextmanager
def _replacing(file: Path) -> Iterator[TextIO]:
    """A file that takes the place of `file` only when it is complete."""
    beside = file.with_name(f"{file.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
