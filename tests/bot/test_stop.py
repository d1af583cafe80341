"""A homeserver that is away while the bot starts is waited for, unless somebody stops the bot meanwhile."""

import asyncio
import os
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from bot.demo.installed import ROOT, Installation
from bot.demo.leash import leashed
from tests.rig.proxy import SYNC, proxy
from tests.rig.town import PASSWORD, Town

_PATIENCE_SECONDS = 25


@dataclass(kw_only=True)
class Silent:
    """A homeserver that listens, and answers nothing."""

    url: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readline()
        self.asked.set()
        await reader.read()
        writer.close()


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    one = Silent()
    server = await asyncio.start_server(one.listen, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield one
    server.close()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_a_bot_that_is_stopped_while_it_starts_ends_in_order(
    silent: Silent, tmp_path: Path, by: signal.Signals
) -> None:
    installation = Installation(tmp_path / "stadtbote")
    installation.configure(
        homeserver=silent.url, user_id="@stadtbote:x", password="geheim", servers=(), administrators=("@it:x",)
    )
    process = await asyncio.create_subprocess_exec(
        *leashed("bot", "run", "--config", str(installation.config)),
        cwd=ROOT,
        env=dict(os.environ),
        stdin=PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await silent.asked.wait()
            process.send_signal(by)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()


async def test_a_bot_whose_homeserver_is_not_there_says_so_with_its_address_and_waits(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "stadtbote")
    url = f"http://127.0.0.1:{unused_port()}"
    installation.configure(
        homeserver=url, user_id="@stadtbote:x", password="geheim", servers=(), administrators=("@it:x",)
    )
    process = await asyncio.create_subprocess_exec(
        *leashed("bot", "run", "--config", str(installation.config)),
        cwd=ROOT,
        env=dict(os.environ),
        stdin=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            said = [(await process.stderr.readline()).decode() for _ in range(3)]
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
    assert f"starting version={version('stadtbote')}" in said[0]
    assert [f"homeserver_away address={url}" in line for line in said[1:]] == [True, True]


@pytest.mark.synapse
async def test_a_bot_that_started_before_its_homeserver_is_ready_once_that_is_there(town: Town) -> None:
    async with proxy(town.server.url) as line:
        town.bot.configure(homeserver=line.url, user_id=town.bot_id, password=PASSWORD, servers=(), administrators=())
        # Each step of the start finds nobody at first.
        for step in ("/login", "/keys/query", SYNC):
            line.away = step
            starting = asyncio.create_task(town.bot.start())
            while not line.outcomes(step)[502]:
                await asyncio.sleep(0.05)
                assert not starting.done()
            line.away = None
            await starting
            assert await town.bot.stop() == 0
