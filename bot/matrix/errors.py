"""What can go wrong between the bot and its homeserver, as classes with facts."""

from dataclasses import dataclass
from datetime import timedelta

_OF_THE_ACCOUNT = frozenset(
    {"M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_USER_DEACTIVATED", "M_USER_LOCKED", "M_USER_SUSPENDED"}
)


# Not frozen: Python sets the traceback of an exception that passes through a context manager.
@dataclass(kw_only=True, eq=False)
class MatrixError(Exception):
    """The homeserver did not do what was asked."""

    def __str__(self) -> str:
        """The facts on one line, for logs."""
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in vars(self).items())})"

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed later, although nobody changes anything here."""
        return False


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

    @property
    def passes(self) -> bool:
        """Always."""
        return True


@dataclass(kw_only=True, eq=False)
class Unreachable(MatrixError):
    """No usable answer: connection refused or lost, too slow, a server error (`status`), or not JSON."""

    reason: str
    status: int | None = None

    @property
    def passes(self) -> bool:
        """As far as anybody can tell from here."""
        return True


@dataclass(kw_only=True, eq=False)
class Refused(MatrixError):
    """The homeserver understood and said no; the same request would get the same answer."""

    status: int
    errcode: str

    @property
    def of_the_account(self) -> bool:
        """Whether the account is refused, not what was asked: whoever runs the homeserver can lift that."""
        return self.errcode in _OF_THE_ACCOUNT

    @property
    def passes(self) -> bool:
        """If it is the account that is refused."""
        return self.of_the_account


@dataclass(kw_only=True, eq=False)
class Challenged(Refused):
    """The homeserver wants the request once more, with a proof of who is asking.

    `flows` are the ways to give it, each a list of stages; `page` is where a person may approve in the browser.
    """

    flows: tuple[tuple[str, ...], ...]
    session: str
    page: str | None


@dataclass(kw_only=True, eq=False)
class IdentityError(MatrixError):
    """The bot cannot act under an identity of its own; only a person can mend that."""


@dataclass(kw_only=True, eq=False)
class IdentityNotOurs(IdentityError):
    """The account has an identity, `master_key` on the homeserver, whose private keys are not on this machine."""

    user_id: str
    master_key: str


@dataclass(kw_only=True, eq=False)
class NothingToRecover(IdentityError):
    """A recovery key was given, but the account has no identity yet."""


@dataclass(kw_only=True, eq=False)
class RecoveryKeyInvalid(IdentityError):
    """What was typed is no recovery key: a character is wrong or missing."""


@dataclass(kw_only=True, eq=False)
class RecoveryKeyWrong(IdentityError):
    """It is a recovery key, but not the one that this account's secrets are stored under."""


@dataclass(kw_only=True, eq=False)
class SecretsMissing(IdentityError):
    """The account's secret storage does not hold the keys of its identity."""


@dataclass(kw_only=True, eq=False)
class ApprovalNeeded(IdentityError):
    """The homeserver wants the identity approved: on `page` in the browser, or with the account's password."""

    page: str | None


@dataclass(kw_only=True, eq=False)
class DeviceNotSigned(IdentityError):
    """The device could not be signed: `reason` is one of other_keys, refused, not_kept."""

    reason: str
