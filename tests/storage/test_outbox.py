"""The outbox's order and its edits: fair over rooms, and nothing changed that may have gone out."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select

from storage.database import Connection, Database
from storage.outbox import (
    OUTBOX,
    Parcel,
    Sending,
    Turn,
    Underway,
    Urgency,
    enqueue,
    enqueue_edit,
    mark_delayed,
    mark_sent,
    mark_undeliverable,
    newest,
    next_attempt_at,
    next_sending,
    sending,
)
from tests.storage.scribe import START

SECRET = b"secret"
LATER = START + timedelta(minutes=5)
TEXT = {"msgtype": "m.notice", "body": "neu", "m.mentions": {}}


def parcel(cause: str, room: str = "!a", **fields: Any) -> Parcel:
    """A message to send."""
    values = {"account": "main", "ordinal": 0, "type": "m.room.message", "content": {"body": cause}, **fields}
    return Parcel(room=room, cause=cause, **values)


def edit(of: int, text: str, **fields: Any) -> Parcel:
    """An edit of a row's message."""
    content = {"body": f"* {text}", "m.new_content": {"body": text}}
    return parcel(text, replaces=of, **{"content": content, **fields})


async def queue(database: Database, *parcels: Parcel) -> list[int]:
    """Put messages into the outbox."""

    async def body(connection: Connection) -> list[int]:
        return [await enqueue(connection, one, SECRET, START) for one in parcels]

    return await database.transact(body)


async def revise(database: Database, parcel: Parcel, underway: Underway, now: datetime = LATER) -> int:
    """Put an edit into the outbox."""
    return await database.transact(lambda c: enqueue_edit(c, parcel, SECRET, now, underway))


async def read(database: Database, number: int) -> Sending:
    """A row."""
    found = await database.transact(lambda c: sending(c, number))
    assert found is not None
    return found


async def turn(database: Database, underway: Underway, now: datetime = START) -> Turn | None:
    """What is to be sent next."""
    return await database.transact(lambda c: next_sending(c, "main", now, underway.turns))


async def drain(database: Database, now: datetime = LATER) -> list[str]:
    """Send all that is due, one after another; the causes in the order they went."""
    underway, gone = Underway(), list[str]()
    while (due := await turn(database, underway, now)) is not None:
        number = due.message.id
        underway.begin(number)
        await database.transact(lambda c, n=number: mark_sent(c, n, f"${n}", START))  # type: ignore[misc]
        underway.end(due)
        gone.append(due.message.cause)
    return gone


# --- the order --------------------------------------------------------------------------------------------------------


async def test_replies_go_before_deadlines_and_deadlines_before_digests(database: Database) -> None:
    await queue(
        database,
        parcel("digest", "!a", urgency=Urgency.DIGEST),
        parcel("deadline", "!b", urgency=Urgency.DEADLINE),
        parcel("reply", "!c"),
        parcel("elsewhere", "!a", account="other"),
    )
    assert await drain(database) == ["reply", "deadline", "digest"]


async def test_a_room_with_many_replies_does_not_keep_another_waiting(database: Database) -> None:
    await queue(database, *[parcel(f"a{n}", "!a") for n in range(6)], *[parcel(f"b{n}", "!b") for n in range(2)])
    await queue(database, parcel("c0", "!c"))
    assert await drain(database) == ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4", "a5"]


async def test_a_turn_among_the_replies_takes_none_among_the_digests(database: Database) -> None:
    underway, gone = Underway(), list[str]()
    for room in "ac":
        await queue(database, *[parcel(f"{room}{n}", f"!{room}", urgency=Urgency.DIGEST) for n in range(3)])
    for number in range(6):
        # Between any two digests somebody is answered in a room that lies between the others.
        await queue(database, parcel(f"b{number}", "!b"))
        for _ in range(2):
            due = await turn(database, underway)
            assert due is not None
            await database.transact(lambda c, n=due.message.id: mark_sent(c, n, f"${n}", START))  # type: ignore[misc]
            underway.end(due)
            gone.append(due.message.cause)
    assert [one for one in gone if not one.startswith("b")] == ["a0", "c0", "a1", "c1", "a2", "c2"]


async def test_a_room_is_as_urgent_as_the_most_urgent_message_that_waits_in_it(database: Database) -> None:
    digests = [parcel(f"d{n}", "!b", urgency=Urgency.DIGEST) for n in range(3)]
    await queue(database, parcel("deadline", "!a", urgency=Urgency.DEADLINE), *digests, parcel("reply", "!b"))
    assert await drain(database) == ["d0", "d1", "d2", "reply", "deadline"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    rooms=st.lists(st.sampled_from("abc"), max_size=6),
    delayed=st.dictionaries(st.sampled_from("abc"), st.integers(min_value=-2, max_value=3)),
)
async def test_the_next_attempt_is_when_there_will_be_something_to_send(
    sqlite: Database, rooms: list[str], delayed: dict[str, int]
) -> None:
    await sqlite.transact(lambda c: c.execute(delete(OUTBOX)))
    numbers = await queue(sqlite, *[parcel(str(n), room) for n, room in enumerate(rooms)])
    for room, minutes in delayed.items():
        if room in rooms:
            until = START + timedelta(minutes=minutes)
            head = numbers[rooms.index(room)]
            await sqlite.transact(lambda c, h=head, u=until: mark_delayed(c, h, u))  # type: ignore[misc]
    at = await sqlite.transact(lambda c: next_attempt_at(c, "main", START))
    for minutes in range(5):
        now = START + timedelta(minutes=minutes)
        assert (await turn(sqlite, Underway(), now) is not None) == (at is not None and at <= now)


async def test_the_choice_of_the_next_message_reads_nothing_but_an_index(sqlite: Database) -> None:
    statements: list[tuple[str, Any]] = []
    await queue(sqlite, parcel("a"))
    plan = sqlite3.connect(str(sqlite.file))

    @event.listens_for(sqlite._readers.sync_engine, "before_cursor_execute")
    def hear(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.append((statement, values))

    async with sqlite.read() as connection:
        await next_sending(connection, "main", START, {Urgency.REPLY: "!a"})
        await next_attempt_at(connection, "main", START)
    lines = [line for said in statements for *_, line in plan.execute(f"EXPLAIN QUERY PLAN {said[0]}", said[1])]
    plan.close()
    read = [line for line in lines if line.startswith(("SCAN outbox", "SEARCH outbox"))]
    turns = [line for line in read if "COVERING INDEX ix_outbox_turn" in line]
    assert len([line for line in turns if "(account=? AND state=? AND urgency=? AND room>?)" in line]) == 6
    assert [line for line in read if line.startswith("SCAN")] == []
    assert [line for line in lines if "B-TREE" in line and "ORDER BY" in line] == ["USE TEMP B-TREE FOR ORDER BY"]


# --- edits of what still waits ----------------------------------------------------------------------------------------


async def test_edits_that_wait_become_the_last_one(database: Database) -> None:
    (number,) = await queue(database, parcel("eins"))
    await database.transact(lambda c: mark_sent(c, number, "$1", START))
    underway = Underway(inherited=number)
    first = await revise(database, edit(number, "zwei", about="P-1", late="alt"), underway)
    (other,) = await queue(database, parcel("anderes"))
    second = await revise(database, edit(number, "drei", about="P-2", late="neu"), underway, LATER)
    assert second == first < other
    row = await read(database, first)
    assert (row.content["m.new_content"], row.about, row.late, row.created) == ({"body": "drei"}, "P-2", "neu", LATER)
    assert await drain(database) == ["zwei", "anderes"]


async def test_a_message_that_waits_says_the_new_words_itself_where_it_stands(database: Database) -> None:
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}}}
    (number, _) = await queue(database, parcel("eins", content={"body": "eins", **relation}), parcel("zwei"))
    revised = {"body": "* neu", "m.new_content": TEXT}
    assert await revise(database, edit(number, "e", content=revised), Underway(inherited=0)) == number
    assert (await read(database, number)).content == TEXT | relation
    assert await drain(database) == ["eins", "zwei"]


async def test_an_edit_makes_a_waiting_message_as_urgent_as_it_is(database: Database) -> None:
    (number,) = await queue(database, parcel("eins", urgency=Urgency.DIGEST))
    await revise(database, edit(number, "neu"), Underway(inherited=0))
    assert (await read(database, number)).urgency is Urgency.REPLY


async def test_what_may_have_gone_out_is_not_changed_but_edited(database: Database) -> None:
    (number,) = await queue(database, parcel("eins"))
    flying, lost = Underway(inherited=0), Underway(inherited=0)
    flying.begin(number)
    lost.begin(number)
    lost.begin(number + 1)
    for n, underway in enumerate((Underway(), Underway(inherited=number), flying, lost)):
        added = await revise(database, edit(number, f"zwei{n}"), underway)
        assert added > number
        await database.transact(lambda c, a=added: c.execute(delete(OUTBOX).where(OUTBOX.c.id == a)))  # type: ignore[misc]
    await database.transact(lambda c: mark_delayed(c, number, LATER))
    assert await revise(database, edit(number, "drei"), Underway(inherited=0)) > number
    assert (await read(database, number)).content == {"body": "eins"}


async def test_what_was_not_taken_for_now_may_still_be_changed(database: Database) -> None:
    (number,) = await queue(database, parcel("eins"))
    underway = Underway(inherited=0)
    underway.begin(number)
    underway.end()
    assert await revise(database, edit(number, "zwei"), underway) == number


@pytest.mark.parametrize("sent", [True, False])
async def test_an_edit_of_what_waits_no_more_is_a_message_of_its_own(database: Database, sent: bool) -> None:
    (number,) = await queue(database, parcel("eins"))
    await database.transact(
        lambda c: mark_sent(c, number, "$1", START) if sent else mark_undeliverable(c, number, START)
    )
    assert await revise(database, edit(number, "zwei"), Underway(inherited=0)) > number


async def test_the_newest_row_is_known_also_before_the_first(database: Database) -> None:
    assert await database.transact(newest) == 0
    numbers = await queue(database, parcel("eins"), parcel("zwei"))
    assert await database.transact(newest) == numbers[-1]


async def test_two_edits_of_different_messages_stay_apart(database: Database) -> None:
    numbers = await queue(database, parcel("eins"), parcel("zwei"))
    for number in numbers:
        await database.transact(lambda c, n=number: mark_sent(c, n, f"${n}", START))  # type: ignore[misc]
    underway = Underway(inherited=numbers[-1])
    for number in numbers:
        await revise(database, edit(number, f"neu{number}"), underway)
    rows = await database.transact(lambda c: c.execute(select(OUTBOX.c.replaces).where(OUTBOX.c.event.is_(None))))
    assert sorted(rows.scalars()) == numbers
