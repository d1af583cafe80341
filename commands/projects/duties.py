"""When time wants something of a project: milestones that come near, and the next status of each lead city."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from storage.derived import Due
from storage.projects.record import Phase, Project
from storage.projects.standing import ALIVE, OVER, cadence, later, newest_update
from storage.values import Duration, Unit

MILESTONE, STATUS = "projects.milestone", "projects.status"
AHEAD = (14, 3)
"""Days before a milestone on which it is pointed out."""


def due(project: Project) -> Iterable[Due]:
    """The due moments of a project.

    `part` of a milestone is its place in the list, of a status the city's code. A milestone's moments are days, given
    as midnight UTC. A lead city that never gave a status has no moment: it is found by `ProjectFilter.silent`.
    """
    return (*_milestones(project), *_statuses(project))


def _milestones(project: Project) -> Iterator[Due]:
    if project.phase in OVER | {Phase.PAUSED}:
        return
    for place, milestone in enumerate(project.milestones):
        if milestone.done is None:
            day = datetime.combine(milestone.due, time(), UTC)
            yield from (Due(kind=MILESTONE, at=day - timedelta(days=ahead), part=str(place)) for ahead in AHEAD)


def _statuses(project: Project) -> Iterator[Due]:
    if project.phase not in ALIVE:
        return
    for lead in project.leads:
        update = newest_update(project, lead.city)
        if update is not None:
            yield Due(kind=STATUS, at=later(update.at, span(cadence(project))), part=lead.city)


def span(duration: Duration) -> relativedelta:
    """The duration as something to add to an instant; working days count as the calendar days they usually take."""
    count = duration.count
    return {
        Unit.DAYS: relativedelta(days=count),
        Unit.WEEKS: relativedelta(weeks=count),
        Unit.MONTHS: relativedelta(months=count),
        Unit.YEARS: relativedelta(years=count),
        Unit.WORKDAYS: relativedelta(days=-(-count * 7 // 5)),
    }[duration.unit]
