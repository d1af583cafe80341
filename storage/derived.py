"""Rows derived from records whenever they are written: the names they are called by, and when something falls due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, InstantColumn
from storage.folding import fold_words
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


async def replace_names(
    connection: AsyncConnection, collection: str, key: str, names: Iterable[str], rank: int
) -> None:
    """Make the record's names be these."""
    await connection.execute(delete(NAME).where(NAME.c.collection == collection, NAME.c.key == key))
    rows = {words: shown for shown in names if (words := " ".join(fold_words(shown))[:LONGEST_NAME])}
    if rows:
        of = {"collection": collection, "key": key}
        values = [
            {"folded": words, "first": words.split()[0], "shown": shown[:LONGEST_NAME], **of, "rank": rank}
            for words, shown in rows.items()
        ]
        await connection.execute(insert(NAME), values)


async def names_beginning(view: View, scope: Scope, words: Iterable[str]) -> tuple[Name, ...]:
    """Names, visible to `scope`, whose first word is one of the folded `words`."""
    query = (
        select(NAME.c.collection, NAME.c.key, NAME.c.folded, NAME.c.shown)
        .where(NAME.c.first.in_(set(words)), NAME.c.rank <= scope.cap.rank)
        .order_by(NAME.c.collection, NAME.c.key, NAME.c.folded)
    )
    return tuple(Name(**row._mapping) for row in await view.connection.execute(query))


async def names_like(view: View, scope: Scope, collections: Iterable[str], words: Iterable[str]) -> tuple[Name, ...]:
    """Names of these kinds, visible to `scope`, that begin with the same letter as one of the folded `words`.

    Candidates for somebody who mistyped a name; never more than MOST_ALIKE, whatever the size of the register.
    """
    initials = sorted({word[0] for word in words if word})
    query = (
        select(NAME.c.collection, NAME.c.key, NAME.c.folded, NAME.c.shown)
        .where(or_(*(NAME.c.first.between(initial, f"{initial}{LAST}") for initial in initials)))
        .where(NAME.c.collection.in_(set(collections)), NAME.c.rank <= scope.cap.rank)
        .order_by(NAME.c.collection, NAME.c.key, NAME.c.folded)
        .limit(MOST_ALIKE)
    )
    return tuple(Name(**row._mapping) for row in await view.connection.execute(query)) if initials else ()


async def replace_due(connection: AsyncConnection, collection: str, key: str, due: Iterable[Due]) -> None:
    """Make the record's due moments be these."""
    await connection.execute(delete(DUE).where(DUE.c.collection == collection, DUE.c.key == key))
    of = {"collection": collection, "key": key}
    rows = [{**of, "kind": d.kind, "part": d.part, "at": d.at} for d in dict.fromkeys(due)]
    if rows:
        await connection.execute(insert(DUE), rows)
