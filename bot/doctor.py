"""The doctor: checks what the bot needs, one line each, without changing anything."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot.app import ACCOUNT, matrix_account
from bot.clock import clock
from bot.complaints import explained
from bot.config import ConfigInvalid, Settings, load
from bot.matrix.errors import MatrixError
from bot.matrix.secrets import SecretsUnusable, existing_secrets
from bot.matrix.session import Session
from storage.database import Database, DatabaseUnusable
from storage.matrix.queries import joined_rooms, stored_account
from storage.schema_version import check


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One check and its outcome; `detail` says what to do where it failed."""

    name: str
    passed: bool
    detail: str

    def __str__(self) -> str:
        """One line."""
        return f"{'ok  ' if self.passed else 'FAIL'} {self.name}: {self.detail}"


async def examine(config: Path) -> list[Finding]:
    """All findings; a failed check ends the list where the following ones need it."""
    try:
        settings = load(config)
    except ConfigInvalid as error:
        return [Finding(name="configuration", passed=False, detail=line) for line in explained(error) or []]
    return [Finding(name="configuration", passed=True, detail=str(config)), *[f async for f in _examined(settings)]]


async def _examined(settings: Settings) -> AsyncIterator[Finding]:
    database = Database(settings.storage.url)
    try:
        async for finding in _with_database(settings, database):
            yield finding
    finally:
        await database.close()


async def _with_database(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    if database.file is not None and not database.file.exists():
        yield Finding(name="database", passed=False, detail="is not there yet; `run`, `init` or `import` makes it.")
        return
    try:
        await check(database)
        async with database.read() as connection:
            account = await stored_account(connection, ACCOUNT)
            rooms = await joined_rooms(connection, ACCOUNT)
    except DatabaseUnusable as error:
        yield _failed("database", error)
        return
    yield Finding(name="database", passed=True, detail=database.shown())
    if account is None:
        yield Finding(name="device", passed=False, detail="none yet; `init` logs in, or `run` with password_file.")
        return
    yield await _homeserver(settings, database)
    yield Finding(name="rooms", passed=bool(rooms), detail=f"{len(rooms)} joined" if rooms else NO_ROOMS)


NO_ROOMS = "none joined; invite the bot from a server named in [access] servers."


async def _homeserver(settings: Settings, database: Database) -> Finding:
    try:
        secrets = existing_secrets(settings.matrix.state_dir)
        session = await Session.open(matrix_account(settings), database, secrets, now=clock)
        await session.close()
    except (MatrixError, SecretsUnusable, ConfigInvalid) as error:
        return _failed("homeserver and device", error)
    return Finding(name="homeserver and device", passed=True, detail=f"{session.me} on {session.device_id}")


def _failed(name: str, error: Exception) -> Finding:
    return Finding(name=name, passed=False, detail=" ".join(explained(error) or [str(error)]).removeprefix(f"{name} "))
