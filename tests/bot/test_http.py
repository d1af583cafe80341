"""The listener for health and metrics: what it says, and that it names nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port
from prometheus_client.parser import text_string_to_metric_families

from bot.app import App
from bot.dispatch import Dispatcher
from bot.http import bound, make, serve
from bot.metrics import Metrics
from storage.database import Database
from storage.inbox import Arrival, mark_failed, next_letters, record_arrivals
from storage.incidents import IncidentKind, record_incident
from storage.matrix.queries import save
from storage.matrix.record import UndecryptedRecord, WithheldRecord
from storage.outbox import Parcel, Underway, Urgency, enqueue, mark_delayed
from tests.conversation import START, Conversation

ACCOUNT = "main"
A_WHILE = timedelta(minutes=11)


@dataclass
class _Named:
    name: str = ACCOUNT


@dataclass
class _Machine:
    junk: dict[str, int] = field(default_factory=dict)


@dataclass
class _Session:
    """What the listener asks of a session; a real one needs a homeserver."""

    synced: datetime | None = None
    quiet_until: datetime | None = None
    left_alone: int = 0
    absences: frozenset[str] = frozenset()
    underway: Underway = field(default_factory=Underway)
    account: _Named = field(default_factory=_Named)
    machine: _Machine = field(default_factory=_Machine)


@dataclass
class _Dispatcher:
    now: Callable[[], datetime]


@dataclass
class _App:
    database: Database
    session: _Session
    dispatcher: _Dispatcher | Dispatcher
    metrics: Metrics


@pytest.fixture
async def bot(database: Database) -> _App:
    return _App(
        database=database,
        session=_Session(synced=START),
        dispatcher=_Dispatcher(lambda: START),
        metrics=Metrics(),
    )


@pytest.fixture
async def client(bot: _App) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make(cast("App", bot)))) as made:
        yield made


async def _ask(client: TestClient[Any, Any], path: str) -> tuple[int, str]:
    answer: aiohttp.ClientResponse = await client.get(path)
    return answer.status, await answer.text()


async def _measured(client: TestClient[Any, Any]) -> dict[str, float]:
    """Every sample of /metrics by name and labels, read the way a scraper does."""
    status, said = await _ask(client, "/metrics")
    assert status == 200
    return {
        sample.name + "".join(f" {label}={value}" for label, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


async def _queue(database: Database, *, at: datetime, **facts: Any) -> int:
    parcel = Parcel(
        **{
            "account": ACCOUNT,
            "room": "!a",
            "cause": f"${facts}",
            "ordinal": 0,
            "type": "m.room.message",
            "content": {},
            **facts,
        }
    )
    return await database.transact(lambda connection: enqueue(connection, parcel, b"secret", at))


async def _arrive(database: Database, *, at: datetime, event: str = "$1") -> None:
    arrival = Arrival(event=event, room="!a", sender="@anna:m", at=at, body={}, digest="")
    await database.transact(lambda connection: record_arrivals(connection, ACCOUNT, [arrival], at))


async def _happen(database: Database, subject: str) -> None:
    kind = IncidentKind.REMOVED_FROM_ROOM
    await database.transact(lambda connection: record_incident(connection, kind, subject, {}, START))


async def test_a_running_process_is_healthy_before_it_is_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    bot.session.synced = None
    assert await _ask(client, "/healthz") == (200, "ok\n")
    assert await _ask(client, "/readyz") == (503, "not synchronised with the homeserver for 90 seconds\n")


async def test_a_bot_that_synchronised_within_ninety_seconds_is_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    bot.session.synced = START - timedelta(seconds=90)
    assert await _ask(client, "/readyz") == (200, "ready\n")
    bot.session.synced = START - timedelta(seconds=91)
    assert (await _ask(client, "/readyz"))[0] == 503


# Only a file can be spoilt from here.
@pytest.mark.parametrize("store", ["sqlite"])
async def test_a_bot_whose_database_is_gone_is_alive_but_not_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    file = bot.database.file
    assert file is not None
    await bot.database.close()
    file.write_bytes(b"this is no database " * 100)
    assert await _ask(client, "/readyz") == (503, "database: not_a_database\n")
    assert (await _ask(client, "/healthz"))[0] == 200
    measured = await _measured(client)
    assert measured["stadtbote_database_up"] == 0
    assert "stadtbote_inbox_waiting" not in measured


async def test_a_bot_that_does_not_get_round_to_its_inbox_is_not_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    await _arrive(bot.database, at=START - timedelta(minutes=5))
    assert await _ask(client, "/readyz") == (200, "ready\n")
    bot.dispatcher = _Dispatcher(lambda: START + timedelta(minutes=1))
    assert await _ask(client, "/readyz") == (503, "inbox: the oldest event has waited for 6 minutes\n")


async def test_a_bot_whose_messages_do_not_get_out_is_not_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    number = await _queue(bot.database, at=START - A_WHILE)
    later = START + timedelta(seconds=30)
    await bot.database.transact(lambda connection: mark_delayed(connection, number, later))
    assert await _ask(client, "/readyz") == (503, "outbox: the oldest message has waited for 11 minutes\n")


async def test_a_message_that_is_meant_for_later_is_not_overdue(bot: _App, client: TestClient[Any, Any]) -> None:
    await _queue(bot.database, at=START + A_WHILE)
    assert await _ask(client, "/readyz") == (200, "ready\n")


async def test_waiting_because_the_homeserver_asks_for_patience_is_told_but_ready(
    bot: _App, client: TestClient[Any, Any]
) -> None:
    await _queue(bot.database, at=START - A_WHILE)
    said = "outbox: the oldest message has waited for 11 minutes; the homeserver asks for patience\n"
    bot.session.quiet_until = START + timedelta(seconds=5)
    assert await _ask(client, "/readyz") == (200, said)
    bot.session.quiet_until = START - timedelta(seconds=59)
    assert await _ask(client, "/readyz") == (200, said)
    bot.session.quiet_until = START - timedelta(seconds=60)
    assert (await _ask(client, "/readyz"))[0] == 503


async def test_a_bot_that_is_quiet_because_its_messages_fail_is_not_ready(
    bot: _App, client: TestClient[Any, Any]
) -> None:
    await _queue(bot.database, at=START - A_WHILE)
    bot.session.quiet_until = START + timedelta(seconds=60)
    bot.session.underway.pauses = 5
    assert await _ask(client, "/readyz") == (503, "outbox: the oldest message has waited for 11 minutes\n")


async def test_every_missing_thing_has_a_line(bot: _App, client: TestClient[Any, Any]) -> None:
    bot.session.synced = None
    await _queue(bot.database, at=START - A_WHILE)
    await _arrive(bot.database, at=START - A_WHILE)
    status, said = await _ask(client, "/readyz")
    assert status == 503
    assert [line.partition(" ")[0] for line in said.splitlines()] == ["not", "inbox:", "outbox:"]


async def test_other_paths_and_other_methods_are_refused(client: TestClient[Any, Any]) -> None:
    assert (await _ask(client, "/"))[0] == 404
    assert (await _ask(client, "/metrics/"))[0] == 404
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await client.post(path, data=b"x")).status == 405
        assert (await client.head(path)).status == 200


async def test_the_listener_is_where_the_configuration_says_and_nowhere_else(bot: _App) -> None:
    port = unused_port()
    serving = asyncio.create_task(serve(bound(f"127.0.0.1:{port}"), cast("App", bot)))
    async with aiohttp.ClientSession() as http:
        while not await _answers(http, f"http://127.0.0.1:{port}/healthz"):
            assert not serving.done()
        assert not await _answers(http, f"http://127.0.0.2:{port}/healthz")
        serving.cancel()
        await asyncio.wait([serving])
        assert not await _answers(http, f"http://127.0.0.1:{port}/healthz")


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def test_what_waits_is_counted_by_kind_and_age(bot: _App, client: TestClient[Any, Any]) -> None:
    for ordinal, urgency in enumerate([Urgency.REPLY, Urgency.REPLY, Urgency.DIGEST]):
        await _queue(bot.database, at=START - timedelta(seconds=90 - ordinal), ordinal=ordinal, urgency=urgency)
    await _arrive(bot.database, at=START - timedelta(seconds=30))
    unread = UndecryptedRecord(event="$u", room="!a", session="s", sender="@anna:m", at=START)
    withheld = WithheldRecord(room="!a", session="s", sender="@anna:m", code="m.unverified", at=START)
    await bot.database.transact(lambda connection: save(connection, ACCOUNT, [unread, withheld]))
    for subject in ("!a", "!b", "!a"):
        await _happen(bot.database, subject)
    bot.session.synced = START - timedelta(seconds=7)
    bot.session.quiet_until = START + timedelta(seconds=4)
    bot.session.left_alone = 3
    bot.session.absences = frozenset({"nuernberg.example", "augsburg.example"})
    bot.session.machine.junk = {"device_keys": 2}
    bot.metrics.sync_failed()
    bot.metrics.rate_limited("send")
    bot.metrics.rate_limited("send")
    measured = await _measured(client)
    expected = {
        "stadtbote_outbox_queued urgency=reply": 2,
        "stadtbote_outbox_queued urgency=deadline": 0,
        "stadtbote_outbox_queued urgency=digest": 1,
        "stadtbote_outbox_age_seconds": 90,
        "stadtbote_outbox_undeliverable": 0,
        "stadtbote_inbox_waiting": 1,
        "stadtbote_inbox_parked": 0,
        "stadtbote_inbox_age_seconds": 30,
        "stadtbote_undecrypted_events": 1,
        "stadtbote_keys_withheld": 1,
        "stadtbote_incidents_total": 2,
        "stadtbote_incidents_unreported": 2,
        "stadtbote_sync_lag_seconds": 7,
        "stadtbote_quiet_seconds": 4,
        "stadtbote_left_alone": 3,
        "stadtbote_servers_away": 2,
        "stadtbote_junk_total kind=device_keys": 2,
        "stadtbote_sync_failures_total": 1,
        "stadtbote_rate_limited_total request=send": 2,
        "stadtbote_database_up": 1,
    }
    assert {name: measured.get(name) for name in expected} == expected


async def test_handling_is_timed_by_command_and_names_nobody(talk: Conversation) -> None:
    dispatcher = talk.dispatcher
    bot = _App(database=talk.database, session=_Session(), dispatcher=dispatcher, metrics=dispatcher.metrics)
    await talk.says("koord-m", "!zeige P-1")
    await talk.says("koord-m", "!zeige P-999")
    await talk.says("koord-m", "!zeige P-1 und noch etwas")
    async with TestClient(TestServer(make(cast("App", bot)))) as client:
        measured = await _measured(client)
        _, said = await _ask(client, "/metrics")
    prefix = "stadtbote_handling_seconds_count command="
    counts = {name.removeprefix(prefix): value for name, value in measured.items() if name.startswith(prefix)}
    assert counts == {"projects.show": 2, "none": 1}
    assert all(user not in said for user in talk.people.values())


async def test_an_event_that_was_parked_is_counted(bot: _App, client: TestClient[Any, Any]) -> None:
    await _arrive(bot.database, at=START)
    async with bot.database.read() as connection:
        (letter,) = await next_letters(connection)
    await bot.database.transact(lambda connection: mark_failed(connection, letter, park_after=1))
    assert (await _measured(client))["stadtbote_inbox_parked"] == 1
