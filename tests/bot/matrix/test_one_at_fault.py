"""What goes wrong with one room, one message or one device stays there: everything else goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from nio.event_builders import ToDeviceMessage

from bot.demo.homeserver import Homeserver
from bot.demo.person import Person
from bot.matrix import sync
from bot.matrix.errors import Unreachable
from storage.database import Database
from storage.incidents import IncidentKind, unreported
from tests.bot.matrix.bot import Bot, meet, words
from tests.rig.fixtures import Arrive, Register
from tests.rig.proxy import SYNC, Proxy, proxy

pytestmark = pytest.mark.synapse

PATIENCE_SECONDS = 60
_OLDER = r"/messages\?"


@pytest.fixture
async def line(synapse: Homeserver) -> AsyncIterator[Proxy]:
    """The bot's line to its homeserver."""
    async with proxy(synapse.url) as one:
        yield one


@pytest.fixture
async def bot(line: Proxy, register: Register, database: Database, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot on that line."""
    one = Bot(line.url, await register("bote"), database, tmp_path / "state")
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each room only the newest two events come by themselves."""
    monkeypatch.setattr(sync, "_NEWEST_EVENTS", 2)


async def burst(person: Person, room: str, many: int = 5) -> list[str]:
    """Commands that were said faster than the bot listened."""
    said = [f"!{number}" for number in range(many)]
    for text in said:
        await person.say(room, text)
    return said


async def listened(bot: Bot, pause: Callable[[int], float]) -> None:
    """Receive as the worker does, until something has come in."""
    arrived = asyncio.Event()
    receiving = asyncio.create_task(sync.run(bot.session, arrived.set, pause=pause))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await arrived.wait()
    finally:
        receiving.cancel()


@pytest.mark.usefixtures("short")
async def test_a_room_whose_past_the_homeserver_cannot_give_does_not_silence_the_others(
    bot: Bot, line: Proxy, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    broken, sound = await meet(bot, anna, encrypted=False), await meet(bot, anna, encrypted=False)
    await burst(anna, broken)
    await anna.say(sound, "!hier")
    line.away, line.away_status = _OLDER, 500
    await listened(bot, lambda _failures: 0)
    heard = await bot.hear(2)
    assert words([one for one in heard if one.room == sound]) == ["!hier"]
    assert words([one for one in heard if one.room == broken]) == ["!3", "!4"]
    assert line.outcomes(_OLDER)[500] > 1
    async with bot.database.read() as connection:
        (told,) = await unreported(connection, most=10)
    assert (told.kind, told.facts) == (IncidentKind.NOT_RECEIVED, {"room": broken})


@pytest.mark.usefixtures("short")
async def test_what_the_homeserver_could_not_give_for_a_while_is_not_lost(
    bot: Bot, line: Proxy, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=False)
    said = await burst(anna, room)
    line.away, line.away_status = _OLDER, 500

    def soon_back(failures: int) -> float:
        line.away = _OLDER if failures < 4 else None
        return 0

    await listened(bot, soon_back)
    assert words(await bot.hear(len(said))) == said


@pytest.mark.usefixtures("short")
async def test_while_the_homeserver_is_away_altogether_nothing_is_given_up(
    bot: Bot, line: Proxy, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=False)
    said = await burst(anna, room)
    line.away = f"{_OLDER}|/whoami"

    def back(failures: int) -> float:
        line.away = line.away if failures < 30 else None
        return 0

    await listened(bot, back)
    assert words(await bot.hear(len(said))) == said


async def test_a_message_to_a_device_that_the_homeserver_refuses_is_dropped(
    bot: Bot, line: Proxy, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    odd = ToDeviceMessage("m.dummy", "@nobody:x.example", "D", {})
    bot.session.machine.outgoing_to_device_messages.append(odd)
    line.away, line.away_status = "/sendToDevice/", 403
    await anna.say(room, "!trotzdem")
    assert words(await bot.hear()) == ["!trotzdem"]
    assert odd not in bot.session.machine.outgoing_to_device_messages


@pytest.mark.usefixtures("short")
async def test_an_event_that_cannot_be_read_may_be_told_twice(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    monkeypatch.setattr(bot.session.machine, "accept", lambda _event: None)
    plain = bot.session.older_events

    async def overlapping(*place: Any, **until: Any) -> dict[str, Any]:
        page = await plain(*place, **until)
        return page | {"chunk": page["chunk"] * 2}

    monkeypatch.setattr(bot.session, "older_events", overlapping)
    said = await burst(anna, room)
    while len(bot.session.undecrypted) < len(said):
        await bot.receive()


async def test_after_a_first_synchronisation_that_failed_the_next_one_tells_everything(
    bot: Bot, line: Proxy, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await bot.stop()
    line.away = SYNC
    with pytest.raises(Unreachable):
        await bot.start()
    line.away = None
    await sync.start(bot.session)
    assert bot.session.rooms.known(room).readers == {anna.user_id, bot.user_id}


async def test_whoever_joins_while_a_message_is_on_its_way_does_not_hinder_it(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna)
    plain = bot.session._send_to_device

    async def with_a_newcomer(kind: str, messages: Any) -> None:
        monkeypatch.undo()
        await anna.invite(room, ben.user_id)
        await ben.join(room)
        await bot.until_member(room, ben.user_id)
        await plain(kind, messages)

    monkeypatch.setattr(bot.session, "_send_to_device", with_a_newcomer)
    await bot.say(room, "eins", cause="$1")
    await ben.settle(room, [bot.user_id, anna.user_id, ben.user_id])
    await bot.say(room, "zwei", cause="$2")
    heard = [(await anna.next_from(bot.user_id, room)).body]
    assert heard == ["eins"]
    assert (await ben.until(lambda all_: next((h for h in all_ if h.body == "zwei"), None))).encrypted


async def test_keys_that_the_homeserver_does_not_take_are_left_for_later_and_hold_up_nothing(
    bot: Bot, line: Proxy, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=False)
    monkeypatch.setattr(bot.session.machine, "wants_upload", lambda: True)
    line.away, line.away_status = "/keys/upload", 403
    for text in ("!eins", "!zwei"):
        await anna.say(room, text)
        assert words(await bot.hear()) == [text]
    assert line.outcomes("/keys/upload")[403] == 1
