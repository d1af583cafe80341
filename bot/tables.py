"""Spreadsheets are read in a process of their own: what a strange file makes of it ends there."""

import asyncio
import multiprocessing
import resource
import stat
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from storage.bundle_problems import BundleInvalid, Problem
from storage.sheets.csv_files import read_csv
from storage.sheets.grid import LISTS_IN_SHEETS, Tables, collection_named
from storage.sheets.xlsx import read_xlsx

MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 120
"""What reading a file may take, in bytes and in seconds of work."""


async def read_tables(file: Path, collection: str | None) -> Tables | None:
    """The tables in a workbook, a CSV file or a folder of such files; None if `file` is none of these.

    A CSV file holds the list `collection`, by default the one that it is named after. Raises BundleInvalid, OSError.
    """
    if not await asyncio.to_thread(_holds_tables, file):
        return None
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_limit) as worker:
        try:
            return await asyncio.get_running_loop().run_in_executor(worker, _read, file, collection)
        except BrokenProcessPool as error:
            raise _invalid(file, "too_large", "reading this takes more time or memory than any spreadsheet") from error


def _holds_tables(file: Path) -> bool:
    # A file that is not there is the caller's mistake: told here, not by the worker.
    return stat.S_ISDIR(file.stat().st_mode) or file.suffix.lower() in (".xlsx", ".csv")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def _invalid(file: Path, kind: str, sentence: str) -> BundleInvalid:
    return BundleInvalid((Problem(place="", kind=kind, sentence=sentence),), name=file.name)


def _read(file: Path, collection: str | None) -> Tables:
    if file.is_dir():
        found = Tables()
        for part in sorted(file.glob("*.csv")):
            one = _read_csv(part, None)
            found.sheets += one.sheets
            found.problems += one.problems
        return found
    return _read_csv(file, collection) if file.suffix.lower() == ".csv" else read_xlsx(file)


def _read_csv(file: Path, collection: str | None) -> Tables:
    of = collection or collection_named(file.stem)
    if of is None:
        tables, known = Tables(), ", ".join(LISTS_IN_SHEETS)
        sentence = f"the name of the file does not say which list it holds; please say so with --list ({known})"
        tables.report(file.name, "", "unknown_key", sentence)
        return tables
    return read_csv(file, of)
