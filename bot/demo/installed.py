"""The bot as an operator installs it: a folder with configuration and password, and its process on a leash."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.config import PREFIX
from bot.demo.leash import leashed

ROOT = Path(__file__).resolve().parents[2]
_LOG_LINES = 15
_READY_SECONDS = 60.0
_STOP_SECONDS = 10.0


class BotFailed(Exception):
    """The bot ended, or was not ready in time; `said` has its last lines."""

    def __init__(self, *, doing: str, status: int | None, said: str) -> None:
        super().__init__(f"stadtbote {doing}: status {status}\n{said}")
        self.doing = doing
        self.status = status
        self.said = said


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A command that ran to its end."""

    status: int
    out: str
    err: str


class Installation:
    """One installation in `directory`, with its register in an SQLite file there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.config = self.directory / "config.toml"
        self.database = self.directory / "stadtbote.db"
        self.log = self.directory / "stadtbote.log"
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        return self._process.pid if self._process else None

    @property
    def ended(self) -> int | None:
        """The exit code of a bot that was started and has ended by itself; None while it runs, or was not started."""
        return self._process.returncode if self._process else None

    def configure(
        self, *, homeserver: str, user_id: str, password: str, servers: Iterable[str], administrators: Iterable[str]
    ) -> None:
        """Write configuration and password, for the owner's eyes only; what was configured before is replaced."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(self.directory / "password", f"{password}\n")
        # A JSON string or list of strings is the same in TOML.
        lines = (
            "[matrix]",
            f"homeserver = {json.dumps(homeserver)}",
            f"user_id = {json.dumps(user_id)}",
            'password_file = "password"',
            "",
            "[access]",
            f"servers = {json.dumps(list(servers))}",
            f"administrators = {json.dumps(list(administrators))}",
            "",
        )
        _write_private(self.config, "\n".join(lines))

    async def command(self, name: str, *arguments: str, stdin: str = "", before: Iterable[str] = ()) -> Finished:
        """Run `stadtbote NAME --config …` to its end, on a command line that begins with `before`."""
        process = await asyncio.create_subprocess_exec(
            *(*before, sys.executable, "-m", "bot", name, "--config", str(self.config), *arguments),
            cwd=ROOT,
            env=_environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            out, err = await process.communicate(stdin.encode())
        except BaseException:
            await _end(process, by=signal.SIGKILL)
            raise
        return Finished(status=process.returncode or 0, out=out.decode(), err=err.decode())

    async def start(self, *, module: str = "bot") -> None:
        """Run the bot, as this module has it, and return when it says that it is ready; raises BotFailed."""
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *leashed(module, "run", "--config", str(self.config)),
                cwd=ROOT,
                env=_environment(),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to answer, in order
            )
        try:
            ready = await _says_ready(process)
        except BaseException:
            await _end(process, by=signal.SIGKILL)
            raise
        if not ready:
            raise BotFailed(doing="run", status=await _end(process), said=self.last_words())
        self._process = process

    async def stop(self, *, by: signal.Signals = signal.SIGTERM) -> int | None:
        """End the bot by a signal and give its exit code, None if it did not run; after ten seconds it is killed."""
        process, self._process = self._process, None
        return None if process is None else await _end(process, by=by)

    async def kill(self) -> None:
        """End the bot at once, as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process, by=signal.SIGKILL)

    def last_words(self) -> str:
        """The end of the bot's log."""
        return last_lines(self.log.read_text(errors="replace")) if self.log.exists() else ""


def last_lines(text: str) -> str:
    """The end of what a program has said."""
    return "\n".join(text.splitlines()[-_LOG_LINES:])


async def _says_ready(process: Process) -> bool:
    if process.stdout is None:
        return False
    try:
        async with asyncio.timeout(_READY_SECONDS):
            return (await process.stdout.readline()).startswith(b"ready")
    except TimeoutError:
        return False


async def _end(process: Process, *, by: signal.Signals = signal.SIGTERM) -> int:
    if process.returncode is None:
        process.send_signal(by)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            return await process.wait()
    except TimeoutError:
        process.kill()
        return await process.wait()


def _environment() -> dict[str, str]:
    # Settings of another installation, given by the environment, would win over this one's file.
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
