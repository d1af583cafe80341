"""The secret file in the state directory: keys to what the database holds, and the seeds of the bot's identity."""

import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NAME = "secret"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(kw_only=True, eq=False)
class SecretsUnusable(Exception):
    """The secret file cannot be used: `reason` is missing, open_to_others, unreadable, unwritable or malformed."""

    path: Path
    reason: str

    def __str__(self) -> str:
        """One line for logs; the command line has its own sentences."""
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """What the three key pairs of a cross-signing identity are made from, 32 bytes each."""

    master: bytes = field(repr=False)
    self_signing: bytes = field(repr=False)
    user_signing: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """`pickle_key` encrypts the keys in the database; `outbox` is the secret behind transaction ids and digests.

    `seeds` make the identity, once there is one. `recovery` is the key of its secret storage, kept only until a person
    has been shown it.
    """

    pickle_key: str = field(repr=False)
    outbox: bytes = field(repr=False)
    seeds: Seeds | None = None
    recovery: bytes | None = field(default=None, repr=False)

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
        return _read(found)
    except OSError as error:
        raise SecretsUnusable(path=path, reason="unreadable") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SecretsUnusable(path=path, reason="malformed") from error


def keep_secrets(state_dir: Path, changed: Secrets) -> None:
    """Put `changed` in the place of what the secret file holds, at once and for the owner's eyes only.

    Raises SecretsUnusable.
    """
    path = state_dir / _NAME
    try:
        write_private(path, json.dumps(_written(changed)))
    except OSError as error:
        raise SecretsUnusable(path=path, reason="unwritable") from error


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Secrets(pickle_key=secrets.token_hex(32), outbox=secrets.token_bytes(32))
    write_private(path, json.dumps(_written(made)))


def _read(found: Mapping[str, Any]) -> Secrets:
    seeds = found.get("seeds")
    recovery = found.get("recovery")
    return Secrets(
        pickle_key=str(found["pickle_key"]),
        outbox=bytes.fromhex(found["outbox"]),
        seeds=Seeds(**{name: bytes.fromhex(seed) for name, seed in seeds.items()}) if seeds else None,
        recovery=bytes.fromhex(recovery) if recovery else None,
    )


def _written(kept: Secrets) -> dict[str, Any]:
    written: dict[str, Any] = {"pickle_key": kept.pickle_key, "outbox": kept.outbox.hex()}
    if kept.seeds is not None:
        written["seeds"] = {name: seed.hex() for name, seed in vars(kept.seeds).items()}
    if kept.recovery is not None:
        written["recovery"] = kept.recovery.hex()
    return written


def write_private(path: Path, text: str) -> None:
    """Write a file for the owner's eyes only so that it is there completely or not at all, a power cut included."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the disk keep the folder's entries: a new name may else be lost although the file is not."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
