"""The secret file in the state directory: the key that encrypts stored keys, and the one behind ids and digests."""

import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

_NAME = "secret"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(kw_only=True, eq=False)
class SecretsUnusable(Exception):
    """The secret file cannot be used: `reason` is one of missing, open_to_others, unreadable, malformed."""

    path: Path
    reason: str

    def __str__(self) -> str:
        """One line for logs; the command line has its own sentences."""
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """`pickle_key` encrypts the keys in the database; `outbox` is the secret behind transaction ids and digests."""

    pickle_key: str = field(repr=False)
    outbox: bytes = field(repr=False)

    def digest(self, text: str) -> str:
        """What a message said, so that an edit can be told from no edit without keeping the text."""
        return hmac.new(self.outbox, b"text\n" + text.encode(), hashlib.sha256).hexdigest()


def existing_secrets(state_dir: Path) -> Secrets:
    """Read the secret file of `state_dir` and make nothing. Raises SecretsUnusable, also where there is none."""
    if not (state_dir / _NAME).exists():
        raise SecretsUnusable(path=state_dir / _NAME, reason="missing")
    return load_secrets(state_dir)


def load_secrets(state_dir: Path) -> Secrets:
    """Read the secret file of `state_dir`, making both on first use, for the owner's eyes only.

    Raises SecretsUnusable. Losing the file means losing the device: the keys in the database cannot be read without.
    """
    path = state_dir / _NAME
    try:
        if not path.exists():
            _create(path)
        if stat.S_IMODE(path.stat().st_mode) & _OTHERS:
            raise SecretsUnusable(path=path, reason="open_to_others")
        found = json.loads(path.read_text())
        return Secrets(pickle_key=str(found["pickle_key"]), outbox=bytes.fromhex(found["outbox"]))
    except OSError as error:
        raise SecretsUnusable(path=path, reason="unreadable") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SecretsUnusable(path=path, reason="malformed") from error


def _create(path: Path) -> None:
    """Write a new secret so that it is there completely or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"pickle_key": secrets.token_hex(32), "outbox": secrets.token_hex(32)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
