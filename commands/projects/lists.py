"""Many projects at once: the list with its filters, and the overview of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from commands.calendar.months import add_months
from commands.framework.caller import Caller
from commands.framework.command import Args, named, placed
from commands.framework.parties import access_city, city_names
from commands.framework.past import scope_on
from commands.framework.phrasing import quoted
from commands.framework.refs import CityRef, PastDay
from commands.framework.reply import (
    Block,
    Bullets,
    Foreign,
    Inline,
    Item,
    Question,
    Reply,
    heading,
    item,
    line,
    reply,
    say,
)
from commands.framework.texts import installed
from commands.projects.rules import leading
from commands.projects.saying import state
from storage.projects.queries import (
    DueMilestone,
    ProjectFilter,
    count_by,
    count_projects,
    due_milestones,
    projects_page,
    slipped_milestones,
)
from storage.projects.record import Health, Phase, Project
from storage.projects.standing import OVER, RUNNING
from storage.scope import Scope
from storage.values import Count, Language, Vocabulary
from storage.view import View
from storage.work import Work

PAGE = 10
SOME = 5
"""How many ids or milestones one line of the overview names."""


class Condition(Vocabulary):
    """What else projects can be asked for by."""

    RUNNING = "running"
    ALL = "all"
    STALE = "stale"
    SILENT = "silent"
    NOT_GREEN = "not_green"


class ListArgs(Args):
    """`!liste projekte` with filters; `ab:` goes on where the last page ended."""

    phases: Annotated[tuple[Phase, ...], placed("phase", "phase")] = ()
    health: Annotated[Health | None, placed("ampel", "health")] = None
    condition: Annotated[Condition | None, placed("nur", "only")] = None
    city: Annotated[CityRef | None, placed("stadt", "city")] = None
    lead: Annotated[CityRef | None, named("federführung", "lead")] = None
    topic: Annotated[str | None, named("thema", "topic")] = None
    day: Annotated[PastDay | None, named("am", "on")] = None
    first: Annotated[Count | None, named("ab", "from")] = None


class OverviewArgs(Args):
    """`!überblick`, of today or of a past day."""

    day: Annotated[PastDay | None, named("am", "on")] = None


# --- the list --------------------------------------------------------------------------------------------------------


async def run_list(work: Work, caller: Caller, args: ListArgs) -> Reply:
    """List projects, ten at a time."""
    scope = scope_on(caller, args.day)
    now = scope.as_of or work.now
    wanted = await _wanted(work, caller, args, now)
    offset = max(args.first or 1, 1) - 1
    total = await count_projects(work, scope, wanted)
    page = await projects_page(work, scope, wanted, limit=PAGE, offset=offset)
    others = await _others(work, scope, wanted)
    items = tuple([await _listed(work, caller, kept.record, now) for kept in page])
    left = total - offset - len(page)
    question = Question(kind="offer", body={"line": more_line(args, offset + PAGE + 1)}) if left > 0 else None
    return reply(
        *_opening(total, others, scope, caller),
        *([Bullets(items)] if items else []),
        *([line(say("projects.reply.more", count=left))] if left > 0 else []),
        question=question,
    )


async def _wanted(view: View, caller: Caller, args: ListArgs, now: datetime) -> ProjectFilter:
    condition = args.condition
    green = args.health is Health.GREEN
    return ProjectFilter(
        phases=frozenset(args.phases) | _phases(condition),
        health=args.health,
        fresh_at=now if green else None,
        lead=await access_city(view, caller, args.lead) if args.lead else None,
        city=await access_city(view, caller, args.city) if args.city else None,
        topic=args.topic,
        stale_at=now if condition is Condition.STALE else None,
        silent=condition is Condition.SILENT,
        not_green_at=now if condition is Condition.NOT_GREEN else None,
    )


def _phases(condition: Condition | None) -> frozenset[Phase]:
    if condition is Condition.RUNNING:
        return RUNNING
    return frozenset(Phase) if condition is Condition.ALL else frozenset()


async def _others(view: View, scope: Scope, wanted: ProjectFilter) -> int:
    """How many more there are among the completed and abandoned, where no phase was asked for."""
    if wanted.phases or wanted.health or wanted.stale_at or wanted.not_green_at or wanted.silent:
        return 0
    return await count_projects(view, scope, replace(wanted, phases=OVER))


def _opening(total: int, others: int, scope: Scope, caller: Caller) -> list[Block]:
    past = []
    if scope.as_of:
        past = [line(say("projects.reply.recorded_on", day=scope.as_of.astimezone(caller.zone).date()))]
    if total == 0 and others == 0:
        return [*past, line(say("projects.reply.none_found"))]
    found = heading(say("projects.reply.found", count=total))
    if others:
        return [found, *past, line(say("projects.reply.others", count=others))]
    return [found, *past]


async def _listed(view: View, caller: Caller, project: Project, now: datetime) -> Item:
    names = tuple((await city_names(view, caller.scope, leading(project), caller.language)).values())
    return item(
        say(
            "projects.reply.listed",
            key=project.id,
            title=Foreign(project.title),
            state=state(project, now),
            cities=names,
        )
    )


def more_line(args: ListArgs, first: int) -> str:
    """The command that goes on with the list from its `first` entry on."""
    shown = installed().shown
    words = [
        ", ".join(shown(phase, Language.DE) for phase in args.phases),
        shown(args.health, Language.DE) if args.health else "",
        shown(args.condition, Language.DE) if args.condition else "",
        f"stadt:{args.city.key}" if args.city else "",
        f"federführung:{args.lead.key}" if args.lead else "",
        f"thema:{quoted(args.topic)}" if args.topic else "",
        f"am:{args.day.isoformat()}" if args.day else "",
    ]
    return " ".join(["!liste projekte", *(word for word in words if word), f"ab:{first}"])


# --- the overview ----------------------------------------------------------------------------------------------------


async def run_overview(work: Work, caller: Caller, args: OverviewArgs) -> Reply:
    """How all projects stand, in at most twelve lines."""
    scope = scope_on(caller, args.day)
    now = scope.as_of or work.now
    today = now.astimezone(caller.zone).date()
    phases = await _by_phase(work, scope)
    if not sum(phases.values()):
        return reply(line(say("projects.reply.none_yet")))
    past = [line(say("projects.reply.recorded_on", day=today))] if scope.as_of else []
    late = await due_milestones(work, scope, None, today, limit=SOME + 1)
    ahead = await due_milestones(work, scope, today, add_months(today, 3), limit=SOME + 1)
    slipped = await slipped_milestones(work, scope, limit=SOME + 1)
    items = [
        item(say("projects.reply.by_phase", phases=_counted(phases))),
        *await _healths(work, scope, now),
        *_dated(say("projects.reply.overdue", milestones=_due(late)), late),
        *_dated(say("projects.reply.next_months", milestones=_due(ahead)), ahead),
        *_dated(say("projects.reply.slipped", milestones=_slips(slipped)), slipped),
    ]
    return reply(heading(say("projects.reply.overview", count=sum(phases.values()))), *past, Bullets(tuple(items)))


async def _by_phase(view: View, scope: Scope) -> dict[Phase, int]:
    counted = await count_by(view, scope, "phase")
    return {phase: counted[phase.value] for phase in Phase if counted.get(phase.value)}


def _counted(phases: dict[Phase, int]) -> tuple[Inline, ...]:
    return tuple(say("projects.reply.phase_count", number=number, phase=phase) for phase, number in phases.items())


@dataclass(frozen=True, kw_only=True)
class _Few:
    """The first ids of some projects, and how many there are."""

    ids: tuple[Inline, ...]
    number: int


async def _healths(view: View, scope: Scope, now: datetime) -> list[Item]:
    """Green ones as a number, all others by their ids; what is stale is named so and never green."""
    green = await count_projects(view, scope, ProjectFilter(health=Health.GREEN, fresh_at=now))
    lines = [item(say("projects.reply.green_count", count=green))]
    red = await _few(view, scope, ProjectFilter(health=Health.RED))
    yellow = await _few(view, scope, ProjectFilter(health=Health.YELLOW))
    stale = await _few(view, scope, ProjectFilter(stale_at=now))
    silent = await _few(view, scope, ProjectFilter(silent=True))
    if red.number:
        lines.append(item(say("projects.reply.red_ones", ids=red.ids)))
    if yellow.number:
        lines.append(item(say("projects.reply.yellow_ones", ids=yellow.ids)))
    if stale.number:
        lines.append(item(say("projects.reply.stale_ones", ids=stale.ids)))
    if silent.number:
        lines.append(item(say("projects.reply.silent_ones", ids=silent.ids)))
    return lines


async def _few(view: View, scope: Scope, wanted: ProjectFilter) -> _Few:
    number = await count_projects(view, scope, wanted)
    page = await projects_page(view, scope, wanted, limit=SOME, offset=0) if number else ()
    ids: Iterable[Inline] = (say("projects.reply.id_and_title", key=k.key, title=Foreign(k.record.title)) for k in page)
    rest = (say("projects.reply.and_more", number=number - SOME),) if number > SOME else ()
    return _Few(ids=(*ids, *rest), number=number)


def _dated(sentence: Inline, found: tuple[DueMilestone, ...]) -> list[Item]:
    return [item(sentence)] if found else []


def _due(found: tuple[DueMilestone, ...]) -> tuple[Inline, ...]:
    shown = tuple(say("projects.reply.due_in", title=Foreign(m.title), key=m.project, due=m.due) for m in found[:SOME])
    return (*shown, *_further(found))


def _slips(found: tuple[DueMilestone, ...]) -> tuple[Inline, ...]:
    shown = tuple(
        say("projects.reply.slip", title=Foreign(m.title), key=m.project, first=m.first, due=m.due)
        for m in found[:SOME]
    )
    return (*shown, *_further(found))


def _further(found: tuple[DueMilestone, ...]) -> tuple[Inline, ...]:
    return (say("projects.reply.and_others"),) if len(found) > SOME else ()
