"""The fingerprint on the bot's profile, for clients that show what a profile says (m.profile_fields, MSC4133)."""

import structlog

from bot.matrix import wire
from bot.matrix.errors import MatrixError, Refused, Unauthorized
from bot.matrix.ids import mapping
from bot.matrix.session import Session

FIELD = "de.stadtbote.fingerprint"

log = structlog.get_logger(__name__)


async def show_fingerprint(session: Session, fingerprint: str) -> None:
    """Have the profile say the fingerprint, unless it does already or the homeserver has no such fields.

    It is a courtesy: what goes wrong is logged, and the next start tries again. Raises only Unauthorized.
    """
    try:
        if await _may_set_it(session) and await _shown(session) != fingerprint:
            await session.wire.request("PUT", _where(session), body={FIELD: fingerprint})
    except Unauthorized:
        raise
    except MatrixError as error:
        log.warning("profile_not_set", error=str(error))


async def _may_set_it(session: Session) -> bool:
    answer = await session.wire.request("GET", wire.path("capabilities"))
    can = mapping(mapping(answer.get("capabilities")).get("m.profile_fields"))
    allowed, disallowed = can.get("allowed"), can.get("disallowed")
    if isinstance(allowed, list) and FIELD not in allowed:
        return False
    return can.get("enabled") is True and not (isinstance(disallowed, list) and FIELD in disallowed)


async def _shown(session: Session) -> object:
    try:
        answer = await session.wire.request("GET", _where(session))
    except Refused as error:
        if error.status != 404:
            raise
        return None
    return answer.get(FIELD)


def _where(session: Session) -> str:
    return wire.path("profile", session.me, FIELD)
