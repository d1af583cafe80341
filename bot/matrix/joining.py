"""Joining: invitations are answered and rooms that continue ours are entered, while receiving and sending go on."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import NoReturn

import structlog

from bot.matrix.errors import MatrixError, RateLimited, Refused, Unauthorized, Unreachable
from bot.matrix.login import server_of
from bot.matrix.rooms import Answer, Room, Tombstone
from bot.matrix.session import PATIENCE_WITH_OTHERS, Session
from storage.database import Connection
from storage.incidents import IncidentKind, record_incident, was_recorded

_LOOK_AGAIN = 5.0
"""Seconds after which doors that stayed shut are tried again, if they are not to be left alone any longer."""
_FIRST_PATIENCE = timedelta(seconds=5)
_MOST_DOUBLINGS = 10
_MOST_ON_THE_WAY = 4

log = structlog.get_logger(__name__)


async def run(session: Session, *, pause: Callable[[RateLimited], float] | None = None) -> NoReturn:
    """Join for ever, one room after another: over federation that takes minutes. Woken by `session.knocked`.

    `pause` gives the seconds to wait where the homeserver asks us to be slower. Only Unauthorized is raised.
    """
    while True:
        session.knocked.clear()
        try:
            while await step(session):
                pass
        except RateLimited as error:
            seconds = (pause or _asked_for)(error)
            log.info("joining_slowed_down", seconds=seconds)
            await asyncio.sleep(seconds)
        else:
            await _rest(session)


def _asked_for(error: RateLimited) -> float:
    return max(error.retry_after.total_seconds(), 1.0)


async def _rest(session: Session) -> None:
    waits = session.rooms.invitations() or session.rooms.successors()
    try:
        async with asyncio.timeout(_LOOK_AGAIN if waits else None):
            await session.knocked.wait()
    except TimeoutError:
        return


async def step(session: Session) -> bool:
    """Answer one invitation, or try to enter one room that continues one of ours; False if nothing is to be done now.

    What does not succeed is left alone for a while. The joining itself is not noted here: it comes with the next
    synchronisation, and is greeted then. Raises Unauthorized, RateLimited.
    """
    for room in session.rooms.invitations():
        if not session.is_left_alone(room.id):
            await _answer(session, room)
            return True
    for old, successor in session.rooms.successors():
        if not session.is_left_alone(_way(successor)):
            await _follow(session, old, successor)
            return True
    return False


def _way(successor: str) -> str:
    # Apart from the room itself: an invitation to it is answered at once, however lately its door was shut.
    return f"the way to {successor}"


async def _answer(session: Session, room: Room) -> None:
    inviter = room.invited_by or ""
    # Whoever may move a room of ours may invite us to the new one.
    accepted = session.account.may_invite(inviter) or session.rooms.continuing(room.id) is not None
    facts = {"room": room.id, "inviter": inviter, "accepted": accepted}
    try:
        await (session.join(room.id, via=[server_of(inviter)]) if accepted else _decline(session, room.id, inviter))
    except (Unauthorized, RateLimited):
        raise
    except MatrixError as error:
        if error.passes:
            session.leave_alone([room.id], _patience(session, room.id))
            log.warning("invitation_waits", **facts, error=str(error))
            return
        log.warning("invitation_void", **facts, error=str(error))
        accepted = False
    else:
        log.info("invitation_answered", **facts)
    session.unanswered.pop(room.id, None)
    room.answered(Answer.ACCEPTED if accepted else Answer.DECLINED)


def _patience(session: Session, room: str) -> timedelta:
    """How long until the next attempt: whoever invites us waits in front of a screen, so soon at first."""
    doublings = min(session.unanswered[room], _MOST_DOUBLINGS)
    session.unanswered[room] += 1
    return min(PATIENCE_WITH_OTHERS, _FIRST_PATIENCE * float(2**doublings))


async def _decline(session: Session, room: str, inviter: str) -> None:
    facts = {"room": room, "inviter": inviter}
    # Noted first: once it is declined, nothing shows any more that there was an invitation.
    await session.database.transact(
        lambda connection: record_incident(connection, IncidentKind.INVITATION_DECLINED, room, facts, session.now())
    )
    await session.leave(room)


async def _follow(session: Session, old: Room, successor: str) -> None:
    facts = {"room": old.id, "successor": successor}
    try:
        await session.join(successor, via=_servers(old))
    except (Refused, Unreachable) as error:
        # Where only invited people may enter, somebody must invite us.
        log.warning("successor_shut", **facts, error=str(error))
        if not error.passes and old.tombstone is not None:
            await _report_shut(session, old, old.tombstone)
    else:
        log.info("successor_entered", **facts)
    session.leave_alone([_way(successor)])


async def _report_shut(session: Session, old: Room, tombstone: Tombstone) -> None:
    """Tell administration, once for each room that continues one of ours, however often it is tried."""
    facts = {"room": old.id, "by": tombstone.sender}

    async def report(connection: Connection) -> None:
        new = tombstone.successor
        if not await was_recorded(connection, IncidentKind.SUCCESSOR_SHUT, new):
            await record_incident(connection, IncidentKind.SUCCESSOR_SHUT, new, facts, session.now())

    await session.database.transact(report)


def _servers(old: Room) -> list[str]:
    """Homeservers that may help us into the room that continues `old`: its mover's, then those of its members."""
    mover = old.tombstone
    users = ([mover.sender] if mover else []) + sorted(old.members)
    return list(islice(dict.fromkeys(server_of(user) for user in users), _MOST_ON_THE_WAY))
