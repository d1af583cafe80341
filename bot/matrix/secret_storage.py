"""Secret storage (m.secret_storage.v1.aes-hmac-sha2): secrets on the homeserver, under a key that people keep."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from bot.matrix import wire
from bot.matrix.errors import RecoveryKeyInvalid, RecoveryKeyWrong, Refused, SecretsMissing
from bot.matrix.signing import from_unpadded, unpadded
from bot.matrix.wire import Wire

ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"
DEFAULT_KEY = "m.secret_storage.default_key"
KEY_BYTES = 32
IV_BYTES = 16
_DESCRIPTION = "m.secret_storage.key."
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RECOVERY_KEY = b"\x8b\x01"
_NOTHING = bytes(32)

Draw = Callable[[int], bytes]
"""Gives so many bytes that nobody can guess."""


@dataclass(frozen=True, kw_only=True)
class StorageKey:
    """The key that secrets are stored under; people know it as the recovery key."""

    raw: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """What the homeserver calls the key: always the same, so that storing may be begun anew."""
        return hmac.new(self.raw, b"key id", hashlib.sha256).hexdigest()[:32]

    def description(self, draw: Draw) -> dict[str, str]:
        """Describe the key so that one can check whether one has it."""
        iv = _iv(draw)
        return {"algorithm": ALGORITHM, "iv": unpadded(iv), "mac": unpadded(self._sealed("", _NOTHING, iv)[1])}

    def fits(self, description: Mapping[str, Any]) -> bool:
        """Whether this is the key described. Raises ValueError or KeyError on a malformed description."""
        if "mac" not in description:
            return True
        mac = self._sealed("", _NOTHING, from_unpadded(description["iv"]))[1]
        return hmac.compare_digest(mac, from_unpadded(description["mac"]))

    def seal(self, name: str, secret: str, draw: Draw) -> dict[str, str]:
        """Encrypt a secret that is stored under `name`."""
        iv = _iv(draw)
        ciphertext, mac = self._sealed(name, secret.encode(), iv)
        return {"iv": unpadded(iv), "ciphertext": unpadded(ciphertext), "mac": unpadded(mac)}

    def open(self, name: str, sealed: Mapping[str, Any]) -> str:
        """Decrypt a secret. Raises RecoveryKeyWrong, and ValueError or KeyError on what is malformed."""
        iv, ciphertext, mac = (from_unpadded(sealed[part]) for part in ("iv", "ciphertext", "mac"))
        aes, own = self._keys(name)
        if not hmac.compare_digest(mac, hmac.digest(own, ciphertext, "sha256")):
            raise RecoveryKeyWrong
        return _ctr(aes, iv, ciphertext).decode()

    def _sealed(self, name: str, plaintext: bytes, iv: bytes) -> tuple[bytes, bytes]:
        aes, own = self._keys(name)
        ciphertext = _ctr(aes, iv, plaintext)
        return ciphertext, hmac.digest(own, ciphertext, "sha256")

    def _keys(self, name: str) -> tuple[bytes, bytes]:
        both: Any = HKDF(self.raw, 32, bytes(32), SHA256, num_keys=2, context=name.encode())
        return both[0], both[1]


def _ctr(key: bytes, iv: bytes, message: bytes) -> bytes:
    return AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=iv).encrypt(message)


def _iv(draw: Draw) -> bytes:
    """An initial counter; its bit 63 is cleared because some platforms count with 63 bits only."""
    drawn = bytearray(draw(IV_BYTES))
    drawn[8] &= 0x7F
    return bytes(drawn)


def recovery_key(key: StorageKey) -> str:
    """Write the key as people keep it: base58 in groups of four."""
    plain = _RECOVERY_KEY + key.raw
    number = int.from_bytes(plain + _parity(plain))
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return " ".join(re.findall(".{1,4}", digits))


def read_recovery_key(text: str) -> StorageKey:
    """Read a recovery key, however it is spaced. Raises RecoveryKeyInvalid if it was mistyped."""
    number = 0
    for character in "".join(text.split()):
        if character not in _BASE58:
            raise RecoveryKeyInvalid
        number = number * 58 + _BASE58.index(character)
    length = len(_RECOVERY_KEY) + KEY_BYTES + 1
    plain = number.to_bytes(max(length, (number.bit_length() + 7) // 8))
    if len(plain) != length or not plain.startswith(_RECOVERY_KEY) or _parity(plain) != b"\0":
        raise RecoveryKeyInvalid
    return StorageKey(raw=plain[len(_RECOVERY_KEY) : -1])


def _parity(plain: bytes) -> bytes:
    parity = 0
    for byte in plain:
        parity ^= byte
    return bytes([parity])


async def store(line: Wire, user_id: str, key: StorageKey, secrets: Mapping[str, str], draw: Draw) -> None:
    """Store secrets by name and make `key` the one that clients ask for; that comes last and says that all is there."""
    if (await _read(line, user_id, DEFAULT_KEY)).get("key") == key.key_id:
        return
    await _write(line, user_id, _DESCRIPTION + key.key_id, key.description(draw))
    for name, secret in secrets.items():
        await _write(line, user_id, name, {"encrypted": {key.key_id: key.seal(name, secret, draw)}})
    await _write(line, user_id, DEFAULT_KEY, {"key": key.key_id})


async def fetch(line: Wire, user_id: str, key: StorageKey, names: tuple[str, ...]) -> tuple[str, ...]:
    """Fetch the secrets of these names.

    Raises RecoveryKeyWrong if `key` is not the one in use, SecretsMissing if one is not stored or not readable.
    """
    key_id = str((await _read(line, user_id, DEFAULT_KEY)).get("key", ""))
    description = await _read(line, user_id, _DESCRIPTION + key_id) if key_id else {}
    if description.get("algorithm") != ALGORITHM:
        raise SecretsMissing
    try:
        if not key.fits(description):
            raise RecoveryKeyWrong
        return tuple([key.open(name, (await _read(line, user_id, name))["encrypted"][key_id]) for name in names])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SecretsMissing from error


async def _read(line: Wire, user_id: str, kind: str) -> dict[str, Any]:
    """Account data of this type, empty if there is none."""
    try:
        return await line.request("GET", wire.path("user", user_id, "account_data", kind))
    except Refused as error:
        if error.status != 404:
            raise
        return {}


async def _write(line: Wire, user_id: str, kind: str, content: Mapping[str, Any]) -> None:
    await line.request("PUT", wire.path("user", user_id, "account_data", kind), body=content)
