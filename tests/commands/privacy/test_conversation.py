"""What is kept about somebody is told to them alone, and made anonymous when their city decides so."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from commands.framework.privacy import Privacy
from storage.bundle import ImportConflict, import_bundle
from storage.bundle_format import read_bundle
from storage.database import Connection
from storage.operations import Acting, CauseKind
from storage.people.record import Person
from storage.people.tables import PEOPLE
from storage.schema import metadata
from storage.values import Visibility
from storage.work import Work
from tests.conversation import BUNDLE, Conversation, import_demo

VERTR_M = "@vertretung:muenchen.example"
ANNA = "@anna:muenchen.example"


async def registered(talk: Conversation) -> None:
    """Anna, who works for München and has left her mark."""
    await talk.says("koord-m", f'!neu person {ANNA} "Anna Beispiel" e-mail:anna@muenchen.example telefon:+498923300')
    await talk.says("koord-m", f"!sitz M büro {ANNA}")
    await talk.says(ANNA, "!status P-1 gelb – Schnittstelle fehlt")
    await talk.says(ANNA, "!abwesend bis:24.12.2026")


# --- access -----------------------------------------------------------------------------------------------------------


async def test_what_is_kept_about_somebody_is_told_in_their_direct_chat(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!datenschutz auskunft", room="direkt")
    lines = said.text.splitlines()
    assert lines[0].startswith("Was über Sie gespeichert ist (Stand Mi., 18.11.2026")
    assert "- Name: Koordination München" in lines
    assert "- Matrix-Kennung: @koordination:muenchen.example" in lines
    assert "Ihre 2 Sitze, auch frühere und künftige:" in lines
    assert any(line.startswith("- Beschlüsse: an ") for line in lines)
    assert any(line.startswith("- Projekte: an ") and "P-2" in line for line in lines)
    assert any("dass Sie mir" in line for line in lines)
    assert any("Ihr Kürzel in Export-Dateien" in line for line in lines)


async def test_in_a_room_it_is_never_told_but_sent_to_the_direct_chat(talk: Conversation) -> None:
    without = await talk.says("koord-m", "!datenschutz auskunft")
    assert "nur im Direktchat" in without.text
    assert len(without.replies) == 1
    await talk.says("koord-m", "!hilfe", room="direkt")
    said = await talk.says("koord-m", "!datenschutz auskunft")
    here = [heard for heard in said.replies if heard.room == said.room]
    there = [heard for heard in said.replies if heard.room != said.room]
    assert [heard.text for heard in here] == ["Die Auskunft habe ich Ihnen im Direktchat geschickt."]
    assert [heard.room for heard in there] == ["!direkt-koordination:muenchen.example"]
    assert "Koordination München" in there[0].text


async def test_a_stranger_is_told_what_is_kept_of_them(talk: Conversation) -> None:
    await talk.says("@fremd:example.org", "!hilfe", room="gast")
    said = await talk.says("@fremd:example.org", "!privacy access", room="direkt")
    assert "Im Register steht niemand mit der Matrix-Kennung `@fremd:example.org`." in said.text
    assert "2 Nachrichten" in said.text


async def everything_in(talk: Conversation, folder: Path) -> str:
    """All that the database holds, row by row and, where it is a file, byte by byte: what was deleted included."""
    async with talk.database.read() as connection:
        rows = [tuple(row) for table in metadata.sorted_tables for row in await connection.execute(select(table))]
    await talk.database.close()
    return repr(rows) + await asyncio.to_thread(bytes_in, folder)


def bytes_in(folder: Path) -> str:
    files = sorted(folder.glob("stadtbote.db*"))
    return b"".join(file.read_bytes() for file in files).decode(errors="replace")


async def test_who_answers_for_the_data_is_said_as_it_is_configured(talk: Conversation) -> None:
    privacy = Privacy(controller="Stadt München", contact="ds@muenchen.example", link="https://x.example/ds", days=30)
    house = replace(talk.dispatcher.desk.house, privacy=privacy)
    talk.dispatcher = replace(talk.dispatcher, desk=replace(talk.dispatcher.desk, house=house))
    said = (await talk.says("@neu:example.org", "!hilfe", room="gast")).text.splitlines()
    assert {"Verantwortlich: Stadt München", "Datenschutz: ds@muenchen.example"} <= set(said)
    asked = (await talk.says("koord-m", "!datenschutz")).text
    assert "Wer mir eine Nachricht geschickt hat, vergesse ich nach 30 Tagen." in asked
    assert "Verantwortlich: Stadt München" in asked


# --- erasure ----------------------------------------------------------------------------------------------------------


async def test_a_wish_to_be_erased_goes_to_those_who_decide_for_the_city_and_changes_nothing(
    talk: Conversation,
) -> None:
    before = await talk.dump()
    said = await talk.says("vertr-m", "!privacy erase")
    assert said.text == "Your request has been passed on: your city decides on erasure. Nothing has been changed yet."
    notes = list(said.replies[1:])
    assert [note.content["m.mentions"] for note in notes] == [{"user_ids": ["@koordination:muenchen.example"]}]
    assert f"!datenschutz löschen {VERTR_M}" in notes[0].text
    assert await talk.dump() == before


async def test_only_the_persons_own_city_decides(talk: Conversation) -> None:
    before = await talk.dump()
    for who in ("koord-m", "vertr-a", "koord-r"):
        said = await talk.says(who, "!datenschutz löschen @vertretung:nuernberg.example")
        assert "Stimme, Vertretung, Büro oder Koordination von Nürnberg" in said.text
    assert await talk.dump() == before


async def test_seats_are_ended_before_somebody_is_erased(talk: Conversation) -> None:
    said = await talk.says("koord-m", f"!datenschutz löschen {VERTR_M}")
    assert "hat noch Sitze: Vertretung in M" in said.text
    assert f"!sitz M vertretung vakant {VERTR_M}" in said.text.splitlines()
    assert said.text.endswith("Es wurde nichts geändert.")


async def erased(talk: Conversation, mxid: str = ANNA, *, by: str = "koord-m") -> str:
    """Let somebody's city make them anonymous; returns the preview."""
    shown = await talk.says(by, f"!datenschutz löschen {mxid}")
    done = await talk.says(by, "ja", reply_to=shown)
    assert "heißt im Register jetzt „Ehemalige Person (u" in done.text, done.text
    return shown.text


async def test_a_preview_shows_what_goes_and_what_stays_with_the_reason(talk: Conversation) -> None:
    await registered(talk)
    await talk.says("koord-m", f"!sitz M büro vakant {ANNA}")
    talk.now = talk.now.replace(day=19)
    shown = await erased(talk)
    assert "Name, Matrix-Kennung, Sprache, E-Mail" in shown
    assert "als amtliche Handlungen der Stadt und des Amts" in shown
    assert "- Projekte: an einer Stelle" in shown
    assert "lässt sich nicht rückgängig machen" in shown


async def test_who_was_erased_is_nobody_and_is_found_nowhere_in_the_database(
    talk: Conversation, tmp_path: Path
) -> None:
    await registered(talk)
    await talk.says("koord-m", f"!sitz M büro vakant {ANNA}")
    talk.now = talk.now.replace(day=19)
    await erased(talk)
    assert "Ehemalige Person" in (await talk.says("koord-m", "!verlauf P-1")).text
    stored = await everything_in(talk, tmp_path)
    assert "Schnittstelle fehlt" in stored
    for trace in ("Anna Beispiel", "anna beispiel", "anna@muenchen.example", "+498923300", ANNA):
        assert trace not in stored, trace


async def test_who_was_erased_may_nothing_any_more_and_the_past_shows_them_anonymous(talk: Conversation) -> None:
    await registered(talk)
    await talk.says("koord-m", f"!sitz M büro vakant {ANNA}")
    talk.now = talk.now.replace(day=20)
    await erased(talk)
    refused = await talk.says(ANNA, "!status P-1 rot – doch", room="bauantrag")
    assert refused.text.endswith("Es wurde nichts geändert.")
    past = await talk.says("koord-m", "!zeige P-1 am:18.11.2026")
    assert "Anna" not in past.text


async def test_erasing_cannot_be_undone_nor_edited_nor_deleted_away(talk: Conversation) -> None:
    await registered(talk)
    await talk.says("koord-m", f"!sitz M büro vakant {ANNA}")
    talk.now = talk.now.replace(day=19)
    shown = await talk.says("koord-m", f"!datenschutz löschen {ANNA}")
    done = await talk.says("koord-m", "ja", reply_to=shown)
    after = await talk.dump()
    undone = await talk.says("koord-m", "!rückgängig")
    assert "nirgends mehr gespeichert" in undone.text
    assert "nirgends mehr gespeichert" in (await talk.edits(done, "!hilfe")).text
    await talk.deletes(done)
    assert await talk.dump() == after


async def test_an_older_file_does_not_bring_back_who_was_erased(talk: Conversation) -> None:
    await talk.says("koord-n", "!datenschutz löschen @vertretung:nuernberg.example")
    await talk.says("koord-m", "!sitz N vertretung vakant @vertretung:nuernberg.example")
    talk.now = talk.now.replace(day=19)
    await erased(talk, "@vertretung:nuernberg.example", by="koord-n")
    with pytest.raises(ImportConflict) as refused:
        await import_demo(talk.database, talk.now)
    assert "vertr-n" in {conflict.key for conflict in refused.value.conflicts if conflict.collection == "people"}


async def test_a_stranger_is_forgotten_at_their_own_word(talk: Conversation) -> None:
    who = "@fremd:example.org"
    shown = await talk.says(who, "!datenschutz löschen", room="gast")
    assert "nichts im Register" in shown.text
    await talk.says(who, "ja", room="gast", reply_to=shown)
    kept = [row["event"] for row in await talk.inbox() if row["sender"] == who]
    assert len(kept) <= 1


async def test_an_older_file_that_overwrites_does_not_bring_back_who_was_erased(
    talk: Conversation, tmp_path: Path
) -> None:
    await talk.says("koord-m", "!sitz N vertretung vakant @vertretung:nuernberg.example")
    talk.now = talk.now.replace(day=19)
    await erased(talk, "@vertretung:nuernberg.example", by="koord-n")
    talk.now = talk.now.replace(day=21)
    async with talk.database.read() as connection:
        known = len((await connection.execute(select(PEOPLE.table.current.c.key))).all())
    await overwritten(talk)
    async with talk.database.read() as connection:
        assert len((await connection.execute(select(PEOPLE.table.current.c.key))).all()) == known
    assert "Vertretung Nürnberg" not in await everything_in(talk, tmp_path)


async def overwritten(talk: Conversation) -> None:
    """Import the demo cooperation once more, over what was changed since."""

    async def transaction(connection: Connection) -> None:
        work = Work(connection, now=talk.now, due_rules={})
        work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause="demo"))
        await import_bundle(work, read_bundle(BUNDLE.read_bytes(), name=BUNDLE.name), overwrite=True)

    await talk.database.transact(transaction)


async def test_a_wish_said_in_a_direct_chat_is_told_in_no_room(talk: Conversation) -> None:
    alone = await talk.says("vertr-m", "!privacy erase", room="direkt")
    assert [heard.room for heard in alone.replies] == [alone.room]
    assert "could not be delivered" in alone.text
    await talk.says("koord-m", "!hilfe", room="direkt")
    said = await talk.says("vertr-m", "!privacy erase", room="direkt")
    assert {heard.room for heard in said.replies} == {said.room, "!direkt-koordination:muenchen.example"}


async def test_somebody_whom_a_room_does_not_show_is_no_stranger_there(talk: Conversation) -> None:
    who = "@verdeckt:muenchen.example"

    async def transaction(connection: Connection) -> None:
        work = Work(connection, now=talk.now, due_rules={})
        work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause="test"))
        hidden = Person(key="u99", name="Verdeckt", mxid=who, visibility=Visibility.INTERNAL)
        await work.put(PEOPLE, "u99", hidden)

    await talk.database.transact(transaction)
    said = await talk.says("koord-m", f"!datenschutz löschen {who}", room="gast")
    assert f"{who}" in said.text
    assert said.text.endswith("Es wurde nichts geändert.")


async def test_a_card_shown_before_does_not_keep_the_name_of_who_was_erased(talk: Conversation) -> None:
    await registered(talk)
    await talk.says("koord-m", f"!sitz M büro vakant {ANNA}")
    talk.now = talk.now.replace(day=19)
    card = await talk.says("koord-m", f"!zeige {ANNA}")
    assert "Anna Beispiel" in card.text
    shown = await talk.says("koord-m", f"!datenschutz löschen {ANNA}")
    done = await talk.says("koord-m", "ja", reply_to=shown)
    anew = [heard.text for heard in done.replies if heard.replaces == card.replies[0].event]
    assert len(anew) == 1
    assert "Ehemalige Person" in anew[0]
    assert "Anna" not in anew[0]
