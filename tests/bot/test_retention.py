"""After their time traces are forgotten, a few at once, and what still needs them goes on working."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.config import RetentionSettings
from bot.retention import Retention, periods
from storage.database import Connection
from storage.inbox import INBOX
from storage.incidents import INCIDENT, IncidentKind, record_incident
from storage.matrix.queries import save
from storage.matrix.record import UndecryptedRecord
from storage.matrix.tables import UNDECRYPTED
from storage.prompts import PROMPT
from tests.conversation import ACCOUNT, Conversation

DAYS = RetentionSettings()
STATUS = "!status P-1 gelb – Schnittstelle fehlt"


async def forgets(talk: Conversation) -> int:
    """Run the retention until nothing is left to do; returns how many steps that took."""
    retention, steps = Retention(database=talk.database, periods=periods(DAYS)), 0
    while await retention.step(talk.now):
        steps += 1
    return steps


async def rows(talk: Conversation, table: Any) -> list[Any]:
    async with talk.database.read() as connection:
        return list(await connection.execute(select(table)))


async def test_who_sent_a_message_is_forgotten_after_its_days_and_not_before(talk: Conversation) -> None:
    said = await talk.says("koord-n", STATUS)
    talk.now += timedelta(days=DAYS.senders) - timedelta(minutes=1)
    await forgets(talk)
    assert "@koordination:nuernberg.example" in {row["sender"] for row in await talk.inbox()}
    talk.now += timedelta(minutes=2)
    await forgets(talk)
    after = await talk.inbox()
    assert {row["sender"] for row in after} == {""}
    assert said.event in {row["event"] for row in after}


async def test_official_acts_and_the_past_of_the_register_are_never_forgotten(talk: Conversation) -> None:
    await talk.says("koord-n", STATUS)
    before = await talk.dump()
    history = (await talk.says("koord-m", "!verlauf P-1")).text
    talk.now += timedelta(days=36_500)
    await forgets(talk)
    assert await talk.dump() == before
    assert (await talk.says("koord-m", "!verlauf P-1")).text == history


async def test_an_event_that_was_handled_long_ago_is_not_handled_again(talk: Conversation) -> None:
    said = await talk.says("koord-n", STATUS)
    talk.now += timedelta(days=DAYS.senders + 1)
    await forgets(talk)
    before = await talk.dump()
    assert (await talk.edits(said, "!status P-1 rot – doch")).replies == ()
    assert await talk.dump() == before


async def test_whoever_deletes_an_old_message_of_theirs_is_still_known_to_have_written_it(talk: Conversation) -> None:
    said = await talk.says("koord-n", STATUS)
    talk.now += timedelta(days=DAYS.senders + 1)
    await forgets(talk)
    answer = await talk.deletes(said)
    assert answer.text.startswith("Die Nachricht wurde gelöscht. Was sie bewirkt hat, gilt weiter")


async def test_after_long_silence_somebody_is_told_about_data_protection_again(talk: Conversation) -> None:
    assert "zum ersten Mal" not in (await talk.says("koord-n", "!hilfe")).text
    talk.now += timedelta(days=DAYS.senders + 1)
    await forgets(talk)
    talk.dispatcher.met.clear()
    assert "!datenschutz" in (await talk.says("koord-n", "!hilfe")).text


async def test_a_message_of_ours_is_forgotten_to_have_shown_a_record_but_stays_unique(talk: Conversation) -> None:
    await talk.says("koord-n", "!P-1")
    before = await talk.outbox()
    talk.now += timedelta(days=DAYS.shown + 1)
    await forgets(talk)
    after = await talk.outbox()
    assert [(row["txn"], row["event"]) for row in after] == [(row["txn"], row["event"]) for row in before]
    assert {(row["about"], row["shown"], row["late"]) for row in after} == {(None, None, None)}


async def test_incidents_are_forgotten_once_they_were_told(talk: Conversation) -> None:
    async def happen(connection: Connection) -> None:
        for number in range(2):
            await record_incident(connection, IncidentKind.UNDELIVERABLE, f"!r{number}", {"errcode": "M_X"}, talk.now)
        first = INCIDENT.c.subject == "!r0"
        await connection.execute(update(INCIDENT).where(first).values(reported=talk.now))

    await talk.database.transact(happen)
    talk.now += timedelta(days=DAYS.incidents + 1)
    await forgets(talk)
    assert [row.subject for row in await rows(talk, INCIDENT)] == ["!r1"]


async def test_unreadable_messages_and_expired_questions_are_forgotten(talk: Conversation) -> None:
    await talk.says("koord-n", "!neu projekt")
    unread = UndecryptedRecord(event="$u", room="!r", session="s", sender="@a:b.example", at=talk.now)
    await talk.database.transact(lambda connection: save(connection, ACCOUNT, [unread]))
    assert await rows(talk, PROMPT)
    talk.now += timedelta(days=DAYS.unreadable + 1)
    await forgets(talk)
    assert (await rows(talk, UNDECRYPTED), await rows(talk, PROMPT)) == ([], [])


async def test_a_message_that_could_not_be_handled_is_forgotten_with_its_text(talk: Conversation) -> None:
    await talk.says("koord-n", STATUS)
    parked = update(INBOX).values(state="parked", body='{"text": "geheim"}')
    await talk.database.transact(lambda connection: connection.execute(parked))
    talk.now += timedelta(days=DAYS.failures + 1)
    await forgets(talk)
    assert {(row["body"], row["sender"]) for row in await talk.inbox()} == {(None, "")}


async def test_it_is_done_in_small_steps(talk: Conversation) -> None:
    many = [
        {
            "account": ACCOUNT,
            "event": f"$old{number}",
            "room": "!r",
            "sender": "@alt:muenchen.example",
            "at": talk.now,
            "digest": "",
            "state": "done",
            "attempts": 0,
            "received": talk.now,
        }
        for number in range(1_200)
    ]
    await talk.database.transact(lambda connection: connection.execute(INBOX.insert(), many))
    talk.now += timedelta(days=DAYS.senders + 1)
    assert await forgets(talk) == 3
    assert {row["sender"] for row in await talk.inbox()} == {""}
