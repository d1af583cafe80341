"""The device: its login, the identity that vouches for it, and the keys that others need to reach it."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.app import ACCOUNT
from bot.complaints import SECRETS
from bot.doctor.finding import Finding, Patient, fail, ok, warn
from bot.matrix import wire
from bot.matrix.errors import KeysLocked, MatrixError, Refused, Unauthorized
from bot.matrix.identity import Identity
from bot.matrix.keys import own_keys
from bot.matrix.login import who_am_i
from bot.matrix.secrets import Secrets, SecretsUnusable, existing_secrets
from bot.matrix.signing import signed_by
from bot.matrix.wire import Wire
from storage.matrix.queries import load
from storage.matrix.record import AccountRecord, OlmAccountRecord, fingerprint

_SIGNED = "signed_curve25519"
_FEW_KEYS = 10
_NOTHING: dict[str, list[str]] = {"types": []}
_NO_ROOMS = {"room": {"rooms": list[str]()}, "presence": _NOTHING, "account_data": _NOTHING}


@dataclass(frozen=True, kw_only=True)
class Device:
    """The bot's device as this machine knows it: what the database notes, its public keys, and the secret file."""

    account: AccountRecord
    ed25519: str
    secrets: Secrets

    @property
    def me(self) -> str:
        """The bot's Matrix ID."""
        return self.account.user_id


async def read_device(patient: Patient, account: AccountRecord) -> Device | Finding:
    """Read what this machine keeps, or say why that is impossible."""
    try:
        secrets = existing_secrets(patient.settings.matrix.state_dir)
    except SecretsUnusable as error:
        problem, _, advice = SECRETS[error.reason].partition("; ")
        mend = f"chmod 600 {error.path}" if error.reason == "open_to_others" else advice
        return fail("secret file", f"{error.path} {problem}", mend)
    async with patient.database.read() as connection:
        stored = await load(connection, ACCOUNT, OlmAccountRecord)
    if not stored:
        return fail("device", f"{account.device_id} has no keys yet", patient.command("run"))
    try:
        ed25519 = own_keys(stored[0], secrets.pickle_key)["ed25519"]
    except KeysLocked:
        again = patient.command("init --again --recovery-key")
        mend = f"restore database and state directory from the same backup; without one: {again}"
        return fail("secret file", "does not open the keys in the database", mend)
    return Device(account=account, ed25519=ed25519, secrets=secrets)


async def examine_login(patient: Patient, account: AccountRecord, line: Wire) -> Finding:
    """Whether the homeserver knows the token, and for this device; nothing after it can be examined if it fails."""
    again = patient.command("init --again")
    asked = patient.settings.matrix.user_id
    if account.user_id != asked:
        return fail("login", f"belongs to {account.user_id}, but [matrix] user_id is {asked}", again)
    try:
        user, device = await who_am_i(line)
    except Unauthorized as error:
        return fail("login", f"the homeserver does not accept it ({error.errcode})", again)
    except MatrixError as error:
        return fail("login", f"cannot be checked ({error})", "see the line about the homeserver")
    if (user, device) != (account.user_id, account.device_id):
        return fail("login", f"belongs to {user} {device}, not to {account.user_id} {account.device_id}", again)
    return ok("login", f"{user} on {device}")


async def examine_device(patient: Patient, device: Device, line: Wire) -> AsyncIterator[Finding]:
    """Identity, the device's signature, and the keys that others take to write to it."""
    answer = await line.request("POST", wire.path("keys", "query"), body={"device_keys": {device.me: []}})
    yield _identity(patient, device, _master(answer, device.me))
    yield _signature(patient, device, answer)
    yield await _secret_storage(patient, device, line)
    yield await _one_time_keys(patient, line)


def _object(answer: Mapping[str, Any], kind: str, user_id: str) -> dict[str, Any]:
    by_user = answer.get(kind)
    own = by_user.get(user_id) if isinstance(by_user, dict) else None
    return own if isinstance(own, dict) else {}


def _public(key: Mapping[str, Any]) -> str | None:
    keys = key.get("keys")
    return str(next(iter(keys.values()))) if isinstance(keys, dict) and keys else None


def _master(answer: Mapping[str, Any], me: str) -> str | None:
    return _public(_object(answer, "master_keys", me))


def _identity(patient: Patient, device: Device, shown: str | None) -> Finding:
    """Compare what the homeserver shows with what the secret file can prove and the database notes."""
    recover = patient.command("init --recovery-key")
    seeds = device.secrets.seeds
    if shown is None:
        return fail("identity", "there is none yet: clients shut the bot out", patient.command("run"))
    if seeds is None:
        return fail("identity", f"{fingerprint(shown)} is on the homeserver, but its keys are not here", recover)
    ours = Identity.of(seeds).master.public
    if shown != ours:
        return fail("identity", f"the homeserver shows {fingerprint(shown)}, not ours, {fingerprint(ours)}", recover)
    if device.account.master_key != ours:
        return warn("identity", f"{fingerprint(ours)} is not noted in the database yet", patient.command("run"))
    return ok("identity", fingerprint(ours))


def _is_ours(device: Device, master: str) -> bool:
    seeds = device.secrets.seeds
    return seeds is not None and Identity.of(seeds).master.public == master


def _signature(patient: Patient, device: Device, answer: Mapping[str, Any]) -> Finding:
    """Verify the whole chain: master key, self-signing key, our device with our own key."""
    me, name = device.me, device.account.device_id
    shown = _object(answer, "device_keys", me).get(name)
    if not isinstance(shown, dict):
        return fail("device", f"{name} has no keys on the homeserver", patient.command("run"))
    if shown.get("keys", {}).get(f"ed25519:{name}") != device.ed25519:
        return fail("device", f"the homeserver shows other keys for {name}", patient.command("init --again"))
    master, own = _master(answer, me), _object(answer, "self_signing_keys", me)
    signing = _public(own)
    if master is None or signing is None or not signed_by(own, me, f"ed25519:{master}", master):
        return fail("device", f"{name} is not vouched for: there is no sound identity", patient.command("run"))
    if not signed_by(shown, me, f"ed25519:{signing}", signing):
        # `run` signs it, but only with an identity whose keys it has.
        mend = "run" if _is_ours(device, master) else "init --recovery-key"
        return fail("device", f"{name} is not signed by the identity: clients shut it out", patient.command(mend))
    return ok("device", f"{name} is signed by the identity")


async def _secret_storage(patient: Patient, device: Device, line: Wire) -> Finding:
    where = wire.path("user", device.me, "account_data", "m.secret_storage.default_key")
    try:
        key = (await line.request("GET", where)).get("key")
    except Refused as error:
        if error.status != 404:
            raise
        key = None
    if key is None:
        detail = "the homeserver keeps no copy of the identity: a lost disk would be a lost identity"
        return warn("secret storage", detail, patient.command("run"))
    return ok("secret storage", "keeps a copy of the identity, locked with the recovery key")


async def _one_time_keys(patient: Patient, line: Wire) -> Finding:
    """How many keys are left for devices that write to us for the first time; a spare one is taken once all are gone.

    The synchronisation asked for here begins nowhere and is of no room, so that it uses nothing up.
    """
    uploaded = await line.request("POST", wire.path("keys", "upload"), body={})
    left = _count(uploaded.get("one_time_key_counts"))
    query = {"filter": json.dumps(_NO_ROOMS), "timeout": "0", "set_presence": "offline"}
    synced = await line.request("GET", wire.path("sync"), query=query)
    spare = _SIGNED in synced.get("device_unused_fallback_key_types", ())
    detail = f"{left} one-time keys, {'an unused' if spare else 'no unused'} fallback key"
    if left == 0 and not spare:
        return fail("one-time keys", f"{detail}: new devices cannot write to the bot", patient.command("run"))
    if left < _FEW_KEYS or not spare:
        return warn("one-time keys", f"{detail}; a running bot renews them", patient.command("run"))
    return ok("one-time keys", detail)


def _count(counts: object) -> int:
    left = counts.get(_SIGNED, 0) if isinstance(counts, dict) else 0
    return left if isinstance(left, int) else 0
