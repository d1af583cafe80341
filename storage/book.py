"""The log of official acts: every change of them in order, each entry chained to the one before by its hash.

The entries are made from the rows and their past, so that the same register gives the same book, and later changes
only add to it. They name people by keys and not by names: making somebody anonymous leaves every hash as it was.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, instant_text
from storage.official import ALL_COLUMNS, OFFICIAL
from storage.operations import OPERATION, Operation, last_operation, operation_of
from storage.register import ENTITIES
from storage.schema import metadata
from storage.seats.tables import SEATS
from storage.versioned import Versioned
from storage.view import View
from storage.work import Work

FORMAT = 1
"""The form of the entries. Another form makes another chain: it gets another number and begins anew."""
GENESIS = "0" * 64
"""Stands for the hash before the first entry."""
AT_ONCE = 1000
"""As many operations are read together."""

_INSIDE = frozenset({"key", "root", "parent", "position", "rank"})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one operation changed in the official part of one record: numbered lines, and the hash that seals them."""

    number: int
    lines: tuple[str, ...]
    hash: str

    def text(self) -> str:
        """The entry as it is printed."""
        return "\n".join((*self.lines, f"- hash: {self.hash}"))


@dataclass(frozen=True, kw_only=True)
class _Change:
    """One row before and after, None where there was none."""

    table: str
    place: str
    key: Any
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A version of a seat: who held which one, when by the calendar, and for which operations it was on record."""

    holder: str
    shown: str
    begins: str | None
    ends: str | None
    recorded: int
    replaced: int | None

    def at(self, operation: Operation) -> bool:
        """Whether it was on record before this operation, and held on its day (by UTC)."""
        known = self.recorded < operation.id and (self.replaced is None or self.replaced >= operation.id)
        day = operation.at.date().isoformat()
        begun = self.begins is None or self.begins <= day
        running = self.ends is None or self.ends >= day or self.ends in {day[:7], day[:4]}
        return known and begun and running


def sealed(before: str, lines: Sequence[str]) -> str:
    """The hash of an entry: SHA-256 over the hash before it and its lines, as UTF-8, joined by line ends."""
    return hashlib.sha256("\n".join((before, *lines)).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Seal:
    """How far the book had come: after which operation, with how many entries, and the hash of the last of them."""

    operation: int
    number: int
    hash: str


BEGINNING = Seal(operation=0, number=0, hash=GENESIS)

# So that nobody waits for the whole book to be told its newest hash. Who checks the book computes all of it.
SEAL = Table(
    "book_seal",
    metadata,
    Column("operation", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", KEY, nullable=False),
)


async def entries(view: View, after: Seal = BEGINNING) -> AsyncIterator[Entry]:
    """The book after a seal, in the order of the operations and, within one, of the records."""
    number, last, seats = after.number, after.hash, await _seats(view.connection)
    for first in range(after.operation + 1, await last_operation(view.connection) + 1, AT_ONCE):
        async for operation, record, changes in _acts(view.connection, first, first + AT_ONCE - 1):
            number += 1
            lines = tuple(_lines(number, operation, record, changes, seats))
            last = sealed(last, lines)
            yield Entry(number=number, lines=lines, hash=last)


async def seal(work: Work) -> Seal:
    """The newest seal of the book, remembered so that the next one begins here."""
    query = select(SEAL.c.operation, SEAL.c.number, SEAL.c.hash).order_by(SEAL.c.operation.desc()).limit(1)
    row = (await work.connection.execute(query)).one_or_none()
    found = known = BEGINNING if row is None else Seal(**row._mapping)
    newest = await last_operation(work.connection)
    async for entry in entries(work, known):
        found = Seal(operation=newest, number=entry.number, hash=entry.hash)
    if found != known:
        await work.connection.execute(insert(SEAL).values(asdict(found)))
    return found


Record = tuple[str, str]
"""A collection and a key."""


async def _acts(
    connection: AsyncConnection, first: int, last: int
) -> AsyncIterator[tuple[Operation, Record, list[_Change]]]:
    """The official changes of the operations from `first` to `last`, by operation and record."""
    found: dict[tuple[int, int, str], list[_Change]] = defaultdict(list)
    for rank, an_entity in enumerate(ENTITIES):
        for table in an_entity.tables():
            if table.name in OFFICIAL:
                for number, root, change in await _changes(connection, table, first, last):
                    found[number, rank, root].append(change)
    query = select(OPERATION).where(OPERATION.c.id.between(first, last))
    operations = {row._mapping["id"]: operation_of(row) for row in await connection.execute(query)}
    for (number, rank, root), changes in sorted(
        found.items(), key=lambda each: (each[0][0], each[0][1], _natural(each[0][2]))
    ):
        yield operations[number], (ENTITIES[rank].collection, root), changes


def _natural(key: str) -> tuple[str, int, str]:
    """Sorts B-2 before B-10."""
    letters = key.rstrip("0123456789")
    digits = key[len(letters) :]
    return letters, int(digits) if digits else 0, key


async def _changes(
    connection: AsyncConnection, table: Versioned, first: int, last: int
) -> list[tuple[int, str, _Change]]:
    """What these operations changed in one table: operation, record, change."""
    now, past = table.current, table.past
    begun = [
        dict(row._mapping)
        for twin in (now, past)
        for row in await connection.execute(select(twin).where(twin.c.operation.between(first, last)))
    ]
    ended = [
        dict(r._mapping) for r in await connection.execute(select(past).where(past.c.ended_by.between(first, last)))
    ]
    after = {(row["operation"], row["key"]): row for row in begun}
    before = {(row["ended_by"], row["key"]): row for row in ended}
    return [
        (number, str(row["root"] if "root" in row else row["key"]), change)
        for number, key in sorted({*before, *after})
        for row in (after.get((number, key)) or before[number, key],)
        for change in (_change(table, before.get((number, key)), after.get((number, key))),)
        if change is not None
    ]


def _change(table: Versioned, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> _Change | None:
    row = after or before or {}
    was, becomes = _official(table, before), _official(table, after)
    place = str(row["map_key"]) if "map_key" in row else ""
    unchanged = was == becomes
    return None if unchanged else _Change(table=table.name, place=place, key=row["key"], before=was, after=becomes)


def _official(table: Versioned, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The official columns that are filled, in the order of the table; a column added later is empty before."""
    if row is None:
        return None
    names = OFFICIAL[table.name]
    wanted = [n for n in table.columns if n not in _INSIDE] if names == ALL_COLUMNS else names
    return {name: row[name] for name in wanted if row[name] is not None and name != "map_key"}


def _lines(
    number: int, operation: Operation, record: Record, changes: Sequence[_Change], seats: Mapping[str, Sequence[_Held]]
) -> Iterator[str]:
    yield f"### {number}"
    yield f"- at: {instant_text(operation.at)}"
    yield f"- record: {record[0]} {record[1]}"
    yield f"- by: {_by(operation, seats)}"
    yield f"- cause: {operation.cause_kind.value} {_value(operation.cause)}, {operation.command}"
    if operation.undoes is not None:
        yield f"- takes back: operation {operation.undoes}"
    yield f"- operation: {operation.id}"
    for change in sorted(changes, key=lambda each: (each.table, each.place, each.key)):
        yield from _shifts(record[0], change)


def _by(operation: Operation, seats: Mapping[str, Sequence[_Held]]) -> str:
    held = sorted(seat.shown for seat in seats.get(operation.person or "", ()) if seat.at(operation))
    who = operation.person or "nobody of the register"
    return f"{who} for {operation.city or 'no city'}{', as ' + '; '.join(held) if held else ''}"


def _shifts(collection: str, change: _Change) -> Iterator[str]:
    part = change.table.removeprefix(collection).removeprefix("_")
    where = f"{part}[{change.place or change.key}]." if part else ""
    before, after = change.before or {}, change.after or {}
    for column in dict.fromkeys((*before, *after)):
        if before.get(column) != after.get(column):
            yield f"- {where}{column}: {_value(before.get(column))} -> {_value(after.get(column))}"
    if change.after is None and not before:
        yield f"- {where or 'entry'}: removed"


def _value(value: Any) -> str:
    """A value on one line, whatever is in it."""
    return "-" if value is None else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    return instant_text(value) if isinstance(value, datetime) else value


async def _seats(connection: AsyncConnection) -> dict[str, list[_Held]]:
    """Every version of every seat by its holder."""
    found: dict[str, list[_Held]] = defaultdict(list)
    for twin in (SEATS.table.current, SEATS.table.past):
        for row in await connection.execute(select(twin).where(twin.c.holder.is_not(None))):
            seat = row._mapping
            office = f" {_value(seat['office'])}" if seat["office"] else ""
            found[seat["holder"]].append(
                _Held(
                    holder=seat["holder"],
                    shown=f"{seat['city']} {seat['role']} {_value(seat['body'])}{office}",
                    begins=seat["from_"],
                    ends=seat["to"],
                    recorded=seat["operation"],
                    replaced=seat.get("ended_by"),
                )
            )
    return found
