"""The commands of projects: what they take, what they do, and how they are declared."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from commands.framework.caller import Caller
from commands.framework.command import (
    AnyCommand,
    Args,
    Command,
    Example,
    Right,
    named,
    placed,
    rest,
    words,
)
from commands.framework.inbound import NO, YES
from commands.framework.parties import access_city, access_person, city_name, city_names, names_of
from commands.framework.phrasing import quoted, readable, typed
from commands.framework.refs import CityRef, PastDay, PersonRef, ProjectRef, Ref
from commands.framework.reply import (
    Block,
    Bullets,
    Code,
    Foreign,
    Inline,
    Question,
    RecordRef,
    Reply,
    Tell,
    done,
    item,
    line,
    reply,
    say,
)
from commands.framework.telling import told
from commands.projects.access import access_project
from commands.projects.actions import (
    Changes,
    Draft,
    change_project,
    create_project,
    engage_city,
    plan_milestone,
    postpone_milestone,
)
from commands.projects.cards import ShowArgs, run_show
from commands.projects.lists import ListArgs, OverviewArgs, run_list, run_overview
from commands.projects.rules import (
    Engagement,
    Party,
    PhaseChange,
    WhichMilestone,
    active,
    becomes_quarterly,
    leading,
    nearest_title,
    reason_missing,
)
from commands.projects.saying import ref, titled
from commands.projects.status import StatusArgs, city_of_answer, run_status
from storage.derived import names_beginning
from storage.folding import fold_words
from storage.projects.record import Phase, Project
from storage.projects.standing import QUARTERLY
from storage.seats.queries import seats_held
from storage.values import Duration, Line, Text, Visibility
from storage.work import Work

# --- arguments -------------------------------------------------------------------------------------------------------


class NewArgs(Args):
    """`!neu projekt "Titel"`; without cities the caller's own leads."""

    title: Annotated[Line, placed("titel", "title")]
    leads: Annotated[tuple[CityRef, ...], named("stadt städte federführung", "city cities lead")] = ()
    holder: Annotated[PersonRef | None, named("verantwortlich person", "holder person")] = None
    goal: Annotated[Text | None, named("ziel", "goal")] = None
    phase: Annotated[Phase, named("phase", "phase")] = Phase.IDEA
    cadence: Annotated[Duration | None, named("takt", "cadence")] = None
    topics: Annotated[tuple[Line, ...], named("themen thema", "topics topic")] = ()
    aliases: Annotated[tuple[Line, ...], named("aliase alias kurzname", "aliases alias")] = ()
    reason: Annotated[Text | None, rest("grund", "reason")] = None


class MilestoneArgs(Args):
    """`!neu meilenstein P-1 Pilotstart bis:15.3.2027`."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    title: Annotated[Line, placed("titel", "title")]
    due: Annotated[date, named("bis am fällig", "by until on due")]


class EditArgs(Args):
    """`!ändern P-1 phase:pilot takt:2 Wochen`; what is not named stays."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    title: Annotated[Line | None, named("titel", "title")] = None
    goal: Annotated[Text | None, named("ziel", "goal")] = None
    phase: Annotated[Phase | None, named("phase", "phase")] = None
    cadence: Annotated[Duration | None, named("takt", "cadence")] = None
    topics: Annotated[tuple[Line, ...] | None, named("themen thema", "topics topic")] = None
    aliases: Annotated[tuple[Line, ...] | None, named("aliase alias kurzname", "aliases alias")] = None
    visibility: Annotated[Visibility | None, named("sichtbarkeit", "visibility")] = None
    milestone: Annotated[Line | None, named("meilenstein", "milestone")] = None
    reached: Annotated[PastDay | None, named("erledigt erreicht", "done reached")] = None
    reason: Annotated[Text | None, rest("grund", "reason")] = None


class InvolveArgs(Args):
    """`!beteiligen P-1 R beobachtet`; `nicht mehr` ends it."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    city: Annotated[CityRef, placed("stadt", "city")]
    engagement: Annotated[Engagement, placed("rolle", "role")]
    holder: Annotated[PersonRef | None, named("verantwortlich person", "holder person")] = None


class PostponeArgs(Args):
    """`!verschieben P-1 Pilotstart bis:15.3.2027 – Grund`; an only open milestone need not be named."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    milestone: Annotated[Line | None, placed("meilenstein", "milestone")] = None
    to: Annotated[date, named("bis auf", "to until by")]
    reason: Annotated[Text, rest("grund", "reason")]


# --- a new project ---------------------------------------------------------------------------------------------------


async def run_new(work: Work, caller: Caller, args: NewArgs) -> Reply:
    """Start a project, or ask for what is missing: who leads, why it pauses, whether it is not there already."""
    leads = tuple(dict.fromkeys([await access_city(work, caller, city) for city in args.leads])) or caller.staffed
    if len(leads) != 1 and not args.leads:
        return await _ask_lead(work, caller, args, leads or tuple(sorted(caller.members)))
    change = PhaseChange(phase=args.phase, reason=args.reason, cadence=args.cadence)
    if reason_missing(None, change):
        return _ask_reason("new", args, args.phase, about=None)
    twin = None if caller.confirmed else await _twin(work, caller, args.title)
    if twin is not None:
        return _ask_twin(args, twin)
    draft = Draft(
        title=args.title,
        leads=leads,
        holders=await _holders(work, caller, args.holder, leads),
        phase=change,
        goal=args.goal,
        topics=args.topics,
        aliases=args.aliases,
    )
    made = await create_project(work, caller, draft)
    return await _created(work, caller, made)


async def _created(work: Work, caller: Caller, made: Project) -> Reply:
    cities = await names_of(work, caller, leading(made))
    first = line(say("projects.reply.created", project=titled(made), phase=made.phase, cities=cities))
    others = [city for city in leading(made) if city not in caller.cities]
    tell = await told(
        work, caller, others, lambda name: say("projects.reply.told_lead", project=titled(made), city=name)
    )
    unbound = caller.place.kind is None and not caller.place.direct
    if not (unbound and caller.coordinates):
        return replace(reply(first, about=made.id), tell=tell)
    bind = typed(caller, f"!raum projekt {made.id}", f"!room project {made.id}")
    offer = line(say("projects.reply.bind_offered", command=Code(bind)))
    return replace(
        reply(first, offer, about=made.id, question=Question(kind="offer", body={"lines": [bind]})), tell=tell
    )


async def _holders(work: Work, caller: Caller, ref_: Ref | None, leads: tuple[str, ...]) -> dict[str, str]:
    """Who answers for which lead city: the person named, for a city where they hold a seat, else the caller."""
    own = [city for city in leads if city in caller.cities]
    if ref_ is None:
        return {own[0]: caller.key} if own and caller.key else {}
    person = await access_person(work, caller, ref_)
    held = {seat.record.city for seat in await seats_held(work, caller.scope, person, caller.today)}
    return {next((city for city in leads if city in held), leads[0]): person}


async def _twin(work: Work, caller: Caller, title: str) -> RecordRef | None:
    """A project whose title or alias is nearly the same, as far as the caller may see it."""
    names = await names_beginning(work, caller.scope, fold_words(title))
    nearest = nearest_title(title, [(name.key, name.shown) for name in names if name.collection == "projects"])
    if nearest is None:
        return None
    kept = await access_project(work, caller, nearest[0])
    return titled(kept.record)


# --- questions of these commands, and how they go on -----------------------------------------------------------------


def _ask_twin(args: NewArgs, twin: RecordRef) -> Reply:
    return reply(
        line(say("projects.reply.twin", project=twin)),
        line(say("projects.reply.create_anyway")),
        about=twin.key,
        question=_again("new", args, None),
    )


async def _ask_lead(work: Work, caller: Caller, args: NewArgs, choices: tuple[str, ...]) -> Reply:
    names = await city_names(work, caller.scope, choices, caller.language)
    return reply(
        line(say("projects.reply.which_lead")),
        Bullets(tuple(item(name) for name in names.values()), numbered=1),
        question=_again("new", args, "leads", choices=tuple(names)),
    )


def _ask_reason(command: str, args: Args, phase: Phase, *, about: str | None) -> Reply:
    return reply(
        line(say("projects.reply.why_phase", phase=phase)), about=about, question=_again(command, args, "reason")
    )


def _again(command: str, args: Args, field: str | None, *, choices: tuple[str, ...] = ()) -> Question:
    body = {
        "then": "projects.again",
        "command": command,
        "args": args.model_dump(mode="json"),
        "field": field,
        "choices": list(choices),
    }
    return Question(kind="step", body=body)


@dataclass(frozen=True, kw_only=True)
class _Again:
    """A command that may be run again with an answer."""

    args: type[Args]
    run: Callable[[Work, Caller, Any], Awaitable[Reply]]


async def go_on(work: Work, caller: Caller, body: Mapping[str, Any], text: str) -> Reply | None:
    """Run a command again with what was missing, or although there is a project of that name. None for no answer."""
    again = _AGAIN[str(body["command"])]
    given, field = dict(body["args"]), body["field"]
    word = text.strip().casefold().rstrip(".!")
    if word in NO:
        return reply(line(say("projects.reply.kept")))
    if field is None:
        if word not in YES:
            return None
        caller = replace(caller, confirmed=True)
    elif field == "leads":
        city = await city_of_answer(work, caller, tuple(body["choices"]), text)
        if city is None:
            return None
        given["leads"] = [{"collection": "cities", "key": city}]
    else:
        given[field] = readable(text)
    return await again.run(work, caller, again.args.model_validate(given))


# --- milestones ------------------------------------------------------------------------------------------------------


async def run_milestone(work: Work, caller: Caller, args: MilestoneArgs) -> Reply:
    """Add a milestone."""
    key = args.project.key
    project = await plan_milestone(work, caller, key, args.title, args.due)
    said = say("projects.reply.milestone_added", project=ref(project), title=Foreign(args.title), due=args.due)
    return replace(reply(line(said), about=key), tell=await _tell_leads(work, caller, project))


async def run_postpone(work: Work, caller: Caller, args: PostponeArgs) -> Reply:
    """Move a milestone; where several could be meant, ask which."""
    key = args.project.key
    try:
        before, now = await postpone_milestone(work, caller, key, args.milestone, to=args.to, reason=args.reason)
    except WhichMilestone as which:
        return _ask_milestone(args, which)
    project = (await access_project(work, caller, key)).record
    said = say("projects.reply.shifted", project=ref(project), title=Foreign(now.title), first=before.due, to=now.due)
    return replace(reply(line(said), about=key), tell=await _tell_leads(work, caller, project))


def _ask_milestone(args: PostponeArgs, which: WhichMilestone) -> Reply:
    titles: tuple[Foreign, ...] = which.facts["open"]
    lines = [
        f"!verschieben {args.project.key} {quoted(title.text)} bis:{args.to.isoformat()} – {args.reason}"
        for title in titles
    ]
    return reply(
        line(say("projects.reply.which_milestone")),
        Bullets(tuple(item(title) for title in titles), numbered=1),
        about=args.project.key,
        question=Question(kind="offer", body={"lines": lines}),
    )


# --- changes ---------------------------------------------------------------------------------------------------------


async def run_edit(work: Work, caller: Caller, args: EditArgs) -> Reply:
    """Change what is named."""
    key = args.project.key
    present = (await access_project(work, caller, key)).record
    change = None
    if args.phase is not None:
        change = PhaseChange(phase=args.phase, reason=args.reason, cadence=args.cadence)
        if reason_missing(present, change):
            return _ask_reason("edit", args, args.phase, about=key)
    before, after = await change_project(work, caller, key, _changes(args, change))
    tell = await _tell_leads(work, caller, after)
    more = _consequences(before, after, change, args)
    if more:
        return replace(reply(*more, about=key), tell=tell)
    return replace(done(line(say("projects.reply.changed", project=ref(after))), about=key), tell=tell)


def _changes(args: EditArgs, change: PhaseChange | None) -> Changes:
    return Changes(
        phase=change,
        title=args.title,
        goal=args.goal,
        cadence=args.cadence,
        topics=args.topics,
        aliases=args.aliases,
        visibility=args.visibility,
        milestone=args.milestone,
        reached=args.reached,
    )


def _consequences(before: Project, after: Project, change: PhaseChange | None, args: EditArgs) -> list[Block]:
    """What a ✅ would not say: that the cadence was set, that a date was understood."""
    said: list[Block] = []
    if change is not None and becomes_quarterly(before, change):
        said.append(line(say("projects.reply.quarterly", project=ref(after), phase=after.phase, cadence=QUARTERLY)))
    if args.milestone is not None or args.reached is not None:
        reached = next(m for m, old in zip(after.milestones, before.milestones, strict=True) if m != old)
        on = reached.done
        said.append(line(say("projects.reply.reached", project=ref(after), title=Foreign(reached.title), on=on)))
    return said


async def run_involve(work: Work, caller: Caller, args: InvolveArgs) -> Reply:
    """Change a city's part in a project."""
    key, city = args.project.key, await access_city(work, caller, args.city)
    holder = await access_person(work, caller, args.holder) if args.holder else None
    if holder is None and args.engagement is Engagement.LEADS and city in caller.cities:
        holder = caller.key
    name = await city_name(work, caller, city)
    party = Party(city=city, name=name, holder=holder)
    project = await engage_city(work, caller, key, party, args.engagement)
    said = line(say("projects.reply.engaged", project=ref(project), city=name, role=args.engagement))
    tell = await told(work, caller, (city,), lambda called: _engaged(project, called, args.engagement))
    return replace(done(said, about=key), tell=tell)


def _engaged(project: Project, city: Foreign, engagement: Engagement) -> Inline:
    if engagement is Engagement.LEAVES:
        return say("projects.reply.told_left", project=titled(project), city=city)
    return say("projects.reply.told_engaged", project=titled(project), city=city, role=engagement)


async def _tell_leads(work: Work, caller: Caller, project: Project) -> tuple[Tell, ...]:
    """What coordination does to a project in which none of its own cities takes part is told to the lead cities."""
    if set(caller.cities) & set(active(project)):
        return ()
    note: Callable[[Foreign], Inline] = lambda name: say(  # noqa: E731
        "projects.reply.told_changed", project=titled(project), city=name
    )
    return await told(work, caller, leading(project), note)


# --- declarations ----------------------------------------------------------------------------------------------------

_AGAIN: Mapping[str, _Again] = {
    "new": _Again(args=NewArgs, run=run_new),
    "edit": _Again(args=EditArgs, run=run_edit),
}

NEW = Command(
    name="projects.new",
    verb=words("neu", "new"),
    object=words("projekt", "project"),
    args=NewArgs,
    run=run_new,
    right=Right.STAFF,
    examples=(
        Example(
            de='!neu projekt "Digitale Bauakte" ziel:"Akten ohne Papier"',
            en='!new project "Digital files" goal:"No paper"',
        ),
        Example(
            de='!neu projekt "Wohngeld online" federführung:M,A phase:Konzept takt:2 Wochen themen:OZG,Soziales',
            en='!new project "Housing benefit online" lead:M,A phase:concept cadence:2 weeks topics:OZG,benefits',
        ),
    ),
)
MILESTONE = Command(
    name="projects.milestone",
    verb=words("neu", "new"),
    object=words("meilenstein", "milestone"),
    args=MilestoneArgs,
    run=run_milestone,
    right=Right.STAFF,
    examples=(
        Example(
            de="!neu meilenstein P-3 Lizenz geklärt bis:29.1.2027",
            en="!new milestone P-3 Licence settled by:2027-01-29",
        ),
    ),
)
SHOW = Command(
    name="projects.show",
    verb=words("zeige", "show"),
    subject="projects",
    args=ShowArgs,
    run=run_show,
    right=Right.EVERYBODY,
    examples=(
        Example(de="!zeige P-1", en="!show P-1"),
        Example(de="!zeige P-1 am:gestern", en="!show P-1 on:yesterday"),
    ),
    changes=False,
)
LIST = Command(
    name="projects.list",
    verb=words("liste", "list"),
    object=words("projekte projekt", "projects project"),
    args=ListArgs,
    run=run_list,
    right=Right.EVERYBODY,
    examples=(
        Example(de="!liste projekte", en="!list projects"),
        Example(de="!liste projekte nicht grün", en="!list projects not green"),
        Example(de="!liste projekte pilot, betrieb federführung:M", en="!list projects pilot, operation lead:M"),
    ),
    changes=False,
)
EDIT = Command(
    name="projects.edit",
    verb=words("ändern", "edit"),
    subject="projects",
    args=EditArgs,
    run=run_edit,
    right=Right.STAFF,
    examples=(
        Example(de="!ändern P-3 phase:pilot takt:1 Monat", en="!edit P-3 phase:pilot cadence:1 month"),
        Example(de="!ändern P-1 meilenstein:Pilotstart erledigt:heute", en="!edit P-1 milestone:Pilotstart done:today"),
        Example(de="!ändern P-7 phase:pausiert – Stelle unbesetzt", en="!edit P-7 phase:paused – position vacant"),
    ),
)
INVOLVE = Command(
    name="projects.involve",
    verb=words("beteiligen", "involve"),
    args=InvolveArgs,
    run=run_involve,
    right=Right.STAFF,
    examples=(
        Example(de="!beteiligen P-1 R beobachtet", en="!involve P-1 R observes"),
        Example(de="!beteiligen P-1 A nicht mehr", en="!involve P-1 A no longer"),
    ),
)
POSTPONE = Command(
    name="projects.postpone",
    verb=words("verschieben", "postpone"),
    args=PostponeArgs,
    run=run_postpone,
    right=Right.STAFF,
    examples=(
        Example(
            de="!verschieben P-1 Pilotstart bis:15.4.2027 – Schnittstelle verspätet",
            en="!postpone P-1 Pilotstart to:2027-04-15 – interface delayed",
        ),
    ),
)
STATUS = Command(
    name="projects.status",
    verb=words("status stand", "update status"),
    args=StatusArgs,
    run=run_status,
    right=Right.EVERYBODY,
    examples=(
        Example(
            de="!status P-1 gelb – Schnittstelle aus München fehlt",
            en="!update P-1 yellow – interface from Munich missing",
        ),
        Example(de="!status P-1", en="!update P-1"),
    ),
)
OVERVIEW = Command(
    name="projects.overview",
    verb=words("überblick", "overview"),
    args=OverviewArgs,
    run=run_overview,
    right=Right.EVERYBODY,
    examples=(Example(de="!überblick", en="!overview"),),
    changes=False,
)

COMMANDS: tuple[AnyCommand, ...] = (STATUS, SHOW, LIST, OVERVIEW, NEW, MILESTONE, EDIT, INVOLVE, POSTPONE)
