"""Starts what is measured, each as a process of its own: the bots that Stadtbote is compared with, and Stadtbote."""

import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bot.demo.homeserver import Account, Homeserver
from bot.demo.installed import ROOT, Installation
from bot.demo.leash import leashed


@dataclass(frozen=True, kw_only=True)
class Started:
    """A running Stadtbote: how long it took to say ready (seconds) and its resident memory then (bytes)."""

    seconds: float
    resident: int


@contextmanager
def running(module: str, *arguments: str, log: Path, token: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m module arguments` with an access token for as long as the block lasts, its errors in `log`."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            leashed(module, *arguments),
            cwd=ROOT,
            env=os.environ | {"ACCESS_TOKEN": token},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def echo_bot(server: Homeserver, account: Account, directory: Path) -> Iterator[None]:
    """Run the bare nio bot."""
    store = directory / "echo"
    store.mkdir()
    arguments = (server.url, account.user_id, account.device_id, str(store))
    with running("tests.bench.echo", *arguments, log=directory / "echo.log", token=account.access_token):
        yield


@asynccontextmanager
async def stadtbote(bot: Installation, *, module: str = "bot") -> AsyncIterator[Started]:
    """Run an installed Stadtbote and give its measures once it is ready; raises BotFailed."""
    began = perf_counter()
    await bot.start(module=module)
    try:
        yield Started(seconds=perf_counter() - began, resident=resident(bot.pid))
    finally:
        await bot.stop()


def resident(pid: int | None) -> int:
    """The resident memory of a process, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
