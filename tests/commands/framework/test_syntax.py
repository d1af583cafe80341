"""How commands are written in help and reference."""

from datetime import date
from typing import Annotated

import pytest

from commands.framework.command import AnyCommand, Args, named, words
from commands.framework.grammar import Grammar
from commands.framework.parse import Commands, parse_message
from commands.framework.refs import CityRef, Ref
from commands.framework.syntax import signature
from commands.framework.tokens import folded
from storage.projects.record import Health
from storage.values import Count, Language
from tests.commands.framework.fakes import COMMANDS, GRAMMAR, TEXTS, fake, reading

SIGNATURES = [
    ("fakes.status", Language.DE, "!status PROJEKT [AMPEL] [stadt:STADT] [– TEXT]"),
    ("fakes.status", Language.EN, "!update PROJECT [HEALTH] [city:CITY] [– TEXT]"),
    ("fakes.show", Language.DE, "!zeige KENNUNG [am:DATUM]"),
    ("fakes.projects", Language.DE, "!liste projekte [AMPEL] [phase:WORT] [städte:STADT,…]"),
    (
        "fakes.project",
        Language.DE,
        (
            "!neu projekt TITEL [federführung:STADT,…] [phase:WORT] [themen:TEXT,…] [takt:DAUER]"
            " [link:https://muenchen.example/] [– ZIEL]"
        ),
    ),
    ("fakes.postpone", Language.EN, "!postpone PROJECT MILESTONE to:DATE – REASON"),
    ("fakes.back", Language.EN, "!back"),
    ("fakes.search", Language.DE, "!suche TEXT"),
]


@pytest.mark.parametrize(("name", "language", "expected"), SIGNATURES)
def test_a_signature_shows_what_may_be_left_out_in_brackets(name: str, language: Language, expected: str) -> None:
    [command] = [one for one in COMMANDS if one.name == name]
    assert signature(command, language, TEXTS) == expected


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_words_of_a_signature_are_those_the_grammar_knows(command: AnyCommand) -> None:
    for language in Language:
        shown = signature(command, language, TEXTS).removeprefix("!").split()
        assert command in GRAMMAR.by_verb[folded(shown[0])]


class Either(Args):
    whose: Annotated[CityRef | Health | None, named("von", "of")] = None
    at: Annotated[date | None, named("am", "on")] = None
    count: Annotated[Count | None, named("zahl", "count")] = None


def test_an_argument_of_two_types_shows_both() -> None:
    either = fake("either", words("oder", "or"), Either)
    assert signature(either, Language.DE, TEXTS) == "!oder [von:STADT|grün|gelb|rot] [am:DATUM] [zahl:ZAHL]"
    grammar = Grammar.of((either,), nouns=(), texts=TEXTS)
    for typed, value in (("München", Ref("cities", "M")), ("rot", Health.RED)):
        parsed = parse_message(f"!oder von:{typed}", grammar=grammar, reading=reading())
        assert isinstance(parsed, Commands)
        assert parsed.lines[0].args == Either(whose=value)
