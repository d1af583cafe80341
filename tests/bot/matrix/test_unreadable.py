"""Messages the bot cannot read, on a real homeserver: their senders are told, and the late key still counts."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import unreadable
from bot.demo.homeserver import Account, Homeserver
from bot.demo.person import Heard, Person
from bot.desk import make_desk
from bot.dispatch import Dispatcher
from bot.matrix import outbound
from bot.matrix.rooms import Rooms
from bot.matrix.withheld import Reason, withheld
from bot.post import Office
from bot.unreadable import Unreadable
from bot.who import House
from commands.framework.inbound import Kind
from commands.framework.texts import installed
from storage.database import Database
from storage.matrix.queries import load, save
from storage.matrix.record import KeyRequestRecord, RoomRecord, ToldRecord, UndecryptedRecord, WithheldRecord
from storage.matrix.unread import record_told, record_withheld
from storage.outbox import OutboxState
from storage.values import Language
from tests.bot.matrix.bot import Bot, meet
from tests.rig.fixtures import Arrive, Register

WITHHELD = "m.room_key.withheld"
START = datetime(2026, 11, 18, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
synapse_only = pytest.mark.synapse


def house(bot: Bot, language: Language = Language.DE) -> House:
    return House(
        account="default",
        user_id=bot.user_id,
        administrators=frozenset(),
        language=language,
        zone=ZoneInfo("Europe/Berlin"),
    )


def office(bot: Bot) -> Office:
    return Office(account="default", texts=installed(), secret=bot.secrets.outbox)


def teller(bot: Bot, language: Language = Language.DE) -> Unreadable:
    rooms = bot.session.rooms
    return Unreadable(database=bot.database, rooms=rooms, house=house(bot, language), office=office(bot))


class Deaf:
    """A bot that gets no room keys, until it `recovers`."""

    def __init__(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bot = bot
        self._kept: list[Any] = []
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(bot.session.machine, "accept", self._kept.append)

    async def misses(self, *events: str) -> None:
        """Receive until these events have come, without their keys."""
        while not set(events) <= set(self.bot.session.undecrypted):
            await self.bot.receive()

    def recovers(self) -> None:
        """The keys arrive after all."""
        self._monkeypatch.undo()
        for event in self._kept:
            self.bot.session.machine.accept(event)


@pytest.fixture
def deaf(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Deaf]:
    return lambda: Deaf(bot, monkeypatch)


async def send(bot: Bot, now: datetime) -> None:
    """Send what is queued, as if it were now."""
    real, bot.session.now = bot.session.now, lambda: now
    while await outbound.step(bot.session):
        pass
    bot.session.now = real


async def refuse(server: Homeserver, by: Account, bot: Bot, content: dict[str, Any], *, kind: str = WITHHELD) -> None:
    """Send the bot's device what a client says that keeps a room key to itself."""
    body = {"messages": {bot.user_id: {bot.session.device_id: content}}}
    path = f"/_matrix/client/v3/sendToDevice/{kind}/{uuid4().hex}"
    await server.api("PUT", path, token=by.access_token, body=body)


async def refusals(bot: Bot) -> tuple[WithheldRecord, ...]:
    async with bot.database.read() as connection:
        return await load(connection, "default", WithheldRecord)


async def until_refused(bot: Bot, many: int = 1) -> None:
    while len(await refusals(bot)) < many:
        await bot.receive()


def of(said: str, bot: Bot, *, code: str) -> dict[str, Any]:
    one = bot.session.undecrypted[said]
    return {"algorithm": "m.megolm.v1.aes-sha2", "room_id": one.room, "session_id": one.session, "code": code}


async def notices(anna: Person, bot: Bot, room: str) -> list[Heard]:
    """Everything the bot has said here, up to a message that it says now."""
    marker = uuid4().hex
    await bot.say(room, marker, cause=marker)
    await anna.until(lambda heard: next((one for one in heard if one.body == marker), None))
    ours = [one for one in anna.heard if one.sender == bot.user_id and one.room == room and one.kind == "message"]
    return [one for one in ours if one.msgtype == "m.text"]


# --- who is told what -------------------------------------------------------------------------------------------------


@synapse_only
async def test_nobody_is_told_within_a_minute_and_then_once_naming_the_sender(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    came = bot.session.undecrypted[said].at
    telling = teller(bot)

    assert not await telling.step(came + MINUTE - timedelta(microseconds=1))
    assert await telling.step(came + MINUTE)
    assert not await telling.step(came + MINUTE)
    await send(bot, came + MINUTE)

    notice = await anna.reply_to(said, sender=bot.user_id)
    assert notice.encrypted
    assert notice.msgtype == "m.text"
    assert notice.content["m.mentions"] == {"user_ids": [anna.user_id]}
    assert notice.body.splitlines() == [
        "Ihre Nachricht kann ich nicht lesen, weil mir der Schlüssel dazu fehlt.",
        (
            "Ihr Gerät hat mir keinen Schlüssel geschickt. Bitte prüfen Sie in den Einstellungen von Element, ob Ihre "
            "Sitzung verifiziert ist, und schreiben Sie dann noch einmal."
        ),
        "Kommt der Schlüssel noch an, bearbeite ich auch diese Nachricht.",
    ]
    assert len(await notices(anna, bot, room)) == 1


REASONS = {
    Reason.BLACKLISTED: "session is blocked",
    Reason.UNVERIFIED: "does not regard my session as verified",
    Reason.UNAUTHORISED: "does not regard me as a member",
    Reason.UNAVAILABLE: "does not have the key itself",
    Reason.NO_OLM: "could not open an encrypted channel",
}


@synapse_only
@pytest.mark.parametrize("reason", Reason)
async def test_the_notice_names_the_reason_why_a_key_is_withheld(
    bot: Bot, arrive: Arrive, synapse: Homeserver, deaf: Callable[[], Deaf], reason: Reason
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    content = {"code": reason} if reason is Reason.NO_OLM else of(said, bot, code=reason)
    kind = "org.matrix.room_key.withheld" if reason is Reason.UNVERIFIED else WITHHELD
    await refuse(synapse, anna.account, bot, content, kind=kind)
    await until_refused(bot)

    now = datetime.now(UTC) + MINUTE
    assert await teller(bot, Language.EN).step(now)
    await send(bot, now)
    notice = await anna.reply_to(said, sender=bot.user_id)
    assert REASONS[reason] in notice.body
    assert sum(words in notice.body for words in REASONS.values()) == 1


@synapse_only
async def test_several_messages_get_one_notice_and_the_next_comes_a_day_later(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room, other = await meet(bot, anna, ben), await meet(bot, anna, ben)
    hears = deaf()
    first = [await anna.say(room, "!eins"), await anna.say(room, "!zwei")]
    await hears.misses(*first)
    await hears.misses(await anna.say(other, "!drei"))
    telling, now = teller(bot), datetime.now(UTC) + MINUTE
    assert await telling.step(now)

    again = await anna.say(other, "!vier")
    await hears.misses(again)
    while await telling.step(now + timedelta(hours=23)):
        pass
    await send(bot, now)
    (notice,) = await notices(anna, bot, room)
    assert notice.body.startswith("2 Ihrer Nachrichten")
    assert notice.in_reply_to == first[1]
    assert await notices(anna, bot, other) == []

    assert not await telling.step(now + 2 * DAY)
    late = await anna.say(other, "!fünf")
    await hears.misses(late)
    assert await telling.step(now + DAY)
    await send(bot, now + DAY)
    assert [one.in_reply_to for one in await notices(anna, bot, other)] == [late]


@synapse_only
async def test_a_notice_stands_in_the_thread_of_the_message(bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    hears = deaf()
    root = await anna.say(room, "Wie steht es?")
    said = await anna.say(room, "!hilfe", thread=root)
    await hears.misses(said)
    now = datetime.now(UTC) + MINUTE
    assert await teller(bot).step(now)
    await send(bot, now)
    (notice,) = await notices(anna, bot, room)
    assert (notice.thread, notice.in_reply_to) == (root, said)


@synapse_only
async def test_whoever_has_a_direct_chat_with_the_bot_is_told_there(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room, direct = await meet(bot, anna, ben), await meet(bot, anna)
    await anna.set_state(room, "m.room.name", {"name": "Lenkungskreis"})
    while bot.session.rooms.known(room).name is None:
        await bot.receive()
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    now = datetime.now(UTC) + MINUTE
    assert await teller(bot).step(now)
    await send(bot, now)
    (notice,) = await notices(anna, bot, direct)
    assert notice.body.startswith("Ihre Nachricht in dem Raum „Lenkungskreis“ kann ich nicht lesen")
    assert notice.in_reply_to is None
    assert await notices(ben, bot, room) == []


# --- who is not told --------------------------------------------------------------------------------------------------


@synapse_only
async def test_whoever_has_left_is_not_told(bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    hears = deaf()
    said = await ben.say(room, "!hilfe")
    await hears.misses(said)
    await ben.leave(room)
    await bot.until_member(room, ben.user_id, inside=False)
    telling = teller(bot)
    assert await telling.step(datetime.now(UTC) + MINUTE)
    assert not await telling.step(datetime.now(UTC) + MINUTE)
    assert await queued(bot) == 0


@synapse_only
async def test_nobody_is_told_in_a_room_where_the_bot_may_not_write(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    await anna.set_state(room, "m.room.power_levels", {"events_default": 50, "users_default": 0, "users": {}})
    while bot.session.rooms.known(room).open_to_us:
        await bot.receive()
    assert await teller(bot).step(datetime.now(UTC) + MINUTE)
    assert await queued(bot) == 0


@synapse_only
async def test_what_was_said_before_the_bot_came_is_none_of_its_business(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna = await arrive("anna")
    deaf()
    room = await anna.create_room(encrypted=True)
    await anna.say(room, "unter uns")
    await anna.invite(room, bot.user_id)
    await bot.until_joined(room)
    assert [one.kind for one in await bot.hear()] == [Kind.JOINED]
    assert not bot.session.undecrypted
    assert not await teller(bot).step(datetime.now(UTC) + DAY)


async def queued(bot: Bot) -> int:
    rows = "SELECT COUNT(*) FROM outbox WHERE state = ?"
    async with bot.database.read() as connection:
        return int((await connection.exec_driver_sql(rows, (OutboxState.QUEUED.value,))).scalar_one())


# --- the key that comes late ------------------------------------------------------------------------------------------


@synapse_only
@pytest.mark.parametrize("told", [False, True], ids=["before the notice", "after the notice"])
async def test_a_command_whose_key_comes_late_runs_once(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf], told: bool
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    telling = teller(bot)
    if told:
        now = datetime.now(UTC) + MINUTE
        assert await telling.step(now)
        await send(bot, now)

    hears.recovers()
    await ben.say(room, "nur so")
    while bot.session.undecrypted.get(said):
        await bot.receive()
    dispatcher = Dispatcher(
        database=bot.database, desk=make_desk(house(bot), office(bot)), now=lambda: datetime.now(UTC)
    )
    for _ in range(2):
        await dispatcher.step()
        await bot.receive()
    await send(bot, datetime.now(UTC))

    answer = await anna.until(
        lambda heard: next((one for one in heard if one.in_reply_to == said and one.msgtype == "m.notice"), None)
    )
    assert "!hilfe" in answer.body
    assert len(await notices(anna, bot, room)) == int(told)
    assert [one.event_id for one in anna.heard if one.in_reply_to == said and one.msgtype == "m.notice"] == [
        answer.event_id
    ]
    assert not await telling.step(datetime.now(UTC) + DAY)


@synapse_only
async def test_a_key_that_never_came_is_asked_for_by_name(bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    # The bot has just opened a channel to her device: then the key is not lost with an old channel.
    await bot.say(room, "hallo")
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    await bot.receive()
    async with bot.database.read() as connection:
        asked = await load(connection, "default", KeyRequestRecord)
    assert [(one.room, one.session) for one in asked] == [(room, bot.session.undecrypted[said].session)]


@synapse_only
async def test_a_client_without_a_channel_to_the_bot_is_served_one(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna = await arrive("anna")
    await meet(bot, anna)
    await bot.session.query_keys([anna.user_id])
    device = bot.session.machine.device_store[anna.user_id][anna.device_id]
    assert bot.session.machine.strangers([device])
    await refuse(synapse, anna.account, bot, {"code": "m.no_olm", "sender_key": device.curve25519})
    await until_refused(bot)
    assert not bot.session.machine.strangers([device])


# --- what is believed, and how long it is kept ------------------------------------------------------------------------


@synapse_only
async def test_only_members_of_the_room_and_known_codes_are_believed(
    bot: Bot, arrive: Arrive, register: Register, synapse: Homeserver
) -> None:
    anna, stranger = await arrive("anna"), await register("fremd")
    room = await meet(bot, anna)
    known = {"room_id": room, "session_id": "s", "code": "m.unverified"}
    await refuse(synapse, stranger, bot, known)
    await refuse(synapse, stranger, bot, {"code": "m.no_olm"})
    for odd in ({"code": "m.custom"}, {"room_id": "!other:x"}, {"session_id": "s" * 256}, {"session_id": ""}):
        await refuse(synapse, anna.account, bot, known | odd)
    await refuse(synapse, anna.account, bot, known | {"session_id": "zuletzt"})
    await until_refused(bot)
    assert [(one.sender, one.session) for one in await refusals(bot)] == [(anna.user_id, "zuletzt")]


@synapse_only
async def test_what_is_unreadable_is_forgotten_after_two_weeks_and_when_the_room_is_left(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna = await arrive("anna")
    room, other = await meet(bot, anna), await meet(bot, anna)
    hears = deaf()
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    old = UndecryptedRecord(event="$old", room=other, session="s", sender=anna.user_id, at=datetime.now(UTC) - 14 * DAY)
    await bot.database.transact(lambda connection: save(connection, "default", [old]))
    bot.session.undecrypted["$old"] = old
    await anna.kick(room, bot.user_id)
    while bot.session.undecrypted:
        await bot.receive()
    async with bot.database.read() as connection:
        assert await load(connection, "default", UndecryptedRecord) == ()


@synapse_only
async def test_of_one_sender_only_so_many_unreadable_events_are_kept(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    now = datetime.now(UTC)
    for number in range(510):
        event = f"${number}"
        kept = UndecryptedRecord(
            event=event, room=room, session="s", sender=anna.user_id, at=now + timedelta(seconds=number)
        )
        bot.session.undecrypted[event] = kept
    await anna.say(room, "nur so")
    while len(bot.session.undecrypted) > 500:
        await bot.receive()
    assert list(bot.session.undecrypted) == [f"${number}" for number in range(10, 510)]


@synapse_only
async def test_the_worker_tells_as_soon_as_something_unreadable_was_stored(
    bot: Bot, arrive: Arrive, deaf: Callable[[], Deaf]
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    hears, told = deaf(), asyncio.Event()
    later = lambda: datetime.now(UTC) + 2 * MINUTE  # noqa: E731
    work = asyncio.create_task(unreadable.run(teller(bot), bot.session.puzzled, told.set, later))
    said = await anna.say(room, "!hilfe")
    await hears.misses(said)
    await told.wait()
    work.cancel()
    assert await queued(bot) == 1


async def test_refusals_of_one_sender_are_bounded_and_old_ones_go(database: Database) -> None:
    def refusal(session: int, at: datetime, sender: str = "@a:x") -> WithheldRecord:
        return WithheldRecord(sender=sender, room="!r", session=f"{session:03}", code=Reason.UNVERIFIED, at=at)

    async def record(*records: WithheldRecord, now: datetime) -> list[str]:
        await database.transact(lambda connection: record_withheld(connection, "default", records, now))
        async with database.read() as connection:
            return sorted(one.session for one in await load(connection, "default", WithheldRecord))

    many = [refusal(number, START + timedelta(seconds=number)) for number in range(150)]
    assert await record(*many, many[0], now=START) == [f"{number:03}" for number in range(50, 150)]
    other = refusal(999, START + 7 * DAY, "@b:x")
    assert await record(other, now=START + 7 * DAY + timedelta(seconds=148)) == ["149", "999"]


async def test_whom_the_bot_told_is_forgotten_once_they_may_be_told_again(database: Database) -> None:
    for number, user in enumerate(("@a:x", "@b:x")):
        told = ToldRecord(user_id=user, at=START + number * DAY)
        forget = told.at - unreadable.AGAIN_AFTER
        await database.transact(partial(record_told, account="default", told=told, forget_until=forget))
    async with database.read() as connection:
        assert [one.user_id for one in await load(connection, "default", ToldRecord)] == ["@b:x"]


names = st.sampled_from(["m.no_olm", "m.unverified", "!r", "@a:x", "", "\ud800", "x" * 256])
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | names
contents = plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=5), plain, max_size=3)
KEYS = st.sampled_from(["code", "room_id", "session_id", "sender_key"])


@given(sender=contents, content=st.dictionaries(KEYS, contents) | contents)
def test_no_refusal_whatsoever_raises(sender: Any, content: Any) -> None:
    rooms = Rooms("@bot:x", [RoomRecord(room="!r", membership="join")])
    rooms.known("!r").apply(
        {"type": "m.room.member", "state_key": "@a:x", "content": {"membership": "join"}, "sender": "@a:x"}
    )
    found = withheld({"type": WITHHELD, "sender": sender, "content": content}, rooms, START)
    assert found is None or found.sender == "@a:x"
