"""Rooms that we are removed from, invited back to, or that are replaced by others, on a real homeserver."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.demo.homeserver import Homeserver
from bot.demo.person import Person
from bot.matrix import joining, outbound
from commands.framework.inbound import Inbound, Kind
from storage.incidents import Incident, IncidentKind, unreported
from storage.matrix.queries import load
from storage.matrix.record import RoomRecord
from storage.outbox import OUTBOX
from storage.prompts import PromptKind, ask, open_prompts
from tests.bot.matrix.bot import Another, Bot, meet, words
from tests.rig.fixtures import Arrive, Register

pytestmark = pytest.mark.synapse

_CLIENT = "/_matrix/client/v3"


async def incidents(bot: Bot) -> list[Incident]:
    async with bot.database.read() as connection:
        return list(await unreported(connection, most=10))


async def states(bot: Bot, room: str) -> list[str]:
    async with bot.database.read() as connection:
        query = select(OUTBOX.c.state).where(OUTBOX.c.room == room).order_by(OUTBOX.c.id)
        return list((await connection.execute(query)).scalars())


async def room_of(synapse: Homeserver, host: Person, *guests: str, **more: Any) -> str:
    body = {"preset": "private_chat", "invite": list(guests), **more}
    made = await synapse.api("POST", f"{_CLIENT}/createRoom", token=host.account.access_token, body=body)
    return str(made["room_id"])


async def upgrade(synapse: Homeserver, host: Person, room: str, version: str) -> str:
    where = f"{_CLIENT}/rooms/{room}/upgrade"
    made = await synapse.api("POST", where, token=host.account.access_token, body={"new_version": version})
    return str(made["replacement_room"])


async def until_out(bot: Bot, room: str) -> None:
    while bot.session.rooms.known(room).joined:
        await bot.receive()


async def test_what_waits_for_a_room_we_are_removed_from_is_set_aside_and_administration_learns_by_whom(
    bot: Bot, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    now = datetime.now(UTC)
    await bot.put(room, "geht nicht mehr")
    asked: dict[str, Any] = {"room": room, "sender": anna.user_id, "body": {}, "expires": now.replace(year=2999)}
    await bot.database.transact(lambda connection: ask(connection, kind=PromptKind.CONFIRM, **asked))
    await anna.kick(room, bot.user_id)
    await until_out(bot, room)
    assert not await outbound.step(bot.session)
    assert await states(bot, room) == ["failed"]
    async with bot.database.read() as connection:
        assert not await open_prompts(connection, room, anna.user_id, now)
    (incident,) = await incidents(bot)
    assert (incident.kind, incident.subject) == (IncidentKind.REMOVED_FROM_ROOM, room)
    assert incident.facts == {"room": room, "by": anna.user_id}

    await anna.invite(room, bot.user_id)
    assert [one.kind for one in await bot.hear()] == [Kind.JOINED]
    await anna.settle(room, [bot.user_id])
    await anna.say(room, "!wieder da")
    assert words(await bot.hear()) == ["!wieder da"]
    await bot.say(room, "auch wieder da", cause="$zurück")
    assert (await anna.next_from(bot.user_id, room)).body == "auch wieder da"


async def test_a_ban_counts_as_removal_and_leaving_ourselves_does_not(bot: Bot, arrive: Arrive) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    left, banned = await meet(bot, anna, encrypted=False), await meet(bot, ben, encrypted=False)
    await bot.put(left, "geht nicht mehr")
    await bot.session.leave(left)
    await until_out(bot, left)
    assert await states(bot, left) == ["failed"]
    assert await incidents(bot) == []
    await ben.set_state(banned, "m.room.member", {"membership": "ban"}, state_key=bot.user_id)
    await until_out(bot, banned)
    assert [one.facts["by"] for one in await incidents(bot)] == [ben.user_id]


async def test_whoever_was_removed_and_invited_again_while_the_bot_was_away_finds_it_there(
    bot: Bot, arrive: Arrive
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await bot.stop()
    await anna.kick(room, bot.user_id)
    await anna.invite(room, bot.user_id)
    await bot.start()
    assert [one.kind for one in await bot.hear()] == [Kind.JOINED]


async def test_a_declined_invitation_is_reported_with_room_and_inviter(
    arrive: Arrive, register: Register, another: Another
) -> None:
    anna = await arrive("anna")
    bot = await another(await register("bote"), servers=frozenset({"anderswo.example"}))
    room = await anna.create_room(invite=[bot.user_id])
    while not (found := await incidents(bot)):
        await bot.receive()
    assert [(one.kind, one.facts) for one in found] == [
        (IncidentKind.INVITATION_DECLINED, {"room": room, "inviter": anna.user_id})
    ]


async def test_a_join_that_takes_long_holds_up_nothing(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    began, may_end = asyncio.Event(), asyncio.Event()
    join = bot.session.join

    async def slow(room_id: str, **more: Any) -> None:
        began.set()
        await may_end.wait()
        await join(room_id, **more)

    monkeypatch.setattr(bot.session, "join", slow)
    worker = asyncio.create_task(joining.run(bot.session))
    far = await anna.create_room(invite=[bot.user_id])
    while not began.is_set():
        await bot.sync()
    await anna.say(room, "!derweil")
    heard: list[Inbound] = []
    while not heard:
        await bot.sync()
        heard = [Inbound.model_validate(letter.body) for letter in await bot.letters()]
    assert words(heard) == ["!derweil"]
    may_end.set()
    while not bot.session.rooms.known(far).joined:
        await bot.sync()
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker


async def test_of_a_room_whose_invitation_was_declined_nothing_is_kept(
    arrive: Arrive, register: Register, another: Another
) -> None:
    anna = await arrive("anna")
    bot = await another(await register("bote"), servers=frozenset({"anderswo.example"}))
    room = await anna.create_room(invite=[bot.user_id])
    while not await incidents(bot):
        await bot.receive()
    for _ in range(2):
        await anna.create_room(invite=[bot.user_id])
        await bot.receive()
    async with bot.database.read() as connection:
        assert room not in {record.room for record in await load(connection, "default", RoomRecord)}
    assert bot.session.rooms.get(room) is None


async def test_a_closed_room_that_continues_one_of_ours_is_reported_once_and_entered_when_somebody_invites_us(
    bot: Bot, arrive: Arrive, synapse: Homeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=False)
    new = await upgrade(synapse, anna, room, "12")
    while not (found := await incidents(bot)):
        await bot.receive()
    assert [(one.kind, one.facts) for one in found] == [
        (IncidentKind.SUCCESSOR_SHUT, {"room": room, "by": anna.user_id})
    ]
    later = datetime.now(UTC) + timedelta(days=3)
    monkeypatch.setattr(bot.session, "now", lambda: later)
    await bot.receive()
    assert [one.count for one in await incidents(bot)] == [1]
    await anna.invite(new, bot.user_id)
    assert [one.kind for one in await bot.hear(2)] == [Kind.MOVED, Kind.JOINED]


@pytest.mark.parametrize(("before", "after"), [("10", "11"), ("11", "12"), ("12", "12")])
async def test_a_room_upgraded_by_somebody_who_may_is_followed_through_its_tombstone(
    bot: Bot, arrive: Arrive, synapse: Homeserver, before: str, after: str
) -> None:
    anna = await arrive("anna")
    room = await room_of(synapse, anna, bot.user_id, preset="public_chat", room_version=before)
    await bot.until_joined(room)
    await bot.hear()
    new = await upgrade(synapse, anna, room, after)
    heard = await bot.hear(2)
    created = next(e for e in await synapse.events(new) if e["type"] == "m.room.create")
    assert [(one.kind, one.room, one.target) for one in heard] == [
        (Kind.MOVED, new, room),
        (Kind.JOINED, new, room),
    ]
    assert heard[0].event == created["event_id"]
    await bot.restart()
    await bot.receive()
    assert not await bot.letters()


async def test_the_way_into_a_room_leads_over_the_homeserver_of_whoever_moved_it(
    bot: Bot, arrive: Arrive, synapse: Homeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await room_of(synapse, anna, bot.user_id, preset="public_chat", room_version="12")
    await bot.until_joined(room)
    await bot.hear()
    ways: list[Any] = []
    plain = bot.session.wire.request

    async def noted(method: str, where: str, **rest: Any) -> dict[str, Any]:
        ways.extend([rest.get("query")] if "/join/" in where else [])
        return await plain(method, where, **rest)

    monkeypatch.setattr(bot.session.wire, "request", noted)
    new = await upgrade(synapse, anna, room, "12")
    await bot.until_joined(new)
    # The id of such a room names no homeserver.
    assert ":" not in new
    assert ways == [{"via": [synapse.server_name], "server_name": [synapse.server_name]}]


async def test_into_a_closed_room_the_bot_follows_by_the_invitation_of_whoever_moved_it(
    bot: Bot, arrive: Arrive, synapse: Homeserver, another: Another, register: Register
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    # Only Anna may invite; that Ben moves the room is her affair once she has let him.
    picky = await another(await register("bote"), servers=frozenset(), inviters=frozenset({anna.user_id}))
    powers = {"users": {anna.user_id: 100, ben.user_id: 100}}
    room = await room_of(
        synapse, anna, picky.user_id, ben.user_id, room_version="11", power_level_content_override=powers
    )
    await ben.join(room)
    await picky.until_joined(room)
    await picky.hear()
    new = await upgrade(synapse, ben, room, "11")
    await ben.join(new)
    await ben.invite(new, picky.user_id)
    assert [one.kind for one in await picky.hear(2)] == [Kind.MOVED, Kind.JOINED]


async def test_a_tombstone_of_somebody_who_may_not_invite_is_not_followed_but_reported(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    # Ben may write tombstones, but not invite anybody.
    powers = {"events": {"m.room.tombstone": 0}, "invite": 50}
    room = await room_of(synapse, anna, bot.user_id, ben.user_id, power_level_content_override=powers)
    await ben.join(room)
    await bot.until_joined(room)
    await bot.hear()
    trap = await room_of(synapse, ben, preset="public_chat", creation_content={"predecessor": {"room_id": room}})
    await ben.set_state(room, "m.room.tombstone", {"body": "hier entlang", "replacement_room": trap})
    while not (found := await incidents(bot)):
        await bot.receive()
    assert [(one.kind, one.facts) for one in found] == [
        (IncidentKind.MOVE_NOT_FOLLOWED, {"room": room, "by": ben.user_id})
    ]
    await bot.receive()
    assert bot.session.rooms.get(trap) is None
    await bot.restart()
    await bot.receive()
    assert bot.session.rooms.get(trap) is None

    # Anna may: her word counts.
    new = await room_of(synapse, anna, preset="public_chat", creation_content={"predecessor": {"room_id": room}})
    await anna.set_state(room, "m.room.tombstone", {"body": "hierher", "replacement_room": new})
    assert [one.kind for one in await bot.hear(2)] == [Kind.MOVED, Kind.JOINED]


async def test_a_room_that_does_not_know_of_its_predecessor_continues_nothing(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=False)
    other = await room_of(synapse, anna, preset="public_chat")
    await anna.set_state(room, "m.room.tombstone", {"body": "dorthin", "replacement_room": other})
    (joined,) = await bot.hear()
    assert (joined.kind, joined.room, joined.target) == (Kind.JOINED, other, None)
    assert [one.kind for one in await incidents(bot)] == [IncidentKind.MOVE_NOT_FOLLOWED]


async def test_a_move_is_completed_after_a_restart_between_tombstone_and_joining(
    bot: Bot, arrive: Arrive, synapse: Homeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await arrive("anna")
    room = await room_of(synapse, anna, bot.user_id, preset="public_chat")
    await bot.until_joined(room)
    await bot.hear()
    new = await upgrade(synapse, anna, room, "12")
    while bot.session.rooms.known(room).successor is None:
        await bot.sync()
    async with bot.database.read() as connection:
        known = {record.room: record for record in await load(connection, "default", RoomRecord)}
    assert known[room].successor == new
    await bot.restart()
    assert [one.kind for one in await bot.hear(2)] == [Kind.MOVED, Kind.JOINED]

    # Whoever removes us from the new room does not get us back by the old tombstone.
    await anna.kick(new, bot.user_id)
    await until_out(bot, new)
    await bot.restart()
    await bot.receive()
    assert not bot.session.rooms.known(new).joined
