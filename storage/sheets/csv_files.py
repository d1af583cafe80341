"""Reading and writing CSV: whichever encoding and separator a spreadsheet program chose, or a clear refusal."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.sheets.grid import FORMULA, LARGEST_FILE, MOST_COLUMNS, Cell, Tables, letters, take_rows
from storage.values import clean

_QUOTED = re.compile(rf"'+[{re.escape(FORMULA)}]")
_RISKY = re.compile(rf"'*[{re.escape(FORMULA)}]")
# What Western European texts are written with: a text that decodes to anything else was not written in this encoding.
_WESTERN = re.compile("[\\x00-\\x7f\xa0-\xff€‚„…†‡‰Š‹ŒŽ‘’“”•–—™š›œžŸ]*")


def read_csv(path: Path, collection: str) -> Tables:
    """The table in a CSV file, as records of the list `collection`; what cannot be read is among the problems."""
    tables = Tables()
    if path.stat().st_size > LARGEST_FILE:
        tables.report("", "", "unreadable", "the file is too large")
        return tables
    text = decoded(path.read_bytes())
    if text is None:
        sentence = "the encoding is not known; please save the file as CSV UTF-8"
        tables.report("", "", "encoding", sentence)
        return tables
    try:
        take_rows(tables, collection, collection, _rows(text, tables, collection))
    except csv.Error as error:
        tables.report(collection, "", "unreadable", f"this is not CSV ({clean(str(error))})")
    return tables


def decoded(raw: bytes) -> str | None:
    """The text: UTF-8, UTF-16 with its mark, or Windows-1252; None where it is none of them for certain."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return _decoded(raw, encoding)
    if b"\0" in raw:
        return None
    text = _decoded(raw, "utf-8")
    if text is not None:
        return text
    text = _decoded(raw, "cp1252")
    return text if text is not None and _WESTERN.fullmatch(text) else None


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeError:
        return None


def _rows(text: str, tables: Tables, title: str) -> Iterator[tuple[int, dict[str, Cell]]]:
    separator = _separator(text)
    csv.field_size_limit(LARGEST_FILE)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, row in enumerate(rows, 1):
        if len(row) > MOST_COLUMNS:
            raise csv.Error(f"row {number} has {len(row)} columns")
        yield number, dict(_cells(row, number, tables, title))


def _separator(text: str) -> str:
    """The separator of the first line: whichever of them stands there most often."""
    first = next((line for line in text.splitlines() if line.strip(" ;,\t")), "")
    return max(";,\t", key=first.count)


def _cells(row: Sequence[str], number: int, tables: Tables, title: str) -> Iterator[tuple[str, Cell]]:
    for column, written in enumerate(row, 1):
        text = written.replace("\r\n", "\n").strip()
        if text.startswith("="):
            sentence = "a formula is not read; please put its value here"
            tables.report(title, f"{letters(column)}{number}", "formula", sentence, line=number)
        if text:
            yield letters(column), Cell(text=text[1:] if _QUOTED.match(text) else text)


# --- writing ---------------------------------------------------------------------------------------------------------


class CsvRows:
    """Writes one table, in UTF-8 with its mark, which spreadsheet programs need to see, separated by semicolons."""

    def __init__(self, path: Path) -> None:
        """Begin the file."""
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file, delimiter=";", quoting=csv.QUOTE_ALL)

    def append(self, row: Sequence[str]) -> None:
        """Write one more row; what could be taken for a formula is kept from it by an apostrophe (OWASP)."""
        self._rows.writerow([f"'{text}" if _RISKY.match(text) else text for text in row])

    def close(self) -> None:
        """End the file."""
        self._file.close()
