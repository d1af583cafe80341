"""What the doctor finds: one check, its outcome, and how to mend what is not well."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.config import Settings
from storage.database import Database


class Outcome(StrEnum):
    """How serious it is: a warning lets the bot work on."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One check and its outcome; `mend` says what to do, as the very command where there is one."""

    name: str
    outcome: Outcome
    detail: str
    mend: str | None = None

    def __str__(self) -> str:
        """One line, and below it one for how to mend it."""
        line = f"{self.outcome:4} {self.name}: {self.detail}"
        return line if self.mend is None else f"{line}\n     mend: {self.mend}"


def ok(name: str, detail: str) -> Finding:
    """All is well."""
    return Finding(name=name, outcome=Outcome.OK, detail=detail)


def warn(name: str, detail: str, mend: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(name=name, outcome=Outcome.WARN, detail=detail, mend=mend)


def fail(name: str, detail: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(name=name, outcome=Outcome.FAIL, detail=detail, mend=mend)


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is examined: an installation by its configuration file, and its database. `now` is the clock."""

    config: Path
    settings: Settings
    database: Database
    now: Callable[[], datetime]

    def command(self, words: str) -> str:
        """The command of ours, for this configuration."""
        return f"stadtbote {words} --config {self.config}"
