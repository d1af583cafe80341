"""Help, history and undo, the law of edited and deleted messages, and first contact, as conversations."""

import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from commands.framework.inbound import Assurance
from storage.matrix.queries import save
from tests.conversation import ACCOUNT, OWN, Conversation

ANNA = '!neu person @anna:muenchen.example "Anna Beispiel"'


async def test_an_unknown_person_gets_help_and_is_informed_about_data_protection_once(talk: Conversation) -> None:
    first = await talk.says("@fremd:example.org", "!hilfe", room="gast")
    second = await talk.says("@fremd:example.org", "!hilfe", room="gast")
    assert "!hilfe" in second.text
    assert "!datenschutz" in first.text
    assert first.text.startswith(second.text)
    assert first.text != second.text


async def test_a_near_miss_is_offered_and_runs_on_yes(talk: Conversation) -> None:
    offered = await talk.says("koord-m", "!verlauv M")
    assert "Meinten Sie `!verlauf M`?" in offered.text
    agreed = await talk.says("koord-m", "ja")
    assert agreed.text.startswith("Verlauf von")


async def test_somebody_elses_yes_does_not_answer_an_offer(talk: Conversation) -> None:
    await talk.says("koord-m", "!verlauv M")
    before = await talk.inbox()
    said = await talk.says("koord-n", "ja")
    assert said.replies == ()
    assert await talk.inbox() == before


async def test_an_offer_can_be_declined(talk: Conversation) -> None:
    offered = await talk.says("koord-m", "!verlauv M")
    declined = await talk.reacts("koord-m", offered, "👎🏽")
    assert declined.text == "In Ordnung. Es wurde nichts geändert."


async def test_a_missing_argument_is_asked_for_and_answered_by_a_reply(talk: Conversation) -> None:
    asked = await talk.says("koord-m", "!verlauf")
    assert "Zu welchem Eintrag" in asked.text
    answered = await talk.says("koord-m", "M", reply_to=asked)
    assert answered.text.startswith("Verlauf von")


async def test_all_lines_of_a_message_take_effect_or_none(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", f"{ANNA}\n!neu person @anna:muenchen.example „Zweite Anna“")
    assert "Zeile 2" in said.text
    assert said.text.endswith("Es wurde nichts geändert.")
    assert len(said.text.splitlines()) <= 4
    assert await talk.dump() == before


async def test_an_unencrypted_message_in_an_encrypted_room_is_not_carried_out(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", ANNA, assurance=Assurance.NONE)
    assert "unverschlüsselt" in said.text
    assert await talk.dump() == before


async def test_ordinary_talk_is_not_stored(talk: Conversation) -> None:
    before = await talk.inbox()
    said = await talk.says("koord-m", "Treffen wir uns zum Mittagessen? Es gibt Zwetschgenknödel.")
    assert said.replies == ()
    assert await talk.inbox() == before


async def test_an_edit_that_changes_nothing_does_nothing(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    before = await talk.dump()
    assert (await talk.edits(said, ANNA)).replies == ()
    assert await talk.dump() == before


async def test_an_edit_replaces_the_effect_and_the_reply_and_keeps_the_id(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    made = {row[0] for row in (await talk.dump())["people"]}
    edited = await talk.edits(said, ANNA.replace("Anna Beispiel", "Anna Muster"))
    assert "Anna Muster" in edited.text
    assert edited.replies[0].replaces == said.replies[0].event
    people = {row[0]: row for row in (await talk.dump())["people"]}
    assert set(people) == made
    assert not any("Anna Beispiel" in row for row in people.values())


async def test_an_edit_with_an_error_leaves_the_earlier_effect(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    before = await talk.dump()
    edited = await talk.edits(said, "!neu person @anna:muenchen.example farbe:rot")
    assert edited.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


async def test_a_command_edited_into_talk_is_taken_back(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", ANNA)
    edited = await talk.edits(said, "Vergessen Sie es bitte.")
    assert "Zurückgenommen" in edited.text
    assert await talk.dump() == before


async def test_a_message_edited_into_a_command_runs_once(talk: Conversation) -> None:
    said = await talk.says("koord-m", "neu person Anna")
    assert said.replies == ()
    await talk.edits(said, ANNA)
    after = await talk.dump()
    assert (await talk.edits(said, ANNA)).replies == ()
    assert await talk.dump() == after


async def test_an_edit_after_fifteen_minutes_changes_nothing_and_says_so(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    before = await talk.dump()
    talk.now += timedelta(minutes=16)
    edited = await talk.edits(said, ANNA.replace("Beispiel", "Muster"))
    assert "älter als 15 Minuten" in edited.text
    assert await talk.dump() == before


async def test_the_authors_deletion_withdraws(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", ANNA)
    deleted = await talk.deletes(said)
    assert "Zurückgenommen" in deleted.text
    assert await talk.dump() == before


async def test_somebody_elses_deletion_leaves_the_record_and_is_in_its_history(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    before = await talk.dump()
    deleted = await talk.deletes(said, by="koord-n")
    assert "gilt weiter" in deleted.text
    assert await talk.dump() == before
    shown = await talk.says("koord-m", "!verlauf @anna:muenchen.example")
    assert "von Koordination Nürnberg gelöscht" in shown.text


async def test_a_deletion_after_fifteen_minutes_leaves_the_record(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    before = await talk.dump()
    talk.now += timedelta(minutes=16)
    deleted = await talk.deletes(said)
    assert "gilt weiter" in deleted.text
    assert await talk.dump() == before


async def test_only_the_own_last_change_is_undone(talk: Conversation) -> None:
    await talk.says("koord-m", ANNA)
    before = await talk.dump()
    said = await talk.says("koord-n", "!rückgängig")
    assert "keine Änderung" in said.text
    assert await talk.dump() == before


async def test_what_others_built_on_is_not_undone(talk: Conversation) -> None:
    await talk.says("koord-m", ANNA)
    talk.now += timedelta(minutes=10)
    await talk.says("koord-m", "!sitz M mitglied @anna:muenchen.example")
    talk.now += timedelta(minutes=1)
    await talk.says("koord-m", "!rückgängig")
    undone = await talk.dump()
    again = await talk.says("koord-m", "!undo")
    assert "Zurückgenommen" in again.text
    assert await talk.dump() != undone


async def test_an_unknown_choice_is_an_error_and_no_free_text(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-n", "!status P-1 blau")
    assert "blau" in said.text
    assert said.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


async def test_a_mistyped_name_is_offered(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!zeige Hundestuer")
    assert "Meinten Sie `!zeige Hundesteuer`?" in said.text


async def test_a_value_of_somebody_else_is_named_when_it_is_replaced_unseen(talk: Conversation) -> None:
    await talk.says("koord-n", "!zeige P-1")
    talk.now += timedelta(minutes=1)
    await talk.says("koord-m", "!ändern P-1 phase:umsetzung", room="arbeit")
    said = await talk.says("koord-n", "!ändern P-1 phase:konzept")
    assert "Umsetzung" in said.text
    assert "Koordination München" in said.text
    shown = await talk.says("koord-n", "!zeige P-1")
    assert "Konzept" in shown.text


async def test_a_wording_of_somebody_else_is_not_replaced_unseen(talk: Conversation) -> None:
    await talk.says("koord-n", "!zeige P-1")
    talk.now += timedelta(minutes=1)
    await talk.says("koord-m", '!ändern P-1 ziel:"Alle Anträge online"', room="arbeit")
    refused = await talk.says("koord-n", '!ändern P-1 ziel:"Bauanträge papierlos"')
    assert "Alle Anträge online" in refused.text
    assert refused.text.endswith("Es wurde nichts geändert.")
    again = await talk.says("koord-n", '!ändern P-1 ziel:"Bauanträge papierlos"')
    assert not again.text.endswith("Es wurde nichts geändert.")
    shown = await talk.says("koord-n", "!zeige P-1")
    assert "Bauanträge papierlos" in shown.text


async def test_a_request_from_a_strangers_direct_chat_reaches_coordination_in_the_steering_room(
    talk: Conversation,
) -> None:
    said = await talk.says("@fremd:example.org", "!sitz anfragen M", room="direkt")
    assert "liegt bei der Koordination" in said.text
    assert [heard.room for heard in said.replies] == ["!direkt-fremd:example.org", "!lenkung:stadtbote.example"]
    assert said.replies[1].content["m.mentions"] == {"user_ids": [talk.people["koord-m"]]}


async def test_a_steering_room_that_has_become_public_hears_nothing_of_direct_chats(talk: Conversation) -> None:
    await talk.becomes("lenkung", public=True)
    said = await talk.says("@fremd:example.org", "!sitz anfragen M", room="direkt")
    assert [heard.room for heard in said.replies] == ["!direkt-fremd:example.org"]
    assert "konnte" in said.text or "nicht" in said.text


def break_help(*_args: object) -> None:
    raise RuntimeError("what somebody wrote")


async def test_a_message_that_breaks_the_program_gets_a_reference_and_does_not_stop_the_next(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["commands.desk.commands"], "help_overview", break_help)
    with capture_logs() as logs:
        broken = await talk.says("koord-m", "!hilfe")
    number = logs[-1]["reference"]
    assert f"Nummer {number}" in broken.text
    assert "what somebody wrote" not in str(logs)
    assert [row["body"] for row in await talk.inbox() if row["event"] == broken.event] == [None]
    assert (await talk.says("koord-m", "!verlauf M")).text.startswith("Verlauf von")


async def test_a_refusal_that_cannot_be_put_into_words_does_not_stop_the_next_message(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatch.refusal_reply", break_help)
    broken = await talk.says("koord-m", "!verlauf P-99")
    assert "wegen eines Fehlers im Programm" in broken.text
    assert (await talk.says("koord-m", "!verlauf M")).text.startswith("Verlauf von")


async def test_an_unencrypted_edit_in_an_encrypted_room_changes_nothing(talk: Conversation) -> None:
    said = await talk.says("koord-m", ANNA)
    before = await talk.dump()
    edited = await talk.edits(said, ANNA.replace("Beispiel", "Muster"), assurance=Assurance.NONE)
    assert "unverschlüsselt" in edited.text
    assert await talk.dump() == before


async def test_a_first_contact_that_is_refused_is_informed_as_well(talk: Conversation) -> None:
    first = await talk.says("@fremd:example.org", "!neu person @a:example.org A", room="gast")
    second = await talk.says("@fremd:example.org", "!neu person @a:example.org A", room="gast")
    assert "!datenschutz" in first.text
    assert "!datenschutz" not in second.text


async def test_the_bot_says_who_it_is_in_groups_of_four(talk: Conversation) -> None:
    said = (await talk.says("@fremd:example.org", "!identität", room="gast")).text
    for shown in (
        "@stadtbote:stadtbote.example",
        "BOTE",
        "uJ0B f2mI 3FmP IkTk x9QX sJIA Ve3j XLpk VVFG yjK3 pQ4",
        "JnjR UIE4 PXVV B8nD JMK0 GVa6 ApZJ FxRG DCkf MJLV uYo",
    ):
        assert f"`{shown}`" in said
    english = await talk.says("@fremd:example.org", "!identity", room="gast")
    assert "`JnjR UIE4" in english.text


async def test_before_the_identity_is_there_that_is_said(talk: Conversation) -> None:
    await talk.database.transact(lambda c: save(c, ACCOUNT, [replace(OWN, master_key=None)]))
    said = await talk.says("koord-m", "!identität")
    assert "noch keine Fingerabdrücke" in said.text
