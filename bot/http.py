"""The listener for health: /healthz says that the process runs, /readyz that it does its work, /metrics how well."""

import asyncio
import socket
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from bot.metrics import CONTENT_TYPE, Snapshot
from storage.backlog import backlog, oldest_queued, oldest_waiting
from storage.database import DatabaseUnusable

if TYPE_CHECKING:
    from bot.app import App

SYNCED_WITHIN = timedelta(seconds=90)
HANDLED_WITHIN = timedelta(minutes=5)
SENT_WITHIN = timedelta(minutes=10)
QUIET_COUNTS_FOR = timedelta(minutes=1)
"""Between two requests of the homeserver to be quiet lies the message that provoked the second."""
_DATABASE_MAY_TAKE = 5.0


def bound(listen: str) -> socket.socket:
    """The listener at `address:port`, whose callers wait until it serves. Raises OSError if the address is taken."""
    host, _, port = listen.rpartition(":")
    family, *_, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family)


async def serve(listener: socket.socket, app: "App") -> None:
    """Serve on a listener that is `bound` until cancelled."""
    runner = web.AppRunner(make(app), access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def make(app: "App") -> web.Application:
    """The web application over a running bot: three paths, to be read only; everything else is 404 or 405."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        readiness = await assess(app)
        lines = [*readiness.missing, *readiness.remarks] or ["ready"]
        return web.Response(status=503 if readiness.missing else 200, text="\n".join(lines) + "\n")

    async def metrics(_request: web.Request) -> web.Response:
        body = app.metrics.exposition(await snapshot(app))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

    made = web.Application()
    for path, handler in {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}.items():
        made.router.add_get(path, handler)
    return made


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Whether the bot does its work: a line for each thing that is `missing`; `remarks` do not count against it."""

    missing: tuple[str, ...]
    remarks: tuple[str, ...] = ()


async def assess(app: "App") -> Readiness:
    """Find out whether the bot does its work.

    Messages that wait because the homeserver asked for quiet are only remarked on: a restart would not hasten them.
    """
    late = _late_sync(app)
    try:
        async with asyncio.timeout(_DATABASE_MAY_TAKE), app.database.read() as connection:
            # Questions about real rows: they also show that the database answers.
            received = await oldest_waiting(connection, app.session.account.name)
            queued = await oldest_queued(connection, app.session.account.name, app.dispatcher.now())
    except DatabaseUnusable as unusable:
        return Readiness(missing=(*late, f"database: {unusable.reason}"))
    except TimeoutError:
        return Readiness(missing=(*late, f"database: no answer within {_DATABASE_MAY_TAKE:.0f} seconds"))
    unhandled, unsent = _overdue(app, received, HANDLED_WITHIN), _overdue(app, queued, SENT_WITHIN)
    inbox = [f"inbox: the oldest event has waited for {_minutes(unhandled)}"] if unhandled else []
    outbox = [f"outbox: the oldest message has waited for {_minutes(unsent)}"] if unsent else []
    if _asked_to_be_quiet(app):
        slowed = tuple(f"{line}; the homeserver asks for patience" for line in outbox)
        return Readiness(missing=(*late, *inbox), remarks=slowed)
    return Readiness(missing=(*late, *inbox, *outbox))


def _late_sync(app: "App") -> list[str]:
    lag = _since(app, app.session.synced)
    if lag is not None and lag <= SYNCED_WITHIN:
        return []
    return [f"not synchronised with the homeserver for {SYNCED_WITHIN.total_seconds():.0f} seconds"]


def _since(app: "App", at: datetime | None) -> timedelta | None:
    return None if at is None else app.dispatcher.now() - at


def _overdue(app: "App", at: datetime | None, within: timedelta) -> timedelta | None:
    age = _since(app, at)
    return age if age is not None and age > within else None


def _minutes(age: timedelta) -> str:
    return f"{age // timedelta(minutes=1)} minutes"


def _asked_to_be_quiet(app: "App") -> bool:
    until = app.session.quiet_until
    if app.session.underway.pauses:
        # We are quiet of ourselves, because messages fail: that is not asked for.
        return False
    return until is not None and app.dispatcher.now() < until + QUIET_COUNTS_FOR


async def snapshot(app: "App") -> Snapshot:
    """How the bot stands now, for its metrics; without a backlog if the database does not answer."""
    now, session = app.dispatcher.now(), app.session
    quiet = max(session.quiet_until - now, timedelta(0)) if session.quiet_until else timedelta(0)
    here = Snapshot(
        lag=_since(app, session.synced),
        quiet=quiet,
        servers_away=len(session.absences),
        left_alone=session.left_alone,
        junk=session.machine.junk,
    )
    try:
        async with asyncio.timeout(_DATABASE_MAY_TAKE), app.database.read() as connection:
            received = await oldest_waiting(connection, session.account.name)
            queued = await oldest_queued(connection, session.account.name, now)
            return replace(
                here,
                backlog=await backlog(connection, session.account.name),
                inbox_age=_since(app, received) or timedelta(0),
                outbox_age=_since(app, queued) or timedelta(0),
            )
    except (DatabaseUnusable, TimeoutError):
        return here
