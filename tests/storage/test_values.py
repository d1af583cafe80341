"""The values records are made of: what they read, what they refuse, and that they read what they wrote."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from storage.decisions.record import Decision, Vote
from storage.meetings.record import Meeting
from storage.projects.record import Project
from storage.reminders.record import Reminder
from storage.seats.record import Seat
from storage.solutions.record import Solution
from storage.values import (
    AnyId,
    Basis,
    CityCode,
    Count,
    Day,
    Duration,
    Flag,
    Instant,
    Line,
    MonthDay,
    PartialDate,
    Source,
    Text,
    Unit,
    Url,
    Visibility,
    WallClock,
    When,
    Yearly,
    Zone,
    map_refs,
    refs,
    refs_of,
)

days = st.dates(min_value=date(1800, 1, 1), max_value=date(2199, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    exact = PartialDate.of(day)
    vaguer = (exact, PartialDate(year=day.year, month=day.month), PartialDate(year=day.year))
    return draw(st.sampled_from(vaguer))


def read(kind: Any, text: object) -> Any:
    return TypeAdapter(kind).validate_python(text)


@given(partial_dates())
def test_a_partial_date_reads_what_it_wrote(when: PartialDate) -> None:
    assert PartialDate.parse(str(when)) == when


@given(partial_dates(), partial_dates())
def test_partial_dates_are_totally_ordered_by_their_first_day(one: PartialDate, other: PartialDate) -> None:
    assert (one < other) + (one == other) + (one > other) == 1
    if one < other:
        assert one.first_day() <= other.first_day()


@given(partial_dates())
def test_a_partial_date_ends_no_sooner_than_it_begins(when: PartialDate) -> None:
    assert when.first_day() <= when.last_day()


def test_a_month_and_a_year_know_their_last_day() -> None:
    assert PartialDate.parse("2024-02").last_day() == date(2024, 2, 29)
    assert PartialDate.parse("2019").last_day() == date(2019, 12, 31)


@given(st.integers(1, 9999), st.sampled_from(Unit))
def test_a_duration_reads_what_it_wrote(count: int, unit: Unit) -> None:
    duration = Duration(count=count, unit=unit)
    assert Duration.parse(str(duration)) == duration


def test_a_single_unit_is_written_in_the_singular() -> None:
    assert str(Duration.parse("1 months")) == "1 month"
    assert str(Duration.parse("5 workdays")) == "5 workdays"


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2000, 12, 31)))
def test_a_day_of_every_year_reads_what_it_wrote(day: date) -> None:
    yearly = MonthDay(month=day.month, day=day.day)
    assert read(Yearly, str(yearly)) == yearly


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2199, 12, 30)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_reads_what_it_wrote(local: datetime, minutes: int) -> None:
    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read(Instant, at.isoformat()) == at


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2199, 12, 31)))  # noqa: DTZ001
def test_a_wall_clock_reads_what_it_wrote(local: datetime) -> None:
    clock = WallClock(local=local.replace(second=0, microsecond=0), zone="Europe/Berlin")
    assert WallClock.parse(str(clock)) == clock


def test_a_day_without_an_hour_stays_a_day() -> None:
    assert read(When, "2026-12-07") == date(2026, 12, 7)
    assert read(When, "2026-12-07T10:00:00Z") == datetime(2026, 12, 7, 10, tzinfo=UTC)


REFUSED = [
    (PartialDate, "2019-02-30", "impossible_date"),
    (PartialDate, "2019-13", "impossible_date"),
    (PartialDate, "0000", "impossible_date"),
    (PartialDate, "16.07.2019", "date"),
    (PartialDate, "2019-7", "date"),
    (PartialDate, "２０１９", "date"),
    (PartialDate, 2019, "not_text"),
    (Day, "2026-11", "day"),
    (Day, "1700000000", "day"),
    (Day, datetime(2026, 11, 16, tzinfo=UTC), "not_text"),
    (Instant, "2026-11-16T08:40:00", "instant"),
    (Instant, "2026-11-16", "instant"),
    (Instant, "2026-11-16T25:40:00Z", "instant"),
    (Instant, "2026-11-31T08:40:00Z", "impossible_date"),
    (Instant, datetime(2026, 11, 16), "instant"),  # noqa: DTZ001
    (When, "bald", "instant"),
    (Yearly, "--02-30", "impossible_date"),
    (Yearly, "12-24", "month_day"),
    (Duration, "36 Monate 40 Tage", "duration"),
    (Duration, "0 days", "duration"),
    (Duration, "3", "duration"),
    (Duration, "1.5 years", "duration"),
    (WallClock, "2026-12-01 09:00", "wall_clock"),
    (WallClock, "2026-12-01 24:00 Europe/Berlin", "wall_clock"),
    (WallClock, "2026-12-01 09:00 Europe/Nowhere", "zone"),
    (Zone, "../etc/passwd", "zone"),
    (Zone, "", "zone"),
    (Count, "1_000", "count"),
    (Count, "-1", "count"),
    (Count, "1.0", "count"),
    (Count, True, "not_text"),
    (Flag, "yes", "flag"),
    (Visibility, "secret", "word"),
    (Line, "zwei\nZeilen", "line_break"),
    (Line, "   ", "empty"),
    (Line, "x" * 501, "too_long"),
    (Line, "Pilot\u202etsrats", "character"),
    (Line, "Pilot\u2067start", "character"),
    (Line, "Pilot\u200fstart", "character"),
    (Line, "Pilot\x07start", "character"),
    (Line, "Pilot\ud800start", "character"),
    (Text, "Pilot\tstart", "character"),
    (Text, "Pilot\u2028start", "character"),
    (Text, "x" * 20_001, "too_long"),
    (CityCode, "m", "form"),
    (CityCode, "M-1", "form"),
    (AnyId, "P-0", "form"),
    (AnyId, "X-1", "form"),
    (AnyId, "P-01", "form"),
    (Basis, "Satzung § 3", "cite"),
    (Basis, "P-1 Ziffer 3", "cite"),
    (Url, "javascript:alert(1)", "form"),
]


@pytest.mark.parametrize(("kind", "given_value", "refusal"), REFUSED)
def test_what_is_not_such_a_value_is_refused_with_its_kind(kind: Any, given_value: object, refusal: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(kind, given_value)
    assert [error["type"] for error in caught.value.errors()] == [refusal]


@given(st.text())
def test_any_text_is_read_or_refused_but_nothing_else_happens(text: str) -> None:
    for kind in (PartialDate, Day, Instant, When, Yearly, Duration, WallClock, Zone, Count, Line, Text, Basis, Source):
        try:
            read(kind, text)
        except ValidationError as refused:
            assert str(refused).isprintable() or "\n" in str(refused)  # noqa: PT017  nothing foreign reaches a terminal


@given(st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1))
def test_a_text_once_read_reads_as_itself(text: str) -> None:
    try:
        once = read(Line, text)
    except ValidationError:
        return
    assert read(Line, once) == once


def test_a_text_is_trimmed_and_composed() -> None:
    assert read(Line, "  Mu\u0308nchen ") == "München"
    assert read(Text, "eins\r\nzwei\n") == "eins\nzwei"
    assert read(Line, "👩‍👩‍👧 Familie") == "👩‍👩‍👧 Familie"


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;UNTIL=20271231", "FREQ=DAILY;UNTIL=20271231T235959Z"]
)
def test_a_rule_of_rfc_5545_is_taken(rule: str) -> None:
    assert Reminder(id="E-1", text="Bericht", for_="koord-m", rule=rule).rule == rule


@pytest.mark.parametrize("rule", ["jeden Montag", "FREQ=NEVER", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;COUNT=x", "FREQ"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValidationError):
        Reminder(id="E-1", text="Bericht", for_="koord-m", rule=rule)


def test_visibility_rises_from_everybody_to_the_steering_room() -> None:
    assert [v.rank for v in (Visibility.PUBLIC, Visibility.GUEST, Visibility.COOPERATION, Visibility.INTERNAL)] == [
        0, 1, 2, 3,
    ]  # fmt: skip


def test_an_audience_of_everybody_makes_a_solution_public() -> None:
    solution = Solution.model_validate(
        {"id": "L-1", "title": "Terminportal", "provider": "N", "audience": "public", "visibility": "internal"}
    )
    assert solution.shown_to() is Visibility.PUBLIC
    assert solution.model_copy(update={"visibility": None, "audience": "members"}).shown_to() is Visibility.COOPERATION


def meeting() -> Meeting:
    return Meeting.model_validate(
        {
            "id": "S-1",
            "body": "referentenkreis",
            "date": "2026-12-07",
            "state": "ended",
            "host": "M",
            "attendance": ["M", "koord-n"],
            "items": [{"number": "1", "title": "Stand", "owner": "koord-n", "decisions": ["B-1"]}],
            "verified": {"by": "koord-m", "date": "2026-12-08"},
        }
    )


def test_every_reference_is_found_with_its_place() -> None:
    assert sorted(refs(meeting()), key=str) == [
        (("attendance", 0), "cities", "M"),
        (("attendance", 1), "people", "koord-n"),
        (("host",), "cities", "M"),
        (("items", 0, "decisions", 0), "decisions", "B-1"),
        (("items", 0, "owner"), "people", "koord-n"),
        (("verified", "by"), "people", "koord-m"),
    ]


def test_references_are_found_in_an_unread_tree_as_well() -> None:
    tree = {"supersedes": ["B-2"], "votes": {"N": {"by": "koord-n", "as": ["x"]}}, "mode_basis": "V-1 Ziffer 3"}
    assert set(refs_of(Decision, tree)) == {
        (("supersedes", 0), "decisions", "B-2"),
        (("votes", "N"), "cities", "N"),
        (("votes", "N", "by"), "people", "koord-n"),
        (("mode_basis",), "agreements", "V-1"),
    }


def test_people_are_replaced_everywhere_and_nothing_else_is() -> None:
    mapped = map_refs(meeting(), "people", lambda key: f"#{key}")
    assert {value for _, target, value in refs(mapped) if target == "people"} == {"#koord-n", "#koord-m"}
    assert mapped.attendance == ("M", "#koord-n")
    assert map_refs(mapped, "people", lambda key: key.removeprefix("#")) == meeting()


def test_an_id_inside_a_text_is_replaced_and_the_text_around_it_stays() -> None:
    decision = Decision.model_validate(
        {
            "id": "B-1",
            "text": "Es gilt Schweigen als Zustimmung.",
            "kind": "procedure",
            "binding": "noted",
            "mode": "silence",
            "mode_basis": "V-1 Ziffer 3",
            "electorate": ["M"],
            "state": "draft",
        }
    )
    assert map_refs(decision, "agreements", lambda _: "V-9").mode_basis == "V-9 Ziffer 3"


def test_awkward_names_are_plain_outside() -> None:
    vote = Vote.model_validate({"choice": "for", "by": "koord-m", "as": "holder", "at": "2026-06-16T10:00:00+02:00"})
    assert vote.as_ == "holder"
    assert Vote(choice=vote.choice, by="koord-m", as_=vote.as_, at=vote.at) == vote
    assert "as" in vote.model_dump(by_alias=True)


def test_nothing_means_the_default_but_a_vacant_seat_is_said_so() -> None:
    project = {"id": "P-1", "title": "Portal", "phase": "idea", "leads": [{"city": "M"}], "aliases": None, "goal": None}
    assert Project.model_validate(project).aliases == ()
    seat = {"city": "M", "body": "referentenkreis", "role": "voting"}
    assert Seat.model_validate(seat | {"holder": None}).holder is None
    with pytest.raises(ValidationError):
        Seat.model_validate(seat)
