"""What is shown of projects: the card, past days, the list with its filters, the overview; and to whom."""

import pytest

from tests.conversation import Conversation

CARD = [
    "Projekt P-1 „Digitaler Bauantrag“",
    "Pilot, gelb (gefährdet)",
    "- Nürnberg (federführend), Mo., 16.11.2026: gelb (gefährdet) – Schnittstelle aus München fehlt noch.",
    "  - braucht aus München: Schnittstellenbeschreibung",
    (
        "- Nächster Meilenstein: Pilotstart, Mo., 15.03.2027 (ursprünglich Mo., 30.11.2026; "
        "Grund: Schnittstelle zum Fachverfahren verspätet)"
    ),
    "- Beteiligt: München (trägt bei) und Augsburg (nutzt nach)",
    "- Blockiert durch Hürde H-2 „Schriftform im Baugenehmigungsverfahren“",
    "- Ziel: Bauanträge in allen drei Städten vollständig elektronisch stellen und bearbeiten",
]


@pytest.mark.parametrize("line", ["!zeige P-1", "!P-1", "!show p1", "!zeige Bauantrag online"])
async def test_the_card_says_how_a_project_stands(talk: Conversation, line: str) -> None:
    assert (await talk.says("koord-n", line)).text.splitlines() == CARD


async def test_the_card_speaks_english(talk: Conversation) -> None:
    said = await talk.says("vertr-m", "!show P-1")
    assert said.text.splitlines()[1:7] == [
        "pilot, yellow (at risk)",
        "- Nuremberg (lead), Mon, 16 Nov 2026: yellow (at risk) – Schnittstelle aus München fehlt noch.",
        "  - needs from Munich: Schnittstellenbeschreibung",
        (
            "- Next milestone: Pilotstart, Mon, 15 Mar 2027 (originally Mon, 30 Nov 2026; "
            "reason: Schnittstelle zum Fachverfahren verspätet)"
        ),
        "- Taking part: Munich (contributes) and Augsburg (reuses)",
        "- Blocked by barrier H-2 “Schriftform im Baugenehmigungsverfahren”",
    ]


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("P-2", "Betrieb, rot (kritisch)"),
        ("P-4", "Konzept, rot (kritisch), veraltet"),
        ("P-6", "geplant"),
        ("P-8", "abgeschlossen"),
        ("P-9", "abgebrochen. Grund: Wird durch Landesdienst abgelöst"),
    ],
)
async def test_only_running_projects_have_a_health_of_today(talk: Conversation, key: str, state: str) -> None:
    assert (await talk.says("koord-n", f"!zeige {key}")).text.splitlines()[1] == state


async def test_a_stale_project_is_never_called_green(talk: Conversation) -> None:
    talk.now = talk.now.replace(year=2027, month=3)
    said = await talk.says("koord-n", "!zeige P-3")
    assert said.text.splitlines()[1] == "Umsetzung, veraltet, zuletzt grün"
    listed = await talk.says("koord-n", "!liste projekte grün")
    assert "P-3" not in listed.text


async def test_a_running_project_without_any_update_is_without_status(talk: Conversation) -> None:
    await talk.says("koord-n", "!ändern P-7 phase:konzept")
    said = await talk.says("koord-n", "!zeige P-7")
    assert said.text.splitlines()[1:3] == ["Konzept, ohne Stand", "- Nürnberg (federführend): noch ohne Stand"]
    assert "P-7 Registermodernisierung" in (await talk.says("koord-n", "!liste projekte ohne Stand")).text


async def test_a_card_names_cities_and_not_people(talk: Conversation) -> None:
    text = (await talk.says("koord-n", "!zeige P-2")).text
    assert "Koordination" not in text
    assert len(text.splitlines()) <= 12


async def test_an_unknown_project_and_a_hidden_one_are_refused_alike(talk: Conversation) -> None:
    unknown = await talk.says("koord-r", "!zeige P-99", room="gast")
    hidden = await talk.says("koord-r", "!zeige P-1", room="gast")
    assert unknown.text.replace("P-99", "P-1") == hidden.text
    assert hidden.text.splitlines()[0] == "Ein Projekt `P-1` gibt es hier nicht. Alle zeigt `!liste projekte`."
    english = await talk.says("vertr-m", "!show P-99")
    assert english.text.splitlines()[0] == "There is no project `P-99` here. `!list projects` shows all."


# --- past days -------------------------------------------------------------------------------------------------------


async def test_a_past_day_shows_what_was_recorded_then(talk: Conversation) -> None:
    await talk.says("koord-n", "!status P-1 rot – geplatzt")
    talk.now = talk.now.replace(day=20)
    assert "rot (kritisch)" in (await talk.says("koord-n", "!zeige P-1")).text
    said = await talk.says("koord-n", "!zeige P-1 am:17.11.2026")
    assert said.text.splitlines() == [CARD[0], "So eingetragen am Di., 17.11.2026.", *CARD[1:]]
    listed = await talk.says("vertr-m", "!list projects yellow on:2026-11-17")
    assert listed.text.splitlines()[1:] == [
        "As recorded on Tue, 17 Nov 2026.",
        "- P-1 Digitaler Bauantrag: pilot, yellow (at risk) – Nuremberg",
    ]


async def test_before_its_first_version_a_project_is_not_recorded_yet(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!zeige P-1 am:1.10.2026")
    assert said.text.splitlines()[0] == (
        "Am Do., 01.10.2026 war Projekt P-1 noch nicht eingetragen, sondern erst seit Di., 17.11.2026, 10:00 Uhr."
    )
    english = await talk.says("vertr-m", "!show P-1 on:2026-10-01")
    assert english.text.splitlines()[0] == (
        "On Thu, 1 Oct 2026 project P-1 had not been recorded yet; it was on Tue, 17 Nov 2026, 10:00."
    )


async def test_a_day_to_come_cannot_be_looked_back_from(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!zeige P-1 am:1.10.2027")
    assert said.text.splitlines()[0] == "Fr., 01.10.2027 liegt in der Zukunft. Mit `am:` lässt sich nur zurückblicken."


async def test_what_is_hidden_today_is_hidden_for_past_days_too(talk: Conversation) -> None:
    await talk.says("koord-n", "!ändern P-1 sichtbarkeit:intern")
    talk.now = talk.now.replace(day=20)
    said = await talk.says("koord-n", "!zeige P-1 am:17.11.2026", room="arbeit")
    assert "gibt es hier nicht" in said.text
    assert "P-1" not in (await talk.says("koord-n", "!liste projekte am:17.11.2026", room="arbeit")).text


# --- lists -----------------------------------------------------------------------------------------------------------


async def test_the_list_leaves_out_what_is_over_and_says_how_many_that_are(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!projekte")
    assert said.text.splitlines() == [
        "7 Projekte",
        "Dazu kommen 2 abgeschlossene oder abgebrochene; der Zusatz `alle` zeigt sie mit.",
        "- P-1 Digitaler Bauantrag: Pilot, gelb (gefährdet) – Nürnberg",
        "- P-2 Gemeinsames Serviceportal: Betrieb, rot (kritisch) – München und Augsburg",
        "- P-3 Offene Daten Bayern-Süd: Umsetzung, grün (auf Kurs) – Augsburg",
        "- P-4 Online-Hundesteuer: Konzept, rot (kritisch), veraltet – München",
        "- P-5 Digitale Stimme der Städte: Umsetzung, grün (auf Kurs) – Augsburg",
        "- P-6 KI-Leitlinie für die Verwaltung: geplant – Augsburg",
        "- P-7 Registermodernisierung: Idee – Nürnberg",
    ]
    assert (await talk.says("vertr-m", "!list projects")).text.splitlines()[:2] == [
        "7 projects",
        "2 more are completed or abandoned; add `all` to see them.",
    ]


FILTERS = (
    ("!liste projekte alle", "P-1 P-2 P-3 P-4 P-5 P-6 P-7 P-8 P-9"),
    ("!liste projekte laufend", "P-1 P-3 P-4 P-5"),
    ("!list projects running", "P-1 P-3 P-4 P-5"),
    ("!liste projekte pilot, betrieb", "P-1 P-2"),
    ("!liste projekte phase:abgeschlossen", "P-8"),
    ("!liste projekte rot", "P-2 P-4"),
    ("!liste projekte ampel:gelb", "P-1"),
    ("!list projects green", "P-3 P-5"),
    ("!liste projekte nicht grün", "P-1 P-2 P-4"),
    ("!liste projekte veraltet", "P-4"),
    ("!liste projekte ohne Stand", ""),
    ("!liste projekte Nürnberg", "P-1 P-2 P-3 P-5 P-7"),
    ("!liste projekte stadt:R", "P-2"),
    ("!liste projekte federführung:M", "P-2 P-4"),
    ("!liste projekte thema:ozg", "P-1 P-2"),
    ("!liste projekte thema:KI federführung:A", "P-6"),
    ("!liste projekte rot federführung:A", "P-2"),
)


async def test_every_filter_finds_what_it_says(talk: Conversation) -> None:
    for line, ids in FILTERS:
        said = await talk.says("koord-n", line)
        found = [row.split()[1] for row in said.text.splitlines() if row.startswith("- ")]
        assert found == ids.split(), line


async def test_nothing_found_is_said(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!liste projekte ohne Stand")).text == "Kein Projekt gefunden."
    assert (await talk.says("vertr-m", "!list projects without status")).text == "No project found."


@pytest.mark.parametrize(("room", "word"), [("lenkung", "mehr"), ("direkt", "more")])
async def test_more_goes_on_after_ten_with_the_same_filter(talk: Conversation, room: str, word: str) -> None:
    titles = [
        "Wohngeld",
        "Musikschule",
        "Kitaplatz",
        "Bauakte",
        "Bibliothek",
        "Friedhof",
        "Marktstand",
        "Hallenbad",
        "Forst",
        "Hafen",
    ]
    for title in titles:
        await talk.says("koord-n", f"!neu projekt {title}", room=room)
    page = await talk.says("koord-n", "!liste projekte federführung:N", room=room)
    assert page.text.splitlines()[0] == "12 Projekte"
    assert page.text.splitlines()[-1] == "Noch 2 Projekte: `mehr`"
    assert len([row for row in page.text.splitlines() if row.startswith("- ")]) == 10
    rest = await talk.says("koord-n", word, room=room, reply_to=page)
    assert [row.split()[1] for row in rest.text.splitlines() if row.startswith("- ")] == ["P-18", "P-19"]


async def test_a_guest_room_shows_only_what_guests_may_see(talk: Conversation) -> None:
    assert (await talk.says("koord-m", "!liste projekte", room="gast")).text == "Kein Projekt gefunden."
    await talk.says("koord-m", "!ändern P-8 sichtbarkeit:Gäste")
    said = await talk.says("koord-m", "!liste projekte alle", room="gast")
    assert said.text.splitlines() == ["1 Projekt", "- P-8 Terminportal: abgeschlossen – Nürnberg"]


# --- the overview ----------------------------------------------------------------------------------------------------


async def test_the_overview_says_it_all_in_twelve_lines(talk: Conversation) -> None:
    said = await talk.says("koord-n", "!überblick")
    assert said.text.splitlines() == [
        "Überblick: 9 Projekte",
        (
            "- Phasen: 1 × Idee, 1 × geplant, 1 × Konzept, 2 × Umsetzung, 1 × Pilot, 1 × Betrieb, "
            "1 × abgeschlossen und 1 × abgebrochen"
        ),
        "- Grün (auf Kurs): 2",
        "- Rot (kritisch): P-2 Gemeinsames Serviceportal und P-4 Online-Hundesteuer",
        "- Gelb (gefährdet): P-1 Digitaler Bauantrag",
        "- Veraltet: P-4 Online-Hundesteuer",
        "- In den nächsten drei Monaten: Katalog öffentlich (P-3) am Fr., 11.12.2026",
        "- Verschoben: Pilotstart (P-1) vom Mo., 30.11.2026 auf Mo., 15.03.2027",
    ]
    english = await talk.says("vertr-m", "!overview")
    assert english.text.splitlines()[2:5] == [
        "- Green (on track): 2",
        "- Red (critical): P-2 Gemeinsames Serviceportal and P-4 Online-Hundesteuer",
        "- Yellow (at risk): P-1 Digitaler Bauantrag",
    ]


async def test_the_overview_names_what_is_overdue_and_without_status(talk: Conversation) -> None:
    await talk.says("koord-n", "!ändern P-7 phase:konzept")
    talk.now = talk.now.replace(month=12, day=20)
    lines = (await talk.says("koord-n", "!überblick")).text.splitlines()
    assert "- Ohne Stand: P-7 Registermodernisierung" in lines
    assert "- Überfällig: Katalog öffentlich (P-3) am Fr., 11.12.2026" in lines
    assert len(lines) <= 12


async def test_the_overview_counts_only_what_may_be_seen(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!überblick", room="gast")
    assert said.text == 'Hier ist noch kein Projekt eingetragen. Neu: `!neu projekt "Titel"`'


async def test_help_on_a_shared_verb_names_a_command_that_helps_further(talk: Conversation) -> None:
    assert "`!hilfe zeige projekt`" in (await talk.says("koord-n", "!hilfe zeige")).text
    for noun, signature in (("projekt", "!zeige PROJEKT"), ("stadt", "!zeige STADT"), ("person", "!zeige PERSON")):
        assert signature in (await talk.says("koord-n", f"!hilfe zeige {noun}")).text.splitlines()[1]
    assert "`!help show project`" in (await talk.says("vertr-m", "!help show")).text


async def test_an_unknown_command_is_sent_to_help_in_the_language_of_the_person(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!frobnizieren")).text.splitlines()[1] == "!hilfe"
    assert (await talk.says("vertr-m", "!frobnicate")).text.splitlines()[1] == "!help"
