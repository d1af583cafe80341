"""Each city on a homeserver of its own: the bot answers all of them, and goes on while one is away."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.demo.federation import Federation
from bot.demo.homes import federated
from bot.demo.homeserver import Homeserver
from bot.demo.person import Heard, Person
from bot.matrix import returning
from storage.database import Database
from tests.bot.matrix.bot import Bot, meet
from tests.rig.town import Town

pytestmark = [pytest.mark.synapse, pytest.mark.asyncio(loop_scope="module")]

PATIENCE = 90.0
"""Seconds; who was away is tried again after pauses that grow."""
EVERYBODY = ("koord-m", "koord-n", "koord-a")


def at(federation: Federation, directory: Path) -> Town:
    """A bot on München's homeserver, with everybody on their own city's."""
    return Town(federation["muenchen"], directory, homes=federated(federation))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cities(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A running bot for all tests of this module; each makes rooms of its own, and starts again what it stops."""
    async with at(federation, tmp_path_factory.mktemp("cities")) as made:
        await made.import_register()
        await made.start()
        yield made


@contextmanager
def hanging(server: Homeserver) -> Iterator[None]:
    """The homeserver takes connections and answers none, as one whose disk is stuck."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


@asynccontextmanager
async def stopped(server: Homeserver) -> AsyncIterator[None]:
    """The homeserver is not there."""
    await server.stop()
    try:
        yield
    finally:
        await server.start()


def replies(person: Person, town: Town, room: str, causes: Sequence[str]) -> list[Heard]:
    """What the bot has answered to these events, as this person has heard it."""
    return [
        one
        for one in person.heard
        if (one.sender, one.room) == (town.bot_id, room) and {one.in_reply_to, one.target} & set(causes)
    ]


async def until_answered(listener: Person, town: Town, room: str, causes: Sequence[str]) -> None:
    """Wait until somebody has heard an answer to each of these events."""
    await listener.until(
        lambda _: len(replies(listener, town, room, causes)) >= len(causes) or None,
        awaited=f"{len(causes)} answers",
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("encrypted", [True, False])
async def test_commands_of_every_city_are_answered_once_in_order_and_all_can_read_it(
    cities: Town, encrypted: bool
) -> None:
    room = await cities.room(*EVERYBODY, encrypted=encrypted)
    people = [await cities.person(key) for key in EVERYBODY]
    asked = {one: [await one.say(room, f"!zeige P-{number}") for number in range(1, 6)] for one in people}
    for one, causes in asked.items():
        for listener in people:
            await until_answered(listener, cities, room, causes)
        answered = [reply.in_reply_to for reply in replies(one, cities, room, causes)]
        assert answered == causes
    for one in people:
        await cities.ask("koord-m", room, "!ich")
        assert len(replies(one, cities, room, [event for causes in asked.values() for event in causes])) == 15
        assert [heard for heard in one.heard if heard.room == room and heard.kind == "undecryptable"] == []


async def test_an_invitation_is_followed_from_a_listed_homeserver_and_declined_from_another(
    federation: Federation, tmp_path: Path
) -> None:
    async with at(federation, tmp_path) as town:
        town.configure(servers=(federation["nuernberg"].server_name,))
        await town.import_register()
        await town.start()
        listed, other = await town.person("koord-n"), await town.person("koord-a")
        followed = await listed.create_room(invite=[town.bot_id])
        assert (await listed.next_from(town.bot_id, followed)).body
        declined = await other.create_room(invite=[town.bot_id])
        membership = await until_settled(federation["augsburg"], declined, town.bot_id)
        assert membership == "leave"


async def until_settled(server: Homeserver, room: str, user_id: str) -> str:
    """How somebody has answered an invitation, as the inviting homeserver has it."""
    while True:
        events = [one for one in await server.events(room) if one.get("state_key") == user_id]
        if (membership := events[-1]["content"]["membership"]) != "invite":
            return str(membership)
        await asyncio.sleep(0.05)


async def test_while_one_homeserver_hangs_the_others_are_answered_and_its_people_read_it_later(
    cities: Town, federation: Federation
) -> None:
    room = await cities.room(*EVERYBODY)
    muenchen, nuernberg, augsburg = [await cities.person(key) for key in EVERYBODY]
    await cities.ask("koord-a", room, "!ich")
    with hanging(federation["augsburg"]):
        asked = [await one.say(room, f"!zeige P-{n}") for n in (1, 2, 3) for one in (nuernberg, muenchen)]
        for listener in (nuernberg, muenchen):
            await until_answered(listener, cities, room, asked)
    await cities.ask("koord-a", room, "!ich")
    for listener in (augsburg, nuernberg, muenchen):
        await until_answered(listener, cities, room, asked)
        assert len(replies(listener, cities, room, asked)) == len(asked)
        assert undecryptable(listener, room) == []


async def until_readable(listener: Person, room: str) -> None:
    """Wait until somebody can read all they have heard in a room."""
    await listener.until(lambda _: not undecryptable(listener, room) or None, awaited="keys", timeout=PATIENCE)


def undecryptable(person: Person, room: str) -> list[Heard]:
    return [heard for heard in person.heard if heard.room == room and heard.kind == "undecryptable"]


async def test_a_new_device_on_a_homeserver_that_hangs_gets_the_keys_it_missed_when_it_is_back(
    cities: Town, federation: Federation, tmp_path: Path
) -> None:
    room = await cities.room(*EVERYBODY)
    nuernberg, augsburg = await cities.person("koord-n"), await cities.person("koord-a")
    home = federation["augsburg"]
    account = await home.login(augsburg.account.localpart, augsburg.account.password)
    async with Person.at(home.url, account, tmp_path) as newer:
        await nuernberg.until_device(augsburg.user_id, newer.device_id)
        # Our own greeting opens Nürnberg's channel to the new device; the bot has none, for it was not asked.
        await nuernberg.say(room, "Guten Morgen")
        with hanging(home):
            asked = [await nuernberg.say(room, f"!zeige P-{n}") for n in (1, 2, 3)]
            await until_answered(nuernberg, cities, room, asked)
        await cities.ask("koord-a", room, "!ich")
        for listener in (newer, augsburg):
            await until_answered(listener, cities, room, asked)
            await until_readable(listener, room)


async def test_a_homeserver_that_does_not_answer_is_asked_once_and_nobody_waits_for_it_again(
    federation: Federation, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bots, theirs = federation["muenchen"], federation["augsburg"]
    account = await bots.register(f"bote-{tmp_path.name[-8:]}", "Passwort")
    bot = Bot(bots.url, account, database, tmp_path / "state", servers=frozenset(federation.names))
    cleo = await theirs.register(f"cleo-{tmp_path.name[-8:]}", "Passwort")
    anna = await bots.register(f"anna-{tmp_path.name[-8:]}", "Passwort")
    async with AsyncExitStack() as stack:
        await bot.start()
        stack.push_async_callback(bot.stop)
        witness = await stack.enter_async_context(Person.at(bots.url, anna, tmp_path))
        older = await stack.enter_async_context(Person.at(theirs.url, cleo, tmp_path))
        room = await meet(bot, witness, older)
        account = await theirs.login(cleo.localpart, "Passwort")
        newer = await stack.enter_async_context(Person.at(theirs.url, account, tmp_path / "newer"))
        await witness.until_device(older.user_id, newer.device_id)
        claims = recorded(bot, monkeypatch)
        with hanging(theirs):
            await bot.receive()
            for number in range(3):
                await bot.say(room, f"Nachricht {number}", cause=f"${number}")
            said = [(await witness.next_from(bot.user_id, room)).body for _ in range(3)]
            assert claims == [2000]
            assert theirs.server_name in bot.session.absences
        await older.say(room, "!hilfe")
        await bot.hear()
        while bot.session.absences:
            await returning.step(bot.session)
            await asyncio.sleep(0.1)
        assert [(await newer.next_from(bot.user_id, room)).body for _ in range(3)] == said
        assert not bot.session.debts.users


def recorded(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long other homeservers may take, in milliseconds, for each claim of keys that the bot makes from now on."""
    made: list[int] = []
    ask = bot.session.wire.request

    async def request(method: str, where: str, **more: Any) -> dict[str, Any]:
        if where.endswith("/keys/claim"):
            made.append(more["body"]["timeout"])
        return await ask(method, where, **more)

    monkeypatch.setattr(bot.session.wire, "request", request)
    return made


LATE = ("Wärmeplanung", "Parkraum", "Ehrenamtskarte")


async def test_what_is_typed_on_a_homeserver_that_is_cut_off_arrives_late_and_runs_once(
    cities: Town, federation: Federation
) -> None:
    room = await cities.room(*EVERYBODY)
    augsburg = await cities.person("koord-a")
    with hanging(federation["muenchen"]), hanging(federation["nuernberg"]):
        asked = [await augsburg.say(room, f'!neu projekt "{title}"') for title in LATE]
    await until_answered(augsburg, cities, room, asked)
    await cities.ask("koord-a", room, "!ich")
    assert [reply.in_reply_to for reply in replies(augsburg, cities, room, asked)] == asked
    titles = [title for (title,) in cities.rows("SELECT title FROM projects")]
    assert [titles.count(title) for title in LATE] == [1, 1, 1]


async def test_what_is_typed_while_the_bots_homeserver_is_away_runs_once_and_in_order_when_it_is_back(
    cities: Town, federation: Federation
) -> None:
    room = await cities.room(*EVERYBODY)
    augsburg, nuernberg = await cities.person("koord-a"), await cities.person("koord-n")
    async with stopped(federation["muenchen"]):
        asked = {one: [await one.say(room, f"!zeige P-{n}") for n in range(1, 6)] for one in (augsburg, nuernberg)}
    for one, causes in asked.items():
        await until_answered(one, cities, room, causes)
    await cities.ask("koord-m", room, "!ich")
    for one, causes in asked.items():
        assert [reply.in_reply_to for reply in replies(one, cities, room, causes)] == causes
