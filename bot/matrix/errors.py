"""What can go wrong between the bot and its homeserver, as classes with facts."""

from dataclasses import dataclass
from datetime import timedelta


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class MatrixError(Exception):
    """The homeserver did not do what was asked."""

    def __str__(self) -> str:
        """The facts on one line, for logs."""
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in vars(self).items())})"


@dataclass(kw_only=True, eq=False)
class Unauthorized(MatrixError):
    """The access token or the password is not accepted; only a person can mend that."""

    errcode: str = "M_UNKNOWN_TOKEN"


@dataclass(kw_only=True, eq=False)
class NoLogin(MatrixError):
    """No device is stored, and neither a password nor an access token is given to make one."""


@dataclass(kw_only=True, eq=False)
class KeysLocked(MatrixError):
    """The secret file is not the one that the keys in the database were encrypted with."""


@dataclass(kw_only=True, eq=False)
class WrongAccount(MatrixError):
    """The stored device, or the given token, belongs to `known`, but `asked` is wanted."""

    known: str
    asked: str


@dataclass(kw_only=True, eq=False)
class RateLimited(MatrixError):
    """Too many requests; the next one is welcome after `retry_after`."""

    retry_after: timedelta


@dataclass(kw_only=True, eq=False)
class Unreachable(MatrixError):
    """No usable answer: connection refused or lost, too slow, a server error (`status`), or not JSON."""

    reason: str
    status: int | None = None


@dataclass(kw_only=True, eq=False)
class Refused(MatrixError):
    """The homeserver understood and said no; the same request would get the same answer."""

    status: int
    errcode: str
