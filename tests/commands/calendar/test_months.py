"""Month arithmetic and durations in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.calendar.durations import parse_duration_words
from commands.calendar.months import add_duration, add_months, last_of_month
from commands.calendar.workdays import Calendar
from storage.values import Duration, Unit

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 2, 28), 1, date(2027, 3, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), -6, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_day_the_month_lacks_becomes_its_last(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


@given(day=DAYS, months=st.integers(min_value=-1200, max_value=1200))
def test_months_keep_the_day_where_the_month_has_it(day: date, months: int) -> None:
    there = add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert there.day == min(day.day, last_of_month(there.year, there.month))


@pytest.mark.parametrize(
    ("duration", "result"),
    [
        ("10 days", date(2026, 12, 10)),
        ("2 weeks", date(2026, 12, 14)),
        ("3 months", date(2027, 2, 28)),
        ("1 year", date(2027, 11, 30)),
        ("5 workdays", date(2026, 12, 7)),
        ("26 workdays", date(2027, 1, 8)),
    ],
)
def test_a_duration_ends_where_its_unit_says(duration: str, result: date) -> None:
    assert add_duration(date(2026, 11, 30), Duration.parse(duration), calendars=[Calendar()]) == result


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("2 Wochen", "2 weeks"),
        ("14 Tage", "14 days"),
        ("3 Monate", "3 months"),
        ("36 Monate", "36 months"),
        ("ein Jahr", "1 year"),
        ("ein halbes Jahr", "6 months"),
        ("1 Quartal", "3 months"),
        ("5 AT", "5 workdays"),
        ("10 Arbeitstage", "10 workdays"),
        ("10 working days", "10 workdays"),
        ("monatlich", "1 month"),
        ("Vierteljährlich", "3 months"),
        ("halbjaehrlich", "6 months"),
        ("zweiwöchentlich", "2 weeks"),
        ("wöchentlich", "1 week"),
        ("täglich", "1 day"),
        ("jährlich", "1 year"),
        ("14-tägig", "14 days"),
        ("alle zwei Wochen", "2 weeks"),
        ("alle drei Monate", "3 months"),
        ("jede zweite Woche", "2 weeks"),
        ("jeden Monat", "1 month"),
        ("jedes Quartal", "3 months"),
        ("every 2 weeks", "2 weeks"),
        ("every other week", "2 weeks"),
        ("every quarter", "3 months"),
        ("quarterly", "3 months"),
        ("half-yearly", "6 months"),
        ("annually", "1 year"),
        ("a fortnight", "2 weeks"),
    ],
)
def test_a_duration_is_read_from_words(text: str, duration: str) -> None:
    assert parse_duration_words(text) == Duration.parse(duration)


@pytest.mark.parametrize(
    "text", ["", "bald", "5 Werktage", "bimonthly", "3 Monate zum Quartalsende", "montags", "2 Wochen oder so", "Woche"]
)
def test_what_is_no_duration_as_a_whole_is_none(text: str) -> None:
    assert parse_duration_words(text) is None


@given(count=st.integers(min_value=1, max_value=999), unit=st.sampled_from(Unit))
def test_every_duration_is_read_back_from_english(count: int, unit: Unit) -> None:
    duration = Duration(count=count, unit=unit)
    assert parse_duration_words(str(duration)) == duration


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reading_of_durations(text: str) -> None:
    found = parse_duration_words(text)
    assert found is None or isinstance(found, Duration)
