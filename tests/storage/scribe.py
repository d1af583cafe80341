"""Somebody who writes into a register, one operation after another, and looks at what is there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Table, select

from storage.cities.record import City
from storage.database import Connection, Database
from storage.decisions.record import Decision
from storage.derived import Due
from storage.history import Step, history
from storage.mapping import Entity
from storage.operations import Acting, CauseKind, Operation
from storage.projects.record import Project
from storage.records import fetch_one
from storage.register import BY_COLLECTION, ENTITIES
from storage.scope import unlimited
from storage.undo import Undone, undo
from storage.values import Record
from storage.view import Recall, View
from storage.work import Work

T = TypeVar("T")
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def project(key: str = "P-1", **fields: Any) -> Project:
    """A project of Munich."""
    values = {"id": key, "title": "Bauantrag", "phase": "pilot", "leads": [{"city": "M"}], **fields}
    return Project.model_validate(values)


def update(text: str, **fields: Any) -> dict[str, Any]:
    """A status of Munich."""
    return {"city": "M", "text": text, "by": "u1", "at": "2026-11-18T10:00:00+01:00", **fields}


def decision(key: str = "B-1", **fields: Any) -> Decision:
    """A decision that Munich and Nuremberg are to vote on."""
    values = {
        "id": key,
        "text": "Wir nutzen nach.",
        "kind": "substance",
        "binding": "recommendation",
        "mode": "majority",
        "electorate": ["M", "N"],
        "opened_on": "2026-11",
        "state": "open",
        **fields,
    }
    return Decision.model_validate(values)


def city(code: str = "M", **fields: Any) -> City:
    """A member city."""
    values = {"name": {"de": code, "en": code}, "kind": "city", "states": [{"state": "member", "from": "2019"}]}
    return City.model_validate({"code": code, **values, **fields})


def due_twice(record: Record) -> list[Due]:
    """A rule that finds the same moment twice: derived rows must not stumble over it."""
    return [Due(kind="review", at=START, part=type(record).__name__)] * 2


RULES: Mapping[str, Callable[[Any], list[Due]]] = {"projects": due_twice, "decisions": due_twice}


@dataclass(kw_only=True)
class Scribe:
    """Writes as `person`; every operation takes a second unless the clock is turned.

    Everything is read through one memory, as the running bot does: what it recalls must never be outdated.
    """

    database: Database
    now: datetime = START
    person: str | None = "u1"
    kind: CauseKind = CauseKind.EVENT
    written: list[Operation] = field(default_factory=list)
    recall: Recall = field(default_factory=Recall)

    async def write(self, body: Callable[[Work], Awaitable[T]], **acting: Any) -> T:
        """Run `body` in a transaction, as an operation of its own if it changes something."""
        self.now += timedelta(seconds=1)
        cause = f"$e{len(self.written)}"

        async def transaction(connection: Connection) -> tuple[T, Operation | None]:
            work = Work(connection, now=self.now, due_rules=RULES, recall=self.recall)
            facts = {"command": "test", "cause_kind": self.kind, "cause": cause, "person": self.person, **acting}
            work.act(Acting(**facts))
            return await body(work), work.recorded

        result, operation = await self.database.transact(transaction)
        if operation is not None:
            self.written.append(operation)
        return result

    async def put(self, *records: Record) -> Operation:
        """Write these records in one operation."""

        async def body(work: Work) -> None:
            for record in records:
                await work.put(BY_COLLECTION[record.collection], str(record.own_key()), record)

        await self.write(body)
        return self.written[-1]

    async def remove(self, collection: str, key: str) -> Operation:
        """Take a record away."""
        await self.write(lambda work: work.remove(BY_COLLECTION[collection], key))
        return self.written[-1]

    async def undo(self, operation: Operation) -> Undone:
        """Undo the operation. Raises BuiltUpon."""

        async def body(work: Work) -> Undone:
            work.undoing(operation)
            return await undo(work, operation)

        return await self.write(body)

    async def read(self, body: Callable[[View], Awaitable[T]]) -> T:
        """Run a query."""
        async with self.database.read() as connection:
            return await body(View(connection, self.recall))

    async def fetched(self, an_entity: Entity[Any], key: str, at: datetime | None = None) -> Any:
        """The record as it is, or was at the instant `at`; None if there is none."""
        kept = await self.read(lambda view: fetch_one(view, an_entity, unlimited(at), key))
        return None if kept is None else kept.record

    async def history(self, collection: str, key: str) -> tuple[Step, ...]:
        """The record's whole history."""
        steps = await self.read(lambda view: history(view, unlimited(), BY_COLLECTION[collection], key))
        assert steps is not None
        return steps

    async def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of the register as they are now, without their stamps."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        async with self.database.read() as connection:
            for table in (table for an_entity in ENTITIES for table in an_entity.tables()):
                query = select(*(table.current.c[n] for n in table.columns)).order_by(table.current.c.key)
                rows = [tuple(row) for row in await connection.execute(query)]
                found |= {table.name: rows} if rows else {}
        return found

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of one table, in the order of its key."""
        async with self.database.read() as connection:
            rows = await connection.execute(select(table).order_by(*table.primary_key))
            return [dict(row._mapping) for row in rows]
