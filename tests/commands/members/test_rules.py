"""Seats and states as intervals: who holds what on which day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.members.rules import (
    Appointment,
    EndsBeforeItBegins,
    SeatChange,
    SeatHeldAlready,
    SeatTaken,
    StateAlready,
    StateNotNext,
    StateOutOfOrder,
    appoint,
    enter_state,
    on,
    state_on,
    vacate,
)
from storage.cities.record import City, CityKind, CityState, State
from storage.records import Kept
from storage.seats.record import Role, Seat
from storage.values import Localized, PartialDate

TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


def kept(number: int, seat: Seat) -> Kept[Seat]:
    return Kept(key=f"s{number}", record=seat, operation=1, since=NOW)


def held(holder: str | None, start: str | None, end: str | None = None, *, role: Role = Role.VOTING) -> Seat:
    return Seat(
        city="M",
        body="referentenkreis",
        role=role,
        holder=holder,
        from_=PartialDate.parse(start) if start else None,
        to=PartialDate.parse(end) if end else None,
    )


def wanted(holder: str, start: date, end: date | None = None, *, role: Role = Role.VOTING) -> Appointment:
    return Appointment(
        city="M", body="Referentenkreis", role=role, holder=holder, office=None, start=start, end=end
    )  # the body is the same one in whatever case


def after(seats: list[Kept[Seat]], changes: tuple[SeatChange, ...]) -> list[Kept[Seat]]:
    """The seats once the changes are written."""
    changed = {change.key: change.seat for change in changes if change.key}
    rows = [Kept(key=k.key, record=changed.get(k.key, k.record) or k.record, operation=1, since=NOW) for k in seats]
    rows = [k for k in rows if k.key not in changed or changed[k.key] is not None]
    new = [change.seat for change in changes if change.key is None and change.seat]
    last = max((int(k.key[1:]) for k in seats), default=0)
    return [*rows, *(kept(last + n, seat) for n, seat in enumerate(new, 1))]


def holders(seats: list[Kept[Seat]], day: date) -> list[str | None]:
    return [k.record.holder for k in seats if on(k.record, day)]


def test_a_new_holder_ends_the_old_ones_seat_the_day_before() -> None:
    seats = [kept(1, held("u1", "2021-01-01"))]
    seats = after(seats, appoint(seats, wanted("u2", TODAY), TODAY))
    assert holders(seats, TODAY - timedelta(days=1)) == ["u1"]
    assert holders(seats, TODAY) == ["u2"]


def test_a_seat_of_a_vague_beginning_ends_the_day_before_the_next_holder() -> None:
    seats = [kept(1, held("u1", "2019-07"))]
    seats = after(seats, appoint(seats, wanted("u2", date(2019, 7, 16)), TODAY))
    assert holders(seats, date(2019, 7, 1)) == ["u1"]
    assert holders(seats, date(2019, 7, 16)) == ["u2"]


def test_a_slip_of_today_is_corrected_in_place() -> None:
    seats = [kept(1, held("u1", TODAY.isoformat()))]
    seats = after(seats, appoint(seats, wanted("u2", TODAY), TODAY))
    assert [k.record.holder for k in seats] == ["u2"]


def test_a_holder_who_is_appointed_for_later_is_not_overlapped() -> None:
    seats = [kept(1, held("u1", "2027-01-01"))]
    with pytest.raises(SeatTaken):
        appoint(seats, wanted("u2", TODAY), TODAY)
    assert appoint(seats, wanted("u2", TODAY, date(2026, 12, 31)), TODAY)


def test_what_is_over_is_not_rewritten() -> None:
    seats = [kept(1, held("u1", "2021-01-01"))]
    with pytest.raises(SeatTaken):
        appoint(seats, wanted("u2", date(2021, 1, 1)), TODAY)
    with pytest.raises(SeatTaken):
        appoint(seats, wanted("u2", date(2022, 1, 1), date(2022, 12, 31)), TODAY)


def test_a_vacant_seat_gives_way() -> None:
    seats = [kept(1, held(None, "2021-01-01"))]
    seats = after(seats, appoint(seats, wanted("u2", date(2021, 1, 1)), TODAY))
    assert holders(seats, TODAY) == ["u2"]


def test_who_holds_the_seat_already_is_told_so() -> None:
    with pytest.raises(SeatHeldAlready):
        appoint([kept(1, held("u1", "2021-01-01"))], wanted("u1", TODAY), TODAY)


def test_a_last_day_is_added_to_the_seat_one_holds() -> None:
    (change,) = appoint([kept(1, held("u1", "2021-01-01"))], wanted("u1", TODAY, date(2026, 12, 31)), TODAY)
    assert change.key == "s1"
    assert change.seat is not None
    assert (str(change.seat.from_), str(change.seat.to)) == ("2021-01-01", "2026-12-31")


def test_a_new_office_begins_a_row_of_its_own_so_that_signers_keep_theirs() -> None:
    seats = [kept(1, held("u1", "2021-01-01").model_copy(update={"office": "Referat"}))]
    asked = Appointment(
        city="M", body="referentenkreis", role=Role.VOTING, holder="u1", office="Stab", start=TODAY, end=None
    )
    seats = after(seats, appoint(seats, asked, TODAY))
    offices = {day: [k.record.office for k in seats if on(k.record, day)] for day in (TODAY, TODAY - timedelta(days=1))}
    assert offices == {TODAY: ["Stab"], TODAY - timedelta(days=1): ["Referat"]}


def test_several_people_may_be_members_of_a_body() -> None:
    seats = [kept(1, held("u1", "2021-01-01", role=Role.MEMBER))]
    seats = after(seats, appoint(seats, wanted("u2", TODAY, role=Role.MEMBER), TODAY))
    assert holders(seats, TODAY) == ["u1", "u2"]


def test_a_seat_does_not_end_before_it_begins() -> None:
    with pytest.raises(EndsBeforeItBegins):
        appoint([], wanted("u1", TODAY, TODAY - timedelta(days=1)), TODAY)


def test_a_voting_seat_that_is_left_stays_vacant_until_its_next_holder() -> None:
    seats = [kept(1, held("u1", "2021-01-01", "2026-12-31")), kept(2, held("u2", "2027-01-01"))]
    seats = after(seats, vacate(seats, seats[0], TODAY))
    assert holders(seats, TODAY - timedelta(days=1)) == ["u1"]
    assert holders(seats, TODAY) == [None]
    assert holders(seats, date(2027, 1, 1)) == ["u2"]


def test_a_members_seat_that_is_left_ends() -> None:
    seats = [kept(1, held("u1", "2021-01-01", role=Role.MEMBER))]
    seats = after(seats, vacate(seats, seats[0], TODAY))
    assert holders(seats, TODAY) == []
    assert holders(seats, TODAY - timedelta(days=1)) == ["u1"]


days = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))
orders = st.lists(st.tuples(st.sampled_from(["u1", "u2", "u3", None]), days, st.none() | days), max_size=8)


@given(orders)
def test_one_vote_has_at_most_one_holder_on_any_day(orders: list[tuple[str | None, date, date | None]]) -> None:
    seats: list[Kept[Seat]] = []
    for holder, start, end in orders:
        seats = ordered(seats, holder, start, end)
        for day in (
            start,
            start - timedelta(days=1),
            end or start,
            *(k.record.from_.first_day() for k in seats if k.record.from_),
        ):
            assert len(holders(seats, day)) <= 1
        assert all(k.record.to is None or k.record.from_ is None or k.record.from_ <= k.record.to for k in seats)


def ordered(seats: list[Kept[Seat]], holder: str | None, start: date, end: date | None) -> list[Kept[Seat]]:
    """The seats after somebody was appointed, or the seat was left; unchanged where that is refused."""
    if holder is None:
        left = next((k for k in seats if k.record.holder and on(k.record, start)), None)
        return after(seats, vacate(seats, left, start)) if left else seats
    try:
        seats = after(seats, appoint(seats, wanted(holder, start, end), TODAY))
    except (SeatTaken, SeatHeldAlready, EndsBeforeItBegins):
        return seats
    assert holder in holders(seats, start)
    return seats


def city(*states: State) -> City:
    return City(code="R", name=Localized(de="Regensburg", en="Regensburg"), kind=CityKind.CITY, states=states)


def state(word: CityState, start: str, end: str | None = None) -> State:
    return State(state=word, from_=PartialDate.parse(start), to=PartialDate.parse(end) if end else None)


def test_a_state_lasts_until_the_next_one_begins() -> None:
    here = city(state(CityState.INTERESTED, "2019"), state(CityState.TALKS, "2026-09-14"))
    assert state_on(here, date(2018, 12, 31)) is None
    assert state_on(here, date(2026, 9, 13)) == here.states[0]
    assert state_on(here, date(2026, 9, 14)) == here.states[1]


def test_a_state_with_an_end_is_over_after_its_last_day() -> None:
    here = city(state(CityState.MEMBER, "2019-07", "2026-11"))
    assert state_on(here, date(2026, 11, 30)) == here.states[0]
    assert state_on(here, date(2026, 12, 1)) is None


def test_a_new_state_ends_the_one_before_it() -> None:
    entered = enter_state(
        city(state(CityState.TALKS, "2026-09-14", "2027-06-30")), state(CityState.MEMBER, "2027-01-01"), today=TODAY
    )
    assert [str(s.to) for s in entered.states] == ["2026-12-31", "None"]


def test_a_state_of_the_same_day_is_corrected() -> None:
    entered = enter_state(
        city(state(CityState.TALKS, "2026-09-14")), state(CityState.MEMBER, "2026-09-14"), today=TODAY
    )
    assert [s.state for s in entered.states] == [CityState.MEMBER]


def test_a_state_does_not_begin_before_the_one_it_follows() -> None:
    with pytest.raises(StateOutOfOrder):
        enter_state(city(state(CityState.TALKS, "2026-09-14")), state(CityState.MEMBER, "2026-09-13"), today=TODAY)


def test_an_announced_exit_is_moved_to_another_day_and_leaves_no_gap() -> None:
    announced = enter_state(
        city(state(CityState.MEMBER, "2019-07-01")), state(CityState.LEFT, "2027-01-01"), today=TODAY
    )
    for day in (date(2027, 2, 1), date(2026, 12, 1)):
        moved = enter_state(announced, state(CityState.LEFT, str(day)), today=TODAY)
        around = [state_on(moved, day - timedelta(days=1)), state_on(moved, day)]
        assert [found.state for found in around if found] == [CityState.MEMBER, CityState.LEFT]
        assert len(moved.states) == 2


def test_an_exit_that_has_taken_effect_is_not_moved() -> None:
    gone = city(state(CityState.MEMBER, "2019-07-01", "2025-12-31"), state(CityState.LEFT, "2026-01-01"))
    with pytest.raises(StateAlready):
        enter_state(gone, state(CityState.LEFT, "2027-02-01"), today=TODAY)


def test_what_is_announced_already_is_not_recorded_again() -> None:
    announced = city(state(CityState.MEMBER, "2019-07-01", "2026-12-31"), state(CityState.LEFT, "2027-01-01"))
    with pytest.raises(StateAlready):
        enter_state(announced, state(CityState.LEFT, "2027-01-01"), today=TODAY)


def test_a_city_is_not_offered_what_only_partners_are() -> None:
    gone = city(state(CityState.MEMBER, "2019-07-01", "2025-12-31"), state(CityState.LEFT, "2026-01-01"))
    with pytest.raises(StateNotNext) as refused:
        enter_state(gone, state(CityState.DORMANT, "2027-01-01"), today=TODAY)
    assert CityState.MEMBER in refused.value.facts["allowed"]
    assert CityState.PARTNER not in refused.value.facts["allowed"]
