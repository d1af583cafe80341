"""What anybody may put into keys: it is left out where a database of either kind could not hold it."""

from typing import Any

import pytest

from bot.matrix.machine import MEGOLM, Machine, Rotation
from storage.database import Database
from tests.bot.matrix.test_keys import NOW, acquaint, flush, machine

EVE = "@eve:x"


@pytest.mark.parametrize("event", [{}, {"content": None}, {"content": []}, {"content": {"algorithm": []}}])
async def test_an_encrypted_event_of_any_shape_is_only_unreadable(sqlite: Database, event: dict[str, Any]) -> None:
    bot = await machine(sqlite, "@bot:x")
    assert bot.open("!r:x", event) is None


async def test_only_so_many_messages_are_remembered(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    bot, most = await machine(sqlite, "@bot:x"), 3
    monkeypatch.setattr("bot.matrix.machine._MOST_REMEMBERED", most)
    bot.room_key("!r:x", [], Rotation())
    said = [bot.encrypt("!r:x", "m.room.message", {"body": "hallo"}) for _ in range(2 * most)]
    for number, sealed in enumerate(said):
        assert bot.open("!r:x", {"event_id": f"${number}", "origin_server_ts": 1, "content": sealed})
    assert not bot.open("!r:x", {"event_id": "$replayed", "origin_server_ts": 1, "content": said[-1]})
    assert len(bot.message_index_store) == most


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty store of each kind: what one of them takes may stop the other."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Database)
    return found


async def met(database: Database) -> tuple[Machine, Machine]:
    """The bot and a stranger, with a channel between them in both directions."""
    bot, eve = await machine(database, "@bot:x"), await machine(database, EVE)
    acquaint(bot, eve)
    acquaint(eve, bot)
    await flush(bot, database)
    return bot, eve


@pytest.mark.parametrize("room", ["!\0:x", f"!{'r' * 300}:x", "!\ud800:x", ""])
async def test_a_room_key_for_no_possible_room_is_left_out(database: Database, room: str) -> None:
    bot, eve = await met(database)
    session = eve.room_key("!r:x", [], Rotation())
    bot.create_group_session("sender", "signing", room, session.id, session.session_key)
    await flush(bot, database)
    assert bot.reach(room, session.id) is None


@pytest.mark.parametrize("claimed", [["x"], 7, {}, "\0", "x" * 300])
async def test_a_room_key_that_claims_no_possible_device_is_left_out(
    database: Database, monkeypatch: pytest.MonkeyPatch, claimed: Any
) -> None:
    bot, eve = await met(database)
    keys = {**eve.account.identity_keys, "ed25519": claimed}
    devices = eve.entitled(["@bot:x"])
    session = eve.room_key("!r:x", devices, Rotation())
    monkeypatch.setattr(type(eve.account), "identity_keys", property(lambda _self: keys))
    (envelope,) = eve.envelopes("!r:x", session, devices)
    monkeypatch.undo()
    bot.accept({"type": "m.room.encrypted", "sender": EVE, "content": envelope.content})
    await flush(bot, database)
    assert bot.reach("!r:x", session.id) is None


@pytest.mark.parametrize("name", ["D\0", "D\ud800", "", "x" * 300])
async def test_a_device_with_an_impossible_name_is_left_out(database: Database, name: str) -> None:
    bot, eve = await machine(database, "@bot:x"), await machine(database, EVE)
    eve.device_id = name
    published = eve._signed(eve._device_keys()) if "\ud800" not in name else eve._device_keys()
    bot.learn({"device_keys": {EVE: {name: published}}}, NOW)
    await flush(bot, database)
    assert not bot.entitled([EVE])


async def test_of_what_a_device_is_called_only_what_can_be_shown_is_kept(database: Database) -> None:
    bot, eve = await machine(database, "@bot:x"), await machine(database, EVE)
    published = eve._signed(eve._device_keys()) | {"unsigned": {"device_display_name": "Han\0dy\ud800"}}
    bot.learn({"device_keys": {EVE: {"D": published}}}, NOW)
    await flush(bot, database)
    assert [device.display_name for device in bot.entitled([EVE])] == ["Handy"]


@pytest.mark.parametrize("session", ["\0", "x" * 300, 7])
async def test_a_key_is_not_asked_for_under_an_impossible_name(database: Database, session: Any) -> None:
    bot, eve = await met(database)
    content = {
        "algorithm": MEGOLM,
        "session_id": session,
        "sender_key": eve.account.identity_keys["curve25519"],
        "device_id": eve.device_id,
        "ciphertext": "x",
    }
    assert bot.open("!r:x", {"event_id": "$1", "sender": EVE, "origin_server_ts": 1, "content": content}) is None
    for message in tuple(bot.outgoing_to_device_messages):
        bot.delivered(message)
    await flush(bot, database)
    assert not bot.outgoing_key_requests
