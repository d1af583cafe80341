"""Drills: the bot is killed, stopped and started again, and nothing is lost or doubled."""

import asyncio
import random
import signal

import pytest

from tests.bot.drill import Drill
from tests.rig.town import Town

pytestmark = pytest.mark.synapse

MANY = 200
A_MOMENT_SECONDS = 0.05
"""Between two steps of handling one command, so that a kill within meets any of them."""


async def test_two_hundred_commands_at_once_are_each_done_once_and_answered_in_order(running: Town) -> None:
    drill = await Drill.begin(running, random.Random(200))
    await drill.say_at_once(MANY)
    await drill.expect_each_once_in_order()


async def test_two_hundred_commands_from_while_the_bot_was_away_are_each_done_once_and_in_order(running: Town) -> None:
    drill = await Drill.begin(running, random.Random(201))
    await running.bot.stop()
    await drill.say_at_once(MANY)
    await running.start()
    await drill.expect_each_once_in_order()


async def test_a_bot_that_is_killed_in_the_middle_of_its_work_loses_and_doubles_nothing(running: Town) -> None:
    await kill_again_and_again(running, commands=18, kills=3, chance=random.Random(2019))


@pytest.mark.soak
async def test_fifty_kills_among_two_hundred_commands_lose_and_double_nothing(running: Town) -> None:
    await kill_again_and_again(running, commands=MANY, kills=50, chance=random.Random(50))


async def kill_again_and_again(town: Town, *, commands: int, kills: int, chance: random.Random) -> None:
    """Kill the bot at random moments while commands arrive and are handled, and while it catches up; then compare."""
    drill = await Drill.begin(town, chance)
    portion = commands // kills
    answered = 0
    for kill in range(kills):
        speaking = asyncio.create_task(drill.say(portion))
        answered = chance.randrange(answered, (kill + 1) * portion)
        await drill.until_answered(answered)
        await asyncio.sleep(chance.uniform(0, A_MOMENT_SECONDS))
        await town.bot.kill()
        await town.start()
        await speaking
    await drill.expect_each_once_in_order()


async def test_a_bot_that_is_asked_to_stop_finishes_in_order(running: Town) -> None:
    room = await running.room("koord-m")
    await running.ask("koord-m", room, "!hilfe")
    assert await running.bot.stop() == 0
    assert "Traceback" not in running.bot.last_words()
    waiting = running.rows(
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + (SELECT count(*) FROM outbox WHERE state = 'queued')"
    )
    assert waiting == [(0,)]


async def test_a_bot_is_stopped_by_ctrl_c_as_well(running: Town) -> None:
    assert await running.bot.stop(by=signal.SIGINT) == 0


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


async def test_a_command_from_while_the_bot_was_away_runs_once(running: Town) -> None:
    room = await running.room("koord-m")
    await running.bot.stop()
    anna = await running.person("koord-m")
    said = await anna.say(room, '!neu projekt "In der Zwischenzeit"')
    # More than one view of a room holds, so that the bot must look back for the first.
    for number in range(60):
        await anna.say(room, f"Gespräch {number}")
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
