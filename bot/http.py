"""The listener for health: /healthz says that the process runs, /readyz that it does its work."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from storage.database import DatabaseUnusable

if TYPE_CHECKING:
    from bot.app import App

SYNCED_WITHIN = timedelta(seconds=90)


async def serve(listen: str, app: "App") -> None:
    """Serve on `address:port` until cancelled."""
    host, _, port = listen.rpartition(":")
    runner = web.AppRunner(make(app), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def make(app: "App") -> web.Application:
    """The web application over a running bot."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        missing = await _missing(app)
        return web.Response(status=503 if missing else 200, text="\n".join(missing or ["ready"]) + "\n")

    made = web.Application()
    made.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
    return made


async def _missing(app: "App") -> list[str]:
    missing = []
    synced = app.session.synced
    if synced is None or app.dispatcher.now() - synced > SYNCED_WITHIN:
        missing.append("not synchronised with the homeserver for 90 seconds")
    try:
        async with app.database.read():
            pass
    except DatabaseUnusable as unusable:
        missing.append(f"database: {unusable.reason}")
    return missing
