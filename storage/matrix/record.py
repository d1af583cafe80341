"""Rows of the Matrix tables as values; texts called `pickle` are encrypted with the key of the secret file."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AccountRecord:
    """A Matrix account the bot acts as: one device for ever, and the sync token up to which everything is stored.

    `began` is when this device was made: what an earlier device has sent, it can find only by its
    mark. None: before that was noted.
    `master_key` is the public part of our identity, once it is established, and `device_key` that of the device's
    Ed25519 key, which the identity has signed.
    """

    account: str
    user_id: str
    device_id: str
    homeserver: str
    access_token: str
    began: datetime | None = None
    sync_token: str | None = None
    master_key: str | None = None
    device_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class OlmAccountRecord:
    """The device's own keys; `shared`: they are on the homeserver."""

    pickle: str
    shared: bool


@dataclass(frozen=True, kw_only=True)
class OlmSessionRecord:
    """A channel to one other device, whose Curve25519 key is `sender_key`."""

    session: str
    sender_key: str
    pickle: str
    created: datetime
    used: datetime


@dataclass(frozen=True, kw_only=True)
class GroupSessionRecord:
    """A room key: what a device of others, or our own, encrypts messages of a room with.

    `number` counts upwards as keys come; None: it came before that was noted.
    """

    room: str
    sender_key: str
    session: str
    signing_key: str
    pickle: str
    forwarded_by: str
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceRecord:
    """A device of somebody, with its public keys; `deleted` ones may still vouch for old messages.

    `signed_by` is the master key of the identity that has signed the device, None if none has.
    """

    user_id: str
    device_id: str
    name: str
    ed25519: str
    curve25519: str
    deleted: bool
    signed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class IdentityRecord:
    """Somebody's identity, by the public master key: `pinned` as we first saw it, `current` as it is now."""

    user_id: str
    pinned: str
    current: str


def fingerprint(master_key: str) -> str:
    """A public key as people compare it: in groups of four."""
    return " ".join(master_key[start : start + 4] for start in range(0, len(master_key), 4))


@dataclass(frozen=True, kw_only=True)
class KeyRequestRecord:
    """A room key that was asked for."""

    request: str
    session: str
    room: str
    algorithm: str


CryptoRecord = (
    OlmAccountRecord | OlmSessionRecord | GroupSessionRecord | DeviceRecord | IdentityRecord | KeyRequestRecord
)


@dataclass(frozen=True, kw_only=True)
class RoomRecord:
    """A room as the homeserver last described it.

    `membership` is ours (join, invite, leave, ban), `inviter` who invited us. `direct`: exactly two people are joined
    or invited, one of them the bot. `public`: anybody may join, or read without joining. `encrypted` never goes back.
    `other` is the other person of a direct chat. `successor` is the room that continues this one, once its tombstone
    says so by somebody who may.
    """

    room: str
    membership: str
    inviter: str | None = None
    encrypted: bool = False
    direct: bool = False
    public: bool = False
    members: int = 0
    name: str | None = None
    alias: str | None = None
    other: str | None = None
    successor: str | None = None


@dataclass(frozen=True, kw_only=True)
class UndecryptedRecord:
    """An event that could not be read for want of its room key; it is fetched again when the key comes.

    `told`: its sender need not be told of it any more. `thread` is the root of the thread it stands in.
    """

    event: str
    room: str
    session: str
    sender: str
    at: datetime
    told: bool = False
    thread: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithheldRecord:
    """A room key that a client of `sender` refuses to give us, and the code of its reason.

    `room` and `session` are empty where the client could give us no key at all, whichever it was.
    """

    sender: str
    room: str
    session: str
    code: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ToldRecord:
    """When a sender was last told that we cannot read what they write."""

    user_id: str
    at: datetime
