"""The bot's own identity on a real homeserver: made once, kept for ever, seen and verified by others."""

import base64
import hmac
import json
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nio.api import Api

from bot.demo.homeserver import Account, Homeserver
from bot.matrix import wire
from bot.matrix.errors import (
    ApprovalNeeded,
    Challenged,
    DeviceNotSigned,
    IdentityNotOurs,
    NothingToRecover,
    RecoveryKeyInvalid,
    RecoveryKeyWrong,
    SecretsMissing,
)
from bot.matrix.identity import Established, Identity, _by_name, establish, shown
from bot.matrix.profile import FIELD, show_fingerprint
from bot.matrix.secret_storage import StorageKey, read_recovery_key, recovery_key, store
from bot.matrix.secrets import Secrets, Seeds, load_secrets
from bot.matrix.signing import SigningKey, signed, signed_by, with_signature
from bot.matrix.wire import Wire
from storage.database import Database
from storage.matrix.queries import begin_account, stored_account
from storage.matrix.record import fingerprint
from tests.bot.matrix.bot import Bot
from tests.bot.matrix.conftest import empty
from tests.rig.fixtures import Register

pytestmark = pytest.mark.synapse

_CLIENT = "/_matrix/client/v3"
_WRITES_OF_A_FIRST_START = 8


class PowerCut(BaseException):
    """The machine is off: nothing catches this."""


@dataclass
class Installed:
    """A bot as it begins on a machine: an account, a database, and a state directory that may be lost."""

    server: Homeserver
    account: Account
    database: Database
    state: Path
    password: bool = True

    def __post_init__(self) -> None:
        self.bot = Bot(self.server.url, self.account, self.database, self.state)
        if not self.password:
            token = self.account.access_token
            self.bot.configured = replace(self.bot.configured, password=None, access_token=token)

    async def start(self, recovery: str | None = None) -> Established:
        """What each start of the bot does before anything else, as from a new process."""
        await self.bot.stop()
        self.bot.secrets = load_secrets(self.state)
        return await establish(await self.bot.open(), self.state, recovery=recovery)

    async def start_and_show(self) -> str:
        """A first start, after which a person has the recovery key."""
        established = await self.start()
        assert established.recovery_key is not None
        shown(self.bot.session, self.state)
        return established.recovery_key

    async def new_login(self) -> None:
        """The device is gone; the account and the state directory stay."""
        await self.bot.stop()
        account = await self.server.login(self.account.localpart, self.account.password)
        async with self.database.read() as connection:
            known = await stored_account(connection, "default")
        assert known is not None
        made = replace(known, device_id=account.device_id, access_token=account.access_token, sync_token=None)
        await self.database.transact(lambda connection: begin_account(connection, made))


@pytest.fixture
async def installed(synapse: Homeserver, register: Register, database: Database, tmp_path: Path) -> Any:
    made = Installed(synapse, await register("bote"), database, tmp_path / "state")
    yield made
    await made.bot.stop()


@pytest.fixture
async def elsewhere(installed: Installed, tmp_path: Path) -> Any:
    """The same account on another machine, where nothing of the first one is."""
    async with empty(tmp_path / "other.db") as database:
        made = Installed(installed.server, installed.account, database, tmp_path / "other-state")
        yield made
        await made.bot.stop()


Writes = list[str]


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> Writes:
    """Every request that changes something on the homeserver, as it is made."""
    made: Writes = []
    request = Wire.request

    async def noted(self: Wire, method: str, where: str, **more: Any) -> dict[str, Any]:
        if _is_write(method, where):
            made.append(where)
        return await request(self, method, where, **more)

    monkeypatch.setattr(Wire, "request", noted)
    return made


def _is_write(method: str, where: str) -> bool:
    return method == "PUT" or (method == "POST" and not where.endswith(("keys/query", "login")))


# --- what others see -------------------------------------------------------------------------------------------------


async def seen_by(server: Homeserver, who: Account, user_id: str) -> dict[str, Any]:
    """What the homeserver tells somebody else about a user's keys."""
    body: dict[str, Any] = {"device_keys": {user_id: []}}
    answer = await server.api("POST", f"{_CLIENT}/keys/query", token=who.access_token, body=body)
    assert isinstance(answer, dict)
    return answer


def the_key(obj: Any) -> tuple[str, str]:
    """Id and public half of a cross-signing key object."""
    ((key_id, public),) = obj["keys"].items()
    assert key_id == f"ed25519:{public}"
    assert not public.endswith("=")
    return key_id, public


def verified(obj: dict[str, Any], user_id: str, key_id: str, public: str) -> None:
    """The signature is sound by our own code, and by another library on another canonical JSON."""
    assert signed_by(obj, user_id, key_id, public)
    bare = {name: value for name, value in obj.items() if name not in {"signatures", "unsigned"}}
    message = Api.to_canonical_json(bare).encode()
    signature = base64.b64decode(obj["signatures"][user_id][key_id] + "==")
    key = eddsa.import_public_key(base64.b64decode(public + "="))
    eddsa.new(key, "rfc8032").verify(message, signature)


async def seen_signed(installed: Installed, register: Register) -> str:
    """Somebody else sees identity and device, and every signature is sound; gives the master key."""
    me, device_id = installed.account.user_id, installed.bot.session.device_id
    seen = await seen_by(installed.server, await register("zeugin"), me)
    master, own = seen["master_keys"][me], seen["self_signing_keys"][me]
    device = seen["device_keys"][me][device_id]
    assert (master["usage"], own["usage"]) == (["master"], ["self_signing"])
    verified(own, me, *the_key(master))
    verified(device, me, *the_key(own))
    verified(device, me, f"ed25519:{device_id}", device["keys"][f"ed25519:{device_id}"])
    return the_key(master)[1]


async def test_a_second_account_sees_the_identity_and_the_signed_device(
    installed: Installed, register: Register
) -> None:
    established = await installed.start()
    assert await seen_signed(installed, register) == established.master_key


async def test_the_master_key_is_signed_by_the_device_that_made_it(installed: Installed, register: Register) -> None:
    await installed.start()
    me, device_id = installed.account.user_id, installed.bot.session.device_id
    seen = await seen_by(installed.server, installed.account, me)
    device = seen["device_keys"][me][device_id]
    verified(seen["master_keys"][me], me, f"ed25519:{device_id}", device["keys"][f"ed25519:{device_id}"])
    verified(seen["user_signing_keys"][me], me, *the_key(seen["master_keys"][me]))


async def test_the_public_keys_are_stored_with_the_account(installed: Installed) -> None:
    established = await installed.start()
    async with installed.database.read() as connection:
        stored = await stored_account(connection, "default")
    assert stored is not None
    assert stored.master_key == established.master_key
    assert stored.device_key == installed.bot.session.machine.account.identity_keys["ed25519"]


# --- kept for ever ---------------------------------------------------------------------------------------------------


async def test_twenty_restarts_keep_the_identity_and_upload_nothing(installed: Installed, writes: Writes) -> None:
    first = await installed.start()
    shown(installed.bot.session, installed.state)
    assert len(writes) == _WRITES_OF_A_FIRST_START
    writes.clear()
    again = [await installed.start() for _ in range(20)]
    assert {one.master_key for one in again} == {first.master_key}
    assert {one.recovery_key for one in again} == {None}
    assert writes == []


async def test_a_lost_disk_is_not_a_lost_identity(
    installed: Installed, elsewhere: Installed, register: Register
) -> None:
    key = await installed.start_and_show()
    before = await seen_signed(installed, register)
    recovered = await elsewhere.start(key.replace(" ", "\n"))
    assert recovered == Established(master_key=before)
    assert elsewhere.bot.session.device_id != installed.bot.session.device_id
    assert await seen_signed(elsewhere, register) == before
    assert (await elsewhere.start()).master_key == before


async def test_a_new_device_is_signed_by_the_old_identity_without_being_asked(
    installed: Installed, register: Register, writes: Writes
) -> None:
    await installed.start_and_show()
    before = await seen_signed(installed, register)
    await installed.new_login()
    writes.clear()
    assert await installed.start() == Established(master_key=before)
    assert await seen_signed(installed, register) == before
    assert writes == [wire.path("keys", "upload"), wire.path("keys", "signatures", "upload")]


# --- not replaced by itself ------------------------------------------------------------------------------------------


async def test_another_identity_of_the_account_stops_the_bot_and_nothing_is_uploaded(
    installed: Installed, elsewhere: Installed, register: Register, writes: Writes
) -> None:
    await installed.start_and_show()
    before = await seen_signed(installed, register)
    writes.clear()
    with pytest.raises(IdentityNotOurs) as caught:
        await elsewhere.start()
    assert (caught.value.user_id, caught.value.master_key) == (installed.account.user_id, before)
    assert writes == [wire.path("keys", "upload")]
    assert load_secrets(elsewhere.state).seeds is None
    assert await seen_signed(installed, register) == before


def seeds(first: int) -> Seeds:
    """Another identity, known to the test."""
    return Seeds(**{name: bytes([first + n]) * 32 for n, name in enumerate(("master", "self_signing", "user_signing"))})


def key_objects(user_id: str, made: Identity) -> dict[str, Any]:
    """The body of an upload of this identity, as another client would make it."""
    bare = {
        usage: {"user_id": user_id, "usage": [usage], "keys": {key.key_id: key.public}}
        for usage, key in vars(made).items()
    }
    others = {f"{usage}_key": signed(bare[usage], user_id, made.master) for usage in ("self_signing", "user_signing")}
    return {"master_key": bare["master"], **others}


async def reset(installed: Installed, made: Seeds, key: StorageKey) -> None:
    """What another client does when somebody resets the account's identity there."""
    account = installed.account
    line = Wire(installed.server.url, account.access_token)
    body = key_objects(account.user_id, Identity.of(made))
    proof = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.user_id},
        "password": account.password,
    }
    where = wire.path("keys", "device_signing", "upload")
    try:
        await line.request("POST", where, body=body)
    except Challenged as challenge:
        await line.request("POST", where, body=body | {"auth": proof | {"session": challenge.session}})
    await store(line, account.user_id, key, _by_name(made), bytes)
    await line.close()


async def test_an_identity_that_was_reset_elsewhere_comes_only_with_its_recovery_key(
    installed: Installed, register: Register
) -> None:
    old_key = await installed.start_and_show()
    made, key = seeds(10), StorageKey(raw=b"k" * 32)
    await reset(installed, made, key)
    with pytest.raises(IdentityNotOurs):
        await installed.start()
    with pytest.raises(RecoveryKeyWrong):
        await installed.start(old_key)
    established = await installed.start(recovery_key(key))
    assert established == Established(master_key=Identity.of(made).master.public)
    assert await seen_signed(installed, register) == established.master_key
    assert load_secrets(installed.state).seeds == made


async def test_a_wrong_or_mistyped_recovery_key_changes_nothing(
    installed: Installed, elsewhere: Installed, register: Register
) -> None:
    key = await installed.start_and_show()
    with pytest.raises(RecoveryKeyWrong):
        await elsewhere.start(recovery_key(StorageKey(raw=b"x" * 32)))
    swapped = key[1] + key[0] + key[2:]
    for mistyped in ("", "falsch", "EsTE", key[:-1], f"{key}1", swapped if swapped != key else key[::-1], "ä" * 48):
        with pytest.raises(RecoveryKeyInvalid):
            await elsewhere.start(mistyped)
    assert load_secrets(elsewhere.state).seeds is None
    assert (await elsewhere.start(key)).master_key == await seen_signed(elsewhere, register)


async def test_a_recovery_key_for_an_account_without_identity_makes_none(installed: Installed, writes: Writes) -> None:
    with pytest.raises(NothingToRecover):
        await installed.start(recovery_key(StorageKey(raw=b"x" * 32)))
    assert writes == [wire.path("keys", "upload")]


async def test_secrets_of_another_identity_are_not_taken_for_ours(installed: Installed, elsewhere: Installed) -> None:
    key = await installed.start_and_show()
    line = installed.bot.session.wire
    for name, content in (("m.cross_signing.master", {}), ("m.secret_storage.default_key", {"key": "gone"})):
        where = wire.path("user", installed.account.user_id, "account_data", name)
        await line.request("PUT", where, body=content)
        with pytest.raises(SecretsMissing):
            await elsewhere.start(key)
    await reset(installed, seeds(20), read_recovery_key(key))
    where = wire.path("user", installed.account.user_id, "account_data", "m.cross_signing.master")
    other = read_recovery_key(key).seal("m.cross_signing.master", "A" * 43, bytes)
    await line.request("PUT", where, body={"encrypted": {read_recovery_key(key).key_id: other}})
    with pytest.raises(SecretsMissing):
        await elsewhere.start(key)
    assert load_secrets(elsewhere.state).seeds is None


# --- crashes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(_WRITES_OF_A_FIRST_START))
async def test_after_a_power_cut_at_any_step_the_next_start_completes_the_same_identity(
    installed: Installed, register: Register, step: int, *, answered: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wire, "request", _cut(Wire.request, step, answered=answered))
        with pytest.raises(PowerCut):
            await installed.start()
    begun = load_secrets(installed.state).seeds
    established = await installed.start()
    assert begun is None or Identity.of(begun).master.public == established.master_key
    assert await seen_signed(installed, register) == established.master_key
    assert established.recovery_key is not None
    shown(installed.bot.session, installed.state)
    assert await stored_secrets(installed, established.recovery_key) == load_secrets(installed.state).seeds
    assert await installed.start() == Established(master_key=established.master_key)


def _cut(request: Callable[..., Any], step: int, *, answered: bool) -> Callable[..., Any]:
    """Requests of which the one that writes as number `step` is the last, answered or not even sent."""
    left = step

    async def cut(self: Wire, method: str, where: str, **more: Any) -> dict[str, Any]:
        nonlocal left
        write = _is_write(method, where)
        if write and left == 0 and not answered:
            raise PowerCut
        answer: dict[str, Any] = await request(self, method, where, **more)
        if write and left == 0:
            raise PowerCut
        left -= write
        return answer

    return cut


async def test_a_recovery_key_that_was_not_shown_is_shown_at_the_next_start(installed: Installed) -> None:
    first = await installed.start()
    assert await installed.start() == first
    shown(installed.bot.session, installed.state)
    assert await installed.start() == replace(first, recovery_key=None)


async def test_the_seeds_are_on_the_disk_before_the_homeserver_has_the_keys(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: dict[str, Secrets] = {}
    request = Wire.request

    async def noted(self: Wire, method: str, where: str, **more: Any) -> dict[str, Any]:
        known.setdefault(where, load_secrets(installed.state))
        return await request(self, method, where, **more)

    monkeypatch.setattr(Wire, "request", noted)
    await installed.start()
    before = known[wire.path("keys", "device_signing", "upload")]
    assert before.seeds == installed.bot.session.secrets.seeds is not None
    assert stat.S_IMODE((installed.state / "secret").stat().st_mode) == 0o600


# --- the homeserver wants a proof ------------------------------------------------------------------------------------


@pytest.fixture
async def strict(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """An account whose first upload needs a proof, as on servers without MSC3967.

    Synapse wants it only for a second identity: the first one is kept from the bot's first look.
    """
    await reset(installed, seeds(30), StorageKey(raw=b"k" * 32))
    request = Wire.request
    looked = False

    async def blind(self: Wire, method: str, where: str, **more: Any) -> dict[str, Any]:
        nonlocal looked
        answer = await request(self, method, where, **more)
        if where == wire.path("keys", "query") and not looked:
            looked = True
            return {"device_keys": answer["device_keys"]}
        return answer

    monkeypatch.setattr(Wire, "request", blind)
    return installed


async def test_the_password_is_given_where_the_homeserver_asks_for_it(strict: Installed, register: Register) -> None:
    established = await strict.start()
    assert await seen_signed(strict, register) == established.master_key


async def test_without_a_password_the_way_out_is_named(strict: Installed) -> None:
    strict.password = False
    strict.__post_init__()
    with pytest.raises(ApprovalNeeded) as caught:
        await strict.start()
    assert caught.value.page is None


async def test_a_wrong_password_is_not_tried_for_ever(strict: Installed, writes: Writes) -> None:
    await strict.bot.open()
    strict.bot.configured = replace(strict.bot.configured, password="falsch")
    with pytest.raises(ApprovalNeeded):
        await strict.start()
    assert writes[1:] == [wire.path("keys", "device_signing", "upload")] * 2


# --- the homeserver cannot be taken at its word ----------------------------------------------------------------------


async def _refusing(_request: Callable[..., Any], where: str) -> Any:
    return {"failures": {"x": {}}} if where.endswith("signatures/upload") else None


async def _forgetting(_request: Callable[..., Any], where: str) -> Any:
    return {"failures": {}} if where.endswith("signatures/upload") else None


async def _substituting(request: Callable[..., Any], where: str) -> Any:
    if not where.endswith("keys/query"):
        return None
    answer = await request()
    (device,) = next(iter(answer["device_keys"].values())).values()
    device["keys"] = dict.fromkeys(device["keys"], "A" * 43)
    return answer


@pytest.mark.parametrize(
    ("lie", "reason"), [(_refusing, "refused"), (_forgetting, "not_kept"), (_substituting, "other_keys")]
)
async def test_a_device_counts_as_signed_only_when_it_is_seen_to_be(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, lie: Callable[..., Any], reason: str, writes: Writes
) -> None:
    request = Wire.request

    async def lying(self: Wire, method: str, where: str, **more: Any) -> dict[str, Any]:
        lied: dict[str, Any] | None = await lie(lambda: request(self, method, where, **more), where)
        return await request(self, method, where, **more) if lied is None else lied

    monkeypatch.setattr(Wire, "request", lying)
    with pytest.raises(DeviceNotSigned) as caught:
        await installed.start()
    assert caught.value.reason == reason
    assert wire.path("keys", "signatures", "upload") not in writes
    monkeypatch.setattr(Wire, "request", request)
    assert (await installed.start()).recovery_key is not None


# --- secret storage, as the specification says -----------------------------------------------------------------------


async def account_data(installed: Installed, kind: str) -> dict[str, Any]:
    where = f"{_CLIENT}/user/{installed.account.user_id}/account_data/{kind}"
    answer = await installed.server.api("GET", where, token=installed.account.access_token)
    assert isinstance(answer, dict)
    return answer


def raw_key(written: str) -> bytes:
    """The 32 bytes in a recovery key, by another road than ours."""
    number = 0
    for character in written.replace(" ", ""):
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(character)
    plain = number.to_bytes(35)
    assert plain[:2] == b"\x8b\x01"
    parity = 0
    for byte in plain:
        parity ^= byte
    assert parity == 0
    return plain[2:34]


def opened(raw: bytes, name: str, sealed: dict[str, str]) -> bytes:
    """A secret, decrypted by another library; its MAC is checked."""
    both = HKDF(algorithm=SHA256(), length=64, salt=bytes(32), info=name.encode()).derive(raw)
    ciphertext, iv, mac = (base64.b64decode(sealed[part] + "==") for part in ("ciphertext", "iv", "mac"))
    assert iv[8] < 0x80
    assert hmac.digest(both[32:], ciphertext, "sha256") == mac
    decryptor = Cipher(algorithms.AES(both[:32]), modes.CTR(iv)).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()


async def stored_secrets(installed: Installed, written: str) -> Seeds:
    """The seeds in secret storage, read as any other client would."""
    raw = raw_key(written)
    key_id = (await account_data(installed, "m.secret_storage.default_key"))["key"]
    description = await account_data(installed, f"m.secret_storage.key.{key_id}")
    assert description["algorithm"] == "m.secret_storage.v1.aes-hmac-sha2"
    both = HKDF(algorithm=SHA256(), length=64, salt=bytes(32), info=b"").derive(raw)
    encryptor = Cipher(algorithms.AES(both[:32]), modes.CTR(base64.b64decode(description["iv"] + "=="))).encryptor()
    zeros = encryptor.update(bytes(32)) + encryptor.finalize()
    assert base64.b64decode(description["mac"] + "==") == hmac.digest(both[32:], zeros, "sha256")
    found = {}
    for part in ("master", "self_signing", "user_signing"):
        name = f"m.cross_signing.{part}"
        secret = opened(raw, name, (await account_data(installed, name))["encrypted"][key_id])
        assert len(secret) == 43
        found[part] = base64.b64decode(secret + b"=")
    return Seeds(**found)


async def test_another_client_finds_the_keys_in_secret_storage(installed: Installed) -> None:
    key = await installed.start_and_show()
    found = await stored_secrets(installed, key)
    assert found == load_secrets(installed.state).seeds
    public = ECC.construct(curve="Ed25519", seed=found.master).public_key().export_key(format="raw")
    master = (await installed.start()).master_key
    assert base64.b64encode(public).decode() == f"{master}="


def test_a_recovery_key_is_written_as_other_clients_write_it() -> None:
    raw = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    written = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d"
    assert recovery_key(StorageKey(raw=raw)) == written
    assert read_recovery_key(written) == StorageKey(raw=raw)
    assert raw_key(written) == raw


async def test_no_secret_is_in_the_database_and_the_recovery_key_leaves_the_disk(installed: Installed) -> None:
    key = await installed.start_and_show()
    kept = load_secrets(installed.state)
    assert kept.recovery is None
    assert kept.seeds is not None
    raw = read_recovery_key(key).raw
    assert raw.hex() not in (installed.state / "secret").read_text()
    dump = installed.bot.dump()
    for secret in (raw, *vars(kept.seeds).values()):
        assert secret.hex() not in dump
        assert base64.b64encode(secret).decode().rstrip("=") not in dump
    assert repr(kept.seeds) == "Seeds()"


def test_a_secret_file_without_an_identity_is_read_as_before(tmp_path: Path) -> None:
    first = load_secrets(tmp_path)
    assert set(json.loads((tmp_path / "secret").read_text())) == {"pickle_key", "outbox"}
    assert (first.seeds, first.recovery) == (None, None)


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_signature_holds_for_what_was_signed_and_nothing_else() -> None:
    key, other = SigningKey(seed=b"s" * 32), SigningKey(seed=b"t" * 32)
    obj = signed({"b": [1, None, True], "ä": "€", "a": {"z": 1, "y": 2}, "unsigned": {"age": 1}}, "@b:x", key)
    verified(obj, "@b:x", key.key_id, key.public)
    assert signed_by(obj | {"unsigned": {"age": 2}}, "@b:x", key.key_id, key.public)
    assert not signed_by(obj | {"b": [2]}, "@b:x", key.key_id, key.public)
    assert not signed_by(obj, "@c:x", key.key_id, key.public)
    assert not signed_by(obj, "@b:x", key.key_id, other.public)
    both = signed(obj, "@b:x", other)
    assert signed_by(both, "@b:x", key.key_id, key.public)
    assert signed_by(both, "@b:x", other.key_id, other.public)


def test_junk_is_not_signed_and_does_not_raise() -> None:
    key = SigningKey(seed=b"s" * 32)
    sound = signed({"a": 1}, "@b:x", key)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    junk: list[Any] = [None, 1, "x", [], {}, {"signatures": 1}, {"signatures": {"@b:x": {key.key_id: 5}}}]
    junk += [sound | {"n": odd} for odd in (1.5, 2**53, deep, "\ud800", {1: 2}, {"x": b"y"})]
    junk += [with_signature({"a": 1}, "@b:x", key.key_id, odd) for odd in ("", "ä", "A", "A" * 86, "=" * 88)]
    assert not any(signed_by(one, "@b:x", key.key_id, key.public) for one in junk)
    odd_keys: list[Any] = ["", "ä", "A" * 43, None, 5, b"x", "\ud800"]
    assert not any(signed_by(sound, "@b:x", key.key_id, odd) for odd in odd_keys)


# --- profile and spare keys ------------------------------------------------------------------------------------------


async def test_the_profile_shows_the_fingerprint_and_is_written_once(
    installed: Installed, register: Register, writes: Writes
) -> None:
    master = (await installed.start()).master_key
    writes.clear()
    for _ in range(3):
        await show_fingerprint(installed.bot.session, fingerprint(master))
    reader = await register("leserin")
    path = f"{_CLIENT}/profile/{installed.account.user_id}"
    profile = await installed.server.api("GET", path, token=reader.access_token)
    assert profile[FIELD] == fingerprint(master)
    assert profile[FIELD].replace(" ", "") == master
    assert writes == [wire.path("profile", installed.account.user_id, FIELD)]


@pytest.mark.parametrize(
    "capabilities",
    [
        {},
        {"capabilities": {}},
        {"capabilities": {"m.profile_fields": {"enabled": False}}},
        {"capabilities": {"m.profile_fields": {"enabled": True, "allowed": ["m.tz"]}}},
        {"capabilities": {"m.profile_fields": {"enabled": True, "disallowed": [FIELD]}}},
    ],
)
async def test_a_homeserver_without_profile_fields_is_no_error(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, Any], writes: Writes
) -> None:
    session = await installed.bot.open()
    request = Wire.request

    async def unable(self: Wire, method: str, where: str, **more: Any) -> dict[str, Any]:
        return capabilities if where.endswith("capabilities") else await request(self, method, where, **more)

    monkeypatch.setattr(Wire, "request", unable)
    await show_fingerprint(session, "abcd")
    assert writes == []


async def test_a_spare_key_that_was_handed_out_is_replaced(installed: Installed, register: Register) -> None:
    await installed.bot.start()
    device_id, me = installed.bot.session.device_id, installed.account.user_id
    greedy = await register("gierig")
    claim = {"one_time_keys": {me: {device_id: "signed_curve25519"}}}

    async def spare() -> str:
        while True:
            path = f"{_CLIENT}/keys/claim"
            answer = await installed.server.api("POST", path, token=greedy.access_token, body=claim)
            ((name, key),) = answer["one_time_keys"][me][device_id].items()
            if key.get("fallback"):
                return str(name)

    first = await spare()
    assert await spare() == first
    await installed.bot.receive()
    await installed.bot.receive()
    assert await spare() != first
