"""Durations and frequencies in words: "2 Wochen", "vierteljährlich", "every two weeks"."""

from datetime import date

from commands.calendar.chart import Chart, Scene
from commands.calendar.grammar import GRAMMAR, LITERALS
from commands.calendar.periods import Amount
from commands.calendar.tokens import tokenise
from commands.calendar.values import Tense
from storage.values import Duration, Language, Unit

_UNITS: dict[str, tuple[int, Unit]] = {
    "day": (1, Unit.DAYS),
    "week": (1, Unit.WEEKS),
    "month": (1, Unit.MONTHS),
    "quarter": (3, Unit.MONTHS),
    "half": (6, Unit.MONTHS),
    "year": (1, Unit.YEARS),
    "workday": (1, Unit.WORKDAYS),
}
_LONGEST = 9999


def parse_duration_words(text: str, language: Language | None = None) -> Duration | None:
    """The duration that the whole of `text` names, or None.

    "bimonthly" (twice a month or every two?) and Werktage, which no duration counts, are none.
    """
    tokens = tokenise(text, language=language, literals=LITERALS)
    # How long a duration is does not depend on today.
    chart = Chart(GRAMMAR, tokens, Scene(today=date(2000, 1, 1), tense=Tense.FUTURE))
    found = [chart.derive(phrase, 0).get(len(tokens)) for phrase in ("amount", "often")]
    return next((_duration(amount) for amount in found if isinstance(amount, Amount)), None)


def _duration(amount: Amount) -> Duration | None:
    factor, unit = _UNITS.get(amount.unit, (0, Unit.DAYS))
    count = amount.count * factor
    return Duration(count=count, unit=unit) if 0 < count <= _LONGEST else None
