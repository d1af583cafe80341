"""What people and seats are called in bundles: inside they have keys of ours."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, partial
from typing import TypeVar

from sqlalchemy import Column, Table, UniqueConstraint, insert, select

from storage.columns import KEY, InstantColumn
from storage.schema import metadata
from storage.values import Record, map_refs, may_refer
from storage.view import View
from storage.work import Work

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


@cache
def _renamed(model: type[Record]) -> tuple[str, ...]:
    """The lists whose records have other names here and that `model` refers to."""
    return tuple(collection for collection in RENAMED if may_refer(model, collection))


class BundleNames:
    """What people and seats are called in bundles, both ways."""

    def __init__(self, keys: dict[tuple[str, str], str]) -> None:
        self.keys = keys
        self.called = {(collection, key): called for (collection, called), key in keys.items()}

    @classmethod
    async def load(cls, view: View, at: datetime | None) -> "BundleNames":
        """The names as they were at the instant `at`; None means now."""
        query = select(BUNDLE_KEY) if at is None else select(BUNDLE_KEY).where(BUNDLE_KEY.c.since <= at)
        rows = (await view.connection.execute(query)).all()
        return cls({(r._mapping["collection"], r._mapping["called"]): r._mapping["key"] for r in rows})

    def call(self, collection: str, key: str, called: str) -> None:
        """Bundles call the record `key` by this name from now on."""
        self.keys[collection, called] = key
        self.called[collection, key] = called

    def inside(self, record: R) -> R:
        """The record with our keys for people and seats."""
        for collection in _renamed(type(record)):
            record = map_refs(record, collection, partial(self._inside_key, collection))
        return record

    def _inside_key(self, collection: str, called: str) -> str:
        return self.keys[collection, called]

    def outside(self, record: R) -> R:
        """The record as a bundle calls people and seats."""
        for collection in _renamed(type(record)):
            record = map_refs(record, collection, partial(self.outside_key, collection))
        return record

    def outside_key(self, collection: str, key: str) -> str:
        """What bundles call the record; one made in chat keeps our key there, unless another is called so."""
        called = self.called.get((collection, key), key)
        while self.keys.get((collection, called), key) != key:
            called += "x"
        return called


async def remember_names(work: Work, named: Iterable[tuple[str, str, str]]) -> None:
    """Remember names that bundles have for records: the list, the key here, the name there."""
    since = (await work.operation()).at
    rows = [{"collection": of, "key": key, "called": called, "since": since} for of, key, called in named]
    await work.connection.execute(insert(BUNDLE_KEY), rows)
