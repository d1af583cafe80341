"""Inbox, outbox and prompts: nothing lost, nothing doubled, in order per room."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage.database import Connection, Database
from storage.inbox import (
    INBOX,
    Arrival,
    InboxState,
    Letter,
    handled,
    is_first_contact,
    known_events,
    mark_done,
    mark_failed,
    next_letters,
    record_arrivals,
    record_handled,
    redigest,
)
from storage.outbox import (
    OUTBOX,
    OutboxState,
    Parcel,
    enqueue,
    mark_delayed,
    mark_sent,
    mark_undeliverable,
    next_attempt_at,
    next_ordinal,
    next_sending,
    replies_to,
    sending,
    sent_as,
    transaction_id,
)
from storage.prompts import PromptKind, ask, open_prompts, prompt_in, settle, sweep, waiting
from tests.storage.scribe import START

T = TypeVar("T")
Body = Callable[[Connection], Awaitable[T]]
SECRET = b"secret"
LATER = START + timedelta(minutes=5)


def arrival(event: str, room: str = "!a:m.example", **fields: Any) -> Arrival:
    """An event as it comes from a sync."""
    values = {"sender": "@anna:m.example", "at": START, "body": {"text": "ä <b>"}, "digest": "d", **fields}
    return Arrival(event=event, room=room, **values)


def parcel(ordinal: int, room: str = "!a:m.example", **fields: Any) -> Parcel:
    """A message to send."""
    values = {"account": "main", "cause": "$e1", "type": "m.room.message", "content": {"body": "ä"}, **fields}
    return Parcel(room=room, ordinal=ordinal, **values)


async def receive(database: Database, *arrivals: Arrival, account: str = "main") -> int:
    """Store what a sync delivered."""
    return await database.transact(lambda c: record_arrivals(c, account, arrivals, START))


async def letters(database: Database) -> tuple[Letter, ...]:
    """What is to be handled next."""
    return await database.transact(next_letters)


async def send(database: Database, *parcels: Parcel) -> list[int]:
    """Put messages into the outbox."""

    async def body(connection: Connection) -> list[int]:
        return [await enqueue(connection, one, SECRET, START) for one in parcels]

    return await database.transact(body)


# --- inbox ------------------------------------------------------------------------------------------------------------


async def test_an_event_that_arrives_twice_is_stored_once(database: Database) -> None:
    assert await receive(database, arrival("$1"), arrival("$2"), arrival("$1")) == 2
    assert await receive(database, arrival("$2"), arrival("$3")) == 1
    assert await receive(database, arrival("$3"), account="second account") == 0
    assert await receive(database) == 0
    known = await database.transact(lambda c: known_events(c, ["$1", "$3", "$9"]))
    assert known == {"$1", "$3"}


async def test_rooms_proceed_independently_and_each_in_its_order(database: Database) -> None:
    await receive(database, arrival("$a1"), arrival("$b1", "!b"), arrival("$a2"), arrival("$b2", "!b"))
    first = await letters(database)
    assert [letter.event for letter in first] == ["$a1", "$b1"]
    await database.transact(lambda c: mark_done(c, first[0], LATER))
    assert [letter.event for letter in await letters(database)] == ["$b1", "$a2"]


async def test_a_letter_is_read_as_it_was_written(database: Database) -> None:
    await receive(database, arrival("$1"))
    (letter,) = await letters(database)
    assert (letter.body, letter.sender, letter.at) == ({"text": "ä <b>"}, "@anna:m.example", START)
    assert (letter.account, letter.attempts) == ("main", 0)


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\U0001f600", "\u202e", "x" * 65_536])
async def test_whatever_is_in_a_message_it_is_stored_as_it_is(database: Database, text: str) -> None:
    await receive(database, arrival("$1", body={"text": text}))
    (letter,) = await letters(database)
    (number,) = await send(database, parcel(0, content={"body": text}))
    await question(database, body={"text": text}, outbox=1)
    queued = await database.transact(lambda c: sending(c, number))
    asked = await database.transact(lambda c: prompt_in(c, 1, START))
    assert queued is not None
    assert asked is not None
    assert [letter.body["text"], queued.content["body"], asked.body["text"]] == [text] * 3


async def test_what_is_done_is_not_handled_again_and_its_words_are_gone(database: Database) -> None:
    await receive(database, arrival("$1"))
    (letter,) = await letters(database)
    await database.transact(lambda c: mark_done(c, letter, LATER))
    assert await letters(database) == ()
    (row,) = await rows(database, INBOX)
    assert (row["body"], row["state"], row["done"]) == (None, InboxState.DONE, LATER)
    assert await receive(database, arrival("$1")) == 0


async def test_what_fails_again_and_again_is_set_aside_and_holds_nobody_up(database: Database) -> None:
    await receive(database, arrival("$1"), arrival("$2"))
    states = []
    for _ in range(3):
        (letter,) = await letters(database)
        assert letter.event == "$1"
        states.append(await database.transact(lambda c, letter=letter: mark_failed(c, letter, park_after=3)))  # type: ignore[misc]
    assert states == [InboxState.NEW, InboxState.NEW, InboxState.PARKED]
    assert [letter.event for letter in await letters(database)] == ["$2"]


async def test_only_the_first_event_of_a_sender_is_a_first_contact(database: Database) -> None:
    await receive(database, arrival("$1"), arrival("$2", "!b"), arrival("$3", "!c", sender="@bert:m.example"))
    contacts = [await database.transact(lambda c, one=one: is_first_contact(c, one)) for one in await letters(database)]  # type: ignore[misc]
    assert contacts == [True, False, True]


async def test_edits_know_what_their_message_said_last(database: Database) -> None:
    await receive(database, arrival("$1"))
    (letter,) = await letters(database)
    await database.transact(lambda c: record_handled(c, letter, "$0", START))
    await database.transact(lambda c: redigest(c, "$1", "new"))
    found = [await database.transact(lambda c, event=e: handled(c, event)) for e in ("$0", "$1", "$2")]  # type: ignore[misc]
    assert [one and (one.sender, one.digest) for one in found] == [
        ("@anna:m.example", "d"),
        ("@anna:m.example", "new"),
        None,
    ]
    assert [one.event for one in await letters(database)] == ["$1"]


async def rows(database: Database, table: Any) -> list[dict[str, Any]]:
    """All rows of a table."""
    async with database.read() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(table).order_by(table.c.id))]


# --- outbox -----------------------------------------------------------------------------------------------------------


def test_the_same_cause_leads_to_the_same_transaction_id_and_any_other_to_another() -> None:
    assert transaction_id(SECRET, "$e1", 0) == "57f2f1a20d5a88dbacbfafe80214292ae19a1e85"
    others = {transaction_id(*of) for of in ((SECRET, "$e1", 1), (SECRET, "$e2", 0), (b"other", "$e1", 0))}
    assert len({*others, transaction_id(SECRET, "$e1", 0)}) == 4
    assert transaction_id(SECRET, "$e1\n1", 1) != transaction_id(SECRET, "$e1", 11)


async def test_a_reply_cannot_be_queued_twice(database: Database) -> None:
    await send(database, parcel(0))
    with pytest.raises(IntegrityError):
        await send(database, parcel(0))
    assert await database.transact(lambda c: next_ordinal(c, "$e1")) == 1
    assert await database.transact(lambda c: next_ordinal(c, "$e2")) == 0


async def due(database: Database, now: datetime = START) -> tuple[str, int] | None:
    """Room and ordinal of what is to be sent now."""
    found = await database.transact(lambda c: next_sending(c, "main", now))
    return None if found is None else (found.message.room[1], found.message.ordinal)


async def test_a_delayed_message_holds_up_its_own_room_only(database: Database) -> None:
    numbers = await send(database, parcel(0), parcel(1), parcel(2, "!b"))
    await database.transact(lambda c: mark_delayed(c, numbers[0], LATER))
    assert await due(database) == ("b", 2)
    await database.transact(lambda c: mark_sent(c, numbers[2], "$s", START))
    assert await due(database) is None
    # Not "at once" because of the message behind it: that would be asked for in circles until then.
    assert await database.transact(lambda c: next_attempt_at(c, "main", START)) == LATER
    assert await due(database, LATER) == ("a", 0)
    (row,) = [row for row in await rows(database, OUTBOX) if row["id"] == numbers[0]]
    assert row["attempts"] == 1


async def test_nothing_queued_is_nothing_to_wait_for(database: Database) -> None:
    assert await database.transact(lambda c: next_attempt_at(c, "main", START)) is None


async def test_what_is_sent_is_known_by_its_event_and_its_words_are_gone(database: Database) -> None:
    (number, queued) = await send(database, parcel(0, about="P-1", shown=7), parcel(1))
    before = await database.transact(lambda c: sending(c, number))
    assert before is not None
    assert (before.content, before.txn, before.shown) == ({"body": "ä"}, transaction_id(SECRET, "$e1", 0), 7)
    await database.transact(lambda c: mark_sent(c, number, "$s1", LATER))
    found = await database.transact(lambda c: sent_as(c, ["$s1", "$s2"]))
    assert {event: one.id for event, one in found.items()} == {"$s1": number}
    (row, _) = await rows(database, OUTBOX)
    assert (row["content"], row["state"], row["sent"]) == (None, OutboxState.SENT, LATER)
    assert await due(database) == ("a", 1)
    assert await database.transact(lambda c: sending(c, queued + 1)) is None


async def test_what_is_refused_for_good_lets_the_next_one_go(database: Database) -> None:
    numbers = await send(database, parcel(0), parcel(1))
    await database.transact(lambda c: mark_undeliverable(c, numbers[0], START))
    assert await due(database) == ("a", 1)


async def test_what_a_message_led_to_is_found_in_order_without_later_edits(database: Database) -> None:
    numbers = await send(database, parcel(0), parcel(1, "!b"))
    await send(database, parcel(2, replaces=numbers[0]), parcel(3, cause="$e2"))
    found = await database.transact(lambda c: replies_to(c, "$e1"))
    assert [one.id for one in found] == numbers


# --- prompts ----------------------------------------------------------------------------------------------------------


async def question(database: Database, sender: str = "@anna:m.example", **fields: Any) -> int:
    """Ask something in room !a."""
    values = {"kind": PromptKind.CONFIRM, "room": "!a", "body": {"ü": 1}, "expires": LATER, **fields}
    return await database.transact(lambda c: ask(c, sender=sender, **values))


async def test_the_newest_open_question_of_a_person_in_a_room_comes_first(database: Database) -> None:
    first, second = await question(database), await question(database, kind=PromptKind.OFFER)
    await question(database, sender="@bert:m.example")
    await question(database, room="!b")

    async def open_at(now: datetime) -> list[int]:
        found = await database.transact(lambda c: open_prompts(c, "!a", "@anna:m.example", now))
        return [one.id for one in found]

    assert await open_at(START) == [second, first]
    assert await open_at(LATER) == []
    await database.transact(lambda c: settle(c, second))
    assert await open_at(START) == [first]


async def test_a_reply_finds_the_question_in_the_message_it_answers_until_it_expires(database: Database) -> None:
    number = await question(database, outbox=12)
    found = await database.transact(lambda c: prompt_in(c, 12, START))
    assert found is not None
    assert (found.id, found.kind, found.body, found.outbox) == (number, PromptKind.CONFIRM, {"ü": 1}, 12)
    assert await database.transact(lambda c: prompt_in(c, 12, LATER)) is None
    assert await database.transact(lambda c: prompt_in(c, 13, START)) is None


async def test_rooms_with_open_questions_are_known_and_expired_ones_are_swept(database: Database) -> None:
    await question(database)
    await question(database, room="!b", expires=START)
    both = {"!a", "!b"}
    assert await database.transact(lambda c: waiting(c, both, START)) == {("!a", "@anna:m.example")}
    await database.transact(lambda c: sweep(c, START))
    long_ago = START - timedelta(days=1)
    assert await database.transact(lambda c: waiting(c, both, long_ago)) == {("!a", "@anna:m.example")}
