"""The first login: from a few answers to a device in the database and a configuration file."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import ACCOUNT
from bot.clock import clock
from bot.config import load
from bot.matrix.login import MatrixAccount
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session
from storage.database import Database
from storage.schema_version import prepare

HEAD = """\
# Written by `stadtbote init`. config.example.toml explains every setting.

"""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What `init` asks for; `secret` is the password or, `by_token`, the access token."""

    homeserver: str
    user_id: str
    administrators: tuple[str, ...]
    secret: str = field(repr=False)
    by_token: bool


async def initialise(config: Path, answers: Answers) -> None:
    """Log in, keep device and token in the database, and write the configuration (mode 0600).

    A login that fails leaves no configuration behind. Raises ConfigInvalid, MatrixError, DatabaseUnusable.
    """
    _write_private(config, _toml(answers))
    try:
        settings = load(config)
        await _log_in(settings.matrix.state_dir, settings.storage.url, _account(answers))
    except BaseException:
        await asyncio.to_thread(config.unlink, missing_ok=True)
        raise


def _account(answers: Answers) -> MatrixAccount:
    return MatrixAccount(
        name=ACCOUNT,
        homeserver=answers.homeserver.rstrip("/"),
        user_id=answers.user_id,
        password=None if answers.by_token else answers.secret,
        access_token=answers.secret if answers.by_token else None,
    )


async def _log_in(state_dir: Path, url: str, account: MatrixAccount) -> None:
    database = Database(url)
    try:
        await prepare(database)
        session = await Session.open(account, database, load_secrets(state_dir), now=clock)
        await session.close()
    finally:
        await database.close()


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
