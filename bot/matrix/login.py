"""An account as configured, and how it gets its one device."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.matrix import wire
from bot.matrix.errors import NoLogin, Refused, Unauthorized, Unreachable, WrongAccount
from bot.matrix.wire import Wire
from storage.matrix.record import AccountRecord


@dataclass(frozen=True, kw_only=True)
class MatrixAccount:
    """An account as configured: where it lives, how to log in, and who may invite it.

    `password` or `access_token` are used only while no device is stored. `servers` and `inviters` (user ids) may
    invite the bot; invitations of others are declined.
    """

    homeserver: str
    user_id: str
    name: str = "default"
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    device_name: str = "Stadtbote"
    servers: frozenset[str] = frozenset()
    inviters: frozenset[str] = frozenset()

    def may_invite(self, user_id: str) -> bool:
        """Whether the bot follows this user's invitations."""
        return user_id in self.inviters or server_of(user_id) in self.servers


def server_of(user_id: str) -> str:
    """The homeserver of a user, by its name."""
    return user_id.partition(":")[2]


async def log_in(account: MatrixAccount, now: datetime) -> AccountRecord:
    """Make the account's device: by the password a new one, by an access token the one it belongs to.

    Raises NoLogin (neither is given), Unauthorized (not accepted), WrongAccount, Unreachable, RateLimited, Refused.
    """
    if account.access_token:
        return replace(await _adopt(account, account.access_token), began=now)
    if not account.password:
        raise NoLogin
    return replace(await _with_password(account, account.password), began=now)


async def _with_password(account: MatrixAccount, password: str) -> AccountRecord:
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.user_id},
        "password": password,
        "initial_device_display_name": account.device_name,
    }
    line = Wire(account.homeserver)
    try:
        answer = await line.request("POST", wire.path("login"), body=body)
    except Refused as error:
        if error.status != 403:
            raise
        raise Unauthorized(errcode=error.errcode) from error
    finally:
        await line.close()
    return _record(account, _given(answer, "user_id"), _given(answer, "device_id"), _given(answer, "access_token"))


async def _adopt(account: MatrixAccount, token: str) -> AccountRecord:
    line = Wire(account.homeserver, token)
    try:
        user_id, device_id = await who_am_i(line)
    finally:
        await line.close()
    return _record(account, user_id, device_id, token)


def _record(account: MatrixAccount, user_id: str, device_id: str, token: str) -> AccountRecord:
    if user_id != account.user_id:
        raise WrongAccount(known=user_id, asked=account.user_id)
    return AccountRecord(
        account=account.name,
        user_id=user_id,
        device_id=device_id,
        homeserver=account.homeserver,
        access_token=token,
    )


async def who_am_i(line: Wire) -> tuple[str, str]:
    """User id and device id of the token the requests are made with."""
    answer = await line.request("GET", wire.path("account", "whoami"))
    return _given(answer, "user_id"), _given(answer, "device_id")


def _given(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise Unreachable(reason=f"answer_without_{name}")
    return value
