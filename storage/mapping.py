"""How a record becomes rows: the tables of a record type are derived from its declaration, and read back into it.

A record (frozen pydantic, nested) has one root table and a child table for every list or map inside it:
scalars and single parts are columns, references in lists are link rows, plain words are one JSON column.
"""

import json
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Boolean, Column, Index, Integer, MetaData, func
from sqlalchemy.types import TypeEngine

from storage.columns import KEY, LONG, instant_text, read_instant
from storage.values import Cite, Part, Record, Ref, Vocabulary, Wording
from storage.versioned import Versioned, versioned

R = TypeVar("R", bound=Record)

# Column names that the mechanism itself needs; a field of that name gets an underscore.
RESERVED = frozenset(
    {"key", "root", "parent", "position", "map_key", "rank", "operation", "since", "version", "until", "ended_by"}
)


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """One field that is one column. `mark` says what it refers to, if it is a reference."""

    name: str
    column: str
    type: TypeEngine[Any]
    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]
    read: Callable[[Any], Any]
    """From the column's value to the field's: what `load` gives, validated."""
    mark: Ref | Cite | None = None
    needed: bool = False
    """The field has no default, so that an empty column is None said aloud: a vacant seat's holder."""
    wording: bool = False
    """A text of several lines, which two people may be at work on."""


@dataclass(frozen=True, kw_only=True)
class Inline:
    """A single part whose fields are columns of the table it stands in. `optional`: all empty means absent."""

    name: str
    node: "Node"
    optional: bool


@dataclass(frozen=True, kw_only=True)
class Children:
    """A list or map that has a table of its own. `keyed`: a map; `single`: rows hold one scalar in `value`.

    `key_mark` says what the keys of a map refer to, if they are references.
    """

    name: str
    table: Versioned
    node: "Node"
    keyed: bool
    single: bool
    key_mark: Ref | Cite | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """The columns, single parts and child tables of one record or part type."""

    scalars: tuple[Scalar, ...]
    inlines: tuple[Inline, ...]
    children: tuple[Children, ...]

    def columns(self) -> Iterator[Scalar]:
        """All columns, those of single parts included."""
        yield from self.scalars
        for inline in self.inlines:
            yield from inline.node.columns()

    def tables(self) -> Iterator[Children]:
        """Direct child tables, those of single parts included."""
        yield from self.children
        for inline in self.inlines:
            yield from inline.node.tables()


@dataclass(frozen=True, kw_only=True)
class Derived(Generic[R]):
    """A column computed from the record whenever it is written, so that SQL can filter by it."""

    column: str
    type: TypeEngine[Any]
    of: Callable[[R], Any]


@dataclass(frozen=True, kw_only=True)
class Entity(Generic[R]):
    """A record type with its tables.

    `prefix`: rows have keys of ours (prefix and number) instead of the record's own; `names`: what it is called.
    """

    record: type[R]
    table: Versioned
    node: Node
    prefix: str | None = None
    names: Callable[[R], tuple[str, ...]] = lambda _record: ()
    derived: tuple[Derived[R], ...] = ()

    @property
    def collection(self) -> str:
        """The name of the list in the bundle."""
        return self.record.collection

    def rank(self, record: R) -> int:
        """How much a reader must be allowed to see, as a number that SQL can compare."""
        return record.shown_to().rank

    def tables(self) -> Iterator[Versioned]:
        """The root table and every child table, parents first."""
        yield self.table
        yield from (child.table for child in _descend(self.node))

    def child_tables(self) -> Iterator[Children]:
        """Every child table at any depth, parents first."""
        return _descend(self.node)


@dataclass
class Tree:
    """A record as rows: this row's columns and the rows below it by table. `key` is None until it is stored."""

    values: dict[str, Any]
    children: dict[str, list["Tree"]] = field(default_factory=dict)
    key: Any = None
    place: dict[str, Any] = field(default_factory=dict)

    def content(self) -> tuple[Any, ...]:
        """What the row and everything below it say, without keys and positions: equal content is the same thing."""
        below = tuple((n, tuple(c.content() for c in rows)) for n, rows in sorted(self.children.items()) if rows)
        return (tuple(sorted(self.values.items())), self.place.get("map_key"), below)


def entity(
    metadata: MetaData,
    record: type[R],
    *,
    prefix: str | None = None,
    names: Callable[[R], tuple[str, ...]] = lambda _record: (),
    derived: tuple[Derived[R], ...] = (),
    indexes: tuple[str, ...] = (),
    listed: tuple[str, ...] = (),
) -> Entity[R]:
    """Derive the tables of `record` and declare them in `metadata`; `indexes` are columns that are searched by.

    Records with a letter have an index in the order of lists, P-2 before P-10; `listed` are the columns that lists
    filter by, so that counting and turning pages read this index alone.
    """
    name = record.collection
    node = _node(metadata, record, table=name, prefix="", without=record.key_field)
    columns = [
        Column("key", KEY, primary_key=True),
        *_columns(node),
        *(Column(d.column, d.type) for d in derived),
        Column("rank", Integer, nullable=False),
    ]
    table = versioned(metadata, name, *columns)
    for column in indexes:
        Index(f"ix_{name}_{column}", table.current.c[column])
    if record.letter:
        by = table.current.c
        Index(f"ix_{name}_listed", func.length(by.key), by.key, by.rank, *(by[column] for column in listed))
    return Entity(record=record, table=table, node=node, prefix=prefix, names=names, derived=derived)


def to_tree(an_entity: Entity[R], record: R) -> Tree:
    """The rows that hold `record`."""
    tree = _dump(an_entity.node, record)
    tree.values["rank"] = an_entity.rank(record)
    for derived in an_entity.derived:
        tree.values[derived.column] = derived.of(record)
    return tree


def from_tree(an_entity: Entity[R], tree: Tree) -> R:
    """The record that these rows hold."""
    fields = _load(an_entity.node, tree)
    if an_entity.record.key_field:
        fields[an_entity.record.key_field] = tree.key
    return an_entity.record.model_validate(fields)


def _descend(node: Node) -> Iterator[Children]:
    for child in node.tables():
        yield child
        yield from _descend(child.node)


def _columns(node: Node) -> list[Column[Any]]:
    return [Column(s.column, s.type) for s in node.columns()]


def _node(metadata: MetaData, model: type[BaseModel], *, table: str, prefix: str, without: str | None = None) -> Node:
    scalars: list[Scalar] = []
    inlines: list[Inline] = []
    children: list[Children] = []
    hints = get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        if name == without:
            continue
        kind, optional = _strip(hints[name])
        if _is_part(kind):
            inner = _node(metadata, kind, table=f"{table}_{name}", prefix=f"{prefix}{name}_")
            inlines.append(Inline(name=name, node=inner, optional=optional))
        elif get_origin(kind) is dict:
            children.append(_map(metadata, name, kind, f"{table}_{name}"))
        elif get_origin(kind) is tuple and not _is_words(kind):
            children.append(_list(metadata, name, kind, f"{table}_{name}"))
        else:
            needed = optional and model.model_fields[name].is_required()
            scalars.append(_scalar(name, hints[name], prefix, needed=needed))
    return Node(scalars=tuple(scalars), inlines=tuple(inlines), children=tuple(children))


def _list(metadata: MetaData, name: str, kind: Any, table: str) -> Children:
    place = Column("position", Integer, nullable=False)
    return _children(metadata, name, get_args(kind)[0], table, place=place, key_mark=None)


def _map(metadata: MetaData, name: str, kind: Any, table: str) -> Children:
    key, item = get_args(kind)
    place = Column("map_key", KEY, nullable=False)
    return _children(metadata, name, item, table, place=place, key_mark=_mark(key))


def _children(
    metadata: MetaData, name: str, item: Any, table: str, *, place: Column[Any], key_mark: Ref | Cite | None
) -> Children:
    if _is_part(item):
        node, single = _node(metadata, item, table=table, prefix=""), False
    else:
        node, single = Node(scalars=(_scalar("value", item, ""),), inlines=(), children=()), True
    twin = versioned(
        metadata,
        table,
        Column("key", Integer, primary_key=True, autoincrement=False),
        Column("root", KEY, nullable=False),
        Column("parent", Integer),
        place,
        *_columns(node),
    )
    keyed = place.name == "map_key"
    return Children(name=name, table=twin, node=node, keyed=keyed, single=single, key_mark=key_mark)


def _scalar(name: str, hint: Any, prefix: str, *, needed: bool = False) -> Scalar:
    kind, _ = _strip(hint)
    column = f"{prefix}{name}"
    if not prefix and name in RESERVED:
        column = f"{name}_"
    if _is_words(kind):
        return Scalar(name=name, column=column, type=LONG, dump=_dump_words, load=json.loads, read=_read_words)
    if kind in (int, bool):
        column_type = Integer() if kind is int else Boolean()
        return Scalar(name=name, column=column, type=column_type, dump=_same, load=_same, read=_same, needed=needed)
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    mark = _mark(hint)
    load = _load_time if datetime in (kind, *get_args(kind)) else _same
    return Scalar(
        name=name,
        column=column,
        type=KEY if isinstance(mark, Ref) or _is_short(kind) else LONG,
        dump=lambda value: _dump_scalar(adapter, value),
        load=load,
        read=lambda value: adapter.validate_python(load(value)),
        mark=mark,
        needed=needed,
        wording=any(mark.lines for mark in _marks(hint, Wording)),
    )


def _same(value: Any) -> Any:
    return value


def _read_words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _dump_words(words: tuple[str, ...]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def _dump_scalar(adapter: TypeAdapter[Any], value: Any) -> Any:
    # Instants are kept in UTC and fixed width, so that their text sorts; all else in its own written form.
    if isinstance(value, datetime):
        return instant_text(value)
    return adapter.dump_python(value, mode="json")


def _load_time(text: str) -> Any:
    """An instant; a mere day, where the hour may be open, is left to the model."""
    return read_instant(text) if "T" in text else text


def _dump(node: Node, part: BaseModel) -> Tree:
    tree = Tree(values={s.column: _dump_field(s, part) for s in node.scalars})
    for inline in node.inlines:
        inner = getattr(part, inline.name)
        below = _dump(inline.node, inner) if inner is not None else _empty(inline.node)
        tree.values.update(below.values)
        tree.children.update(below.children)
    for child in node.children:
        tree.children[child.table.name] = list(_dump_children(child, getattr(part, child.name)))
    return tree


def _dump_field(scalar: Scalar, part: BaseModel) -> Any:
    value = getattr(part, scalar.name)
    return None if value is None else scalar.dump(value)


def _empty(node: Node) -> Tree:
    return Tree(
        values={s.column: None for s in node.columns()},
        children={c.table.name: [] for c in node.tables()},
    )


def _dump_children(child: Children, items: Any) -> Iterator[Tree]:
    pairs = items.items() if child.keyed else enumerate(items)
    place = "map_key" if child.keyed else "position"
    for at, item in pairs:
        tree = Tree(values={"value": child.node.scalars[0].dump(item)}) if child.single else _dump(child.node, item)
        tree.place = {place: at}
        yield tree


def _load(node: Node, tree: Tree) -> dict[str, Any]:
    # By attribute name (records validate by name too); what is NULL is left to the default.
    found = {s.name: s.load(tree.values[s.column]) for s in node.scalars if tree.values[s.column] is not None}
    found |= {s.name: None for s in node.scalars if s.needed and s.name not in found}
    for inline in node.inlines:
        inner = _load(inline.node, tree)
        if inner or not inline.optional:
            found[inline.name] = inner
    for child in node.children:
        rows = tree.children.get(child.table.name, [])
        if rows:
            found[child.name] = _load_children(child, rows)
    return found


def _load_children(child: Children, rows: list[Tree]) -> Any:
    if child.single:
        load = child.node.scalars[0].load
        items = [load(row.values["value"]) for row in rows]
    else:
        items = [_load(child.node, row) for row in rows]
    if child.keyed:
        return {row.place["map_key"]: item for row, item in zip(rows, items, strict=True)}
    return tuple(items)


def _strip(hint: Any) -> tuple[Any, bool]:
    """The type without Annotated and without `| None`, and whether None was allowed."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        rest = [a for a in get_args(hint) if a is not type(None)]
        if len(rest) < len(get_args(hint)) and len(rest) == 1:
            return _strip(rest[0])[0], True
        return hint, len(rest) < len(get_args(hint))
    return hint, False


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


def _is_words(kind: Any) -> bool:
    """A list of plain words, not of parts or references."""
    if get_origin(kind) is not tuple:
        return False
    item = get_args(kind)[0]
    return _mark(item) is None and not _is_part(_strip(item)[0])


def _is_short(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Vocabulary | date)


def _mark(hint: Any) -> Ref | Cite | None:
    """What a reference points to, wherever its mark stands inside the type."""
    return next(_marks(hint, Ref | Cite), None)


def _marks(hint: Any, kind: Any) -> Iterator[Any]:
    """The marks of this kind inside an annotated type or a union, those inside lists and maps left out."""
    if get_origin(hint) is Annotated:
        yield from (mark for mark in get_args(hint)[1:] if isinstance(mark, kind))
    if get_origin(hint) not in (tuple, dict):
        for inner in get_args(hint):
            yield from _marks(inner, kind)


@dataclass(frozen=True, kw_only=True)
class Referring:
    """A column of a table whose values refer to other records."""

    table: Versioned
    column: str
    mark: Ref | Cite


def references(an_entity: Entity[Any]) -> Iterator[Referring]:
    """Every column of the entity's tables that refers to another record, the keys of maps included."""
    yield from _referring(an_entity.node, an_entity.table)
    for child in an_entity.child_tables():
        if child.key_mark:
            yield Referring(table=child.table, column="map_key", mark=child.key_mark)
        yield from _referring(child.node, child.table)


def _referring(node: Node, table: Versioned) -> Iterator[Referring]:
    return (Referring(table=table, column=s.column, mark=s.mark) for s in node.columns() if s.mark)


def scalars_of(an_entity: Entity[Any], table: str) -> tuple[Scalar, ...]:
    """The columns with content of one of the entity's tables, its root table or a part's."""
    if table == an_entity.table.name:
        return tuple(an_entity.node.columns())
    child = next(child for child in an_entity.child_tables() if child.table.name == table)
    return tuple(child.node.columns())
