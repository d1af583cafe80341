"""Rows derived from records whenever they are written: the names they are called by, and when something falls due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    delete,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, InstantColumn
from storage.folding import fold_words
from storage.records import batches, visible
from storage.schema import metadata
from storage.scope import Scope
from storage.view import View

LONGEST_NAME = 255
MOST_ALIKE = 1000

# Sorts after every other character, so that a range of an index can stand for "begins with", as LIKE cannot.
LAST = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Due:
    """A moment at which a record wants attention: `kind` names the duty, `part` what inside the record it is about."""

    kind: str
    at: datetime
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class Name:
    """One name of a record: `folded` is how it is compared, `shown` how it is written."""

    collection: str
    key: str
    folded: str
    shown: str


NAME = Table(
    "name",
    metadata,
    Column("collection", KEY, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("folded", KEY, primary_key=True),
    Column("first", KEY, nullable=False),
    Column("shown", KEY, nullable=False),
    Column("rank", Integer, nullable=False),
    Index("ix_name_first", "first"),
)

DUE = Table(
    "due",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("collection", KEY, nullable=False),
    Column("key", KEY, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("part", KEY, nullable=False),
    Column("at", InstantColumn, nullable=False),
    UniqueConstraint("collection", "key", "kind", "part", "at", name="uq_due"),
    Index("ix_due_at", "at"),
)


@dataclass(frozen=True, kw_only=True)
class Called:
    """All names of a record, and how much a reader must be allowed to see to find it by them."""

    names: tuple[str, ...] = ()
    rank: int = 0


async def replace_names(connection: AsyncConnection, collection: str, called: Mapping[str, Called]) -> None:
    """Make the names of these records, by key, be these."""
    for batch in batches(list(called)):
        await connection.execute(delete(NAME).where(NAME.c.collection == collection, NAME.c.key.in_(batch)))
    rows = [row for key, names in called.items() for row in _name_rows(collection, key, names)]
    if rows:
        await connection.execute(insert(NAME), rows)


def _name_rows(collection: str, key: str, called: Called) -> Iterator[dict[str, Any]]:
    folded = {words: shown for shown in called.names if (words := " ".join(fold_words(shown))[:LONGEST_NAME])}
    for words, shown in folded.items():
        of = {"collection": collection, "key": key, "rank": called.rank}
        yield {**of, "folded": words, "first": words.split()[0], "shown": shown[:LONGEST_NAME]}


async def names_beginning(view: View, scope: Scope, words: Iterable[str]) -> tuple[Name, ...]:
    """Names, visible to `scope`, whose first word is one of the folded `words`."""
    return await _names(view, scope, NAME.c.first.in_(set(words)))


async def names_in(view: View, scope: Scope, words: Sequence[str]) -> tuple[Name, ...]:
    """Names, visible to `scope`, that stand as a whole among the folded `words` of a text, in this order."""
    # Folded words hold letters and digits only, so that a name is no pattern by itself.
    stands = literal(f" {' '.join(words)} ").like("% " + NAME.c.folded + " %")
    return await _names(view, scope, NAME.c.first.in_(set(words)) & stands)


async def _names(view: View, scope: Scope, wanted: ColumnElement[bool]) -> tuple[Name, ...]:
    # Put in order here: asked to do so, SQLite may read the whole table in this order instead of the index.
    columns = (NAME.c.collection, NAME.c.key, NAME.c.folded, NAME.c.shown)
    rows = await view.connection.execute(select(*columns).where(wanted, visible(NAME, scope)))
    return tuple(Name(**row._mapping) for row in sorted(rows))


async def names_like(view: View, scope: Scope, collections: Iterable[str], words: Iterable[str]) -> tuple[Name, ...]:
    """Names of these kinds, visible to `scope`, that begin with the same letter as one of the folded `words`.

    Candidates for somebody who mistyped a name; never more than MOST_ALIKE, whatever the size of the register: those
    that begin with one of the words first.
    """
    words = set(words)
    initials = sorted({word[0] for word in words if word})
    query = (
        select(NAME.c.collection, NAME.c.key, NAME.c.folded, NAME.c.shown)
        .where(or_(*(NAME.c.first.between(initial, f"{initial}{LAST}") for initial in initials)))
        .where(NAME.c.collection.in_(set(collections)), visible(NAME, scope))
        .order_by(NAME.c.first.not_in(words), NAME.c.collection, NAME.c.key, NAME.c.folded)
        .limit(MOST_ALIKE)
    )
    return tuple(Name(**row._mapping) for row in await view.connection.execute(query)) if initials else ()


async def replace_due(connection: AsyncConnection, collection: str, due: Mapping[str, Iterable[Due]]) -> None:
    """Make the due moments of these records, by key, be these."""
    for batch in batches(list(due)):
        await connection.execute(delete(DUE).where(DUE.c.collection == collection, DUE.c.key.in_(batch)))
    rows = [
        {"collection": collection, "key": key, "kind": moment.kind, "part": moment.part, "at": moment.at}
        for key, moments in due.items()
        for moment in dict.fromkeys(moments)
    ]
    if rows:
        await connection.execute(insert(DUE), rows)
