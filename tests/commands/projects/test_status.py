"""Status as people give it: as a command, in free text, with what the bot asks back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from storage.people.queries import person_by_mxid
from storage.projects.queries import project
from storage.projects.record import Health, Project, Update
from storage.projects.standing import newest_update, overall
from storage.scope import unlimited
from storage.view import View
from tests.conversation import Conversation

ASKED = "Daraus lese ich keinen eindeutigen Stand"


async def of(talk: Conversation, key: str = "P-1") -> Project:
    """The project as it is stored now."""
    async with talk.database.read() as connection:
        kept = await project(View(connection), unlimited(), key)
    assert kept is not None
    return kept.record


async def newest(talk: Conversation, key: str = "P-1", city: str = "N") -> Update:
    """The newest status of a city."""
    found = newest_update(await of(talk, key), city)
    assert found is not None
    return found


async def unchanged(talk: Conversation, before: Mapping[str, Any]) -> bool:
    """Whether the register is still what it was."""
    return await talk.dump() == before


# --- the command -----------------------------------------------------------------------------------------------------


async def test_a_status_with_its_cause_is_acknowledged_and_stored(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!status P-1 rot – Dienstleister hat gekündigt")
    assert said.text == "✅"
    update = await newest(talk)
    assert (update.health, update.text, update.at) == (Health.RED, "Dienstleister hat gekündigt", talk.now)
    async with talk.database.read() as connection:
        person = await person_by_mxid(View(connection), unlimited(), talk.people["koord-n"])
    assert person is not None
    assert update.by == person.key


@pytest.mark.parametrize("line", ["!stand p1 gelb - hakt", "!UPDATE P-1 Yellow – hakt", "!status gelb P-1 – hakt"])
async def test_words_of_both_languages_and_any_order_work(talk: Conversation, line: str) -> None:
    assert (await talk.says("koord-n", line)).text == "✅"
    assert (await newest(talk)).health is Health.YELLOW


async def test_in_the_room_of_a_project_its_id_may_be_left_out(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!status gelb – hakt", room="bauantrag")).text == "✅"
    assert (await newest(talk)).text == "hakt"


async def test_the_missing_cause_is_asked_for_once_and_added(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!status P-1 gelb")
    assert said.text == (
        "Stand für Projekt P-1 (Nürnberg): gelb (gefährdet)\n"
        "Warum gelb? Antworten Sie auf diese Nachricht, dann trage ich den Grund nach."
    )
    count = len((await of(talk)).updates)
    answer = await talk.says("koord-n", "Vergabe dauert länger", reply_to=said)
    assert answer.text == (
        "Verstanden für Projekt P-1 (Nürnberg): gelb (gefährdet) – Vergabe dauert länger\n"
        "Stimmt etwas nicht, antworten Sie auf diese Nachricht."
    )
    assert (await newest(talk)).text == "Vergabe dauert länger"
    assert len((await of(talk)).updates) == count


async def test_a_status_without_cause_stands_when_the_question_is_refused_or_ignored(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!status P-1 rot")
    assert (await talk.says("koord-n", "nein", reply_to=said)).text == "In Ordnung, es bleibt so."
    assert (await newest(talk)).health is Health.RED
    shown = await talk.says("koord-n", "!status P-1")
    assert "- Nürnberg (federführend), Mi., 18.11.2026: rot (kritisch)" in shown.text.splitlines()


async def test_green_needs_no_cause(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!status P-1 grün")).text == "✅"
    assert overall(await of(talk)) is Health.GREEN


async def test_without_a_value_the_status_is_shown_in_both_languages(talk: Conversation) -> None:
    await talk.says("koord-a", "!status P-1 grün – Tests laufen")
    before = await talk.dump()
    said = await talk.says("koord-n", "!status P-1")
    assert said.text.splitlines() == [
        "Projekt P-1 „Digitaler Bauantrag“",
        "Pilot, gelb (gefährdet)",
        "- Nürnberg (federführend), Mo., 16.11.2026: gelb (gefährdet) – Schnittstelle aus München fehlt noch.",
        "  - braucht aus München: Schnittstellenbeschreibung",
        "- Augsburg (Beitrag), Mi., 18.11.2026: grün (auf Kurs) – Tests laufen",
    ]
    english = await talk.says("vertr-m", "!update P-1")
    assert english.text.splitlines()[1:3] == [
        "pilot, yellow (at risk)",
        "- Nuremberg (lead), Mon, 16 Nov 2026: yellow (at risk) – Schnittstelle aus München fehlt noch.",
    ]
    assert await unchanged(talk, before)


async def test_overall_is_the_worst_of_the_lead_cities(talk: Conversation) -> None:
    await talk.says("koord-a", "!status P-2 grün – Redaktion besetzt")
    assert overall(await of(talk, "P-2")) is Health.GREEN
    await talk.says("koord-n", "!status P-2 rot – gefällt uns nicht")
    assert overall(await of(talk, "P-2")) is Health.GREEN
    await talk.says("koord-m", "!status P-2 gelb – Last zu hoch")
    assert overall(await of(talk, "P-2")) is Health.YELLOW


async def test_a_command_in_words_only_is_understood(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!status P-1 läuft wieder rund")).text == "✅"
    assert (await newest(talk)).health is Health.GREEN


async def test_news_without_health_are_kept_as_they_are(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!status P-1 – Workshop am Donnerstag mit allen Ämtern")).text == "✅"
    update = await newest(talk)
    assert (update.health, update.text) == (None, "Workshop am Donnerstag mit allen Ämtern")
    assert overall(await of(talk)) is Health.YELLOW


@pytest.mark.parametrize(
    "line",
    [
        "!status P-1 nicht mehr rot, aber rund läuft es auch nicht",
        "!status P-1 rot nicht mehr",
        "!status P-1 – läuft nicht",
    ],
)
async def test_negated_words_change_nothing_and_are_asked_about_once(talk: Conversation, line: str) -> None:
    before = await talk.dump()
    asked = await talk.says("koord-n", line)
    assert asked.text.startswith(ASKED)
    assert asked.text.splitlines()[1:] == ["1. grün (auf Kurs)", "2. gelb (gefährdet)", "3. rot (kritisch)"]
    again = await talk.says("koord-n", "na ja", reply_to=asked)
    assert again.text == (
        "Auch daraus lese ich keinen eindeutigen Stand; es wurde nichts geändert. "
        "So geht es immer: `!status P-1 gelb – Grund`"
    )
    assert await unchanged(talk, before)


@pytest.mark.parametrize("answer", ["2", "gelb", "Gelb."])
async def test_the_question_is_answered_by_number_or_word(talk: Conversation, answer: str) -> None:
    asked = await talk.says("koord-n", "!status P-1 nicht mehr rot, aber rund läuft es auch nicht")
    said = await talk.says("koord-n", answer, reply_to=asked)
    assert said.text.startswith("Verstanden für Projekt P-1 (Nürnberg): gelb (gefährdet) – nicht mehr rot")
    assert (await newest(talk)).health is Health.YELLOW


async def test_needs_in_the_text_are_recorded_and_said(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!status P-1 gelb – brauchen aus München die Testdaten")
    assert said.text == (
        "Stand für Projekt P-1 (Nürnberg): gelb (gefährdet) – brauchen aus München die Testdaten\n"
        "Gebraucht wird: Testdaten aus München."
    )
    assert [(n.from_, n.what) for n in (await newest(talk)).needs] == [("M", "Testdaten")]
    english = await talk.says("vertr-m", "!update P-1 yellow – need the test plan from Augsburg")
    assert english.text.splitlines()[1] == "Needed: test plan from Augsburg."


async def test_a_new_milestone_day_in_the_text_is_offered_and_moved_on_yes(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!status P-1 gelb – Pilotstart jetzt 15.4.2027")
    assert said.text.splitlines()[1] == (
        "Soll Pilotstart auf Do., 15.04.2027 verschoben werden? Mit `ja` trage ich das ein."
    )
    assert (await of(talk)).milestones[0].due.isoformat() == "2027-03-15"
    agreed = await talk.says("koord-n", "ja", reply_to=said)
    assert agreed.text == "Projekt P-1: Pilotstart ist von Mo., 15.03.2027 auf Do., 15.04.2027 verschoben."
    assert (await of(talk)).milestones[0].shifts[-1].reason == "Pilotstart jetzt 15.4.2027"


async def test_a_declined_shift_leaves_the_milestone(talk: Conversation) -> None:
    said = await talk.says("vertr-n", "!status P-1 gelb – Pilotstart jetzt 15.4.2027")
    assert (await talk.says("vertr-n", "nein", reply_to=said)).text == "In Ordnung, es bleibt so."
    assert (await of(talk)).milestones[0].due.isoformat() == "2027-03-15"


async def test_an_edited_status_replaces_itself(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!status P-1 gelb – hakt")
    count = len((await of(talk)).updates)
    await talk.edits(said, "!status P-1 rot – geplatzt")
    assert len((await of(talk)).updates) == count
    assert ((await newest(talk)).health, (await newest(talk)).text) == (Health.RED, "geplatzt")


async def test_a_deleted_status_is_withdrawn(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-n", "!status P-1 gelb – hakt")
    await talk.deletes(said)
    assert await unchanged(talk, before)


async def test_several_lines_take_effect_together_or_not_at_all(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-n", "!status P-1 gelb – a\n!status P-99 rot – b")
    assert said.text.startswith("Zeile 2: Ein Projekt `P-99` gibt es hier nicht.")
    assert await unchanged(talk, before)
    assert (await talk.says("koord-n", "!status P-1 gelb – a\n!status P-1 rot – b")).text == "✅"
    assert (await newest(talk)).text == "b"


# --- whose status it is ----------------------------------------------------------------------------------------------


async def test_coordination_may_speak_for_another_city_and_that_city_is_told(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!status P-7 grün stadt:Nürnberg – läuft an")
    assert said.text == "✅"
    notes = [heard.text for heard in said.replies[1:]]
    assert notes == [
        (
            "Die Koordination hat für Nürnberg einen Stand zu Projekt P-7 eingetragen; "
            "berichtigen können Sie ihn mit `!status P-7` und der richtigen Angabe. "
            "Eingetragen: grün (auf Kurs) – läuft an"
        )
    ]
    assert set(said.replies[1].content["m.mentions"]["user_ids"]) == {talk.people["koord-n"], talk.people["vertr-n"]}


@pytest.mark.parametrize("answer", ["1", "N", "Nürnberg", "nuernberg", "Nuremberg"])
async def test_coordination_without_a_city_in_the_project_is_asked_for_which(talk: Conversation, answer: str) -> None:
    asked = await talk.says("koord-m", "!status P-7 grün – läuft an")
    assert asked.text.splitlines() == [
        (
            "Für welche Stadt melden Sie den Stand zu Projekt P-7 „Registermodernisierung“? "
            "Antworten Sie mit der Nummer oder dem Namen."
        ),
        "1. Nürnberg",
    ]
    assert (await talk.says("koord-m", answer, reply_to=asked)).text == "✅"
    assert (await newest(talk, "P-7")).text == "läuft an"


async def test_nobody_is_told_of_what_their_own_city_did(talk: Conversation) -> None:
    assert len((await talk.says("koord-n", "!status P-1 gelb – hakt")).replies) == 1


@pytest.mark.parametrize(
    ("who", "line", "text"),
    [
        (
            "koord-n",
            "!status P-4 gelb – x",
            "Zu Projekt P-4 können Sie keinen Stand melden. Berechtigt sind München sowie die Koordination.",
        ),
        (
            "koord-r",
            "!status P-2 gelb – x",
            (
                "Zu Projekt P-2 können Sie keinen Stand melden. Berechtigt sind München, Augsburg und "
                "Nürnberg sowie die Koordination."
            ),
        ),
        (
            "koord-n",
            "!status P-1 gelb stadt:A – x",
            "Für Augsburg können Sie keinen Stand melden. Berechtigt sind die Sitze von Augsburg und die Koordination.",
        ),
        (
            "koord-m",
            "!status P-4 gelb stadt:A – x",
            (
                "Augsburg ist weder federführend noch mit einem Beitrag oder zur Nachnutzung an Projekt P-4 "
                "beteiligt. Beteiligen können Sie die Stadt mit `!beteiligen P-4`."
            ),
        ),
        ("koord-n", "!status P-99 gelb – x", "Ein Projekt `P-99` gibt es hier nicht. Alle zeigt `!liste projekte`."),
        (
            "@fremd:example.org",
            "!status P-1 gelb – x",
            (
                "Zu Projekt P-1 können Sie keinen Stand melden. Berechtigt sind Nürnberg, München und "
                "Augsburg sowie die Koordination."
            ),
        ),
    ],
)
async def test_who_may_not_report_is_told_who_may(talk: Conversation, who: str, line: str, text: str) -> None:
    before = await talk.dump()
    said = await talk.says(who, line)
    assert said.text.startswith(f"{text}\nEs wurde nichts geändert.")
    assert await unchanged(talk, before)


async def test_a_partner_that_contributes_may_report(talk: Conversation) -> None:
    assert (await talk.says("referat-bst", "!status P-5 grün – Beiträge geliefert", room="lenkung")).text == "✅"
    assert (await newest(talk, "P-5", "BST")).health is Health.GREEN
    assert overall(await of(talk, "P-5")) is Health.GREEN


# --- free text -------------------------------------------------------------------------------------------------------


async def test_free_text_replied_to_the_card_is_echoed_as_understood(talk: Conversation) -> None:
    card = await talk.says("koord-n", "!zeige P-1")
    said = await talk.says(
        "koord-n", "hängt an der Datenschutzprüfung, brauchen aus München die Freigabe", reply_to=card
    )
    assert said.text.splitlines() == [
        (
            "Verstanden für Projekt P-1 (Nürnberg): gelb (gefährdet) – hängt an der Datenschutzprüfung, "
            "brauchen aus München die Freigabe"
        ),
        "Gebraucht wird: Freigabe aus München.",
        "Stimmt etwas nicht, antworten Sie auf diese Nachricht.",
    ]
    card = await talk.says("vertr-m", "!show P-3")
    english = await talk.says("vertr-m", "on track from our side", reply_to=card)
    assert english.text.splitlines() == [
        "Understood for project P-3 (Munich): green (on track) – on track from our side",
        "If that is not right, reply to this message.",
    ]


async def test_a_reply_to_the_echo_corrects_the_same_status(talk: Conversation) -> None:
    card = await talk.says("koord-n", "!zeige P-1")
    echo = await talk.says("koord-n", "gelb – es hakt", reply_to=card)
    first, count = await newest(talk), len((await of(talk)).updates)
    echo = await talk.says("koord-n", "nein, rot", reply_to=echo)
    assert echo.text.startswith("Verstanden für Projekt P-1 (Nürnberg): rot (kritisch) – es hakt")
    echo = await talk.says("koord-n", "rot, die Vergabe ist geplatzt", reply_to=echo)
    update = await newest(talk)
    assert (update.health, update.text, update.at) == (Health.RED, "die Vergabe ist geplatzt", first.at)
    assert len((await of(talk)).updates) == count
    assert (await talk.says("koord-n", "Danke", reply_to=echo)).text == "In Ordnung, es bleibt so."
    assert await newest(talk) == update


async def test_a_correction_that_is_unclear_asks_and_then_corrects(talk: Conversation) -> None:
    echo = await talk.says("koord-n", "hakt", reply_to=await talk.says("koord-n", "!zeige P-1"))
    count = len((await of(talk)).updates)
    asked = await talk.says("koord-n", "nein", reply_to=echo)
    assert asked.text.startswith(ASKED)
    await talk.says("koord-n", "3", reply_to=asked)
    update = await newest(talk)
    assert (update.health, update.text) == (Health.RED, "hakt")
    assert len((await of(talk)).updates) == count


async def test_a_late_correction_is_a_status_of_its_own(talk: Conversation) -> None:
    said = await talk.says("koord-n", "hakt", reply_to=await talk.says("koord-n", "!zeige P-1"))
    count = len((await of(talk)).updates)
    talk.now += timedelta(minutes=16)
    late = await talk.says("koord-n", "nein, rot – Vergabe geplatzt", reply_to=said)
    assert late.text.startswith("Verstanden für Projekt P-1 (Nürnberg): rot (kritisch)")
    assert len((await of(talk)).updates) == count + 1


async def test_thanks_and_questions_are_no_status(talk: Conversation) -> None:
    card = await talk.says("koord-n", "!zeige P-1")
    before = await talk.dump()
    assert (await talk.says("koord-n", "Vielen Dank", reply_to=card)).text == "Gern."
    await talk.says("koord-n", "Wann ist die Schnittstelle da?", reply_to=card)
    assert await unchanged(talk, before)


async def test_unclear_free_text_is_asked_about(talk: Conversation) -> None:
    card = await talk.says("koord-n", "!zeige P-1")
    before = await talk.dump()
    asked = await talk.says("koord-n", "geht so", reply_to=card)
    assert asked.text.startswith(ASKED)
    assert await unchanged(talk, before)
    assert (await talk.says("koord-n", "2", reply_to=asked)).text.startswith(
        "Verstanden für Projekt P-1 (Nürnberg): gelb"
    )


async def test_free_text_of_those_who_may_not_report_is_refused_only_if_it_is_a_status(talk: Conversation) -> None:
    card = await talk.says("koord-r", "!zeige P-2", room="lenkung")
    before = await talk.dump()
    assert "keinen Stand melden" in (await talk.says("koord-r", "läuft", reply_to=card)).text
    assert "keinen Stand melden" not in (await talk.says("koord-r", "geht so", reply_to=card)).text
    assert await unchanged(talk, before)


async def test_a_bare_health_in_free_text_is_asked_for_its_cause(talk: Conversation) -> None:
    card = await talk.says("koord-n", "!zeige P-1")
    said = await talk.says("koord-n", "rot", reply_to=card)
    assert said.text.splitlines()[1] == "Warum rot? Antworten Sie auf diese Nachricht, dann trage ich den Grund nach."
    await talk.says("koord-n", "gelb", reply_to=said)
    assert (await newest(talk)).health is Health.YELLOW


async def test_a_text_with_misleading_signs_is_refused(talk: Conversation) -> None:
    card = await talk.says("koord-n", "!zeige P-1")
    before = await talk.dump()
    said = await talk.says("koord-n", "läuft \u202e tor", reply_to=card)
    assert said.text.startswith("Der Text ist leer, länger als 20 000 Zeichen oder enthält unsichtbare Zeichen")
    assert await unchanged(talk, before)


async def test_a_status_needs_somebody_whom_the_register_knows(blank: Conversation) -> None:
    await blank.says("admin", "!neu stadt M München server:muenchen.example feiertage:BY", room="direkt")
    await blank.says("admin", "!neu projekt Bauakte stadt:M", room="direkt")
    before = await blank.dump()
    said = await blank.says("admin", "!status P-1 gelb stadt:M – hakt", room="direkt")
    assert said.text.splitlines()[0] == "Einen Stand kann nur melden, wer mit seiner Matrix-Kennung eingetragen ist."
    assert await blank.dump() == before
