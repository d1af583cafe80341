"""Foreseen failures as clear lines for the operator: what is wrong, and what to do next."""

import errno
from collections.abc import Mapping

from bot.config import ConfigInvalid
from bot.matrix.errors import (
    ApprovalNeeded,
    DeviceNotSigned,
    IdentityError,
    IdentityNotOurs,
    KeysLocked,
    NoLogin,
    NothingToRecover,
    RateLimited,
    RecoveryKeyInvalid,
    RecoveryKeyWrong,
    Refused,
    SecretsMissing,
    Unauthorized,
    Unreachable,
    WrongAccount,
)
from bot.matrix.secrets import SecretsUnusable
from storage.bundle import Conflict, ImportConflict
from storage.bundle_problems import BundleInvalid, Problem
from storage.database import DatabaseUnusable
from storage.lease import LeaseLost
from storage.matrix.record import fingerprint
from storage.relocation import CopyDiffers, SameStore, TargetNotEmpty

DATABASE: Mapping[str, str] = {
    "newer": "was written by a newer Stadtbote; please install that version, or restore the backup from before",
    "older": "has an older schema; `run` brings it up to date after a backup",
    "foreign": "holds tables that are not Stadtbote's; please name another database in [storage] url",
    "encoding": "cannot hold every character; please use one that was made with ENCODING 'UTF8'",
    "forbidden": "does not let this user make tables; please make this user the owner of the database",
    "locked": "is locked by another program; please stop it and try again",
    "read_only": "is read-only; please make the file and its folder writable for this user",
    "full": "cannot grow: the disk is full; please make room",
    "unreachable": "cannot be opened; please check [storage] url and that the folder or server is there",
    "not_a_database": "is no database; please name another file in [storage] url",
    "damaged": "is damaged; please stop the bot and restore the backup",
}
SECRETS: Mapping[str, str] = {
    "missing": "is missing; please restore it from the backup that belongs to this database",
    "open_to_others": "can be read by others; please make it private with chmod 600",
    "unreadable": "cannot be read; please check that the file and its folder belong to this user",
    "unwritable": "cannot be written; please check the folder's owner and that the disk is not full",
    "malformed": "is damaged; please restore it from the backup that belongs to this database",
}
DEVICES: Mapping[str, str] = {
    "other_keys": "the homeserver shows other keys for the bot's device than it has",
    "refused": "the homeserver refused the signature on the bot's device",
    "not_kept": "the homeserver did not keep the signature on the bot's device",
}
MOST_PROBLEMS = 100
NOT_OURS = (
    "Please bring it back with its recovery key: `init --recovery-key`. The identity was not changed.",
    "If that key is lost, reset the identity of this account in a Matrix client and use the recovery key it gives.",
)
NO_LOGIN = (
    "there is no login in the database yet; please use `init --again`, or name a password_file in [matrix].",
    "If there was one, please check [storage] url first, or restore database and state directory from the backup.",
)
KEYS_LOCKED = (
    "the secret file does not open the keys in the database; please restore both from the same backup.",
    "If there is none, `init --again --recovery-key` makes a new device of the same identity.",
)
IDENTITIES: Mapping[type[IdentityError], tuple[str, ...]] = {
    NothingToRecover: ("this account has no identity yet; without --recovery-key a new one is made.",),
    RecoveryKeyInvalid: ("this is no recovery key; please look for a mistyped or missing character.",),
    RecoveryKeyWrong: ("this is not the recovery key of this account's identity; please use the one shown last.",),
    SecretsMissing: (
        "the homeserver does not hold the keys of this account's identity under this recovery key.",
        "Please reset the identity of this account in a Matrix client and use the recovery key it gives.",
    ),
    ApprovalNeeded: (
        "the homeserver takes the bot's identity only with the account's password.",
        "Please name a password_file in [matrix] and start again.",
    ),
}
FAILED, LOGIN, IDENTITY = 1, 3, 4
"""Exit codes; 2 is wrong use."""


def exit_code(error: BaseException) -> int:
    """The code to end with: which failures come back at every start until somebody has acted."""
    match error:
        case BaseExceptionGroup():
            return exit_code(error.exceptions[0])
        case Unauthorized():
            return LOGIN
        case IdentityError():
            return IDENTITY
        case _:
            return FAILED


def explained(error: BaseException) -> list[str] | None:
    """The lines that explain `error`; None if it is not a foreseen one."""
    if isinstance(error, BaseExceptionGroup):
        first = error.exceptions[0]
        return explained(first)
    match error:
        case ConfigInvalid():
            return [f"{error.file}: {problem}" for problem in error.problems]
        case DatabaseUnusable():
            return [f"database {error.url} {DATABASE[error.reason]}."]
        case BundleInvalid():
            return _problems(error)
        case ImportConflict():
            return [
                *(_conflict(conflict) for conflict in error.conflicts[:MOST_PROBLEMS]),
                "Nothing was imported. Export again, or import with --overwrite.",
            ]
        case SameStore() | TargetNotEmpty() | CopyDiffers():
            return [f"{_not_copied(error)} Nothing was copied."]
        case SecretsUnusable():
            return [f"{error.path}: {SECRETS[error.reason]}."]
        case LeaseLost():
            return ["another Stadtbote has taken this database over; this one has stopped."]
        case _:
            return _matrix(error)


def _matrix(error: BaseException) -> list[str] | None:
    match error:
        case NoLogin():
            return list(NO_LOGIN)
        case KeysLocked():
            return list(KEYS_LOCKED)
        case Unauthorized(errcode="M_FORBIDDEN"):
            return ["the homeserver does not accept the login; please check user and password."]
        case Unauthorized():
            again = "please use `init --again`, with a new access token if you use one"
            return [f"the homeserver does not accept the login ({error.errcode}); {again}."]
        case IdentityError():
            return _identity(error)
        case WrongAccount():
            return [f"the login belongs to {error.known}, not to {error.asked}; please check [matrix] user_id."]
        case Unreachable():
            return [f"the homeserver cannot be reached ({error.reason}); please check [matrix] homeserver."]
        case RateLimited():
            return [f"the homeserver asks for patience; please try again in {error.retry_after.total_seconds():.0f} s."]
        case Refused():
            return [f"the homeserver refused ({error.errcode}, {error.status})."]
        case OSError(errno=errno.EADDRINUSE):
            stop = "please stop the other program (another Stadtbote?) or name another address"
            return [f"the address in [http] listen is in use already; {stop}."]
        case OSError(strerror=str(reason), filename=str(file)):
            return [f"{file}: {reason}."]
        case OSError():
            return [str(error)]
        case _:
            return None


def _not_copied(error: SameStore | TargetNotEmpty | CopyDiffers) -> str:
    match error:
        case SameStore():
            return f"{error.url} is the store that the configuration names already."
        case TargetNotEmpty():
            return f"database {error.url} is not empty (table {error.table}); please name a new one."
        case CopyDiffers():
            return f"what was read back from the new table {error.table} is not what was written; please try again."


def _identity(error: IdentityError) -> list[str]:
    match error:
        case IdentityNotOurs():
            here = f"{error.user_id} has an identity already ({fingerprint(error.master_key)}); its keys are not here."
            return [here, *NOT_OURS]
        case ApprovalNeeded(page=str(page)):
            return [f"the homeserver wants the bot's identity approved: please do so at {page} and start again."]
        case DeviceNotSigned():
            return [f"{DEVICES[error.reason]}; please make a new device with `init --again`."]
        case _:
            return list(IDENTITIES[type(error)])


def _conflict(conflict: Conflict) -> str:
    if conflict.erased:
        return f"{conflict.collection} {conflict.key}: was made anonymous since the export."
    when = f" on {conflict.at:%Y-%m-%d at %H:%M} UTC" if conflict.at else ""
    who = f", last by {conflict.by}{when}" if conflict.by else f", last{when}" if when else ""
    return f"{conflict.collection} {conflict.key}: was changed in chat since the export{who}."


def _problems(invalid: BundleInvalid) -> list[str]:
    shown = [f"{invalid.name}{_spot(p, invalid.name)}: {p}" for p in invalid.errors[:MOST_PROBLEMS]]
    more = len(invalid.errors) - len(shown)
    return [*shown, *([f"… and {more} more."] if more else []), "Nothing was imported."]


def _spot(problem: Problem, name: str) -> str:
    if problem.cell and problem.cell != name:
        return f", {problem.cell}"
    return f", line {problem.line}" if problem.line else ""
