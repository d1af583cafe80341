"""The machine: the versions in use and the time zone's data."""

import platform
from collections.abc import Iterator
from importlib.metadata import version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.doctor.finding import Finding, Patient, fail, ok
from storage.database import sqlite_version

_LIBRARIES = ("matrix-nio", "vodozemac", "aiohttp", "sqlalchemy")


def examine_machine(patient: Patient) -> Iterator[Finding]:
    """Versions, for whoever is asked for help, and the time zone."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    own = f"stadtbote {version('stadtbote')}, Python {platform.python_version()}, SQLite {sqlite_version()}"
    yield ok("versions", f"{own}, {libraries}")
    yield _time_zone(patient.settings.locale.timezone)


def _time_zone(name: str) -> Finding:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        return fail("time zone", f"there are no data for {name} on this machine", "install the system's tzdata package")
    return ok("time zone", name)
