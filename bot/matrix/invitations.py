"""Answers to invitations: the bot joins where those invite it who may, and declines elsewhere."""

import structlog

from bot.matrix.errors import MatrixError, Refused, Unauthorized
from bot.matrix.rooms import Room
from bot.matrix.session import Session

log = structlog.get_logger(__name__)


async def answer_invitations(session: Session) -> None:
    """Answer every invitation that waits; what cannot be answered now is tried again after a while.

    The join itself is not noted here: it comes with the next synchronisation, and is greeted then.
    """
    for room in session.rooms.invitations():
        if not session.is_left_alone(room.id):
            await _answer(session, room)


async def _answer(session: Session, room: Room) -> None:
    accepted = session.account.may_invite(room.invited_by or "")
    facts = {"room": room.id, "inviter": room.invited_by, "accepted": accepted}
    try:
        await (session.join(room.id) if accepted else session.leave(room.id))
    except Unauthorized:
        raise
    except Refused as error:
        log.warning("invitation_void", **facts, errcode=error.errcode)
    except MatrixError as error:
        # Joining over federation may take long, or fail for a while: nothing else shall wait for it.
        session.leave_alone([room.id])
        log.warning("invitation_waits", **facts, error=str(error))
        return
    else:
        log.info("invitation_answered", **facts)
    room.we_are("leave")
