"""The running bot, as people meet it in their rooms on a real homeserver."""

import pytest

from tests.rig.town import Town

pytestmark = [pytest.mark.synapse, pytest.mark.asyncio(loop_scope="module")]


async def test_an_encrypted_room_shows_the_server_nothing_but_encrypted_messages(shared: Town) -> None:
    room = await shared.room("koord-m")
    card = await shared.ask("koord-m", room, "!zeige P-1")
    assert card.encrypted
    assert "Digitaler Bauantrag" in card.body
    spoken = [event for event in await shared.server.events(room) if "state_key" not in event]
    assert {event["type"] for event in spoken} <= {"m.room.encrypted", "m.reaction", "m.room.redaction"}
    assert "Bauantrag" not in str(spoken)


async def test_what_is_said_to_the_bot_is_forgotten_once_it_is_answered(shared: Town) -> None:
    room = await shared.room("koord-m")
    await shared.ask("koord-m", room, "!hilfe zwetschgendatschi")
    await shared.ask("koord-m", room, "!ich")
    stored = shared.everything()
    # The journal keeps old pages until it is written over; what counts are the tables.
    assert [name for name, content in stored.items() if "zwetschgendatschi" in content and "-wal" not in name] == []


async def test_notices_of_other_bots_and_its_own_messages_are_met_with_silence(shared: Town) -> None:
    room = await shared.room("koord-m")
    anna = await shared.person("koord-m")
    notice = await anna.say(room, "!zeige P-1", msgtype="m.notice")
    own = next(one for one in reversed(anna.heard) if one.sender == shared.bot_id)
    assert own.msgtype == "m.notice"
    assert await shared.answers("koord-m", room, notice) == []
    assert await shared.answers("koord-m", room, own.event_id) == []


async def test_an_unencrypted_command_in_an_encrypted_room_changes_nothing_and_is_told_so(shared: Town) -> None:
    room = await shared.room("koord-m")
    anna = await shared.person("koord-m")
    content = {"msgtype": "m.text", "body": '!neu projekt "Offen gesagt"'}
    said = await anna.send_plain(room, "m.room.message", content)
    answer = await anna.reply_to(said, sender=shared.bot_id)
    assert "unverschlüsselt" in answer.body
    assert answer.encrypted
    assert shared.rows("SELECT 1 FROM projects WHERE title = ?", "Offen gesagt") == []


async def test_an_edited_command_replaces_its_effect_and_the_bots_own_answer(shared: Town) -> None:
    room = await shared.room("koord-m")
    anna = await shared.person("koord-m")
    said = await anna.say(room, '!neu projekt "Erste Fassung"')
    answer = await anna.reply_to(said, sender=shared.bot_id)
    await anna.say(room, '!neu projekt "Zweite Fassung"', edit_of=said)
    changed = await anna.next_from(shared.bot_id, room, kinds={"edit"})
    assert changed.target == answer.event_id
    assert "Zweite Fassung" in changed.body
    titles = {title for (title,) in shared.rows("SELECT title FROM projects")}
    assert "Zweite Fassung" in titles
    assert "Erste Fassung" not in titles


async def test_a_deleted_command_is_taken_back(shared: Town) -> None:
    room = await shared.room("koord-m")
    anna = await shared.person("koord-m")
    said = await anna.say(room, '!neu projekt "Doch nicht"')
    answer = await anna.reply_to(said, sender=shared.bot_id)
    await anna.redact(room, said)
    changed = await anna.next_from(shared.bot_id, room, kinds={"edit"})
    assert changed.target == answer.event_id
    assert "Zurückgenommen" in changed.body
    assert shared.rows("SELECT 1 FROM projects WHERE title = ?", "Doch nicht") == []


async def test_what_is_asked_in_a_thread_is_answered_there(shared: Town) -> None:
    room = await shared.room("koord-m")
    anna = await shared.person("koord-m")
    root = await anna.say(room, "Wie steht es um den Bauantrag?")
    answer = await shared.ask("koord-m", room, "!zeige P-1", thread=root)
    assert answer.thread == root
