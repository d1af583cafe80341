"""Phrases for what comes again: a date without a year, a month, quarter, season, numbered week, feast."""

from collections.abc import Callable
from datetime import date

from commands.calendar.chart import Grammar, Place, Scene
from commands.calendar.feasts import FEASTS, advent
from commands.calendar.periods import (
    Cycle,
    day_of_year,
    half,
    month_of,
    months_of_year,
    nth_weekday,
    one_day,
    part_of,
    third,
    unit_around,
    week_of_year,
    yearly,
)
from commands.calendar.values import Grain, NoSuchDay, Period

CYCLES = Grammar()
phrase = CYCLES.phrase

SHIFTS = {"prelast": -2, "last": -1, "this": 0, "coming": 1, "next": 1, "afternext": 2}
"""How many units away "the week before last" to "the week after next" are."""


def counts_a_noun(place: Place) -> bool:
    """Whether a noun follows that the number before it may count: "im Oktober 3 Projekte"."""
    return place.after is not None and place.after.opaque


# --- numbers and names -----------------------------------------------------------------------------------------------


@phrase("month", "m:MONTH|WEAKMONTH")
@phrase("anymonth", "m:MONTH|WEAKMONTH|LOWMONTH")
@phrase("dow", "m:DOW|WEAKDOW")
@phrase("dayno", "m:NTH|DIGITS")
def _as_it_is(m: int) -> int:
    return m


@phrase("nth", "n:NTH")
@phrase("nth", "rel:REL")
def _nth(n: int | None, rel: str | None) -> int | None:
    """First is 1, last is -1."""
    return n or (-1 if rel == "last" else None)


@phrase(
    "ofyear",
    "of|in|im|COMMA|SLASH? jahr|jahre|jahres|year? y:YEAR",
    "COMMA? of|des|im|in|vom? ART? rel:REL u:ONE",
    "COMMA? of|des|im|in|vom? ART? u:PREVIOUS",
    "d j",
)
def _of_year(scene: Scene, y: int | None, rel: str | None, u: str | None) -> int | None:
    if y is not None:
        return y
    if u not in (None, "year"):
        return None
    shift = SHIFTS[rel] if rel else -1 if u else 0
    return scene.today.year + shift


# --- days ------------------------------------------------------------------------------------------------------------


@phrase("date", "day:<dayno> of|im? ART? month:<month>", "day:TH of? month:LOWMONTH", "day:NTH of month:LOWMONTH")
def _day_month(place: Place, day: int, month: int) -> Cycle | None:
    # "112 Mai" is a number and a word; "32. Mai" is meant as a day.
    return day_of_year(day, month) if day <= 31 or "DOT" in place.first.meanings else None


@phrase("date", "month:<month> the? day:TH", "month:LOWMONTH the? day:TH", "month:<month> day:DIGITS")
def _month_day(place: Place, month: int, day: int) -> Cycle | None:
    if "TH" not in place.tokens[place.end - 1].meanings and "GERMANMONTH" in place.first.meanings:
        return None
    spelled = "TH" in place.tokens[place.end - 1].meanings
    before = place.before.word if place.before else ""
    sure = spelled or before in ("on", "by", "until", "since", "to", "and", "from", "between", "before", "after")
    return day_of_year(day, month) if day <= 31 and (sure or not counts_a_noun(place)) else None


@phrase("date", "dm:DM")
def _dotted(dm: tuple[int, int]) -> Cycle | None:
    day, month = dm
    return day_of_year(day, month) if 1 <= month <= 12 and 1 <= day <= 31 else None


_BEFORE_BARE = frozenset({"am", "vom", "zum", "den", "dem", "bis", "ab", "seit"})


@phrase("date", "dm:BARE")
def _undotted(place: Place, dm: tuple[int, int]) -> Cycle | None:
    # "am 7.12" is a day; "Kapitel 7.12" and "ab 2.5 GB" are none.
    after, before = place.after, place.before
    counted = after is not None and after.opaque and (after.capital or after.word in ("mio", "prozent"))
    return _dotted(dm) if before is not None and before.word in _BEFORE_BARE and not counted else None


# --- months, quarters, half years, seasons, weeks --------------------------------------------------------------------


@phrase("whole", "date:<date>")
def _date_itself(date: Cycle) -> Cycle:
    return date


@phrase("whole", "m:MONTH")
@phrase("vague", "m:WEAKMONTH")
@phrase("low", "m:LOWMONTH")
def _month(m: int) -> Cycle:
    return months_of_year(m, 1, Grain.MONTH)


@phrase("vague", "month:SEASON")
def _season(month: int) -> Cycle:
    return months_of_year(month, 3, Grain.SEASON)


@phrase("quarter", "n:QN", "n:NTH|ROMAN quartal|quarter|vierteljahr", "quartal|quarter n:DIGITS")
def _quarter(n: int) -> Cycle | None:
    return months_of_year(3 * n - 2, 3, Grain.QUARTER) if n <= 4 else None


@phrase("whole", "n:<quarter>")
@phrase("whole", "n:<weekno>")
def _named_cycle(n: Cycle) -> Cycle:
    return n


@phrase("whole", "n:NTH|ROMAN halbjahr|jahreshaelfte")
@phrase("halfof", "n:NTH half|haelfte")
def _half(n: int) -> Cycle | None:
    return months_of_year(6 * n - 5, 6, Grain.HALF) if n <= 2 else None


@phrase("weekno", "KW n:DIGITS", "n:KWN", "n:NTH KW", "common:week|woche n:DIGITS")
def _week(place: Place, n: int, common: str | None) -> Cycle | None:
    # "week 2 of the pilot" is no week of the year.
    counted = common and (
        counts_a_noun(place) or (place.after is not None and place.after.word in ("of", "des", "der"))
    )
    return week_of_year(n) if not counted else None


# --- weekdays of a month, feasts -------------------------------------------------------------------------------------


@phrase("whole", "n:<nth> dow:<dow> im|in|of|des? month:<anymonth>")
def _weekday_of_month(n: int, dow: int, month: int) -> Cycle:
    def of_year(year: int) -> Period | None:
        day = nth_weekday(n, dow, month_of(date(year, month, 1)))
        return one_day(day) if day else None

    return yearly(of_year, Grain.DAY, missing=NoSuchDay(month=month))


@phrase("whole", "n:NTH advent", "n:NTH adventssonntag")
def _advent(n: int) -> Cycle | None:
    return advent(n)


@phrase("whole", "n:NTH weihnachtstag|weihnachtsfeiertag")
def _christmas_day(n: int) -> Cycle | None:
    return day_of_year(24 + n, 12) if n <= 2 else None


def _declare_feast(name: str, cycle: Cycle) -> None:
    pattern = name.replace("buss und", "buss DASH? und")

    @phrase("whole", pattern)
    def _feast() -> Cycle:
        return cycle


for _name, _cycle in FEASTS.items():
    _declare_feast(_name, _cycle)


# --- beginnings, middles, ends ---------------------------------------------------------------------------------------


def _cut(which: int) -> Callable[[Period], Period]:
    return lambda whole: third(whole, which)


@phrase("part", "which:PART DASH? of|vom|von|im? ART? cycle:<whole>")
@phrase("part", "which:PART DASH? of|vom|von|im? ART? cycle:<vague>")
@phrase("part", "which:PART DASH? of|vom|von|im? ART? cycle:<low>")
def _part(place: Place, which: int, cycle: Cycle) -> Cycle | None:
    # "we start May 3" and "sie beginnt" are verbs; "start of May" is a time.
    verb = place.first.word in ("start", "middle") and place.tokens[place.start + 1].word != "of"
    return None if verb or cycle.grain == Grain.DAY else part_of(cycle, _cut(which))


@phrase("part", "n:NTH month:MONTHHALF")
@phrase("part", "n:NTH half|haelfte of|vom|von|im? ART? month:<anymonth>")
def _half_month(n: int, month: int) -> Cycle | None:
    return part_of(months_of_year(month, 1, Grain.MONTH), lambda whole: half(whole, n)) if n <= 2 else None


@phrase("sure", "cycle:<whole>")
@phrase("sure", "cycle:<part>")
@phrase("cycle", "cycle:<sure>")
@phrase("cycle", "cycle:<vague>")
def _cycle_itself(cycle: Cycle) -> Cycle:
    return cycle


def relative_unit(scene: Scene, rel: str, unit: str) -> Period:
    """The calendar unit "last", "this" or "next" names."""
    return unit_around(unit, scene.today, SHIFTS[rel])
