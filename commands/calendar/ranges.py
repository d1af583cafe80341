"""Phrases for periods open on one side or named by both ends: since, until, from, before, after, between."""

from collections.abc import Callable
from functools import partial

from commands.calendar.amounts import shifted
from commands.calendar.chart import Grammar, Scene
from commands.calendar.cycles import SHIFTS, relative_unit
from commands.calendar.periods import (
    DAY,
    Amount,
    Cycle,
    day_of_month,
    day_of_year,
    from_on,
    months_of_year,
    nearest,
    one_day,
    part_of,
    third,
    up_to,
    week_of_year,
    weekday,
    whole_year,
)
from commands.calendar.values import Found, Grain, NoSuchDay, Period, Range, Rule, Tense, WrongWeekday

RANGES = Grammar()
phrase = RANGES.phrase

_FILL = "AT|LOOSE|ART|FIRM"
_FILLS = f"{_FILL}? {_FILL}? {_FILL}?"
Said = Range | NoSuchDay | WrongWeekday

# --- open on one side ------------------------------------------------------------------------------------------------


@phrase("top", f"SINCE {_FILLS} found:<when>@past")
def _since(scene: Scene, found: Found) -> Said | None:
    if not isinstance(found, Period):
        return found
    end = scene.today + DAY
    return Range(start=found.start, end=end, grain=Grain.SINCE) if found.start < end else None


@phrase("top", "SINCE amount:<amount>")
def _since_amount(scene: Scene, amount: Amount) -> Range | None:
    found = shifted(scene, scene.today, amount, -1)
    return Range(start=found.start, end=scene.today + DAY, grain=Grain.SINCE) if found else None


@phrase("top", f"UNTIL {_FILLS} found:<ending>@future")
def _until_the_end(found: Found) -> Said:
    # "bis Monatsende" looks ahead even in a question about the past.
    return _up_to_end(found)


@phrase("top", f"UNTIL {_FILLS} found:<when>", f"at|am the? latest {_FILLS} found:<when>")
@phrase("top", f"no|not later than {_FILLS} found:<when>", f"up to {_FILLS} found:<when>")
def _until(found: Found) -> Said:
    return _up_to_end(found)


def _up_to_end(found: Found) -> Said:
    return Range(start=None, end=found.end, grain=Grain.UNTIL) if isinstance(found, Period) else found


@phrase("top", "UNTIL NOW")
def _until_now(scene: Scene) -> Range:
    return Range(start=None, end=scene.today + DAY, grain=Grain.UNTIL)


@phrase("top", f"ab {_FILLS} found:<when>", f"as of|from|at {_FILL}? found:<when>")
@phrase("top", "starting|beginning on|in|from|with? ART? found:<when>")
@phrase("top", f"from|von|vom|as|starting {_FILL}? found:<when> on|onwards|onward|forward|an")
def _from(found: Found) -> Said:
    return Range(start=found.start, end=None, grain=Grain.FROM) if isinstance(found, Period) else found


@phrase("top", "ab NOW", "from now on|onwards", "as of now")
def _from_now(scene: Scene) -> Range:
    return Range(start=scene.today, end=None, grain=Grain.FROM)


@phrase("top", "BEFORE ART? ART? found:<spot>", "prior to ART? found:<spot>")
def _before(found: Found) -> Said:
    return Range(start=None, end=found.start, grain=Grain.UNTIL) if isinstance(found, Period) else found


@phrase("top", "AFTER ART? ART? found:<spot>")
def _after(found: Found) -> Said:
    return Range(start=found.end, end=None, grain=Grain.FROM) if isinstance(found, Period) else found


@phrase("top", f"amount:<amount> BEFORE|AFTER|ab|from {_FILLS} <spot>")
def _uncounted(scene: Scene, amount: Amount) -> NoSuchDay | None:
    # "10 AT ab heute" where nothing counts working days: it is no date, and "ab heute" alone would be another one.
    counts = {"workday": scene.workday, "werktag": scene.werktag}
    return NoSuchDay() if amount.unit in counts and counts[amount.unit] is None else None


# --- both ends -------------------------------------------------------------------------------------------------------


@phrase("to", f"bis|to|until|till|through|thru|DASH {_FILLS}")
@phrase("wordto", f"bis|to|until|till|through|thru {_FILLS}")
@phrase("and", f"und|and {_FILLS}")
def _separator() -> bool:
    return True


@phrase("end", "cycle:<cycle>", "cycle:<low>")
def _end_cycle(cycle: Cycle) -> Cycle:
    return cycle


@phrase("end", "dow:<dow>")
def _end_weekday(dow: int) -> Cycle:
    return weekday(dow)


def _joined(first: Found | None, last: Found | None) -> Said | None:
    for found in (first, last):
        if not isinstance(found, Period):
            return found
    if not isinstance(first, Period) or not isinstance(last, Period) or first.start >= last.end:
        return None
    return Range(start=first.start, end=last.end, grain=Grain.RANGE)


def between_cycles(scene: Scene, first: Cycle, last: Cycle, year: int | None) -> Said | None:
    """Both ends without a year, or with one year for both: the pair that lies in the direction of the tense."""
    if year is not None:
        end = last.in_year(year) if last.in_year else last.missing
        return _joined(up_to(first, end.start) if isinstance(end, Period) else end, end)
    if scene.tense == Tense.PAST:
        end = nearest(last, scene.today, scene.tense)
        return _joined(up_to(first, end.start) if isinstance(end, Period) else end, end)
    start = nearest(first, scene.today, scene.tense)
    return _joined(start, from_on(last, start.start) if isinstance(start, Period) else start)


def _day_pair(scene: Scene, a: int, b: int, months: tuple[int, int], year: int | None) -> Said | None:
    first, last = day_of_year(a, months[0]), day_of_year(b, months[1])
    return between_cycles(scene, first, last, year)


def _declare_pairs(name: str, sep: str) -> Callable[..., object]:
    @phrase(name, f"a:<dayno> {sep} b:<dayno> of? month:<month> year:<ofyear>?")
    @phrase(name, f"month:<month> a:<dayno> {sep} b:<dayno> year:<ofyear>?")
    def days_of_a_month(scene: Scene, a: int, b: int, month: int, year: int | None) -> Said | None:
        return _day_pair(scene, a, b, (month, month), year) if a < b else None

    @phrase(name, f"a:DOT {sep} b:DM year:<ofyear>?")
    def days_dotted(scene: Scene, a: int, b: tuple[int, int], year: int | None) -> Said | None:
        return _day_pair(scene, a, b[0], (b[1], b[1]), year)

    @phrase(name, f"a:DOT {sep} date:DATE")
    def days_and_year(a: int, date: Found) -> Said | None:
        if not isinstance(date, Period) or not 1 <= a <= date.start.day:
            return date if not isinstance(date, Period) else None
        return _joined(one_day(date.start.replace(day=a)), date)

    @phrase(name, f"a:<end> {sep} b:<end> year:<ofyear>?")
    @phrase(name, f"a:<quarter> {sep} b:<quarter> SLASH year:YEAR")
    def cycles(scene: Scene, a: Cycle, b: Cycle, year: int | None) -> Said | None:
        return between_cycles(scene, a, b, year)

    @phrase(name, f"KW a:DIGITS {sep} KW? b:DIGITS year:<ofyear>?")
    def weeks(scene: Scene, a: int, b: int, year: int | None) -> Said | None:
        return between_cycles(scene, week_of_year(a), week_of_year(b), year)

    @phrase(name, f"a:NTH {sep} n:<quarter> year:<ofyear>?")
    def quarters(scene: Scene, a: int, n: Cycle, year: int | None) -> Said | None:
        return between_cycles(scene, months_of_year(3 * a - 2, 3, Grain.QUARTER), n, year) if a <= 4 else None

    @phrase(name, f"first:<known> {sep} last:<known>", f"first:<year> {sep} last:<year>")
    @phrase(name, "first:<year> <wordto> last:<known>", "first:<known> <wordto> last:<year>")
    def known(first: Found, last: Found) -> Said | None:
        return _joined(first, last)

    @phrase(name, f"first:<known> {sep} b:<end>")
    def known_then_cycle(first: Found, b: Cycle) -> Said | None:
        return _joined(first, from_on(b, first.start) if isinstance(first, Period) else None)

    @phrase(name, f"a:<end> {sep} last:<known>")
    def cycle_then_known(a: Cycle, last: Found) -> Said | None:
        return _joined(up_to(a, last.start) if isinstance(last, Period) else None, last)

    return known


_declare_pairs("pairto", "<to>")
_declare_pairs("pairand", "<and>")


@phrase("top", f"zwischen|between {_FILL}? {_FILL}? said:<pairand>", f"von|vom|from|ab {_FILL}? said:<pairto>")
@phrase("top", f"{_FILLS} said:<pairto>")
def _pair(said: Said) -> Said:
    return said


@phrase("top", "am|on|den|vom|die? ART? a:<dayno> und|and b:<dayno> of? month:<month> year:<ofyear>?")
@phrase("top", "am|on|den|vom|die? a:DOT und|and dm:DM year:<ofyear>?")
@phrase("top", f"{_FILL}? a:DOT SLASH dm:DM year:<ofyear>?")
def _two_days(scene: Scene, a: int, b: int | None, month: int | None, dm: tuple[int, int] | None,
              year: int | None) -> Said | None:  # fmt: skip
    """Read "am 1. und 2. Dezember"; days that do not follow each other are two dates, not a range."""
    day, of = dm or (b or 0, month or 0)
    return _day_pair(scene, a, day, (of, of), year) if day == a + 1 else None


@phrase("top", f"{_FILLS} KW a:DIGITS und|and|SLASH b:DIGITS year:<ofyear>?")
def _two_weeks(scene: Scene, a: int, b: int, year: int | None) -> Said | None:
    return between_cycles(scene, week_of_year(a), week_of_year(b), year) if b == a + 1 else None


@phrase("top", f"{_FILLS} a:REL und|and|oder|or {_FILLS} b:REL u:ONE")
def _two_units(scene: Scene, a: str, b: str, u: str) -> Said | None:
    """Read "diese und nächste Woche"."""
    return _joined(relative_unit(scene, a, u), relative_unit(scene, b, u)) if SHIFTS[b] == SHIFTS[a] + 1 else None


@phrase("top", f"{_FILLS} a:PART SLASH|DASH|bis|to b:PART of? ART? cycle:<whole> year:<ofyear>?")
def _from_part_to_part(scene: Scene, a: int, b: int, cycle: Cycle, year: int | None) -> Said | None:
    """Read "Anfang bis Mitte Dezember"."""
    first, last = (part_of(cycle, partial(third, which=which)) for which in (a, b))
    return between_cycles(scene, first, last, year) if a < b and cycle.grain != Grain.DAY else None


@phrase("top", f"{_FILLS} a:<part> SLASH b:<part> year:<ofyear>?")
def _two_parts(scene: Scene, a: Cycle, b: Cycle, year: int | None) -> Said | None:
    return between_cycles(scene, a, b, year)


@phrase("top", f"{_FILLS} jahren|jahre|years said:<pairand>")
def _two_years(said: Said) -> Said:
    return said


@phrase("top", "a:YEAR SLASH b:YEAR")
def _double_year(a: int, b: int) -> Said | None:
    return _joined(whole_year(a), whole_year(b)) if b == a + 1 else None


@phrase("top", "a:<month> SLASH b:<month> year:<ofyear>?")
def _month_slash_month(scene: Scene, a: int, b: int, year: int | None) -> Said | None:
    first, last = (months_of_year(month, 1, Grain.MONTH) for month in (a, b))
    return between_cycles(scene, first, last, year) if a < b else None


# --- one period, one rule --------------------------------------------------------------------------------------------


@phrase(
    "top",
    f"{_FILLS} found:<known>",
    "AT ART? found:<spot>",
    "ueber|uebers|over ART? found:<weekend>",
    "fuer|for|from|of|von|ueber found:<year>",
)
@phrase("top", "found:<bareyear>")
@phrase("top", "found:<edge>")
def _plain(found: Found) -> Said:
    if not isinstance(found, Period):
        return found
    return Range(start=found.start, end=found.end, grain=found.grain)


@phrase("year", "found:YEAR")
def _one_year(found: int) -> Period:
    return whole_year(found)


@phrase("top", "rrule:<rule>")
def _rule(rrule: str) -> Rule:
    return Rule(rrule=rrule)


# --- the value of a field --------------------------------------------------------------------------------------------


@phrase("value", "UNTIL|ab? found:<edge>", f"UNTIL|ab? {_FILLS} found:<when>", f"UNTIL|ab? {_FILLS} found:<soon>")
def _value(found: Found) -> Found:
    return found


@phrase("soon", "amount:<amount>")
def _soon(scene: Scene, amount: Amount) -> Period | None:
    """Read "5 AT", "2 Wochen": counted from today."""
    return shifted(scene, scene.today, amount, 1)


@phrase("wholevalue", f"UNTIL|ab? {_FILLS} dow:LOWDOW")
def _low_weekday(scene: Scene, dow: int) -> Period | NoSuchDay:
    return nearest(weekday(dow), scene.today, scene.tense)


@phrase("barevalue", f"UNTIL|ab? {_FILLS} dm:BARE", f"UNTIL|ab? {_FILLS} dm:DM")
def _bare_date(scene: Scene, dm: tuple[int, int]) -> Period | NoSuchDay:
    return nearest(day_of_year(*dm), scene.today, scene.tense)


@phrase("wholevalue", f"UNTIL|ab? {_FILLS} number:DOT|TH")
def _number_of_a_day(scene: Scene, number: int) -> Period | NoSuchDay:
    return nearest(day_of_month(number), scene.today, scene.tense)


@phrase("wholevalue", f"UNTIL|ab? {_FILLS} MORROW")
def _morrow(scene: Scene) -> Period:
    return one_day(scene.today + DAY)
