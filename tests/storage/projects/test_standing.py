"""How a project stands, from its record alone."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.projects.record import Health, Phase, Project
from storage.projects.standing import (
    ALIVE,
    LATEST,
    fresh_until,
    health_of,
    is_silent,
    is_stale,
    newest_update,
    one_and_a_half,
    overall,
)
from storage.values import Duration, Unit

AT = datetime(2026, 11, 2, 10, tzinfo=UTC)


def project(*updates: tuple[str, str | None, int], **fields: object) -> Project:
    """A pilot led by N and M; updates are city, health and days after AT."""
    said = [
        {"city": city, "health": health, "text": "Text", "by": "u1", "at": AT + timedelta(days=days)}
        for city, health, days in updates
    ]
    given = {"id": "P-1", "title": "A", "phase": "pilot", "leads": [{"city": "N"}, {"city": "M"}], "cadence": "2 weeks"}
    return Project.model_validate({**given, "updates": said, **fields})


@pytest.mark.parametrize(
    ("updates", "health"),
    [
        ((), None),
        ((("N", "green", 0),), Health.GREEN),
        ((("N", "red", 0), ("N", "green", 1)), Health.GREEN),
        ((("N", "green", 1), ("N", "red", 0)), Health.GREEN),
        ((("N", "green", 0), ("M", "yellow", 0)), Health.YELLOW),
        ((("N", "green", 0), ("A", "red", 1)), Health.GREEN),
        ((("N", "yellow", 0), ("N", None, 1)), Health.YELLOW),
        ((("N", None, 0),), None),
    ],
)
def test_overall_is_the_worst_of_the_lead_cities_newest_colours(
    updates: tuple[tuple[str, str | None, int], ...], health: Health | None
) -> None:
    assert overall(project(*updates)) is health


def test_of_two_updates_at_one_instant_the_later_written_counts() -> None:
    both = project(("N", "green", 0), ("N", "red", 0))
    newest = newest_update(both, "N")
    assert newest is not None
    assert newest.health is Health.RED
    assert health_of(both, "N") is Health.RED


@pytest.mark.parametrize("phase", list(Phase))
def test_only_living_projects_go_stale_or_are_silent(phase: Phase) -> None:
    later = AT + timedelta(days=365)
    assert is_stale(project(("N", "green", 0), phase=phase.value), later) is (phase in ALIVE)
    assert is_silent(project(phase=phase.value)) is (phase in ALIVE)


def test_a_project_goes_stale_after_one_and_a_half_cadences() -> None:
    now = project(("N", "green", 0), ("M", "green", 1))
    assert fresh_until(now) == AT + timedelta(days=22)
    assert not is_stale(now, AT + timedelta(days=22))
    assert is_stale(now, AT + timedelta(days=22, seconds=1))


def test_a_cadence_beyond_the_calendar_never_lets_a_project_go_stale() -> None:
    rare = project(("N", "green", 7)).model_copy(update={"cadence": Duration(count=9999, unit=Unit.YEARS)})
    assert fresh_until(rare) == LATEST


def test_updates_of_others_do_not_refresh_a_project() -> None:
    assert fresh_until(project(("N", "green", 0), ("A", "green", 9))) == AT + timedelta(days=21)


@pytest.mark.parametrize(
    ("cadence", "days"), [("2 days", 3), ("2 weeks", 21), ("1 month", 45), ("3 months", 135), ("5 workdays", 11)]
)
def test_one_and_a_half_of_every_unit(cadence: str, days: int) -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    assert abs((start + one_and_a_half(Duration.parse(cadence)) - start).days - days) <= 1
