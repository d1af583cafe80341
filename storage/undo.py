"""Undo: the rows an operation wrote become what they were, as a new operation, unless something has built on them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Entity, Node, Referring, from_tree, references
from storage.operations import OPERATION, Operation
from storage.records import RowChange, batches, stored_trees
from storage.register import BY_COLLECTION, ENTITIES
from storage.values import COLLECTIONS, Ref, cited
from storage.versioned import Versioned
from storage.view import View
from storage.work import Work
from storage.written import tables_written, tables_written_after

Root = tuple[str, str]

# What others call a record by, where it is not its key.
NAMED_BY: Mapping[str, tuple[str, ...]] = {"rooms": ("alias", "id")}


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class BuiltUpon(Exception):
    """The operation cannot be undone: `record` (collection, key) was changed, referred to or removed since."""

    record: Root


@dataclass(frozen=True, kw_only=True)
class Undone:
    """The records (collection, key) that were touched by what was undone, and those of them it had made."""

    touched: set[Root]
    made: set[Root]


@dataclass(kw_only=True)
class _Reversal:
    """What puts one table's rows back: the records they belong to, and the later operations that touched them."""

    an_entity: Entity[Any]
    table: Versioned
    roots: set[Root] = field(default_factory=set)
    changes: list[RowChange] = field(default_factory=list)
    later: set[tuple[Root, int]] = field(default_factory=set)

    def root_of(self, row: Mapping[str, Any]) -> Root:
        return self.an_entity.collection, str(row["root"] if "root" in row else row["key"])

    def made(self) -> Iterator[Root]:
        """The records that the operation had made."""
        if self.table is self.an_entity.table:
            yield from (self.root_of(change.before or {}) for change in self.changes if change.after is None)

    def keys(self) -> set[Any]:
        return {change.key for change in self.changes}


async def touched(view: View, operation: Operation) -> set[Root]:
    """The records (collection, key) that the operation made, changed or removed."""
    return {root for reversal in await _reversals(view.connection, operation) for root in reversal.roots}


async def undo(work: Work, undone: Operation) -> Undone:
    """Put back what `undone` changed, under the operation of `work`.

    Raises BuiltUpon if a touched row has changed since, if something later refers to a record it made, or if what it
    puts back would refer to something gone; the transaction is then to be rolled back. What was itself undone since
    does not count.
    """
    reversals = {reversal.table.name: reversal for reversal in await _reversals(work.connection, undone)}
    await _unchanged_since(work.connection, reversals.values())
    roots = {root for r in reversals.values() for root in r.roots}
    made = {root for r in reversals.values() for root in r.made()}
    built = await tables_written_after(work.connection, undone.id) if made else frozenset()
    for root in sorted(made):
        await _nobody_refers_to(work.connection, root, built, reversals, undone)
    await work.write_rows(change for r in reversals.values() for change in r.changes)
    undoing = await work.operation()
    for reversal in reversals.values():
        await _what_it_names_exists(work.connection, reversal, undone, undoing)
    for an_entity in ENTITIES:
        keys = sorted(key for collection, key in roots if collection == an_entity.collection)
        if keys:
            await _settle(work, an_entity, keys)
    return Undone(touched=roots, made=made)


# --- what the rows were, and whether they still are what the operation made of them -----------------------------------


async def _reversals(connection: AsyncConnection, undone: Operation) -> list[_Reversal]:
    return [await _reversal(connection, *of, undone) for of in await tables_written(connection, undone.id)]


async def _reversal(
    connection: AsyncConnection, an_entity: Entity[Any], table: Versioned, undone: Operation
) -> _Reversal:
    """For each row of `table` that the operation wrote or ended: from what it is now to what it was."""
    reversal = _Reversal(an_entity=an_entity, table=table)
    now, past = table.current, table.past
    by_undone = or_(past.c.operation == undone.id, past.c.ended_by == undone.id)
    touched = {*await _keys(connection, now, now.c.operation == undone.id), *await _keys(connection, past, by_undone)}
    for batch in batches(sorted(touched)):
        present = await _rows(connection, now, now.c.key.in_(batch))
        former = await _rows(connection, past, past.c.key.in_(batch), past.c.ended_by >= undone.id)
        reversal.roots |= {reversal.root_of(r) for r in (*former, *present)}
        ends = [(reversal.root_of(r), r["ended_by"]) for r in former]
        starts = [(reversal.root_of(r), r["operation"]) for r in (*former, *present)]
        reversal.later |= {(root, number) for root, number in (*starts, *ends) if number > undone.id}
        is_now = {r["key"]: r for r in present}
        was = {r["key"]: r for r in former if r["ended_by"] == undone.id}
        reversal.changes += [_change(table, key, is_now.get(key), was.get(key)) for key in batch]
    return reversal


async def _keys(connection: AsyncConnection, twin: Any, where: ColumnElement[bool]) -> list[Any]:
    return list((await connection.execute(select(twin.c.key).where(where))).scalars())


async def _rows(connection: AsyncConnection, twin: Any, *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await connection.execute(select(twin).where(*where))]


def _change(table: Versioned, key: Any, present: Mapping[str, Any] | None, was: Mapping[str, Any] | None) -> RowChange:
    return RowChange(table=table, key=key, before=_content(table, present), after=_content(table, was))


def _content(table: Versioned, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: row[name] for name in table.columns}


async def _unchanged_since(connection: AsyncConnection, reversals: Iterable[_Reversal]) -> None:
    later = {found for reversal in reversals for found in reversal.later}
    standing = await _standing(connection, {number for _, number in later})
    for record, number in sorted(later):
        if number in standing:
            raise BuiltUpon(record=record)


async def _standing(connection: AsyncConnection, numbers: set[int]) -> set[int]:
    """Those of the operations `numbers` that were not undone and did not undo another of them."""
    undoes: dict[int, int | None] = {}
    for batch in batches(sorted(numbers)):
        query = select(OPERATION.c.id, OPERATION.c.undoes).where(OPERATION.c.id.in_(batch))
        undoes |= {row[0]: row[1] for row in await connection.execute(query)}
    standing, taken_back = set[int](), set[int]()
    for number in sorted(undoes, reverse=True):
        if number in taken_back:
            continue
        other = undoes[number]
        if other is not None and other in undoes:
            taken_back.add(other)
        else:
            standing.add(number)
    return standing


# --- references that would lead nowhere -------------------------------------------------------------------------------


async def _nobody_refers_to(
    connection: AsyncConnection,
    root: Root,
    built: frozenset[str],
    reversals: Mapping[str, _Reversal],
    undone: Operation,
) -> None:
    """No row written later, in the tables `built`, and not taken back with this names the record that goes."""
    collection, key = root
    own = reversals[BY_COLLECTION[collection].table.name]
    row = next(change.before or {} for change in own.changes if change.key == key)
    names = {row[column] for column in _named_by(collection)} - {None}
    for referring in (r for an_entity in ENTITIES for r in references(an_entity) if r.table.name in built):
        going = reversals[referring.table.name].keys() if referring.table.name in reversals else set()
        for later in await _later_rows(connection, referring, collection, names, undone):
            if later["key"] not in going:
                raise BuiltUpon(record=root)


def _named_by(collection: str) -> tuple[str, ...]:
    return NAMED_BY.get(collection, ("key",))


async def _later_rows(
    connection: AsyncConnection, referring: Referring, collection: str, names: set[str], undone: Operation
) -> list[dict[str, Any]]:
    """The rows written after `undone` that name the record `names` of this collection in this column."""
    now = referring.table.current
    column = now.c[referring.column]
    later = now.c.operation > undone.id
    if isinstance(referring.mark, Ref):
        meant = [name for name in names if referring.mark.resolve(name) == collection]
        return await _rows(connection, now, later, column.in_(meant)) if meant else []
    if collection not in COLLECTIONS.values():
        return []
    # A citation may go on after the id, "B-7 Ziffer 2"; B-70 begins the same way, but is another id.
    begins = or_(*(column.startswith(name, autoescape=True) for name in names))
    return [row for row in await _rows(connection, now, later, begins) if cited(row[referring.column]) in names]


async def _what_it_names_exists(
    connection: AsyncConnection, reversal: _Reversal, undone: Operation, undoing: Operation
) -> None:
    """What the rows put back refer to has not gone between the operation and its undoing."""
    rows = [change.after for change in reversal.changes if change.after is not None]
    for referring in references(reversal.an_entity):
        if referring.table is reversal.table:
            values = {row[referring.column] for row in rows} - {None}
            for collection, names in _by_collection(referring, values).items():
                await _not_gone(connection, collection, names, undone, undoing)


def _by_collection(referring: Referring, values: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for value in values:
        name = value if isinstance(referring.mark, Ref) else cited(value)
        if name:
            target = referring.mark.resolve(name) if isinstance(referring.mark, Ref) else COLLECTIONS[name[0]]
            found.setdefault(target, set()).add(name)
    return found


async def _not_gone(
    connection: AsyncConnection, collection: str, names: set[str], undone: Operation, undoing: Operation
) -> None:
    now, past = BY_COLLECTION[collection].table.current, BY_COLLECTION[collection].table.past
    for column in _named_by(collection):
        for batch in batches(sorted(names)):
            here = select(now.c[column]).where(now.c[column] == past.c[column])
            stood = past.c.operation <= undone.id, past.c.ended_by > undone.id, past.c.ended_by < undoing.id
            for row in await _rows(connection, past, past.c[column].in_(batch), ~here.exists(), *stood):
                raise BuiltUpon(record=(collection, row["key"]))


# --- what follows from the rows ---------------------------------------------------------------------------------------


async def _settle(work: Work, an_entity: Entity[Any], keys: list[str]) -> None:
    """Make sure that no row of these records hangs in the air, and derive what is derived from them."""
    trees = await stored_trees(work.connection, an_entity, keys)
    tops = {(key, None) for key in trees}
    for batch in batches(keys):
        await _nothing_hangs_in_the_air(work.connection, an_entity, an_entity.node, batch, tops)
    await work.derive(an_entity, {key: from_tree(an_entity, trees[key]) if key in trees else None for key in keys})


async def _nothing_hangs_in_the_air(
    connection: AsyncConnection, an_entity: Entity[Any], node: Node, roots: Sequence[str], parents: set[tuple[str, Any]]
) -> None:
    for child in node.tables():
        now = child.table.current
        query = select(now.c.root, now.c.key, now.c.parent).where(now.c.root.in_(roots))
        rows = (await connection.execute(query)).all()
        for root, _, parent in rows:
            if (root, parent) not in parents:
                raise BuiltUpon(record=(an_entity.collection, root))
        below = {(root, key) for root, key, _ in rows}
        await _nothing_hangs_in_the_air(connection, an_entity, child.node, roots, below)
