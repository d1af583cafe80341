"""Sending to a homeserver that is played: order, delays, refusals, doubts and late messages."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.matrix import outbound
from bot.matrix.errors import RateLimited, Refused, Unauthorized, Unreachable
from bot.matrix.render import MARKER, content, reaction_content
from bot.matrix.rooms import Room
from storage.database import Database
from storage.outbox import next_attempt_at, transaction_id
from tests.bot.matrix.played import Clock, Homeserver, Process

NOTE = "(verspätet, geschrieben am Mi., 18.11.2026, 11:00 Uhr)"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Homeserver:
    return Homeserver(clock=clock)


@pytest.fixture
async def bot(database: Database, tmp_path: Path, clock: Clock, server: Homeserver) -> AsyncIterator[Process]:
    made = Process(database=database, state=tmp_path / "state", server=server, clock=clock)
    yield made
    await made.session.close()


# --- order, delays, refusals ------------------------------------------------------------------------------------------


async def test_an_unreachable_homeserver_delays_one_room_in_order_and_not_the_others(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.put("!a", "eins")
    await bot.put("!a", "zwei")
    await bot.put("!b", "drei")
    server.failures.append(Unreachable(reason="lost"))
    await bot.drain()
    assert [(event.room, event.kind) for event in server.events] == [("!b", "m.room.message")]
    clock.advance(seconds=61)
    await bot.drain()
    assert server.texts == ["drei", "eins", "zwei"]


async def test_when_asked_to_be_quiet_nothing_is_sent_until_then(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.put("!a", "eins")
    await bot.put("!b", "zwei")
    server.failures.append(RateLimited(retry_after=timedelta(seconds=5)))
    assert await bot.drain() == 1
    clock.advance(seconds=4)
    assert not await outbound.step(bot.session)
    clock.advance(seconds=1)
    await bot.drain()
    assert server.texts == ["eins", "zwei"]


async def test_being_asked_to_be_quiet_often_does_not_make_the_next_attempt_later(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.put("!a", "eins")
    for _ in range(20):
        server.failures.append(RateLimited(retry_after=timedelta(seconds=1)))
        await bot.drain()
        clock.advance(seconds=1)
    await bot.drain()
    assert server.texts == ["eins"]


async def test_a_homeserver_that_is_away_is_not_asked_for_each_of_many_rooms(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    many = [f"!r{number}" for number in range(30)]
    for room in many:
        bot.session.rooms.known(room).we_are("join")
        await bot.put(room, room)
    away = [Unreachable(reason="M_UNKNOWN", status=502) for _ in range(1000)]
    server.failures[:] = away
    for _ in range(60):
        await bot.drain()
        clock.advance(seconds=1)
    assert len(away) - len(server.failures) <= 12
    server.failures.clear()
    for _ in range(120):
        await bot.drain()
        clock.advance(seconds=1)
    assert sorted(server.texts) == sorted(many)


async def test_one_room_that_always_fails_does_not_slow_the_others(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    async def send(room: Room, kind: str, content: Mapping[str, Any], txn: str) -> str:
        if room.id == "!a":
            raise Unreachable(reason="M_UNKNOWN", status=500)
        return await server.send(room, kind, content, txn)

    bot.session.send = send  # type: ignore[method-assign]
    await bot.put("!a", "eins")
    for _ in range(10):
        assert await bot.drain() == 1
        clock.advance(seconds=61)
    await bot.drain()
    await bot.put("!b", "zwei")
    await bot.drain()
    assert server.texts == ["zwei"]


async def test_what_is_refused_for_good_is_set_aside_and_reported_and_the_next_one_goes(
    bot: Process, server: Homeserver
) -> None:
    await bot.put("!a", "eins")
    await bot.put("!a", "zwei")
    server.failures.append(Refused(status=403, errcode="M_FORBIDDEN"))
    await bot.drain()
    assert server.texts == ["zwei"]
    txn = transaction_id(bot.session.secrets.outbox, "$eins", 0)
    assert await bot.incidents() == [("undeliverable", txn, {"room": "!a", "errcode": "M_FORBIDDEN"})]


@pytest.mark.parametrize("errcode", ["M_USER_SUSPENDED", "M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED"])
async def test_a_message_waits_while_the_account_may_send_nothing(
    bot: Process, clock: Clock, server: Homeserver, errcode: str
) -> None:
    await bot.put("!a", "eins")
    server.failures.append(Refused(status=403, errcode=errcode))
    await bot.drain()
    assert await bot.incidents() == []
    clock.advance(seconds=61)
    await bot.drain()
    assert server.texts == ["eins"]


async def test_nothing_is_sent_to_a_room_we_were_never_in_and_that_is_reported(
    bot: Process, server: Homeserver
) -> None:
    await bot.put("!anderswo", "eins")
    await bot.drain()
    assert not server.events
    assert [facts["room"] for _, _, facts in await bot.incidents()] == ["!anderswo"]


async def test_what_was_for_a_room_that_was_left_is_dropped_without_a_report(bot: Process, server: Homeserver) -> None:
    await bot.put("!a", "eins")
    bot.session.rooms.known("!a").we_are("leave")
    await bot.drain()
    assert not server.events
    assert await bot.incidents() == []
    assert await bot.waiting() == 0


async def test_an_edit_of_what_was_never_sent_is_not_sent_either_and_reported_once(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    first = await bot.put("!a", "eins")
    server.failures.append(Unreachable(reason="lost"))
    await bot.drain()
    await bot.put("!a", "neu", replaces=first)
    server.failures.append(Refused(status=400, errcode="M_BAD_JSON"))
    clock.advance(seconds=61)
    await bot.drain()
    assert not server.events
    assert len(await bot.incidents()) == 1
    assert await bot.waiting() == 0


async def test_an_invalid_token_is_for_others_to_handle(bot: Process, server: Homeserver) -> None:
    await bot.put("!a", "eins")
    server.failures.append(Unauthorized())
    with pytest.raises(Unauthorized):
        await outbound.step(bot.session)
    await bot.drain()
    assert server.texts == ["eins"]


async def test_the_marker_of_a_message_is_its_transaction_id(bot: Process, server: Homeserver) -> None:
    await bot.put("!a", "eins")
    await bot.drain()
    assert [event.content[MARKER] for event in server.events] == [
        transaction_id(bot.session.secrets.outbox, "$eins", 0)
    ]


# --- doubts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["message", "edit", "reaction"])
async def test_what_the_homeserver_may_have_forgotten_is_looked_for_before_it_is_sent_again(
    bot: Process, clock: Clock, server: Homeserver, kind: str
) -> None:
    first = await bot.put("!a", "eins")
    await bot.drain()
    if kind == "edit":
        await bot.put("!a", "zwei", replaces=first)
    elif kind == "reaction":
        await bot.put("!a", "zwei", type="m.reaction", content=reaction_content("$x", "✅"))
    else:
        await bot.put("!a", "zwei")
    server.answers_lost = 1
    await bot.drain()
    clock.advance(hours=25)
    await bot.drain()
    assert (len(server.events), server.searches, await bot.waiting()) == (2, 1, 0)


async def test_what_an_earlier_process_may_have_sent_is_looked_for_too(
    bot: Process, clock: Clock, server: Homeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.put("!a", "eins")
    with monkeypatch.context() as patched:
        # The power fails after the homeserver has taken the message, and before that is noted.
        patched.setattr(outbound, "mark_sent", _power_cut)
        with pytest.raises(PowerCut):
            await bot.drain()
    clock.advance(hours=25)
    bot.restart()
    await bot.drain()
    assert (server.texts, server.searches, await bot.waiting()) == (["eins"], 1, 0)


class PowerCut(Exception):
    """The process ends here."""


async def _power_cut(*_: object) -> None:
    raise PowerCut


async def test_what_another_device_may_have_sent_is_looked_for_however_new_it_is(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.put("!a", "eins")
    await bot.put("!b", "zwei")
    server.answers_lost = 1
    await bot.drain()
    clock.advance(minutes=2)
    bot.move()
    await bot.drain()
    assert sorted(server.texts) == ["eins", "zwei"]
    assert server.searches == 1


async def test_what_was_certainly_never_tried_is_sent_without_a_search(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.drain()
    await bot.put("!a", "eins")
    server.failures.append(RateLimited(retry_after=timedelta(hours=13)))
    await bot.drain()
    clock.advance(hours=13)
    await bot.drain()
    assert (server.texts, server.searches) == (["eins"], 0)


async def test_as_long_as_the_search_fails_nothing_is_sent(bot: Process, clock: Clock, server: Homeserver) -> None:
    await bot.put("!a", "eins")
    server.answers_lost = 1
    await bot.drain()
    clock.advance(hours=25)
    server.failures.append(Unreachable(reason="lost"))
    await bot.drain()
    clock.advance(seconds=61)
    await bot.drain()
    assert (server.texts, server.searches, await bot.waiting()) == (["eins"], 2, 0)


# --- edits of what waits ----------------------------------------------------------------------------------------------


async def test_edits_of_a_message_that_waits_cost_no_event(bot: Process, clock: Clock, server: Homeserver) -> None:
    await bot.drain()
    first = await bot.put("!a", "eins")
    server.failures.append(RateLimited(retry_after=timedelta(seconds=5)))
    await bot.drain()
    for text in ("zwei", "drei"):
        await bot.put("!a", text, replaces=first)
    clock.advance(seconds=5)
    await bot.drain()
    assert server.texts == ["drei"]


async def test_a_message_that_may_have_gone_before_a_restart_is_edited_by_an_event(
    bot: Process, clock: Clock, server: Homeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await bot.put("!a", "eins")
    with monkeypatch.context() as patched:
        patched.setattr(outbound, "mark_sent", _power_cut)
        with pytest.raises(PowerCut):
            await bot.drain()
    bot.restart()
    await bot.put("!a", "zwei", replaces=first)
    await bot.drain()
    assert server.texts == ["eins", "* zwei"]


# --- late messages ----------------------------------------------------------------------------------------------------


async def test_a_message_that_goes_out_much_later_says_so_in_text_and_html(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.put("!a", "eins <b>", late=NOTE, content=content("eins", "<b>eins</b>"))
    clock.advance(minutes=15)
    await bot.drain()
    (event,) = server.events
    assert event.content["body"] == f"{NOTE}\neins"
    assert event.content["formatted_body"] == f"<p>{NOTE}</p><b>eins</b>"


async def test_a_message_that_is_on_time_has_no_note(bot: Process, clock: Clock, server: Homeserver) -> None:
    await bot.put("!a", "eins", late=NOTE)
    clock.advance(minutes=14)
    await bot.drain()
    assert server.texts == ["eins"]


async def test_an_edit_has_the_note_only_if_its_message_was_late_too(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    on_time = await bot.put("!a", "eins", late=NOTE)
    await bot.drain()
    late = await bot.put("!b", "zwei", late=NOTE)
    clock.advance(minutes=20)
    await bot.drain()
    await bot.put("!a", "drei", replaces=on_time, late=NOTE)
    await bot.put("!b", "vier", replaces=late, late=NOTE)
    clock.advance(minutes=20)
    await bot.drain()
    *_, of_one_on_time, of_a_late_one = server.events
    assert of_one_on_time.content["m.new_content"]["body"] == "drei"
    assert of_a_late_one.content["body"] == f"* {NOTE}\nvier"
    assert of_a_late_one.content["m.new_content"]["body"] == f"{NOTE}\nvier"
    await bot.put("!b", "fünf", replaces=late, late=NOTE)
    await bot.drain()
    assert server.events[-1].content["m.new_content"]["body"] == "fünf"


async def test_a_late_reaction_is_the_same_reaction(bot: Process, clock: Clock, server: Homeserver) -> None:
    await bot.put("!a", "", type="m.reaction", content=reaction_content("$x", "✅"))
    clock.advance(hours=2)
    await bot.drain()
    assert server.events[0].content["m.relates_to"]["key"] == "✅"


# --- resting ----------------------------------------------------------------------------------------------------------


async def test_behind_a_delayed_message_there_is_nothing_to_wake_up_for(
    bot: Process, clock: Clock, server: Homeserver
) -> None:
    await bot.put("!a", "eins")
    await bot.put("!a", "zwei")
    server.failures.append(Unreachable(reason="lost"))
    await bot.drain()
    async with bot.database.read() as connection:
        at = await next_attempt_at(connection, "default", clock())
    assert at is not None
    assert at > clock()
    clock.at = at
    assert await outbound.step(bot.session)
