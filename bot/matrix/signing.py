"""Signatures on JSON objects as Matrix makes them: canonical JSON, Ed25519, unpadded base64 (spec: appendices).

vodozemac's binding verifies ten times as fast as pycryptodome, but cannot sign with a key made from a seed.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import vodozemac
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

ALGORITHM = "ed25519"
MOST = 2**53 - 1
"""The largest whole number of canonical JSON, and negated the smallest."""
_OUTSIDE = frozenset({"signatures", "unsigned"})


class NotCanonical(ValueError):
    """A value has no canonical JSON: a fraction, a number too large, a name that is no text."""


def unpadded(raw: bytes) -> str:
    """Write bytes as base64 without the `=` at its end: with them, clients do not see a key."""
    return base64.b64encode(raw).decode().rstrip("=")


def from_unpadded(text: str) -> bytes:
    """Read base64, with or without the `=` at its end. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def canonical(value: object) -> bytes:
    """Give the one spelling of a JSON value that is signed. Raises NotCanonical, UnicodeEncodeError (a ValueError)."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _check(value: object) -> None:
    match value:
        case dict():
            if not all(isinstance(name, str) for name in value):
                raise NotCanonical
            for one in value.values():
                _check(one)
        case list() | tuple():
            for one in value:
                _check(one)
        case None | bool() | str():
            pass
        case int() if -MOST <= value <= MOST:
            pass
        case _:
            raise NotCanonical


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """An Ed25519 pair made from a seed of 32 bytes."""

    seed: bytes = field(repr=False)

    @property
    def public(self) -> str:
        """The public half, unpadded base64."""
        return unpadded(self._pair().public_key().export_key(format="raw"))

    @property
    def key_id(self) -> str:
        """What a cross-signing key is called: by its own public half."""
        return f"{ALGORITHM}:{self.public}"

    def sign(self, message: bytes) -> str:
        """Sign; unpadded base64."""
        return unpadded(eddsa.new(self._pair(), "rfc8032").sign(message))

    def _pair(self) -> ECC.EccKey:
        return ECC.construct(curve="Ed25519", seed=self.seed)


def signable(obj: Mapping[str, Any]) -> bytes:
    """Give what is signed of an object: everything but `signatures` and `unsigned`. Raises NotCanonical."""
    return canonical({name: value for name, value in obj.items() if name not in _OUTSIDE})


def with_signature(obj: Mapping[str, Any], user_id: str, key_id: str, signature: str) -> dict[str, Any]:
    """Give the object with one more signature of `user_id`; those it has stay."""
    signatures: Mapping[str, Mapping[str, str]] = obj.get("signatures", {})
    own = {**signatures.get(user_id, {}), key_id: signature}
    return {**obj, "signatures": {**signatures, user_id: own}}


def signed(obj: Mapping[str, Any], user_id: str, key: SigningKey) -> dict[str, Any]:
    """Give the object with the signature of one of our cross-signing keys. Raises NotCanonical."""
    return with_signature(obj, user_id, key.key_id, key.sign(signable(obj)))


def signed_by(obj: object, user_id: str, key_id: str, public_key: str) -> bool:
    """Whether the object carries a sound signature of this user's key; junk of any kind is a no, never an error.

    `key_id` is `ed25519:` with a device id or, for cross-signing keys, the public key; `public_key` is base64.
    """
    try:
        return _verify(obj, user_id, key_id, public_key)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return False


def _verify(obj: Any, user_id: str, key_id: str, public_key: str) -> bool:
    signature = vodozemac.Ed25519Signature.from_base64(obj["signatures"][user_id][key_id])
    vodozemac.Ed25519PublicKey.from_base64(public_key).verify_signature(signable(obj), signature)
    return True
