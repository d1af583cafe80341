"""What a phrase about time can turn out to be."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

_LEAP_YEAR = 2000


class Tense(StrEnum):
    """Where a date without a year is looked for: the tense of the question, or what a command expects."""

    PAST = "past"
    FUTURE = "future"


class Grain(StrEnum):
    """How a range was said, so that a reply can repeat it in kind."""

    DAY = "day"
    WEEK = "week"
    WEEKEND = "weekend"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    SEASON = "season"
    YEAR = "year"
    PART = "part"
    ROLLING = "rolling"
    SINCE = "since"
    UNTIL = "until"
    FROM = "from"
    RANGE = "range"


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days from `start` up to but not including `end`; never empty."""

    start: date
    end: date
    grain: Grain
    werktage: bool = False
    """Counted in Werktagen (Saturdays included), which is seldom what was meant."""

    @property
    def last(self) -> date:
        """The last day inside."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Range:
    """Days from `start` up to but not including `end`, None being open, and where in the text they were said."""

    start: date | None
    end: date | None
    grain: Grain
    span: tuple[int, int] = (0, 0)
    """Offsets into the text as given, end exclusive; the preposition belongs to it."""

    def at(self, start: int, end: int) -> Self:
        """The same range, said at these offsets."""
        return replace(self, span=(start, end))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A recurrence (RFC 5545, section 3.3.10) without a start, and where in the text it was said."""

    rrule: str
    span: tuple[int, int] = (0, 0)

    def at(self, start: int, end: int) -> Self:
        """The same rule, said at these offsets."""
        return replace(self, span=(start, end))


@dataclass(frozen=True, kw_only=True)
class Step:
    """From a period talked about to its neighbour: one `unit` earlier (-1) or later (1)."""

    unit: str
    shift: int
    span: tuple[int, int] = (0, 0)

    def at(self, start: int, end: int) -> Self:
        """The same step, said at these offsets."""
        return replace(self, span=(start, end))


@dataclass(frozen=True, kw_only=True)
class DayFound:
    """What a field value means: a due date is the `last` day of what was said, a beginning its `first`."""

    first: date
    last: date
    grain: Grain
    text: str
    werktage: bool = False
    """Counted in Werktagen: Saturdays count. The caller says so and offers working days."""

    @property
    def day(self) -> date:
        """The day meant by a due date."""
        return self.last


@dataclass(frozen=True, kw_only=True)
class NoSuchDay:
    """A date that no calendar has: 30 February, 31 April, week 53 of a year with 52."""

    text: str = ""
    day: int | None = None
    month: int | None = None
    week: int | None = None
    year: int | None = None
    """None where no year was said and no year has that day."""

    def at(self, text: str) -> Self:
        """The same finding, with the words it was made from."""
        return replace(self, text=text)

    @property
    def last(self) -> int | None:
        """The last day which that month really has (in any year, if none was said); None where there is no month."""
        if self.month is None or not 1 <= self.month <= 12:
            return None
        return monthrange(self.year or _LEAP_YEAR, self.month)[1]


@dataclass(frozen=True, kw_only=True)
class WrongWeekday:
    """A date whose weekday (Monday is 0) is not the one named beside it, so that one of the two is a slip."""

    text: str = ""
    day: date
    named: int

    def at(self, text: str) -> Self:
        """The same finding, with the words it was made from."""
        return replace(self, text=text)


@dataclass(frozen=True, kw_only=True)
class NotADate:
    """Words that speak of no date at all."""

    text: str


Found = Period | NoSuchDay | WrongWeekday
DayResult = DayFound | NoSuchDay | WrongWeekday | NotADate
