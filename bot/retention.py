"""The retention periods of the configuration, kept: once a day what is not needed any more is forgotten."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import structlog

from bot.config import RetentionSettings
from storage.database import Database
from storage.retention import Periods, forget_some

EVERY = timedelta(days=1)
MOST = 500
"""As many rows of a kind go in one transaction: in between messages are handled."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Forgets what has had its time; `database` holds the lease, so that only the running bot does it."""

    database: Database
    periods: Periods

    async def step(self, now: datetime) -> bool:
        """Forget some of what is over at `now`; False if nothing was."""
        forgotten = await self.database.transact(
            lambda connection: forget_some(connection, self.periods, now, most=MOST)
        )
        if forgotten:
            log.info("forgotten", rows=forgotten)
        return forgotten > 0


def periods(settings: RetentionSettings) -> Periods:
    """The periods as configured, in days."""
    return Periods(
        senders=timedelta(days=settings.senders),
        failures=timedelta(days=settings.failures),
        shown=timedelta(days=settings.shown),
        incidents=timedelta(days=settings.incidents),
        unreadable=timedelta(days=settings.unreadable),
    )


async def run(retention: Retention, now: Callable[[], datetime]) -> NoReturn:
    """Forget for ever: at the start, and then once a day."""
    while True:
        more = await retention.step(now())
        # Each step is a transaction of its own: messages are handled in between.
        await asyncio.sleep(0 if more else EVERY.total_seconds())
