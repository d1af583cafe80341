"""Logging in: from a few answers to a device in the database, an identity, and a configuration file."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.app import ACCOUNT, matrix_account
from bot.clock import clock
from bot.config import Settings, load
from bot.matrix.identity import Established
from bot.matrix.login import MatrixAccount
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session, new_device
from bot.recovery import introduce
from storage.database import Database
from storage.matrix.queries import stored_account
from storage.schema_version import prepared

HEAD = """\
# Written by `stadtbote init`. config.example.toml explains every setting.

"""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What proves who logs in: one of the two."""

    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What `init` asks for."""

    homeserver: str
    user_id: str
    administrators: tuple[str, ...]
    secret: Secret


async def initialise(config: Path, answers: Answers, *, recovery: str | None = None) -> Established:
    """Log in, keep device and token in the database, establish the identity, and write the configuration (mode 0600).

    `recovery` is the recovery key of an account that has its identity already. What fails leaves no configuration
    behind. Raises ConfigInvalid, MatrixError, SecretsUnusable, DatabaseUnusable.
    """
    _write_private(config, _toml(answers))
    try:
        settings, account = load(config), _account(answers)
        await _leave_other_login(settings, account)
        return await _introduced(settings, account, recovery)
    except BaseException:
        await asyncio.to_thread(config.unlink, missing_ok=True)
        raise


async def restore(config: Path, recovery: str) -> Established:
    """Bring the identity back by its recovery key, with the configuration and, if there is one, the device at hand.

    Raises as `initialise` does.
    """
    settings = load(config)
    return await _introduced(settings, matrix_account(settings), recovery)


async def log_in_again(config: Path, secret: Secret | None, *, recovery: str | None = None) -> Established:
    """Make a new device with the configuration at hand, by `secret` or by the secret file that it names.

    Raises as `initialise` does.
    """
    settings = load(config)
    account = matrix_account(settings)
    if secret is not None:
        account = replace(account, password=secret.password, access_token=secret.access_token)
    async with _database(settings) as database:
        await new_device(account, database, clock())
    return await _introduced(settings, account, recovery)


async def _leave_other_login(settings: Settings, account: MatrixAccount) -> None:
    """Take the place of another account's login, as an earlier attempt may have left it in the database.

    This account's own is gone on with: each device that stays behind unsigned makes clients warn of the bot.
    """
    async with _database(settings) as database:
        async with database.read() as connection:
            found = await stored_account(connection, ACCOUNT)
        if found is not None and found.user_id != account.user_id:
            await new_device(account, database, clock())


def _account(answers: Answers) -> MatrixAccount:
    return MatrixAccount(
        name=ACCOUNT,
        homeserver=answers.homeserver.rstrip("/"),
        user_id=answers.user_id,
        password=answers.secret.password,
        access_token=answers.secret.access_token,
    )


async def _introduced(settings: Settings, account: MatrixAccount, recovery: str | None) -> Established:
    state_dir = settings.matrix.state_dir
    async with _database(settings) as database:
        session = await Session.open(account, database, load_secrets(state_dir), now=clock)
        try:
            return await introduce(session, state_dir, recovery=recovery)
        finally:
            await session.close()


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """The database, taken over: a bot that still runs on it must not go on with an old device."""
    async with prepared(settings.storage.url) as database:
        await database.take_over()
        yield database


def _toml(answers: Answers) -> str:
    administrators = ", ".join(_quoted(mxid) for mxid in answers.administrators)
    servers = _quoted(answers.user_id.partition(":")[2])
    return (
        f"{HEAD}[matrix]\nhomeserver = {_quoted(answers.homeserver)}\nuser_id = {_quoted(answers.user_id)}\n\n"
        f"[access]\nservers = [{servers}]\nadministrators = [{administrators}]\n"
    )


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04X}" for c in text)
    return f'"{escaped}"'


def _write_private(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
