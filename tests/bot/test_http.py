"""The listener for health."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import App
from bot.http import make
from storage.database import Database
from tests.conversation import START


@dataclass
class _Session:
    synced: datetime | None


@dataclass
class _Dispatcher:
    now: Any


@dataclass
class _App:
    database: Database
    session: _Session
    dispatcher: _Dispatcher


@pytest.fixture
async def bot(database: Database) -> _App:
    return _App(database=database, session=_Session(None), dispatcher=_Dispatcher(lambda: START))


@pytest.fixture
async def client(bot: _App) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make(cast("App", bot)))) as made:
        yield made


async def _ask(client: TestClient[Any, Any], path: str) -> tuple[int, str]:
    answer: aiohttp.ClientResponse = await client.get(path)
    return answer.status, await answer.text()


async def test_a_running_process_is_healthy_before_it_is_ready(client: TestClient[Any, Any]) -> None:
    assert (await _ask(client, "/healthz"))[0] == 200
    status, said = await _ask(client, "/readyz")
    assert status == 503
    assert "synchronised" in said


async def test_a_bot_that_synchronised_within_ninety_seconds_is_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    bot.session.synced = START - timedelta(seconds=90)
    assert await _ask(client, "/readyz") == (200, "ready\n")
    bot.session.synced = START - timedelta(seconds=91)
    assert (await _ask(client, "/readyz"))[0] == 503


async def test_a_bot_whose_database_is_gone_is_not_ready(bot: _App, client: TestClient[Any, Any]) -> None:
    bot.session.synced = START
    file = bot.database.file
    assert file is not None
    await bot.database.close()
    file.write_bytes(b"this is no database " * 100)
    status, said = await _ask(client, "/readyz")
    assert status == 503
    assert "database: not_a_database" in said
