"""Foreseen failures as clear lines for the operator: what is wrong, and what to do next."""

from collections.abc import Mapping

from bot.config import ConfigInvalid
from bot.matrix.errors import KeysLocked, NoLogin, RateLimited, Refused, Unauthorized, Unreachable, WrongAccount
from bot.matrix.secrets import SecretsUnusable
from storage.bundle import ImportConflict
from storage.bundle_problems import BundleInvalid
from storage.database import DatabaseUnusable
from storage.lease import LeaseLost

DATABASE: Mapping[str, str] = {
    "newer": "was written by a newer Stadtbote; please install that version, or restore the backup from before",
    "older": "has an older schema; `run` brings it up to date after a backup",
    "foreign": "holds tables that are not Stadtbote's; please name another database in [storage] url",
    "locked": "is locked by another program; please stop it and try again",
    "read_only": "is read-only; please make the file and its folder writable for this user",
    "full": "cannot grow: the disk is full; please make room",
    "unreachable": "cannot be opened; please check [storage] url and that the folder or server is there",
    "not_a_database": "is no database; please name another file in [storage] url",
}
SECRETS: Mapping[str, str] = {
    "missing": "is missing; please restore it from the backup that belongs to this database",
    "open_to_others": "can be read by others; please make it private with chmod 600",
    "unreadable": "cannot be read; please check that the file and its folder belong to this user",
    "malformed": "is damaged; please restore it from the backup that belongs to this database",
}
MOST_PROBLEMS = 100


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
                *(f"{c.collection} {c.key}: was changed in chat since the export." for c in error.conflicts),
                "Nothing was imported. Export again, or import with --overwrite.",
            ]
        case SecretsUnusable():
            return [f"{error.path}: {SECRETS[error.reason]}."]
        case LeaseLost():
            return ["another Stadtbote has taken this database over; this one has stopped."]
        case _:
            return _matrix(error)


def _matrix(error: BaseException) -> list[str] | None:
    match error:
        case NoLogin():
            return ["there is no login yet; please use `init`, or name a password_file in [matrix]."]
        case KeysLocked():
            return ["the secret file does not open the keys in the database; please restore both from the same backup."]
        case Unauthorized():
            return [f"the homeserver does not accept the login ({error.errcode}); please log in with `init`."]
        case WrongAccount():
            return [f"the login belongs to {error.known}, not to {error.asked}; please check [matrix] user_id."]
        case Unreachable():
            return [f"the homeserver cannot be reached ({error.reason}); please check [matrix] homeserver."]
        case RateLimited():
            return [f"the homeserver asks for patience; please try again in {error.retry_after.total_seconds():.0f} s."]
        case Refused():
            return [f"the homeserver refused ({error.errcode}, {error.status})."]
        case OSError(strerror=str(reason), filename=str(file)):
            return [f"{file}: {reason}."]
        case OSError():
            return [str(error)]
        case _:
            return None


def _problems(invalid: BundleInvalid) -> list[str]:
    shown = [f"{invalid.name}{f', line {p.line}' if p.line else ''}: {p}" for p in invalid.errors[:MOST_PROBLEMS]]
    more = len(invalid.errors) - len(shown)
    return [*shown, *([f"… and {more} more."] if more else []), "Nothing was imported."]
