"""Import: a bundle is compared with the register, and what is new or different is written in one transaction."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bundle_export import export_bundle
from storage.bundle_names import RENAMED, BundleNames, remember_names
from storage.bundle_stage import Source
from storage.erased import erased_among
from storage.lease import share_lease
from storage.mapping import Entity
from storage.operations import OPERATION, CauseKind
from storage.people.tables import PEOPLE
from storage.records import Kept, fetch
from storage.register import BY_LETTER, ENTITIES
from storage.scope import unlimited
from storage.values import Record
from storage.view import View
from storage.work import Work, counted, counters

__all__ = [
    "Conflict",
    "Difference",
    "ImportConflict",
    "Imported",
    "Plan",
    "apply_plan",
    "export_bundle",
    "import_bundle",
    "plan_import",
]

R = TypeVar("R", bound=Record)
Watch = Callable[[int], None]
"""Told of so many more records done."""

AT_ONCE = 1_000
"""Records held in memory together."""

MOST_DIFFERENCES = 1_000
"""Differences worth remembering for somebody to read."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A record that the bundle would change although somebody changed it since the bundle was exported.

    `by` is the name of who did it last in chat, None for the program itself, and `at` when. Who was made anonymous
    since (`erased`) is changed by no import.
    """

    collection: str
    key: str
    by: str | None = None
    at: datetime | None = None
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field of a record that an import changes; None where it is empty."""

    collection: str
    key: str
    field: str
    before: object
    after: object


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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What importing a bundle means for the register as it was after the operation `newest`.

    `keys` are the keys of the records to write, by list and their place in it; `differences` the first of what changes.
    """

    newest: int
    names: BundleNames
    named: tuple[tuple[str, str, str], ...]
    keys: Mapping[str, Mapping[int, str]]
    numbers: Mapping[str, int]
    imported: Imported
    differences: tuple[Difference, ...]


async def import_bundle(work: Work, source: Source, *, overwrite: bool) -> Imported:
    """Add and update the register's records from `source`, never delete; importing twice changes nothing.

    Raises ImportConflict where a record was changed in chat since the bundle's `exported_at` and `overwrite` is False.
    """
    return await apply_plan(work, source, await plan_import(work, source), overwrite=overwrite)


async def apply_plan(
    work: Work, source: Source, plan: Plan, *, overwrite: bool, watch: Watch = lambda _: None
) -> Imported:
    """Write what `plan` says, made anew if the register has changed since. Raises ImportConflict as `import_bundle`."""
    await share_lease(work.connection)
    if plan.newest != await work.newest():
        plan = await plan_import(work, source)
    if plan.imported.conflicts and not overwrite:
        raise ImportConflict(conflicts=plan.imported.conflicts)
    if plan.named:
        await remember_names(work, plan.named)
    for an_entity in ENTITIES:
        keys = plan.keys.get(an_entity.collection, {})
        wanted = ((keys[index], record) for index, record in _numbered(source, an_entity) if index in keys)
        for some in _batches(wanted):
            records = {key: _with_key(an_entity, plan.names.inside(called), key) for key, called in some}
            await work.put_all(an_entity, records)
            watch(len(records))
    for counter, number in sorted(plan.numbers.items()):
        await work.count_to(counter, number)
    return plan.imported


def _numbered(source: Source, an_entity: Entity[Any]) -> Iterator[tuple[int, Record]]:
    return enumerate(source.records(an_entity.collection))


T = TypeVar("T")


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some


# --- what is to be done ----------------------------------------------------------------------------------------------


async def plan_import(view: View, source: Source, watch: Watch = lambda _: None) -> Plan:
    """Compare `source` with the register; nothing is written, so that a running bot is not held up."""
    planning = _Planning(
        view=view,
        names=await BundleNames.load(view, None),
        exported_at=source.exported_at,
        numbers=_Numbers(await counters(view, None)),
    )
    # People and seats get their keys first: they refer to each other, and everything to them.
    for an_entity in ENTITIES:
        if an_entity.collection in RENAMED:
            for called in _batches(source.records(an_entity.collection)):
                await planning.reserve(an_entity, called)
    for an_entity in ENTITIES:
        for some in _batches(_numbered(source, an_entity)):
            await planning.take(an_entity, some)
            watch(len(some))
    planning.numbers.reach(source.counters)
    return await planning.plan()


class _Numbers:
    """The counters of the register as they will be."""

    def __init__(self, standing: Mapping[str, int]) -> None:
        self._before = standing
        self._last = dict(standing)

    def new_key(self, an_entity: Entity[Any]) -> str:
        """A key for a new record whose key is ours alone."""
        number = self._last.get(an_entity.collection, 0) + 1
        self._last[an_entity.collection] = number
        return f"{an_entity.prefix}{number}"

    def reach(self, numbers: Mapping[str, int]) -> None:
        """Count up to these numbers at least."""
        for counter, number in numbers.items():
            self._last[counter] = max(self._last.get(counter, 0), number)

    def moved(self) -> dict[str, int]:
        """The counters that must be written."""
        return {counter: last for counter, last in self._last.items() if self._before.get(counter) != last}


@dataclass(kw_only=True)
class _Planning:
    """A plan while it is made: `taken` are the keys that records of the bundle have found or got.

    `erased` are the people of the bundle who were made anonymous here; they stay so.
    """

    view: View
    names: BundleNames
    exported_at: datetime | None
    numbers: _Numbers
    taken: set[tuple[str, str]] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    named: list[tuple[str, str, str]] = field(default_factory=list)
    keys: dict[str, dict[int, str]] = field(default_factory=dict)
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    conflicts: list[Conflict] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    async def plan(self) -> Plan:
        """The finished plan."""
        people = await _names_of(self.view, {conflict.by for conflict in self.conflicts if conflict.by})
        conflicts = tuple(replace(c, by=people.get(c.by, c.by) if c.by else None) for c in self.conflicts)
        return Plan(
            newest=await self.view.newest(),
            names=self.names,
            named=tuple(self.named),
            keys=self.keys,
            numbers=self.numbers.moved(),
            imported=Imported(added=self.added, changed=self.changed, unchanged=self.unchanged, conflicts=conflicts),
            differences=tuple(self.differences),
        )

    async def reserve(self, an_entity: Entity[Any], some: Sequence[Record]) -> None:
        """Give people or seats that the bundle calls by names the keys they have here, or new ones."""
        collection = an_entity.collection
        new = [r for r in some if r.own_key() is not None and (collection, r.own_key()) not in self.names.keys]
        alike = await self._alike(an_entity, new)
        gone = [r for r in new if alike.of(r) is None] if collection == "people" else []
        erased = await erased_among(self.view.connection, gone)
        for called_there, key in erased.items():
            self.conflicts.append(Conflict(collection=collection, key=called_there, erased=True))
            # Nothing brings a name back, and what the bundle called them is not learnt again.
            self.names.call(collection, key, called_there)
            self.erased.add(key)
        for called in (one for one in new if one.own_key() not in erased):
            key = alike.of(called) or self.numbers.new_key(an_entity)
            self.taken.add((collection, key))
            self.names.call(collection, key, str(called.own_key()))
            self.named.append((collection, key, str(called.own_key())))

    async def take(self, an_entity: Entity[R], some: Sequence[tuple[int, R]]) -> None:
        """Find out what is to be done with records of one kind, given with their places in the list."""
        keyed = await self._keyed(an_entity, [called for _, called in some])
        wanted = {key: (index, called) for key, (index, called) in zip(keyed, some, strict=True)}
        found = await fetch(self.view, an_entity, unlimited(), lambda root: root.c.key.in_(wanted))
        stored = {kept.key: kept.record for kept in found}
        new: dict[str, R] = {}
        for key, (_, called) in wanted.items():
            record = _with_key(an_entity, self.names.inside(called), key)
            if stored.get(key) != record and not (an_entity.collection == "people" and key in self.erased):
                new[key] = record
        self.keys.setdefault(an_entity.collection, {}).update({wanted[key][0]: key for key in new})
        for key, (by, at) in (await _changed_since(self.view.connection, an_entity, [*new], self.exported_at)).items():
            shown = wanted[key][1].own_key() or key
            self.conflicts.append(Conflict(collection=an_entity.collection, key=shown, by=by, at=at))
        self._count(an_entity.collection, wanted, stored, new)
        for key in new:
            if key in stored and len(self.differences) < MOST_DIFFERENCES:
                self.differences += _differences(self.names.outside(stored[key]), wanted[key][1])

    async def _keyed(self, an_entity: Entity[R], some: Sequence[R]) -> list[str]:
        """The keys under which the register has these records, or is to have them."""
        if an_entity.prefix is None:
            keys = [str(called.own_key()) for called in some]
            highest = max((counted(an_entity, key) or ("", 0) for key in keys), default=("", 0))
            self.numbers.reach({highest[0]: highest[1]} if highest[0] in BY_LETTER else {})
            return keys
        known = [self.names.keys.get((an_entity.collection, called.own_key() or "")) for called in some]
        alike = await self._alike(an_entity, [called for called, key in zip(some, known, strict=True) if key is None])
        return [self._key(an_entity, called, key, alike) for called, key in zip(some, known, strict=True)]

    def _key(self, an_entity: Entity[R], called: R, known: str | None, alike: "_Alike") -> str:
        key = known or alike.of(called) or self.numbers.new_key(an_entity)
        self.taken.add((an_entity.collection, key))
        return key

    async def _alike(self, an_entity: Entity[Any], some: Sequence[Record]) -> "_Alike":
        """The stored records that some of these may be although they have no key that both sides know."""
        # People refer to each other, so that none can be translated before all have their keys.
        records = [called if an_entity.collection == "people" else self.names.inside(called) for called in some]
        alike = _Alike(an_entity=an_entity, names=self.names, taken=self.taken)
        for fields in SAMENESS[an_entity.collection]:
            values = {_stored(getattr(record, fields[0])) for record in records} if fields else set()
            if fields and not values:
                continue
            where = [lambda root, n=fields[0], v=values: _among(root, n, v)] if fields else []
            found = await fetch(self.view, an_entity, unlimited(), *where)
            alike.add(fields, found)
        return alike

    def _count(self, collection: str, wanted: Iterable[str], stored: Container[str], new: Container[str]) -> None:
        for key in wanted:
            kind = self.unchanged if key not in new else self.changed if key in stored else self.added
            kind[collection] += 1


@dataclass(kw_only=True)
class _Alike:
    """Stored records by the fields that make others the same, the surest fields first."""

    an_entity: Entity[Any]
    names: BundleNames
    taken: set[tuple[str, str]]
    _by_fields: dict[tuple[str, ...], dict[tuple[Any, ...], list[Kept[Any]]]] = field(default_factory=dict)

    def add(self, fields: tuple[str, ...], found: Iterable[Kept[Any]]) -> None:
        """Look among these too, by the values of `fields`."""
        by_values = self._by_fields.setdefault(fields, {})
        for kept in found:
            by_values.setdefault(_values(kept.record, fields), []).append(kept)

    def of(self, called: Record) -> str | None:
        """The key of the stored record that is this one, None if there is none."""
        collection = self.an_entity.collection
        record = called if collection == "people" else self.names.inside(called)
        for fields, by_values in self._by_fields.items():
            values = _values(record, fields)
            if fields and not any(values):
                continue
            free = [kept for kept in by_values.get(values, ()) if (collection, kept.key) not in self.taken]
            if fields == ("name",):
                free = [kept for kept in free if self.names.outside_key("people", kept.key) == called.own_key()]
            if free:
                same = (kept for kept in free if kept.record == _with_key(self.an_entity, record, kept.key))
                return next(same, free[0]).key
        return None


# What makes a record without a key that both sides know the same as one that is there already, the field that tells
# most first. People without a Matrix ID are the same if they have the same name and the register's own export calls
# them so.
SAMENESS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "cooperation": ((),),
    "people": (("mxid",), ("name",)),
    "seats": (("holder", "city", "body", "role", "from_"),),
    "rooms": (("alias",), ("id",)),
    "glossary": (("de", "en", "alias"),),
}


def _values(record: Record, fields: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(_stored(getattr(record, name)) for name in fields)


def _with_key(an_entity: Entity[R], record: R, key: str | None) -> R:
    return record.model_copy(update={an_entity.record.key_field: key}) if an_entity.record.key_field else record


def _stored(value: Any) -> str | None:
    return None if value is None else str(value)


def _among(root: Any, name: str, values: set[str | None]) -> Any:
    column = root.c[name]
    among = column.in_({value for value in values if value is not None})
    return among | column.is_(None) if None in values else among


def _differences(before: Record, after: Record) -> Iterator[Difference]:
    """The fields in which two states of a record differ, as a bundle has them."""
    for name, declared in type(after).model_fields.items():
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes and name != after.key_field:
            key = after.own_key() or before.own_key() or ""
            yield Difference(collection=after.collection, key=key, field=declared.alias or name, before=was,
                             after=becomes)  # fmt: skip


async def _names_of(view: View, people: set[str]) -> dict[str, str]:
    found = await fetch(view, PEOPLE, unlimited(), lambda root: root.c.key.in_(people)) if people else ()
    return {kept.key: kept.record.name for kept in found}


async def _changed_since(
    connection: AsyncConnection, an_entity: Entity[Any], keys: Sequence[str], exported_at: datetime | None
) -> dict[str, tuple[str | None, datetime]]:
    """Which records anything but an import has written or removed after `exported_at`, or ever: who last, and when."""
    by_chat = [OPERATION.c.cause_kind != CauseKind.IMPORT.value]
    by_chat += [OPERATION.c.at > exported_at] if exported_at is not None else []
    last: dict[str, tuple[int, str | None, datetime]] = {}
    for table in an_entity.tables() if keys else ():
        for twin, column in ((table.current, "operation"), (table.past, "ended_by")):
            root = twin.c.root if "root" in twin.c else twin.c.key
            query = select(root, OPERATION.c.id, OPERATION.c.person, OPERATION.c.at)
            query = query.join(OPERATION, OPERATION.c.id == twin.c[column]).where(root.in_(keys), *by_chat)
            for key, number, person, at in await connection.execute(query):
                last[key] = max(last.get(key, (0, None, at)), (number, person, at), key=lambda one: one[0])
    return {key: last[key][1:] for key in keys if key in last}
