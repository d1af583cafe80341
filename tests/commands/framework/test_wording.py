"""Dates, durations, numbers and lists read as people of each language write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from commands.framework import wording
from storage.values import Duration, Language, MonthDay, PartialDate, Unit, WallClock

DE, EN = Language.DE, Language.EN
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_day_is_written_with_its_weekday() -> None:
    assert wording.day(date(2026, 12, 11), DE) == "Fr., 11.12.2026"
    assert wording.day(date(2026, 12, 11), EN) == "Fri, 11 Dec 2026"
    assert wording.day(date(2026, 7, 1), DE) == "Mi., 01.07.2026"


def test_an_instant_is_written_in_the_zone_of_the_cooperation() -> None:
    assert wording.instant(datetime(2026, 10, 26, 8, 0, tzinfo=UTC), DE, BERLIN) == "Mo., 26.10.2026, 09:00 Uhr"
    assert wording.instant(datetime(2026, 10, 26, 8, 0, tzinfo=UTC), EN, BERLIN) == "Mon, 26 Oct 2026, 09:00"
    assert wording.instant(datetime(2026, 7, 1, 23, 0, tzinfo=UTC), DE, BERLIN) == "Do., 02.07.2026, 01:00 Uhr"


def test_an_instant_without_a_zone_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wording.instant(datetime(2026, 10, 26, 8, 0), DE, BERLIN)  # noqa: DTZ001 - that is the point


def test_a_time_on_the_wall_stays_at_its_hour() -> None:
    clock = WallClock.parse("2026-07-01 09:00 Europe/Lisbon")
    assert wording.wall_clock(clock, DE) == "Mi., 01.07.2026, 09:00 Uhr"
    assert wording.wall_clock(clock, EN) == "Wed, 1 Jul 2026, 09:00"


@pytest.mark.parametrize(
    ("given", "german", "english"),
    [
        ("2019", "2019", "2019"),
        ("2019-07", "Juli 2019", "July 2019"),
        ("2019-07-16", "Di., 16.07.2019", "Tue, 16 Jul 2019"),
    ],
)
def test_a_date_is_written_as_exactly_as_it_is_known(given: str, german: str, english: str) -> None:
    assert wording.partial(PartialDate.parse(given), DE) == german
    assert wording.partial(PartialDate.parse(given), EN) == english


def test_a_day_of_every_year_has_no_year() -> None:
    assert wording.month_day(MonthDay(month=2, day=29), DE) == "29.02."
    assert wording.month_day(MonthDay(month=12, day=24), EN) == "24 Dec"


@pytest.mark.parametrize(
    ("count", "unit", "german", "english"),
    [
        (1, Unit.WORKDAYS, "1 Arbeitstag", "1 working day"),
        (5, Unit.WORKDAYS, "5 Arbeitstage", "5 working days"),
        (2, Unit.WEEKS, "2 Wochen", "2 weeks"),
        (1, Unit.MONTHS, "1 Monat", "1 month"),
        (3, Unit.YEARS, "3 Jahre", "3 years"),
        (1, Unit.DAYS, "1 Tag", "1 day"),
    ],
)
def test_a_duration_agrees_with_its_count(count: int, unit: Unit, german: str, english: str) -> None:
    assert wording.duration(Duration(count=count, unit=unit), DE) == german
    assert wording.duration(Duration(count=count, unit=unit), EN) == english


def test_thousands_are_set_apart_from_five_digits_on() -> None:
    assert [wording.number(n, DE) for n in (7, 2026, 12_000, 1.5)] == ["7", "2026", "12.000", "1,5"]
    assert [wording.number(n, EN) for n in (7, 2026, 12_000, 1.5)] == ["7", "2026", "12,000", "1.5"]


@pytest.mark.parametrize("count", range(6))
def test_a_list_has_one_separator_fewer_than_things(count: int) -> None:
    assert len(wording.separators(count, DE)) == max(count - 1, 0)


def test_a_list_ends_with_and_or_or() -> None:
    assert wording.listing(["A"], DE) == "A"
    assert wording.listing(["A", "B"], DE) == "A und B"
    assert wording.listing(["A", "B", "C"], DE) == "A, B und C"
    assert wording.listing(["A", "B", "C"], EN) == "A, B and C"
    assert wording.listing(["A", "B", "C"], DE, choice=True) == "A, B oder C"


def test_a_day_inside_a_command_can_be_typed() -> None:
    assert wording.typed_day(date(2026, 12, 11), DE) == "11.12.2026"
    assert wording.typed_day(date(2026, 12, 11), EN) == "2026-12-11"
