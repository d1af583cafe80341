"""Forgetting what is not needed any more: after its time each trace goes, a few rows at once, official acts never."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Delete, Table, Update, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.erasure import NOBODY
from storage.inbox import INBOX, InboxState
from storage.incidents import INCIDENT
from storage.matrix.tables import TOLD, UNDECRYPTED, WITHHELD
from storage.outbox import OUTBOX, OutboxState
from storage.prompts import PROMPT


@dataclass(frozen=True, kw_only=True)
class Periods:
    """How long traces are kept.

    `senders`: who sent a handled message; `failures`: a message that could not be handled; `shown`: which record a
    message of ours showed; `incidents`: those reported; `unreadable`: what is known of messages that were not read.
    """

    senders: timedelta
    failures: timedelta
    shown: timedelta
    incidents: timedelta
    unreadable: timedelta


@dataclass(frozen=True, kw_only=True)
class _Job:
    """The rows of a table whose time is over, and what is left of them: nothing, or what `keeping` says."""

    table: Table
    over: ColumnElement[bool]
    keeping: dict[str, str | None] | None = None

    def of(self, some: ColumnElement[bool]) -> Update | Delete:
        changes = self.keeping
        return delete(self.table).where(some) if changes is None else update(self.table).where(some).values(changes)


async def forget_some(connection: AsyncConnection, periods: Periods, now: datetime, *, most: int) -> int:
    """Forget up to so many rows of each kind whose time is over at `now`; returns how many there were."""
    forgotten = 0
    for job in _jobs(periods, now):
        key = next(iter(job.table.primary_key)) if len(job.table.primary_key) == 1 else None
        if key is None:
            # What the account knows of others' messages is never much: it is limited where it is written.
            forgotten += (await connection.execute(job.of(job.over))).rowcount
            continue
        numbers = (await connection.execute(select(key).where(job.over).order_by(key).limit(most))).scalars().all()
        if numbers:
            await connection.execute(job.of(key.in_(numbers)))
            forgotten += len(numbers)
    return forgotten


def _jobs(periods: Periods, now: datetime) -> Iterator[_Job]:
    done, parked = INBOX.c.state == InboxState.DONE.value, INBOX.c.state == InboxState.PARKED.value
    known = INBOX.c.sender != NOBODY
    # The row itself stays: an event is handled once, whenever the homeserver sends it again.
    nobody: dict[str, str | None] = {"sender": NOBODY, "body": None}
    yield _Job(table=INBOX, over=done & known & (INBOX.c.received <= now - periods.senders), keeping=nobody)
    yield _Job(table=INBOX, over=parked & known & (INBOX.c.received <= now - periods.failures), keeping=nobody)
    # The row stays here as well: its transaction id and its event id must never be used again.
    gone = OUTBOX.c.state != OutboxState.QUEUED.value
    told = or_(OUTBOX.c.about.is_not(None), OUTBOX.c.late.is_not(None))
    blank: dict[str, str | None] = {"about": None, "shown": None, "late": None}
    yield _Job(table=OUTBOX, over=gone & told & (OUTBOX.c.created <= now - periods.shown), keeping=blank)
    reported = INCIDENT.c.reported.is_not(None)
    yield _Job(table=INCIDENT, over=reported & (INCIDENT.c.last <= now - periods.incidents))
    yield _Job(table=PROMPT, over=PROMPT.c.expires <= now)
    for column in (UNDECRYPTED.c.at, WITHHELD.c.at, TOLD.c.at):
        yield _Job(table=column.table, over=column <= now - periods.unreadable)
