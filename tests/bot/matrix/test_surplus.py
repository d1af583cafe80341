"""Strangers can send keys without end, and the bot keeps only so many of them: in memory and in the database."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.matrix import machine as machine_module
from bot.matrix import surplus
from bot.matrix.machine import Machine, Rotation
from storage.database import Database
from storage.matrix.tables import GROUP_SESSION, OLM_SESSION
from tests.bot.matrix.test_keys import acquaint, flush, machine

BOT, ANNA, EVE = "@bot:x", "@anna:x", "@eve:x"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little is much here."""
    monkeypatch.setattr(surplus, "MOST_OF_ONE_DEVICE", 5)
    monkeypatch.setattr(surplus, "MOST_OF_STRANGERS", 3)
    monkeypatch.setattr(machine_module, "MOST_CHANNELS_OF_ONE_DEVICE", 2)


async def met(database: Database, user: str) -> tuple[Machine, Machine]:
    """The bot and somebody, with a channel between them in both directions."""
    bot, somebody = await machine(database, BOT), await machine(database, user)
    acquaint(bot, somebody)
    acquaint(somebody, bot)
    await flush(bot, database)
    return bot, somebody


def find(stranger: Machine, bot: Machine) -> None:
    """A stranger opens a channel to the bot, which knows nothing of them."""
    bot.account.shared = False
    acquaint(stranger, bot)


def give(bot: Machine, somebody: Machine, room: str) -> str:
    """Somebody gives the bot a new key of a room; gives its id."""
    devices = somebody.entitled([BOT])
    somebody.outbound_group_sessions.pop(room, None)
    key = somebody.room_key(room, devices, Rotation())
    (envelope,) = somebody.envelopes(room, key, devices)
    bot.accept({"type": "m.room.encrypted", "sender": somebody.user_id, "content": envelope.content})
    assert bot.reach(room, key.id) == 0
    return str(key.id)


def open_channel(bot: Machine, somebody: Machine) -> None:
    """Somebody opens another channel to the bot's device, and uses it."""
    bot.account.generate_one_time_keys(1)
    one_time_key = list(bot.account.one_time_keys["curve25519"].values())[-1]
    somebody.create_session(one_time_key, bot.account.identity_keys["curve25519"])
    give(bot, somebody, "!offen")


async def stored(database: Database, table: Any) -> int:
    async with database.read() as connection:
        query = select(func.count()).select_from(table).where(table.c.account == BOT)
        return int((await connection.execute(query)).scalar_one())


async def test_of_the_room_keys_of_strangers_the_oldest_are_forgotten_for_good(database: Database) -> None:
    bot, eve = await met(database, EVE)
    rooms = [f"!{number}" for number in range(5)]
    keys = [give(bot, eve, room) for room in rooms]
    bot.forget_surplus({"!r": {BOT, ANNA}})
    await flush(bot, database)
    for known in (bot, await machine(database, BOT)):
        assert [known.reach(*key) for key in zip(rooms, keys, strict=True)] == [None, None, 0, 0, 0]
    assert await stored(database, GROUP_SESSION) == 3


async def test_what_was_written_before_it_was_too_much_goes_as_well_and_the_oldest_first(database: Database) -> None:
    bot, eve = await met(database, EVE)
    # By name they are in the opposite order.
    rooms = [f"!{9 - number}" for number in range(6)]
    keys = []
    for room in rooms:
        keys.append(give(bot, eve, room))
        await flush(bot, database)
        bot = await machine(database, BOT)
    bot.forget_surplus({})
    await flush(bot, database)
    bot = await machine(database, BOT)
    assert [bot.reach(*key) for key in zip(rooms, keys, strict=True)] == [None] * 3 + [0] * 3


async def test_the_keys_of_our_rooms_stay_whatever_strangers_send(database: Database) -> None:
    bot, anna = await met(database, ANNA)
    eve = await machine(database, EVE)
    find(eve, bot)
    ours = [give(bot, anna, "!r") for _ in range(5)]
    # She knows the room's name, but is not in it.
    strange = [give(bot, eve, "!r") for _ in range(5)]
    bot.forget_surplus({"!r": {BOT, ANNA}})
    assert [bot.reach("!r", key) for key in ours] == [0] * 5
    assert [bot.reach("!r", key) for key in strange] == [None, None, 0, 0, 0]


async def test_of_one_device_only_so_many_room_keys_are_kept(database: Database) -> None:
    bot, anna = await met(database, ANNA)
    keys = [give(bot, anna, "!r") for _ in range(7)]
    bot.forget_surplus({"!r": {BOT, ANNA}})
    assert [bot.reach("!r", key) for key in keys] == [None, None, 0, 0, 0, 0, 0]


async def test_of_one_device_only_the_channels_used_last_are_kept(database: Database) -> None:
    bot, anna = await met(database, ANNA)
    for _ in range(4):
        open_channel(bot, anna)
    bot.forget_surplus({"!r": {BOT, ANNA}})
    await flush(bot, database)
    assert await stored(database, OLM_SESSION) == 2
    give(bot, anna, "!r")


async def test_only_so_many_strangers_keep_a_channel_and_people_of_our_rooms_keep_theirs(database: Database) -> None:
    bot, anna = await met(database, ANNA)
    strangers = [await machine(database, f"@eve{number}:x") for number in range(5)]
    for eve in strangers:
        find(eve, bot)
        give(bot, eve, "!offen")
    bot.forget_surplus({"!r": {BOT, ANNA}})
    await flush(bot, database)
    assert await stored(database, OLM_SESSION) == 4
    devices = [one.account.identity_keys["curve25519"] for one in (anna, *strangers)]
    assert [bool(bot.session_store.get(key)) for key in devices] == [True, False, False, True, True, True]


async def test_looking_for_keys_in_vain_leaves_no_trace(database: Database) -> None:
    bot = await machine(database, BOT)
    key = (await machine(database, EVE)).room_key("!r", [], Rotation())
    for number in range(9):
        content = {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": f"key {number}",
            "ciphertext": {bot.account.identity_keys["curve25519"]: {"type": 1, "body": "AAAA"}},
        }
        bot.accept({"type": "m.room.encrypted", "sender": EVE, "content": content})
        bot.create_group_session(f"key {number}", "signing", f"!{number}", "another", key.session_key)
    bot.forget_surplus({})
    assert not bot.session_store._entries
    assert not bot.inbound_group_store._entries


async def test_what_could_not_be_forgotten_at_once_is_forgotten_with_the_next_transaction(database: Database) -> None:
    bot, eve = await met(database, EVE)
    store: Any = bot.store
    for number in range(4):
        give(bot, eve, f"!{number}")

    async def failing(_connection: Any) -> None:
        bot.forget_surplus({})
        raise ValueError

    with pytest.raises(ValueError):
        await store.transact(database, failing)
    await flush(bot, database)
    assert await stored(database, GROUP_SESSION) == 3
