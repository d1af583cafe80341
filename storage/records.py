"""Reading records from their tables and working out which rows a changed record changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, FromClause, Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.mapping import Children, Entity, Node, Tree, from_tree
from storage.scope import Scope
from storage.values import Record
from storage.versioned import Versioned, as_of
from storage.view import View

R = TypeVar("R", bound=Record)

K = TypeVar("K")

# SQLite allows 32 766 bound values in one statement, PostgreSQL's driver 32 767.
KEYS_AT_ONCE = 10_000


def batches(keys: Sequence[K]) -> Iterator[Sequence[K]]:
    """The keys in as many parts as it takes for each to fit into one statement."""
    return (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))


@dataclass(frozen=True, kw_only=True)
class Kept(Generic[R]):
    """A record as it is stored: its key, its content, and the operation that wrote its root row last and when."""

    key: str
    record: R
    operation: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One row before and after, None where there is none. Both hold all content columns of `table`."""

    table: Versioned
    key: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None


Where = Callable[[FromClause], ColumnElement[bool]]


def visible(root: FromClause, scope: Scope) -> ColumnElement[bool]:
    """The condition under which `scope` may see a root row: part of the SQL, never a filter afterwards."""
    # Today's visibility holds for past days too.
    allowed = (root.c.rank_today if "rank_today" in root.c else root.c.rank) <= scope.cap.rank
    return allowed if scope.own is None else or_(allowed, root.c.key == scope.own)


async def fetch(
    view: View,
    an_entity: Entity[R],
    scope: Scope,
    *where: Where,
    order: Callable[[FromClause], Sequence[Any]] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Kept[R], ...]:
    """Records of one kind that `scope` may see and that meet every condition, as recorded at `scope.as_of`."""
    root = as_of(an_entity.table, scope.as_of)
    in_order = order(root) if order else [root.c.key]
    wanted = [visible(root, scope), *(condition(root) for condition in where)]
    if limit is not None and scope.as_of is None:
        # Only keys are sorted and counted off, for which an index is enough; whole rows are read for one page.
        wanted = [root.c.key.in_(select(root.c.key).where(*wanted).order_by(*in_order).limit(limit).offset(offset))]
    query = select(root).where(*wanted).order_by(*in_order)
    if limit is not None and scope.as_of is not None:
        query = query.limit(limit).offset(offset)
    rows = (await view.connection.execute(query)).all()
    entries = await view.entries() if scope.as_of is None else None
    if entries is None:
        return await _read(view, an_entity, rows, scope.as_of)
    missing = [row for row in rows if (an_entity.collection, row._mapping["key"]) not in entries]
    for kept in await _read(view, an_entity, missing, None):
        entries[an_entity.collection, kept.key] = kept
    return tuple(entries[an_entity.collection, row._mapping["key"]] for row in rows)


async def fetch_one(view: View, an_entity: Entity[R], scope: Scope, key: str) -> Kept[R] | None:
    """The record with this key, or None if there is none that `scope` may see."""
    found = await fetch(view, an_entity, scope, lambda root: root.c.key == key)
    return found[0] if found else None


async def first_recorded(view: View, an_entity: Entity[Any], scope: Scope, key: str) -> datetime | None:
    """When the record with this key was first recorded; None if there is none today that `scope` may see."""
    now, past = an_entity.table.current, an_entity.table.past
    if not (await view.connection.execute(select(now.c.key).where(now.c.key == key, visible(now, scope)))).first():
        return None
    instants = [
        (await view.connection.execute(select(func.min(t.c.since)).where(t.c.key == key))).scalar() for t in (now, past)
    ]
    return min((at for at in instants if at is not None), default=None)


async def _read(view: View, an_entity: Entity[R], rows: Sequence[Row[Any]], at: datetime | None) -> tuple[Kept[R], ...]:
    trees = await _grow(view.connection, an_entity, rows, at)
    return tuple(_kept(an_entity, row, tree) for row, tree in zip(rows, trees, strict=True))


def _kept(an_entity: Entity[R], row: Row[Any], tree: Tree) -> Kept[R]:
    root = row._mapping
    return Kept(key=root["key"], record=from_tree(an_entity, tree), operation=root["operation"], since=root["since"])


async def stored_trees(connection: AsyncConnection, an_entity: Entity[Any], keys: Iterable[str]) -> dict[str, Tree]:
    """The present rows of the records with these keys, of those that there are."""
    table = an_entity.table.current
    found: dict[str, Tree] = {}
    for batch in batches(list(keys)):
        rows = (await connection.execute(select(table).where(table.c.key.in_(batch)))).all()
        found |= {str(tree.key): tree for tree in await _grow(connection, an_entity, rows, None)}
    return found


async def _grow(
    connection: AsyncConnection, an_entity: Entity[Any], roots: Sequence[Row[Any]], at: datetime | None
) -> list[Tree]:
    """The trees of these root rows: one query per child table and batch of roots."""
    below: dict[tuple[str, str, Any], list[Tree]] = defaultdict(list)
    keys = [row._mapping["key"] for row in roots]
    for child in an_entity.child_tables() if keys else ():
        for batch in batches(keys):
            for row in await _child_rows(connection, child, batch, at):
                below[child.table.name, row["root"], row["parent"]].append(_child_tree(child, row))
    return [_attach(an_entity.node, _root_tree(an_entity, row), str(row._mapping["key"]), None, below) for row in roots]


async def _child_rows(
    connection: AsyncConnection, child: Children, roots: Sequence[str], at: datetime | None
) -> Iterable[dict[str, Any]]:
    table, names = as_of(child.table, at), child.table.columns
    order = table.c.map_key if child.keyed else table.c.position
    query = select(*(table.c[n] for n in names)).where(table.c.root.in_(roots))
    rows = await connection.execute(query.order_by(table.c.root, order, table.c.key))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _root_tree(an_entity: Entity[Any], row: Row[Any]) -> Tree:
    names = [n for n in an_entity.table.columns if n != "key"]
    return Tree(values={n: row._mapping[n] for n in names}, key=row._mapping["key"])


def _child_tree(child: Children, row: dict[str, Any]) -> Tree:
    place = "map_key" if child.keyed else "position"
    values = {s.column: row[s.column] for s in child.node.columns()}
    return Tree(values=values, key=row["key"], place={place: row[place]})


def _attach(node: Node, tree: Tree, root: str, parent: Any, below: dict[tuple[str, str, Any], list[Tree]]) -> Tree:
    for child in node.tables():
        rows = below.get((child.table.name, root, parent), [])
        tree.children[child.table.name] = [_attach(child.node, row, root, row.key, below) for row in rows]
    return tree


def row_changes(
    an_entity: Entity[Any], key: str, stored: Tree | None, wanted: Tree | None, new_key: Callable[[], int]
) -> Iterator[RowChange]:
    """The rows to write so that the record `key` becomes `wanted` (None removes it), parents before children."""
    before = None if stored is None else {"key": key, **stored.values}
    after = None if wanted is None else {"key": key, **wanted.values}
    if before != after:
        yield RowChange(table=an_entity.table, key=key, before=before, after=after)
    yield from _below(an_entity.node, key, None, stored, wanted, new_key)


def _below(
    node: Node, root: str, parent: Any, stored: Tree | None, wanted: Tree | None, new_key: Callable[[], int]
) -> Iterator[RowChange]:
    for child in node.tables():
        old = stored.children.get(child.table.name, []) if stored else []
        new = wanted.children.get(child.table.name, []) if wanted else []
        if old or new:
            yield from _child_changes(child, root, parent, old, new, new_key)


def _child_changes(
    child: Children, root: str, parent: Any, old: list[Tree], new: list[Tree], new_key: Callable[[], int]
) -> Iterator[RowChange]:
    pairs = _pair_map(old, new) if child.keyed else _pair_list(old, new)
    for was, becomes in pairs:
        key = was.key if was else new_key()
        before = _row(key, root, parent, was) if was else None
        after = _row(key, root, parent, becomes) if becomes else None
        if before != after:
            yield RowChange(table=child.table, key=key, before=before, after=after)
        yield from _below(child.node, root, key, was, becomes, new_key)


def _row(key: Any, root: str, parent: Any, tree: Tree) -> dict[str, Any]:
    return {"key": key, "root": root, "parent": parent, **tree.place, **tree.values}


Pairs = list[tuple[Tree | None, Tree | None]]


def _pair_map(old: list[Tree], new: list[Tree]) -> Pairs:
    olds = {t.place["map_key"]: t for t in old}
    news = {t.place["map_key"]: t for t in new}
    return [(olds.get(k), news.get(k)) for k in [*olds, *(k for k in news if k not in olds)]]


def _pair_list(old: list[Tree], new: list[Tree]) -> Pairs:
    """Pair rows of a list by equal content first, then in order, and keep positions that need not move."""
    matcher = SequenceMatcher(None, [t.content() for t in old], [t.content() for t in new], autojunk=False)
    pairs: Pairs = []
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        shared = min(i2 - i1, j2 - j1)
        pairs += list(zip(old[i1 : i1 + shared], new[j1 : j1 + shared], strict=True))
        pairs += [(t, None) for t in old[i1 + shared : i2]]
        pairs += [(None, t) for t in new[j1 + shared : j2]]
    last = -1
    for was, becomes in pairs:
        if becomes is not None:
            stays = was is not None and was.place["position"] > last
            last = was.place["position"] if was is not None and stays else last + 1
            becomes.place = {"position": last}
    return pairs
