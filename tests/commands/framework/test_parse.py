"""The grammar by examples: what each line means, in both languages, and what is said of lines that mean nothing."""

from datetime import date
from typing import Any

import pytest

from commands.framework.command import Args, named, placed, rest, words
from commands.framework.grammar import Grammar
from commands.framework.names import Names
from commands.framework.parse import (
    Commands,
    Missing,
    Near,
    NotACommand,
    Parsed,
    complete,
    parse_message,
    text_of,
)
from commands.framework.parse_errors import (
    AmbiguousName,
    BadChoice,
    BadValue,
    GivenTwice,
    LeftOver,
    NeedsRecord,
    NoSuchDate,
    OtherWeekday,
    ParseError,
    TextTooLong,
    TooLong,
    UnknownCommand,
    UnknownField,
    UnknownName,
    WrongNoun,
)
from commands.framework.reading import Reading
from commands.framework.refs import Ref
from storage.projects.record import Health, ParticipantRole, Phase
from storage.seats.record import Role
from storage.values import Duration, Language, PartialDate, Unit
from tests.commands.framework.fakes import COMMANDS, GRAMMAR, TEXTS, Again, Choice, fake, reading

P1, P2, P3 = (Ref("projects", f"P-{number}") for number in (1, 2, 3))
H2, B7 = Ref("barriers", "H-2"), Ref("decisions", "B-7")
M, N, A, R = (Ref("cities", code) for code in "MNAR")
KOORD = Ref("people", "u1")
FRIDAY = date(2026, 11, 27)  # the Friday of next week
D11 = date(2026, 12, 11)


def read(text: str, around: Reading | None = None) -> Parsed:
    return parse_message(text, grammar=GRAMMAR, reading=around or reading())


def meanings(text: str, around: Reading | None = None) -> list[tuple[str, dict[str, Any]]]:
    """The commands of a message and what was typed for their arguments."""
    parsed = read(text, around)
    assert isinstance(parsed, Commands), parsed
    return [
        (
            line.command.name.removeprefix("fakes."),
            {name: value for name, value in line.args if value not in (None, ())},
        )
        for line in parsed.lines
    ]


ONE_LINE: list[tuple[str, str, dict[str, Any]]] = [
    # value, reference and free text, in their order or not
    ("!status P-1 gelb – Schnittstelle fehlt", "status",
     {"project": P1, "health": Health.YELLOW, "text": "Schnittstelle fehlt"}),
    ("!update P-1 yellow – interface missing", "status",
     {"project": P1, "health": Health.YELLOW, "text": "interface missing"}),
    ("!stand P-1 rot", "status", {"project": P1, "health": Health.RED}),
    ("!status gelb P-1", "status", {"project": P1, "health": Health.YELLOW}),
    ("!status P-1", "status", {"project": P1}),
    ("!update P-1 amber", "status", {"project": P1, "health": Health.YELLOW}),
    ("!status p-1 GRÜN", "status", {"project": P1, "health": Health.GREEN}),
    ("!Status P1 gruen", "status", {"project": P1, "health": Health.GREEN}),
    ("!STATUS P-1: rot", "status", {"project": P1, "health": Health.RED}),
    ("!status P-1, rot", "status", {"project": P1, "health": Health.RED}),
    ("  !status   P-1   rot  ", "status", {"project": P1, "health": Health.RED}),
    ("!status P‑1 rot", "status", {"project": P1, "health": Health.RED}),  # the hyphen that does not break
    # where the free text begins
    ("!status P-1 – nur Text", "status", {"project": P1, "text": "nur Text"}),
    ("!status P-1 - nur Text", "status", {"project": P1, "text": "nur Text"}),
    ("!status P-1 — nur Text", "status", {"project": P1, "text": "nur Text"}),
    ("!status P-1 gelb Personal fehlt", "status", {"project": P1, "health": Health.YELLOW, "text": "Personal fehlt"}),
    ("!status P-1 gelb A-3 blockiert", "status", {"project": P1, "health": Health.YELLOW, "text": "A-3 blockiert"}),
    ("!status P-1 gelb – A13 unbesetzt – seit Mai", "status",
     {"project": P1, "health": Health.YELLOW, "text": "A13 unbesetzt – seit Mai"}),
    ("!status P-1 gelb A13 unbesetzt", "status", {"project": P1, "health": Health.YELLOW, "text": "A13 unbesetzt"}),
    ("!status P-1 gelb – stadt:M ist Text", "status",
     {"project": P1, "health": Health.YELLOW, "text": "stadt:M ist Text"}),
    ("!status P-1 gelb „alles gut“", "status", {"project": P1, "health": Health.YELLOW, "text": "alles gut"}),
    ("!status P-1 gelb – Siehe https://example.org/a?b", "status",
     {"project": P1, "health": Health.YELLOW, "text": "Siehe https://example.org/a?b"}),
    ("!status P-1 gelb –", "status", {"project": P1, "health": Health.YELLOW}),
    ("!status P-1 gelb\nZeile zwei\n\nZeile vier", "status",
     {"project": P1, "health": Health.YELLOW, "text": "Zeile zwei\n\nZeile vier"}),
    ("!status P-1 gelb – eins\n- zwei", "status", {"project": P1, "health": Health.YELLOW, "text": "eins\n- zwei"}),
    ("!status P-1 gelb – <b>@room</b> @koord:muenchen.example", "status",
     {"project": P1, "health": Health.YELLOW, "text": "<b>@room</b> @koord:muenchen.example"}),
    # fields, and placed arguments by name
    ("!status P-1 stadt:M gelb", "status", {"project": P1, "city": M, "health": Health.YELLOW}),
    ("!status P-1 stadt: Nürnberg – x", "status", {"project": P1, "city": N, "text": "x"}),
    ("!update P-1 city:nuernberg – x", "status", {"project": P1, "city": N, "text": "x"}),
    ("!status P-1 CITY:Munich", "status", {"project": P1, "city": M}),
    ("!status projekt:P-1 ampel: rot text: hallo Welt", "status",
     {"project": P1, "health": Health.RED, "text": "hallo Welt"}),
    # titles, aliases, quotes
    ("!status Bürgerkonto rot", "status", {"project": P2, "health": Health.RED}),
    ("!status buergerkonto rot", "status", {"project": P2, "health": Health.RED}),
    ("!status Digitaler Bauantrag rot", "status", {"project": P1, "health": Health.RED}),
    ("!status „Digitaler Bauantrag“ rot", "status", {"project": P1, "health": Health.RED}),
    ('!status "Digitaler Bauantrag" rot', "status", {"project": P1, "health": Health.RED}),
    ("!status »Digitaler Bauantrag« rot", "status", {"project": P1, "health": Health.RED}),
    ("!status Bauen & Wohnen – x", "status", {"project": P3, "text": "x"}),
    # show, list, bare forms
    ("!zeige P-1", "show", {"record": P1}),
    ("!show M", "show", {"record": M}),
    ("!zeige München", "show", {"record": M}),
    ("!zeige Koordination München", "show", {"record": KOORD}),
    ("!zeige @koord:muenchen.example", "show", {"record": KOORD}),
    ("!P-1", "show", {"record": P1}),
    ("!b7", "show", {"record": B7}),
    ("!P-1 am:1.7.2026", "show", {"record": P1, "on": date(2026, 7, 1)}),
    ("!show P-1 on:1 July", "show", {"record": P1, "on": date(2026, 7, 1)}),
    ("!projekte", "projects", {}),
    ("!PROJECTS red", "projects", {"health": Health.RED}),
    ("!liste projekte rot", "projects", {"health": Health.RED}),
    ("!projekte phase:pilot städte:M,A", "projects", {"phase": Phase.PILOT, "cities": (M, A)}),
    ("!projekte staedte: M, N und Augsburg", "projects", {"cities": (M, N, A)}),
    ("!list projects cities:M and N phase:Umsetzung", "projects", {"cities": (M, N), "phase": Phase.IMPLEMENTATION}),
    ("!projekte städte:M städte:N", "projects", {"cities": (M, N)}),
    # titles of new things
    ("!neu projekt Digitaler Antrag", "project", {"title": "Digitaler Antrag"}),
    ("!neu projekt „Bauen – digital“ phase:Idee", "project", {"title": "Bauen – digital", "phase": Phase.IDEA}),
    ("!neu projekt Digitaler Antrag federführung:M,N – Anträge online", "project",
     {"title": "Digitaler Antrag", "leads": (M, N), "goal": "Anträge online"}),
    ("!new project Smart City: phase two lead:M", "project", {"title": "Smart City: phase two", "leads": (M,)}),
    ("!neu projekt X themen:Bauen, Verkehr takt:3 Monate", "project",
     {"title": "X", "topics": ("Bauen", "Verkehr"), "cadence": Duration(count=3, unit=Unit.MONTHS)}),
    ('!neu projekt X themen:"Bauen, Wohnen", Verkehr', "project",
     {"title": "X", "topics": ("Bauen, Wohnen", "Verkehr")}),
    ("!neu projekt X link:https://example.org/a,b phase:pilot", "project",
     {"title": "X", "link": "https://example.org/a,b", "phase": Phase.PILOT}),
    ("!neu projekt <b>X</b> @room", "project", {"title": "<b>X</b> @room"}),
    ("!neu meilenstein P-1 Pilotstart im Bauamt 11.12.2026", "milestone",
     {"project": P1, "title": "Pilotstart im Bauamt", "due": D11}),
    ("!new milestone P-1 Pilot due:next Friday", "milestone", {"project": P1, "title": "Pilot", "due": FRIDAY}),
    ("!neu meilenstein P-1 bis:11.12. Bericht Mai 2026", "milestone",
     {"project": P1, "due": D11, "title": "Bericht Mai 2026"}),
    ('!neu person @neu:muenchen.example "Neu hier"', "person", {"mxid": "@neu:muenchen.example", "name": "Neu hier"}),
    ("!neu stadt BA Bamberg server:bamberg.example seit:Juli 2019", "city",
     {"code": "BA", "name": "Bamberg", "server": "bamberg.example", "since": PartialDate(year=2019, month=7)}),
    ("!neu stadt BA Bamberg seit:2019", "city", {"code": "BA", "name": "Bamberg", "since": PartialDate(year=2019)}),
    # dates take as many words as they need
    ("!verschieben P-1 Start auf:11.12. – x", "postpone",
     {"project": P1, "milestone": "Start", "to": D11, "reason": "x"}),
    ("!verschieben P-1 Start auf:nächsten Freitag – x", "postpone",
     {"project": P1, "milestone": "Start", "to": FRIDAY, "reason": "x"}),
    ("!verschieben P-1 Start auf: in 2 Wochen – x", "postpone",
     {"project": P1, "milestone": "Start", "to": date(2026, 12, 2), "reason": "x"}),
    ("!verschieben P-1 Start auf:KW 50 – x", "postpone",
     {"project": P1, "milestone": "Start", "to": date(2026, 12, 13), "reason": "x"}),
    ("!verschieben P-1 Start auf:5 AT – x", "postpone",
     {"project": P1, "milestone": "Start", "to": date(2026, 11, 25), "reason": "x"}),
    ("!verschieben P-1 Start auf:Fr., 11.12.2026 – x", "postpone",
     {"project": P1, "milestone": "Start", "to": D11, "reason": "x"}),
    ("!postpone P-1 Start to:2026-12-11 – x", "postpone",
     {"project": P1, "milestone": "Start", "to": D11, "reason": "x"}),
    ("!erinnern nächsten Freitag Folien schicken", "remind", {"at": FRIDAY, "text": "Folien schicken"}),
    ("!remind tomorrow – send slides", "remind", {"at": date(2026, 11, 19), "text": "send slides"}),
    ("!sitz M stimme @koord:muenchen.example ab:November", "seat",
     {"city": M, "role": Role.VOTING, "holder": KOORD, "since": date(2026, 11, 1)}),
    ('!seat Munich coordination office:"CIO" from:today', "seat",
     {"city": M, "role": Role.COORDINATION, "office": "CIO", "since": date(2026, 11, 18)}),
    # words of several words, either order, lists without commas
    ("!beteiligen P-1 A, R nutzt nach", "involve", {"project": P1, "cities": (A, R), "role": ParticipantRole.REUSES}),
    ("!beteiligen P-1 A R wirkt mit", "involve",
     {"project": P1, "cities": (A, R), "role": ParticipantRole.CONTRIBUTES}),
    ("!blockiert H-2 P-1", "blocks", {"barrier": H2, "project": P1}),
    ("!blocks P-1 H-2 no longer", "blocks", {"barrier": H2, "project": P1, "again": Again.NO_LONGER}),
    ("!top 3 Haushalt", "agenda", {"number": 3, "title": "Haushalt"}),
    # one verb for several nouns, told apart by the letter
    ("!schließen H-2", "solved", {"barrier": H2}),
    ("!schliessen h2 quelle:Satzung", "solved", {"barrier": H2, "source": "Satzung"}),
    ("!close H-2", "solved", {"barrier": H2}),
    ("!close B-7", "result", {"decision": B7}),
    ("!stimme B-7 dafür", "vote", {"decision": B7, "choice": Choice.FOR}),
    ("!vote B-7 against – too early", "vote", {"decision": B7, "choice": Choice.AGAINST, "reason": "too early"}),
    ("!suche Parkausweis digital", "search", {"text": "Parkausweis digital"}),
    ("!da", "back", {}),
    ("!hilfe status", "help", {"topic": "status"}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "name", "values"), ONE_LINE)
@pytest.mark.parametrize("language", Language)
def test_a_line_means_the_same_whatever_language_its_author_prefers(
    line: str, name: str, values: dict[str, Any], language: Language
) -> None:
    assert meanings(line, reading(language)) == [(name, values)]


IN_A_PROJECT_ROOM: list[tuple[str, str, dict[str, Any]]] = [
    ("!status gelb – x", "status", {"project": P2, "health": Health.YELLOW, "text": "x"}),
    ("!status", "status", {"project": P2}),
    ("!status P-1 gelb", "status", {"project": P1, "health": Health.YELLOW}),
    ("!zeige", "show", {"record": P2}),
    ("!blockiert H-2", "blocks", {"barrier": H2, "project": P2}),
    ("!neu meilenstein Start bis:11.12.", "milestone", {"project": P2, "title": "Start", "due": D11}),
]


@pytest.mark.parametrize(("line", "name", "values"), IN_A_PROJECT_ROOM)
def test_a_project_room_stands_for_its_project(line: str, name: str, values: dict[str, Any]) -> None:
    assert meanings(line, reading(project="P-2")) == [(name, values)]


ERRORS: list[tuple[str, type[ParseError], str | None]] = [
    ("!foo", UnknownCommand, "!hilfe"),
    ("!status Unbekannt gelb", UnknownName, "!status P-1 gelb – Schnittstelle fehlt"),
    ("!status Smart City gelb", AmbiguousName, "!status P-4 gelb"),
    ("!status P-1 blau – x", BadChoice, "!status P-1 AMPEL – x"),
    ("!stimme B-7 zu", BadChoice, "!stimme B-7 STIMME"),
    ("!projekte blau", BadChoice, "!liste projekte AMPEL"),
    ("!status P-1 bis:11.12.", UnknownField, "!status P-1 gelb – Schnittstelle fehlt"),
    ("!status P-1 gelb ampel:rot", GivenTwice, "!status P-1 gelb"),
    ("!status P-1 stadt:Xanten", UnknownName, "!status P-1 gelb – Schnittstelle fehlt"),
    ("!projekte städte:M,X", UnknownName, "!liste projekte rot"),
    ("!status A-3 gelb", WrongNoun, "!status P-1 gelb – Schnittstelle fehlt"),
    ("!close P-1", WrongNoun, "!schließen H-2"),
    ("!close", NeedsRecord, "!schließen H-2"),
    ("!close bald", UnknownName, "!schließen H-2"),
    ("!verschieben P-1 Start auf:31.4. – x", NoSuchDate, "!verschieben P-1 Start auf:30.04.2027 – x"),
    ("!verschieben P-1 Start auf:Do., 11.12.2026 – x", OtherWeekday, "!verschieben P-1 Start auf:11.12.2026 – x"),
    ("!verschieben P-1 Start auf:bald – x", BadValue, "!verschieben P-1 Start auf:11.12. – x"),
    ("!neu meilenstein P-1 Start 30.2.2027", NoSuchDate, "!neu meilenstein P-1 Start 28.02.2027"),
    ("!neu projekt X takt:oft phase:pilot", BadValue, "!neu projekt X takt:3 Monate phase:pilot"),
    ("!neu projekt X link:example", BadValue, "!neu projekt X link:https://muenchen.example/"),
    ("!zeige P-1 bitte", LeftOver, "!zeige P-1"),
    ("!da wieder", LeftOver, "!da"),
    ("!zeige P-1\nDanke", LeftOver, "!zeige P-1"),
    ("!sitz M stimme @fremd:muenchen.example", UnknownName,
     '!sitz M stimme @koord:muenchen.example amt:"IT-Referent" ab:heute'),
]  # fmt: skip


@pytest.mark.parametrize(("line", "error", "hint"), ERRORS)
def test_what_cannot_be_read_is_refused_with_the_next_correct_command(
    line: str, error: type[ParseError], hint: str | None
) -> None:
    with pytest.raises(ParseError) as caught:
        read(line)
    assert (type(caught.value), caught.value.hint) == (error, hint)


def test_an_error_says_what_was_understood() -> None:
    with pytest.raises(NoSuchDate) as caught:
        read("!verschieben P-1 Start auf:31.4. – x")
    assert caught.value.understood.text == "!verschieben P-1 Start"


NEAR: list[tuple[str, tuple[str, ...]]] = [
    ("!stauts P-1 gelb", ("!status P-1 gelb",)),
    ("!upadte P-1 yellow", ("!update P-1 yellow",)),
    ("!status P-1 glb", ("!status P-1 gelb",)),
    ("!status P-1 glb – x", ("!status P-1 gelb – x",)),
    ("!stauts P-1 glb", ("!status P-1 gelb",)),
    ("!projekte rto", ("!liste projekte rot",)),
    ("!neu projket Test", ("!neu projekt Test",)),
    ("!neu", ("!neu projekt", "!neu meilenstein", "!neu person", "!neu stadt")),
    ("!neu projekt X federfuhrung:M", ("!neu projekt X federführung:M",)),
    ("!status P-1 stdat:M – x", ("!status P-1 stadt:M – x",)),
    ("!blockiert H-2 P-1 nciht mehr", ("!blockiert H-2 P-1 nicht mehr",)),
    ("!schließen B-7", ("!feststellen B-7",)),
    ("!Bürgerkonto", ("!zeige Bürgerkonto",)),
    ("!status Burgerkonto gelb", ("!status Bürgerkonto gelb",)),
    ("!zeige P-1\n!stauts P-2 rot – x\ny", ("!zeige P-1\n!status P-2 rot – x\ny",)),
]


@pytest.mark.parametrize(("line", "suggestions"), NEAR)
def test_a_near_miss_is_offered_corrected(line: str, suggestions: tuple[str, ...]) -> None:
    assert read(line) == Near(suggestions=suggestions)
    for suggestion in suggestions:
        assert isinstance(read(suggestion), Commands | Missing)


# --- several lines ---------------------------------------------------------------------------------------------------


def test_several_commands_stand_one_per_line_with_free_text_between_them() -> None:
    assert meanings("Guten Morgen\n!status P-1 gelb\nweil\n!P-2\n\n!status P-2 rot – y") == [
        ("status", {"project": P1, "health": Health.YELLOW, "text": "weil"}),
        ("show", {"record": P2}),
        ("status", {"project": P2, "health": Health.RED, "text": "y"}),
    ]


def test_an_error_in_one_of_several_lines_names_the_line() -> None:
    with pytest.raises(UnknownName) as caught:
        read("!status P-1 gelb\n\n!status Unbekannt rot")
    assert caught.value.number == 3


def test_an_error_in_a_single_line_names_none() -> None:
    with pytest.raises(UnknownName) as caught:
        read("Hallo\n!status Unbekannt rot")
    assert caught.value.number is None


def test_a_missing_argument_in_one_of_several_lines_is_asked_for_before_anything_runs() -> None:
    asked = read("!status P-1 gelb\n!stimme B-7\n!status P-2 rot")
    assert isinstance(asked, Missing)
    assert (asked.command.name, asked.field, asked.number) == ("fakes.vote", "choice", 2)
    done = complete(asked.state, "nein", grammar=GRAMMAR, reading=reading())
    assert isinstance(done, Commands)
    assert [line.command.name for line in done.lines] == ["fakes.status", "fakes.vote", "fakes.status"]


# --- asking back -----------------------------------------------------------------------------------------------------

ASKED: list[tuple[str, list[tuple[str, str]], dict[str, Any]]] = [
    ("!status", [("project", "P-1")], {"project": P1}),
    ("!status – x", [("project", "Digitaler Bauantrag")], {"project": P1, "text": "x"}),
    ("!stimme", [("decision", "b7"), ("choice", "ja.")], {"decision": B7, "choice": Choice.FOR}),
    ("!stimme B-7", [("choice", "nein – zu früh")], {"decision": B7, "choice": Choice.AGAINST, "reason": "zu früh"}),
    ("!verschieben P-1 Start auf: – x", [("to", "nächsten Freitag")],
     {"project": P1, "milestone": "Start", "to": FRIDAY, "reason": "x"}),
    ("!verschieben P-1 Start auf:11.12.", [("reason", "Vergabe – dauert\nlänger")],
     {"project": P1, "milestone": "Start", "to": D11, "reason": "Vergabe – dauert\nlänger"}),
    ("!erinnern Folien schicken", [("at", "morgen")], {"at": date(2026, 11, 19), "text": "Folien schicken"}),
    ("!neu meilenstein P-1", [("title", "Start im Mai"), ("due", "11.12.")],
     {"project": P1, "title": "Start im Mai", "due": D11}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "answers", "values"), ASKED)
def test_a_missing_argument_is_asked_for_and_the_answer_completes_the_command(
    line: str, answers: list[tuple[str, str]], values: dict[str, Any]
) -> None:
    parsed = read(line)
    for field, answer in answers:
        assert isinstance(parsed, Missing)
        assert parsed.field == field
        parsed = complete(parsed.state, answer, grammar=GRAMMAR, reading=reading())
    assert isinstance(parsed, Commands)
    assert {name: value for name, value in parsed.lines[0].args if value is not None} == values


def test_a_wrong_answer_is_refused_like_a_wrong_argument() -> None:
    asked = read("!stimme B-7")
    assert isinstance(asked, Missing)
    assert asked.choices == tuple(Choice)
    with pytest.raises(BadChoice):
        complete(asked.state, "vielleicht", grammar=GRAMMAR, reading=reading())


def test_names_are_looked_up_in_the_command_and_in_the_answers() -> None:
    asked = read("!verschieben P-1 Start auf: – Nürnberg")
    assert isinstance(asked, Missing)
    assert text_of(asked.state, "morgen") == "!verschieben P-1 Start auf: – Nürnberg\nmorgen"


# --- without `!` -----------------------------------------------------------------------------------------------------

DIRECT = reading(bang_needed=False)

WITHOUT_BANG: list[tuple[str, list[str]]] = [
    ("status P-1 gelb – x", ["status"]),
    ("Status P-1 gelb Personal fehlt", ["status"]),
    ("P-1", ["show"]),
    ("projekte", ["projects"]),
    ("hilfe", ["help"]),
    ("suche Parkausweis", ["search"]),
    ("status P-1 gelb\nstatus P-2 rot", ["status", "status"]),
    ("status P-1 gelb –\nweil es dauert", ["status"]),
    ("!status P-1 gelb", ["status"]),
    ("stadtbote: status P-1 gelb", ["status"]),
    ("@stadtbote:example.org status P-1 gelb", ["status"]),
]


@pytest.mark.parametrize(("text", "names"), WITHOUT_BANG)
def test_in_a_direct_chat_a_line_that_parses_completely_is_a_command(text: str, names: list[str]) -> None:
    assert [name for name, _ in meanings(text, DIRECT)] == names


QUESTIONS = [
    "status P-1?",
    "Ist P-1 gelb?",
    "da",  # always needs its `!`
    "Zeige mir alle roten Projekte",
    "Update zu P-1",
    "A13",
    "Danke",
    "Guten Morgen",
    "",
    " \n ",
    "!!!",
    "! status",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_in_a_direct_chat_everything_else_is_a_question(text: str) -> None:
    assert isinstance(read(text, DIRECT), NotACommand)


OFFERED: list[tuple[str, str]] = [
    ("status P-1 ist mir unklar", "!status P-1 ist mir unklar"),
    ("zeige P-1 bitte", "!zeige P-1"),
    ("stimme B-7", "!stimme B-7"),
    ("stimme B-7 zu", "!stimme B-7"),
    ("stauts P-1 gelb", "!status P-1 gelb"),
    ("neu projekt", "!neu projekt"),
]


@pytest.mark.parametrize(("text", "offer"), OFFERED)
def test_in_a_direct_chat_a_half_fitting_command_is_offered(text: str, offer: str) -> None:
    assert read(text, DIRECT) == Near(suggestions=(offer,))


@pytest.mark.parametrize("text", ["status P-1 gelb", "P-1", "projekte", "Hallo zusammen", "stadtbote ist nett", ""])
def test_in_a_room_nothing_runs_without_its_sign(text: str) -> None:
    assert isinstance(read(text), NotACommand)


@pytest.mark.parametrize("text", ["stadtbote, !status P-1 gelb", "Hallo @stadtbote !status P-1 gelb"])
def test_a_command_may_follow_the_name_of_the_bot(text: str) -> None:
    assert meanings(text) == [("status", {"project": P1, "health": Health.YELLOW})]


# --- texts made harmless ---------------------------------------------------------------------------------------------


def test_texts_are_composed_and_lose_what_cannot_be_seen() -> None:
    [(_, values)] = meanings("!neu projekt Bu\u0308rger\u202ekonto\u0007 \u2066x\u2069\u200b")
    assert values["title"] == "Bürgerkonto x"


def test_a_message_longer_than_any_command_is_refused_early() -> None:
    with pytest.raises(TooLong):
        read("!status P-1 – " + "x" * 64_000)
    with pytest.raises(TooLong):
        read("x" * 64_000, DIRECT)
    assert isinstance(read("x" * 64_000), NotACommand)


def test_a_text_too_long_for_its_field_is_refused_with_both_lengths() -> None:
    with pytest.raises(TextTooLong) as caught:
        read("!neu projekt " + "x" * 501)
    assert (caught.value.facts["length"], caught.value.facts["longest"]) == (501, 500)


def test_a_date_counted_with_saturdays_is_pointed_out() -> None:
    parsed = read("!erinnern in 5 Werktagen – x")
    assert isinstance(parsed, Commands)
    assert parsed.lines[0].werktage == ("in 5 Werktagen",)


# --- declarations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("language", Language)
def test_every_example_is_a_line_of_its_command(command: Any, language: Language) -> None:
    for example in command.examples:
        [(name, _)] = meanings(example.de if language is Language.DE else example.en, reading(language))
        assert f"fakes.{name}" == command.name


def test_an_argument_of_a_type_nobody_can_type_in_is_refused_when_it_is_declared() -> None:
    class Odd(Args):
        odd: bytes

    with pytest.raises(TypeError):
        GRAMMAR.slots(fake("odd", words("x", "x"), Odd))


def test_a_name_nobody_has_is_no_match_in_an_empty_register() -> None:
    assert Names().longest(["Bürgerkonto"], ("projects",)) is None


def test_the_words_that_declare_an_argument_are_kept_by_language() -> None:
    for arg in (placed("städte", "cities"), named("städte", "cities"), rest("städte", "cities")):
        assert (arg.words.first(Language.DE), arg.words.first(Language.EN)) == ("städte", "cities")


def test_a_grammar_without_the_verb_to_show_knows_no_bare_ids() -> None:
    grammar = Grammar.of([one for one in COMMANDS if one.name != "fakes.show"], nouns=(), texts=TEXTS)
    with pytest.raises(UnknownCommand):
        parse_message("!P-1", grammar=grammar, reading=reading())
