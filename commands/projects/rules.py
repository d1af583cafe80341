"""What may become of a project: phases, milestones, cities that take part. Pure: values in, values out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz

from commands.framework.refusal import Refusal
from commands.framework.reply import Foreign, RecordRef
from storage.folding import fold_words
from storage.projects.record import (
    Health,
    Lead,
    Milestone,
    Need,
    Participant,
    ParticipantRole,
    Phase,
    Project,
    Shift,
    Update,
)
from storage.projects.standing import QUARTERLY, SEVERITY, newest_update, open_milestones
from storage.values import Duration, PartialDate, Vocabulary

FINAL_AFTER = timedelta(minutes=15)
"""How long a reply may still correct the status it belongs to."""

ACTIVE = frozenset({ParticipantRole.CONTRIBUTES, ParticipantRole.REUSES})
"""What a city does that takes part; one that observes only looks on."""

NEEDS_REASON = frozenset({Phase.PAUSED, Phase.ABANDONED})

NO_WORDS = "–"
"""The text of a status that gives a health only."""

SIMILAR = 88
"""From this likeness on (0 to 100) two titles may well mean the same project."""


class ProjectNotFound(Refusal):
    """There is no such project, or the caller may not see it; fact `given`."""


class NotRecordedYet(Refusal):
    """The project was not in the register on that day; facts `project`, `day`, `since`."""


class MayNotChange(Refusal):
    """Neither coordination nor a seat in a city that takes part; facts `project`, `cities`."""


class MayNotChangeLeads(Refusal):
    """Neither coordination nor a seat in a city that leads; facts `project`, `cities`."""


class MayNotReport(Refusal):
    """No seat in a city that leads or takes part; facts `project`, `cities`."""


class MayNotReportFor(Refusal):
    """No seat in that city; facts `city`."""


class MayNotLead(Refusal):
    """Somebody starts a project for other cities only; fact `cities`, their own."""


class NotInvolved(Refusal):
    """The city neither leads nor takes part; facts `city`, `project`."""


class NothingToChange(Refusal):
    """The command names nothing that would change; fact `project`."""


class LastLead(Refusal):
    """A project is never without a lead; facts `city`, `project`."""


class MilestoneUnknown(Refusal):
    """The project has no open milestone of that name; facts `given`, `open`."""


class NoOpenMilestone(Refusal):
    """The project has no milestone that is still open; fact `project`."""


class WhichMilestone(Refusal):
    """Several milestones could be meant; fact `open`."""


class MilestoneTaken(Refusal):
    """A milestone of that name exists; facts `title`, `due`."""


class SameDay(Refusal):
    """The milestone is due on that very day already; facts `title`, `day`."""


class Engagement(Vocabulary):
    """What may become of a city in a project."""

    LEADS = "leads"
    CONTRIBUTES = "contributes"
    REUSES = "reuses"
    OBSERVES = "observes"
    LEAVES = "leaves"


# --- cities ----------------------------------------------------------------------------------------------------------


def leading(project: Project) -> tuple[str, ...]:
    """The cities that lead."""
    return tuple(lead.city for lead in project.leads)


def active(project: Project) -> tuple[str, ...]:
    """The cities that lead, contribute or reuse: theirs is the project, and they report on it."""
    return (*leading(project), *(p.city for p in project.participants if p.role in ACTIVE))


@dataclass(frozen=True, kw_only=True)
class Party:
    """A city in a project: its code, what it is called, and who is to answer for it if it leads."""

    city: str
    name: Foreign
    holder: str | None = None


def engage(project: Project, party: Party, engagement: Engagement) -> Project:
    """The project after the city's part in it has changed. Raises NotInvolved, LastLead, NothingToChange."""
    city = party.city
    if engagement is Engagement.LEADS:
        return _with_lead(project, city, party.holder)
    leads = tuple(lead for lead in project.leads if lead.city != city)
    others = tuple(p for p in project.participants if p.city != city)
    before = next((p for p in project.participants if p.city == city), None)
    if not leads:
        raise LastLead(city=party.name, project=_ref(project))
    if engagement is Engagement.LEAVES:
        if before is None and leads == project.leads:
            raise NotInvolved(city=party.name, project=_ref(project))
        return changed(project, leads=leads, participants=others)
    now = Participant(city=city, role=ParticipantRole(engagement.value))
    if before == now:
        raise NothingToChange(project=_ref(project))
    place = project.participants.index(before) if before else len(others)
    return changed(project, leads=leads, participants=(*others[:place], now, *others[place:]))


def _with_lead(project: Project, city: str, holder: str | None) -> Project:
    before = next((lead for lead in project.leads if lead.city == city), None)
    now = Lead(city=city, holder=holder or (before.holder if before else None))
    if before == now:
        raise NothingToChange(project=_ref(project))
    leads = tuple(now if lead is before else lead for lead in project.leads)
    participants = tuple(p for p in project.participants if p.city != city)
    return changed(project, leads=leads if before else (*leads, now), participants=participants)


# --- phases ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PhaseChange:
    """What a step to another phase needs to be told: why, and the cadence if one is given with it."""

    phase: Phase
    reason: str | None
    cadence: Duration | None


def reason_missing(project: Project | None, change: PhaseChange) -> bool:
    """Whether the step needs a reason that is not given: pausing and abandoning do."""
    entered = project is None or project.phase is not change.phase
    return entered and change.phase in NEEDS_REASON and not change.reason


def enter_phase(project: Project, change: PhaseChange) -> Project:
    """The project in its new phase; entering operation makes it report quarterly unless a cadence is given with it."""
    reason = change.reason if change.phase in NEEDS_REASON else None
    if project.phase is change.phase:
        return changed(project, phase_reason=reason or project.phase_reason)
    cadence = QUARTERLY if becomes_quarterly(project, change) else change.cadence or project.cadence
    return changed(project, phase=change.phase, phase_reason=reason, cadence=cadence)


def becomes_quarterly(project: Project, change: PhaseChange) -> bool:
    """Whether the step into operation sets the cadence."""
    entered = change.phase is Phase.OPERATION and project.phase is not Phase.OPERATION
    return entered and change.cadence is None


# --- milestones ------------------------------------------------------------------------------------------------------


def pick_milestone(project: Project, called: str | None) -> Milestone:
    """The open milestone that is called so, or the only one there is.

    Raises NoOpenMilestone, MilestoneUnknown, WhichMilestone.
    """
    waiting = open_milestones(project)
    if not waiting:
        raise NoOpenMilestone(project=_ref(project))
    titles = tuple(Foreign(m.title) for m in waiting)
    if called is None:
        if len(waiting) > 1:
            raise WhichMilestone(open=titles)
        return waiting[0]
    named = [m for m in waiting if is_called(m, called)] or [m for m in waiting if _begins(m, called)]
    if not named:
        raise MilestoneUnknown(given=Foreign(called), open=titles)
    if len(named) > 1:
        raise WhichMilestone(open=tuple(Foreign(m.title) for m in named))
    return named[0]


def is_called(milestone: Milestone, name: str) -> bool:
    """Whether this is the milestone's key or, without regard to case and spelling of umlauts, its title."""
    return name.strip() == milestone.key or fold_words(name) == fold_words(milestone.title)


def _begins(milestone: Milestone, name: str) -> bool:
    words = " ".join(fold_words(name))
    return bool(words) and " ".join(fold_words(milestone.title)).startswith(words)


def add_milestone(project: Project, title: str, due: date) -> Project:
    """The project with one more milestone. Raises MilestoneTaken."""
    same = next((m for m in project.milestones if is_called(m, title)), None)
    if same is not None:
        raise MilestoneTaken(title=Foreign(same.title), due=same.due)
    return changed(project, milestones=(*project.milestones, Milestone(title=title, due=due)))


def shift_milestone(milestone: Milestone, to: date, *, noted: date, reason: str) -> Milestone:
    """The milestone on its new day; its first day and every shift are kept. Raises SameDay."""
    if to == milestone.due:
        raise SameDay(title=Foreign(milestone.title), day=to)
    shift = Shift(from_=milestone.due, to=to, noted=noted, reason=reason)
    return Milestone(key=milestone.key, title=milestone.title, due=to, shifts=(*milestone.shifts, shift))


def reach(milestone: Milestone, on: date) -> Milestone:
    """The milestone, reached on that day."""
    return milestone.model_copy(update={"done": PartialDate.of(on)})


def with_milestone(project: Project, before: Milestone, now: Milestone) -> Project:
    """The project with one milestone replaced."""
    return changed(project, milestones=tuple(now if m is before else m for m in project.milestones))


# --- updates ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a status says; the text may be empty."""

    health: Health | None
    text: str
    needs: tuple[Need, ...] = ()


def update_of(said: Said, *, city: str, by: str, at: datetime) -> Update:
    """The status as an update of this city."""
    return Update(city=city, health=said.health, text=said.text or NO_WORDS, needs=said.needs, by=by, at=at)


def cause(update: Update) -> str | None:
    """The words of an update; None where only a health was given."""
    return None if update.text == NO_WORDS else update.text


def lacks_cause(update: Update) -> bool:
    """Whether it says yellow or red and not why."""
    return update.health in SEVERITY[1:] and cause(update) is None


def add_update(project: Project, update: Update) -> Project:
    """The project with a new update."""
    return changed(project, updates=(*project.updates, update))


def correctable(project: Project, *, city: str, by: str | None, at: datetime, now: datetime) -> Update | None:
    """The city's newest update, if it is the one that `by` gave at `at` and not final yet; else None."""
    newest = newest_update(project, city)
    mine = newest is not None and newest.by == by and newest.at == at
    return newest if mine and now - at <= FINAL_AFTER else None


def replace_update(project: Project, before: Update, now: Update) -> Project:
    """The project with one update corrected."""
    return changed(project, updates=tuple(now if u is before else u for u in project.updates))


# --- the rest --------------------------------------------------------------------------------------------------------


def changed(project: Project, **fields: object) -> Project:
    """The project with other fields, checked like a new one."""
    return Project.model_validate({**{name: getattr(project, name) for name in Project.model_fields}, **fields})


def likeness(first: str, second: str) -> float:
    """How alike two titles are, from 0 to 100, without regard to case, spelling of umlauts and order of words."""
    one, other = (" ".join(fold_words(text)) for text in (first, second))
    return fuzz.token_sort_ratio(one, other)


def nearest_title(title: str, others: Sequence[tuple[str, str]]) -> tuple[str, float] | None:
    """Which of these (key, name) is most alike, and how much; None if none is alike enough."""
    scored = [(key, likeness(title, name)) for key, name in others]
    best = max(scored, key=_score, default=None)
    return best if best and best[1] >= SIMILAR else None


_score: Callable[[tuple[str, float]], float] = lambda pair: pair[1]  # noqa: E731


def _ref(project: Project) -> RecordRef:
    return RecordRef(project.collection, project.id)
