"""The homeserver: whether it answers, what it speaks, and whether its clock and ours agree."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.app import ACCOUNT
from bot.doctor.finding import Finding, Patient, fail, ok
from bot.matrix import wire
from bot.matrix.errors import MatrixError
from bot.matrix.wire import Wire
from storage.backlog import Sent, newest_sent

CLOCKS_MAY_DIFFER = timedelta(seconds=30)
_PATIENCE = aiohttp.ClientTimeout(total=15)
_SENT_LOOKED_AT = 5
_SYNCHRONISE = "timedatectl set-ntp true   (on the machine whose clock is wrong)"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the homeserver said of itself, and how far its clock is ahead of ours, if it told the time."""

    versions: tuple[str, ...]
    software: str
    ahead: timedelta | None


async def examine_homeserver(patient: Patient) -> AsyncIterator[Finding]:
    """Reach it without a login."""
    address = patient.settings.matrix.homeserver
    try:
        answer = await _ask(patient, address)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        mend = f"check [matrix] homeserver and the network: curl {address}/_matrix/client/versions"
        yield fail("homeserver", f"{address} cannot be reached ({type(error).__name__})", mend)
        return
    detail = f"{address}, {answer.software or 'software unknown'}, Matrix {', '.join(answer.versions[-1:])}"
    if any(version.startswith("v1.") for version in answer.versions):
        yield ok("homeserver", detail)
    else:
        yield fail("homeserver", f"{detail}: too old, v1.1 is needed", "update the homeserver")
    if answer.ahead is not None:
        yield _clock("clock", answer.ahead)


async def _ask(patient: Patient, address: str) -> Answer:
    async with aiohttp.ClientSession(trust_env=True, timeout=_PATIENCE) as http:
        began = patient.now()
        async with http.get(f"{address}/_matrix/client/versions", raise_for_status=True) as response:
            halfway = began + (patient.now() - began) / 2
            found = await response.json(content_type=None)
            versions = found.get("versions", []) if isinstance(found, dict) else []
            return Answer(
                versions=tuple(map(str, versions)),
                software=response.headers.get("Server", ""),
                ahead=_ahead(response.headers, halfway),
            )


def _ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    try:
        told = parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return None
    # The header's whole seconds lie half a second back on average.
    return told.astimezone(UTC) + timedelta(seconds=0.5) - now


def _clock(name: str, ahead: timedelta) -> Finding:
    seconds = abs(ahead.total_seconds())
    side = "ahead of" if ahead > timedelta(0) else "behind"
    detail = (
        f"the homeserver's clock is {seconds:.0f} s {side} ours" if seconds >= 1 else "agrees with the homeserver's"
    )
    return fail(name, detail, _SYNCHRONISE) if abs(ahead) > CLOCKS_MAY_DIFFER else ok(name, detail)


async def examine_stamps(patient: Patient, line: Wire) -> Finding:
    """Compare our clock with the homeserver's stamps on what we sent: the header may come from a proxy's clock.

    Of a few messages the best counts: one whose answer was lost is noted as sent only when it was sent again.
    """
    async with patient.database.read() as connection:
        sent = await newest_sent(connection, ACCOUNT, most=_SENT_LOOKED_AT)
    best: timedelta | None = None
    for one in sent:
        ahead = await _stamped_ahead(line, one)
        if ahead is not None and (best is None or abs(ahead) < abs(best)):
            best = ahead
        if best is not None and abs(best) <= CLOCKS_MAY_DIFFER:
            break
    if best is None:
        return ok("event clock", "nothing was sent yet that could be compared")
    return _clock("event clock", best)


async def _stamped_ahead(line: Wire, sent: Sent) -> timedelta | None:
    try:
        event = await line.request("GET", wire.path("rooms", sent.room, "event", sent.event))
    except MatrixError:
        # A room that we have left shows us nothing any more.
        return None
    stamp: Any = event.get("origin_server_ts")
    return datetime.fromtimestamp(stamp / 1000, UTC) - sent.at if isinstance(stamp, int) else None
