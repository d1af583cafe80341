"""The composition root: builds everything the running bot is made of, runs it in one task group, stops it in order."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog

from bot import admin, retention, unreadable
from bot.admin import AdminRoom
from bot.clock import clock
from bot.config import Settings, read_secret
from bot.desk import make_desk
from bot.dispatch import Dispatcher
from bot.http import bound, serve
from bot.log import unexpected
from bot.matrix import joining, outbound, returning, sync
from bot.matrix.errors import MatrixError
from bot.matrix.login import MatrixAccount
from bot.matrix.profile import show_fingerprint
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session
from bot.metrics import Metrics
from bot.post import Office
from bot.recovery import introduce
from bot.retention import Retention, periods
from bot.unreadable import Unreadable
from bot.who import House
from commands.framework.privacy import Privacy
from commands.framework.texts import installed
from storage.database import Database
from storage.matrix.record import fingerprint
from storage.schema_version import prepare

log = structlog.get_logger()

T = TypeVar("T")

ACCOUNT = "default"


@dataclass(frozen=True, kw_only=True)
class App:
    """A bot that is signed in and knows its rooms, ready to run. `listener` is the one for health, if configured."""

    database: Database
    session: Session
    dispatcher: Dispatcher
    metrics: Metrics
    listener: socket.socket | None


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
    """Open database and session and take the register over, however long the homeserver is away.

    Raises DatabaseUnusable, SecretsUnusable, ConfigInvalid, OSError (the address to listen at is taken), and every
    MatrixError that waiting does not mend.
    """
    secrets, account, metrics = load_secrets(settings.matrix.state_dir), matrix_account(settings), Metrics()
    database = Database(settings.storage.url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await prepare(database)
        # First of all: a second bot that was started by mistake ends here, and the one that runs goes on.
        listener = stack.enter_context(bound(settings.http.listen)) if settings.http.listen else None
        await database.take_over()
        opening = partial(Session.open, account, database, secrets, now=now, metrics=metrics)
        session = await patiently(opening, account.homeserver)
        stack.push_async_callback(session.close)
        dispatcher = _dispatcher(settings, database, session, now)
        yield App(database=database, session=session, dispatcher=dispatcher, metrics=metrics, listener=listener)


async def patiently(attempt: Callable[[], Awaitable[T]], address: str) -> T:
    """What `attempt` gives, tried again and again as long as the homeserver at `address` is only away.

    Raises every MatrixError that waiting does not mend, such as Unauthorized.
    """
    failures = 0
    while True:
        try:
            return await attempt()
        except MatrixError as error:
            if not error.passes:
                raise
            failures += 1
            seconds = sync.pause_after(error, sync.jittered(failures))
            log.warning("homeserver_away", address=address, error=str(error), pause=round(seconds, 1))
            await asyncio.sleep(seconds)


def _dispatcher(settings: Settings, database: Database, session: Session, now: Callable[[], datetime]) -> Dispatcher:
    house = House(
        account=ACCOUNT,
        user_id=session.me,
        administrators=frozenset(settings.access.administrators),
        language=settings.locale.language,
        zone=ZoneInfo(settings.locale.timezone),
        privacy=privacy(settings),
    )
    office = Office(account=ACCOUNT, texts=installed(), secret=session.secrets.outbox, underway=session.underway)
    return Dispatcher(database=database, desk=make_desk(house, office), now=now, metrics=session.metrics)


def privacy(settings: Settings) -> Privacy:
    """Who answers for the data, as configured."""
    said = settings.privacy
    return Privacy(
        controller=said.controller or None,
        contact=said.contact or None,
        link=said.link or None,
        days=settings.retention.senders,
    )


async def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT; `ready` is told once the rooms are known and the work begins.

    A start that takes long, because the homeserver does, is ended by these as well.
    """
    running = asyncio.create_task(_run(settings, ready))
    stopped = asyncio.Event()

    def stop() -> None:
        # Told twice, it still ends in order.
        if not stopped.is_set():
            stopped.set()
            running.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.set_exception_handler(unexpected)
    try:
        await running
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise


async def _run(settings: Settings, ready: Callable[[str], None]) -> None:
    log.info("starting", version=version("stadtbote"))
    async with opened(settings) as app:
        address = settings.matrix.homeserver
        await patiently(lambda: _introduce(settings, app.session), address)
        await patiently(lambda: sync.start(app.session), address)
        async with asyncio.TaskGroup() as group:
            for work in _work(settings, app):
                group.create_task(work)
            # What the start has made stays: to search it for garbage would hold up everything for a tenth of a second.
            gc.freeze()
            ready(app.session.me)


async def _introduce(settings: Settings, session: Session) -> None:
    """Have an identity before the first message: clients shut out a device that none has signed."""
    own = await introduce(session, settings.matrix.state_dir)
    log.info("identity", user=session.me, device=session.device_id, fingerprint=fingerprint(own.master_key))
    await show_fingerprint(session, fingerprint(own.master_key))


def _work(settings: Settings, app: App) -> list[Coroutine[None, None, None]]:
    arrived, queued = asyncio.Event(), asyncio.Event()
    # What was left from before the start waits already.
    arrived.set()
    work = [
        sync.run(app.session, arrived.set),
        joining.run(app.session),
        returning.run(app.session),
        dispatching(app.dispatcher, arrived, queued),
        outbound.run(app.session, queued),
        unreadable.run(_unreadable(app), app.session.puzzled, queued.set, app.dispatcher.now),
        admin.run(_admin_room(settings, app), queued.set, app.dispatcher.now),
        retention.run(Retention(database=app.database, periods=periods(settings.retention)), app.dispatcher.now),
    ]
    return [*work, serve(app.listener, app)] if app.listener else work


def _unreadable(app: App) -> Unreadable:
    desk = app.dispatcher.desk
    return Unreadable(database=app.database, rooms=app.session.rooms, house=desk.house, office=desk.office)


def _admin_room(settings: Settings, app: App) -> AdminRoom:
    desk = app.dispatcher.desk
    return AdminRoom(
        database=app.database,
        house=desk.house,
        office=desk.office,
        address=settings.admin.room,
        directory=app.session.room_at,
    )


async def dispatching(dispatcher: Dispatcher, arrived: asyncio.Event, queued: asyncio.Event) -> None:
    """Handle events until nothing waits, then sleep until `arrived`; `queued` is set after each round."""
    while True:
        arrived.clear()
        more = True
        while more:
            more = await dispatcher.step()
            queued.set()
        await arrived.wait()
