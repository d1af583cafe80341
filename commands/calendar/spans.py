"""Phrases for one closed period: today, a date with or without its year, a year."""

from commands.calendar.chart import Grammar, Place, Scene
from commands.calendar.cycles import SHIFTS, counts_a_noun
from commands.calendar.lexicon import words
from commands.calendar.periods import (
    DAY,
    Cycle,
    day_of_year,
    half,
    last_over,
    months_of_year,
    nearest,
    next_new,
    of_this_year,
    one_day,
    unit_around,
    week_of_year,
    whole_year,
)
from commands.calendar.tokens import full_year
from commands.calendar.values import Found, Grain, NoSuchDay, Period

SPANS = Grammar()
phrase = SPANS.phrase

# --- days ------------------------------------------------------------------------------------------------------------


@phrase("today", "offset:DAYWORD DAYPART?")
def _day_word(scene: Scene, offset: int) -> Period:
    return one_day(scene.today + offset * DAY)


@phrase("today", "ART? tag|day edge:vor|before|nach|after gestern|yesterday|morgen|tomorrow")
def _day_beyond(scene: Scene, place: Place, edge: str) -> Period | None:
    past = edge in ("vor", "before")
    said = place.tokens[place.end - 1].word in ("gestern", "yesterday")
    return one_day(scene.today + (-2 if past else 2) * DAY) if past == said else None


@phrase("today", "last night")
def _last_night(scene: Scene) -> Period:
    return one_day(scene.today - DAY)


@phrase("today", "this DAYPART")
def _this_morning(scene: Scene) -> Period:
    return one_day(scene.today)


_NOT_TOMORROW_AFTER = frozenset({"guten", "gute", "am", "jeden", "diesen", "moin", "schoenen", "frueh"})


@phrase("today", "MORROW DAYPART?")
def _tomorrow(scene: Scene, place: Place) -> Period | None:
    before = place.before
    noun = before is not None and (before.word in _NOT_TOMORROW_AFTER or "DOW" in before.meanings)
    return None if noun or _greeting(place) else one_day(scene.today + DAY)


def _greeting(place: Place) -> bool:
    """Whether it greets, as "Morgen" and "Morgen, ..." do; "Morgen?" and "bis Morgen" mean the day."""
    if place.before is not None or not place.first.capital:
        return False
    return place.after is None or place.after.text in (",", "!", ".") or place.after.word in ("zusammen", "allerseits")


@phrase("spot", "found:<simple>")
@phrase("when", "found:<relative>")
@phrase("known", "found:<relative>")
@phrase("known", "found:<simple>")
@phrase("when", "found:<spot>")
@phrase("simple", "found:<inyear>")
@phrase("simple", "found:<week>")
@phrase("simple", "found:DATE")
@phrase("simple", "found:<today>")
def _itself(found: Found) -> Found:
    return found


# --- with and without a year -----------------------------------------------------------------------------------------


@phrase("inyear", "cycle:<sure> year:<ofyear>", "cycle:<vague> year:<ofyear>", "cycle:<low> year:<ofyear>")
@phrase("inyear", "cycle:<halfof> year:<ofyear>")
def in_the_year(cycle: Cycle, year: int) -> Period | NoSuchDay | None:
    """The occurrence of a year."""
    return cycle.in_year(year) if cycle.in_year else None


@phrase(
    "inyear", "cycle:<quarter> SLASH year:DIGITS", "cycle:<weekno> SLASH year:DIGITS", "cycle:<vague> year:<school>"
)
def _short_year(cycle: Cycle, year: int) -> Period | NoSuchDay | None:
    full = full_year(str(year)) if 10 <= year < 100 else 0
    return cycle.in_year(full) if cycle.in_year and full else None


@phrase("school", "year:YEAR SLASH DIGITS", "year:YEAR SLASH YEAR")
def _two_years(year: int) -> int:
    """Read the year in which "Winter 2026/27" begins."""
    return year % 100


@phrase("inyear", "cycle:<quarter> DASH year:YEAR", "cycle:<weekno> DASH year:YEAR", "year:YEAR DASH? cycle:<quarter>")
def _dashed_year(cycle: Cycle, year: int) -> Period | NoSuchDay | None:
    return cycle.in_year(year) if cycle.in_year else None


@phrase("inyear", "month:GERMANMONTH year:DIGITS", "cycle:<quarter> year:DIGITS")
def _two_digit_year(place: Place, month: int | None, cycle: Cycle | None, year: int) -> Period | NoSuchDay | None:
    """Read "Juli 19", "Q1 27"; a number that counts a noun is no year."""
    named = months_of_year(month, 1, Grain.MONTH) if month else cycle
    plausible = 10 <= year < 100 and not counts_a_noun(place)
    return named.in_year(2000 + year) if named and named.in_year and plausible else None


@phrase("inyear", "KW o:OFYEAR")
def _week_and_year(o: tuple[int, int]) -> Period | NoSuchDay | None:
    cycle = week_of_year(o[0])
    return cycle.in_year(o[1]) if cycle.in_year else None


@phrase("inyear", "day:DOT month:DOT year:YEAR")
def _spaced(day: int, month: int, year: int) -> Period | NoSuchDay | None:
    cycle = day_of_year(day, month)
    return cycle.in_year(year) if cycle.in_year else None


@phrase("inyear", "n:<nth> half|haelfte of|vom|von? ART? rel:REL? u:ONE")
def _half_of_unit(scene: Scene, n: int, rel: str | None, u: str) -> Period | None:
    whole = unit_around(u, scene.today, SHIFTS[rel or "this"])
    return half(whole, 2 if n < 0 else n) if n <= 2 and u in ("month", "year") else None


@phrase("simple", "cycle:<sure>")
@phrase("spot", "cycle:<vague>")
@phrase("spot", "cycle:<low>")
def _without_year(scene: Scene, cycle: Cycle) -> Period | NoSuchDay:
    return nearest(cycle, scene.today, scene.tense)


@phrase("simple", "month:WEAKMONTH")
def _capital_month(scene: Scene, place: Place, month: int) -> Period | NoSuchDay | None:
    """Read "the May meeting"; at the beginning of a sentence it may be a verb or somebody's name."""
    if place.before is None or place.before.sign or place.first.word not in ("may", "march"):
        return None
    return nearest(months_of_year(month, 1, Grain.MONTH), scene.today, scene.tense)


@phrase("simple", "rel:REL cycle:<sure>", "rel:REL cycle:<vague>")
@phrase("simple", "rel:REL low:<low>")
def _relative_cycle(scene: Scene, rel: str, cycle: Cycle | None, low: Cycle | None) -> Period | NoSuchDay | None:
    named = cycle or low
    if named is None or (low and rel == "this"):  # "this may take long"
        return None
    match rel:
        case "last":
            return last_over(named, scene.today)
        case "this":
            return of_this_year(named, scene.today)
        case "next" | "coming":
            return next_new(named, scene.today)
        case _:
            return None


@phrase("spot", "year:YEAR")
@phrase("simple", "jahr|jahre|jahres|year|haushaltsjahr|kalenderjahr|haushaltsjahres|kalenderjahres year:YEAR")
def _year(year: int) -> Period:
    return whole_year(year)


_OPENERS = frozenset(
    words(
        "war waren was wer wie wo wann welche welcher welches hat haben hatte ist sind wird wurde wurden gab gibt "
        "galt did does do is are were which who what when how has have had und and oder or"
    )
)


_TITLES = (
    "strategie", "strategy", "agenda", "programm", "programme", "vision", "plan", "konzept", "city", "initiative",
    "offensive", "pakt", "portal", "stadt",
)  # fmt: skip


@phrase("bareyear", "year:YEAR")
def _bare_year(scene: Scene, place: Place, year: int) -> Period | None:
    """A year without a preposition, unless it looks like a part of a name: "Smart City 2030", "Agenda 2030"."""
    names = _names_before(place)
    telling = names[0] if names else ""
    named = len(names) > 1 or (len(names) == 1 and year > scene.today.year + 1)
    titled = (telling.isupper() and len(telling) > 1) or telling.casefold().endswith(_TITLES)
    return None if named or titled else whole_year(year)


def _names_before(place: Place) -> list[str]:
    """The capitalised words directly before, nearest first; the word that opens a question is none."""
    names: list[str] = []
    for index in range(place.start - 1, -1, -1):
        token = place.tokens[index]
        if not token.capital or not token.opaque or (index == 0 and token.word in _OPENERS):
            break
        names.append(token.text)
    return names


@phrase("spot", "month:MY")
def _month_slash_year(month: Period) -> Period:
    return month
