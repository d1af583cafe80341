"""The backlog is counted for one account, with its age, and the condition of a database is told, on both databases."""

from datetime import timedelta

from storage.backlog import Sent, backlog, newest_sent, oldest_queued, oldest_waiting
from storage.condition import faults, size, take_turn
from storage.database import Connection, Database
from storage.inbox import Arrival, mark_done, next_letters, record_arrivals
from storage.outbox import Parcel, Urgency, enqueue, mark_delayed, mark_sent
from tests.storage.scribe import START

SECRET = b"secret"


def parcel(cause: str, *, account: str = "a", urgency: Urgency = Urgency.REPLY) -> Parcel:
    return Parcel(
        account=account, room="!r", cause=cause, ordinal=0, type="m.room.message", content={}, urgency=urgency
    )


def arrival(event: str) -> Arrival:
    return Arrival(event=event, room="!r", sender="@anna:m", at=START, body={}, digest="")


async def test_an_empty_backlog_has_no_age(database: Database) -> None:
    async with database.read() as connection:
        found = await backlog(connection, "a")
        assert await oldest_waiting(connection, "a") is None
        assert await oldest_queued(connection, "a", START) is None
        assert await newest_sent(connection, "a", most=3) == ()
    assert (found.waiting, found.parked, found.undeliverable, found.incidents) == (0, 0, 0, 0)
    assert found.queued == dict.fromkeys(Urgency, 0)


async def test_what_is_done_does_not_wait_any_more(database: Database) -> None:
    async def come(connection: Connection) -> None:
        await record_arrivals(connection, "a", [arrival("$1")], START)
        await record_arrivals(connection, "a", [arrival("$2")], START + timedelta(minutes=1))
        await record_arrivals(connection, "b", [arrival("$3")], START)
        first = next(letter for letter in await next_letters(connection) if letter.account == "a")
        await mark_done(connection, first, START)

    await database.transact(come)
    async with database.read() as connection:
        assert (await backlog(connection, "a")).waiting == 1
        assert await oldest_waiting(connection, "a") == START + timedelta(minutes=1)


async def test_messages_count_by_urgency_and_only_while_they_wait(database: Database) -> None:
    later = START + timedelta(hours=1)

    async def write(connection: Connection) -> None:
        sent = await enqueue(connection, parcel("$1"), SECRET, START)
        await mark_sent(connection, sent, "$event", START + timedelta(seconds=2))
        await enqueue(connection, parcel("$other", account="b"), SECRET, START)
        await enqueue(connection, parcel("$later", urgency=Urgency.DIGEST), SECRET, later)
        delayed = await enqueue(connection, parcel("$2"), SECRET, START + timedelta(seconds=5))
        await mark_delayed(connection, delayed, later)

    await database.transact(write)
    async with database.read() as connection:
        found = (await backlog(connection, "a")).queued
        # What was tried and put off has waited since it was written; what is meant for later has not begun to wait.
        assert await oldest_queued(connection, "a", START + timedelta(minutes=1)) == START + timedelta(seconds=5)
        assert await newest_sent(connection, "a", most=3) == (
            Sent(room="!r", event="$event", at=START + timedelta(seconds=2)),
        )
    assert found == {Urgency.REPLY: 1, Urgency.DEADLINE: 0, Urgency.DIGEST: 1}


async def test_a_sound_database_has_a_size_and_no_faults(database: Database) -> None:
    await take_turn(database)
    assert await size(database) > 0
    assert await faults(database) == ()
