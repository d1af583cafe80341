"""nio's keys in our database: written with what belongs to them, found again, and secret."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nio.crypto import OlmDevice, SessionStore

from bot.matrix.errors import KeysLocked
from bot.matrix.keys import Keys, _local, read_stored
from bot.matrix.machine import MEGOLM, Machine, Rotation
from bot.matrix.secrets import SecretsUnusable, existing_secrets, load_secrets
from commands.framework.inbound import Assurance
from storage.database import Database

ANNA = "@anna:x"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


async def machine(database: Database, user_id: str, device_id: str = "D", pickle_key: str = "geheim") -> Machine:
    async with database.read() as connection:
        stored = await read_stored(connection, user_id)
    keys = Keys(account=user_id, user_id=user_id, device_id=device_id, pickle_key=pickle_key, stored=stored)
    return Machine(keys)


async def flush(made: Machine, database: Database) -> None:
    store: Any = made.store
    await store.flush(database)


def acquaint(one: Machine, other: Machine) -> None:
    """`one` learns the other's device and opens a channel to it."""
    body = other.upload()
    other.uploaded({})
    one.learn({"device_keys": {other.user_id: {other.device_id: body["device_keys"]}}}, NOW)
    name, key = next(iter(body["one_time_keys"].items()))
    one.befriend({other.user_id: {other.device_id: {name: key}}})


async def test_a_room_key_sent_by_one_machine_is_read_by_another_after_a_restart(database: Database) -> None:
    bot, anna = await machine(database, "@bot:x"), await machine(database, ANNA)
    acquaint(bot, anna)
    await flush(bot, database)
    bot = await machine(database, "@bot:x")
    devices = bot.entitled([ANNA, "@bot:x"])
    assert [device.id for device in devices] == ["D"]
    key = bot.room_key("!r", devices, Rotation())
    (envelope,) = bot.envelopes("!r", key, devices)
    event = {"type": "m.room.encrypted", "sender": "@bot:x", "content": envelope.content}
    anna.accept(event)
    await flush(anna, database)

    anna = await machine(database, ANNA)
    sealed = bot.encrypt("!r", "m.room.message", {"body": "hallo"})
    arrived = {"event_id": "$1", "sender": "@bot:x", "origin_server_ts": 1, "content": sealed}
    opened = anna.open("!r", arrived)
    assert opened is not None
    assert opened.content == {"body": "hallo"}
    # Without her device list anna cannot know whose device it was.
    assert anna.assurance("@bot:x", opened) is Assurance.NONE
    own = bot._signed(bot._device_keys())
    anna.learn({"device_keys": {"@bot:x": {"D": own}}}, NOW)
    assert anna.assurance("@bot:x", opened) is Assurance.DEVICE
    assert anna.assurance("@eve:x", opened) is Assurance.NONE
    # The same message under another id is a replay.
    assert anna.open("!r", {**arrived, "event_id": "$2"}) is None
    assert anna.open("!other", arrived) is None


async def test_what_a_failed_transaction_did_not_write_is_written_by_the_next(database: Database) -> None:
    bot = await machine(database, "@bot:x")
    store: Any = bot.store

    async def failing(_connection: Any) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await store.transact(database, failing)
    assert store.changed
    identity = bot.account.identity_keys
    await store.flush(database)
    assert not store.changed
    assert (await machine(database, "@bot:x")).account.identity_keys == identity


async def test_keys_cannot_be_read_with_another_pickle_key(database: Database) -> None:
    await flush(await machine(database, "@bot:x"), database)
    with pytest.raises(KeysLocked):
        await machine(database, "@bot:x", pickle_key="falsch")


async def test_a_key_that_reaches_less_far_back_does_not_replace_the_other(database: Database) -> None:
    bot = await machine(database, "@bot:x")
    session = bot.room_key("!r", [], Rotation())
    early = session.session_key
    for _ in range(3):
        bot.encrypt("!r", "m.room.message", {})
    bot.create_group_session("sender", "signing", "!r", session.id, early)
    bot.create_group_session("sender", "signing", "!r", session.id, session.session_key)
    assert bot.reach("!r", session.id) == 0


async def test_a_worn_key_or_one_known_to_somebody_who_left_is_replaced(database: Database) -> None:
    bot = await machine(database, "@bot:x")
    first = bot.room_key("!r", [], Rotation(messages=1))
    assert bot.room_key("!r", [], Rotation(messages=1)) is first
    first.users_shared_with.add((ANNA, "D"))
    second = bot.room_key("!r", [], Rotation(messages=1))
    assert second is not first
    bot.encrypt("!r", "m.room.message", {})
    assert bot.room_key("!r", [], Rotation(messages=1)) is not second
    third = bot.room_key("!r", [], Rotation(age=timedelta(0)))
    assert bot.room_key("!r", [], Rotation()) is not third


async def test_a_device_that_comes_back_gets_keys_again(database: Database) -> None:
    bot, anna = await machine(database, "@bot:x"), await machine(database, ANNA)
    keys = anna._signed(anna._device_keys())
    for devices, known in (({"D": keys}, 1), ({}, 0), ({"D": dict(keys)}, 1)):
        bot.learn({"device_keys": {ANNA: devices}}, NOW)
        assert len(bot.entitled([ANNA])) == known


async def test_a_one_time_key_is_used_up_together_with_what_it_opened(database: Database) -> None:
    bot, anna = await machine(database, "@bot:x"), await machine(database, ANNA)
    acquaint(bot, anna)
    await flush(anna, database)
    devices = bot.entitled([ANNA])
    key = bot.room_key("!r", devices, Rotation())
    (envelope,) = bot.envelopes("!r", key, devices)
    event = {"type": "m.room.encrypted", "sender": "@bot:x", "content": envelope.content}
    anna.accept(event)

    # After a crash before anything was stored, the same message opens the same channel.
    anna = await machine(database, ANNA)
    anna.accept(event)
    assert anna.reach("!r", key.id) == 0
    await flush(anna, database)

    # Once stored, it opens none, not even where the channel itself is gone.
    anna = await machine(database, ANNA)
    assert anna.session_store.get(bot.account.identity_keys["curve25519"])
    anna.session_store = SessionStore()  # type: ignore[no-untyped-call]
    anna.accept(event)
    assert not anna.session_store.get(bot.account.identity_keys["curve25519"])


async def test_a_room_key_is_made_out_to_the_device_that_sent_it_whatever_it_claims(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, anna, eve = await machine(database, "@bot:x"), await machine(database, ANNA), await machine(database, "@eve:x")
    for one, other in ((bot, anna), (bot, eve), (eve, bot)):
        acquaint(one, other)
    claimed = {**eve.account.identity_keys, "ed25519": anna.account.identity_keys["ed25519"]}
    monkeypatch.setattr(type(eve.account), "identity_keys", property(lambda _self: claimed))
    devices = eve.entitled(["@bot:x"])
    (envelope,) = eve.envelopes("!r", eve.room_key("!r", devices, Rotation()), devices)
    sealed = eve.encrypt("!r", "m.room.message", {"body": "!ja"})
    monkeypatch.undo()
    bot.accept({"type": "m.room.encrypted", "sender": "@eve:x", "content": envelope.content})

    opened = bot.open("!r", {"event_id": "$1", "sender": ANNA, "origin_server_ts": 1, "content": sealed})
    assert opened is not None
    assert opened.signing_key == anna.account.identity_keys["ed25519"]
    for user in (ANNA, "@eve:x"):
        assert bot.assurance(user, opened) is Assurance.NONE


async def test_no_answer_to_a_keys_query_or_claim_raises(database: Database) -> None:
    bot = await machine(database, "@bot:x")
    odd: list[Any] = [None, [], {}, {ANNA: None}, {ANNA: {"D": None}}, {ANNA: {"D": {"keys": []}}}]
    for answer in odd:
        bot.learn({"device_keys": answer, "master_keys": answer, "self_signing_keys": answer}, NOW)
        bot.befriend(answer)
        bot.accept(answer)
    bot.device_store.add(OlmDevice(ANNA, "D", {"ed25519": "&", "curve25519": "&"}))
    bot.befriend({ANNA: {"D": {"signed_curve25519:A": {"key": "&", "signatures": {}}}}})
    content = {"algorithm": MEGOLM, "session_id": "x", "ciphertext": "&"}
    assert bot.open("!r", {"event_id": "$1", "sender": ANNA, "content": content}) is None


def test_the_secret_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = load_secrets(tmp_path / "state")
    file = tmp_path / "state" / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_secrets(tmp_path / "state") == first
    assert first.pickle_key not in repr(first)
    assert first.digest("a") != first.digest("b")


@pytest.mark.parametrize(("mode", "text", "reason"), [(0o640, None, "open_to_others"), (0o600, "{}", "malformed")])
def test_a_secret_file_that_is_open_or_broken_is_refused(
    tmp_path: Path, mode: int, text: str | None, reason: str
) -> None:
    load_secrets(tmp_path)
    if text is not None:
        (tmp_path / "secret").write_text(text)
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(SecretsUnusable) as caught:
        load_secrets(tmp_path)
    assert caught.value.reason == reason


def test_looking_for_a_secret_file_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnusable) as caught:
        existing_secrets(tmp_path / "state")
    assert caught.value.reason == "missing"
    assert not (tmp_path / "state").exists()
    assert load_secrets(tmp_path / "state") == existing_secrets(tmp_path / "state")


def test_time_is_stored_in_utc() -> None:
    at = datetime(2026, 11, 18, 10, tzinfo=UTC)
    assert _local(at).astimezone(UTC) == at
