"""Working days and days off, city by city."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

from storage.values import Language, MonthDay, parse_yearly

SATURDAY = 5
SUNDAY = 6
MOST_WORKDAYS = 10_000
"""More than a human plan holds (38 years); a slip of the pen must not keep anybody waiting."""

_LOCALES: Mapping[Language, str] = {Language.DE: "de", Language.EN: "en_US"}


@dataclass(frozen=True, kw_only=True)
class ExtraDay:
    """A day off by a city's own rule: one day, or the same day of every year."""

    on: MonthDay | date
    name: str

    @classmethod
    def parse(cls, text: str, *, name: str) -> "ExtraDay":
        """Read 2026-12-24 or --12-24; raises ValueError for anything else."""
        return cls(on=parse_yearly(text), name=name)

    def falls_on(self, day: date) -> bool:
        """Whether `day` is this day off."""
        if isinstance(self.on, MonthDay):
            return (self.on.month, self.on.day) == (day.month, day.day)
        return self.on == day


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What a city does not work on, beside weekends.

    `subdivision` and `categories` are those of the `holidays` package for Germany: "BY" or "Augsburg" (which adds the
    Peace Festival), "public" and, where Assumption Day is a holiday, "catholic".
    """

    subdivision: str = "BY"
    categories: tuple[str, ...] = ("public",)
    extra: tuple[ExtraDay, ...] = ()


def holiday(day: date, calendar: Calendar, *, language: Language = Language.DE) -> str | None:
    """The name of the legal holiday on `day`, or None; a city's own extra days are none."""
    return _holidays(calendar.subdivision, calendar.categories, day.year, language).get(day)


def day_off(day: date, calendar: Calendar, *, language: Language = Language.DE) -> str | None:
    """The name of the holiday or extra day off on `day`, or None; an ordinary weekend has no name."""
    own = next((extra.name for extra in calendar.extra if extra.falls_on(day)), None)
    return holiday(day, calendar, language=language) or own


def is_workday(day: date, calendars: Sequence[Calendar]) -> bool:
    """Whether `day` is Monday to Friday and a day off in none of the calendars."""
    return day.weekday() < SATURDAY and all(day_off(day, calendar) is None for calendar in calendars)


def is_werktag(day: date, calendars: Sequence[Calendar]) -> bool:
    """Whether `day` is a Werktag in all cities: Monday to Saturday without legal holidays (§ 3 II BUrlG)."""
    return day.weekday() < SUNDAY and all(holiday(day, calendar) is None for calendar in calendars)


def add_workdays(start: date, count: int, calendars: Sequence[Calendar]) -> date:
    """The `count`-th day after `start` that is a working day in every calendar; before it if `count` is negative.

    `start` itself never counts; zero gives `start`. Raises ValueError for more than 10 000.
    """
    return _counted(start, count, lambda day: is_workday(day, calendars))


def add_werktage(start: date, count: int, calendars: Sequence[Calendar]) -> date:
    """The same for Werktage, which include Saturdays and a city's own days off."""
    return _counted(start, count, lambda day: is_werktag(day, calendars))


def without_sundays(start: date, count: int) -> date:
    """Count Werktage where no city is known: every day but Sunday."""
    return _counted(start, count, lambda day: day.weekday() < SUNDAY)


def count_workdays(start: date, end: date, calendars: Sequence[Calendar]) -> int:
    """How many days after `start`, up to and including `end`, are working days in every calendar.

    Zero if `end` is not after `start`. Raises ValueError for more than 100 years.
    """
    days = (end - start).days
    if days > 100 * 366:
        raise ValueError(days)
    return sum(is_workday(start + timedelta(days=ahead), calendars) for ahead in range(1, days + 1))


def workday_on_or_before(day: date, calendars: Sequence[Calendar]) -> date:
    """`day` itself, or the last working day before it: the safe day of a deadline."""
    return day if is_workday(day, calendars) else add_workdays(day, -1, calendars)


def workday_on_or_after(day: date, calendars: Sequence[Calendar]) -> date:
    """`day` itself, or the first working day after it."""
    return day if is_workday(day, calendars) else add_workdays(day, 1, calendars)


def _counted(start: date, count: int, counts: Callable[[date], bool]) -> date:
    if abs(count) > MOST_WORKDAYS:
        raise ValueError(count)
    step = timedelta(days=1 if count > 0 else -1)
    day = start
    for _ in range(abs(count)):
        day += step
        while not counts(day):
            day += step
    return day


@lru_cache(maxsize=1024)
def _holidays(subdivision: str, categories: tuple[str, ...], year: int, language: Language) -> Mapping[date, str]:
    # Whole years are cached, because making one takes a thousand times as long as looking a day up.
    found = holidays.country_holidays(
        "DE", subdiv=subdivision, years=year, categories=categories, language=_LOCALES[language], expand=False
    )
    return MappingProxyType(dict(found))
