"""What changes cities, people and seats: coordination does it, and whom it concerns is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.refs import Ref
from commands.framework.refusal import Refusal
from commands.framework.reply import Foreign, Inline, say
from commands.framework.rights import require
from commands.members.access import access_city_to_change, access_colleague, access_person, access_person_to_change
from commands.members.rules import (
    Appointment,
    EndsBeforeItBegins,
    SeatChange,
    SeatHeldAlready,
    SeatTaken,
    absent,
    appoint,
    back,
    enter_state,
    fits,
    on,
    vacate,
)
from storage.cities.queries import city
from storage.cities.record import (
    City,
    CityKind,
    CityState,
    HolidayCategory,
    Holidays,
    PartnerKind,
    State,
    Subdivision,
)
from storage.cities.tables import CITIES
from storage.folding import fold
from storage.people.queries import person, person_by_mxid
from storage.people.record import Absence, Person
from storage.people.tables import PEOPLE
from storage.records import Kept
from storage.scope import unlimited
from storage.seats.queries import bodies, seats_in_city_and_role, seats_in_role, seats_of_city
from storage.seats.record import Role, Seat
from storage.seats.tables import SEATS
from storage.values import Localized, PartialDate
from storage.view import View
from storage.work import Work

BODY = "referentenkreis"
"""The body of the first seat, where none is named."""


class CityExists(Refusal):
    """The code is taken; fact `code`."""


class MatrixIdTaken(Refusal):
    """The Matrix ID belongs to somebody; facts `mxid` and `name`."""


class NothingToChange(Refusal):
    """The command names nothing that would change."""


class SubdivisionNeeded(Refusal):
    """Holidays without the state whose they are."""


class NobodyToLeave(Refusal):
    """No such seat is held on that day; facts `city` and `day`."""


class WhichSeat(Refusal):
    """Several seats could be meant; facts `city` and `roles`."""


@dataclass(frozen=True, kw_only=True)
class CityFacts:
    """What is said of a city; what is None or empty stays as it is."""

    name: str | None = None
    english: str | None = None
    aliases: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    holidays: tuple[Subdivision | HolidayCategory, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seating:
    """What was done to a seat: who holds it now and who held it until then, each with their row."""

    city: City
    now: Seat | None
    before: Seat | None
    unled: bool = False
    """Nobody holds a coordination seat any more."""


async def record_city(
    work: Work, caller: Caller, code: str, facts: CityFacts, kind: CityKind, partner: PartnerKind | None, state: State
) -> City:
    """Record a new city or partner. Raises CityExists, NotAllowed, SubdivisionNeeded."""
    require(Right.COORDINATION, caller)
    if await city(work, unlimited(), code):
        raise CityExists(code=code)
    name = facts.name or code
    record = City(
        code=code,
        name=Localized(de=name, en=facts.english or name),
        aliases=facts.aliases,
        kind=kind,
        partner_kind=partner,
        states=(state,),
        homeservers=facts.servers,
        holidays=holidays_of(facts.holidays, None),
    )
    await work.put(CITIES, code, record)
    return record


async def change_membership(work: Work, caller: Caller, ref: Ref, state: State) -> City:
    """Record what a city is from a day on. Raises what `entering` raises."""
    kept, changed = await entering(work, caller, ref, state)
    await work.put(CITIES, kept.key, changed)
    return changed


async def entering(view: View, caller: Caller, ref: Ref, state: State) -> tuple[Kept[City], City]:
    """The city as it is and as the state would make it; nothing is written.

    Raises StateOfPartner, StateOutOfOrder, StateAlready, StateNotNext and what loading raises.
    """
    kept = await access_city_to_change(view, caller, ref)
    fits(kept.record.kind, state.state)
    return kept, enter_state(kept.record, state, today=caller.today)


async def record_absence(work: Work, caller: Caller, ref: Ref | None, absence: Absence) -> Kept[Person]:
    """Record that somebody is away: oneself, or somebody of one's city. Raises EndsBeforeItBegins, NotOfYourCity."""
    kept = await access_colleague(work, caller, ref)
    if absence.to < absence.from_:
        raise EndsBeforeItBegins(start=absence.from_, end=absence.to)
    changed = absent(kept.record, absence)
    if changed == kept.record:
        raise NothingToChange
    await work.put(PEOPLE, kept.key, changed)
    return kept


async def end_absence(work: Work, caller: Caller, ref: Ref | None) -> tuple[Kept[Person], bool]:
    """Record that somebody is back today; whether they were away. Raises NotOfYourCity."""
    kept = await access_colleague(work, caller, ref)
    changed = back(kept.record, caller.today)
    if changed != kept.record:
        await work.put(PEOPLE, kept.key, changed)
    return kept, changed != kept.record


async def change_city(work: Work, caller: Caller, ref: Ref, facts: CityFacts) -> City:
    """Change what is said of a city. Raises NothingToChange and what loading raises."""
    kept = await access_city_to_change(work, caller, ref)
    before = kept.record
    changed = before.model_copy(update=dict(_city_changes(before, facts)))
    if changed == before:
        raise NothingToChange
    await work.put(CITIES, kept.key, changed)
    return changed


def _city_changes(before: City, facts: CityFacts) -> Iterable[tuple[str, Any]]:
    if facts.name or facts.english:
        # Where both languages had the same name, a new one is meant for both.
        same = before.name.de == before.name.en
        german = facts.name or before.name.de
        english = facts.english or (german if same else before.name.en)
        yield "name", Localized(de=german, en=english)
    if facts.aliases:
        yield "aliases", facts.aliases
    if facts.servers:
        yield "homeservers", facts.servers
    if facts.holidays:
        yield "holidays", holidays_of(facts.holidays, before.holidays)


def holidays_of(said: Sequence[Subdivision | HolidayCategory], before: Holidays | None) -> Holidays | None:
    """The holidays that the words name; days of a city's own stay. Raises SubdivisionNeeded for categories alone."""
    if not said:
        return before
    places = [word for word in said if isinstance(word, Subdivision)]
    if not places and before is None:
        raise SubdivisionNeeded
    named = tuple(word for word in said if isinstance(word, HolidayCategory) and word is not HolidayCategory.PUBLIC)
    return Holidays(
        subdivision=places[-1] if places or before is None else before.subdivision,
        categories=(HolidayCategory.PUBLIC, *named),
        extra=before.extra if before else (),
    )


async def record_person(work: Work, caller: Caller, said: Person) -> Kept[Person]:
    """Record a new person under a key of ours; that of `said` does not count. Raises MatrixIdTaken, NotAllowed."""
    require(Right.COORDINATION, caller)
    await _free(work, caller, said.mxid)
    key = await work.new_key(PEOPLE)
    record = said.model_copy(update={"key": key})
    await work.put(PEOPLE, key, record)
    operation = await work.operation()
    return Kept(key=key, record=record, operation=operation.id, since=operation.at)


async def change_person(work: Work, caller: Caller, ref: Ref, changes: dict[str, Any]) -> Person:
    """Change what is said of a person. Raises MatrixIdTaken, NothingToChange and what loading raises."""
    kept = await access_person_to_change(work, caller, ref, frozenset(changes))
    changed = kept.record.model_copy(update=changes)
    if changed == kept.record:
        raise NothingToChange
    if changed.mxid != kept.record.mxid:
        await _free(work, caller, changed.mxid)
    await work.put(PEOPLE, kept.key, changed)
    return changed


async def _free(work: Work, caller: Caller, mxid: str | None) -> None:
    holder = await person_by_mxid(work, unlimited(), mxid) if mxid else None
    if holder is not None:
        raise MatrixIdTaken(mxid=mxid, name=await named(work, caller, holder.key))


async def fill_seat(work: Work, caller: Caller, ref: Ref, wanted: Appointment) -> Seating:
    """Give a seat to somebody; whoever held it until then holds it up to the day before.

    Raises SeatTaken, SeatHeldAlready, EndsBeforeItBegins and what loading raises.
    """
    kept = await access_city_to_change(work, caller, ref)
    await access_person(work, caller, Ref("people", wanted.holder))
    seats = await seats_in_city_and_role(work, unlimited(), kept.key, wanted.role)
    try:
        changes = appoint(seats, wanted, caller.today)
    except (SeatTaken, SeatHeldAlready) as refused:
        refused.facts["holder"] = await named(work, caller, refused.facts["holder"])
        raise
    await _write(work, changes)
    before = next((k.record for k in seats if _gave_way(k, changes)), None)
    return Seating(city=kept.record, now=changes[-1].seat, before=before)


def _gave_way(kept: Kept[Seat], changes: tuple[SeatChange, ...]) -> bool:
    return len(changes) > 1 and kept.record.holder is not None and kept.key in {change.key for change in changes}


async def leave_seat(
    work: Work, caller: Caller, ref: Ref, *, role: Role | None, holder: str | None, body: str | None, start: date
) -> Seating:
    """Leave a seat without its holder from `start` on. Raises NobodyToLeave, WhichSeat and what loading raises."""
    kept = await access_city_to_change(work, caller, ref)
    every = await seats_of_city(work, unlimited(), kept.key, start)
    held = [k for k in every if k.record.holder and _meant(k.record, role, holder, body)]
    if not held:
        raise NobodyToLeave(city=kept.key, day=start)
    if len(held) > 1:
        raise WhichSeat(city=kept.key, roles=tuple(dict.fromkeys(k.record.role for k in held)))
    seats = await seats_in_city_and_role(work, unlimited(), kept.key, held[0].record.role)
    changes = vacate(seats, held[0], start)
    await _write(work, changes)
    unled = held[0].record.role is Role.COORDINATION and not await _coordinated(work, max(start, caller.today))
    return Seating(city=kept.record, now=None, before=held[0].record, unled=unled)


def _meant(seat: Seat, role: Role | None, holder: str | None, body: str | None) -> bool:
    return (
        role in (None, seat.role) and holder in (None, seat.holder) and (body is None or fold(body) == fold(seat.body))
    )


async def _coordinated(view: View, day: date) -> bool:
    return any(k.record.holder for k in await seats_in_role(view, unlimited(), Role.COORDINATION, day))


async def _write(work: Work, changes: Iterable[SeatChange]) -> None:
    for change in changes:
        if change.seat is None:
            await work.remove(SEATS, str(change.key))
        else:
            key = change.key or await work.new_key(SEATS)
            await work.put(SEATS, key, change.seat.model_copy(update={"key": key}))


async def body_for(view: View, caller: Caller, city_code: str, role: Role, said: str | None, day: date) -> str:
    """The body that a seat is in: the one said, the seat's present one, the room's, or the one with most seats."""
    known = await bodies(view, unlimited(), day)
    if said is not None:
        return next((body for body in known if fold(body) == fold(said)), said)
    present = [k for k in await seats_in_city_and_role(view, unlimited(), city_code, role) if on(k.record, day)]
    return next(iter((*(k.record.body for k in present), *filter(None, [caller.place.body]), *known)), BODY)


async def named(view: View, caller: Caller, key: str) -> Inline:
    """A person's name, as far as the caller may see it."""
    found = await person(view, caller.scope, key)
    return Foreign(found.record.name) if found else say("members.reply.somebody")


def state_from(state: CityState, start: date, reason: str | None) -> State:
    """A state that begins on `start`."""
    return State(state=state, from_=PartialDate.of(start), reason=reason)
