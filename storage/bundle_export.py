"""Export: the register becomes a bundle again, record by record in the order of the normal form."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from storage.bundle_format import Bundle
from storage.bundle_lists import LISTS, order_of
from storage.bundle_names import RENAMED, BundleNames
from storage.bundle_writing import Head
from storage.cooperation.record import Cooperation
from storage.cooperation.tables import COOPERATION
from storage.mapping import Entity, references
from storage.records import Kept, fetch, visible
from storage.register import BY_COLLECTION, ENTITIES
from storage.scope import Scope
from storage.values import COLLECTIONS, Record, Ref
from storage.versioned import as_of
from storage.view import View
from storage.work import counters

R = TypeVar("R", bound=Record)

AT_ONCE = 1_000
"""Records held in memory together."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """One record as bundles have it, with the key it has inside."""

    key: str
    record: Record


class Export:
    """The register as a bundle, as `scope` sees it (at its `as_of`), to be written record by record."""

    def __init__(self, view: View, scope: Scope, names: BundleNames, named_seats: frozenset[str]) -> None:
        """Use `begin_export`."""
        self.view = view
        self.scope = scope
        self.names = names
        self._named_seats = named_seats

    async def head(self, now: datetime) -> Head | None:
        """What stands before the lists; None if there is no cooperation yet."""
        cooperation = await self.cooperation()
        if cooperation is None:
            return None
        standing = await counters(self.view, self.scope.as_of)
        some = {letter: number for letter, number in standing.items() if letter in COLLECTIONS}
        return Head(cooperation=cooperation, exported_at=now, counters=some)

    async def cooperation(self) -> Cooperation | None:
        """The cooperation, if there is one yet."""
        found = await fetch(self.view, COOPERATION, self.scope)
        return found[0].record if found else None

    async def records(self, collections: Iterable[str] = tuple(LISTS)) -> AsyncIterator[list[Exported]]:
        """The records of these lists, in the order of the normal form, some at a time and never of two lists."""
        for collection in collections:
            an_entity = BY_COLLECTION[collection]
            keys = await self._keys_in_order(an_entity)
            for start in range(0, len(keys), AT_ONCE):
                yield [self._outside(an_entity, k) for k in await self._fetched(an_entity, keys[start:][:AT_ONCE])]

    async def _keys_in_order(self, an_entity: Entity[Any]) -> list[str]:
        """The keys of the list's records; only these and what they are sorted by are held for all of them."""
        root = as_of(an_entity.table, self.scope.as_of)
        rows = await self.view.connection.execute(select(root.c.key).where(visible(root, self.scope)))
        keys = list(rows.scalars())
        if an_entity.record.letter:
            return sorted(keys, key=lambda key: int(key[2:]))
        if an_entity.prefix is None:
            return sorted(keys)
        if an_entity.collection == "people":
            return sorted(keys, key=lambda key: self.names.outside_key("people", key))
        order: dict[str, tuple[Any, ...]] = {}
        for start in range(0, len(keys), AT_ONCE):
            for kept in await self._fetched(an_entity, keys[start : start + AT_ONCE]):
                order[kept.key] = order_of(self._outside(an_entity, kept).record)
        return sorted(order, key=lambda key: order[key])

    async def _fetched(self, an_entity: Entity[R], keys: Sequence[str]) -> list[Kept[R]]:
        found = await fetch(self.view, an_entity, self.scope, lambda root: root.c.key.in_(keys))
        by_key = {kept.key: kept for kept in found}
        return [by_key[key] for key in keys]

    def _outside(self, an_entity: Entity[Any], kept: Kept[Any]) -> Exported:
        """The record as a bundle has it; a seat needs a key there only if something refers to it."""
        record, collection = self.names.outside(kept.record), an_entity.collection
        if collection not in RENAMED:
            return Exported(key=kept.key, record=record)
        known = (collection, kept.key) in self.names.called or kept.key in self._named_seats
        called = self.names.outside_key(collection, kept.key) if collection == "people" or known else None
        return Exported(key=kept.key, record=record.model_copy(update={an_entity.record.key_field: called}))


async def begin_export(view: View, scope: Scope) -> Export:
    """Prepare to export what `scope` sees."""
    names = await BundleNames.load(view, scope.as_of)
    return Export(view, scope, names, frozenset(await _named_seats(view, scope)))


async def _named_seats(view: View, scope: Scope) -> set[str]:
    """The keys of the seats that a record refers to."""
    found: set[str] = set()
    for an_entity in ENTITIES:
        for referring in references(an_entity):
            if referring.mark == Ref("seats"):
                table = as_of(referring.table, scope.as_of)
                root = as_of(an_entity.table, scope.as_of)
                mine = table.c.root == root.c.key if "root" in table.c else table.c.key == root.c.key
                query = select(table.c[referring.column]).join(root, mine).where(visible(root, scope)).distinct()
                found |= {key for key in (await view.connection.execute(query)).scalars() if key}
    return found


async def export_bundle(view: View, scope: Scope, now: datetime) -> Bundle | None:
    """The whole register as a bundle in memory, as `scope` sees it (at its `as_of`); None if there is none yet."""
    export = await begin_export(view, scope)
    head = await export.head(now)
    if head is None:
        return None
    lists: dict[str, list[Record]] = {name: [] for name in LISTS}
    async for some in export.records():
        lists[some[0].record.collection] += [exported.record for exported in some]
    return Bundle(
        exported_at=head.exported_at,
        counters=dict(head.counters),
        cooperation=head.cooperation,
        **{name: tuple(records) for name, records in lists.items()},  # type: ignore[arg-type]
    )
