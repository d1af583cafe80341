"""The rules of projects, as tables of cases and as laws that hold for whatever is done to them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.framework.reply import Foreign
from commands.projects.rules import (
    Engagement,
    LastLead,
    MilestoneTaken,
    MilestoneUnknown,
    NoOpenMilestone,
    NothingToChange,
    NotInvolved,
    Party,
    PhaseChange,
    SameDay,
    WhichMilestone,
    active,
    add_milestone,
    becomes_quarterly,
    engage,
    enter_phase,
    leading,
    nearest_title,
    pick_milestone,
    reach,
    reason_missing,
    shift_milestone,
    with_milestone,
)
from storage.projects.record import Lead, Milestone, Participant, ParticipantRole, Phase, Project
from storage.projects.standing import has_slipped, open_milestones, original_due
from storage.values import Duration, Unit

NOTED = date(2026, 11, 18)
TWO_WEEKS = Duration(count=2, unit=Unit.WEEKS)
QUARTER = Duration(count=3, unit=Unit.MONTHS)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


def project(**fields: object) -> Project:
    """A project led by N, with the given fields."""
    return Project.model_validate(
        {"id": "P-1", "title": "Bauantrag", "phase": "pilot", "leads": [{"city": "N"}], **fields}
    )


def party(city: str, holder: str | None = None) -> Party:
    """A city as somebody names it."""
    return Party(city=city, name=Foreign(city), holder=holder)


# --- phases ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("before", list(Phase))
def test_only_pausing_and_abandoning_need_a_reason(before: Phase, phase: Phase) -> None:
    change = PhaseChange(phase=phase, reason=None, cadence=None)
    needed = phase is not before and phase in (Phase.PAUSED, Phase.ABANDONED)
    assert reason_missing(project(phase=before.value), change) is needed


@pytest.mark.parametrize(
    ("before", "phase", "given_with_it", "cadence"),
    [
        (Phase.PILOT, Phase.OPERATION, None, QUARTER),
        (Phase.PILOT, Phase.OPERATION, TWO_WEEKS, TWO_WEEKS),
        (Phase.OPERATION, Phase.OPERATION, None, TWO_WEEKS),
        (Phase.PILOT, Phase.IMPLEMENTATION, None, TWO_WEEKS),
        (Phase.PAUSED, Phase.OPERATION, None, QUARTER),
        (Phase.OPERATION, Phase.COMPLETED, None, TWO_WEEKS),
    ],
)
def test_entering_operation_makes_the_cadence_quarterly_unless_one_is_given(
    before: Phase, phase: Phase, given_with_it: Duration | None, cadence: Duration
) -> None:
    start = project(phase=before.value, cadence=str(TWO_WEEKS))
    if given_with_it is not None:
        start = project(phase=before.value, cadence=str(given_with_it))
    change = PhaseChange(phase=phase, reason="weil", cadence=given_with_it)
    assert enter_phase(start, change).cadence == cadence
    assert becomes_quarterly(start, change) is (cadence == QUARTER)


def test_the_reason_of_a_pause_goes_when_the_pause_ends() -> None:
    paused = enter_phase(project(), PhaseChange(phase=Phase.PAUSED, reason="Stelle unbesetzt", cadence=None))
    assert paused.phase_reason == "Stelle unbesetzt"
    assert enter_phase(paused, PhaseChange(phase=Phase.PILOT, reason=None, cadence=None)).phase_reason is None


# --- cities ----------------------------------------------------------------------------------------------------------

ENGAGEMENTS = st.lists(st.tuples(st.sampled_from("MNAR"), st.sampled_from(Engagement)), max_size=30)


@given(ENGAGEMENTS)
def test_a_project_is_never_without_a_lead_and_no_city_is_in_it_twice(steps: list[tuple[str, Engagement]]) -> None:
    now = project()
    for city, engagement in steps:
        try:
            now = engage(now, party(city), engagement)
        except (LastLead, NotInvolved, NothingToChange):
            continue
        cities = [*leading(now), *(p.city for p in now.participants)]
        assert len(cities) == len(set(cities))
    assert leading(now)


def test_the_last_lead_can_neither_leave_nor_step_back() -> None:
    for engagement in (Engagement.LEAVES, Engagement.OBSERVES):
        with pytest.raises(LastLead):
            engage(project(), party("N"), engagement)


def test_a_city_that_is_not_involved_cannot_leave() -> None:
    with pytest.raises(NotInvolved):
        engage(project(), party("R"), Engagement.LEAVES)


def test_the_same_part_again_changes_nothing() -> None:
    once = engage(project(), party("R"), Engagement.OBSERVES)
    with pytest.raises(NothingToChange):
        engage(once, party("R"), Engagement.OBSERVES)


def test_a_new_lead_keeps_its_holder_when_it_is_named_again() -> None:
    led = engage(project(), party("M", "u1"), Engagement.LEADS)
    assert led.leads[1] == Lead(city="M", holder="u1")
    assert engage(led, party("M", "u2"), Engagement.LEADS).leads[1].holder == "u2"


def test_observers_take_no_active_part() -> None:
    observed = (
        Participant(city="R", role=ParticipantRole.OBSERVES),
        Participant(city="A", role=ParticipantRole.REUSES),
    )
    assert active(project(participants=observed)) == ("N", "A")


# --- milestones ------------------------------------------------------------------------------------------------------


@given(DAYS, st.lists(DAYS, max_size=12))
def test_a_milestone_keeps_its_first_day_and_every_shift(first: date, days: list[date]) -> None:
    milestone, moved = Milestone(title="Pilotstart", due=first), 0
    for day in days:
        if day == milestone.due:
            with pytest.raises(SameDay):
                shift_milestone(milestone, day, noted=NOTED, reason="weil")
            continue
        milestone, moved = shift_milestone(milestone, day, noted=NOTED, reason=f"Grund {moved}"), moved + 1
    assert original_due(milestone) == first
    assert [s.reason for s in milestone.shifts] == [f"Grund {number}" for number in range(moved)]
    chain = [s.from_ for s in milestone.shifts] + [milestone.due]
    assert chain[1:] == [s.to for s in milestone.shifts]
    assert has_slipped(milestone) is (milestone.due > first)


def test_an_earlier_day_is_a_shift_but_no_slip() -> None:
    earlier = shift_milestone(
        Milestone(title="A", due=NOTED), NOTED - timedelta(days=3), noted=NOTED, reason="schneller"
    )
    assert len(earlier.shifts) == 1
    assert not has_slipped(earlier)


MILESTONES = [
    {"key": "go", "title": "Pilotstart", "due": "2027-03-15"},
    {"title": "Pilotende", "due": "2027-06-15"},
    {"title": "Regelbetrieb", "due": "2027-01-15", "done": "2026"},
]


@pytest.mark.parametrize(
    ("called", "found"),
    [("Pilotstart", "Pilotstart"), ("pilotSTART", "Pilotstart"), ("go", "Pilotstart"), ("Pilote", "Pilotende")],
)
def test_a_milestone_is_found_by_title_key_or_beginning(called: str, found: str) -> None:
    assert pick_milestone(project(milestones=MILESTONES), called).title == found


def test_what_cannot_be_picked_is_said() -> None:
    with pytest.raises(WhichMilestone):
        pick_milestone(project(milestones=MILESTONES), "Pilot")
    with pytest.raises(WhichMilestone):
        pick_milestone(project(milestones=MILESTONES), None)
    with pytest.raises(MilestoneUnknown):
        pick_milestone(project(milestones=MILESTONES), "Regelbetrieb")
    with pytest.raises(NoOpenMilestone):
        pick_milestone(project(), None)


def test_the_only_open_milestone_need_not_be_named() -> None:
    assert pick_milestone(project(milestones=MILESTONES[1:]), None).title == "Pilotende"


def test_two_milestones_never_have_the_same_name() -> None:
    with pytest.raises(MilestoneTaken):
        add_milestone(project(milestones=MILESTONES), "PILOTSTART", NOTED)


def test_a_reached_milestone_is_open_no_longer() -> None:
    start = project(milestones=MILESTONES)
    milestone = pick_milestone(start, "Pilotstart")
    after = with_milestone(start, milestone, reach(milestone, NOTED))
    assert [m.title for m in open_milestones(after)] == ["Pilotende"]


# --- titles ----------------------------------------------------------------------------------------------------------

NAMES = [("P-1", "Digitaler Bauantrag"), ("P-4", "Online-Hundesteuer")]


@pytest.mark.parametrize(
    ("title", "nearest"),
    [
        ("Digitaler Bauantrag", "P-1"),
        ("digitaler bauanträg", "P-1"),
        ("Bauantrag, digitaler", "P-1"),
        ("Online Hundesteuer", "P-4"),
        ("Digitale Bauakte", None),
        ("Wohngeld", None),
    ],
)
def test_nearly_equal_titles_are_noticed(title: str, nearest: str | None) -> None:
    found = nearest_title(title, NAMES)
    assert (found[0] if found else None) == nearest
