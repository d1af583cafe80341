"""Phrases for one closed period: a day, a week, the beginning of next month, the last 30 days."""

from dataclasses import replace
from datetime import date, timedelta

from commands.calendar.chart import CountDays, Grammar, Place, Scene
from commands.calendar.cycles import SHIFTS, counts_a_noun, relative_unit
from commands.calendar.lexicon import words
from commands.calendar.periods import (
    DAY,
    Amount,
    Cycle,
    day_of_month,
    day_of_year,
    following,
    half,
    last_over,
    months_from,
    months_of_year,
    moved,
    nearest,
    next_new,
    nth_weekday,
    of_this_year,
    one_day,
    preceding,
    third,
    unit_around,
    unit_cycle,
    week_of,
    week_of_year,
    weekday,
    weekend_of,
    whole_year,
)
from commands.calendar.tokens import full_year
from commands.calendar.values import Grain, NoSuchDay, Period, Tense, WrongWeekday
from commands.calendar.workdays import SATURDAY

SPANS = Grammar()
phrase = SPANS.phrase

Found = Period | NoSuchDay | WrongWeekday

# --- amounts of time -------------------------------------------------------------------------------------------------


@phrase("amount", "n:NUM u:UNIT", "n:NUM kind:working|business|calendar|full|volle|vollen? u:UNIT")
def _amount(n: int, u: str, kind: str | None) -> Amount | None:
    unit = "workday" if kind in ("working", "business") and u == "day" else u
    return Amount(count=n, unit=unit) if unit != "weekend" else None


@phrase("amount", "n:NUM halben|halbes|halbe u:UNIT", "half a u:UNIT")
def _half_amount(n: int | None, u: str) -> Amount | None:
    return Amount(count=6, unit="month") if u == "year" and n in (None, 1) else None


@phrase("amount", "anderthalb|eineinhalb u:UNIT")
def _one_and_a_half(u: str) -> Amount | None:
    return Amount(count=18, unit="month") if u == "year" else None


@phrase("amount", "a? fortnight")
def _fortnight() -> Amount:
    return Amount(count=2, unit="week")


def shifted(scene: Scene, day: date, amount: Amount, sign: int) -> Period | None:
    """The day an amount of time before or after `day`; None where it cannot be told."""
    if amount.unit in ("workday", "werktag"):
        return _counted(scene, day, amount, sign)
    found = moved(day, amount, sign)
    return one_day(found) if found else None


def _counted(scene: Scene, day: date, amount: Amount, sign: int) -> Period | None:
    count: CountDays | None = scene.workday if amount.unit == "workday" else scene.werktag
    if count is None:
        return None
    return replace(one_day(count(day, sign * amount.count)), werktage=amount.unit == "werktag")


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
    """As in "Morgen" and "Morgen, ..." greet; "Morgen?" and "bis Morgen" mean the day."""
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
def _in_year(cycle: Cycle, year: int) -> Period | NoSuchDay | None:
    return cycle.in_year(year) if cycle.in_year else None


@phrase(
    "inyear", "cycle:<quarter> SLASH year:DIGITS", "cycle:<weekno> SLASH year:DIGITS", "cycle:<vague> year:<school>"
)
def _short_year(cycle: Cycle, year: int) -> Period | NoSuchDay | None:
    full = full_year(str(year)) if 10 <= year < 100 else 0
    return cycle.in_year(full) if cycle.in_year and full else None


@phrase("school", "year:YEAR SLASH DIGITS", "year:YEAR SLASH YEAR")
def _two_years(year: int) -> int:
    """As in "Winter 2026/27" begins in 2026."""
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
    """As in "the May meeting"; at the beginning of a sentence it may be a verb or somebody's name."""
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


# --- weekdays --------------------------------------------------------------------------------------------------------


@phrase("simple", "dow:DOW DAYPART?")
@phrase("spot", "dow:<dow> DAYPART?")
def _weekday(scene: Scene, dow: int) -> Period | NoSuchDay:
    return nearest(weekday(dow), scene.today, scene.tense)


@phrase("simple", "word:am|bis dow:LOWDOW")
def _small_weekday(scene: Scene, word: str, dow: int) -> Period | NoSuchDay | None:
    # "bis so" and "bis do" are no dates, "am so" is hardly anything else.
    return nearest(weekday(dow), scene.today, scene.tense) if word == "am" else None


@phrase("simple", "rel:REL dow:<dow> DAYPART?")
def _relative_weekday(scene: Scene, rel: str, dow: int) -> Period | NoSuchDay:
    today, cycle = scene.today, weekday(dow)
    match rel:
        case "last":
            return preceding(cycle, today)
        case "prelast":
            found = preceding(cycle, today)
            return one_day(found.start - 7 * DAY) if isinstance(found, Period) else found
        case "this" if scene.tense == Tense.PAST and dow < today.weekday():
            return preceding(cycle, today)
        case "this" | "coming":
            return following(cycle, today)
        case _:
            return one_day(week_of(today).start + 7 * SHIFTS[rel] * DAY + dow * DAY)


@phrase("simple", "dow:<dow> COMMA? of|in|der? ART? week:<week>", "week:<week> COMMA? am|on? dow:<dow> DAYPART?")
def _weekday_in_week(week: Found, dow: int) -> Found:
    return one_day(week.start + dow * DAY) if isinstance(week, Period) else week


@phrase("simple", "dow:<dow> COMMA? ART? found:<inyear>", "dow:<dow> COMMA? ART? found:DATE")
@phrase("simple", "dow:<dow> COMMA? ART? cycle:<date>")
@phrase("simple", "dow:<dow> COMMA? ART? dm:BARE")
@phrase("simple", "dow:DOW COMMA? ART? number:DOT|TH")
def _weekday_and_date(scene: Scene, place: Place, dow: int, found: Found | None, cycle: Cycle | None, dm: tuple[int, int] | None,
                      number: int | None) -> Found | None:  # fmt: skip
    if dm is not None:
        # "Freitag 20.11": without its last full stop a date only if the weekday bears it out.
        meant = _on_weekday(scene, day_of_year(*dm), dow)
        return meant if isinstance(meant, Period) and meant.start.weekday() == dow else None
    if number is not None:
        cycle = day_of_month(number) if not counts_a_noun(place) else None
    if cycle is not None:
        found = _on_weekday(scene, cycle, dow)
    if not isinstance(found, Period):
        return found
    if found.grain != Grain.DAY:
        return None
    return found if found.start.weekday() == dow else WrongWeekday(day=found.start, named=dow)


def _on_weekday(scene: Scene, cycle: Cycle, dow: int) -> Period | NoSuchDay:
    """The nearest in the direction of the tense, unless only the one in the other direction has that weekday."""
    meant = nearest(cycle, scene.today, scene.tense)
    both = (following(cycle, scene.today), preceding(cycle, scene.today))
    fitting = [found for found in both if isinstance(found, Period) and found.start.weekday() == dow]
    return meant if meant in fitting or not fitting else fitting[0]


@phrase("simple", "dow:<dow> week", "base:<today> week")
def _weekday_week(scene: Scene, dow: int | None, base: Period | None) -> Period | None:
    """Read "Friday week" and "tomorrow week": a week after it."""
    day = base if dow is None else following(weekday(dow), scene.today)
    return one_day(day.start + 7 * DAY) if isinstance(day, Period) else None


@phrase("simple", "dow:<dow> after next")
def _weekday_after_next(scene: Scene, dow: int) -> Period:
    return one_day(week_of(scene.today).start + (14 + dow) * DAY)


@phrase("relative", "dow:<dow> edge:vor|before|nach|after ART? found:<simple>")
def _weekday_beside(dow: int, edge: str, found: Found) -> Found:
    """As in "Dienstag nach Ostern", "the Friday before Christmas"."""
    if not isinstance(found, Period):
        return found
    if edge in ("nach", "after"):
        return one_day(found.end + (dow - found.end.weekday()) % 7 * DAY)
    return one_day(found.start - DAY - (found.start.weekday() - 1 - dow) % 7 * DAY)


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
    whole = nearest(named, scene.today, scene.tense) if year is None else _in_year(named, year)
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
        return _rolling(scene, Amount(count=1, unit=u), -1)
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
    """As in "the last quarter of 2025" is the fourth, not the one before this."""
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
    """As in "zum Jahresende", "zum Ende des Quartals": the day itself, not the last third."""
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
    """As in "am 15.", "by the 15th", "bis zum 15. des Monats"; not "am 3. Treffen", "the 3rd floor"."""
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


# --- from here on, so far back ---------------------------------------------------------------------------------------


@phrase("simple", "in amount:<amount> time?", "amount:<amount> from now|today|heute")
def _ahead(scene: Scene, amount: Amount) -> Period | None:
    return shifted(scene, scene.today, amount, 1)


@phrase("simple", "vor amount:<amount>", "amount:<amount> ago|her today?")
def _ago(scene: Scene, amount: Amount) -> Period | None:
    return shifted(scene, scene.today, amount, -1)


@phrase("simple", "base:<today> sign:in|vor amount:<amount>", "base:<today> amount:<amount> sign:ago")
def _from_a_day(scene: Scene, base: Period, sign: str, amount: Amount) -> Period | None:
    return shifted(scene, base.start, amount, 1 if sign == "in" else -1)


@phrase("simple", "dow:<dow> in amount:<amount>", "amount:<amount> from|on dow:<dow>")
def _weekday_ahead(scene: Scene, dow: int, amount: Amount) -> Period | None:
    """As in "Montag in einer Woche": a week after the Monday to come."""
    base = following(weekday(dow), scene.today)
    return shifted(scene, base.start, amount, 1) if isinstance(base, Period) else None


@phrase("simple", "dow:<dow> vor amount:<amount>", "dow:<dow> amount:<amount> ago", "amount:<amount> ago on? dow:<dow>")
def _weekday_back(scene: Scene, dow: int, amount: Amount) -> Period | None:
    """As in "Montag vor einer Woche": a week before the latest Monday."""
    base = preceding(weekday(dow), scene.today)
    return shifted(scene, base.start, amount, -1) if isinstance(base, Period) else None


@phrase("relative", "amount:<amount> edge:vor|before|nach|after|ab|from AT|LOOSE|ART? ART? found:<spot>")
def _beside(scene: Scene, amount: Amount, edge: str, found: Found) -> Found | None:
    """As in "zwei Wochen vor Weihnachten", "3 days after 1 December"."""
    if not isinstance(found, Period):
        return found
    before = edge in ("vor", "before")
    return shifted(scene, found.start if before else found.last, amount, -1 if before else 1)


@phrase("simple", "edge:NTH|REL n:NUM u:UNIT of|in|im|des|von ART? cycle:<whole>")
@phrase("simple", "edge:NTH|REL n:NUM u:UNIT of|in|im|des|von ART? found:<inyear>")
def _first_or_last(
    scene: Scene, edge: int | str, n: int, u: str, cycle: Cycle | None, found: Found | None
) -> Found | None:
    """Read "the first two weeks of December"."""
    if cycle is not None:
        found = nearest(cycle, scene.today, scene.tense)
    if not isinstance(found, Period):
        return found
    if edge not in (1, "last"):
        return None
    amount = Amount(count=n, unit=u)
    start = moved(found.end, amount, -1) if edge == "last" else found.start
    end = moved(found.start, amount, 1) if edge == 1 else found.end
    inside = start and end and found.start <= start < end <= found.end
    return Period(start=start, end=end, grain=Grain.PART) if start and end and inside else None


# --- rolling ---------------------------------------------------------------------------------------------------------


@phrase("simple", "rel:REL|past amount:<amount>", "n:NUM rel:REL u:UNIT")
def _last_or_next(scene: Scene, rel: str, amount: Amount | None, n: int | None, u: str | None) -> Period | None:
    amount = amount or (Amount(count=n, unit=u) if n and u else None)
    if amount is None or rel not in ("last", "past", "next", "coming"):
        return None
    return _rolling(scene, amount, 1 if rel in ("next", "coming") else -1)


@phrase("simple", "rel:REL halben|halbe|halbes u:ONE")
def _last_half_year(scene: Scene, rel: str, u: str) -> Period | None:
    return _last_or_next(scene, rel, Amount(count=6, unit="month"), None, None) if u == "year" else None


@phrase("simple", "innerhalb|binnen|within of|von|der|des|the? REL? amount:<amount>")
def _within(scene: Scene, amount: Amount) -> Period | None:
    """As in "innerhalb von zwei Wochen": up to and including the day two weeks ahead."""
    end = shifted(scene, scene.today, amount, 1)
    return Period(start=scene.today, end=end.end, grain=Grain.ROLLING, werktage=end.werktage) if end else None


def _rolling(scene: Scene, amount: Amount, sign: int) -> Period | None:
    """The last or next so many days, today included; quarters are those of the calendar."""
    if amount.unit == "quarter":
        first = -amount.count if sign < 0 else 1
        start, end = (unit_around("quarter", scene.today, shift).start for shift in (first, first + amount.count))
        return Period(start=start, end=end, grain=Grain.QUARTER)
    if sign > 0:
        end_day = shifted(scene, scene.today, amount, 1)
        return Period(start=scene.today, end=end_day.start, grain=Grain.ROLLING) if end_day else None
    tomorrow = scene.today + DAY
    first_day = shifted(scene, tomorrow, amount, -1)
    return Period(start=first_day.start, end=tomorrow, grain=Grain.ROLLING) if first_day else None
