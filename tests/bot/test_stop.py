"""Whoever stops the bot while it is still starting does not wait for a homeserver that says nothing."""

import asyncio
import os
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.demo.installed import ROOT, Installation
from bot.demo.leash import leashed

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
