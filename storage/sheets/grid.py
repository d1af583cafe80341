"""A spreadsheet's cells as texts, with where they stand: what the readers of .xlsx and CSV have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storage.bundle_problems import Problem
from storage.values import clean

LISTS_IN_SHEETS = ("cities", "people", "seats", "projects", "agreements", "tasks")
"""The lists that can be kept in a spreadsheet."""

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes a spreadsheet may have."""

MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
MOST_PROBLEMS = 1_000
"""Rows and columns a sheet may use, and mistakes worth naming."""

FORMULA = "=+-@\t\r＝＋－＠"
"""What a cell must not begin with, since programs take it for a formula."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell that is not empty; `number` tells that the file holds a number, not a text."""

    text: str
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table: the list it is about, its columns by letter, and its rows by number, empty ones left out."""

    collection: str
    title: str
    columns: Mapping[str, str]
    rows: Mapping[int, Mapping[str, Cell]]
    header: int


@dataclass(kw_only=True)
class Tables:
    """All tables of a file, and what is wrong with their cells. `exported_at`: when we wrote it, if we did."""

    sheets: list[Sheet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    exported_at: datetime | None = None

    def report(
        self, title: str, at: str, kind: str, sentence: str, *, field: str = "", line: int | None = None
    ) -> None:
        """Note a mistake at the cell `at` of a sheet."""
        cell = f"{clean(title)}!{at}" if title and at else at or clean(title)
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(place="", field=field, kind=kind, sentence=sentence, line=line, cell=cell))


def take_rows(tables: Tables, title: str, collection: str, rows: Iterator[tuple[int, Mapping[str, Cell]]]) -> None:
    """Add a sheet whose first row that is not empty names the columns; the rows come by number, cells by letter."""
    header = next(((number, cells) for number, cells in rows if cells), None)
    if header is None:
        return
    number, named = header
    columns = {letter: cell.text for letter, cell in named.items()}
    _check_columns(tables, title, number, columns)
    taken: dict[int, Mapping[str, Cell]] = {}
    for at, cells in rows:
        for letter in cells.keys() - columns.keys():
            tables.report(title, f"{letter}{at}", "no_column", "this column has no name in the first row", line=at)
        if cells:
            taken[at] = cells
        if len(taken) > MOST_ROWS:
            tables.report(title, f"A{at}", "too_large", f"more than {MOST_ROWS} rows are not read", line=at)
            break
    tables.sheets.append(Sheet(collection=collection, title=title, columns=columns, rows=taken, header=number))


def _check_columns(tables: Tables, title: str, number: int, columns: Mapping[str, str]) -> None:
    if len(columns) > MOST_COLUMNS:
        tables.report(title, "", "too_large", f"more than {MOST_COLUMNS} columns are not read", line=number)
    first: dict[str, str] = {}
    for letter, name in columns.items():
        if first.setdefault(name, letter) != letter:
            sentence = f'the column "{clean(name)}" stands here twice (already in {first[name]}{number})'
            tables.report(title, f"{letter}{number}", "duplicate_key", sentence, line=number)


def collection_named(name: str) -> str | None:
    """The list that a sheet or file of this name is about, whatever its case."""
    found = name.strip().lower()
    return found if found in LISTS_IN_SHEETS else None


def letters(column: int) -> str:
    """The letters of a column counted from 1: 28 is AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
