"""Date phrases in German and English: the value of a command's field, and periods inside a question."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate

from commands.calendar.chart import Chart, CountDays, Scene
from commands.calendar.grammar import GRAMMAR, LITERALS
from commands.calendar.tokens import glued, tokenise
from commands.calendar.values import (
    DayFound,
    DayResult,
    NoSuchDay,
    NotADate,
    Period,
    Range,
    Rule,
    Step,
    Tense,
    WrongWeekday,
)
from commands.calendar.workdays import without_sundays
from storage.values import Language

LONGEST_DATE = 16
"""More words than a date has: what follows is free text and need not be looked at."""
_CLOSING = ".,;:!?)"
LONGEST_QUESTION = 400
"""Tokens of a text that are looked at."""


def parse_day(
    text: str,
    *,
    today: date,
    tense: Tense = Tense.FUTURE,
    language: Language | None = None,
    workday: CountDays | None = None,
    werktag: CountDays = without_sundays,
) -> DayResult:
    """Understand the whole of `text` as a day or a longer period, with or without a preposition.

    `workday(start, n)` gives the n-th working day after `start` (before it, if n is negative); without it phrases such
    as "5 AT" are no dates. `werktag` does so for Werktage. A date without a year is the nearest in the direction of
    `tense`, today included; a weekday is never today.
    """
    chart = _chart(text, Scene(today=today, tense=tense, language=language, workday=workday, werktag=werktag))
    end = len(chart.tokens)
    derived = (chart.derive(phrase, 0).get(end) for phrase in ("value", "barevalue", "wholevalue"))
    return _result(next(filter(None, derived), None), text.strip())


def longest_day_prefix(
    words: Sequence[str],
    *,
    today: date,
    tense: Tense = Tense.FUTURE,
    language: Language | None = None,
    workday: CountDays | None = None,
    werktag: CountDays = without_sundays,
) -> tuple[DayResult, int]:
    """Understand as many leading words as make a date; how many that were, 0 with NotADate.

    Words are what stands between spaces, punctuation included: a comma or full stop after the date belongs to its last
    word. Other arguments as for `parse_day`.
    """
    words = words[:LONGEST_DATE]
    text = " ".join(words)
    whole = parse_day(text, today=today, tense=tense, language=language, workday=workday, werktag=werktag)
    if not isinstance(whole, NotADate):
        return whole, len(words)
    chart = _chart(text, Scene(today=today, tense=tense, language=language, workday=workday, werktag=werktag))
    derived = chart.derive("barevalue", 0) | chart.derive("value", 0)
    for end in sorted(derived, reverse=True):
        said = chart.tokens[end - 1].end
        if (count := _words_used(words, text, said)) > 0:
            return _result(derived[end], text[:said]), count
    return NotADate(text=text), 0


def find_range(
    text: str,
    *,
    today: date,
    tense: Tense,
    language: Language | None = None,
    workday: CountDays | None = None,
    werktag: CountDays | None = None,
) -> Range | Rule | None:
    """The first period or recurrence that a question speaks of, with the offsets of its words; None if there is none.

    Names are to be masked before: "Smart City 2030" is none of ours, but not every name can be told from a date.
    A mask such as "…" keeps the offsets and ends phrases.
    """
    scene = Scene(today=today, tense=tense, language=language, workday=workday, werktag=werktag)
    return next(_ranges(text, scene), None)


def find_ranges(
    text: str,
    *,
    today: date,
    tense: Tense,
    language: Language | None = None,
    workday: CountDays | None = None,
    werktag: CountDays | None = None,
) -> list[Range | Rule]:
    """All periods and recurrences of a text in their order, none overlapping another.

    Dates that do not exist are passed over.
    """
    return list(_ranges(text, Scene(today=today, tense=tense, language=language, workday=workday, werktag=werktag)))


def _ranges(text: str, scene: Scene) -> Iterator[Range | Rule]:
    return (one for one in _found(text, scene, "top") if isinstance(one, Range | Rule))


def find_step(text: str, *, language: Language | None = None) -> Step | None:
    """The first phrase that leads from a period talked about to its neighbour: "in der Woche davor"."""
    # A step is the same on any day.
    scene = Scene(today=date(2000, 1, 1), tense=Tense.FUTURE, language=language)
    return next((one for one in _found(text, scene, "step") if isinstance(one, Step)), None)


def _found(text: str, scene: Scene, phrase: str) -> Iterator[Range | Rule | Step]:
    tokens = tokenise(text, language=scene.language, literals=LITERALS)[:LONGEST_QUESTION]
    chart = Chart(GRAMMAR, tokens, scene)
    position = 0
    while position < len(tokens):
        said, end = _longest(chart, position, phrase)
        if isinstance(said, Range | Rule | Step):
            yield said.at(tokens[position].start, tokens[end - 1].end)
        position = end


def _longest(chart: Chart, at: int, phrase: str) -> tuple[object, int]:
    """The longest phrase that begins at a token, and where it ends; nothing ends at the next token."""
    if not chart.tokens[at].meanings or glued(chart.tokens, at):
        return None, at + 1
    derived = chart.derive(phrase, at)
    ends = [end for end in derived if not glued(chart.tokens, end)]
    return (derived[max(ends)], max(ends)) if ends else (None, at + 1)


def _chart(text: str, scene: Scene) -> Chart:
    """The chart of a field value, without the punctuation after it."""
    tokens = tokenise(text, language=scene.language, literals=LITERALS)
    while tokens and tokens[-1].text in _CLOSING:
        tokens.pop()
    return Chart(GRAMMAR, tokens, scene)


def _words_used(words: Sequence[str], text: str, said: int) -> int:
    """How many words the first `said` characters fill; 0 if they end inside a word."""
    ends = [position - 1 for position in accumulate(len(word) + 1 for word in words)]
    count = next(number for number, end in enumerate(ends, start=1) if end >= said)
    return count if not text[said : ends[count - 1]].strip(_CLOSING) else 0


def _result(found: object, text: str) -> DayResult:
    match found:
        case Period():
            return DayFound(first=found.start, last=found.last, grain=found.grain, text=text, werktage=found.werktage)
        case NoSuchDay() | WrongWeekday():
            return found.at(text)
        case _:
            return NotADate(text=text)
