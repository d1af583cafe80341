"""Reading and writing .xlsx: cells as they were typed, formulas never evaluated, nothing unpacked beyond a limit."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from storage.sheets.grid import LARGEST_FILE, Cell, Tables, collection_named, letters, take_rows
from storage.values import clean

LARGEST_UNPACKED = 512 * 1024 * 1024
MOST_PARTS = 2_000
OURS = "Stadtbote"
LONGEST_CELL = 32_767

_CHUNK = 1024 * 1024
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z0-9:]{2,30})\"")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CellTooLong(OSError):
    """A value has more characters than a cell of a spreadsheet holds."""


def read_xlsx(path: Path) -> Tables:
    """The sheets of a workbook that are named like a list; whatever cannot be read is among the problems."""
    tables = Tables()
    refusal = _refusal(path)
    if refusal is not None:
        tables.report("", "", "unreadable", refusal)
        return tables
    try:
        _read(path, tables)
    except Exception as error:  # noqa: BLE001 - the library raises whatever a broken part of a file makes it stumble over
        tables.report("", "", "unreadable", f"this workbook is damaged ({clean(str(error))})")
    return tables


def _refusal(path: Path) -> str | None:
    """Why the file is not even opened: it is no workbook, or it would unpack to far more than one needs."""
    if path.stat().st_size > LARGEST_FILE:
        return "the file is too large"
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            # What is unpacked never exceeds what the directory says, so that its sum can be trusted as a limit.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                return "the file unpacks to far more than a spreadsheet needs"
            if any(_declares(archive, part) for part in parts):
                return "the file declares entities, which no spreadsheet needs"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return "this is not an .xlsx workbook"
    return None


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether an XML part begins with a document type: only there can entities be declared."""
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(part) as stream:
        return b"<!DOCTYPE" in stream.read(4096).replace(b"\0", b"")


def _read(path: Path, tables: Tables) -> None:
    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        if book.properties.creator == OURS and isinstance(book.properties.created, datetime):
            tables.exported_at = book.properties.created.replace(tzinfo=UTC)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its size need not be true
            _read_sheet(path, sheet, tables)
    finally:
        book.close()


def _read_sheet(path: Path, sheet: Any, tables: Tables) -> None:
    title, collection = str(sheet.title), collection_named(str(sheet.title))
    rows = ((number, dict(_cells(tables, title, cells))) for number, cells in enumerate(sheet.iter_rows(), 1))
    if collection is not None:
        for merged in _merged(path, sheet):
            tables.report(title, merged, "merged", "merged cells cannot be read; please separate them")
        take_rows(tables, title, collection, rows)
    elif any(cells for _, cells in rows):
        known = "cities, people, seats, projects, agreements, tasks"
        tables.report(title, "", "unknown_key", f"a sheet of this name is not known; known are {known}")


def _merged(path: Path, sheet: Any) -> list[str]:
    """The ranges of merged cells, which the library does not tell when it reads in a stream."""
    part = sheet._worksheet_path.lstrip("/")  # noqa: SLF001 - nothing else says which part of the file a sheet is
    found: list[str] = []
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        before = b""
        while chunk := stream.read(_CHUNK):
            window = before + chunk
            last = 0
            for match in _MERGED.finditer(window):
                found.append(match[1].decode("ascii"))
                last = match.end()
            before = window[max(last, len(window) - 200) :]
    return found


def _cells(tables: Tables, title: str, cells: Iterable[Any]) -> Iterator[tuple[str, Cell]]:
    for cell in cells:
        if cell.value is None:
            continue
        letter = letters(cell.column)
        if cell.data_type in ("f", "e"):
            formula = "a formula is not read; please put its value here"
            sentence = formula if cell.data_type == "f" else f"the cell shows an error ({clean(str(cell.value))})"
            tables.report(title, f"{letter}{cell.row}", "formula", sentence, line=cell.row)
        text = _text(cell.value)
        if text:
            yield letter, Cell(text=text, number=cell.data_type == "n" and not isinstance(cell.value, bool))


def _text(value: object) -> str:
    """A value as people would type it: whole numbers without a point, days without a time."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        midnight = value.time().isoformat() == "00:00:00"
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    # Two line endings a cell can hold, and the characters it can only hold in an escaped form.
    return _ESCAPED.sub(_unescaped, str(value)).replace("\r\n", "\n").strip()


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


# --- writing ---------------------------------------------------------------------------------------------------------


class Rows(Protocol):
    """Takes the rows of one sheet."""

    def append(self, row: Sequence[str]) -> None:
        """Write one more row."""


class XlsxWriter:
    """Writes a workbook, row by row; every cell is a text, so that none is ever taken for a formula."""

    def __init__(self, now: datetime) -> None:
        """Begin a workbook exported at `now`."""
        self._book = Workbook(write_only=True)
        self._book.properties.creator = OURS
        self._book.properties.created = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def sheet(self, title: str) -> Rows:
        """Begin a sheet."""
        return _XlsxRows(self._book.create_sheet(title))

    def save(self, path: Path) -> None:
        """Write the file."""
        self._book.save(path)


class _XlsxRows:
    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def append(self, row: Sequence[str]) -> None:
        """Write one more row. Raises CellTooLong."""
        self._sheet.append([self._cell(text) if text else None for text in row])

    def _cell(self, text: str) -> Any:
        escaped = _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text)
        if len(escaped) > LONGEST_CELL:
            raise CellTooLong(f"a cell of a spreadsheet holds {LONGEST_CELL} characters, here are {len(escaped)}.")
        cell = WriteOnlyCell(self._sheet, value=escaped)
        cell.data_type = "s"  # set last: a text that begins with = would be taken for a formula
        return cell
