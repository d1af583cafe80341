"""Phrases for calendar units and their parts: last week, the end of next month, the 15th."""

from datetime import date, timedelta

from commands.calendar.amounts import rolling
from commands.calendar.chart import Grammar, Place, Scene
from commands.calendar.cycles import SHIFTS, relative_unit
from commands.calendar.periods import (
    DAY,
    Amount,
    Cycle,
    day_of_month,
    months_from,
    months_of_year,
    nearest,
    nth_weekday,
    one_day,
    third,
    unit_around,
    unit_cycle,
    week_of,
    weekend_of,
    whole_year,
)
from commands.calendar.spans import in_the_year
from commands.calendar.values import Found, Grain, NoSuchDay, Period, Tense
from commands.calendar.workdays import SATURDAY

UNITS = Grammar()
phrase = UNITS.phrase

# --- weeks and other calendar units ----------------------------------------------------------------------------------


@phrase("week", "cycle:<weekno> year:<ofyear>?")
def _numbered_week(scene: Scene, cycle: Cycle, year: int | None) -> Period | NoSuchDay | None:
    if year is None:
        return nearest(cycle, scene.today, scene.tense)
    return cycle.in_year(year) if cycle.in_year else None


@phrase(
    "week",
    "n:<nth> woche|week im|in|of|des? ART? month:<month> year:<ofyear>?",
    "n:<nth> month:MONTHWEEK year:<ofyear>?",
)
def _week_of_month(scene: Scene, n: int, month: int, year: int | None) -> Period | NoSuchDay | None:
    """A week belongs to the month that has most of its days, so its Thursday, as ISO 8601 does it with years."""
    named = months_of_year(month, 1, Grain.MONTH)
    whole = nearest(named, scene.today, scene.tense) if year is None else in_the_year(named, year)
    if not isinstance(whole, Period):
        return whole
    thursday = nth_weekday(n, 3, whole)
    return week_of(thursday) if thursday else None


@phrase("week", "rel:REL u:ONE", "rel:REL KW")
def _relative_week(scene: Scene, rel: str, u: str | None) -> Period | None:
    return relative_unit(scene, rel, "week") if u in (None, "week") else None


@phrase("simple", "past:past? rel:REL? u:ONE")
def _relative_unit(scene: Scene, rel: str | None, u: str, past: str | None) -> Period | None:
    if past and rel is None:
        return rolling(scene, Amount(count=1, unit=u), -1)
    if past or rel is None:
        return None
    return _weekend(scene, rel) if u == "weekend" else relative_unit(scene, rel, u)


def _weekend(scene: Scene, rel: str) -> Period:
    shift = 0 if rel == "coming" else SHIFTS[rel]
    return weekend_of(scene.today + 7 * shift * DAY)


@phrase("spot", "found:<weekend>")
def _weekend_itself(found: Period) -> Period:
    return found


@phrase("weekend", "wochenende|weekend")
def _bare_weekend(scene: Scene) -> Period:
    last = scene.tense == Tense.PAST and scene.today.weekday() < SATURDAY
    return weekend_of(scene.today - 7 * DAY if last else scene.today)


@phrase("simple", "rel:REL half DASH? year")
def _relative_half_year(scene: Scene, rel: str) -> Period:
    return relative_unit(scene, rel, "half")


@phrase("simple", "u:PREVIOUS")
def _previous_unit(scene: Scene, u: str) -> Period:
    return unit_around(u, scene.today, -1)


@phrase("simple", "laufe|lauf|verlauf der|des u:ONE", "course of the u:ONE")
def _in_the_course(scene: Scene, u: str) -> Period:
    return unit_around(u, scene.today, 0)


@phrase("inyear", "last:REL quartal|quarter year:<ofyear>", "last:REL quartal|quarter of|des? ART? jahres|year")
def _last_quarter(scene: Scene, last: str, year: int | None) -> Period | None:
    """Read "the last quarter of 2025": the fourth, not the one before this."""
    year = year or scene.today.year
    return months_from(date(year, 10, 1), 3, Grain.QUARTER) if last == "last" else None


@phrase("simple", "heuer")
def _this_year(scene: Scene) -> Period:
    return whole_year(scene.today.year)


@phrase("week", "week edge:before|after REL")
@phrase("simple", "u:ONE edge:before|after REL")
def _beyond(scene: Scene, place: Place, edge: str, u: str | None) -> Period | None:
    """The week before last, the month after next."""
    if (edge, place.tokens[place.end - 1].word) not in (("before", "last"), ("after", "next")):
        return None
    return unit_around(u or "week", scene.today, -2 if edge == "before" else 2)


@phrase("simple", "u:ONE vom|of|beginning|commencing|starting|ab? ART? found:<today>")
@phrase("simple", "u:ONE vom|of|beginning|commencing|starting|ab ART? found:<inyear>")
@phrase("simple", "u:ONE vom|of|beginning|commencing|starting|ab ART? found:DATE")
@phrase("simple", "u:ONE vom|of|beginning|commencing|starting|ab ART? cycle:<date>")
def _week_around(scene: Scene, u: str, found: Found | None, cycle: Cycle | None) -> Found | None:
    """The week of 7 December."""
    if cycle is not None:
        found = nearest(cycle, scene.today, scene.tense)
    if u != "week" or (isinstance(found, Period) and found.grain != Grain.DAY):
        return None
    return week_of(found.start) if isinstance(found, Period) else found


# --- beginnings, middles, ends ---------------------------------------------------------------------------------------


@phrase("simple", "which:PART of|vom|von? ART? rel:REL u:ONE")
def _part_of_relative(scene: Scene, which: int, rel: str, u: str) -> Period:
    return third(relative_unit(scene, rel, u), which)


@phrase("simple", "which:PART of|vom|von? u:PREVIOUS")
def _part_of_previous(scene: Scene, which: int, u: str) -> Period:
    return third(unit_around(u, scene.today, -1), which)


@phrase("simple", "which:PART DASH? of|des|der? DASH? ART? u:ONE")
def _part_of_unit(scene: Scene, place: Place, which: int, u: str) -> Period | NoSuchDay | None:
    bare = place.end - place.start == 2
    return None if bare and place.first.word != "end" else _nearest_part(scene, which, u)


@phrase("simple", "u:ONE DASH? which:end|start")
def _unit_end(scene: Scene, u: str, which: str) -> Period | NoSuchDay | None:
    return _nearest_part(scene, 2 if which == "end" else 0, u) if u != "weekend" else None


@phrase("simple", "up:UNITPART")
def _unit_part(scene: Scene, up: tuple[int, str]) -> Period | NoSuchDay:
    return _nearest_part(scene, *up)


def _nearest_part(scene: Scene, which: int, unit: str) -> Period | NoSuchDay:
    cycle = unit_cycle(unit, lambda whole: third(whole, which))
    return nearest(cycle, scene.today, scene.tense)


@phrase("simple", "which:PART DASH? of|vom|von|des? jahres|year? year:YEAR")
@phrase("simple", "up:UNITPART year:<ofyear>")
def _part_of_year(which: int | None, up: tuple[int, str] | None, year: int) -> Period | None:
    if up is not None and up[1] != "year":
        return None
    return third(whole_year(year), up[0] if up else which or 0)


@phrase("edge", "zum|zu found:<ending>")
def _edge(found: Period) -> Period:
    """Read "zum Jahresende", "zum Ende des Quartals": the day itself, not the last third."""
    return one_day(found.last)


@phrase("ending", "up:UNITPART year:<ofyear>?", "which:ende|end of? ART? rel:REL? u:ONE")
def _ending(scene: Scene, up: tuple[int, str] | None, year: int | None, rel: str | None,
            u: str | None) -> Period | NoSuchDay | None:  # fmt: skip
    if up is not None and (up[0] != 2 or (year and up[1] != "year")):
        return None
    if year:
        return third(whole_year(year), 2)
    if rel and u:
        return third(relative_unit(scene, rel, u), 2)
    return _nearest_part(scene, 2, up[1] if up else u or "month")


# --- days of a month -------------------------------------------------------------------------------------------------

_BEFORE_DAY_NUMBER = frozenset({"am", "zum", "vom", "dem", "den", "bis"})


@phrase(
    "simple", "number:DOT", "number:TH", "number:DOT of|des? monats|month", "number:TH of the? month", "number:DOT d m"
)
def _day_number(scene: Scene, place: Place, number: int) -> Period | NoSuchDay | None:
    """Read "am 15.", "by the 15th", "bis zum 15. des Monats"; not "am 3. Treffen", "the 3rd floor"."""
    before = place.before.word if place.before else ""
    said = before in _BEFORE_DAY_NUMBER or (before == "the" and _preposed(place))
    if not said or _counts_a_noun(place) or number > 31:
        return None
    return nearest(day_of_month(number), scene.today, scene.tense)


def _preposed(place: Place) -> bool:
    words = [token.word for token in place.tokens[max(0, place.start - 2) : place.start]]
    return words[0] in ("on", "by", "until", "till", "since", "before", "after", "from", "to")


def _counts_a_noun(place: Place) -> bool:
    after = place.after
    if after is None or (after.sign and not after.meanings):
        return False
    if after.opaque:
        return after.capital or "TH" in place.tokens[place.end - 1].meanings
    # In "am 1. und 2. Dezember" the month comes later.
    later = place.tokens[place.end + 1].meanings if place.end + 1 < len(place.tokens) else {}
    listed = after.word in ("und", "and", "oder", "or", "bis", "to") or after.sign
    return listed and bool({"NTH", "DIGITS", "DM"} & later.keys())


@phrase("simple", "number:NTH of|des? ART? rel:REL u:ONE", "number:NTH of|des? u:PREVIOUS")
def _day_of_relative_month(scene: Scene, number: int, rel: str | None, u: str) -> Period | NoSuchDay | None:
    if u != "month":
        return None
    month = relative_unit(scene, rel or "last", u)
    day = month.start + timedelta(days=number - 1)
    return one_day(day) if day < month.end else NoSuchDay(day=number, month=month.start.month, year=month.start.year)


@phrase("simple", "n:<nth> dow:<dow> im|in|of|des? ART? rel:REL u:ONE")
def _weekday_of_relative_month(scene: Scene, n: int, dow: int, rel: str, u: str) -> Period | None:
    day = nth_weekday(n, dow, relative_unit(scene, rel, u)) if u == "month" else None
    return one_day(day) if day else None
