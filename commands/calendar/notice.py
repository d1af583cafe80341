"""When an agreement ends, and until when notice can be given: §§ 187, 188 BGB, with the day that is safe in practice.

A deadline for notice is never moved to a working day (§ 193 BGB is about declarations that are due within a period, not
about those that must precede one); the last working day of all parties before it is shown beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, takewhile

from commands.calendar.months import add_duration, add_months, last_of_month
from commands.calendar.workdays import Calendar, add_workdays, is_workday, workday_on_or_before
from storage.agreements.record import NoticeTo
from storage.values import Duration, Unit

DAY = timedelta(days=1)
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_LONGEST_MONTH = 31
_QUARTER, _YEAR = 3, 12


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is recorded of an agreement's running time; what is None is not known and never guessed.

    `noticed` is the day on which a notice reached the last of those it is addressed to. Raises ValueError for a term
    or renewal in working days, which no calendar of several cities could tell.
    """

    in_force: date | None = None
    term: Duration | None = None
    renewal: Duration | None = None
    ends_on: date | None = None
    notice: Duration | None = None
    notice_to: NoticeTo | None = None
    noticed: date | None = None

    def __post_init__(self) -> None:
        if any(d is not None and d.unit is Unit.WORKDAYS for d in (self.term, self.renewal)):
            raise ValueError("a term or renewal in working days")


@dataclass(frozen=True, kw_only=True)
class End:
    """A last day of an agreement: after so many `renewals`; None where it was recorded or is the calendar's."""

    on: date
    renewals: int | None


@dataclass(frozen=True, kw_only=True)
class NoticeDay:
    """The last day on which notice still leads to this end, and the last day not after it on which all parties work."""

    noticed_to: End
    last_day: date
    safe_day: date


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When an agreement ends, and until when notice can be given, seen from `today`.

    `term_end` is the first end on or after `today`, or, if `over`, the day on which a fixed term ended. `notice` is the
    deadline for the first end that notice can aim at; if it has `passed`, `next` is the first that can still be met.
    """

    today: date
    term_end: End | None
    over: bool
    notice: NoticeDay | None
    passed: bool
    next: NoticeDay | None


def deadline(terms: Terms, today: date, calendars: Sequence[Calendar]) -> Deadline:
    """Work out the deadlines of an agreement whose parties work by these calendars."""
    end = _term_end(terms, today, calendars)
    over = end is not None and end.on < today
    days = iter(()) if over else _notice_days(terms, today, calendars)
    first = next(days, None)
    passed = first is not None and first.last_day < today
    later = next((day for day in days if day.last_day >= today), None) if passed else None
    return Deadline(today=today, term_end=end, over=over, notice=first, passed=passed, next=later)


def end_of_term(in_force: date, months: int, days: int) -> date:
    """The last day of a term of so many months and days that begins with the day `in_force`.

    It is the day before the one that bears the same number (§§ 187 II, 188 II BGB); where the month lacks that number,
    its last day (§ 188 III BGB). Raises ValueError or OverflowError outside the years 1 to 9999.
    """
    anew = add_months(in_force, months)
    lacking = anew.day != in_force.day
    return (anew if lacking else anew - DAY) + timedelta(days=days)


def last_day_for(end: date, notice: Duration, calendars: Sequence[Calendar] = ()) -> date:
    """The greatest day on which a period of `notice` can begin that ends no later than `end` (§§ 187 I, 188 BGB).

    Raises ValueError or OverflowError outside the years 1 to 9999.
    """
    if notice.unit is Unit.WORKDAYS:
        day = add_workdays(workday_on_or_before(end, calendars), -notice.count, calendars)
    else:
        day = _back(end, notice)
    while add_duration(day + DAY, notice, calendars=calendars) <= end:
        day += DAY
    return day


def council_lead_day(safe_day: date, lead: Duration, recess: Sequence[tuple[date, date]], calendar: Calendar) -> date:
    """The day by which a city's council must have the matter so that the notice is out by `safe_day`.

    `lead` before it, and further back by the days of `recess` (first and last day, inclusive) that lie in between.
    Working days are those of `calendar`. Raises OverflowError where the recess leaves no such day.
    """
    in_workdays = lead.unit is Unit.WORKDAYS
    wanted = lead.count if in_workdays else (safe_day - _back(safe_day, lead)).days
    day = safe_day
    while wanted > 0:
        day -= DAY
        sits = not any(first <= day <= last for first, last in recess)
        wanted -= sits and (not in_workdays or is_workday(day, [calendar]))
    return day


def _back(day: date, duration: Duration) -> date:
    if duration.unit in _MONTHS:
        return add_months(day, -duration.count * _MONTHS[duration.unit])
    return day - timedelta(days=duration.count * _DAYS[duration.unit])


def _parts(duration: Duration | None) -> tuple[int, int]:
    """A duration in months and days."""
    if duration is None:
        return 0, 0
    return duration.count * _MONTHS.get(duration.unit, 0), duration.count * _DAYS.get(duration.unit, 0)


def _term_end(terms: Terms, today: date, calendars: Sequence[Calendar]) -> End | None:
    if terms.ends_on is not None:
        return End(on=terms.ends_on, renewals=None)
    if terms.noticed is None:
        return _first(_term_ends(terms, today), today)
    if terms.notice is None:
        return None
    # A notice ends what would go on; a term that nothing renews ends without one, and no later for one.
    ends = [end for end in (_noticed_end(terms, terms.noticed, terms.notice, calendars), _fixed_end(terms)) if end]
    return min(ends, key=lambda end: end.on, default=None)


def _noticed_end(terms: Terms, noticed: date, notice: Duration, calendars: Sequence[Calendar]) -> End | None:
    """The end that a notice given on that day leads to."""
    try:
        if terms.notice_to is NoticeTo.ANY_TIME:
            return End(on=add_duration(noticed, notice, calendars=calendars), renewals=None)
        return next((e for e in _ends(terms, noticed) if last_day_for(e.on, notice, calendars) >= noticed), None)
    except (ValueError, OverflowError):
        return None  # beyond the year 9999 no day has a name


def _fixed_end(terms: Terms) -> End | None:
    """The end of a term that is not renewed."""
    return next(_term_ends(terms, date.min), None) if terms.renewal is None else None


def _first(ends: Iterator[End], today: date) -> End | None:
    """The first end on or after `today`; of a fixed term that is over, its end."""
    last = None
    for last in ends:
        if last.on >= today:
            break
    return last


def _term_ends(terms: Terms, today: date) -> Iterator[End]:
    """The ends of the term and its renewals, counted from `in_force` each, beginning no later than around `today`."""
    if terms.in_force is None or terms.term is None:
        return
    months, days = _parts(terms.term)
    more_months, more_days = _parts(terms.renewal)
    longest = more_months * _LONGEST_MONTH + more_days
    try:
        first = end_of_term(terms.in_force, months, days)
        skipped = max(0, (today - first).days // longest) if longest else 0
        for renewals in count(skipped) if longest else (0,):
            on = end_of_term(terms.in_force, months + renewals * more_months, days + renewals * more_days)
            yield End(on=on, renewals=renewals)
    except (ValueError, OverflowError):
        return  # beyond the year 9999 no day has a name


def _calendar_ends(start: date, months: int) -> Iterator[End]:
    """The ends of quarters (3) or years (12) on or after `start`."""
    month = (start.month - 1) // months * months + months
    for year in range(start.year, date.max.year):
        while month <= _YEAR:
            yield End(on=date(year, month, last_of_month(year, month)), renewals=None)
            month += months
        month = months


def _ends(terms: Terms, today: date) -> Iterator[End]:
    """The ends on or after `today` that notice can aim at."""
    if terms.in_force is None or terms.ends_on is not None:
        return iter(())
    since = max(today, terms.in_force)
    match terms.notice_to:
        case NoticeTo.TERM_END:
            return (end for end in _term_ends(terms, today) if end.on >= today)
        case NoticeTo.QUARTER_END:
            return _within_term(terms, _calendar_ends(since, _QUARTER))
        case NoticeTo.YEAR_END:
            return _within_term(terms, _calendar_ends(since, _YEAR))
        case _:
            return iter(())


def _within_term(terms: Terms, ends: Iterator[End]) -> Iterator[End]:
    """Those of `ends` that are not behind the end of a term that is not renewed."""
    fixed = _fixed_end(terms)
    return ends if fixed is None else takewhile(lambda end: end.on <= fixed.on, ends)


def _notice_days(terms: Terms, today: date, calendars: Sequence[Calendar]) -> Iterator[NoticeDay]:
    if terms.notice is None or terms.noticed is not None:
        return
    try:
        for end in _ends(terms, today):
            yield _notice_day(end, terms.notice, calendars)
    except (ValueError, OverflowError):
        return  # a period that begins before the year 1 or ends after 9999


def _notice_day(end: End, notice: Duration, calendars: Sequence[Calendar]) -> NoticeDay:
    last = last_day_for(end.on, notice, calendars)
    return NoticeDay(noticed_to=end, last_day=last, safe_day=workday_on_or_before(last, calendars))
