"""A PostgreSQL server of the tests' own, thrown away at the end; where none is installed, its tests skip."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Debian keeps the server's programs outside of PATH.
PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True)
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
READY_LINE = 8
PATIENCE = 30


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`, None where no server is installed."""
    found = shutil.which("initdb")
    places = [*PLACES, *([Path(found).resolve().parent] if found else [])]
    return next((place for place in places if (place / "postgres").exists()), None)


@contextmanager
def running(bin_folder: Path) -> Iterator[str]:
    """A server on a socket in a temporary folder; yields the URL of its only database."""
    # The server refuses to run as root, and as another user it cannot enter folders of root's.
    user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if not os.getuid() else {}
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(folder, "postgres", "postgres")
    common: dict[str, Any] = {"cwd": folder, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **user}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        subprocess.run([bin_folder / "initdb", "-D", folder / "data", *INITDB], check=True, **quiet, **common)
        server = subprocess.Popen([bin_folder / "postgres", *_options(folder)], **quiet, **common)
        try:
            _wait(folder / "data" / "postmaster.pid", server)
            yield f"postgresql+asyncpg://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(2)
            server.wait()
    finally:
        shutil.rmtree(folder)


def _options(folder: Path) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "shared_buffers": "64MB",
    }
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
