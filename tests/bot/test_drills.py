"""Drills: the bot is killed, stopped and started again, and nothing is lost or doubled."""

import asyncio
import random
import signal

import pytest

from bot.demo.person import Heard, Person
from tests.rig.town import Town

pytestmark = pytest.mark.synapse

BURST = 12
SLOWEST_SECONDS = 0.6
"""In this time a burst is said, and partly handled, so that a kill at a moment within meets every stage of the work."""


async def test_a_bot_that_is_killed_in_the_middle_of_its_work_loses_and_doubles_nothing(running: Town) -> None:
    await drill(running, rounds=3, chance=random.Random(2019))


@pytest.mark.soak
async def test_fifty_kills_lose_and_double_nothing(running: Town) -> None:
    await drill(running, rounds=50, chance=random.Random())


async def drill(town: Town, *, rounds: int, chance: random.Random) -> None:
    """Kill the bot at some moment of a burst of commands, and once more while it catches up; then compare."""
    room = await town.room("koord-m")
    anna = await town.person("koord-m")
    for number in range(rounds):
        speaking = asyncio.create_task(burst(anna, room, number))
        await asyncio.sleep(chance.uniform(0, SLOWEST_SECONDS))
        await town.bot.kill()
        said = await speaking
        await town.start()
        await asyncio.sleep(chance.uniform(0, SLOWEST_SECONDS))
        await town.bot.kill()
        await town.start()
        for event in said.values():
            await anna.reply_to(event, sender=town.bot_id)
        await town.ask("koord-m", room, "!ich")
        expect_each_once(town, anna, said)


async def burst(person: Person, room: str, number: int) -> dict[str, str]:
    """Say the commands one after another; gives the event of each title."""
    titles = [f"{WORDS[n]} {number}" for n in range(BURST)]
    return {title: await person.say(room, f'!neu projekt "{title}"') for title in titles}


WORDS = (
    "Adresse", "Baumkataster", "Chronik", "Denkmalschutz", "Einbürgerung", "Fundbüro",
    "Gewerbeamt", "Hafen", "Impfbuch", "Jugendpass", "Kleingarten", "Ladesäule",
)  # fmt: skip


def expect_each_once(town: Town, person: Person, said: dict[str, str]) -> None:
    """Each title is one project, each command has one answer, and what the answer says is in the register."""
    for title, event in said.items():
        keys = [key for (key,) in town.rows("SELECT id FROM projects WHERE title = ?", title)]
        answers = [one for one in person.heard if answers_to(one, event) and one.sender == town.bot_id]
        assert len(keys) == 1, (title, keys)
        assert len(answers) == 1, (title, answers)
        assert keys[0] in answers[0].body
    assert [one for one in person.heard if one.kind == "undecryptable"] == []


def answers_to(one: Heard, event: str) -> bool:
    return event in {one.in_reply_to, one.target}


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
