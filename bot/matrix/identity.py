"""The bot's own identity: made once, kept for ever, and shown by signing the bot's device (cross-signing).

Clients shut out devices that no identity of their owner has signed. What is made here is never replaced by itself:
to everybody who has seen it, another identity is another bot.
"""

import secrets as chance
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.matrix import wire
from bot.matrix.errors import (
    ApprovalNeeded,
    Challenged,
    DeviceNotSigned,
    IdentityNotOurs,
    NothingToRecover,
    SecretsMissing,
)
from bot.matrix.secret_storage import KEY_BYTES, StorageKey, fetch, read_recovery_key, recovery_key, store
from bot.matrix.secrets import Secrets, Seeds, keep_secrets
from bot.matrix.session import Session
from bot.matrix.signing import SigningKey, from_unpadded, signed, signed_by, unpadded, with_signature
from storage.matrix.queries import note_identity, stored_account

NAMES = ("m.cross_signing.master", "m.cross_signing.self_signing", "m.cross_signing.user_signing")
"""What the seeds are called in secret storage, in their order."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The three key pairs: the master key is the identity, it signs the other two, and they sign devices and users."""

    master: SigningKey
    self_signing: SigningKey
    user_signing: SigningKey

    @classmethod
    def of(cls, seeds: Seeds) -> "Identity":
        """Make the pairs from their seeds."""
        return cls(**{name: SigningKey(seed=seed) for name, seed in vars(seeds).items()})

    @property
    def public(self) -> dict[str, str]:
        """The public halves by the names that a keys query gives them."""
        return {f"{name}_keys": key.public for name, key in vars(self).items()}


@dataclass(frozen=True, kw_only=True)
class Established:
    """The identity is there and has signed this device; `recovery_key` is to be shown to a person, once."""

    master_key: str
    recovery_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the homeserver shows of the account: our device, and the public keys of its identity by kind."""

    device: Mapping[str, Any]
    keys: Mapping[str, str]

    @property
    def master(self) -> str | None:
        """The public master key, None while the account has no identity."""
        return self.keys.get("master_keys")

    def fit(self, seeds: Seeds) -> bool:
        """Whether what is shown is made from these seeds."""
        return self.keys == Identity.of(seeds).public


async def establish(session: Session, state_dir: Path, *, recovery: str | None = None) -> Established:
    """Give the account an identity, if it has none, and have it sign this device.

    Every step looks at what is there already, so that after a crash the next call completes what one has begun.
    `recovery` is a recovery key that brings the identity back to a machine that does not know it. Until `shown` is
    called, every call gives the recovery key again.

    Raises IdentityError, and MatrixError as every request does.
    """
    await session.upload_keys()
    published = await _published(session)
    identity = Identity.of(await _seeds(session, state_dir, published, recovery))
    if not published.keys:
        await _publish(session, identity)
    await _sign_device(session, identity, published)
    await _note(session, identity)
    master = identity.master.public
    if session.secrets.recovery is None:
        return Established(master_key=master)
    key = StorageKey(raw=session.secrets.recovery)
    await store(session.wire, session.me, key, _by_name(session.secrets.seeds), chance.token_bytes)
    return Established(master_key=master, recovery_key=recovery_key(key))


def shown(session: Session, state_dir: Path) -> None:
    """A person has the recovery key now: it is not kept any longer. Raises SecretsUnusable."""
    _keep(session, state_dir, replace(session.secrets, recovery=None))


async def _published(session: Session) -> Published:
    answer = await session.wire.request("POST", wire.path("keys", "query"), body={"device_keys": {session.me: []}})
    keys = {kind: _own(session, answer, kind).get("keys") for kind in _KINDS}
    return Published(
        device=_device(session, answer),
        keys={kind: str(next(iter(pair.values()))) for kind, pair in keys.items() if isinstance(pair, dict) and pair},
    )


_KINDS = ("master_keys", "self_signing_keys", "user_signing_keys")


def _own(session: Session, answer: Mapping[str, Any], kind: str) -> dict[str, Any]:
    by_user = answer.get(kind)
    own = by_user.get(session.me) if isinstance(by_user, dict) else None
    return own if isinstance(own, dict) else {}


def _device(session: Session, answer: Mapping[str, Any]) -> dict[str, Any]:
    device = _own(session, answer, "device_keys").get(session.device_id)
    return device if isinstance(device, dict) else {}


# Where the seeds come from.


async def _seeds(session: Session, state_dir: Path, published: Published, recovery: str | None) -> Seeds:
    """Those of this machine if they fit, else recovered ones, or new ones for an account without an identity."""
    ours, master = session.secrets.seeds, published.master
    if ours is not None and (not published.keys or published.fit(ours)):
        return ours
    if master is None:
        if recovery is not None:
            raise NothingToRecover
        return _made(session, state_dir)
    if recovery is None:
        raise IdentityNotOurs(user_id=session.me, master_key=master)
    return await _recovered(session, state_dir, published, recovery)


def _made(session: Session, state_dir: Path) -> Seeds:
    """Draw a new identity; it is on the disk before anybody sees it, or a crash would lose it."""
    seeds = Seeds(**{name: chance.token_bytes(KEY_BYTES) for name in ("master", "self_signing", "user_signing")})
    _keep(session, state_dir, replace(session.secrets, seeds=seeds, recovery=chance.token_bytes(KEY_BYTES)))
    return seeds


async def _recovered(session: Session, state_dir: Path, published: Published, recovery: str) -> Seeds:
    found = await fetch(session.wire, session.me, read_recovery_key(recovery), NAMES)
    try:
        seeds = Seeds(**dict(zip(("master", "self_signing", "user_signing"), map(from_unpadded, found), strict=True)))
        fit = published.fit(seeds)
    except ValueError as error:
        raise SecretsMissing from error
    if not fit:
        raise SecretsMissing
    _keep(session, state_dir, replace(session.secrets, seeds=seeds, recovery=None))
    return seeds


def _by_name(seeds: Seeds | None) -> dict[str, str]:
    return dict(zip(NAMES, map(unpadded, vars(seeds).values()), strict=True)) if seeds else {}


def _keep(session: Session, state_dir: Path, changed: Secrets) -> None:
    keep_secrets(state_dir, changed)
    session.secrets = changed


# What the homeserver is given.


async def _publish(session: Session, identity: Identity) -> None:
    """Upload all three keys together: Synapse would take a master key alone, and orphan the others."""
    master, me = identity.master, session.me
    key_of_master = _key(session, "master", master)
    by_device = str(session.machine.sign_json(key_of_master))
    body = {
        "master_key": with_signature(key_of_master, me, f"ed25519:{session.device_id}", by_device),
        "self_signing_key": signed(_key(session, "self_signing", identity.self_signing), me, master),
        "user_signing_key": signed(_key(session, "user_signing", identity.user_signing), me, master),
    }
    where = wire.path("keys", "device_signing", "upload")
    try:
        await session.wire.request("POST", where, body=body)
    except Challenged as challenge:
        await _publish_with_password(session, where, body, challenge)


async def _publish_with_password(session: Session, where: str, body: Mapping[str, Any], challenge: Challenged) -> None:
    """Repeat the upload with the account's password, where that is enough. Raises ApprovalNeeded."""
    password = session.account.password
    if password is None or ("m.login.password",) not in challenge.flows:
        raise ApprovalNeeded(page=challenge.page) from challenge
    proof = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": session.me},
        "password": password,
        "session": challenge.session,
    }
    try:
        await session.wire.request("POST", where, body={**body, "auth": proof})
    except Challenged as again:
        raise ApprovalNeeded(page=again.page) from again


def _key(session: Session, usage: str, key: SigningKey) -> dict[str, Any]:
    return {"user_id": session.me, "usage": [usage], "keys": {key.key_id: key.public}}


async def _sign_device(session: Session, identity: Identity, published: Published) -> None:
    """Sign our device, and see for ourselves that it is: the answer to the upload is 200 even if it failed."""
    if _is_signed(session, identity, published.device):
        return
    if published.device.get("keys") != _device_keys(session):
        # Signing what is shown under our name would vouch for a device that is not this one.
        raise DeviceNotSigned(reason="other_keys")
    bare = {name: value for name, value in published.device.items() if name not in {"signatures", "unsigned"}}
    body = {session.me: {session.device_id: signed(bare, session.me, identity.self_signing)}}
    answer = await session.wire.request("POST", wire.path("keys", "signatures", "upload"), body=body)
    if answer.get("failures"):
        raise DeviceNotSigned(reason="refused")
    if not _is_signed(session, identity, (await _published(session)).device):
        raise DeviceNotSigned(reason="not_kept")


def _is_signed(session: Session, identity: Identity, device: Mapping[str, Any]) -> bool:
    key = identity.self_signing
    ours = device.get("keys") == _device_keys(session)
    return ours and signed_by(device, session.me, key.key_id, key.public)


def _device_keys(session: Session) -> dict[str, str]:
    """The device's own public keys, as they must be shown on the homeserver."""
    own = session.machine.account.identity_keys
    return {f"{kind}:{session.device_id}": str(own[kind]) for kind in ("curve25519", "ed25519")}


async def _note(session: Session, identity: Identity) -> None:
    """Store the public keys for `!identität`, whose command knows no secrets."""
    name, master = session.account.name, identity.master.public
    device = _device_keys(session)[f"ed25519:{session.device_id}"]
    async with session.database.read() as connection:
        known = await stored_account(connection, name)
    if known is None or (known.master_key, known.device_key) != (master, device):
        await session.database.transact(
            lambda connection: note_identity(connection, name, master_key=master, device_key=device)
        )
