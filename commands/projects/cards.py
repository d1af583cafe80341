"""What is shown of one project: its card, today's or a past day's, and how each city sees it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from commands.framework.caller import Caller
from commands.framework.command import Args, named, placed
from commands.framework.parties import city_names
from commands.framework.phrasing import short
from commands.framework.refs import PastDay, ProjectRef
from commands.framework.reply import (
    Block,
    Bullets,
    Foreign,
    Inline,
    Item,
    Line,
    Link,
    RecordRef,
    Reply,
    heading,
    item,
    line,
    reply,
    say,
)
from commands.projects.access import access_project_on
from commands.projects.rules import active
from commands.projects.saying import health_words, milestone_words, state, titled, update_words
from storage.barriers.queries import barriers_blocking
from storage.projects.record import Lead, Participant, Project
from storage.projects.standing import ALIVE, health_of, newest_update, open_milestones
from storage.scope import Scope
from storage.view import View
from storage.work import Work

MOST_LINKS = 3
MOST_BARRIERS = 4


class ShowArgs(Args):
    """`!zeige P-1`, or as it was recorded on a past day: `am:1.10.2026`."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    day: Annotated[PastDay | None, named("am", "on")] = None


async def run_show(work: Work, caller: Caller, args: ShowArgs) -> Reply:
    """Show the card of a project."""
    key = args.project.key
    kept, scope = await access_project_on(work, caller, key, args.day or caller.today)
    now = scope.as_of or work.now
    blocks = await card(work, caller, kept.record, scope, now)
    return reply(*blocks, about=key)


async def card(view: View, caller: Caller, project: Project, scope: Scope, now: datetime) -> tuple[Block, ...]:
    """The card of a project as `scope` sees it; `now` decides what is stale."""
    names = await _names(view, caller, project)
    past = [line(say("projects.reply.recorded_on", day=_day(scope.as_of, caller)))] if scope.as_of else []
    items = [
        *_leads(project, names, caller),
        *_milestones(project),
        *_participants(project, names),
        *await _barriers(view, scope, project),
        *([item(say("projects.reply.goal", goal=Foreign(short(project.goal))))] if project.goal else []),
        *_links(project),
    ]
    return (heading(titled(project)), *past, _state(project, now), Bullets(tuple(items)))


def _day(at: datetime, caller: Caller) -> date:
    return at.astimezone(caller.zone).date()


def _state(project: Project, now: datetime) -> Line:
    if project.phase_reason:
        return line(
            say("projects.reply.state_because", state=state(project, now), reason=Foreign(short(project.phase_reason)))
        )
    return line(state(project, now))


async def status_lines(view: View, caller: Caller, project: Project, now: datetime) -> tuple[Block, ...]:
    """How each city that reports sees the project; contributions of others stand below the lead cities'."""
    names = await _names(view, caller, project)
    leads = {lead.city for lead in project.leads}
    others = [city for city in active(project) if city not in leads and city in names]
    contributions = [
        item(
            say(
                "projects.reply.contribution", city=names[city], status=update_words(update), at=_day(update.at, caller)
            )
        )
        for city in others
        if (update := newest_update(project, city))
    ]
    return (heading(titled(project)), _state(project, now), Bullets((*_leads(project, names, caller), *contributions)))


async def _names(view: View, caller: Caller, project: Project) -> Mapping[str, Foreign]:
    """The names of all cities the project speaks of; those that may not be seen are left out everywhere."""
    needed = [need.from_ for update in project.updates for need in update.needs]
    codes = (*(lead.city for lead in project.leads), *(p.city for p in project.participants), *needed)
    return await city_names(view, caller.scope, codes, caller.language)


def _leads(project: Project, names: Mapping[str, Foreign], caller: Caller) -> list[Item]:
    return [_lead(project, lead, names, caller) for lead in project.leads if lead.city in names]


def _lead(project: Project, lead: Lead, names: Mapping[str, Foreign], caller: Caller) -> Item:
    update = newest_update(project, lead.city)
    name = names[lead.city]
    if update is None and project.phase in ALIVE:
        return item(say("projects.reply.lead_silent", city=name))
    if update is None:
        return item(say("projects.reply.lead_only", city=name))
    return item(
        say("projects.reply.lead", city=name, status=_as_last_seen(project, lead.city), at=_day(update.at, caller)),
        below=tuple(
            item(say("projects.reply.needs_from", city=names[need.from_], what=Foreign(short(need.what))))
            for need in update.needs
            if need.from_ in names
        ),
    )


def _as_last_seen(project: Project, city: str) -> Inline:
    """The newest words with the present colour, which may be older than the words."""
    update = newest_update(project, city)
    health = health_of(project, city)
    if update is None or update.health is not None or health is None:
        return update_words(update) if update else health_words(None)
    return say("projects.reply.health_and_cause", health=health_words(health), cause=Foreign(short(update.text)))


def _milestones(project: Project) -> list[Item]:
    waiting = open_milestones(project)
    return [item(say("projects.reply.next_milestone", milestone=milestone_words(waiting[0])))] if waiting else []


def _participants(project: Project, names: Mapping[str, Foreign]) -> list[Item]:
    seen = tuple(_participant(p, names[p.city]) for p in project.participants if p.city in names)
    return [item(say("projects.reply.participants", cities=seen))] if seen else []


def _participant(participant: Participant, name: Foreign) -> Inline:
    return say("projects.reply.participant", city=name, role=participant.role)


async def _barriers(view: View, scope: Scope, project: Project) -> list[Item]:
    found = await barriers_blocking(view, scope, project.id)
    if not found:
        return []
    refs = tuple(RecordRef("barriers", kept.key, short(kept.record.title)) for kept in found[:MOST_BARRIERS])
    return [item(say("projects.reply.blocked_by", barriers=refs))]


def _links(project: Project) -> list[Item]:
    links = tuple(Link(link.url, link.title) for link in project.links[:MOST_LINKS])
    return [item(say("projects.reply.links", links=links))] if links else []
