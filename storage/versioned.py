"""The twin table: every versioned table has a past, and that one mechanism makes history, undo and past days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Index, Integer, MetaData, Table, func, select, union_all

from storage.columns import InstantColumn
from storage.values import Visibility

STAMPS = ("operation", "since")


@dataclass(frozen=True, kw_only=True)
class Versioned:
    """A table of rows as they are now (`current`) and its twin of rows as they were (`past`).

    A row of `current` knows the operation that wrote it and since when it stands. A row of `past` was true in the
    half-open interval [since, until); `ended_by` is the operation that replaced or removed it.
    """

    current: Table
    past: Table

    @property
    def name(self) -> str:
        """The table's name."""
        return self.current.name

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that hold content: all but the stamps."""
        return tuple(c.name for c in self.current.columns if c.name not in STAMPS)


def versioned(metadata: MetaData, name: str, *columns: Column[Any]) -> Versioned:
    """Declare the table `name` with its past. The first column must be its primary key, named `key`."""
    if columns[0].name != "key" or not columns[0].primary_key:
        raise ValueError(f"{name}: the first column of a versioned table is its primary key 'key'")
    return Versioned(
        current=Table(name, metadata, *columns, *current_stamps(), *current_indexes(name, columns)),
        past=Table(f"{name}_past", metadata, *past_columns(columns), *past_indexes(name, columns)),
    )


def current_stamps() -> list[Column[Any]]:
    """Columns that a table of present rows gets beside its own."""
    return [Column("operation", Integer, nullable=False), Column("since", InstantColumn, nullable=False)]


def past_columns(columns: Iterable[Column[Any]]) -> list[Column[Any]]:
    """Columns of the twin: the same without their keys and indexes, the interval, and what ended it."""
    copies = [Column(c.name, c.type, nullable=c.nullable and not c.primary_key) for c in columns]
    return [
        Column("version", Integer, primary_key=True, autoincrement=True),
        *copies,
        *current_stamps(),
        Column("until", InstantColumn, nullable=False),
        Column("ended_by", Integer, nullable=False),
    ]


def current_indexes(name: str, columns: Iterable[Column[Any]]) -> list[Index]:
    """Rows are found by the operation that wrote them (undo), children by their record."""
    found = [Index(f"ix_{name}_operation", "operation")]
    return found + [Index(f"ix_{name}_root", "root") for c in columns if c.name == "root"]


def past_indexes(name: str, columns: Iterable[Column[Any]]) -> list[Index]:
    """Past rows are found by key, by record, and by the operations that wrote and ended them."""
    found = [Index(f"ix_{name}_past_{column}", column) for column in ("key", "operation", "ended_by")]
    return found + [Index(f"ix_{name}_past_root", "root") for c in columns if c.name == "root"]


def as_of(table: Versioned, at: datetime | None) -> FromClause:
    """The rows of `table` as they were recorded at the instant `at`; None means now.

    Rows of records that are seen by rank get one more column, `rank_today`: what is hidden since is hidden for past
    days too, and what is gone since is for those who see everything.
    """
    if at is None:
        return table.current
    names = [*table.columns, *STAMPS]
    now, past = table.current, table.past
    seen_now, seen_past = _ranks_today(table) if "rank" in table.columns else ((), ())
    return union_all(
        select(*(now.c[n] for n in names), *seen_now).where(now.c.since <= at),
        select(*(past.c[n] for n in names), *seen_past).where(past.c.since <= at, past.c.until > at),
    ).subquery(f"{table.name}_then")


def _ranks_today(table: Versioned) -> tuple[tuple[ColumnElement[Any]], tuple[ColumnElement[Any]]]:
    today = table.current.alias("today")
    found = select(today.c.rank).where(today.c.key == table.past.c.key).scalar_subquery()
    strictest = max(v.rank for v in Visibility)
    return (table.current.c.rank.label("rank_today"),), (func.coalesce(found, strictest).label("rank_today"),)
