"""Incidents: what went wrong and needs a person, kept until administration has been told."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, Integer, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, LONG, InstantColumn
from storage.schema import metadata

AGAIN_AFTER = timedelta(days=1)
"""How long the same incident of the same thing is only counted, and not reported once more."""
MOST = 5_000
"""So many are kept, the newest: strangers can cause some, by inviting the bot into room after room."""


class IncidentKind(StrEnum):
    """What happened. The facts of each kind are named in its text; they are ids and codes, never what people wrote."""

    HANDLING_FAILED = "handling_failed"
    UNDELIVERABLE = "undeliverable"
    INVITATION_DECLINED = "invitation_declined"
    IDENTITY_CHANGED = "identity_changed"
    REMOVED_FROM_ROOM = "removed_from_room"
    MOVE_NOT_FOLLOWED = "move_not_followed"
    SUCCESSOR_SHUT = "successor_shut"
    NOT_RECEIVED = "not_received"


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Something that went wrong with `subject` (an event, a room, a user) `count` times from `first` to `last`.

    `reference` links the report to the log.
    """

    id: int
    kind: IncidentKind
    subject: str
    facts: Mapping[str, str]
    reference: str
    count: int
    first: datetime
    last: datetime


INCIDENT = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", KEY, nullable=False),
    Column("subject", KEY, nullable=False),
    Column("facts", LONG, nullable=False),
    Column("reference", KEY, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first", InstantColumn, nullable=False),
    Column("last", InstantColumn, nullable=False),
    Column("reported", InstantColumn),
    Index("ix_incident_subject", "kind", "subject", "first"),
    Index("ix_incident_reported", "reported", "id"),
    sqlite_autoincrement=True,
)


def reference_of(subject: str) -> str:
    """The number that links what a person is told to the log: eight characters that only this subject leads to."""
    return hashlib.sha256(subject.encode()).hexdigest()[:8].upper()


async def record_incident(
    connection: AsyncConnection, kind: IncidentKind, subject: str, facts: Mapping[str, str], now: datetime
) -> str:
    """Note that something went wrong and return its reference; within a day of the first time it is only counted."""
    same = (INCIDENT.c.kind == kind.value) & (INCIDENT.c.subject == subject) & (INCIDENT.c.first > now - AGAIN_AFTER)
    known = (await connection.execute(select(INCIDENT.c.id).where(same).limit(1))).scalar_one_or_none()
    reference = reference_of(subject)
    if known is not None:
        counted = {"count": INCIDENT.c.count + 1, "last": now, "facts": json.dumps(dict(facts))}
        await connection.execute(update(INCIDENT).where(INCIDENT.c.id == known).values(counted))
        return reference
    values = {
        "kind": kind.value,
        "subject": subject,
        "facts": json.dumps(dict(facts)),
        "reference": reference,
        "count": 1,
        "first": now,
        "last": now,
    }
    number = (await connection.execute(insert(INCIDENT).values(values).returning(INCIDENT.c.id))).scalar_one()
    await connection.execute(delete(INCIDENT).where(INCIDENT.c.id <= number - MOST))
    return reference


async def was_recorded(connection: AsyncConnection, kind: IncidentKind, subject: str) -> bool:
    """Whether this was noted before, however long ago, as far as incidents are kept."""
    same = (INCIDENT.c.kind == kind.value) & (INCIDENT.c.subject == subject)
    return (await connection.execute(select(INCIDENT.c.id).where(same).limit(1))).first() is not None


async def unreported(connection: AsyncConnection, *, most: int) -> tuple[Incident, ...]:
    """The oldest incidents that administration has not been told of, at most so many."""
    columns = [column for column in INCIDENT.c if column.name != "reported"]
    query = select(*columns).where(INCIDENT.c.reported.is_(None)).order_by(INCIDENT.c.id).limit(most)
    return tuple(_incident(dict(row._mapping)) for row in await connection.execute(query))


def _incident(row: dict[str, Any]) -> Incident:
    return Incident(**(row | {"kind": IncidentKind(row["kind"]), "facts": json.loads(row["facts"])}))


async def mark_reported(connection: AsyncConnection, incident: Incident, now: datetime) -> None:
    """Administration is told with the change this belongs to."""
    await connection.execute(update(INCIDENT).where(INCIDENT.c.id == incident.id).values(reported=now))
