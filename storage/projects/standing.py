"""How a project stands, from its record alone: overall health and until when its last update counts as fresh."""

from datetime import UTC, date, datetime

from dateutil.relativedelta import relativedelta

from storage.projects.record import Health, Milestone, Phase, Project, Update
from storage.values import Duration, Unit

RUNNING = frozenset({Phase.CONCEPT, Phase.IMPLEMENTATION, Phase.PILOT})
ALIVE = RUNNING | {Phase.OPERATION}
OVER = frozenset({Phase.COMPLETED, Phase.ABANDONED})

# Operation without an explicit cadence counts as quarterly; running phases report monthly unless agreed otherwise.
QUARTERLY = Duration(count=3, unit=Unit.MONTHS)
MONTHLY = Duration(count=1, unit=Unit.MONTHS)

LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""When something falls due that nobody will live to see."""

SEVERITY = (Health.GREEN, Health.YELLOW, Health.RED)


def newest_update(project: Project, city: str) -> Update | None:
    """The city's latest update, or None if it never gave one."""
    # Of two at the same instant the one written later counts.
    own = [update for update in reversed(project.updates) if update.city == city]
    return max(own, key=lambda update: update.at, default=None)


def health_of(project: Project, city: str) -> Health | None:
    """The city's present colour: that of its newest update which names one."""
    own = [u for u in reversed(project.updates) if u.city == city and u.health is not None]
    newest = max(own, key=lambda update: update.at, default=None)
    return newest.health if newest else None


def overall(project: Project) -> Health | None:
    """The worst of the lead cities' colours; other cities' updates are contributions and do not count."""
    colours = [c for lead in project.leads if (c := health_of(project, lead.city))]
    return max(colours, key=SEVERITY.index, default=None)


def cadence(project: Project) -> Duration:
    """How often an update is expected."""
    return project.cadence or (QUARTERLY if project.phase is Phase.OPERATION else MONTHLY)


def fresh_until(project: Project) -> datetime | None:
    """The instant after which the newest lead update is stale (1.5 × cadence); None where nothing goes stale.

    Only running and operating projects go stale, and only once they have an update: without one they are
    'without any update'.
    """
    led = [u.at for lead in project.leads if (u := newest_update(project, lead.city))]
    if project.phase not in ALIVE or not led:
        return None
    return later(max(led), one_and_a_half(cadence(project)))


def later(at: datetime, span: relativedelta) -> datetime:
    """The instant `span` after `at`; the last day of the calendar for what lies beyond it."""
    try:
        return at + span
    except (ValueError, OverflowError):
        return LATEST


def one_and_a_half(span: Duration) -> relativedelta:
    """1.5 × the duration; half a month counts as 15 days, half a year as six months, five working days as a week."""
    whole, half = span.count, span.count * 3
    return {
        Unit.DAYS: relativedelta(hours=half * 12),
        Unit.WEEKS: relativedelta(hours=half * 7 * 12),
        Unit.MONTHS: relativedelta(months=half // 2, days=15 * (half % 2)),
        Unit.YEARS: relativedelta(months=half * 6),
        Unit.WORKDAYS: relativedelta(days=-(-whole * 3 * 7 // 10)),
    }[span.unit]


def is_stale(project: Project, now: datetime) -> bool:
    """Whether the newest update of the lead cities is older than 1.5 × cadence."""
    until = fresh_until(project)
    return until is not None and until < now


def is_silent(project: Project) -> bool:
    """Whether a running or operating project has no update of any lead city."""
    return project.phase in ALIVE and fresh_until(project) is None


def original_due(milestone: Milestone) -> date:
    """The day the milestone was first meant for."""
    return milestone.shifts[0].from_ if milestone.shifts else milestone.due


def has_slipped(milestone: Milestone) -> bool:
    """Whether today's day is later than the first one."""
    return milestone.due > original_due(milestone)


def open_milestones(project: Project) -> tuple[Milestone, ...]:
    """Milestones not reached yet, the soonest first."""
    return tuple(sorted((m for m in project.milestones if m.done is None), key=lambda m: m.due))
