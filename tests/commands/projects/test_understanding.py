"""What people write about a project in their own words, and what is made of it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.projects.understanding import (
    Ambiguous,
    Doubt,
    Understood,
    denies,
    needs_in,
    understand_status,
    without_answer,
)
from storage.bundle_format import read_bundle
from storage.projects.record import Health, Project
from tests.conversation import BUNDLE

TODAY = date(2026, 11, 18)
DEMO = read_bundle(Path(BUNDLE).read_bytes(), name=BUNDLE.name)
CITIES = {city.code: city for city in DEMO.cities}
PROJECTS = {project.id: project for project in DEMO.projects}
P1 = PROJECTS["P-1"]

GREEN = (
    "derzeit keine besonderen Vorkommnisse",
    "we're good",
    "The delay is over, on track",
    "kein Grund zur Sorge",
    "Läuft.",
    "läuft bei uns",
    "Es läuft alles rund",
    "grün",
    "Grün, alle Tests bestanden",
    "Ampel grün",
    "Status: grün",
    "🟢",
    "weiterhin grün",
    "unverändert grün",
    "nicht mehr gelb, sondern grün",
    "wieder grün",
    "von gelb auf grün",
    "Wir sind im Zeitplan.",
    "Voll im Plan, Schulung hat begonnen",
    "Alles bestens",
    "keine Verzögerungen",
    "Keine größeren Probleme, Abnahme nächste Woche",
    "ohne Probleme bisher",
    "Schaut gut aus",
    "sieht gut aus, die Tests beginnen am Montag",
    "Kommen gut voran",
    "Wir kommen zügig voran",
    "Nicht schlecht, die Pilotämter sind zufrieden",
    "Verzögerung ist aufgeholt, wir sind wieder im Plan",
    "Problem behoben, läuft wieder",
    "Danke der Nachfrage, sind im Plan",
    "Passt soweit alles",
    "On track.",
    "We're on schedule",
    "All good here, training starts next week",
    "no issues so far",
    "No major problems",
    "going well",
    "Everything is fine",
    "back on track after the fix",
    "Interface problem resolved, on track again",
    "making good progress",
    "running smoothly",
    "nothing to report",
    "Ahead of schedule",
    "green",
    "still green, no changes",
    "from yellow to green",
    "Can't complain",
    "Das war blockiert, läuft jetzt aber wieder rund",
    "Nicht mehr kritisch, wir sind im Plan",
    "Betrieb stabil",
    "nicht rot, grün!",
    "it was delayed but is back on track",
    "Alles im grünen Bereich",
    "Es geht gut voran",
    "alles gut, danke",
)
YELLOW = (
    "Es ruckelt ein bisschen bei der Abstimmung",
    "Der Personalrat hat noch nicht zugestimmt",
    "Wir liegen zwei Wochen zurück",
    "Wir kämpfen mit der Datenqualität",
    "We hit a snag with the payment provider",
    "We need two more weeks",
    "gut, aber knapp",
    "Es steht nicht still, aber es zieht sich",
    "gelb",
    "Gelb – die Schnittstelle fehlt noch",
    "gefährdet",
    "Der Termin ist gefährdet",
    "hängt an der Datenschutzprüfung",
    "Es hakt bei der Vergabe",
    "Wir sind leicht im Verzug",
    "Hinken zwei Wochen hinterher",
    "Läuft gut, aber das Personal fehlt",
    "Wird zeitlich eng",
    "Das wird knapp mit Weihnachten",
    "noch nicht kritisch, aber verzögert",
    "Kein Stillstand, aber es stockt",
    "nicht rot, nur gelb",
    "eher gelb als grün",
    "von grün auf gelb",
    "Im Großen und Ganzen im Plan, die Freigabe steht noch aus",
    "zieht sich",
    "Wir warten auf die Zulieferung vom Dienstleister",
    "Wenn die Stelle nicht besetzt wird, stehen wir still",
    "Droht kritisch zu werden",
    "Risiko: die Haushaltsmittel sind noch nicht bewilligt",
    "Der Start verschiebt sich um einen Monat",
    "verspätet sich etwas",
    "schleppend",
    "Geht schon, aber zäh",
    "We're behind schedule",
    "slightly delayed",
    "at risk",
    "at risk because of procurement",
    "slipping by two weeks",
    "waiting for legal",
    "Mostly on track, but the vendor is late",
    "yellow",
    "amber - waiting on data protection",
    "not red, just yellow",
    "no blockers, but it's tight",
    "Could become critical if the budget is not approved",
    "We are struggling with staffing",
    "some issues with the interface",
    "Progress is slow",
    "not quite on track",
    "Zwei Leute sind krank, sonst läuft alles",
    "Es gibt noch Probleme mit der Anmeldung",
    "Es klemmt an der Technik",
    "Problem noch nicht gelöst",
    "gelb, könnte rot werden",
)
RED = (
    "Die Mittel wurden gestrichen",
    "The contract was terminated, we are starting over",
    "Ampel auf rot",
    "rot",
    "Rot!",
    "Rot: Vergabe aufgehoben",
    "kritisch",
    "Die Lage ist kritisch",
    "steht still",
    "Projekt steht komplett still",
    "Wir kommen nicht weiter",
    "Es geht nichts mehr",
    "blockiert durch die fehlende Rechtsgrundlage",
    "Wir sind blockiert",
    "liegt auf Eis",
    "festgefahren",
    "Stillstand seit drei Wochen",
    "von gelb auf rot",
    "jetzt leider rot",
    "Wir stecken fest",
    "Der Termin ist nicht mehr zu halten",
    "nicht nur verzögert, sondern blockiert",
    "gescheitert im Stadtrat",
    "red",
    "Red - no budget",
    "critical",
    "blocked by procurement",
    "We are stuck",
    "at a standstill",
    "nothing is moving",
    "on hold until January",
    "off track",
    "The vendor failed to deliver and we can't proceed",
    "no progress at all",
    "dead end",
    "Komplett blockiert, die Schnittstelle fehlt",
    "nicht gelb, sondern rot",
    "Es geht nicht voran",
    "nicht mehr gelb, sondern rot",
)
NO_STATUS = {
    "schaut nicht gut aus": Doubt.NEUTRAL,
    "steht nicht still": Doubt.NEUTRAL,
    "not going well": Doubt.NEGATED,
    "the pilot is not running smoothly": Doubt.NEGATED,
    "noch nicht blockiert": Doubt.NEGATED,
    "Nicht im grünen Bereich": Doubt.NEGATED,
    "grün mit Tendenz zu gelb": Doubt.MIXED,
    "no progress, no problems": Doubt.MIXED,
    "nicht mehr rot, aber rund läuft es auch nicht": Doubt.NEGATED,
    "läuft nicht": Doubt.NEGATED,
    "Läuft nicht rund": Doubt.NEGATED,
    "nicht im Plan": Doubt.NEGATED,
    "not on track": Doubt.NEGATED,
    "we're not on schedule": Doubt.NEGATED,
    "nicht mehr kritisch": Doubt.NEGATED,
    "no longer red": Doubt.NEGATED,
    "nicht mehr rot": Doubt.NEGATED,
    "isn't going well": Doubt.NEGATED,
    "not blocked anymore": Doubt.NEGATED,
    "hängt nicht mehr": Doubt.NEGATED,
    "gelb bis rot": Doubt.MIXED,
    "irgendwo zwischen grün und gelb": Doubt.MIXED,
    "Technik läuft rund, Vergabe blockiert": Doubt.MIXED,
    "grün, aber wir stehen komplett still": Doubt.MIXED,
    "going well, but we are blocked": Doubt.MIXED,
    "könnte rot werden": Doubt.NEUTRAL,
    "München rot, Augsburg grün": Doubt.MIXED,
    "geht so": Doubt.UNCLEAR,
    "naja": Doubt.UNCLEAR,
    "unverändert": Doubt.UNCLEAR,
    "Wie gehabt": Doubt.UNCLEAR,
    "weiß ich noch nicht": Doubt.UNCLEAR,
    "Das muss ich mit dem Amt abklären": Doubt.UNCLEAR,
    "no change": Doubt.UNCLEAR,
    "not sure yet": Doubt.UNCLEAR,
    "depends on the council": Doubt.UNCLEAR,
    "I'll check and get back to you": Doubt.UNCLEAR,
    "kann ich gerade nicht sagen": Doubt.UNCLEAR,
    "besser als zuletzt": Doubt.UNCLEAR,
    "Läuft das?": Doubt.QUESTION,
    "Wie ist der Stand?": Doubt.QUESTION,
    "Wann kommt die Schnittstelle?": Doubt.QUESTION,
    "Is it on track?": Doubt.QUESTION,
    "Warum gelb?": Doubt.QUESTION,
    "läuft, oder?": Doubt.QUESTION,
    "wer kümmert sich darum": Doubt.QUESTION,
    "how is it going": Doubt.QUESTION,
    "Danke": Doubt.THANKS,
    "Vielen Dank!": Doubt.THANKS,
    "danke schön": Doubt.THANKS,
    "Thanks a lot": Doubt.THANKS,
    "alles klar, danke": Doubt.THANKS,
    "ok": Doubt.THANKS,
    "👍": Doubt.THANKS,
    "Danke für die Info": Doubt.THANKS,
    "noted, thanks": Doubt.THANKS,
    "Testfälle sind vollständig": Doubt.NEUTRAL,
    "Workshop am Donnerstag mit allen Ämtern": Doubt.NEUTRAL,
    "The workshop is on Thursday": Doubt.NEUTRAL,
    "fast grün": Doubt.NEUTRAL,
}

NEEDS: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("Wir brauchen noch die Schnittstellenbeschreibung aus München", [("M", "Schnittstellenbeschreibung")]),
    ("gelb, brauchen aus München die Freigabe", [("M", "Freigabe")]),
    ("Need the interface spec from Munich", [("M", "interface spec")]),
    ("waiting for the data model from Augsburg, otherwise fine", [("A", "data model")]),
    ("Uns fehlt noch die Zusage vom Städtetag", [("BST", "Zusage")]),
    ("Aus Augsburg fehlt die Freigabe", [("A", "Freigabe")]),
    ("Freigabe aus Nuernberg fehlt", [("N", "Freigabe")]),
    ("brauchen Daten aus M", [("M", "Daten")]),
    ("brauchen m aus a", []),
    ("brauchen nichts mehr aus München", []),
    ("brauchen keine Daten aus München", []),
    ("wir brauchen mehr Zeit", []),
    ("we need no help from Munich", []),
)

SHIFTS: tuple[tuple[str, list[tuple[str, date]]], ...] = (
    ("Pilotstart jetzt 15.4.", [("Pilotstart", date(2027, 4, 15))]),
    ("Pilot startet erst am 20.4.2027 wegen der Schnittstelle", [("Pilotstart", date(2027, 4, 20))]),
    ("Regelbetrieb verschiebt sich auf Ende 2027", [("Regelbetrieb", date(2027, 12, 31))]),
    ("yellow – Pilotstart moved to 15 April 2027", [("Pilotstart", date(2027, 4, 15))]),
    ("Pilotstart bleibt am 15.3.2027, im Plan", []),
    ("Der Termin verschiebt sich auf den 1.4.", []),
    ("Pilotstart war am 1.10.2026 geplant, hängt", []),
)


def judged(text: str, project: Project = P1) -> Health | Doubt | None:
    """The health that a text gives, or why it gives none."""
    found = understand_status(text, project=project, cities=CITIES, today=TODAY)
    return found.reason if isinstance(found, Ambiguous) else found.health


@pytest.mark.parametrize("text", GREEN)
def test_words_of_success_are_green(text: str) -> None:
    assert judged(text) is Health.GREEN


@pytest.mark.parametrize("text", YELLOW)
def test_words_of_worry_are_yellow(text: str) -> None:
    assert judged(text) is Health.YELLOW


@pytest.mark.parametrize("text", RED)
def test_words_of_standstill_are_red(text: str) -> None:
    assert judged(text) is Health.RED


@pytest.mark.parametrize(("text", "reason"), NO_STATUS.items())
def test_negations_contradictions_questions_and_thanks_are_no_status(text: str, reason: Doubt) -> None:
    assert judged(text) is reason


@pytest.mark.parametrize(("text", "needs"), NEEDS)
def test_what_is_needed_from_a_city_is_found(text: str, needs: list[tuple[str, str]]) -> None:
    assert [(need.from_, need.what) for need in needs_in(text, CITIES)] == needs


@pytest.mark.parametrize(("text", "shifts"), SHIFTS)
def test_a_milestone_with_another_day_to_come_is_a_shift(text: str, shifts: list[tuple[str, date]]) -> None:
    found = understand_status(text, project=P1, cities=CITIES, today=TODAY)
    said = found.shifts if isinstance(found, Understood) else ()
    assert [(shift.title, shift.to) for shift in said] == shifts


def test_the_only_open_milestone_need_not_be_named() -> None:
    found = understand_status(
        "Der Termin verschiebt sich auf den 20.1.", project=PROJECTS["P-3"], cities=CITIES, today=TODAY
    )
    assert isinstance(found, Understood)
    assert [(shift.title, shift.to) for shift in found.shifts] == [("Katalog öffentlich", date(2027, 1, 20))]


def test_needs_alone_make_a_status_without_health() -> None:
    found = understand_status("Brauchen die Daten aus München", project=P1, cities=CITIES, today=TODAY)
    assert isinstance(found, Understood)
    assert (found.health, len(found.needs)) == (None, 1)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("gelb – Schnittstelle fehlt noch", "Schnittstelle fehlt noch"),
        ("Rot!", ""),
        ("kritisch, nichts geht mehr", "nichts geht mehr"),
        ("on track", ""),
        ("Die Ampel steht auf Gelb", "Die Ampel steht auf Gelb"),
    ],
)
def test_a_leading_health_word_is_not_repeated_in_the_text(text: str, rest: str) -> None:
    found = understand_status(text, project=P1, cities=CITIES, today=TODAY)
    assert isinstance(found, Understood)
    assert found.text == rest


@pytest.mark.parametrize("text", ["nicht mehr", "no longer", "nicht mehr, aber es hakt", "ist es nicht"])
def test_words_after_a_health_word_can_take_it_back(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize("text", ["", "Schnittstelle fehlt", "nicht mehr rot, es hakt noch", "not red any more"])
def test_other_words_after_a_health_word_do_not_take_it_back(text: str) -> None:
    assert not denies(text)


@pytest.mark.parametrize(
    ("text", "rest"), [("nein, rot", "rot"), ("No - yellow", "yellow"), ("rot", "rot"), ("no", "no")]
)
def test_a_correction_is_read_without_its_no(text: str, rest: str) -> None:
    assert without_answer(text) == rest


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    understand_status(text, project=P1, cities=CITIES, today=TODAY)


@given(st.sampled_from(GREEN + YELLOW + RED), st.sampled_from(["  ", "\n", " .", " 🙂"]))
def test_space_and_signs_around_it_do_not_change_what_a_text_says(text: str, sign: str) -> None:
    assert judged(sign + text + sign) == judged(text)
