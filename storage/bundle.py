"""Import and export: a bundle becomes records of the register, and the register becomes a bundle again."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Column, Table, UniqueConstraint, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bundle_format import Bundle
from storage.columns import KEY, InstantColumn
from storage.lease import share_lease
from storage.mapping import Entity
from storage.operations import OPERATION, CauseKind
from storage.records import Kept, batches, fetch
from storage.register import ENTITIES
from storage.schema import metadata
from storage.scope import Scope, unlimited
from storage.values import COLLECTIONS, Record, map_refs, refs
from storage.view import View
from storage.work import Work, counters

R = TypeVar("R", bound=Record)

# People and seats are known by keys of ours inside; what a bundle calls them stands here, and only here.
BUNDLE_KEY = Table(
    "bundle_key",
    metadata,
    Column("collection", KEY, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("called", KEY, nullable=False),
    Column("since", InstantColumn, nullable=False),
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
    await share_lease(work.connection)
    importing = _Import(work=work, names=await _BundleNames.load(work, None), exported_at=bundle.exported_at)
    # People and seats get their keys first: they refer to each other, and everything to them.
    for an_entity, called in listed(bundle):
        if an_entity.collection in RENAMED:
            await importing.reserve(an_entity, called)
    for an_entity in ENTITIES:
        for some in batches([record for of, record in listed(bundle) if of is an_entity]):
            await importing.take(an_entity, some)
    if importing.conflicts and not overwrite:
        raise ImportConflict(conflicts=tuple(importing.conflicts))
    await _raise_counters(work, bundle)
    return importing.done()


async def _raise_counters(work: Work, bundle: Bundle) -> None:
    highest = Counter(bundle.counters)
    for an_entity, record in listed(bundle):
        key = record.own_key()
        if an_entity.record.letter and key:
            highest[an_entity.record.letter] = max(highest[an_entity.record.letter], int(key[2:]))
    for letter, number in sorted(highest.items()):
        await work.count_to(letter, number)


@dataclass(kw_only=True)
class _Import:
    """One import while it runs: `taken` are the keys that records of the bundle have found or got."""

    work: Work
    names: "_BundleNames"
    exported_at: datetime | None
    taken: set[tuple[str, str]] = field(default_factory=set)
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    conflicts: list[Conflict] = field(default_factory=list)

    def done(self) -> Imported:
        """What the import did."""
        return Imported(
            added=self.added, changed=self.changed, unchanged=self.unchanged, conflicts=tuple(self.conflicts)
        )

    async def reserve(self, an_entity: Entity[Any], called: Record) -> None:
        """Give a person or seat that the bundle calls by a name the key it has here, or a new one."""
        name = called.own_key()
        if name is None or (an_entity.collection, name) in self.names.keys:
            return
        key = await self._same(an_entity, called) or await self.work.new_key(an_entity)
        self.taken.add((an_entity.collection, key))
        await self.names.remember(self.work, an_entity.collection, key, name)

    async def take(self, an_entity: Entity[R], some: Sequence[R]) -> None:
        """Add or update records of one kind."""
        wanted: dict[str, tuple[R, R]] = {}
        for called in some:
            record = self.names.inside(called)
            key = await self._key(an_entity, called)
            self.taken.add((an_entity.collection, key))
            wanted[key] = (called, _with_key(an_entity, record, key))
        found = await fetch(self.work, an_entity, unlimited(), lambda root: root.c.key.in_(wanted))
        stored = {kept.key: kept.record for kept in found}
        new = {key: record for key, (_, record) in wanted.items() if stored.get(key) != record}
        for key in await _changed_since(self.work.connection, an_entity, list(new), self.exported_at):
            self.conflicts.append(Conflict(collection=an_entity.collection, key=wanted[key][0].own_key() or key))
        await self.work.put_all(an_entity, new)
        self._count(an_entity.collection, wanted, stored, new)

    def _count(self, collection: str, wanted: Iterable[str], stored: Container[str], new: Container[str]) -> None:
        for key in wanted:
            kind = self.unchanged if key not in new else self.changed if key in stored else self.added
            kind[collection] += 1

    async def _key(self, an_entity: Entity[R], called: R) -> str:
        """The key under which the register has this record, or is to have it."""
        name = called.own_key()
        if an_entity.prefix is None and name is not None:
            return name
        known = self.names.keys.get((an_entity.collection, name)) if name else None
        return known or await self._same(an_entity, called) or await self.work.new_key(an_entity)

    async def _same(self, an_entity: Entity[R], called: R) -> str | None:
        """The key of the stored record that is this one although it has no key that both sides know."""
        # People refer to each other, so that none can be translated before all have their keys.
        record = called if an_entity.collection == "people" else self.names.inside(called)
        for fields in SAMENESS[an_entity.collection]:
            values = {name: _stored(getattr(record, name)) for name in fields}
            if fields and not any(values.values()):
                continue
            found = await fetch(self.work, an_entity, unlimited(), *(_equals(n, v) for n, v in values.items()))
            free = [kept for kept in found if (an_entity.collection, kept.key) not in self.taken]
            if fields == ("name",):
                free = [kept for kept in free if self.names.outside_key("people", kept.key) == called.own_key()]
            if free:
                alike = (kept for kept in free if kept.record == _with_key(an_entity, record, kept.key))
                return next(alike, free[0]).key
        return None


# What makes a record without a key that both sides know the same as one that is there already. People without a
# Matrix ID are the same if they have the same name and the register's own export calls them so.
SAMENESS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "cooperation": ((),),
    "people": (("mxid",), ("name",)),
    "seats": (("city", "body", "role", "holder", "from_"),),
    "rooms": (("alias",), ("id",)),
    "glossary": (("de", "en", "alias"),),
}


def _with_key(an_entity: Entity[R], record: R, key: str | None) -> R:
    return record.model_copy(update={an_entity.record.key_field: key}) if an_entity.record.key_field else record


def _stored(value: Any) -> str | None:
    return None if value is None else str(value)


def _equals(name: str, value: str | None) -> Any:
    return lambda root: root.c[name].is_(None) if value is None else root.c[name] == value


async def _changed_since(
    connection: AsyncConnection, an_entity: Entity[Any], keys: Sequence[str], exported_at: datetime | None
) -> list[str]:
    """Those of the records that anything but an import has written or removed after `exported_at`, or ever."""
    by_chat = [OPERATION.c.cause_kind != CauseKind.IMPORT.value]
    by_chat += [OPERATION.c.at > exported_at] if exported_at is not None else []
    changed: set[str] = set()
    for table in an_entity.tables():
        for twin, column in ((table.current, "operation"), (table.past, "ended_by")):
            root = twin.c.root if "root" in twin.c else twin.c.key
            query = select(root).join(OPERATION, OPERATION.c.id == twin.c[column]).where(root.in_(keys), *by_chat)
            changed |= {*(await connection.execute(query)).scalars()}
    return [key for key in keys if key in changed]


class _BundleNames:
    """What people and seats are called in bundles, both ways."""

    def __init__(self, keys: dict[tuple[str, str], str]) -> None:
        self.keys = keys
        self.called = {(collection, key): called for (collection, called), key in keys.items()}

    @classmethod
    async def load(cls, view: View, at: datetime | None) -> "_BundleNames":
        """The names as they were at the instant `at`; None means now."""
        query = select(BUNDLE_KEY) if at is None else select(BUNDLE_KEY).where(BUNDLE_KEY.c.since <= at)
        rows = (await view.connection.execute(query)).all()
        return cls({(r._mapping["collection"], r._mapping["called"]): r._mapping["key"] for r in rows})

    async def remember(self, work: Work, collection: str, key: str, called: str) -> None:
        """Bundles call the record `key` by this name from now on."""
        self.keys[collection, called] = key
        self.called[collection, key] = called
        since = (await work.operation()).at
        values = {"collection": collection, "key": key, "called": called, "since": since}
        await work.connection.execute(insert(BUNDLE_KEY).values(values))

    def inside(self, record: R) -> R:
        """The record with our keys for people and seats."""
        for collection in RENAMED:
            record = map_refs(record, collection, partial(self._inside_key, collection))
        return record

    def _inside_key(self, collection: str, called: str) -> str:
        return self.keys[collection, called]

    def outside(self, record: R) -> R:
        """The record as a bundle calls people and seats."""
        for collection in RENAMED:
            record = map_refs(record, collection, partial(self.outside_key, collection))
        return record

    def outside_key(self, collection: str, key: str) -> str:
        """What bundles call the record; one made in chat keeps our key there, unless another is called so."""
        called = self.called.get((collection, key), key)
        while self.keys.get((collection, called), key) != key:
            called += "x"
        return called


async def export_bundle(view: View, scope: Scope, now: datetime) -> Bundle | None:
    """The whole register as a bundle, as `scope` sees it (at its `as_of`); None if there is no cooperation yet."""
    names = await _BundleNames.load(view, scope.as_of)
    kept = {an_entity: await fetch(view, an_entity, scope) for an_entity in ENTITIES}
    named = {key for some in kept.values() for k in some for _, of, key in refs(k.record) if of == "seats"}
    lists: dict[str, Any] = {
        an_entity.collection: tuple(_outside(names, an_entity, k, named) for k in some)
        for an_entity, some in kept.items()
    }
    cooperation = lists.pop("cooperation")
    if not cooperation:
        return None
    standing = {n: at for n, at in (await counters(view, scope.as_of)).items() if n in COLLECTIONS}
    return Bundle(exported_at=now, counters=standing, cooperation=cooperation[0], **lists)


def _outside(names: _BundleNames, an_entity: Entity[R], kept: Kept[R], named_seats: set[str]) -> R:
    """The record as a bundle has it; a seat needs a key there only if something refers to it."""
    record, collection = names.outside(kept.record), an_entity.collection
    if collection not in RENAMED:
        return record
    known = (collection, kept.key) in names.called or kept.key in named_seats
    called = names.outside_key(collection, kept.key) if collection == "people" or known else None
    return _with_key(an_entity, record, called)
