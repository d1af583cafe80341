"""Term ends, notice and council lead: the vectors, and what holds for any agreement."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.calendar.months import add_duration, add_months
from commands.calendar.notice import (
    Deadline,
    NoticeDay,
    Terms,
    council_lead_day,
    deadline,
    end_of_term,
    last_day_for,
)
from commands.calendar.workdays import Calendar, ExtraDay, is_workday
from storage.agreements.record import NoticeTo
from storage.values import Duration, Unit

_FILE = json.loads((Path(__file__).parents[2] / "vectors" / "deadlines.json").read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = _FILE["vectors"]
CALENDARS = {
    city: Calendar(
        subdivision=given["subdivision"],
        categories=tuple(given["categories"]),
        extra=tuple(ExtraDay.parse(day, name="dienstfrei") for day in given["extra"]),
    )
    for city, given in _FILE["calendars"].items()
}
DAY = timedelta(days=1)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 12, 31))
SPANS = st.builds(
    Duration, count=st.integers(1, 60), unit=st.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS])
)


def terms_of(vector: dict[str, Any]) -> Terms:
    def day(name: str) -> date | None:
        return date.fromisoformat(vector[name]) if vector.get(name) else None

    def span(name: str) -> Duration | None:
        return Duration.parse(vector[name]) if vector.get(name) else None

    return Terms(
        in_force=day("in_force"),
        term=span("term"),
        renewal=span("renewal"),
        ends_on=day("ends_on"),
        notice=span("notice"),
        notice_to=NoticeTo(vector["notice_to"]) if vector.get("notice_to") else None,
    )


def shown(day: NoticeDay | None) -> dict[str, str] | None:
    if day is None:
        return None
    return {
        "noticed_to": day.noticed_to.on.isoformat(),
        "last_day": day.last_day.isoformat(),
        "safe_day": day.safe_day.isoformat(),
    }


def worked_out(vector: dict[str, Any]) -> Deadline:
    calendars = [CALENDARS[city] for city in vector["parties"]]
    return deadline(terms_of(vector), date.fromisoformat(vector["today"]), calendars)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_deadlines_are_those_of_the_vector(vector: dict[str, Any]) -> None:
    found = worked_out(vector)
    first = shown(found.notice) or dict.fromkeys(("noticed_to", "last_day", "safe_day"))
    assert (found.term_end.on.isoformat() if found.term_end else None) == vector["term_end"]
    assert first == {name: vector[name] for name in first}
    assert found.passed is vector["passed"]
    assert shown(found.next) == vector["next"]


@given(end=DAYS, notice=SPANS)
def test_the_last_day_still_reaches_the_end_and_the_day_after_does_not(end: date, notice: Duration) -> None:
    last = last_day_for(end, notice)
    assert add_duration(last, notice) <= end
    assert add_duration(last + DAY, notice) > end


@given(end=DAYS, count=st.integers(1, 40))
def test_notice_in_working_days_counts_those_of_all_parties(end: date, count: int) -> None:
    calendars = list(CALENDARS.values())
    notice = Duration(count=count, unit=Unit.WORKDAYS)
    last = last_day_for(end, notice, calendars)
    assert add_duration(last, notice, calendars=calendars) <= end
    assert add_duration(last + DAY, notice, calendars=calendars) > end


@given(start=DAYS, months=st.integers(1, 120), renewal=st.integers(1, 24), today=DAYS)
def test_renewed_terms_follow_each_other_without_gap_and_never_drift(
    start: date, months: int, renewal: int, today: date
) -> None:
    terms = Terms(
        in_force=start,
        term=Duration(count=months, unit=Unit.MONTHS),
        renewal=Duration(count=renewal, unit=Unit.MONTHS),
    )
    end = deadline(terms, today, []).term_end
    assert end is not None
    assert end.on >= today
    assert end.renewals is not None
    assert end.on == end_of_term(start, months + end.renewals * renewal, 0)
    if end.renewals:
        assert end_of_term(start, months + (end.renewals - 1) * renewal, 0) < today


@given(start=DAYS, months=st.integers(1, 120))
def test_a_term_ends_the_day_before_it_would_begin_anew_or_with_its_last_month(start: date, months: int) -> None:
    end = end_of_term(start, months, 0)
    anew = add_months(start, months)
    if anew.day == start.day:
        assert end + DAY == anew
    else:
        assert (end, (end + DAY).day) == (anew, 1)


@given(safe=DAYS, weeks=st.integers(1, 20))
def test_without_recess_the_council_has_its_whole_lead(safe: date, weeks: int) -> None:
    lead = Duration(count=weeks, unit=Unit.WEEKS)
    assert council_lead_day(safe, lead, [], CALENDARS["M"]) == safe - timedelta(weeks=weeks)


@given(safe=DAYS, weeks=st.integers(1, 20), first=st.integers(0, 200), length=st.integers(1, 60))
def test_recess_days_in_between_lengthen_the_lead_by_just_as_many(
    safe: date, weeks: int, first: int, length: int
) -> None:
    recess = [(safe - timedelta(days=first + length), safe - timedelta(days=first + 1))]
    day = council_lead_day(safe, Duration(count=weeks, unit=Unit.WEEKS), recess, CALENDARS["M"])
    between = [day + timedelta(days=n) for n in range((safe - day).days)]
    assert sum(not recess[0][0] <= one <= recess[0][1] for one in between) == 7 * weeks
    assert not recess[0][0] <= day <= recess[0][1]


def test_a_lead_in_working_days_counts_the_citys_own() -> None:
    day = council_lead_day(date(2027, 4, 30), Duration(count=20, unit=Unit.WORKDAYS), [], CALENDARS["M"])
    assert (day, is_workday(day, [CALENDARS["M"]])) == (date(2027, 4, 2), True)


def test_a_fixed_term_that_is_over_tells_when_it_ended_and_has_no_notice() -> None:
    over = Terms(
        in_force=date(2020, 1, 1),
        term=Duration.parse("24 months"),
        notice=Duration.parse("3 months"),
        notice_to=NoticeTo.TERM_END,
    )
    found = deadline(over, date(2026, 11, 22), [])
    assert found.term_end is not None
    assert (found.term_end.on, found.over, found.notice, found.next) == (date(2021, 12, 31), True, None, None)


@pytest.mark.parametrize(
    ("received", "end"),
    [("2027-04-30", "2027-07-31"), ("2027-05-01", "2028-07-31"), ("2023-02-28", "2023-07-31")],
)
def test_a_notice_given_leads_to_the_first_end_it_is_in_time_for(received: str, end: str) -> None:
    terms = Terms(
        in_force=date(2020, 8, 1),
        term=Duration.parse("36 months"),
        renewal=Duration.parse("12 months"),
        notice=Duration.parse("3 months"),
        notice_to=NoticeTo.TERM_END,
        noticed=date.fromisoformat(received),
    )
    found = deadline(terms, date(2022, 1, 1), [])
    assert found.term_end is not None
    assert (found.term_end.on.isoformat(), found.notice) == (end, None)


def test_notice_at_any_time_ends_when_its_period_is_over() -> None:
    terms = Terms(
        in_force=date(2020, 8, 1),
        notice=Duration.parse("3 months"),
        notice_to=NoticeTo.ANY_TIME,
        noticed=date(2026, 11, 30),
    )
    found = deadline(terms, date(2026, 12, 1), [])
    assert found.term_end is not None
    assert found.term_end.on == date(2027, 2, 28)


def test_terms_in_working_days_are_refused() -> None:
    days = Duration.parse("5 workdays")
    with pytest.raises(ValueError):
        Terms(in_force=date(2026, 1, 1), term=days)
    with pytest.raises(ValueError):
        Terms(in_force=date(2026, 1, 1), term=Duration.parse("1 year"), renewal=days)


def test_a_notice_longer_than_the_calendar_has_no_last_day() -> None:
    terms = Terms(
        in_force=date(2026, 1, 1),
        term=Duration.parse("1 year"),
        notice=Duration.parse("9999 years"),
        notice_to=NoticeTo.TERM_END,
    )
    assert deadline(terms, date(2026, 6, 1), []).notice is None


def test_an_end_beyond_the_calendar_is_none() -> None:
    terms = Terms(in_force=date(9990, 1, 1), term=Duration.parse("9999 years"))
    assert deadline(terms, date(2026, 1, 1), []).term_end is None


# --- a term that nothing renews ---------------------------------------------------------------------------------------

FIXED: dict[str, Any] = {
    "in_force": date(2025, 1, 1),
    "term": Duration.parse("24 months"),
    "notice": Duration.parse("3 months"),
}


@pytest.mark.parametrize("notice_to", [NoticeTo.ANY_TIME, NoticeTo.QUARTER_END, NoticeTo.YEAR_END, NoticeTo.TERM_END])
def test_a_notice_never_lets_a_fixed_term_run_longer(notice_to: NoticeTo) -> None:
    terms = Terms(**FIXED, notice_to=notice_to, noticed=date(2026, 11, 20))
    found = deadline(terms, date(2026, 11, 22), [])
    assert found.term_end is not None
    assert found.term_end.on == date(2026, 12, 31)


@pytest.mark.parametrize("notice_to", [NoticeTo.QUARTER_END, NoticeTo.YEAR_END])
def test_notice_does_not_aim_at_a_day_after_the_end_of_a_fixed_term(notice_to: NoticeTo) -> None:
    found = deadline(Terms(**FIXED, notice_to=notice_to), date(2026, 11, 22), [])
    assert found.notice is not None
    assert (found.notice.last_day, found.passed, found.next) == (date(2026, 9, 30), True, None)


def test_a_notice_in_working_days_ends_by_the_calendars_of_the_parties() -> None:
    terms = Terms(
        in_force=date(2020, 1, 1),
        notice=Duration.parse("3 workdays"),
        notice_to=NoticeTo.ANY_TIME,
        noticed=date(2026, 12, 23),
    )
    found = deadline(terms, date(2026, 12, 23), [CALENDARS["M"]])
    # 24, 25 and 31 December and the weekend are no working days in München.
    assert found.term_end is not None
    assert found.term_end.on == date(2026, 12, 30)


def test_a_notice_whose_period_has_no_last_day_leads_to_no_end() -> None:
    endless = Duration.parse("9999 years")
    terms = Terms(in_force=date(2020, 1, 1), notice=endless, notice_to=NoticeTo.ANY_TIME, noticed=date(2026, 11, 20))
    assert deadline(terms, date(2026, 11, 22), []).term_end is None
