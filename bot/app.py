"""The composition root: builds everything the running bot is made of, runs it in one task group, stops it in order."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from bot.clock import clock
from bot.config import Settings, read_secret
from bot.desk import make_desk
from bot.dispatch import Dispatcher
from bot.http import serve
from bot.matrix import outbound, sync
from bot.matrix.login import MatrixAccount
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session
from bot.post import Office
from bot.who import House
from commands.framework.texts import installed
from storage.database import Database
from storage.schema_version import prepare

log = structlog.get_logger()

ACCOUNT = "default"


@dataclass(frozen=True, kw_only=True)
class App:
    """A bot that is signed in and knows its rooms, ready to run."""

    database: Database
    session: Session
    dispatcher: Dispatcher


def matrix_account(settings: Settings) -> MatrixAccount:
    """The Matrix account as configured, with its way to log in."""
    matrix = settings.matrix
    return MatrixAccount(
        name=ACCOUNT,
        homeserver=matrix.homeserver,
        user_id=matrix.user_id,
        password=read_secret(matrix.password_file) if matrix.password_file else None,
        access_token=read_secret(matrix.access_token_file) if matrix.access_token_file else None,
        servers=frozenset(settings.access.servers),
        inviters=frozenset(settings.access.administrators),
    )


@asynccontextmanager
async def opened(settings: Settings, now: Callable[[], datetime] = clock) -> AsyncIterator[App]:
    """Open database and session and take the register over.

    Raises DatabaseUnusable, SecretsUnusable, ConfigInvalid, MatrixError.
    """
    secrets = load_secrets(settings.matrix.state_dir)
    database = Database(settings.storage.url)
    try:
        await prepare(database)
        await database.take_over()
        session = await Session.open(matrix_account(settings), database, secrets, now=now)
        try:
            yield App(database=database, session=session, dispatcher=_dispatcher(settings, database, session, now))
        finally:
            await session.close()
    finally:
        await database.close()


def _dispatcher(settings: Settings, database: Database, session: Session, now: Callable[[], datetime]) -> Dispatcher:
    house = House(
        account=ACCOUNT,
        user_id=session.me,
        administrators=frozenset(settings.access.administrators),
        language=settings.locale.language,
        zone=ZoneInfo(settings.locale.timezone),
    )
    office = Office(account=ACCOUNT, texts=installed(), secret=session.secrets.outbox)
    return Dispatcher(database=database, desk=make_desk(house, office), now=now)


async def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT; `ready` is told once the rooms are known and the work begins."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with opened(settings) as app:
        await sync.start(app.session)
        async with asyncio.TaskGroup() as group:
            working = [group.create_task(work) for work in _work(settings, app)]
            ready(app.session.me)
            await stop.wait()
            for task in working:
                task.cancel()


def _work(settings: Settings, app: App) -> list[Coroutine[None, None, None]]:
    arrived, queued = asyncio.Event(), asyncio.Event()
    # What was left from before the start waits already.
    arrived.set()
    work = [
        sync.run(app.session, arrived.set),
        dispatching(app.dispatcher, arrived, queued),
        outbound.run(app.session, queued),
    ]
    return [*work, serve(settings.http.listen, app)] if settings.http.listen else work


async def dispatching(dispatcher: Dispatcher, arrived: asyncio.Event, queued: asyncio.Event) -> None:
    """Handle events until nothing waits, then sleep until `arrived`; `queued` is set after each round."""
    while True:
        arrived.clear()
        while await dispatcher.step():
            queued.set()
        await arrived.wait()
