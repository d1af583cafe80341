"""Starts what is measured, as processes of their own: the echo bot and Stadtbote, installed as in production."""

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.homeserver import Account, Homeserver
from bot.demo.leash import leashed

PROJECT = Path(__file__).resolve().parents[2]
BUNDLE = PROJECT / "bot" / "demo" / "staedtekooperation.yaml"
READY_WITHIN = 60.0

CONFIG = """\
[matrix]
homeserver = "{homeserver}"
user_id = "{user_id}"
password_file = "password"
state_dir = "state"

[storage]
url = "sqlite+aiosqlite:///stadtbote.db"

[access]
servers = ["{server}"]
administrators = ["{administrator}"]

[locale]
language = "de"
timezone = "Europe/Berlin"
"""


class ProgramFailed(Exception):
    """A measured program ended, or was not ready in time; `output` has what it said."""

    def __init__(self, *, arguments: tuple[str, ...], output: str) -> None:
        super().__init__(f"python -m {' '.join(arguments)} failed:\n{output}")


@dataclass(frozen=True, kw_only=True)
class Started:
    """A running Stadtbote: how long it took to say ready (seconds) and its resident memory then (bytes)."""

    seconds: float
    resident: int


@contextmanager
def running(*arguments: str, log: Path, token: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m arguments` for as long as the block lasts, its errors going to `log`."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            leashed(*arguments),
            cwd=PROJECT,
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
def echo_bot(server: Homeserver, account: Account, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the echo bot."""
    store = directory / "echo"
    store.mkdir()
    arguments = ("tests.bench.echo", server.url, account.user_id, account.device_id, str(store))
    with running(*arguments, log=directory / "echo.log", token=account.access_token) as process:
        yield process


def install_stadtbote(server: Homeserver, account: Account, coordination: Account, directory: Path) -> Path:
    """Write a configuration, import the demo cooperation with München spoken for by `coordination`; give the file."""
    home = directory / "stadtbote"
    (home / "state").mkdir(parents=True)
    (home / "password").write_text(account.password)
    (home / "password").chmod(0o600)
    config = home / "config.toml"
    config.write_text(
        CONFIG.format(
            homeserver=server.url,
            user_id=account.user_id,
            server=server.server_name,
            administrator=coordination.user_id,
        )
    )
    bundle = home / "bundle.yaml"
    own = re.compile(r'(\{key: koord-m,.*?mxid: )"[^"]*"')
    text, changed = own.subn(rf'\g<1>"{coordination.user_id}"', BUNDLE.read_text())
    if not changed:
        raise LookupError(f"{BUNDLE} has no person koord-m with a Matrix ID")
    bundle.write_text(text)
    _finish("bot", "import", "--config", str(config), "--yes", str(bundle))
    return config


@asynccontextmanager
async def stadtbote(config: Path) -> AsyncIterator[Started]:
    """Run Stadtbote and give its measures once it is ready; raises ProgramFailed, or TimeoutError after a minute."""
    arguments = ("bot", "run", "--config", str(config))
    log = config.parent / "stadtbote.log"
    began = time.perf_counter()
    with running(*arguments, log=log) as process:
        async with asyncio.timeout(READY_WITHIN):
            await asyncio.to_thread(_until_ready, process, arguments, log)
        yield Started(seconds=time.perf_counter() - began, resident=_resident(process.pid))


def _finish(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(arguments=arguments, output=done.stdout + done.stderr)


def _until_ready(process: subprocess.Popen[bytes], arguments: tuple[str, ...], log: Path) -> None:
    output = process.stdout
    while output is not None and (line := output.readline()):
        if line.startswith(b"ready"):
            # What it prints later must not fill the pipe and stop it.
            threading.Thread(target=output.read, daemon=True).start()
            return
    raise ProgramFailed(arguments=arguments, output=log.read_text(errors="replace"))


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
