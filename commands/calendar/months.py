"""Month arithmetic as the Bürgerliches Gesetzbuch has it, and durations in words."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from commands.calendar.workdays import Calendar, add_workdays
from storage.values import Duration, Unit


def last_of_month(year: int, month: int) -> int:
    """The number of the month's last day."""
    return monthrange(year, month)[1]


def add_months(day: date, count: int) -> date:
    """The same day `count` months later (earlier if negative), or that month's last day where it lacks it.

    § 188 III BGB. Raises ValueError outside the years 1 to 9999.
    """
    months = day.year * 12 + day.month - 1 + count
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, last_of_month(year, month)))


def add_duration(day: date, duration: Duration, *, calendars: Sequence[Calendar] = ()) -> date:
    """The day on which a period of `duration` that begins during `day` ends (§§ 187 I, 188 BGB).

    Working days are those common to all `calendars`; without any, Monday to Friday.
    Raises ValueError or OverflowError outside the years 1 to 9999.
    """
    match duration.unit:
        case Unit.DAYS:
            return day + timedelta(days=duration.count)
        case Unit.WEEKS:
            return day + timedelta(weeks=duration.count)
        case Unit.MONTHS:
            return add_months(day, duration.count)
        case Unit.YEARS:
            return add_months(day, 12 * duration.count)
        case Unit.WORKDAYS:
            return add_workdays(day, duration.count, calendars)
