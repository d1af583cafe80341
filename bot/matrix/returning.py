"""Homeservers that were away are tried again, aside from everything else, and their people get the keys they missed."""

import asyncio
from typing import NoReturn

import structlog

from bot.matrix.errors import MatrixError, Unauthorized
from bot.matrix.session import Session

log = structlog.get_logger(__name__)


async def step(session: Session) -> bool:
    """Try one homeserver that is due, which may take ten seconds; False if none is due. Raises Unauthorized."""
    server = session.absences.due(session.now())
    if server is None:
        return False
    try:
        returned = await session.catch_up_with(server)
    except Unauthorized:
        raise
    except MatrixError as error:
        # It is our own homeserver that did not answer.
        session.absences.note([server], session.now())
        log.warning("catching_up_failed", server=server, error=str(error))
    else:
        log.info("server_tried_again", server=server, returned=returned)
    return True


async def run(session: Session) -> NoReturn:
    """Try them for ever, each when it is due, or when it shows life. Raises Unauthorized."""
    while True:
        session.stirred.clear()
        while await step(session):
            pass
        await _rest(session)


async def _rest(session: Session) -> None:
    due = session.absences.next_try()
    seconds = None if due is None else max((due - session.now()).total_seconds(), 0.0)
    try:
        async with asyncio.timeout(seconds):
            await session.stirred.wait()
    except TimeoutError:
        return
