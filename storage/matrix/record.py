"""Rows of the Matrix tables as values; texts called `pickle` are encrypted with the key of the secret file."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AccountRecord:
    """A Matrix account the bot acts as: one device for ever, and the sync token up to which everything is stored."""

    account: str
    user_id: str
    device_id: str
    homeserver: str
    access_token: str
    sync_token: str | None = None


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
    """A room key: what a device of others, or our own, encrypts messages of a room with."""

    room: str
    sender_key: str
    session: str
    signing_key: str
    pickle: str
    forwarded_by: str


@dataclass(frozen=True, kw_only=True)
class DeviceRecord:
    """A device of somebody, with its public keys; `deleted` ones may still vouch for old messages."""

    user_id: str
    device_id: str
    name: str
    ed25519: str
    curve25519: str
    deleted: bool


@dataclass(frozen=True, kw_only=True)
class KeyRequestRecord:
    """A room key that was asked for."""

    request: str
    session: str
    room: str
    algorithm: str


CryptoRecord = OlmAccountRecord | OlmSessionRecord | GroupSessionRecord | DeviceRecord | KeyRequestRecord


@dataclass(frozen=True, kw_only=True)
class RoomRecord:
    """A room as the homeserver last described it.

    `membership` is ours (join, invite, leave, ban), `inviter` who invited us. `direct`: exactly two people are joined
    or invited, one of them the bot. `public`: anybody may join, or read without joining. `encrypted` never goes back.
    `other` is the other person of a direct chat.
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


@dataclass(frozen=True, kw_only=True)
class UndecryptedRecord:
    """An event that could not be read for want of its room key; it is fetched again when the key comes."""

    event: str
    room: str
    session: str
    sender: str
    at: datetime
