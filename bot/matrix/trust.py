"""Whom we believe: everybody's identity, as we first saw it and as it is now, and the devices it has signed.

An identity is a master key; it signs a self-signing key, which signs its owner's devices (spec: cross-signing). The
homeserver hands all of them out and could hand out others, so each is verified, and the first master key is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from nio.crypto import OlmDevice

from bot.matrix.keys import IdentityChange, Keys
from bot.matrix.signing import ALGORITHM, from_unpadded, signed_by, unpadded
from storage.matrix.record import IdentityRecord

_KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What somebody has published: the master key, and the key signed by it that signs their devices."""

    user_id: str
    master: str
    self_signing: str

    def has_signed(self, device: OlmDevice, keys: object) -> bool:
        """Whether this identity has signed `keys`, and these are the keys that the device is known by."""
        return _keys_of(device.device_id, keys) == (device.ed25519, device.curve25519) and signed_by(
            keys, self.user_id, _key_id(self.self_signing), self.self_signing
        )


def published(answer: Mapping[str, Any], user_id: str) -> Identity | None:
    """A user's identity in the answer to a keys query; None if there is none, or none that is sound."""
    master = _public_key(_of_user(answer.get("master_keys"), user_id), user_id, "master")
    own = _of_user(answer.get("self_signing_keys"), user_id)
    self_signing = _public_key(own, user_id, "self_signing")
    if master is None or self_signing is None or not signed_by(own, user_id, _key_id(master), master):
        return None
    return Identity(user_id=user_id, master=master, self_signing=self_signing)


def _public_key(obj: object, user_id: str, usage: str) -> str | None:
    """The one key of a cross-signing key object that says of itself whose it is and what for."""
    if not isinstance(obj, Mapping) or obj.get("user_id") != user_id:
        return None
    usages, keys = obj.get("usage"), obj.get("keys")
    if not isinstance(usages, list) or usage not in usages or not isinstance(keys, Mapping) or len(keys) != 1:
        return None
    ((key_id, key),) = keys.items()
    return key if _is_key(key) and key_id == _key_id(key) else None


def _is_key(key: object) -> bool:
    """Whether this is a key in the one spelling that clients compare: unpadded, and no bits beyond its end."""
    try:
        raw = from_unpadded(key) if isinstance(key, str) else b""
    except ValueError:
        return False
    return len(raw) == _KEY_BYTES and unpadded(raw) == key


def _key_id(key: object) -> str:
    return f"{ALGORITHM}:{key}"


def _keys_of(device_id: str, keys: object) -> tuple[object, object] | None:
    named = keys.get("keys") if isinstance(keys, Mapping) else None
    if not isinstance(named, Mapping):
        return None
    return named.get(_key_id(device_id)), named.get(f"curve25519:{device_id}")


def _of_user(by_user: object, user_id: str) -> object:
    return by_user.get(user_id) if isinstance(by_user, Mapping) else None


class Trust:
    """Everybody's identity and which devices stand behind it; `keys` stores what changes."""

    def __init__(self, keys: Keys) -> None:
        """Go on with what is stored."""
        self._keys = keys
        self._identities = {one.user_id: one for one in keys.load_identities()}

    def identity_of(self, user_id: str) -> IdentityRecord | None:
        """The user's identity as it was pinned and as it is now, None if none was ever seen."""
        return self._identities.get(user_id)

    def learn(self, user_id: str, identity: Identity | None, at: datetime) -> None:
        """Take in what a user has published now: the first identity is pinned, another one is an incident.

        Without an identity nothing changes: nobody can take theirs back, but a homeserver can hide it.
        """
        if identity is None:
            return
        known = self._identities.get(user_id)
        if known is None:
            self._note(IdentityRecord(user_id=user_id, pinned=identity.master, current=identity.master))
        elif known.current != identity.master:
            self._note(replace(known, current=identity.master))
            self._keys.save_change(IdentityChange(user_id=user_id, before=known.current, now=identity.master, at=at))

    def _note(self, record: IdentityRecord) -> None:
        self._identities[record.user_id] = record
        self._keys.save_identity(record)

    def vouch(
        self,
        identity: Identity | None,
        devices: Iterable[OlmDevice],
        *,
        published_as: Mapping[str, object],
        before: Mapping[str, tuple[str, str]],
    ) -> None:
        """Note which of one user's `devices` their identity has signed, as they are published now.

        With the identity hidden, devices that it had signed stay signed as long as their keys are those of `before`.
        """
        for device in devices:
            if identity is not None:
                signed = identity.has_signed(device, published_as.get(device.device_id))
                self._keys.save_signer(device, identity.master if signed else None)
            elif before.get(device.device_id) != (device.ed25519, device.curve25519):
                self._keys.save_signer(device, None)

    def may_read(self, device: OlmDevice) -> bool:
        """Whether the device may have room keys: its owner's identity of today signed it, or there is no identity."""
        identity = self._identities.get(device.user_id)
        return identity is None or self._keys.signer_of(device) == identity.current

    def stands_behind(self, device: OlmDevice) -> bool:
        """Whether the identity as first seen (or accepted since) is the one of today, and has signed the device.

        A device that its owner has removed may have been lost: nobody stands behind it any more.
        """
        identity = self._identities.get(device.user_id)
        if identity is None or device.deleted:
            return False
        return self._keys.signer_of(device) == identity.pinned == identity.current

    def unaccepted(self) -> frozenset[str]:
        """The users whose identity is another one than the pinned."""
        return frozenset(user for user, one in self._identities.items() if one.pinned != one.current)

    def accept(self, stored: Iterable[IdentityRecord]) -> None:
        """Take over what administration has pinned; what an identity is now, we know better than the database."""
        for one in stored:
            known = self._identities.get(one.user_id, one)
            self._identities[one.user_id] = replace(known, pinned=one.pinned)
