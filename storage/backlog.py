"""The backlog: how much waits to be handled and to be sent, and since when, without reading what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.inbox import INBOX, InboxState
from storage.incidents import INCIDENT
from storage.matrix.tables import UNDECRYPTED, WITHHELD
from storage.outbox import OUTBOX, OutboxState, Urgency

_WAITING = INBOX.c.state == InboxState.NEW.value
_QUEUED = OUTBOX.c.state == OutboxState.QUEUED.value


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits now.

    `waiting` events are in the inbox, `parked` ones failed repeatedly and were set aside. `queued` are messages in the
    outbox by urgency, `undeliverable` ones the homeserver refused. `undecrypted` events lack their room key, `withheld`
    room keys are refused to us. `incidents` were noted since the beginning, `unreported` ones administration has not
    been told of.
    """

    waiting: int
    parked: int
    undeliverable: int
    undecrypted: int
    withheld: int
    incidents: int
    unreported: int
    queued: Mapping[Urgency, int] = field(default_factory=dict)


async def backlog(connection: AsyncConnection, account: str) -> Backlog:
    """Count what waits for this account."""
    return Backlog(
        waiting=await _count(connection, select(func.count()).where(INBOX.c.account == account, _WAITING)),
        parked=await _count(connection, _of_state(account, InboxState.PARKED)),
        undeliverable=await _count(connection, _of_state(account, OutboxState.FAILED)),
        undecrypted=await _count(connection, select(func.count()).where(UNDECRYPTED.c.account == account)),
        withheld=await _count(connection, select(func.count()).where(WITHHELD.c.account == account)),
        # Rows are never removed and numbered in order, so that the last number is their count.
        incidents=await _count(connection, select(func.max(INCIDENT.c.id))),
        unreported=await _count(connection, select(func.count()).where(INCIDENT.c.reported.is_(None))),
        queued=await _queued(connection, account),
    )


def _of_state(account: str, state: InboxState | OutboxState) -> Select[Any]:
    table = INBOX if isinstance(state, InboxState) else OUTBOX
    return select(func.count()).where(table.c.account == account, table.c.state == state.value)


async def _count(connection: AsyncConnection, query: Select[Any]) -> int:
    number: int | None = (await connection.execute(query)).scalar_one()
    return number or 0


async def _queued(connection: AsyncConnection, account: str) -> dict[Urgency, int]:
    query = (
        select(OUTBOX.c.urgency, func.count()).where(OUTBOX.c.account == account, _QUEUED).group_by(OUTBOX.c.urgency)
    )
    found = {Urgency(urgency): number for urgency, number in await connection.execute(query)}
    return {urgency: found.get(urgency, 0) for urgency in Urgency}


async def oldest_waiting(connection: AsyncConnection, account: str) -> datetime | None:
    """Since when the oldest unhandled event has waited in the inbox, None if nothing waits."""
    oldest = select(func.min(INBOX.c.id)).where(INBOX.c.account == account, _WAITING).scalar_subquery()
    found: datetime | None = (
        await connection.execute(select(INBOX.c.received).where(INBOX.c.id == oldest))
    ).scalar_one_or_none()
    return found


async def oldest_queued(connection: AsyncConnection, account: str, now: datetime) -> datetime | None:
    """Since when the oldest message that should be out at `now` has waited in the outbox, None if none does.

    A message that was tried and put off counts; one that is meant for later does not.
    """
    meant_for_now = or_(OUTBOX.c.not_before <= now, OUTBOX.c.attempts > 0)
    oldest = select(func.min(OUTBOX.c.id)).where(OUTBOX.c.account == account, _QUEUED, meant_for_now).scalar_subquery()
    found: datetime | None = (
        await connection.execute(select(OUTBOX.c.created).where(OUTBOX.c.id == oldest))
    ).scalar_one_or_none()
    return found


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message that is out: its event, and when the homeserver's answer was noted here."""

    room: str
    event: str
    at: datetime


async def newest_sent(connection: AsyncConnection, account: str, *, most: int) -> tuple[Sent, ...]:
    """The messages sent last, the newest first, at most so many."""
    sent = (OUTBOX.c.account == account) & (OUTBOX.c.state == OutboxState.SENT.value) & OUTBOX.c.event.is_not(None)
    columns = (OUTBOX.c.room, OUTBOX.c.event, OUTBOX.c.sent.label("at"))
    rows = await connection.execute(select(*columns).where(sent).order_by(OUTBOX.c.id.desc()).limit(most))
    return tuple(Sent(**row._mapping) for row in rows)
