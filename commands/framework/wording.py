"""How dates, durations, numbers and lists are written in each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit

from storage.values import Duration, Language, MonthDay, PartialDate, Unit, WallClock

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Style:
    """One language's habits, as patterns of Unicode's CLDR. Babel knows no working days."""

    locale: Locale
    day: str
    instant: str
    yearly: str
    workday: str
    workdays: str


_STYLES: Mapping[Language, _Style] = {
    Language.DE: _Style(
        locale=Locale("de", "DE"),
        day="EEE, dd.MM.yyyy",
        instant="EEE, dd.MM.yyyy, HH:mm 'Uhr'",
        yearly="dd.MM.",
        workday="Arbeitstag",
        workdays="Arbeitstage",
    ),
    Language.EN: _Style(
        locale=Locale("en", "GB"),
        day="EEE, d MMM yyyy",
        instant="EEE, d MMM yyyy, HH:mm",
        yearly="d MMM",
        workday="working day",
        workdays="working days",
    ),
}


def day(value: date, language: Language) -> str:
    """A day with its weekday: "Fr., 11.12.2026", "Fri, 11 Dec 2026"."""
    style = _STYLES[language]
    return format_date(value, style.day, locale=style.locale)


def instant(value: datetime, language: Language, zone: ZoneInfo) -> str:
    """An aware instant as clocks in `zone` show it: "Mo., 26.10.2026, 09:00 Uhr"."""
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    style = _STYLES[language]
    return format_datetime(value.astimezone(zone), style.instant, locale=style.locale)


def wall_clock(value: WallClock, language: Language) -> str:
    """The time that the clocks of its own zone show."""
    style = _STYLES[language]
    return format_datetime(value.local, style.instant, locale=style.locale)


def partial(value: PartialDate, language: Language) -> str:
    """A date as exact as it is known: a day, "Juli 2019", "2019"."""
    if value.month is None:
        return str(value.year)
    if value.day is None:
        return format_date(value.first_day(), "LLLL yyyy", locale=_STYLES[language].locale)
    return day(value.first_day(), language)


def month_day(value: MonthDay, language: Language) -> str:
    """A day of every year: "24.12.", "24 Dec"."""
    style = _STYLES[language]
    # Any leap year will do: only there does 29 February exist.
    return format_date(date(2000, value.month, value.day), style.yearly, locale=style.locale)


def duration(value: Duration, language: Language) -> str:
    """A count and its unit: "2 Wochen", "1 month", "5 Arbeitstage"."""
    style = _STYLES[language]
    if value.unit is Unit.WORKDAYS:
        return f"{number(value.count, language)} {style.workday if value.count == 1 else style.workdays}"
    unit = value.unit.value.removesuffix("s")
    return format_unit(value.count, f"duration-{unit}", locale=style.locale, format="#,##0")


def number(value: float, language: Language) -> str:
    """A number; thousands are set apart from five digits on, as both languages' style guides have it."""
    pattern = "0.###" if abs(value) < 10_000 else "#,##0.###"
    return format_decimal(value, pattern, locale=_STYLES[language].locale)


def typed_day(value: date, language: Language) -> str:
    """A day as people would type it in a command: "11.12.2026", "2026-12-11"."""
    return format(value, "%d.%m.%Y") if language is Language.DE else value.isoformat()


def separators(count: int, language: Language, *, choice: bool = False) -> tuple[str, ...]:
    """What stands between `count` things: ", " and at last " und ", or " oder " for a choice; one less than `count`."""
    patterns = _STYLES[language].locale.list_patterns["or" if choice else "standard"]
    comma, last = (patterns[name].format("", "") for name in ("middle", "end"))
    return (*[comma] * (count - 2), last)[: max(count - 1, 0)]


def listing(items: Sequence[str], language: Language, *, choice: bool = False) -> str:
    """Words as a list: "A, B und C", or "A, B oder C" for a choice."""
    between = ("", *separators(len(items), language, choice=choice))
    return "".join(part for pair in zip(between, items, strict=False) for part in pair)
