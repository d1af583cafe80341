"""Feasts that people name instead of a date, whether or not they are holidays."""

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from commands.calendar.periods import Cycle, feast

_ADVENT = 4


def _fixed(month: int, day: int, days: int = 1) -> Cycle:
    return feast(lambda year: date(year, month, day), days)


def _easter(offset: int, days: int = 1) -> Cycle:
    return feast(_from_easter(offset), days)


def _from_easter(offset: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=offset)


def _advent_day(nth: int) -> Callable[[int], date]:
    """The nth Sunday of Advent; the fourth is the last Sunday before Christmas Day. Counts back with zero and less."""

    def of_year(year: int) -> date:
        eve = date(year, 12, 24)
        fourth = eve - timedelta(days=(eve.weekday() + 1) % 7)
        return fourth - timedelta(weeks=_ADVENT - nth)

    return of_year


def advent(nth: int) -> Cycle | None:
    """The first to fourth Sunday of Advent."""
    return feast(_advent_day(nth)) if 1 <= nth <= _ADVENT else None


def _penance(year: int) -> date:
    # The Wednesday eleven days before the first Sunday of Advent.
    return _advent_day(1)(year) - timedelta(days=11)


_CHRISTMAS = _fixed(12, 24, 3)
_NEW_YEAR = _fixed(1, 1)
_NEW_YEARS_EVE = _fixed(12, 31)
_CHRISTMAS_EVE = _fixed(12, 24)
_EPIPHANY = _fixed(1, 6)
_GOOD_FRIDAY = _easter(-2)
_EASTER = _easter(0, 2)
_EASTER_SUNDAY = _easter(0)
_EASTER_MONDAY = _easter(1)
_ASCENSION = _easter(39)
_WHITSUN = _easter(49, 2)
_WHIT_SUNDAY = _easter(49)
_WHIT_MONDAY = _easter(50)
_CORPUS_CHRISTI = _easter(60)
_ASSUMPTION = _fixed(8, 15)
_UNITY = _fixed(10, 3)
_ALL_SAINTS = _fixed(11, 1)
_PEACE = _fixed(8, 8)
_ASH_WEDNESDAY = _easter(-46)

FEASTS: dict[str, Cycle] = {
    "neujahr": _NEW_YEAR,
    "neujahrstag": _NEW_YEAR,
    "new year": _NEW_YEAR,
    "new year day": _NEW_YEAR,
    "dreikoenig": _EPIPHANY,
    "dreikoenige": _EPIPHANY,
    "dreikoenigstag": _EPIPHANY,
    "heilige drei koenige": _EPIPHANY,
    "heiligen drei koenige": _EPIPHANY,
    "epiphany": _EPIPHANY,
    "rosenmontag": _easter(-48),
    "faschingsdienstag": _easter(-47),
    "shrove tuesday": _easter(-47),
    "aschermittwoch": _ASH_WEDNESDAY,
    "ash wednesday": _ASH_WEDNESDAY,
    "palmsonntag": _easter(-7),
    "gruendonnerstag": _easter(-3),
    "maundy thursday": _easter(-3),
    "karfreitag": _GOOD_FRIDAY,
    "good friday": _GOOD_FRIDAY,
    "karsamstag": _easter(-1),
    "ostern": _EASTER,
    "osterfeiertage": _EASTER,
    "osterfeiertagen": _EASTER,
    "easter": _EASTER,
    "ostersonntag": _EASTER_SUNDAY,
    "easter sunday": _EASTER_SUNDAY,
    "ostermontag": _EASTER_MONDAY,
    "easter monday": _EASTER_MONDAY,
    "christi himmelfahrt": _ASCENSION,
    "himmelfahrt": _ASCENSION,
    "vatertag": _ASCENSION,
    "ascension day": _ASCENSION,
    "pfingsten": _WHITSUN,
    "whitsun": _WHITSUN,
    "pentecost": _WHITSUN,
    "pfingstsonntag": _WHIT_SUNDAY,
    "whit sunday": _WHIT_SUNDAY,
    "pfingstmontag": _WHIT_MONDAY,
    "whit monday": _WHIT_MONDAY,
    "fronleichnam": _CORPUS_CHRISTI,
    "corpus christi": _CORPUS_CHRISTI,
    "tag der arbeit": _fixed(5, 1),
    "maifeiertag": _fixed(5, 1),
    "friedensfest": _PEACE,
    "peace festival": _PEACE,
    "mariae himmelfahrt": _ASSUMPTION,
    "maria himmelfahrt": _ASSUMPTION,
    "assumption day": _ASSUMPTION,
    "tag der deutschen einheit": _UNITY,
    "german unity day": _UNITY,
    "day of german unity": _UNITY,
    "reformationstag": _fixed(10, 31),
    "allerheiligen": _ALL_SAINTS,
    "all saints": _ALL_SAINTS,
    "all saints day": _ALL_SAINTS,
    "martinstag": _fixed(11, 11),
    "buss und bettag": feast(_penance),
    "volkstrauertag": feast(_advent_day(-1)),
    "totensonntag": feast(_advent_day(0)),
    "ewigkeitssonntag": feast(_advent_day(0)),
    "nikolaus": _fixed(12, 6),
    "nikolaustag": _fixed(12, 6),
    "heiligabend": _CHRISTMAS_EVE,
    "heiliger abend": _CHRISTMAS_EVE,
    "heiligen abend": _CHRISTMAS_EVE,
    "christmas eve": _CHRISTMAS_EVE,
    "weihnachten": _CHRISTMAS,
    "weihnachtsfeiertage": _fixed(12, 25, 2),
    "weihnachtsfeiertagen": _fixed(12, 25, 2),
    "christmas": _CHRISTMAS,
    "xmas": _CHRISTMAS,
    "christmas day": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "silvester": _NEW_YEARS_EVE,
    "sylvester": _NEW_YEARS_EVE,
    "new year eve": _NEW_YEARS_EVE,
    "new years eve": _NEW_YEARS_EVE,
}
"""By name in small letters, ä ö ü ß written out."""
