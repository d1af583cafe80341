"""Help says what this person may do, how a command is written, and what an unknown word may have meant."""

from dataclasses import replace

import pytest

from commands.framework.caller import Caller
from commands.framework.command import words
from commands.framework.help import UnknownTopic, find_commands, help_for, help_on, help_overview, nearest_command
from commands.framework.noun import Noun
from commands.framework.render import Renderer, refusal_reply
from commands.framework.reply import Reply
from commands.framework.syntax import signature
from storage.seats.record import Role
from storage.values import Language
from tests.commands.framework.samples import BERLIN, NEW, PUBLISH, SAMPLES, STATUS, caller, sample_texts, seat

TEXTS = sample_texts()
NOUNS = (SAMPLES,)
MEMBER = caller(seat(Role.MEMBER))


def shown(reply: Reply, language: Language = Language.DE) -> str:
    return Renderer(TEXTS, language, BERLIN).plain(reply)


def test_somebody_unknown_learns_how_they_become_known_and_gets_nothing_they_may_not_use() -> None:
    assert shown(help_overview(NOUNS, caller(), TEXTS)) == (
        "Für `@a:muenchen.example` ist noch kein Sitz eingetragen; das übernimmt die Koordination. "
        "Bis dahin können Sie Folgendes nutzen:\n"
        "Genaueres, zum Beispiel zu `status`: `!hilfe status`."
    )


def test_a_member_sees_what_a_member_may_do() -> None:
    assert shown(help_overview(NOUNS, MEMBER, TEXTS)).splitlines() == [
        "Sie sind eingetragen als Rolle member (M). Damit können Sie hier:",
        "- Projekte: `!status`, `!neu projekt`",
        "Genaueres, zum Beispiel zu `status`: `!hilfe status`.",
    ]


def test_coordination_sees_more_and_in_english_where_that_is_read() -> None:
    coordination = caller(seat(Role.COORDINATION), language=Language.EN)
    assert shown(help_overview(NOUNS, coordination, TEXTS), Language.EN).splitlines()[1] == (
        "- Projects: `!update`, `!new project`, `!publish`"
    )


def test_administration_is_told_why_it_may() -> None:
    said = shown(help_overview(NOUNS, caller(administrator=True), TEXTS))
    assert said.startswith("Sie vertreten die Koordination, solange deren Sitz nicht besetzt ist.")


def many_nouns() -> tuple[Noun, ...]:
    letters = ("agreements", "barriers", "decisions", "tasks", "meetings", "solutions", "statements", "reminders")
    return tuple(
        replace(SAMPLES, collection=letter, commands=(replace(STATUS, verb=words(letter, letter)),))
        for letter in letters
    )


def test_help_has_eight_lines_however_many_nouns_there_are() -> None:
    said = shown(help_overview(many_nouns(), MEMBER, TEXTS)).splitlines()
    assert len(said) == 8
    assert said[6] == "- Außerdem: `!solutions`, `!statements`, `!reminders`"


def test_rooms_without_records_share_a_line() -> None:
    rooms = tuple(replace(noun, collection=None) for noun in many_nouns())
    assert "- Allgemein: `!agreements`, `!barriers`" in shown(help_overview(rooms, MEMBER, TEXTS))


def test_help_on_a_command_has_syntax_two_examples_and_rights() -> None:
    assert shown(help_on(NOUNS, "status", MEMBER, TEXTS)).splitlines() == [
        "Status melden",
        signature(STATUS, Language.DE, TEXTS),
        "Hält fest, wie ein Projekt steht.",
        "Auch per Antwort.",
        "- !status P-1 gelb – Vergabe verzögert sich",
        "- !status P-1",
        "Gleichbedeutend: `!stand` und `!update`.",
        "Berechtigt: alle mit einem Sitz in der Kooperation.",
    ]


def test_help_says_what_cannot_be_undone_and_what_one_may_not() -> None:
    assert shown(help_on(NOUNS, "publish", MEMBER, TEXTS)).splitlines()[-2:] == [
        "Lässt sich nicht rückgängig machen: Es ist schon bekannt.",
        "Berechtigt: die Koordination. Ihre heutigen Sitze gehören nicht dazu.",
    ]


def test_help_on_several_commands_lists_them() -> None:
    said = shown(help_on(NOUNS, "projekte", MEMBER, TEXTS)).splitlines()
    assert [entry.split(": ")[-1] for entry in said[:3]] == ["Status melden", "Projekt anlegen", "Veröffentlichen"]
    assert said[3] == "Genaueres zu einem davon: `!hilfe status`."


def test_a_list_of_commands_has_ten_lines_and_leaves_none_out() -> None:
    many = tuple(replace(NEW, object=words(f"ding{number}", f"thing{number}")) for number in range(11))
    said = shown(help_for(many, MEMBER, TEXTS)).splitlines()
    assert len(said) == 11
    assert said[8].endswith(": Projekt anlegen")
    assert said[9] == "- Außerdem: `!neu ding9`, `!neu ding10`"


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("status", (STATUS,)),
        ("!UPDATE", (STATUS,)),
        ("neu", (NEW,)),
        ("!neu projekt", (NEW,)),
        ("new project", (NEW,)),
        ("neu stadt", ()),
        ("veroeffentlichen", (PUBLISH,)),
        ("Projekte", (STATUS, NEW, PUBLISH)),
        ("", ()),
        ("???", ()),
    ],
)
def test_commands_are_found_by_words_of_either_language(topic: str, found: tuple[object, ...]) -> None:
    assert find_commands(NOUNS, topic) == found


@pytest.mark.parametrize("topic", ["status-frei", "!status-frei", "status frei", "free-status"])
def test_a_command_whose_word_has_a_hyphen_is_found(topic: str) -> None:
    hyphened = replace(STATUS, verb=words("status-frei", "free-status"))
    assert find_commands((replace(NOUNS[0], commands=(STATUS, hyphened)),), topic) == (hyphened,)


@pytest.mark.parametrize(("typed", "meant"), [("stauts", STATUS), ("neus projekt", NEW), ("xyz", None), ("", None)])
def test_the_nearest_command_is_offered(typed: str, meant: object) -> None:
    assert nearest_command(NOUNS, typed) is meant


@pytest.mark.parametrize(
    ("topic", "who", "hint"),
    [
        ("stauts", MEMBER, "!hilfe status"),
        ("xyz", MEMBER, "!hilfe"),
        ("udpate", caller(language=Language.EN), "!help update"),
    ],
)
def test_an_unknown_word_is_answered_with_the_next_command_to_type(topic: str, who: Caller, hint: str) -> None:
    with pytest.raises(UnknownTopic) as refused:
        help_on(NOUNS, topic, who, TEXTS)
    said = shown(refusal_reply(refused.value), who.language).splitlines()
    assert topic in said[0]
    assert said[1] == hint
