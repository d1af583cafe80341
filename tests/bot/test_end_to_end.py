"""The running bot, as people meet it in their rooms on a real homeserver."""

import pytest

from tests.rig.town import Town

pytestmark = pytest.mark.synapse


async def test_an_encrypted_room_shows_the_server_nothing_but_encrypted_messages(running: Town) -> None:
    room = await running.room("koord-m")
    card = await running.ask("koord-m", room, "!zeige P-1")
    assert card.encrypted
    assert "Digitaler Bauantrag" in card.body
    spoken = [event for event in await running.server.events(room) if "state_key" not in event]
    assert {event["type"] for event in spoken} <= {"m.room.encrypted", "m.reaction", "m.room.redaction"}
    assert "Bauantrag" not in str(spoken)


async def test_ordinary_talk_leaves_no_trace_in_the_database(running: Town) -> None:
    room = await running.room("koord-m", "koord-n")
    anna, bert = await running.person("koord-m"), await running.person("koord-n")
    asked = await anna.say(room, "Kennt jemand Zwetschgendatschi?")
    await bert.say(room, "Ja, Zwetschgendatschi mit Streuseln!", reply_to=asked)
    await anna.say(room, "Zwetschgendatschi gibt es am Freitag", thread=asked)
    await anna.say(room, "Heute: Zwetschgendatschi", edit_of=asked)
    await anna.react(room, asked, "🥧 Zwetschgendatschi")
    await anna.send_plain(room, "m.room.message", {"msgtype": "m.text", "body": "unverschlüsselter Zwetschgendatschi"})
    await anna.redact(room, asked, reason="Zwetschgendatschi")
    await running.ask("koord-m", room, "!ich")
    stored = running.everything()
    await running.bot.stop()
    stored |= {f"{name} at the end": content for name, content in running.everything().items()}
    assert "stadtbote.db" in stored
    assert "Digitaler Bauantrag" in stored["projects"]
    assert [name for name, content in stored.items() if "wetschgendatschi" in content] == []
    assert [name for name, content in stored.items() if asked in content] == []


async def test_what_is_said_to_the_bot_is_forgotten_once_it_is_answered(running: Town) -> None:
    room = await running.room("koord-m")
    await running.ask("koord-m", room, "!hilfe zwetschgendatschi")
    await running.ask("koord-m", room, "!ich")
    stored = running.everything()
    # The journal keeps old pages until it is written over; what counts are the tables.
    assert [name for name, content in stored.items() if "zwetschgendatschi" in content and "-wal" not in name] == []


async def test_a_command_from_before_the_bot_came_never_runs(running: Town) -> None:
    anna = await running.person("koord-m")
    room = await anna.create_room()
    early = await anna.say(room, '!neu projekt "Aus alter Zeit"')
    await anna.invite(room, running.bot_id)
    await anna.settle(room, [running.bot_id])
    await anna.next_from(running.bot_id, room)
    await running.bot.kill()
    await running.start()
    assert await running.answers("koord-m", room, early) == []
    assert running.rows("SELECT title FROM projects WHERE title = ?", "Aus alter Zeit") == []


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_command_from_while_the_bot_was_away_runs_once(running: Town, *, encrypted: bool) -> None:
    room = await running.room("koord-m", encrypted=encrypted)
    await running.bot.stop()
    anna = await running.person("koord-m")
    said = await anna.say(room, '!neu projekt "In der Zwischenzeit"')
    # More than one view of a room holds, so that the bot must look back for the first.
    for number in range(60):
        await anna.say(room, f"Gespräch {number}")
    await running.start()
    await anna.reply_to(said, sender=running.bot_id)
    await running.bot.kill()
    await running.start()
    assert len(await running.answers("koord-m", room, said)) == 1
    assert len(running.rows("SELECT 1 FROM projects WHERE title = ?", "In der Zwischenzeit")) == 1


async def test_only_those_who_may_can_invite_the_bot(town: Town) -> None:
    stranger, admin = await town.person("fremd"), await town.person("chefin")
    town.configure(servers=(), administrators=(admin.user_id,))
    before = await stranger.create_room(invite=[town.bot_id])
    await town.start()
    after = await stranger.create_room(invite=[town.bot_id], direct=True)
    welcome = await admin.create_room(encrypted=True, invite=[town.bot_id])
    await admin.settle(welcome, [town.bot_id])
    greeting = await admin.next_from(town.bot_id, welcome)
    assert greeting.body.startswith("Guten Tag, ich bin Stadtbote")
    assert greeting.encrypted
    for room in (before, after):
        assert await membership_of(town, room) == ["invite", "leave"]


async def membership_of(town: Town, room: str) -> list[str]:
    """Every membership the bot has had in a room."""
    events = await town.server.events(room)
    return [e["content"]["membership"] for e in events if e.get("state_key") == town.bot_id]


async def test_notices_of_other_bots_and_its_own_messages_are_met_with_silence(running: Town) -> None:
    room = await running.room("koord-m")
    anna = await running.person("koord-m")
    notice = await anna.say(room, "!zeige P-1", msgtype="m.notice")
    own = next(one for one in reversed(anna.heard) if one.sender == running.bot_id)
    assert own.msgtype == "m.notice"
    assert await running.answers("koord-m", room, notice) == []
    assert await running.answers("koord-m", room, own.event_id) == []


async def test_an_unencrypted_command_in_an_encrypted_room_changes_nothing_and_is_told_so(running: Town) -> None:
    room = await running.room("koord-m")
    anna = await running.person("koord-m")
    content = {"msgtype": "m.text", "body": '!neu projekt "Offen gesagt"'}
    said = await anna.send_plain(room, "m.room.message", content)
    answer = await anna.reply_to(said, sender=running.bot_id)
    assert "unverschlüsselt" in answer.body
    assert answer.encrypted
    assert running.rows("SELECT 1 FROM projects WHERE title = ?", "Offen gesagt") == []


async def test_an_edited_command_replaces_its_effect_and_the_bots_own_answer(running: Town) -> None:
    room = await running.room("koord-m")
    anna = await running.person("koord-m")
    said = await anna.say(room, '!neu projekt "Erste Fassung"')
    answer = await anna.reply_to(said, sender=running.bot_id)
    await anna.say(room, '!neu projekt "Zweite Fassung"', edit_of=said)
    changed = await anna.next_from(running.bot_id, room, kinds={"edit"})
    assert changed.target == answer.event_id
    assert "Zweite Fassung" in changed.body
    titles = {title for (title,) in running.rows("SELECT title FROM projects")}
    assert "Zweite Fassung" in titles
    assert "Erste Fassung" not in titles


async def test_a_deleted_command_is_taken_back(running: Town) -> None:
    room = await running.room("koord-m")
    anna = await running.person("koord-m")
    said = await anna.say(room, '!neu projekt "Doch nicht"')
    answer = await anna.reply_to(said, sender=running.bot_id)
    await anna.redact(room, said)
    changed = await anna.next_from(running.bot_id, room, kinds={"edit"})
    assert changed.target == answer.event_id
    assert "Zurückgenommen" in changed.body
    assert running.rows("SELECT 1 FROM projects WHERE title = ?", "Doch nicht") == []


async def test_what_is_asked_in_a_thread_is_answered_there(running: Town) -> None:
    room = await running.room("koord-m")
    anna = await running.person("koord-m")
    root = await anna.say(room, "Wie steht es um den Bauantrag?")
    answer = await running.ask("koord-m", room, "!zeige P-1", thread=root)
    assert answer.thread == root
