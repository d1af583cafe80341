"""What edits, deletions, undo, questions, conflicts and memory promise where they meet."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Connection, Database
from storage.operations import Acting, CauseKind
from storage.projects.queries import project
from storage.projects.tables import PROJECTS
from storage.prompts import PROMPT
from storage.scope import unlimited
from storage.work import Work
from tests.conversation import Conversation

NEW = '!neu projekt "Probelauf"'
STRANGER = "@fremd:example.org"


async def goal(talk: Conversation, number: str = "P-1") -> str:
    shown = await talk.says("koord-m", f"!zeige {number}", room="arbeit")
    return next((line for line in shown.text.splitlines() if "Ziel: " in line), "")


# --- edits ------------------------------------------------------------------------------------------------------------


async def test_an_edited_undo_does_not_undo_once_more(talk: Conversation) -> None:
    await talk.says("koord-m", '!neu projekt "Eins"')
    await talk.says("koord-m", '!neu projekt "Zwei"')
    undone = await talk.says("koord-m", "!rückgängig")
    before = await talk.dump()
    edited = await talk.edits(undone, "!undo")
    assert edited.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


async def test_free_text_that_was_edited_replaces_what_it_had_said(talk: Conversation) -> None:
    shown = await talk.says("koord-n", "!zeige P-1")
    said = await talk.says("koord-n", "gelb, weil die Schnittstelle fehlt", reply_to=shown)
    edited = await talk.edits(said, "rot, weil die Schnittstelle fehlt")
    assert edited.text.startswith("Verstanden für Projekt P-1 (Nürnberg): rot")
    assert edited.replies[0].replaces == said.replies[0].event
    status = (await talk.says("koord-n", "!status P-1")).text
    assert "rot" in status
    assert "gelb" not in status


async def test_free_text_edited_into_talk_is_taken_back(talk: Conversation) -> None:
    before = await talk.dump()
    shown = await talk.says("koord-n", "!zeige P-1")
    said = await talk.says("koord-n", "gelb, weil die Schnittstelle fehlt", reply_to=shown)
    await talk.edits(said, "Danke für die Übersicht")
    assert await talk.dump() == before


async def test_free_text_belongs_to_the_record_that_the_edited_message_shows_now(talk: Conversation) -> None:
    shown = await talk.says("koord-m", "!zeige P-1")
    await talk.edits(shown, "!zeige P-2")
    said = await talk.says("koord-m", "gelb, weil eine Stelle fehlt", reply_to=shown)
    assert said.text.startswith("Verstanden für Projekt P-2")


async def test_an_offer_is_gone_once_its_message_was_edited(talk: Conversation) -> None:
    offered = await talk.says("koord-m", '!neu projket "Eins"')
    await talk.edits(offered, '!neu projekt "Zwei"')
    before = await talk.dump()
    assert (await talk.says("koord-m", "ja")).replies == ()
    assert await talk.dump() == before


async def test_an_offer_is_gone_once_its_message_was_edited_into_an_error(talk: Conversation) -> None:
    offered = await talk.says("koord-m", '!neu projket "Eins"')
    await talk.edits(offered, '!neu projekt "Eins" farbe:rot')
    assert (await talk.says("koord-m", "ja")).replies == ()


async def test_an_offer_is_gone_once_its_message_was_deleted(talk: Conversation) -> None:
    offered = await talk.says("koord-m", '!neu projket "Eins"')
    await talk.deletes(offered)
    assert (await talk.says("koord-m", "ja")).replies == ()


async def test_an_edit_that_is_refused_leaves_the_reply_that_still_holds(talk: Conversation) -> None:
    said = await talk.says("koord-m", NEW)
    wrong = await talk.edits(said, f"{NEW} farbe:rot")
    assert wrong.text.endswith("Es wurde nichts geändert.")
    assert wrong.replies[0].replaces is None
    assert wrong.replies[0].content["m.relates_to"]["m.in_reply_to"]["event_id"] == said.event
    talk.now += timedelta(minutes=16)
    late = await talk.edits(said, '!neu projekt "Zu spät"')
    assert late.replies[0].replaces is None


async def test_an_edit_from_another_room_is_none(talk: Conversation) -> None:
    said = await talk.says("koord-m", NEW)
    before = await talk.dump()
    elsewhere = replace(said, room="!gast:stadtbote.example")
    assert (await talk.edits(elsewhere, '!neu projekt "Anders"')).replies == ()
    assert (await talk.deletes(elsewhere)).replies == ()
    assert await talk.dump() == before


async def test_ids_stay_over_several_edits_and_are_not_given_out_again_after_an_undo(talk: Conversation) -> None:
    said = await talk.says("koord-m", f"{NEW}\n!neu projekt „Zweites“")
    assert "P-10" in said.text
    assert "P-11" in said.text
    once = await talk.edits(said, NEW)
    assert "P-11" not in once.text
    again = await talk.edits(said, f"{NEW}\n!neu projekt „Zweites“\n!neu projekt „Drittes“")
    assert "P-10" in again.text
    await talk.says("koord-m", "!rückgängig")
    following = await talk.says("koord-m", '!neu projekt "Viertes"')
    taken = {number for number in ("P-10", "P-11", "P-12", "P-13") if number in again.text}
    assert not any(number in following.text for number in taken)


async def test_a_sign_that_became_words_stays_words(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!ändern P-1 phase:konzept")
    assert said.text == "✅"
    words = await talk.edits(said, "!zeige P-1")
    assert words.replies[0].replaces is None
    back = await talk.edits(said, "!ändern P-1 phase:umsetzung")
    assert back.replies[0].replaces == words.replies[0].event
    assert "P-1" in back.text


async def test_a_first_contact_by_an_edit_is_informed_too(talk: Conversation) -> None:
    said = await talk.says(STRANGER, "hilfe", room="gast")
    assert said.replies == ()
    first = await talk.edits(said, "!hilfe")
    second = await talk.says(STRANGER, "!hilfe", room="gast")
    assert first.text.startswith(second.text)
    assert first.text != second.text


# --- deletions --------------------------------------------------------------------------------------------------------


async def test_a_deletion_that_changes_nothing_says_what_still_holds_beside_the_reply(talk: Conversation) -> None:
    said = await talk.says("koord-m", NEW)
    deleted = await talk.deletes(said, by="koord-n")
    assert "P-10" in deleted.text
    assert all(heard.replaces is None for heard in deleted.replies)


async def test_deleting_a_message_of_several_lines_takes_all_of_them_back_once(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", f"{NEW}\n!neu meilenstein P-1 „Anfang“ bis:1.4.2027\n!ändern P-1 phase:konzept")
    assert await talk.dump() != before
    await talk.edits(said, f"{NEW}\n!ändern P-1 phase:umsetzung")
    await talk.deletes(said)
    assert await talk.dump() == before
    assert (await talk.deletes(said)).replies == ()


async def test_deleting_what_was_undone_does_nothing(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", NEW)
    await talk.says("koord-m", "!rückgängig")
    assert (await talk.deletes(said)).replies == ()
    assert await talk.dump() == before


# --- many lines -------------------------------------------------------------------------------------------------------


async def test_a_message_of_too_many_commands_runs_none_of_them(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", "\n".join(f'!neu projekt "Vorhaben {n}"' for n in range(51)))
    assert "51" in said.text
    assert said.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


# --- questions --------------------------------------------------------------------------------------------------------


async def test_a_command_in_reply_to_a_question_is_a_command(talk: Conversation) -> None:
    asked = await talk.says("koord-m", "!verlauf")
    said = await talk.says("koord-m", "!zeige P-1", reply_to=asked)
    assert said.text.startswith("Projekt P-1")


async def test_more_is_heard_where_more_was_offered(talk: Conversation) -> None:
    for number in range(11):
        await talk.says("koord-m", f'!ändern P-1 ziel:"Ziel {number}"')
    await talk.says("koord-m", "!verlauf P-1")
    more = await talk.says("koord-m", "mehr")
    assert more.text.startswith("Verlauf von Projekt P-1")


async def test_a_thumb_of_any_colour_typed_as_a_word_is_a_yes(talk: Conversation) -> None:
    await talk.says("koord-m", "!verlauv M")
    assert (await talk.says("koord-m", "👍🏽")).text.startswith("Verlauf von")


@pytest.mark.parametrize("sign", ["²", "٣", "9", "0"])
async def test_what_only_looks_like_a_number_of_the_choice_chooses_nothing(talk: Conversation, sign: str) -> None:
    offered = await talk.says("koord-m", "!verlauv M")
    before = await talk.dump()
    said = await talk.says("koord-m", sign, reply_to=offered)
    assert "Fehlers im Programm" not in said.text
    assert await talk.dump() == before


async def test_an_answer_by_reaction_is_acknowledged_where_it_is_seen(talk: Conversation) -> None:
    offered = await talk.says("koord-m", "!ändrn P-1 phase:konzept")
    agreed = await talk.reacts("koord-m", offered, "👍")
    assert agreed.text == "✅"
    assert agreed.replies[0].content["m.relates_to"]["event_id"] == offered.replies[0].event


async def test_an_expired_question_is_not_answered_and_not_kept(talk: Conversation) -> None:
    offered = await talk.says("koord-m", '!neu projket "Geheimes Vorhaben"')
    before = await talk.dump()
    talk.now += timedelta(minutes=10)
    assert (await talk.says("koord-m", "ja")).replies == ()
    assert not (await talk.reacts("koord-m", offered, "👍")).replies
    async with talk.database.read() as connection:
        assert (await connection.execute(PROMPT.select())).all() == []
    assert await talk.dump() == before


async def test_of_two_open_questions_a_bare_yes_answers_the_newest_and_a_reply_the_one_meant(
    talk: Conversation,
) -> None:
    first = await talk.says("koord-m", "!verlauv M")
    await talk.says("koord-m", "!zeig P-2")
    assert (await talk.says("koord-m", "ja", reply_to=first)).text.startswith("Verlauf von")
    assert (await talk.says("koord-m", "ja")).text.startswith("Projekt P-2")
    assert (await talk.says("koord-m", "ja")).replies == ()


@pytest.mark.parametrize("word", ["ja", "mehr", "3", "ok"])
async def test_a_word_among_colleagues_is_no_answer_to_a_question_for_words(talk: Conversation, word: str) -> None:
    await talk.says("koord-m", "!neu projekt")
    inbox, before = await talk.inbox(), await talk.dump()
    assert (await talk.says("koord-m", word)).replies == ()
    assert await talk.inbox() == inbox
    assert await talk.dump() == before


async def test_a_field_without_its_value_is_asked_for(talk: Conversation) -> None:
    asked = await talk.says("koord-m", "!ändern P-1 phase:")
    assert "`phase`" in asked.text
    await talk.says("koord-m", "konzept", reply_to=asked)
    assert "Konzept" in (await talk.says("koord-m", "!zeige P-1")).text


async def test_a_reply_from_another_room_answers_nothing(talk: Conversation) -> None:
    shown = await talk.says("koord-n", "!zeige P-1")
    asked = await talk.says("koord-n", "!verschieben P-1")
    before = await talk.dump()
    for answered in (shown, asked):
        said = await talk.says("koord-n", "rot, weil alles fehlt", room="arbeit", reply_to=answered)
        assert said.text.startswith("Das habe ich nicht verstanden")
    assert await talk.dump() == before


# --- undo, and what may be seen where ---------------------------------------------------------------------------------


async def test_undoing_in_a_guest_room_shows_no_words_that_are_hidden_there(talk: Conversation) -> None:
    await talk.says("koord-m", NEW)
    undone = await talk.says("koord-m", "!rückgängig", room="gast")
    assert "Zurückgenommen" in undone.text
    assert "Probelauf" not in undone.text


# --- conflicts --------------------------------------------------------------------------------------------------------


async def test_a_wording_is_not_replaced_unseen_although_something_else_was_changed_since(talk: Conversation) -> None:
    await talk.says("koord-n", "!zeige P-1")
    await talk.says("koord-m", '!ändern P-1 ziel:"Alle Anträge online"', room="arbeit")
    await talk.says("koord-n", "!ändern P-1 phase:konzept")
    refused = await talk.says("koord-n", '!ändern P-1 ziel:"Bauanträge papierlos"')
    assert "Alle Anträge online" in refused.text
    assert refused.text.endswith("Es wurde nichts geändert.")


async def test_a_value_that_is_again_what_was_shown_is_no_conflict(talk: Conversation) -> None:
    await talk.says("koord-n", "!zeige P-1")
    await talk.says("koord-m", "!ändern P-1 phase:konzept", room="arbeit")
    await talk.says("koord-m", "!rückgängig", room="arbeit")
    said = await talk.says("koord-n", "!ändern P-1 phase:umsetzung")
    assert said.text == "✅"


async def test_what_an_edited_reply_shows_counts_as_shown(talk: Conversation) -> None:
    shown = await talk.says("koord-n", "!zeige P-1")
    await talk.says("koord-m", '!ändern P-1 ziel:"Alle Anträge online"', room="arbeit")
    await talk.edits(shown, "!zeige P-1 ")
    await talk.edits(shown, "!show P-1")
    said = await talk.says("koord-n", '!ändern P-1 ziel:"Bauanträge papierlos"')
    assert not said.text.endswith("Es wurde nichts geändert.")


# --- memory -----------------------------------------------------------------------------------------------------------


async def test_what_another_process_changes_is_seen_by_the_next_message(talk: Conversation) -> None:
    assert "Anderswo" not in await goal(talk)
    other = Database(talk.database.url)

    async def elsewhere(connection: Connection) -> None:
        work = Work(connection, now=talk.now, due_rules={})
        work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause="bundle.yaml"))
        found = await project(work, unlimited(), "P-1")
        assert found is not None
        await work.put(PROJECTS, "P-1", found.record.model_copy(update={"goal": "Anderswo gesetzt"}))

    await other.transact(elsewhere)
    await other.close()
    assert "Anderswo gesetzt" in await goal(talk)


async def test_what_was_rolled_back_is_not_remembered(talk: Conversation) -> None:
    before = await goal(talk)
    said = await talk.says("koord-m", '!ändern P-1 ziel:"Verworfen"\n!zeige P-1\n!ändern P-99 phase:konzept')
    assert said.text.endswith("Es wurde nichts geändert.")
    assert await goal(talk) == before
    await talk.says("koord-m", '!ändern P-2 ziel:"Etwas anderes"')
    assert await goal(talk) == before


# --- words in errors --------------------------------------------------------------------------------------------------


async def test_an_error_of_the_database_does_not_quote_what_somebody_wrote(talk: Conversation) -> None:
    async def twice(connection: Connection) -> None:
        for _ in range(2):
            values = {"id": 1, "kind": "offer", "room": "!a", "sender": "@a:b", "body": "Zwetschgenknödel"}
            await connection.execute(PROMPT.insert().values(**values, expires=talk.now))

    with pytest.raises(Exception, match=r"(?i)unique") as failed:
        await talk.database.transact(twice)
    assert "Zwetschgenknödel" not in str(failed.value)
