"""Undo: the rows an operation wrote become what they were, as a new operation, unless something has built on them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.derived import replace_due, replace_names
from storage.mapping import Entity, Scalar, from_tree, references
from storage.operations import Operation
from storage.records import RowChange, stored_tree
from storage.register import BY_COLLECTION, ENTITIES, owners
from storage.values import COLLECTIONS, Ref
from storage.versioned import Versioned
from storage.work import Work

Roots = set[tuple[str, str]]


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class BuiltUpon(Exception):
    """The operation cannot be undone: `record` (collection, key) was changed or referred to by operation `later`."""

    record: tuple[str, str]
    later: int


@dataclass(frozen=True, kw_only=True)
class Undone:
    """The records (collection, key) that were touched by what was undone, and those of them it had made."""

    touched: Roots
    made: Roots


async def undo(work: Work, undone: Operation) -> Undone:
    """Put back what `undone` changed, under the operation of `work`.

    Raises BuiltUpon if a touched row has changed since, or something later refers to a record it made.
    """
    changes: list[RowChange] = []
    roots: Roots = set()
    made: Roots = set()
    for an_entity, table in owners():
        for change in await _reversed(work.connection, an_entity, table, undone):
            root = (an_entity.collection, str((change.before or change.after or {}).get("root", change.key)))
            roots.add(root)
            if table is an_entity.table and change.after is None:
                made.add(root)
            changes.append(change)
    for root in sorted(made):
        await _nothing_hangs_on(work.connection, root, undone)
    await work.write_rows(changes)
    for collection, key in sorted(roots):
        await _rederive(work, BY_COLLECTION[collection], key)
    return Undone(touched=roots, made=made)


async def _reversed(
    connection: AsyncConnection, an_entity: Entity[Any], table: Versioned, undone: Operation
) -> list[RowChange]:
    """For each row of `table` that the operation wrote or ended: from what it is now to what it was."""
    now, past = table.current, table.past
    columns = table.columns
    written = {
        row._mapping["key"]: dict(row._mapping)
        for row in await connection.execute(select(now).where(now.c.operation == undone.id))
    }
    ended = {
        row._mapping["key"]: dict(row._mapping)
        for row in await connection.execute(select(past).where(past.c.ended_by == undone.id))
    }
    await _unchanged_since(connection, an_entity, table, undone, {*ended} - {*written})
    return [
        RowChange(table=table, key=key, before=_content(written.get(key), columns), after=_content(ended.get(key), columns))
        for key in [*written, *(k for k in ended if k not in written)]
    ]


def _content(row: dict[str, Any] | None, columns: tuple[str, ...]) -> dict[str, Any] | None:
    return None if row is None else {name: row[name] for name in columns}


async def _unchanged_since(
    connection: AsyncConnection, an_entity: Entity[Any], table: Versioned, undone: Operation, removed: set[Any]
) -> None:
    past, now = table.past, table.current
    root = past.c.root if "root" in past.c else past.c.key
    replaced = select(root, past.c.ended_by).where(past.c.operation == undone.id)
    anew = select(now.c.root if "root" in now.c else now.c.key, now.c.operation).where(now.c.key.in_(removed))
    for query in (replaced, anew):
        row = (await connection.execute(query)).first()
        if row is not None:
            raise BuiltUpon(record=(an_entity.collection, str(row[0])), later=row[1])


async def _nothing_hangs_on(connection: AsyncConnection, root: tuple[str, str], undone: Operation) -> None:
    collection, key = root
    for an_entity in ENTITIES:
        for table, scalar in references(an_entity.node, an_entity.table):
            if _may_refer(scalar, collection):
                await _no_later_row(connection, table, _refers(table, scalar, key), root, undone)
    for table in BY_COLLECTION[collection].tables():
        if "root" in table.current.c:
            await _no_later_row(connection, table, table.current.c.root == key, root, undone)


def _may_refer(scalar: Scalar, collection: str) -> bool:
    if not isinstance(scalar.mark, Ref):
        return collection in COLLECTIONS.values()
    return scalar.mark.target == "any" or collection in scalar.mark.target.split("|")


def _refers(table: Versioned, scalar: Scalar, key: str) -> Any:
    column = cast(table.current.c[scalar.column], String)
    if isinstance(scalar.mark, Ref):
        return column == key
    # A citation may go on after the id: "B-7 Ziffer 2".
    return or_(column == key, column.startswith(f"{key} ", autoescape=True))


async def _no_later_row(
    connection: AsyncConnection, table: Versioned, refers: Any, root: tuple[str, str], undone: Operation
) -> None:
    query = select(table.current.c.operation).where(refers, table.current.c.operation > undone.id)
    later = (await connection.execute(query)).scalars().first()
    if later is not None:
        raise BuiltUpon(record=root, later=later)


async def _rederive(work: Work, an_entity: Entity[Any], key: str) -> None:
    tree = await stored_tree(work.connection, an_entity, key)
    if tree is None:
        await replace_names(work.connection, an_entity.collection, key, (), 0)
        await replace_due(work.connection, an_entity.collection, key, ())
    else:
        await work.derive(an_entity, key, from_tree(an_entity, tree))
