"""The bot in encrypted rooms of a real homeserver: heard, answered, restarted."""

from datetime import UTC, datetime

import pytest

from bot.demo.homeserver import Homeserver
from bot.matrix import outbound
from bot.matrix.render import MARKER, edit_content
from commands.framework.inbound import Kind
from storage.database import DatabaseUnusable
from storage.outbox import next_sending, sent_as
from tests.bot.matrix.bot import Bot, meet, words
from tests.rig.fixtures import Arrive

pytestmark = pytest.mark.synapse


async def test_an_encrypted_command_is_heard_and_its_reply_can_be_read(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)

    asked = await anna.say(room, "!hilfe")
    (heard,) = await bot.hear()
    assert (heard.kind, heard.text, heard.event, heard.sender) == (Kind.MESSAGE, "!hilfe", asked, anna.user_id)
    assert heard.trusted
    await bot.say(room, "So geht es")

    reply = await anna.next_from(bot.user_id, room)
    assert (reply.body, reply.encrypted, reply.msgtype) == ("So geht es", True, "m.notice")
    on_the_server = [event for event in await synapse.events(room) if event["sender"] == bot.user_id]
    assert {event["type"] for event in on_the_server} == {"m.room.member", "m.room.encrypted"}
    assert on_the_server[-1]["content"][MARKER] == reply.content[MARKER]


async def test_after_a_restart_it_is_the_same_device_and_goes_on_reading_and_writing(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await anna.say(room, "!eins")
    await bot.hear()
    device = bot.session.device_id

    await bot.stop()
    await anna.say(room, "!zwei")
    await bot.start()

    assert words(await bot.hear()) == ["!zwei"]
    assert bot.session.device_id == device
    await bot.say(room, "wieder da")
    assert (await anna.next_from(bot.user_id, room)).body == "wieder da"
    await anna.say(room, "!drei")
    assert words(await bot.hear()) == ["!drei"]


async def test_a_reply_whose_sending_was_not_noted_is_not_sent_twice(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await bot.put(room, "nur einmal")
    async with bot.database.read() as connection:
        turn = await next_sending(connection, "default", datetime.now(UTC))
    assert turn is not None
    message = turn.message
    known = bot.session.rooms.known(room)
    first = await bot.session.send(known, message.type, message.content, message.txn)

    await bot.restart()
    assert await outbound.step(bot.session)

    async with bot.database.read() as connection:
        assert list(await sent_as(connection, [first])) == [first]
    sent = [event for event in await synapse.events(room) if event["type"] == "m.room.encrypted"]
    assert [event["event_id"] for event in sent] == [first]


async def test_what_was_said_while_it_was_away_arrives_completely_and_in_order(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await bot.stop()
    said = [f"!nummer {number}" for number in range(60)]
    for text in said:
        await anna.say(room, text)

    await bot.start()

    assert words(await bot.hear(60)) == said
    assert not await bot.receive()


async def test_an_edit_of_ours_replaces_the_message_of_an_earlier_row(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    first = await bot.put(room, "Stand: gelb")
    await bot.say(room, "", ordinal=1, content=edit_content("Stand: grün", "Stand: grün"), replaces=first)

    said = await anna.next_from(bot.user_id, room)
    edit = await anna.next_from(bot.user_id, room, kinds={"edit"})
    assert (said.body, edit.body, edit.target) == ("Stand: gelb", "Stand: grün", said.event_id)


async def test_an_unencrypted_message_in_an_encrypted_room_is_not_trusted(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await anna.send_plain(room, "m.room.message", {"msgtype": "m.text", "body": "!status P-1 grün"})
    (heard,) = await bot.hear()
    assert not heard.trusted


async def test_an_event_whose_key_comes_late_arrives_when_it_comes(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    kept: list[object] = []
    monkeypatch.setattr(bot.session.machine, "accept", kept.append)
    asked = await anna.say(room, "!spät")
    while asked not in bot.session.undecrypted:
        assert not await bot.receive()
    assert "!spät" not in bot.dump()

    monkeypatch.undo()
    for event in kept:
        bot.session.machine.accept(event)
    await anna.say(room, "!danke")
    heard = await bot.hear(2)
    assert (heard[0].event, heard[0].text, heard[0].trusted) == (asked, "!spät", True)
    assert words(heard) == ["!spät", "!danke"]
    assert not bot.session.undecrypted


async def test_what_was_taken_in_but_could_not_be_stored_is_stored_by_the_next_attempt(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)

    async def locked(_body: object) -> None:
        raise DatabaseUnusable(reason="locked", url="")

    await anna.say(room, "!eins")
    monkeypatch.setattr(bot.database, "transact", locked)
    while bot.session.unfinished is None:
        with pytest.raises(DatabaseUnusable):
            await bot.receive()
    monkeypatch.undo()
    await anna.say(room, "!zwei")
    assert words(await bot.hear(2)) == ["!eins", "!zwei"]


async def test_an_event_that_could_not_be_read_is_remembered_over_a_restart(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    monkeypatch.setattr(bot.session.machine, "accept", lambda _event: None)
    asked = await anna.say(room, "!verloren")
    while asked not in bot.session.undecrypted:
        await bot.receive()

    await bot.restart()
    assert bot.session.undecrypted[asked].sender == anna.user_id


async def test_whoever_joins_later_reads_what_is_said_from_then_on(bot: Bot, arrive: Arrive) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna)
    await bot.say(room, "vorher", cause="$1")
    await anna.invite(room, ben.user_id)
    await ben.join(room)
    await bot.until_member(room, ben.user_id)

    await bot.say(room, "nachher", cause="$2")
    assert (await ben.next_from(bot.user_id, room)).body == "nachher"
    assert (await anna.next_from(bot.user_id, room)).body == "vorher"


async def test_whoever_left_gets_no_key_of_what_is_said_afterwards(bot: Bot, arrive: Arrive) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    await bot.say(room, "vorher", cause="$1")
    before = bot.session.machine.outbound_group_sessions[room]
    await ben.leave(room)
    await bot.until_member(room, ben.user_id, inside=False)

    await bot.say(room, "nachher", cause="$2")
    after = bot.session.machine.outbound_group_sessions[room]
    assert after.id != before.id
    assert {user for user, _ in after.users_shared_with} == {anna.user_id}


async def test_a_room_key_is_renewed_as_often_as_the_room_wants(bot: Bot, arrive: Arrive, synapse: Homeserver) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await anna.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 2})
    while bot.session.rooms.known(room).rotation.messages != 2:
        await bot.receive()
    for number in range(5):
        await bot.say(room, f"Nummer {number}", cause=f"${number}")

    heard = [(await anna.next_from(bot.user_id, room)).body for _ in range(5)]
    assert heard == [f"Nummer {number}" for number in range(5)]
    sent = [event for event in await synapse.events(room) if event["type"] == "m.room.encrypted"]
    keys = [event["content"]["session_id"] for event in sent]
    assert [keys.index(key) for key in keys] == [0, 0, 2, 2, 4]
