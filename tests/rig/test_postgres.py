"""The tests' own PostgreSQL server: it ends together with whoever started it, however that went."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from bot.demo.installed import ROOT

STARTER = (
    "from tests.rig.postgres import running\nwith running() as server:\n print(server.folder, flush=True)\n input()"
)


async def test_a_server_ends_and_its_folder_goes_when_its_starter_is_killed() -> None:
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTER, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    assert starter.stdout is not None
    folder = Path((await starter.stdout.readline()).decode().strip())
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    starter.kill()
    await starter.wait()
    async with asyncio.timeout(30):
        while await asyncio.to_thread(folder.exists):  # noqa: ASYNC110 - another process removes it
            await asyncio.sleep(0.02)
    assert not _lives(server)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return True
