"""Working days: the vectors, and what holds between counting and adding."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.calendar.workdays import (
    MOST_WORKDAYS,
    Calendar,
    ExtraDay,
    add_werktage,
    add_workdays,
    count_workdays,
    day_off,
    holiday,
    is_werktag,
    is_workday,
    workday_on_or_after,
    workday_on_or_before,
)
from storage.values import Language

_FILE = json.loads((Path(__file__).parents[2] / "vectors" / "workdays.json").read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = _FILE["vectors"]
CALENDARS = {
    city: Calendar(
        subdivision=given["subdivision"],
        categories=tuple(given["categories"]),
        extra=tuple(ExtraDay.parse(day, name="dienstfrei") for day in given["extra"]),
    )
    for city, given in _FILE["calendars"].items()
}
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
CITIES = st.lists(st.sampled_from(sorted(CALENDARS)), unique=True).map(lambda keys: [CALENDARS[key] for key in keys])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_working_days_are_those_of_the_vector(vector: dict[str, Any]) -> None:
    calendars = [CALENDARS[city] for city in vector["cities"]]
    start = date.fromisoformat(vector["start"])
    if "workdays" in vector:
        assert add_workdays(start, vector["workdays"], calendars).isoformat() == vector["result"]
    else:
        assert count_workdays(start, date.fromisoformat(vector["end"]), calendars) == vector["result"]


@given(start=DAYS, count=st.integers(min_value=1, max_value=300), calendars=CITIES)
def test_counting_undoes_adding(start: date, count: int, calendars: list[Calendar]) -> None:
    end = add_workdays(start, count, calendars)
    assert is_workday(end, calendars)
    assert count_workdays(start, end, calendars) == count


@given(start=DAYS, count=st.integers(min_value=1, max_value=300), calendars=CITIES)
def test_going_back_undoes_going_ahead_from_a_working_day(start: date, count: int, calendars: list[Calendar]) -> None:
    first = workday_on_or_after(start, calendars)
    assert add_workdays(add_workdays(first, count, calendars), -count, calendars) == first


@given(day=DAYS, calendars=CITIES)
def test_the_safe_day_is_the_last_working_day_up_to_a_deadline(day: date, calendars: list[Calendar]) -> None:
    safe = workday_on_or_before(day, calendars)
    assert is_workday(safe, calendars)
    assert safe <= day
    assert count_workdays(safe, day, calendars) == 0


@given(day=DAYS, calendars=CITIES)
def test_every_working_day_is_a_werktag(day: date, calendars: list[Calendar]) -> None:
    assert is_werktag(day, calendars) or not is_workday(day, calendars)


def test_a_day_off_has_its_name_in_both_languages() -> None:
    day = date(2028, 8, 8)
    assert day_off(day, CALENDARS["A"]) == "Augsburger Hohes Friedensfest"
    assert day_off(day, CALENDARS["M"]) is None
    assert day_off(date(2028, 8, 15), CALENDARS["R"], language=Language.EN) == "Assumption Day"


def test_an_extra_day_off_is_named_but_is_no_holiday() -> None:
    eve = date(2026, 12, 24)
    assert day_off(eve, CALENDARS["M"]) == "dienstfrei"
    assert holiday(eve, CALENDARS["M"]) is None
    assert is_werktag(eve, [CALENDARS["M"]])


def test_an_extra_day_off_may_be_of_one_year_only() -> None:
    calendar = Calendar(extra=(ExtraDay.parse("2026-05-15", name="Brückentag"),))
    assert day_off(date(2026, 5, 15), calendar) == "Brückentag"
    assert day_off(date(2028, 5, 15), calendar) is None


def test_werktage_include_saturdays() -> None:
    assert add_werktage(date(2026, 11, 20), 1, [CALENDARS["M"]]) == date(2026, 11, 21)
    assert add_werktage(date(2026, 11, 20), 2, [CALENDARS["M"]]) == date(2026, 11, 23)


def test_nothing_to_count_is_zero() -> None:
    today = date(2026, 11, 18)
    assert count_workdays(today, today - timedelta(days=9), []) == 0
    assert add_workdays(today, 0, []) == today


def test_a_slip_of_the_pen_is_refused_instead_of_counted() -> None:
    with pytest.raises(ValueError):
        add_workdays(date(2026, 11, 18), MOST_WORKDAYS + 1, [])
    with pytest.raises(ValueError):
        count_workdays(date(1900, 1, 1), date(2026, 1, 1), [])
