"""Rows of tables become pieces of a bundle: merged with what the register has, each value knowing its cell."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from storage.bundle_lists import LISTS
from storage.bundle_tree import Item, Items, Map, Tree
from storage.sheets.columns import Column, column_of, patterns, shown, split_words
from storage.sheets.grid import Cell, Sheet, Tables
from storage.values import Place, Record, clean

_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SERIAL = re.compile(r"[0-9]{5,}(\.[0-9]+)?")
SEAT = ("city", "body", "role", "holder", "from")
"""What tells a seat without a key from others."""


def columns_in(sheet: Sheet, tables: Tables) -> dict[str, Column]:
    """The fields that the sheet's columns mean, by letter; columns that mean none are reported."""
    model, found = LISTS[sheet.collection], {}
    for letter, name in sheet.columns.items():
        column = column_of(model, name)
        if column is None:
            known = ", ".join(name for name, _ in patterns(model))
            sentence = f'the column "{clean(name)}" is not known; known are {known}'
            tables.report(sheet.title, f"{letter}{sheet.header}", "unknown_key", sentence, line=sheet.header)
        else:
            found[letter] = column
    return found


def own_keys(sheet: Sheet) -> set[tuple[str, ...]]:
    """What the rows of a sheet call their records, to look them up in the register."""
    by_name = {name: letter for letter, name in sheet.columns.items()}
    return {identity for cells in sheet.rows.values() if (identity := _identity(sheet, by_name, cells))}


def _identity(sheet: Sheet, by_name: Mapping[str, str], cells: Mapping[str, Cell]) -> tuple[str, ...]:
    def text(name: str) -> str:
        return cells[by_name[name]].text if by_name.get(name) in cells else ""

    key = text(LISTS[sheet.collection].key_field or "")
    if key or sheet.collection != "seats":
        return (key,) if key else ()
    return tuple(_day(text(name)) if name == "from" else text(name) for name in SEAT)


def identities(record: Record) -> Iterator[tuple[str, ...]]:
    """What rows of a table can call this record."""
    key = record.own_key()
    if key:
        yield (key,)
    if record.collection == "seats":
        yield tuple(str(getattr(record, "from_" if name == "from" else name) or "") for name in SEAT)


def items_of(
    sheet: Sheet, columns: Mapping[str, Column], known: Mapping[tuple[str, ...], Mapping[str, Any]], tables: Tables
) -> Iterator[Item]:
    """The records of a sheet; fields that have no column are as in `known`, the trees that the register has."""
    by_name = {name: letter for letter, name in sheet.columns.items()}
    for index, (number, cells) in enumerate(sheet.rows.items()):
        before = known.get(_identity(sheet, by_name, cells), {})
        tree = _map(before, number)
        places: dict[Place, str] = {(): f"{sheet.title}!A{number}"}
        for place, letter, value in _values(columns, cells, tables, sheet, number, tree):
            cell, column = f"{sheet.title}!{letter}{number}", columns[letter]
            for length in range(1, len(place) + 1):
                places.setdefault(place[:length], cell)
            if value is not None or column.vacant:
                _put(tree, place, value, number)
        for letter, column in columns.items():
            places.setdefault(column.place[: _of_list(column.place)], f"{sheet.title}!{letter}{number}")
        yield Item(place=(sheet.collection, index), tree=_without_nothing(tree), line=number, cells=places)


def _values(
    columns: Mapping[str, Column],
    cells: Mapping[str, Cell],
    tables: Tables,
    sheet: Sheet,
    number: int,
    tree: Map,
) -> Iterator[tuple[Place, str, Tree]]:
    """Every value of a row with its place and letter, None for an empty cell; what the row says anew is cleared."""
    counted = _Counted(columns, cells)
    for column in columns.values():
        _clear(tree, column.place)
    for letter, column in columns.items():
        place = counted.place(column.place)
        if place is None:
            continue
        yield place, letter, _value(column, cells.get(letter), tables, f"{letter}{number}", sheet.title)


class _Counted:
    """Entries of lists by the numbers in their columns' names: those with empty cells only do not count."""

    def __init__(self, columns: Mapping[str, Column], cells: Mapping[str, Cell]) -> None:
        self._filled: dict[Place, set[int]] = {}
        for letter in columns.keys() & cells.keys():
            place = columns[letter].place
            for at, step in enumerate(place):
                if isinstance(step, int):
                    self._filled.setdefault(place[:at], set()).add(step)

    def place(self, place: Place) -> Place | None:
        """The place with its numbers counted anew; None inside an entry that has nothing."""
        counted: list[str | int] = []
        for at, step in enumerate(place):
            if not isinstance(step, int):
                counted.append(step)
                continue
            filled = sorted(self._filled.get(place[:at], ()))
            if step not in filled:
                return None
            counted.append(filled.index(step))
        return tuple(counted)


def _value(column: Column, cell: Cell | None, tables: Tables, at: str, title: str) -> Tree:
    if cell is None:
        return None
    if column.words:
        words = Items()
        words += split_words(cell.text)
        words.lines = [None] * len(words)
        return words
    if column.dated and cell.number and _SERIAL.fullmatch(cell.text):
        sentence = f"{cell.text} is a number where a date belongs; please format the column as dates"
        tables.report(title, at, "date", sentence, line=int(at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    return _day(cell.text) if column.dated else cell.text


def _day(text: str) -> str:
    """A day as Germans write it (16.7.2019) in the form of the bundle; anything else as it is."""
    found = _GERMAN_DAY.fullmatch(text)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text


def _map(values: Mapping[str, Any], line: int) -> Map:
    tree = Map()
    for key, inner in values.items():
        tree[key], tree.lines[key] = _texts(inner, line), line
    return tree


def _texts(value: Any, line: int) -> Tree:
    """A plain tree as the reader of a bundle would have read it."""
    if isinstance(value, Mapping):
        return _map(value, line)
    if isinstance(value, list):
        items = Items()
        items += [_texts(inner, line) for inner in value]
        items.lines = [line] * len(items)
        return items
    return None if value is None else str(value)


def _clear(tree: Map, place: Place) -> None:
    """Take away what a column is about; of a list the whole, since its columns say all of it."""
    here: Tree = tree
    end = _of_list(place) - 1
    for step in place[:end]:
        here = here.get(str(step)) if isinstance(here, Map) else None
    if isinstance(here, Map):
        here.pop(str(place[end]), None)


def _of_list(place: Place) -> int:
    """How many steps lead to the first list on the way, or to the end."""
    return next((at for at, step in enumerate(place) if isinstance(step, int)), len(place))


def _put(tree: Map, place: Place, value: Tree, line: int) -> None:
    here: Any = tree
    for step, below in zip(place, (*place[1:], None), strict=True):
        new: Tree = value if below is None else Items() if isinstance(below, int) else Map()
        if isinstance(step, int):
            while len(here) <= step:
                here.append(None)
                here.lines.append(line)
            here[step] = new if below is None or here[step] is None else here[step]
        elif below is None or step not in here:
            here[step], here.lines[step] = new, line
        here = here[step]


def _without_nothing(tree: Map) -> Map:
    """The tree without parts in which nothing is left."""
    for key in [key for key, value in tree.items() if isinstance(value, Map) and not _without_nothing(value)]:
        del tree[key]
    return tree


def sorted_places(model: type[Record], places: Iterable[Place]) -> list[Place]:
    """The places in the order of the record's fields, all of one list entry together."""
    order = {name: at for at, (name, _) in enumerate(patterns(model))}
    tops = {name.partition(".")[0]: at for name, at in reversed(order.items())}

    def rank(place: Place) -> tuple[Any, ...]:
        numbers = tuple(step for step in place if isinstance(step, int))
        pattern = shown(tuple(0 if isinstance(step, int) else step for step in place))
        return tops[str(place[0])], numbers, order.get(pattern, len(order)), pattern

    return sorted(places, key=rank)
