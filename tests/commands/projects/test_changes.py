"""New projects, changes to them, milestones and cities, said in both languages with every refusal."""

from collections.abc import Mapping
from typing import Any

import pytest

from storage.projects.queries import project
from storage.projects.record import Phase, Project
from storage.scope import unlimited
from storage.values import Visibility
from storage.view import View
from tests.conversation import Conversation


async def of(talk: Conversation, key: str = "P-1") -> Project:
    """The project as it is stored now."""
    async with talk.database.read() as connection:
        kept = await project(View(connection), unlimited(), key)
    assert kept is not None
    return kept.record


async def refused(talk: Conversation, who: str, line: str, text: str, *, room: str = "lenkung") -> None:
    """The line is answered with this text, and nothing has changed."""
    before: Mapping[str, Any] = await talk.dump()
    said = await talk.says(who, line, room=room)
    assert said.text.splitlines()[0] == text
    assert said.text.splitlines()[-1] in ("Es wurde nichts geändert.", "Nothing was changed.")
    assert await talk.dump() == before


# --- new -------------------------------------------------------------------------------------------------------------


async def test_a_new_project_is_led_by_the_callers_city_and_the_caller_answers_for_it(talk: Conversation) -> None:
    said = await talk.says("koord-n", '!neu projekt "Digitale Bauakte" ziel:"Akten ohne Papier" themen:Bauen,OZG')
    assert said.text == "Projekt P-10 „Digitale Bauakte“ ist angelegt: Idee, federführend Nürnberg."
    made = await of(talk, "P-10")
    koord_n = (await of(talk, "P-1")).leads[0].holder
    assert [(lead.city, lead.holder) for lead in made.leads] == [("N", koord_n)]
    assert (made.goal, made.topics, made.phase) == ("Akten ohne Papier", ("Bauen", "OZG"), Phase.IDEA)


async def test_a_new_project_in_english_with_several_leads_tells_the_other_city(talk: Conversation) -> None:
    said = await talk.says("vertr-m", '!new project "Housing benefit" lead:M,A phase:concept cadence:2 weeks')
    assert said.text == "Project P-10 “Housing benefit” has been created: concept, led by Munich and Augsburg."
    assert [heard.text for heard in said.replies[1:]] == [
        (
            "Augsburg ist als federführend eingetragen für Projekt P-10 „Housing benefit“. "
            "Ändern können Sie das mit `!beteiligen P-10`."
        )
    ]
    assert str((await of(talk, "P-10")).cadence) == "2 weeks"


async def test_the_person_named_answers_for_their_city(talk: Conversation) -> None:
    await talk.says("koord-m", f"!neu projekt Wohngeld federführung:M,A verantwortlich:{talk.people['vertr-a']}")
    leads = (await of(talk, "P-10")).leads
    assert [lead.holder is not None for lead in leads] == [False, True]


async def test_a_nearly_equal_title_is_pointed_out_and_created_on_yes(talk: Conversation) -> None:
    before = await talk.dump()
    asked = await talk.says("koord-n", "!neu projekt Digitaler Bauanträg")
    assert asked.text == (
        "Es gibt schon Projekt P-1 „Digitaler Bauantrag“.\n"
        "Trotzdem anlegen? Mit `ja` wird das neue Projekt angelegt; bisher wurde nichts geändert."
    )
    assert await talk.dump() == before
    said = await talk.says("koord-n", "ja", reply_to=asked)
    assert said.text.startswith("Projekt P-10 „Digitaler Bauanträg“ ist angelegt")


async def test_a_nearly_equal_title_is_left_alone_on_no(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!neu projekt Bauantrag online")
    before = await talk.dump()
    assert (await talk.says("koord-n", "nein", reply_to=asked)).text == "In Ordnung, es bleibt so."
    assert await talk.dump() == before


async def test_an_unbound_room_is_offered_to_the_new_project(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!neu projekt Kitaportal", room="fremd")
    assert (
        said.text.splitlines()[1]
        == "Soll dieser Raum dem Projekt gehören? Mit `ja` wird `!raum projekt P-10` ausgeführt."
    )
    english = await talk.says("koord-m", "!neu projekt Musikschule")
    assert len(english.text.splitlines()) == 1


async def test_a_project_that_starts_paused_needs_its_reason(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!neu projekt Bauakte phase:pausiert")
    assert asked.text == (
        "Warum wird das Projekt auf „pausiert“ gesetzt? Bitte nennen Sie den Grund; bisher wurde nichts geändert."
    )
    await talk.says("koord-n", "Stelle unbesetzt", reply_to=asked)
    made = await of(talk, "P-10")
    assert (made.phase, made.phase_reason) == (Phase.PAUSED, "Stelle unbesetzt")


async def test_the_title_is_asked_for(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!neu projekt")
    assert asked.text == "Wie soll das Projekt heißen?\nBitte antworten Sie auf diese Nachricht."
    assert (await talk.says("koord-n", "Bauakte", reply_to=asked)).text.startswith("Projekt P-10 „Bauakte“")


async def test_administration_without_a_city_is_asked_who_leads(blank: Conversation) -> None:
    await blank.says("admin", "!neu stadt M München server:muenchen.example feiertage:BY", room="direkt")
    asked = await blank.says("admin", "!neu projekt Bauakte", room="direkt")
    assert asked.text.splitlines()[0].startswith("Welche Stadt soll federführend sein?")


async def test_staff_start_projects_of_their_own_city(talk: Conversation) -> None:
    await refused(
        talk,
        "koord-n",
        "!neu projekt Fremdes stadt:A",
        "Sie können nur Projekte anlegen, bei denen Nürnberg federführend ist, allein oder mit anderen. "
        "Für andere Städte legt sie die "
        "Koordination an.",
    )


# --- changes ---------------------------------------------------------------------------------------------------------


async def test_what_is_named_is_changed_and_nothing_else(talk: Conversation) -> None:
    before = await of(talk)
    line = (
        '!ändern P-1 titel:"Bauantrag digital" ziel:"Ohne Papier" takt:3 Wochen themen:Bauen aliase:Bau '
        "sichtbarkeit:intern"
    )
    assert (await talk.says("koord-n", line)).text == "✅"
    after = await of(talk)
    assert (after.title, after.goal, str(after.cadence)) == ("Bauantrag digital", "Ohne Papier", "3 weeks")
    assert (after.topics, after.aliases, after.visibility) == (("Bauen",), ("Bau",), Visibility.INTERNAL)
    kept = ("phase", "leads", "participants", "milestones", "updates", "links")
    assert all(getattr(after, name) == getattr(before, name) for name in kept)


async def test_entering_operation_sets_the_cadence_and_says_so(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!ändern P-1 phase:betrieb")
    assert said.text == "Projekt P-1 ist jetzt in der Phase Betrieb; der Takt für den Stand ist damit 3 Monate."
    assert str((await of(talk)).cadence) == "3 months"


async def test_an_explicit_cadence_wins_over_that_of_operation(talk: Conversation) -> None:
    assert (await talk.says("vertr-m", "!edit P-3 phase:operation cadence:1 month")).text == "✅"
    assert str((await of(talk, "P-3")).cadence) == "1 month"


@pytest.mark.parametrize(
    ("who", "line", "question"),
    [
        (
            "koord-n",
            "!ändern P-7 phase:abgebrochen",
            (
                "Warum wird das Projekt auf „abgebrochen“ gesetzt? Bitte nennen Sie den Grund; bisher wurde "
                "nichts geändert."
            ),
        ),
        (
            "vertr-m",
            "!edit P-4 phase:paused",
            "Why is the project set to “paused”? Please give the reason; nothing has been changed so far.",
        ),
    ],
)
async def test_pausing_and_abandoning_ask_for_the_reason(
    talk: Conversation, who: str, line: str, question: str
) -> None:
    before = await talk.dump()
    asked = await talk.says(who, line)
    assert asked.text == question
    assert await talk.dump() == before
    assert (await talk.says(who, "kein Geld", reply_to=asked)).text == "✅"
    assert (await of(talk, line.split()[1])).phase_reason == "kein Geld"


async def test_the_reason_may_be_given_at_once(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!ändern P-7 phase:pausiert – Stelle unbesetzt")).text == "✅"
    shown = await talk.says("koord-n", "!zeige P-7")
    assert shown.text.splitlines()[1] == "pausiert. Grund: Stelle unbesetzt"


async def test_a_milestone_is_reached_on_a_day(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!ändern P-1 meilenstein:Pilotstart erledigt:gestern")
    assert said.text == "Projekt P-1: Pilotstart ist erreicht (Di., 17.11.2026)."
    english = await talk.says("vertr-m", "!edit P-3 done:today")
    assert english.text == "Project P-3: Katalog öffentlich has been reached (Wed, 18 Nov 2026)."


NOTHING = "An Projekt P-1 ändert das nichts: Es ist schon so eingetragen, oder es fehlt, was geändert werden soll."


@pytest.mark.parametrize("line", ["!ändern P-1", "!ändern P-1 takt:2 Wochen", "!ändern P-1 phase:pilot"])
async def test_a_change_that_changes_nothing_is_refused(talk: Conversation, line: str) -> None:
    await refused(talk, "koord-n", line, NOTHING)


async def test_who_may_not_change_is_told_who_may(talk: Conversation) -> None:
    text = "Projekt P-4 können Sie nicht ändern. Berechtigt sind München sowie die Koordination."
    await refused(talk, "koord-n", "!ändern P-4 titel:x", text)


async def test_coordination_may_change_any_project_and_the_lead_city_is_told(talk: Conversation) -> None:
    said = await talk.says("koord-m", '!ändern P-7 ziel:"Register anbinden"')
    assert said.text == "✅"
    assert [heard.text for heard in said.replies[1:]] == [
        (
            "Die Koordination hat Projekt P-7 „Registermodernisierung“ geändert, bei dem Nürnberg federführend ist. "
            "Was genau, zeigt `!verlauf P-7`."
        )
    ]


# --- milestones ------------------------------------------------------------------------------------------------------


async def test_a_new_milestone_is_said_with_its_day(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!neu meilenstein P-1 Abnahme bis:15.6.2027")
    assert said.text == "Projekt P-1: Meilenstein Abnahme am Di., 15.06.2027."
    english = await talk.says("vertr-m", "!new milestone P-3 Licence settled by:2027-01-29")
    assert english.text == "Project P-3: milestone Licence settled on Fri, 29 Jan 2027."


async def test_a_milestone_that_exists_is_refused(talk: Conversation) -> None:
    text = (
        "Den Meilenstein Pilotstart gibt es schon, fällig am Mo., 15.03.2027. Einen neuen Termin setzt `!verschieben`."
    )
    await refused(talk, "koord-n", "!neu meilenstein P-1 pilotstart bis:1.7.2027", text)


async def test_the_day_of_a_milestone_is_asked_for(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!neu meilenstein P-1 Abnahme")
    assert asked.text.splitlines() == [
        "Bis wann soll er erreicht sein? Im Befehl steht das Datum nach `bis:`.",
        "Bitte antworten Sie auf diese Nachricht.",
    ]
    assert "Do., 01.07.2027" in (await talk.says("koord-n", "1.7.2027", reply_to=asked)).text


async def test_an_answer_that_is_no_date_gets_the_whole_command_back_to_copy(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!neu meilenstein P-1")
    day = await talk.says("koord-n", "Abnahme im Rathaus", reply_to=asked)
    refused = await talk.says("koord-n", "irgendwann", reply_to=day)
    command = '!neu meilenstein P-1 titel:"Abnahme im Rathaus" bis:11.12.'
    assert refused.text.splitlines()[2] == command
    assert "Fr., 11.12.2026" in (await talk.says("koord-n", command)).text


async def test_a_postponed_milestone_keeps_its_first_day_and_all_reasons(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!verschieben P-1 Pilotstart bis:15.4.2027 – Tests dauern länger")
    assert said.text == "Projekt P-1: Pilotstart ist von Mo., 15.03.2027 auf Do., 15.04.2027 verschoben."
    milestone = (await of(talk)).milestones[0]
    assert [(s.from_.isoformat(), s.reason) for s in milestone.shifts] == [
        ("2026-11-30", "Schnittstelle zum Fachverfahren verspätet"),
        ("2027-03-15", "Tests dauern länger"),
    ]
    shown = await talk.says("koord-n", "!zeige P-1")
    assert "(ursprünglich Mo., 30.11.2026; Grund: Tests dauern länger)" in shown.text


async def test_the_reason_of_a_shift_is_asked_for(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!verschieben P-1 Pilotstart bis:15.4.2027")
    assert asked.text == "Warum verschiebt er sich?\nBitte antworten Sie auf diese Nachricht."
    assert "Do., 15.04.2027" in (await talk.says("koord-n", "Tests dauern länger", reply_to=asked)).text


async def test_which_of_several_milestones_is_asked(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!verschieben P-1 bis:15.10.2027 – Urlaub")
    assert asked.text.splitlines() == [
        "Welchen Meilenstein meinen Sie? Antworten Sie mit der Nummer. Bisher wurde nichts geändert.",
        "1. Pilotstart",
        "2. Regelbetrieb",
    ]
    said = await talk.says("koord-n", "2", reply_to=asked)
    assert said.text == "Projekt P-1: Regelbetrieb ist von Do., 30.09.2027 auf Fr., 15.10.2027 verschoben."


async def test_the_only_milestone_need_not_be_named_and_may_come_earlier(talk: Conversation) -> None:
    said = await talk.says("vertr-m", "!postpone P-3 to:2026-12-04 – ready early")
    assert said.text == "Project P-3: Katalog öffentlich has been moved from Fri, 11 Dec 2026 to Fri, 4 Dec 2026."


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("!verschieben P-1 Pilotstart bis:15.3.2027 – x", "Pilotstart ist schon für Mo., 15.03.2027 eingetragen."),
        (
            "!verschieben P-1 Quatsch bis:15.4.2027 – x",
            "Einen offenen Meilenstein „Quatsch“ gibt es nicht. Offen: Pilotstart und Regelbetrieb.",
        ),
        (
            "!verschieben P-7 Start bis:15.4.2027 – x",
            "Projekt P-7 hat keinen offenen Meilenstein. Neu: `!neu meilenstein P-7`",
        ),
        (
            "!verschieben P-4 Start bis:15.4.2027 – x",
            "Projekt P-4 können Sie nicht ändern. Berechtigt sind München sowie die Koordination.",
        ),
    ],
)
async def test_a_shift_that_cannot_be_is_refused(talk: Conversation, line: str, text: str) -> None:
    await refused(talk, "koord-n", line, text)


# --- cities ----------------------------------------------------------------------------------------------------------


async def test_a_city_is_involved_and_told(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!beteiligen P-1 Regensburg beobachtet")
    assert said.text == "✅"
    assert [heard.text for heard in said.replies[1:]] == [
        (
            "Regensburg ist jetzt an Projekt P-1 „Digitaler Bauantrag“ beteiligt: beobachtet. "
            "Ändern können Sie das mit `!beteiligen P-1`."
        )
    ]
    left = await talk.says("koord-n", "!involve P-1 R no longer")
    assert left.replies[1].text.startswith("Regensburg ist nicht mehr an Projekt P-1")
    assert [p.city for p in (await of(talk)).participants] == ["M", "A"]


async def test_a_second_city_can_lead_and_the_first_step_back(talk: Conversation) -> None:
    await talk.says("koord-n", "!beteiligen P-1 A federführend")
    assert (await talk.says("koord-n", "!beteiligen P-1 N trägt bei")).text == "✅"
    after = await of(talk)
    assert [lead.city for lead in after.leads] == ["A"]
    assert [(p.city, p.role.value) for p in after.participants] == [("M", "contributes"), ("N", "contributes")]


async def test_the_part_of_a_city_is_asked_for(talk: Conversation) -> None:
    asked = await talk.says("koord-n", "!beteiligen P-1 R")
    assert asked.text.splitlines()[0] == "Was tut die Stadt in dem Projekt?"
    assert (await talk.says("koord-n", "nutzt nach", reply_to=asked)).text == "✅"


@pytest.mark.parametrize(
    ("who", "line", "text"),
    [
        (
            "koord-n",
            "!beteiligen P-1 N nicht mehr",
            "Nürnberg führt Projekt P-1 allein. Tragen Sie zuerst eine andere Stadt als federführend ein.",
        ),
        (
            "vertr-m",
            "!involve P-1 R no longer",
            (
                "Regensburg neither leads project P-1 nor contributes to it or reuses it. You can involve the "
                "city with `!involve P-1`."
            ),
        ),
        ("koord-n", "!beteiligen P-1 M trägt bei", NOTHING),
        (
            "koord-a",
            "!beteiligen P-1 A federführend",
            "Wer Projekt P-1 führt, können Sie nicht ändern. Berechtigt sind Nürnberg sowie die Koordination.",
        ),
        (
            "koord-n",
            "!beteiligen P-4 N trägt bei",
            "Projekt P-4 können Sie nicht ändern. Berechtigt sind München sowie die Koordination.",
        ),
    ],
)
async def test_a_part_that_cannot_be_is_refused(talk: Conversation, who: str, line: str, text: str) -> None:
    await refused(talk, who, line, text)


# --- undo ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "!status P-1 rot – x",
        "!neu projekt Bauakte",
        "!neu meilenstein P-1 Abnahme bis:15.6.2027",
        "!verschieben P-1 Pilotstart bis:15.4.2027 – x",
        "!ändern P-1 phase:betrieb titel:Neu",
        "!ändern P-1 meilenstein:Pilotstart erledigt:heute",
        "!beteiligen P-1 R beobachtet",
        "!beteiligen P-1 M federführend",
    ],
)
async def test_every_change_can_be_undone(talk: Conversation, line: str) -> None:
    before = await talk.dump()
    await talk.says("koord-n", line)
    assert await talk.dump() != before
    await talk.says("koord-n", "!rückgängig")
    assert await talk.dump() == before
