"""The only code that changes projects: each loads on somebody's behalf, decides by the rules and writes."""

from dataclasses import dataclass
from datetime import date

from commands.framework.caller import Caller
from commands.framework.parties import names_of
from commands.framework.refusal import Refusal
from commands.projects.access import access_project_to_change, access_project_to_engage
from commands.projects.rules import (
    Engagement,
    MayNotLead,
    NothingToChange,
    Party,
    PhaseChange,
    Said,
    add_milestone,
    add_update,
    changed,
    engage,
    enter_phase,
    pick_milestone,
    reach,
    replace_update,
    shift_milestone,
    update_of,
    with_milestone,
)
from commands.projects.saying import ref
from storage.projects.record import Lead, Milestone, Phase, Project, Update
from storage.projects.tables import PROJECTS
from storage.records import Kept
from storage.values import Duration, Visibility
from storage.work import Work


class NotRegistered(Refusal):
    """A status needs somebody who gives it, and the register does not know the caller."""


@dataclass(frozen=True, kw_only=True)
class PhaseEntered:
    """A project has come to another phase."""

    project: str
    phase: Phase


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A project as it is proposed. `holders` are people by the city they answer for."""

    title: str
    leads: tuple[str, ...]
    holders: dict[str, str]
    phase: PhaseChange
    goal: str | None = None
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to be changed; None leaves as it is. `milestone` reached `on` that day; without a name the only one."""

    phase: PhaseChange | None = None
    title: str | None = None
    goal: str | None = None
    cadence: Duration | None = None
    topics: tuple[str, ...] | None = None
    aliases: tuple[str, ...] | None = None
    visibility: Visibility | None = None
    milestone: str | None = None
    reached: date | None = None


async def create_project(work: Work, caller: Caller, draft: Draft) -> Project:
    """Start a project. Raises MayNotLead: staff start those that their own city leads."""
    if not caller.coordinates and not set(draft.leads) & set(caller.staffed):
        raise MayNotLead(cities=await names_of(work, caller, caller.staffed))
    key = await work.new_key(PROJECTS)
    idea = Project(
        id=key,
        title=draft.title,
        aliases=draft.aliases,
        goal=draft.goal,
        phase=Phase.IDEA,
        leads=tuple(Lead(city=city, holder=draft.holders.get(city)) for city in draft.leads),
        topics=draft.topics,
        cadence=draft.phase.cadence,
    )
    made = enter_phase(idea, draft.phase)
    await work.put(PROJECTS, key, made)
    return made


async def change_project(work: Work, caller: Caller, key: str, changes: Changes) -> tuple[Project, Project]:
    """Change what is given; returns the project before and after. Raises NothingToChange and what the rules raise."""
    before = await access_project_to_change(work, caller, key)
    after = _changed(before.record, changes, caller.today)
    await _put(work, before, after)
    if after.phase is not before.record.phase:
        work.announce(PhaseEntered(project=key, phase=after.phase))
    return before.record, after


def _changed(project: Project, changes: Changes, today: date) -> Project:
    given = {
        name: value
        for name in ("title", "goal", "cadence", "topics", "aliases", "visibility")
        if (value := getattr(changes, name)) is not None
    }
    after = changed(project, **given)
    if changes.phase is not None:
        after = enter_phase(after, changes.phase)
    if changes.milestone is not None or changes.reached is not None:
        milestone = pick_milestone(after, changes.milestone)
        after = with_milestone(after, milestone, reach(milestone, changes.reached or today))
    return after


async def plan_milestone(work: Work, caller: Caller, key: str, title: str, due: date) -> Project:
    """Add a milestone. Raises MilestoneTaken."""
    before = await access_project_to_change(work, caller, key)
    after = add_milestone(before.record, title, due)
    await _put(work, before, after)
    return after


async def postpone_milestone(
    work: Work, caller: Caller, key: str, called: str | None, *, to: date, reason: str
) -> tuple[Milestone, Milestone]:
    """Move a milestone, later or earlier; returns it before and after. Raises SameDay and what picking raises."""
    before = await access_project_to_change(work, caller, key)
    milestone = pick_milestone(before.record, called)
    moved = shift_milestone(milestone, to, noted=caller.today, reason=reason)
    await _put(work, before, with_milestone(before.record, milestone, moved))
    return milestone, moved


async def engage_city(work: Work, caller: Caller, key: str, party: Party, engagement: Engagement) -> Project:
    """Change a city's part in the project. Raises NotInvolved, LastLead, NothingToChange."""
    before = await access_project_to_engage(work, caller, key, party.city, engagement)
    after = engage(before.record, party, engagement)
    await _put(work, before, after)
    return after


async def report(work: Work, caller: Caller, project: Kept[Project], *, city: str, said: Said) -> Update:
    """Add a city's status to a project that was loaded for reporting. Raises NotRegistered."""
    if caller.key is None:
        raise NotRegistered
    update = update_of(said, city=city, by=caller.key, at=work.now)
    await _put(work, project, add_update(project.record, update))
    return update


async def correct(work: Work, project: Kept[Project], before: Update, said: Said) -> Update:
    """Replace what a status said; it stays the status of its instant."""
    update = update_of(said, city=before.city, by=before.by, at=before.at)
    await _put(work, project, replace_update(project.record, before, update))
    return update


async def _put(work: Work, before: Kept[Project], after: Project) -> None:
    if after == before.record:
        raise NothingToChange(project=ref(after))
    await work.put(PROJECTS, before.key, after)
