"""Import and export: a bundle becomes records of the register, and the register becomes a bundle again."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Column, Table, UniqueConstraint, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bundle_format import Bundle
from storage.columns import KEY
from storage.mapping import Entity
from storage.operations import OPERATION, CauseKind
from storage.records import View, fetch, fetch_one
from storage.register import ENTITIES
from storage.schema import metadata
from storage.scope import Scope, unlimited
from storage.values import COLLECTIONS, Record, map_refs
from storage.work import Work, counters, raise_counter

R = TypeVar("R", bound=Record)

# People and seats are known by keys of ours inside; what a bundle calls them stands here, and only here.
BUNDLE_KEY = Table(
    "bundle_key",
    metadata,
    Column("collection", KEY, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("called", KEY, nullable=False),
    UniqueConstraint("collection", "called", name="uq_bundle_key"),
)
RENAMED = ("people", "seats")


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A record that the bundle would change although somebody changed it since the bundle was exported."""

    collection: str
    key: str


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class ImportConflict(Exception):
    """The import is refused as a whole; nothing was changed."""

    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did (or would do), counted by list."""

    added: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    conflicts: tuple[Conflict, ...] = ()


@dataclass
class _Tally:
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    conflicts: list[Conflict] = field(default_factory=list)


def listed(bundle: Bundle) -> Iterator[tuple[Entity[Any], Record]]:
    """Every record of the bundle with its kind, in an order in which what is named comes before what names it."""
    for an_entity in ENTITIES:
        records = getattr(bundle, an_entity.collection)
        for record in (records,) if isinstance(records, Record) else records:
            yield an_entity, record


async def import_bundle(work: Work, bundle: Bundle, *, overwrite: bool) -> Imported:
    """Add and update the register's records from `bundle`, never delete; importing twice changes nothing.

    Raises ImportConflict where a record was changed in chat since the bundle's `exported_at` and `overwrite` is False.
    """
    names = await _BundleNames.load(work)
    await _reserve_keys(work, names, bundle)
    tally = _Tally()
    for an_entity, called in listed(bundle):
        await _import_record(work, names, an_entity, called, bundle.exported_at, tally)
    if tally.conflicts and not overwrite:
        raise ImportConflict(conflicts=tuple(tally.conflicts))
    await _raise_counters(work, bundle)
    return Imported(
        added=tally.added, changed=tally.changed, unchanged=tally.unchanged, conflicts=tuple(tally.conflicts)
    )


async def _reserve_keys(work: Work, names: "_BundleNames", bundle: Bundle) -> None:
    """Give people and seats their keys first: they refer to each other."""
    for an_entity, called in listed(bundle):
        collection, name = an_entity.collection, called.own_key()
        if collection not in RENAMED or name is None or (collection, name) in names.keys:
            continue
        key = await _found_by_content(work, an_entity, called) if collection == "people" else None
        await names.remember(work.connection, collection, key or await work.new_key(an_entity), name)


async def _import_record(
    work: Work, names: "_BundleNames", an_entity: Entity[R], called: R, exported_at: datetime | None, tally: _Tally
) -> None:
    record = names.inside(called)
    key = await _key_of(work, names, an_entity, called, record)
    stored = await fetch_one(work, an_entity, unlimited(), key) if key else None
    record = _with_key(an_entity, record, key) if key else record
    if stored is not None and stored.record == record:
        tally.unchanged[an_entity.collection] += 1
        return
    if stored is not None and key and await _changed_since(work.connection, an_entity, key, exported_at):
        tally.conflicts.append(Conflict(collection=an_entity.collection, key=called.own_key() or key))
    if key is None:
        key = await work.new_key(an_entity)
        record = _with_key(an_entity, record, key)
    await work.put(an_entity, key, record)
    (tally.changed if stored else tally.added)[an_entity.collection] += 1


def _with_key(an_entity: Entity[R], record: R, key: str | None) -> R:
    return record.model_copy(update={an_entity.record.key_field: key}) if an_entity.record.key_field else record


async def _key_of(
    work: Work, names: "_BundleNames", an_entity: Entity[Any], called: Record, record: Record
) -> str | None:
    """The key under which the register has this record already (or must have it); None for a new one of our keys."""
    if an_entity.prefix is None:
        return called.own_key()
    known = names.keys.get((an_entity.collection, called.own_key() or ""))
    if known:
        return known
    return await _found_by_content(work, an_entity, record)


# What makes a record without a key of its own the same as one that is there already.
SAMENESS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "cooperation": ((),),
    "people": (("mxid",),),
    "seats": (("city", "body", "role", "holder", "from_"),),
    "rooms": (("alias",), ("id",)),
    "glossary": (("de", "en", "alias"),),
}


async def _found_by_content(work: Work, an_entity: Entity[Any], record: Record) -> str | None:
    for fields in SAMENESS[an_entity.collection]:
        values = {name: _stored(getattr(record, name)) for name in fields}
        if fields and not any(values.values()):
            continue
        found = await fetch(work, an_entity, unlimited(), *(_equals(n, v) for n, v in values.items()), limit=1)
        if found:
            return found[0].key
    return None


def _stored(value: Any) -> str | None:
    return None if value is None else str(value)


def _equals(name: str, value: str | None) -> Any:
    return lambda root: root.c[name].is_(None) if value is None else root.c[name] == value


async def _changed_since(
    connection: AsyncConnection, an_entity: Entity[Any], key: str, exported_at: datetime | None
) -> bool:
    for table in an_entity.tables():
        for twin, column in ((table.current, "operation"), (table.past, "ended_by")):
            mine = twin.c.root == key if "root" in twin.c else twin.c.key == key
            query = (
                select(func.count())
                .select_from(twin.join(OPERATION, OPERATION.c.id == twin.c[column]))
                .where(mine, OPERATION.c.cause_kind != CauseKind.IMPORT.value)
            )
            if exported_at is not None:
                query = query.where(OPERATION.c.at > exported_at)
            if (await connection.execute(query)).scalar_one():
                return True
    return False


async def _raise_counters(work: Work, bundle: Bundle) -> None:
    highest = Counter(bundle.counters)
    for an_entity, record in listed(bundle):
        key = record.own_key()
        if an_entity.record.letter and key:
            highest[an_entity.record.letter] = max(highest[an_entity.record.letter], int(key[2:]))
    for letter, number in sorted(highest.items()):
        await raise_counter(work.connection, letter, number)


class _BundleNames:
    """What people and seats are called in bundles, both ways."""

    def __init__(self, keys: dict[tuple[str, str], str]) -> None:
        self.keys = keys
        self.called = {(collection, key): called for (collection, called), key in keys.items()}

    @classmethod
    async def load(cls, view: View) -> "_BundleNames":
        rows = (await view.connection.execute(select(BUNDLE_KEY))).all()
        return cls({(r._mapping["collection"], r._mapping["called"]): r._mapping["key"] for r in rows})

    async def remember(self, connection: AsyncConnection, collection: str, key: str, called: str) -> None:
        self.keys[collection, called] = key
        await connection.execute(insert(BUNDLE_KEY).values(collection=collection, key=key, called=called))

    def inside(self, record: R) -> R:
        """The record with our keys for people and seats."""
        for collection in RENAMED:
            record = map_refs(record, collection, partial(self._key, collection))
        return record

    def outside(self, record: R) -> R:
        """The record as a bundle calls people and seats; a person made in chat keeps our key as its name there."""
        for collection in RENAMED:
            record = map_refs(record, collection, partial(self._called, collection))
        return record

    def _key(self, collection: str, called: str) -> str:
        return self.keys[collection, called]

    def _called(self, collection: str, key: str) -> str:
        return self.called.get((collection, key), key)

    def own(self, an_entity: Entity[R], key: str, record: R) -> R:
        """The record under the key a bundle gives it; a seat made in chat has none."""
        if an_entity.collection not in RENAMED:
            return record
        nameless = None if an_entity.collection == "seats" else key
        return _with_key(an_entity, record, self.called.get((an_entity.collection, key), nameless))


async def export_bundle(view: View, scope: Scope, now: datetime) -> Bundle | None:
    """The whole register as a bundle, as `scope` sees it (at its `as_of`); None if there is no cooperation yet."""
    names = await _BundleNames.load(view)
    lists: dict[str, Any] = {}
    for an_entity in ENTITIES:
        kept = await fetch(view, an_entity, scope)
        lists[an_entity.collection] = tuple(names.own(an_entity, k.key, names.outside(k.record)) for k in kept)
    cooperation = lists.pop("cooperation")
    if not cooperation:
        return None
    standing = {n: at for n, at in (await counters(view.connection)).items() if n in COLLECTIONS}
    return Bundle(exported_at=now, counters=standing, cooperation=cooperation[0], **lists)
