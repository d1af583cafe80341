"""Everything that names a person is found by its declaration, so that a new table cannot be forgotten."""

from sqlalchemy import select

from storage.erasure import forget_traces
from storage.inbox import INBOX
from storage.people.queries import person_by_mxid
from storage.personal import ELSEWHERE, Subject, everything, kept_elsewhere, mentions, naming_people
from storage.register import owners
from storage.schema import metadata
from storage.scope import unlimited
from storage.view import View
from tests.conversation import Conversation

NOBODY = {
    "book_seal",
    "counter",
    "counter_past",
    "due",
    "lease",
    "matrix_account",
    "matrix_group_session",
    "matrix_key_request",
    "matrix_olm_account",
    "matrix_olm_session",
    "name",
    "row_key",
}
"""Tables that name no person but the bot itself; `name` repeats what the records are called and goes with them."""


def test_every_table_either_names_nobody_or_is_declared() -> None:
    register = {twin.name for _, table in owners() for twin in (table.current, table.past)}
    declared = {kept.table.name for kept in ELSEWHERE}
    assert set(metadata.tables) - register - declared == NOBODY
    assert declared.isdisjoint(NOBODY | register)


def test_columns_of_the_register_that_name_people_are_found_by_their_marks() -> None:
    found = {f"{referring.table.name}.{referring.column}" for _, referring in naming_people()}
    assert {"decisions_votes.by", "seats.holder", "tasks.owner", "people_absences.deputy", "reminders.for_"} <= found
    assert {"meetings_attendance.value", "agreements_signatures.by", "projects_updates.by"} <= found


async def test_what_is_told_is_all_there_is(talk: Conversation) -> None:
    await talk.says("koord-n", "!status P-1 gelb – Schnittstelle fehlt")
    async with talk.database.read() as connection:
        view = View(connection)
        known = await person_by_mxid(view, unlimited(), talk.people["koord-n"])
        assert known is not None
        subject = Subject(key=known.key, mxid=known.record.mxid)
        rows = await everything(view, subject)
        counted = sum(each.now + each.former for each in await mentions(view, known.key))
        elsewhere = await kept_elsewhere(connection, subject)
    named = sum(len(each.rows) for each in rows if each.column is not None)
    assert named == counted + sum(elsewhere.values())
    assert any(each.table == "people" and each.rows[0]["name"] == "Koordination Nürnberg" for each in rows)
    assert {"operations", "messages", "bundle_keys"} <= set(elsewhere)


async def test_traces_of_others_stay(talk: Conversation) -> None:
    await talk.says("@einer:example.org", "!hilfe", room="gast")
    await talk.says("@andere:example.org", "!hilfe", room="gast")
    await talk.database.transact(lambda connection: forget_traces(connection, "@einer:example.org"))
    async with talk.database.read() as connection:
        senders = set((await connection.execute(select(INBOX.c.sender))).scalars())
    assert "@einer:example.org" not in senders
    assert "@andere:example.org" in senders
