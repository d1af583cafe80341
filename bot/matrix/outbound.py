"""Sending: outbox rows become events, one after another, in order within a room and at the homeserver's pace."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NoReturn

import structlog

from bot.matrix.errors import RateLimited, Refused, Unreachable
from bot.matrix.render import MARKER, preceded, replacing
from bot.matrix.rooms import Room
from bot.matrix.session import Session
from storage.database import Connection
from storage.incidents import IncidentKind, record_incident
from storage.outbox import (
    Sending,
    Turn,
    mark_delayed,
    mark_sent,
    mark_undeliverable,
    newest,
    next_attempt_at,
    next_sending,
    sending,
)

LATE_AFTER = timedelta(minutes=15)
"""A message that goes out this long after it was written says so."""
MEMORY = timedelta(hours=12)
"""How long a transaction id is relied on: homeservers forget them, Synapse after a day."""
_CLOCKS_DIFFER = timedelta(hours=1)
_LONGEST_DELAY = timedelta(seconds=60)
_FAILING_ROOMS = 3
"""If messages to so many rooms fail, and none goes in between, it is not the rooms' failure, but the homeserver's."""
_NOT_IN_ROOM, _NOTHING_TO_EDIT = "STADTBOTE_NOT_IN_ROOM", "STADTBOTE_NOTHING_TO_EDIT"

log = structlog.get_logger(__name__)


async def step(session: Session) -> bool:
    """Send what is due now, one message, and note what became of it; False if nothing is due.

    What cannot be sent now is put off without waiting here: for its own room if the homeserver did not answer, for
    all rooms if it asked us to be quiet or fails again and again. What it refuses for good is set aside and reported.
    Raises Unauthorized.
    """
    if session.quiet_until is not None and session.now() < session.quiet_until:
        return False
    turn = await _begun(session)
    if turn is None:
        return False
    await _deliver(session, turn)
    return True


async def _begun(session: Session) -> Turn | None:
    """The message whose turn it is; from now on it stays as it is.

    It is read while no change is under way: whoever changes what is queued either has done so before, and that is
    read here, or sees that it is too late.
    """
    underway, account = session.underway, session.account.name
    async with session.database.read_undisturbed() as connection:
        if underway.inherited is None:
            underway.inherited = await newest(connection)
        turn = await next_sending(connection, account, session.now(), underway.turns)
        if turn is not None:
            underway.begin(turn.message.id)
    return turn


async def _deliver(session: Session, turn: Turn) -> None:
    message = turn.message
    facts = {"room": message.room, "outbox": message.id, "attempts": message.attempts}
    try:
        event = await _send(session, message)
    except RateLimited as error:
        # It did not go, and the room keeps its turn.
        session.underway.end()
        session.quiet_until = session.now() + error.retry_after
        log.info("slowed_down", seconds=error.retry_after.total_seconds())
        return
    except Unreachable as error:
        log.warning("message_delayed", **facts, error=str(error))
        await _delay(session, message)
    except Refused as error:
        log.warning("message_undeliverable", **facts, errcode=error.errcode, status=error.status)
        await _set_aside(session, message, error.errcode)
    else:
        await _note(session, lambda connection: mark_sent(connection, message.id, event, session.now()))
        session.underway.has_sent()
    session.underway.end(turn)


async def _delay(session: Session, message: Sending) -> None:
    later = session.now() + _pause(message.attempts)
    await _note(session, lambda connection: mark_delayed(connection, message.id, later))
    session.underway.failing.add(message.room)
    if len(session.underway.failing) >= _FAILING_ROOMS:
        session.quiet_until = session.now() + _pause(session.underway.pauses)
        session.underway.pauses += 1


def _pause(failures: int) -> timedelta:
    return min(_LONGEST_DELAY, timedelta(seconds=2 ** min(failures, 6)))


async def _set_aside(session: Session, message: Sending, errcode: str) -> None:
    facts = {"room": message.room, "errcode": errcode}

    async def change(connection: Connection) -> None:
        await mark_undeliverable(connection, message.id, session.now())
        if _is_news(session, message, errcode):
            await record_incident(connection, IncidentKind.UNDELIVERABLE, message.txn, facts, session.now())

    await _note(session, change)


def _is_news(session: Session, message: Sending, errcode: str) -> bool:
    """Whether administration needs to know: not of an edit whose message was reported, nor of a room that we were in.

    Being removed from a room is reported when it happens, and leaving one was meant.
    """
    known = errcode == _NOT_IN_ROOM and session.rooms.get(message.room) is not None
    return not known and errcode != _NOTHING_TO_EDIT


async def _send(session: Session, message: Sending) -> str:
    """Send the message, or find that it was sent, and give its event."""
    room = session.rooms.get(message.room)
    if room is None or not room.joined:
        # Whether it would have to be encrypted is not known either.
        raise Refused(status=0, errcode=_NOT_IN_ROOM)
    return await _sent_before(session, message) or await _sent_now(session, room, message)


async def _sent_before(session: Session, message: Sending) -> str | None:
    """The event of a message that may have gone, where sending it again would make a second one of it."""
    if not session.underway.may_have_gone(message):
        return None
    by_another_device = session.began is not None and message.created <= session.began
    if not by_another_device and session.now() - message.created <= MEMORY:
        return None
    return await session.sent_as(message.room, message.txn, since=message.created - _CLOCKS_DIFFER)


async def _sent_now(session: Session, room: Room, message: Sending) -> str:
    try:
        return await session.send(room, message.type, await _content(session, message), message.txn)
    except Refused as error:
        if error.of_the_account:
            # It is not the message that was refused: it may go once that is lifted.
            raise Unreachable(reason=error.errcode, status=error.status) from error
        raise


async def _content(session: Session, message: Sending) -> dict[str, Any]:
    original = None if message.replaces is None else await _original(session, message.replaces)
    content = message.content
    # An edit of a message that was on time says nothing: people see when that was.
    if message.late and _is_late(session, message) and (original is None or _is_late(session, original)):
        content = preceded(content, message.late)
    content = content | {MARKER: message.txn}
    return content if original is None or original.event is None else replacing(content, original.event)


def _is_late(session: Session, message: Sending) -> bool:
    return (message.sent or session.now()) - message.created >= LATE_AFTER


async def _original(session: Session, number: int) -> Sending:
    """The earlier row of the same room that an edit is of; it went before, if it went at all."""
    async with session.database.read() as connection:
        earlier = await sending(connection, number)
    if earlier is None or earlier.event is None:
        raise Refused(status=0, errcode=_NOTHING_TO_EDIT)
    return earlier


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
        due = await next_attempt_at(connection, session.account.name, session.now())
    if due is not None and session.quiet_until is not None:
        due = max(due, session.quiet_until)
    seconds = None if due is None else (due - session.now()).total_seconds()
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
