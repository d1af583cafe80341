"""What one record contradicts in itself: rules that hold whoever wrote it, and need no other record."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from storage.agreements.record import Agreement
from storage.barriers.record import Barrier, BarrierState
from storage.cities.record import NEXT, City, CityKind, CityState, State
from storage.decisions.record import Decision, DecisionState, Mode
from storage.glossary.record import Entry
from storage.meetings.record import Meeting
from storage.people.record import Person
from storage.projects.record import Milestone, Phase, Project
from storage.reminders.record import Reminder
from storage.rooms.record import Room, RoomKind
from storage.seats.record import Seat
from storage.statements.record import Statement
from storage.values import PartialDate, Place, Record, Unit, cited


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """A place in the record, the kind of mistake, a neutral English sentence and its facts."""

    place: Place
    kind: str
    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)


def contradictions(record: Record) -> Iterator[Contradiction]:
    """Everything the record contradicts in itself; vague dates only where no reading of them fits."""
    check = _CHECKS.get(type(record))
    return check(record) if check else iter(())


Times = PartialDate | date | None


def certainly_after(one: Times, other: Times) -> bool:
    """Whether every day `one` can mean lies after every day `other` can mean; an unknown one never does."""
    return one is not None and other is not None and _first(one) > _last(other)


def _first(when: PartialDate | date) -> date:
    if isinstance(when, PartialDate):
        return when.first_day()
    return when.date() if isinstance(when, datetime) else when


def _last(when: PartialDate | date) -> date:
    return when.last_day() if isinstance(when, PartialDate) else _first(when)


def _backwards(place: Place, start: Times, end: Times) -> Iterator[Contradiction]:
    if certainly_after(start, end):
        facts = {"start": str(start), "end": str(end)}
        yield Contradiction(place=place, kind="backwards", sentence=f"ends ({end}) before it begins ({start})",
                            facts=facts)  # fmt: skip


def _twice(place: Place, values: Iterable[object], inner: Place = ()) -> Iterator[Contradiction]:
    """`place` names the list, `inner` what in an entry must differ."""
    seen: set[object] = set()
    for index, value in enumerate(values):
        if value is not None and value in seen:
            yield Contradiction(place=(*place, index, *inner), kind="twice", sentence=f'"{value}" stands here twice',
                                facts={"value": str(value)})  # fmt: skip
        seen.add(value)


def _needed(field_name: str, why: str) -> Contradiction:
    return Contradiction(place=(field_name,), kind="needed", sentence=f"is needed {why}", facts={"why": why})


def _outside(place: Place, value: str, allowed: Iterable[str], what: str) -> Iterator[Contradiction]:
    if value not in allowed:
        yield Contradiction(place=place, kind="outside", sentence=f'"{value}" is not among the {what}',
                            facts={"value": value, "what": what})  # fmt: skip


def _itself(place: Place, value: str, own: str) -> Iterator[Contradiction]:
    if value == own:
        yield Contradiction(place=place, kind="itself", sentence=f"{own} cannot refer to itself", facts={"id": own})


def _city(city: City) -> Iterator[Contradiction]:
    if city.partner_kind and city.kind is not CityKind.PARTNER:
        yield Contradiction(place=("partner_kind",), kind="partner_kind", sentence="belongs to a partner only")
    for index, state in enumerate(city.states):
        yield from _backwards(("states", index), state.from_, state.to)
        # A city and a partner have states of their own; both can leave.
        if state.state is not CityState.LEFT and (state.state is CityState.PARTNER) != (city.kind is CityKind.PARTNER):
            yield Contradiction(place=("states", index, "state"), kind="state_of_kind",
                                sentence=f'a {city.kind.value} is never "{state.state.value}"',
                                facts={"kind": city.kind.value, "state": state.state.value})  # fmt: skip
    for index, (earlier, later) in enumerate(pairwise(city.states), 1):
        yield from _states(index, earlier, later)
    for index, recess in enumerate(city.recess):
        yield from _backwards(("recess", index), recess.from_, recess.to)


def _states(index: int, earlier: State, later: State) -> Iterator[Contradiction]:
    if later.state not in NEXT[earlier.state]:
        allowed = ", ".join(NEXT[earlier.state])
        sentence = f'"{later.state.value}" does not follow "{earlier.state.value}"; what can follow is {allowed}'
        steps = {"state": later.state.value, "before": earlier.state.value, "allowed": allowed}
        yield Contradiction(place=("states", index, "state"), kind="not_next", sentence=sentence, facts=steps)
    facts = {"earlier": str(earlier.from_), "later": str(later.from_)}
    if certainly_after(earlier.from_, later.from_):
        sentence = f"begins ({later.from_}) before the state listed ahead of it ({earlier.from_})"
        yield Contradiction(place=("states", index), kind="order", sentence=sentence, facts=facts)
    # Both days belong to their states, so a state that ends on the day the next begins overlaps it.
    elif earlier.to is not None and earlier.to.first_day() >= later.from_.last_day():
        sentence = f"begins ({later.from_}) before the state ahead of it ends ({earlier.to})"
        yield Contradiction(place=("states", index), kind="overlap", sentence=sentence, facts=facts)


def _person(person: Person) -> Iterator[Contradiction]:
    for index, absence in enumerate(person.absences):
        yield from _backwards(("absences", index), absence.from_, absence.to)
        yield from _itself(("absences", index, "deputy"), absence.deputy or "", person.key)


def _seat(seat: Seat) -> Iterator[Contradiction]:
    yield from _backwards((), seat.from_, seat.to)


def _agreement(agreement: Agreement) -> Iterator[Contradiction]:
    yield from _twice(("parties",), agreement.parties)
    yield from _twice(("clauses",), (clause.number for clause in agreement.clauses), ("number",))
    yield from _backwards((), agreement.in_force, agreement.ends_on)
    for name in ("term", "renewal"):
        duration = getattr(agreement, name)
        if duration is not None and duration.unit is Unit.WORKDAYS:
            sentence = "cannot be in working days: the parties do not have the same ones"
            yield Contradiction(place=(name,), kind="workdays", sentence=sentence)
    for index, signature in enumerate(agreement.signatures):
        yield from _outside(("signatures", index, "city"), signature.city, agreement.parties, "parties")
    for index, notice in enumerate(agreement.notices):
        yield from _outside(("notices", index, "by"), notice.by, agreement.parties, "parties")
        for city, received in notice.received.items():
            yield from _backwards(("notices", index, "received", city), notice.sent, received)
    for name in ("amends", "replaces"):
        for index, other in enumerate(getattr(agreement, name)):
            yield from _itself((name, index), other, agreement.id)


def _project(project: Project) -> Iterator[Contradiction]:
    leads = [lead.city for lead in project.leads]
    yield from _twice(("leads",), leads, ("city",))
    participants = [participant.city for participant in project.participants]
    yield from _twice(("participants",), participants, ("city",))
    for index, city in enumerate(participants):
        if city in leads:
            yield Contradiction(place=("participants", index, "city"), kind="leads_already",
                                sentence=f'"{city}" leads the project already', facts={"city": city})  # fmt: skip
    yield from _twice(("milestones",), (milestone.key for milestone in project.milestones), ("key",))
    for index, milestone in enumerate(project.milestones):
        yield from _milestone(("milestones", index), milestone)
    if project.phase is Phase.ABANDONED and project.phase_reason is None:
        yield _needed("phase_reason", "where a project is abandoned")


def _milestone(place: Place, milestone: Milestone) -> Iterator[Contradiction]:
    reached = [*(shift.from_ for shift in milestone.shifts[1:]), milestone.due]
    for index, (shift, then) in enumerate(zip(milestone.shifts, reached, strict=False)):
        if shift.to != then:
            yield Contradiction(place=(*place, "shifts", index, "to"), kind="chain",
                                sentence=f"{shift.to} is not where the date went on from ({then})",
                                facts={"to": str(shift.to), "then": str(then)})  # fmt: skip


def _barrier(barrier: Barrier) -> Iterator[Contradiction]:
    yield from _twice(("confirmed_by",), barrier.confirmed_by)
    yield from _twice(("blocks",), barrier.blocks)
    if barrier.state is BarrierState.SOLVED and barrier.outcome_source is None:
        yield _needed("outcome_source", "where a barrier is solved")


_NOT_YET_OPENED = (DecisionState.DRAFT, DecisionState.WITHDRAWN)


def _decision(decision: Decision) -> Iterator[Contradiction]:
    yield from _twice(("electorate",), decision.electorate)
    yield from _electorate(decision)
    if decision.opened_on is None and decision.state not in _NOT_YET_OPENED:
        yield _needed("opened_on", "once voting has begun")
    if certainly_after(decision.opened_on, decision.closes):
        yield _too_early("closes", str(decision.closes), str(decision.opened_on))
    if certainly_after(decision.opened_on, decision.decided_on):
        yield _too_early("decided_on", str(decision.decided_on), str(decision.opened_on))
    if decision.mode is Mode.SILENCE and decision.mode_basis is None:
        yield _needed("mode_basis", "where silence counts as consent")
    if decision.state is DecisionState.ADOPTED_WITH_PROVISO and not decision.provisos:
        yield _needed("provisos", "where a decision is adopted with a proviso")
    yield from _itself(("mode_basis",), cited(decision.mode_basis or ""), decision.id)
    for index, other in enumerate(decision.supersedes):
        yield from _itself(("supersedes", index), other, decision.id)


def _electorate(decision: Decision) -> Iterator[Contradiction]:
    for city in decision.votes:
        yield from _outside(("votes", city), city, decision.electorate, "electorate")
    for index, vote in enumerate(decision.unsettled):
        yield from _outside(("unsettled", index, "city"), vote.city, decision.electorate, "electorate")
    if decision.quorum is not None and decision.quorum > len(decision.electorate):
        yield Contradiction(place=("quorum",), kind="quorum", sentence="is more than the electorate has cities",
                            facts={"quorum": decision.quorum, "cities": len(decision.electorate)})  # fmt: skip


def _too_early(name: str, end: str, start: str) -> Contradiction:
    sentence = f"{end} is before the vote was opened ({start})"
    return Contradiction(place=(name,), kind="too_early", sentence=sentence, facts={"end": end, "start": start})


def _meeting(meeting: Meeting) -> Iterator[Contradiction]:
    numbers = [item.number for item in meeting.items]
    yield from _twice(("items",), numbers, ("number",))
    yield from _twice(("attendance",), meeting.attendance)
    for index, objection in enumerate(meeting.objections):
        items = map(str, numbers)
        yield from _outside(("objections", index, "item"), str(objection.item), items, "items of the agenda")


def _statement(statement: Statement) -> Iterator[Contradiction]:
    yield from _twice(("cities",), statement.cities)
    for city in statement.approvals if statement.cities else ():
        yield from _outside(("approvals", city), city, statement.cities, "cities whose approval it needs")


def _room(room: Room) -> Iterator[Contradiction]:
    if room.alias is None and room.id is None:
        yield _needed("alias", "where no id is given")
    if room.kind is RoomKind.PROJECT and room.project is None:
        yield _needed("project", "in a project room")


def _reminder(reminder: Reminder) -> Iterator[Contradiction]:
    if reminder.at is None and reminder.rule is None:
        yield _needed("at", "where no rule is given")


def _entry(entry: Entry) -> Iterator[Contradiction]:
    if entry.en is None and entry.alias is None:
        yield _needed("en", "where no alias is given")


_CHECKS: Mapping[type[Record], Callable[[Any], Iterator[Contradiction]]] = {
    City: _city,
    Person: _person,
    Seat: _seat,
    Agreement: _agreement,
    Project: _project,
    Barrier: _barrier,
    Decision: _decision,
    Meeting: _meeting,
    Statement: _statement,
    Room: _room,
    Reminder: _reminder,
    Entry: _entry,
}
