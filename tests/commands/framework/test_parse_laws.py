"""What holds for every text: nothing but declared errors, all lines or none, spelling does not matter."""

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.framework.command import AnyCommand
from commands.framework.parse import Commands, Missing, Near, NotACommand, Parsed, complete, parse_message
from commands.framework.parse_errors import ParseError
from commands.framework.reading import Reading
from commands.framework.suggest import nearest
from commands.framework.tokens import Scan, normalised
from storage.folding import UMLAUTS
from storage.values import Language
from tests.commands.framework.fakes import COMMANDS, GRAMMAR, reading

PIECES = [
    "!", "!status", "!neu", "projekt", "meilenstein", "!liste", "projekte", "!zeige", "!stimme", "!schließen", "!close",
    "!sitz", "!beteiligen", "!da", "!P-1", "P-1", "p1", "B-7", "H-2", "A13", "M", "M,N", "München", "Bürgerkonto",
    "Smart City", "gelb", "glb", "ja", "nicht mehr", "bis:", "auf:", "stadt:", "ampel:rot", "städte:M, N", "phase:",
    "x:y", "11.12.", "31.4.", "morgen", "in 2 Wochen", "5 AT", "@koord:muenchen.example", "@x:y", "„", "“", '"', "»",
    "«", "–", " - ", ",", "und", "?", ":", "\n", "\n!", "https://a.example/b,c", "stadtbote:", "\u202e", "3", "BA",
]  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=10).map(" ".join)
ANYTHING = LINES | st.text(max_size=60) | st.text(max_size=40).map(lambda text: "!" + text)
READINGS = st.builds(
    reading, st.sampled_from(Language), project=st.sampled_from([None, "P-2"]), bang_needed=st.booleans()
)
GOOD = st.sampled_from([example.de for command in COMMANDS for example in command.examples])
BAD = st.sampled_from(["!foo", "!status Unbekannt rot", "!stauts P-1 rot", "!status P-1 blau – x", "!stimme B-7"])


def outcome(text: str, around: Reading) -> Parsed | ParseError:
    try:
        return parse_message(text, grammar=GRAMMAR, reading=around)
    except ParseError as error:
        return error


@given(ANYTHING, READINGS)
@settings(max_examples=400, deadline=None)
def test_no_text_raises_anything_but_the_declared_errors(text: str, around: Reading) -> None:
    found = outcome(text, around)
    assert isinstance(found, Commands | Missing | Near | NotACommand | ParseError)
    if isinstance(found, NotACommand):
        assert found.text in normalised(text)


@given(ANYTHING, READINGS)
@settings(max_examples=200, deadline=None)
def test_what_is_offered_can_be_read(text: str, around: Reading) -> None:
    found = outcome(text, around)
    if isinstance(found, Near):
        assert found.suggestions
        for suggestion in found.suggestions:
            assert isinstance(outcome(suggestion, around), Commands | Missing)


@given(
    LINES, st.sampled_from(["P-1", "ja", "morgen", "x", "", "M", "glb", "@x:y", "–", "!status"]) | st.text(max_size=20)
)
@settings(max_examples=200, deadline=None)
def test_no_answer_raises_anything_but_the_declared_errors(text: str, answer: str) -> None:
    found = outcome(text, reading())
    if isinstance(found, Missing):
        state = json.loads(json.dumps(found.state))
        with suppress(ParseError):
            completed = complete(state, answer, grammar=GRAMMAR, reading=reading())
            assert isinstance(completed, Commands | Missing | Near)


@given(st.lists(GOOD, max_size=3), BAD, st.lists(GOOD, max_size=3))
@settings(max_examples=60, deadline=None)
def test_one_bad_line_keeps_all_others_from_running(before: list[str], bad: str, after: list[str]) -> None:
    assert not isinstance(outcome("\n".join((*before, bad, *after)), reading()), Commands)


@given(st.lists(GOOD, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_good_lines_together_mean_what_each_means_alone(lines: list[str]) -> None:
    found = outcome("\n".join(lines), reading())
    assert isinstance(found, Commands)
    alone = [outcome(line, reading()) for line in lines]
    assert [one.args for one in found.lines] == [one.lines[0].args for one in alone if isinstance(one, Commands)]


def spellings(line: str) -> list[str]:
    """The line before its free text in other spellings of the same words, codes and addresses as they are."""
    head, dash, text = line.partition(" – ")
    kept = re.compile(r"@\S+|\b[A-Z]{1,2}\b(?!-)|[\"„][^\"“]*[\"“]")
    found = []
    for change in (str.upper, str.lower, lambda words: words.translate(UMLAUTS)):
        parts, at = [], 0
        for match in kept.finditer(head):
            parts += [change(head[at : match.start()]), match[0]]
            at = match.end()
        found.append("".join((*parts, change(head[at:]), dash, text)))
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_case_and_umlauts_do_not_change_what_a_line_means(command: AnyCommand) -> None:
    for example in command.examples:
        for line in (example.de, example.en):
            meant = outcome(line, reading())
            assert isinstance(meant, Commands)
            for spelled in spellings(line):
                found = outcome(spelled, reading())
                assert isinstance(found, Commands), spelled
                assert found.lines[0].command == meant.lines[0].command
                assert str(found.lines[0].args).casefold() == str(meant.lines[0].args).casefold()


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_normalised_text_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(max_size=40), st.integers(min_value=0, max_value=40))
@settings(max_examples=200, deadline=None)
def test_a_scan_never_moves_backwards(text: str, at: int) -> None:
    scan = Scan(text=text)
    start = scan.skip(min(at, len(text)))
    assert start <= scan.segment(start) <= len(text)
    assert all(start < end <= len(text) for _, end in scan.words(start))


@pytest.mark.parametrize(
    ("given_word", "expected"),
    [
        ("stauts", ("status",)),
        ("gruen", ()),
        ("x", ()),
        ("verschieb", ("verschieben",)),
        ("völlig anders", ()),
    ],
)
def test_only_words_that_differ_by_a_slip_are_suggested(given_word: str, expected: tuple[str, ...]) -> None:
    assert nearest(given_word, ["status", "grün", "verschieben", "rot"]) == expected
