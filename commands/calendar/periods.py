"""Days, weeks, months and what returns each year: the values date phrases are built from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta

from commands.calendar.months import add_months, last_of_month
from commands.calendar.values import Grain, NoSuchDay, Period, Tense

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
YEARS_AROUND = 9
"""How far a date without a year is looked for: eight years pass between two leap days around 2100."""


NOWHEN = NoSuchDay()
"""What is missing of a cycle that always occurs."""


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number of days, weeks, months, years, workdays or werktage."""

    count: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """What comes again, as a month or a weekday does; the year or week decides which one is meant."""

    around: Callable[[date], Iterable[Period]]
    """The occurrences near a day, in order."""
    grain: Grain
    in_year: Callable[[int], Period | NoSuchDay] | None = None
    """The one of a year, for what comes once a year."""
    strict: bool = False
    """Whether an occurrence that holds today is passed over: on a Friday nobody calls today "Friday"."""
    missing: NoSuchDay = NOWHEN
    """What is missing if it never occurs."""


# --- periods ---------------------------------------------------------------------------------------------------------


def one_day(day: date) -> Period:
    """That day alone."""
    return Period(start=day, end=day + DAY, grain=Grain.DAY)


def week_of(day: date) -> Period:
    """Monday to Sunday around `day`."""
    monday = day - timedelta(days=day.weekday())
    return Period(start=monday, end=monday + WEEK, grain=Grain.WEEK)


def weekend_of(day: date) -> Period:
    """Saturday and Sunday of the week of `day`."""
    week = week_of(day)
    return Period(start=week.start + 5 * DAY, end=week.end, grain=Grain.WEEKEND)


def months_from(start: date, count: int, grain: Grain) -> Period:
    """`count` months from the first of a month."""
    return Period(start=start, end=add_months(start, count), grain=grain)


def month_of(day: date) -> Period:
    """The calendar month around `day`."""
    return months_from(day.replace(day=1), 1, Grain.MONTH)


def quarter_of(day: date) -> Period:
    """The calendar quarter around `day`."""
    return months_from(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3, Grain.QUARTER)


def half_of(day: date) -> Period:
    """The half year around `day`."""
    return months_from(date(day.year, (day.month - 1) // 6 * 6 + 1, 1), 6, Grain.HALF)


def year_of(day: date) -> Period:
    """The calendar year around `day`."""
    return whole_year(day.year)


def whole_year(year: int) -> Period:
    """1 January to 31 December."""
    return months_from(date(year, 1, 1), 12, Grain.YEAR)


AROUND: dict[str, Callable[[date], Period]] = {
    "day": one_day,
    "week": week_of,
    "weekend": weekend_of,
    "month": month_of,
    "quarter": quarter_of,
    "half": half_of,
    "year": year_of,
}
"""The calendar unit of a name around a day."""

_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_DAYS_IN = {"day": 1, "week": 7, "weekend": 7}


def unit_around(unit: str, today: date, shift: int) -> Period:
    """The calendar unit that holds `today`, or one `shift` units later."""
    if unit in _DAYS_IN:
        return AROUND[unit](today + timedelta(days=_DAYS_IN[unit] * shift))
    return AROUND[unit](add_months(AROUND[unit](today).start, _MONTHS_IN[unit] * shift))


def moved(day: date, amount: Amount, sign: int) -> date | None:
    """`day` plus or minus an amount of days, weeks, months or years; None outside the calendar."""
    count = sign * amount.count
    if amount.unit in _MONTHS_IN:
        months = count * _MONTHS_IN[amount.unit]
        return add_months(day, months) if 0 < day.year + months // 12 < MAXYEAR else None
    if amount.unit not in _DAYS_IN:
        return None
    ordinal = day.toordinal() + count * _DAYS_IN[amount.unit]
    return date.fromordinal(ordinal) if 0 < ordinal < date.max.toordinal() else None


def third(whole: Period, which: int) -> Period:
    """The beginning (0), middle (1) or end (2): days 1-10, 11-20, 21- of a month, thirds of a quarter, half or year.

    Of a week Monday and Tuesday, Wednesday and Thursday, Friday to Sunday; a shorter period stays whole.
    """
    if whole.grain == Grain.MONTH:
        cuts = [whole.start, whole.start + 10 * DAY, whole.start + 20 * DAY, whole.end]
    elif whole.grain == Grain.WEEK:
        cuts = [whole.start, whole.start + 2 * DAY, whole.start + 4 * DAY, whole.end]
    elif whole.grain in (Grain.QUARTER, Grain.HALF, Grain.SEASON, Grain.YEAR):
        months = (whole.last.year - whole.start.year) * 12 + whole.last.month - whole.start.month + 1
        cuts = [add_months(whole.start, months * part // 3) for part in range(4)]
    else:
        return replace(whole, grain=Grain.PART)
    return Period(start=cuts[which], end=cuts[which + 1], grain=Grain.PART)


def half(whole: Period, which: int) -> Period:
    """The first (1) or second (2) half: of a month days 1-15 and the rest, of a year six months."""
    if whole.grain == Grain.YEAR:
        return months_from(date(whole.start.year, 6 * which - 5, 1), 6, Grain.HALF)
    middle = whole.start + 15 * DAY
    start, end = (whole.start, middle) if which == 1 else (middle, whole.end)
    return Period(start=start, end=end, grain=Grain.PART)


# --- what comes again ------------------------------------------------------------------------------------------------


def yearly(of_year: Callable[[int], Period | None], grain: Grain, *, missing: NoSuchDay) -> Cycle:
    """A cycle with at most one period a year."""

    def in_year(year: int) -> Period | NoSuchDay:
        return of_year(year) or replace(missing, year=year)

    def around(day: date) -> Iterator[Period]:
        for year in range(day.year - YEARS_AROUND, day.year + YEARS_AROUND + 1):
            if (period := of_year(year)) is not None:
                yield period

    return Cycle(around=around, in_year=in_year, grain=grain, missing=missing)


def day_of_year(day: int, month: int) -> Cycle:
    """A day of a month, each year that has it."""

    def of_year(year: int) -> Period | None:
        exists = 1 <= month <= 12 and 1 <= day <= last_of_month(year, month)
        return one_day(date(year, month, day)) if exists else None

    return yearly(of_year, Grain.DAY, missing=NoSuchDay(day=day, month=month))


def feast(of_year: Callable[[int], date], days: int = 1) -> Cycle:
    """A feast of one or more days."""

    def period(year: int) -> Period:
        start = of_year(year)
        return Period(start=start, end=start + days * DAY, grain=Grain.DAY if days == 1 else Grain.RANGE)

    return yearly(period, period(2000).grain, missing=NOWHEN)


def months_of_year(month: int, count: int, grain: Grain) -> Cycle:
    """`count` months from a month on: a month, quarter, half year or season."""
    return yearly(lambda year: months_from(date(year, month, 1), count, grain), grain, missing=NOWHEN)


def week_of_year(week: int) -> Cycle:
    """A numbered week (ISO 8601); week 53 exists in some years only."""

    def of_year(year: int) -> Period | None:
        weeks = date(year, 12, 28).isocalendar().week
        return week_of(date.fromisocalendar(year, week, 1)) if 1 <= week <= weeks else None

    return yearly(of_year, Grain.WEEK, missing=NoSuchDay(week=week))


def weekday(number: int) -> Cycle:
    """A weekday, Monday being 0."""

    def around(day: date) -> Iterator[Period]:
        first = week_of(day).start + number * DAY
        return (one_day(first + WEEK * shift) for shift in range(-2, 3))

    return Cycle(around=around, grain=Grain.DAY, strict=True)


def day_of_month(number: int) -> Cycle:
    """A day of each month that has it."""

    def around(day: date) -> Iterator[Period]:
        for shift in range(-12, 13):
            first = add_months(day.replace(day=1), shift)
            if number <= last_of_month(first.year, first.month):
                yield one_day(first.replace(day=number))

    return Cycle(around=around, grain=Grain.DAY, missing=NoSuchDay(day=number))


def unit_cycle(unit: str, cut: Callable[[Period], Period]) -> Cycle:
    """A part, cut out of each month, quarter, year or week."""

    def around(day: date) -> Iterator[Period]:
        return (cut(unit_around(unit, day, shift)) for shift in range(-2, 3))

    return Cycle(around=around, grain=Grain.PART)


def part_of(cycle: Cycle, cut: Callable[[Period], Period]) -> Cycle:
    """The part of each occurrence of a cycle."""
    in_year = cycle.in_year

    def of_year(year: int) -> Period | NoSuchDay:
        found = in_year(year) if in_year else cycle.missing
        return cut(found) if isinstance(found, Period) else found

    def around(day: date) -> Iterator[Period]:
        return (cut(period) for period in cycle.around(day))

    return replace(cycle, around=around, in_year=of_year if in_year else None, grain=Grain.PART)


def nth_weekday(nth: int, number: int, month: Period) -> date | None:
    """The nth weekday inside a month, -1 being the last."""
    first = month.start + timedelta(days=(number - month.start.weekday()) % 7)
    days = [day for shift in range(5) if (day := first + WEEK * shift) < month.end]
    position = nth - 1 if nth > 0 else nth
    return days[position] if -len(days) <= position < len(days) else None


# --- which one is meant ----------------------------------------------------------------------------------------------


def nearest(cycle: Cycle, today: date, tense: Tense) -> Period | NoSuchDay:
    """The nearest occurrence in the direction of the tense; one that holds today counts unless the cycle is strict."""
    return following(cycle, today) if tense == Tense.FUTURE else preceding(cycle, today)


def following(cycle: Cycle, today: date) -> Period | NoSuchDay:
    """The first occurrence that is not over, or if the cycle is strict begins after today."""
    return next((p for p in cycle.around(today) if (p.start if cycle.strict else p.last) >= _after(cycle, today)),
                cycle.missing)  # fmt: skip


def preceding(cycle: Cycle, today: date) -> Period | NoSuchDay:
    """The last occurrence that has begun, or if the cycle is strict lies before today."""
    begun = [p for p in cycle.around(today) if p.start <= (today - DAY if cycle.strict else today)]
    return begun[-1] if begun else cycle.missing


def _after(cycle: Cycle, today: date) -> date:
    return today + DAY if cycle.strict else today


def next_new(cycle: Cycle, today: date) -> Period | NoSuchDay:
    """The first occurrence that begins after today: "next March"."""
    return next((p for p in cycle.around(today) if p.start > today), cycle.missing)


def last_over(cycle: Cycle, today: date) -> Period | NoSuchDay:
    """The last occurrence that is over: "last autumn"."""
    over = [p for p in cycle.around(today) if p.end <= today]
    return over[-1] if over else cycle.missing


def of_this_year(cycle: Cycle, today: date) -> Period | NoSuchDay:
    """The occurrence that holds today, else that of this year: "this winter"."""
    holding = (p for p in cycle.around(today) if p.start <= today < p.end)
    this_year = cycle.in_year(today.year) if cycle.in_year else following(cycle, today)
    return next(holding, this_year)


def from_on(cycle: Cycle, start: date) -> Period | NoSuchDay:
    """The first occurrence that begins at `start` or later: the right end of "Monday to Wednesday"."""
    return next((p for p in cycle.around(start) if p.start >= start), cycle.missing)


def up_to(cycle: Cycle, start: date) -> Period | NoSuchDay:
    """The last occurrence that begins at `start` or earlier: the left end of a range whose right one is known."""
    begun = [p for p in cycle.around(start) if p.start <= start]
    return begun[-1] if begun else cycle.missing
