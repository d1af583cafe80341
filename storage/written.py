"""Which tables operations have written to: one question in place of one for every table there is."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Entity
from storage.register import owners
from storage.versioned import Versioned

_NUMBER: BindParameter[int] = bindparam("number")


async def tables_written(connection: AsyncConnection, operation: int) -> list[tuple[Entity[Any], Versioned]]:
    """The tables with rows that this operation wrote, replaced or removed, with the kinds of record they belong to."""
    names = set((await connection.execute(_by(), {"number": operation})).scalars())
    return [(an_entity, table) for an_entity, table in owners() if table.name in names]


async def tables_written_after(connection: AsyncConnection, operation: int) -> frozenset[str]:
    """The names of the tables with present rows that were written after this operation."""
    return frozenset((await connection.execute(_after(), {"number": operation})).scalars())


@cache
def _by() -> CompoundSelect[Any]:
    return union_all(
        *(
            _named(
                table,
                or_(
                    exists().where(table.current.c.operation == _NUMBER),
                    exists().where(table.past.c.operation == _NUMBER),
                    exists().where(table.past.c.ended_by == _NUMBER),
                ),
            )
            for _, table in owners()
        )
    )


@cache
def _after() -> CompoundSelect[Any]:
    return union_all(*(_named(t, exists().where(t.current.c.operation > _NUMBER)) for _, t in owners()))


def _named(table: Versioned, where: ColumnElement[bool]) -> Any:
    return select(literal_column(f"'{table.name}'")).where(where)
