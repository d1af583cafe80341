"""Sending: outbox rows become events, one after another, in order within a room and at the homeserver's pace."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NoReturn

import structlog

from bot.matrix.errors import RateLimited, Refused, Unreachable
from bot.matrix.render import MARKER, replacing
from bot.matrix.session import Session
from storage.database import Connection
from storage.outbox import (
    Sending,
    mark_delayed,
    mark_sent,
    mark_undeliverable,
    next_attempt_at,
    next_sendings,
    sending,
)

_LONGEST_DELAY = timedelta(seconds=60)
_SHORTEST_REST = 1.0

log = structlog.get_logger(__name__)


async def step(session: Session) -> bool:
    """Send what is due now, one message, and note what became of it; False if nothing is due.

    What cannot be sent now is put off without waiting here: for its own room if the homeserver did not answer, for
    all rooms if it asked us to be quiet. What it refuses for good is set aside. Raises Unauthorized.
    """
    if session.quiet_until is not None and session.now() < session.quiet_until:
        return False
    async with session.database.read() as connection:
        due = await next_sendings(connection, session.account.name, session.now())
    if not due:
        return False
    await _deliver(session, due[0])
    return True


async def _deliver(session: Session, message: Sending) -> None:
    facts = {"room": message.room, "outbox": message.id, "attempts": message.attempts}
    try:
        event = await _send(session, message)
    except RateLimited as error:
        session.quiet_until = session.now() + error.retry_after
        log.info("slowed_down", seconds=error.retry_after.total_seconds())
    except Unreachable as error:
        later = session.now() + _delay(message.attempts)
        log.warning("message_delayed", **facts, error=str(error))
        await _note(session, lambda connection: mark_delayed(connection, message.id, later))
    except Refused as error:
        log.warning("message_undeliverable", **facts, errcode=error.errcode, status=error.status)
        await _note(session, lambda connection: mark_undeliverable(connection, message.id, session.now()))
    else:
        await _note(session, lambda connection: mark_sent(connection, message.id, event, session.now()))


async def _send(session: Session, message: Sending) -> str:
    room = session.rooms.get(message.room)
    if room is None or not room.joined:
        # Whether it would have to be encrypted is not known either.
        raise Refused(status=0, errcode="STADTBOTE_NOT_IN_ROOM")
    content = message.content | {MARKER: message.txn}
    if message.replaces is not None:
        content = replacing(content, await _event_of(session, message.replaces))
    return await session.send(room, message.type, content, message.txn)


async def _event_of(session: Session, number: int) -> str:
    """The event an earlier row of the same room became; it went before, if it went at all."""
    async with session.database.read() as connection:
        earlier = await sending(connection, number)
    if earlier is None or earlier.event is None:
        raise Refused(status=0, errcode="STADTBOTE_NOTHING_TO_EDIT")
    return earlier.event


def _delay(attempts: int) -> timedelta:
    return min(_LONGEST_DELAY, timedelta(seconds=2 ** min(attempts, 6)))


async def _note(session: Session, change: Callable[[Connection], Awaitable[None]]) -> None:
    await session.database.transact(change)


async def run(session: Session, wake: asyncio.Event) -> NoReturn:
    """Send for ever: all that is due, then rest until `wake` is set or the next attempt is due. Raises Unauthorized."""
    while True:
        wake.clear()
        while await step(session):
            pass
        await _rest(session, wake)


async def _rest(session: Session, wake: asyncio.Event) -> None:
    async with session.database.read() as connection:
        due = await next_attempt_at(connection, session.account.name)
    if due is not None and session.quiet_until is not None:
        due = max(due, session.quiet_until)
    # A message behind a delayed one of its room seems due although it is not: never hurry.
    seconds = None if due is None else max((due - session.now()).total_seconds(), _SHORTEST_REST)
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
