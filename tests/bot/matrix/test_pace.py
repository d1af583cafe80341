"""Sending at a real homeserver's pace, over a bad line, and after what it has forgotten: everything once, in order."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import delete, func, select

from bot.demo.homeserver import Homeserver, Limits, homeserver
from bot.demo.person import Person
from bot.matrix import outbound
from bot.matrix.render import MARKER, edit_content, reaction_content
from storage.database import Database
from storage.matrix.tables import ACCOUNT
from storage.outbox import OUTBOX, OutboxState
from tests.bot.matrix.bot import Another, Bot, meet
from tests.rig.fixtures import Arrive, Register
from tests.rig.proxy import SENDING, Proxy, proxy

pytestmark = pytest.mark.synapse

MESSAGES = 40
_A_MOMENT = 0.05


async def slow_down(server: Homeserver, user_id: str, *, messages_per_second: int, burst: int) -> None:
    """Let the homeserver take so many messages of an account, and answer 429 to more, as it does by default."""
    operator = await server.operator()
    path = f"/_synapse/admin/v1/users/{quote(user_id)}/override_ratelimit"
    limits = {"messages_per_second": messages_per_second, "burst_count": burst}
    await server.api("POST", path, token=operator.access_token, body=limits)


async def queued(bot: Bot) -> int:
    """How many messages wait."""
    waiting = select(func.count()).where(OUTBOX.c.state == OutboxState.QUEUED.value)
    async with bot.database.read() as connection:
        return int((await connection.execute(waiting)).scalar_one())


async def send_all(bot: Bot) -> None:
    """Let the worker send until nothing waits."""
    sender = asyncio.create_task(outbound.run(bot.session, asyncio.Event()))
    while await queued(bot) and not sender.done():  # noqa: ASYNC110 - the database has no event for it
        await asyncio.sleep(_A_MOMENT)
    sender.cancel()
    with suppress(asyncio.CancelledError):
        await sender


async def put_everywhere(bot: Bot, rooms: list[str]) -> dict[str, list[str]]:
    """Queue messages for these rooms in turn; gives what is to be heard in each."""
    expected: dict[str, list[str]] = {room: [] for room in rooms}
    for number in range(MESSAGES):
        room, text = rooms[number % len(rooms)], f"Nachricht {number}"
        await bot.put(room, text, cause=f"${number}")
        expected[room].append(text)
    return expected


async def hear_all(person: Person, bot: Bot, expected: dict[str, list[str]]) -> None:
    """Each of these texts is heard once, in order."""

    def heard() -> dict[str, list[str]]:
        return {
            room: [one.body for one in person.heard if (one.sender, one.room) == (bot.user_id, room)]
            for room in expected
        }

    await person.until(lambda _: sum(map(len, heard().values())) >= MESSAGES or None, awaited="all messages")
    assert heard() == expected


async def test_what_the_homeserver_takes_only_slowly_arrives_completely_in_order_and_once(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna = await arrive("anna")
    rooms = [await meet(bot, anna, encrypted=encrypted) for encrypted in (True, False, False)]
    await slow_down(synapse, bot.user_id, messages_per_second=4, burst=10)
    expected = await put_everywhere(bot, rooms)
    sending = asyncio.create_task(send_all(bot))
    await anna.say(rooms[1], "!hilfe")
    assert [heard.text for heard in await bot.hear()] == ["!hilfe"]
    assert await queued(bot)  # what came in did not wait for what goes out
    await sending
    await hear_all(anna, bot, expected)
    async with bot.database.read() as connection:
        assert set((await connection.execute(select(OUTBOX.c.attempts))).scalars()) == {0}
    assert bot.session.quiet_until is not None


@pytest.mark.soak
async def test_forty_messages_arrive_at_the_limits_that_homeservers_come_with(
    tmp_path: Path, database: Database
) -> None:
    async with homeserver(tmp_path / "slow", limits=Limits.DEFAULT) as server:
        account, hers = await server.register("bote", "Passwort"), await server.register("anna", "Passwort")
        bot = Bot(server.url, account, database, tmp_path / "state")
        await bot.start()
        async with Person.at(server.url, hers, tmp_path) as anna:
            rooms = [await meet(bot, anna, encrypted=encrypted) for encrypted in (True, False, False)]
            expected = await put_everywhere(bot, rooms)
            await send_all(bot)
            await hear_all(anna, bot, expected)
        await bot.stop()


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_line_that_loses_each_answer_once_doubles_nothing(
    another: Another, synapse: Homeserver, register: Register, arrive: Arrive, encrypted: bool
) -> None:
    anna = await arrive("anna")
    async with proxy(synapse.url) as line:
        bot = await another(await register("bote"), homeserver=line.url)
        room = await meet(bot, anna, encrypted=encrypted)
        asked = await anna.say(room, "!hilfe")
        line.losing = SENDING
        first = await bot.put(room, "eins", cause="$1")
        await bot.put(room, "", cause="$2", content=edit_content("zwei", "zwei"), replaces=first)
        await bot.put(room, "", cause="$3", type="m.reaction", content=reaction_content(asked, "✅"))
        await bot.put(room, "drei", cause="$4")
        await send_all(bot)
    assert line.lost == 4
    assert line.outcomes(SENDING)[200] == 4
    events = [e for e in await synapse.events(room) if e["sender"] == bot.user_id and MARKER in e["content"]]
    assert len(events) == len({e["content"][MARKER] for e in events}) == 4
    await anna.until(lambda heard: [h for h in heard if h.body == "drei"] or None)
    kinds = [one.kind for one in anna.heard if one.sender == bot.user_id]
    assert kinds == ["message", "edit", "reaction", "message"]


async def lose(bot: Bot, line: Proxy, room: str, **parcel: Any) -> str:
    """Send something whose answer is lost; gives its path."""
    line.losing = SENDING
    await bot.put(room, "drei", **parcel)
    assert await outbound.step(bot.session)
    lost = line.passed[-1]
    assert lost.status is None
    return lost.path


@pytest.mark.parametrize("encrypted", [True, False])
async def test_what_went_out_in_doubt_is_found_after_a_day_and_not_sent_again(
    another: Another, synapse: Homeserver, register: Register, arrive: Arrive, encrypted: bool
) -> None:
    anna = await arrive("anna")
    async with proxy(synapse.url) as line:
        bot = await another(await register("bote"), homeserver=line.url)
        room = await meet(bot, anna, encrypted=encrypted)
        asked = await anna.say(room, "!hilfe")
        first = await bot.put(room, "eins", cause="$1")
        assert await outbound.step(bot.session)
        doubtful: list[dict[str, Any]] = [
            {"content": edit_content("zwei", "zwei"), "replaces": first},
            {"type": "m.reaction", "content": reaction_content(asked, "✅")},
            {},
        ]
        for days, parcel in enumerate(doubtful, start=1):
            path = await lose(bot, line, room, cause=f"${days} in doubt", **parcel)
            bot.session.now = lambda days=days: datetime.now(UTC) + timedelta(days=2 * days)  # type: ignore[misc]
            assert await outbound.step(bot.session)
            assert await queued(bot) == 0
            assert [one.path for one in line.passed].count(path) == 1
    sent = [e["event_id"] for e in await synapse.events(room) if MARKER in e["content"]]
    async with bot.database.read() as connection:
        assert list((await connection.execute(select(OUTBOX.c.event).order_by(OUTBOX.c.id))).scalars()) == sent


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_new_device_does_not_say_again_what_the_old_one_has_said(
    another: Another, synapse: Homeserver, register: Register, arrive: Arrive, encrypted: bool
) -> None:
    anna = await arrive("anna")
    async with proxy(synapse.url) as line:
        bot = await another(await register("bote"), homeserver=line.url)
        room = await meet(bot, anna, encrypted=encrypted)
        await lose(bot, line, room)
        await bot.put(room, "vier", cause="$unsaid")
        before = bot.session.device_id
        await bot.database.transact(lambda connection: connection.execute(delete(ACCOUNT)))
        await bot.restart()
        assert bot.session.device_id != before
        await send_all(bot)
    sent = [e for e in await synapse.events(room) if MARKER in e["content"]]
    assert len(sent) == len({e["content"][MARKER] for e in sent}) == 2
    async with bot.database.read() as connection:
        known = (await connection.execute(select(OUTBOX.c.event).order_by(OUTBOX.c.id))).scalars()
        assert list(known) == [e["event_id"] for e in sent]


async def test_a_mark_is_found_among_many_events_but_not_beyond_its_time(
    bot: Bot, arrive: Arrive, synapse: Homeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=False)
    for number in range(5):
        await bot.say(room, str(number), cause=f"${number}")
        await anna.say(room, f"Gespräch {number}")
    first, *_, last = [e for e in await synapse.events(room) if MARKER in e["content"]]
    monkeypatch.setattr("bot.matrix.session._PAGE", 2)
    began = datetime.fromtimestamp(first["origin_server_ts"] / 1000, UTC)
    find = bot.session.sent_as
    assert await find(room, first["content"][MARKER], since=began) == first["event_id"]
    assert await find(room, first["content"][MARKER], since=began + timedelta(days=1)) is None
    assert await find(room, last["content"][MARKER], since=began) == last["event_id"]
    assert await find(room, "unknown", since=began - timedelta(days=1)) is None


async def test_being_asked_to_be_quiet_while_keys_are_fetched_is_no_failure_of_the_message(
    another: Another, synapse: Homeserver, register: Register, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    async with proxy(synapse.url) as line:
        bot = await another(await register("bote"), homeserver=line.url)
        room = await meet(bot, anna)
        bert = await arrive("bert")
        await anna.invite(room, bert.user_id)
        await bot.until_member(room, bert.user_id)
        await bert.join(room)
        await bot.put(room, "eins")
        line.away, line.away_status = r"/keys/(query|claim)", 429
        assert await outbound.step(bot.session)
        assert bot.session.quiet_until is not None
        line.away = None
        await send_all(bot)
    async with bot.database.read() as connection:
        (row,) = (await connection.execute(select(OUTBOX.c.attempts, OUTBOX.c.state))).all()
    assert tuple(row) == (0, OutboxState.SENT)
