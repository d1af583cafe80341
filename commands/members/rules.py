"""What holds for seats and states: intervals that follow each other, and who is told of what is done for others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commands.framework.refusal import Refusal
from commands.framework.reply import Say, say
from storage.cities.record import NEXT, City, CityKind, CityState, State
from storage.folding import fold
from storage.people.record import Absence, Person
from storage.records import Kept
from storage.seats.record import Role, Seat
from storage.values import PartialDate

SINGLE = frozenset({Role.VOTING, Role.DEPUTY})
"""Roles that one person at a time holds for a city in a body; the others may be held by several."""

DAY = timedelta(days=1)


class SeatTaken(Refusal):
    """Somebody holds the seat during the wanted days; facts `city`, `role`, `holder`, `since` (its days)."""


class SeatHeldAlready(Refusal):
    """The person holds this very seat; facts `holder`, `city`, `role`, `since` (its days)."""


class EndsBeforeItBegins(Refusal):
    """The last day lies before the first; facts `start` and `end`."""


class StateAlready(Refusal):
    """The city is that already; facts `city`, `state` and `since`."""


class StateNotNext(Refusal):
    """The state does not follow the one before; facts `city`, `state`, `before` and `allowed`."""


class StateOutOfOrder(Refusal):
    """A state begins before the one that follows the others; facts `city`, `state` and `since` of that one."""


class HolderNeeded(Refusal):
    """The seat is named, but not who is to hold it; fact `role`."""


class NobodyYet(Refusal):
    """The Matrix ID belongs to nobody yet; fact `mxid`."""


class RoleNeeded(Refusal):
    """The city is named, but not which seat."""


class StateOfPartner(Refusal):
    """Partners have a state of their own, and no city has it; facts `kind` and `state`."""


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """Who is to hold a seat, from the first to the last day, both inclusive; without `end` until further notice.

    `office` None leaves the holder's title as it is.
    """

    city: str
    body: str
    role: Role
    holder: str
    office: str | None
    start: date
    end: date | None


@dataclass(frozen=True, kw_only=True)
class SeatChange:
    """A seat row to write: a new one where `key` is None, none any more where `seat` is."""

    key: str | None
    seat: Seat | None


def first_day(seat: Seat) -> date:
    """The first day of the seat; one without a beginning was always there."""
    return seat.from_.first_day() if seat.from_ else date.min


def last_day(seat: Seat) -> date:
    """The last day of the seat, inclusive; one without an end goes on."""
    return seat.to.last_day() if seat.to else date.max


def on(seat: Seat, day: date) -> bool:
    """Whether the seat exists on `day`, both its ends included."""
    return first_day(seat) <= day <= last_day(seat)


def span(seat: Seat, today: date) -> Say:
    """The days of a seat in words: "seit 1.1.2021", "bis 31.12.2026", both, or without limits."""
    if seat.from_ and seat.to:
        return say("members.reply.from_to", start=seat.from_, end=seat.to)
    if seat.to:
        return say("members.reply.until", end=seat.to)
    if seat.from_ is None:
        return say("members.reply.always")
    begun = seat.from_.first_day() <= today
    return say("members.reply.since", start=seat.from_) if begun else say("members.reply.from_on", start=seat.from_)


def appoint(seats: Sequence[Kept[Seat]], wanted: Appointment, today: date) -> tuple[SeatChange, ...]:
    """The rows that make `wanted` true, given all `seats` of its city and role.

    The seat of whoever holds it on the first day ends the day before. Raises SeatTaken where somebody holds it later
    (or where a time that is over would be rewritten), SeatHeldAlready where nothing would change, and
    EndsBeforeItBegins.
    """
    if wanted.end is not None and wanted.end < wanted.start:
        raise EndsBeforeItBegins(start=wanted.start, end=wanted.end)
    rivals = [kept for kept in seats if _competes(kept.record, wanted) and _overlaps(kept.record, wanted)]
    own = next((k for k in rivals if k.record.holder == wanted.holder and on(k.record, wanted.start)), None)
    if own is not None and not _anew(own.record, wanted):
        return _prolonged(own, rivals, wanted, today)
    return tuple(_filled(rivals, wanted, today))


def _competes(seat: Seat, wanted: Appointment) -> bool:
    same = fold(seat.body) == fold(wanted.body) and seat.role is wanted.role and seat.city == wanted.city
    return same and (seat.role in SINGLE or seat.holder == wanted.holder)


def _overlaps(seat: Seat, wanted: Appointment) -> bool:
    return first_day(seat) <= (wanted.end or date.max) and wanted.start <= last_day(seat)


def _anew(held: Seat, wanted: Appointment) -> bool:
    """Whether the holder's title changes, so that a new row begins: signers keep the office they had."""
    return wanted.office is not None and wanted.office != held.office and first_day(held) != wanted.start


def _prolonged(
    own: Kept[Seat], rivals: Sequence[Kept[Seat]], wanted: Appointment, today: date
) -> tuple[SeatChange, ...]:
    """The seat that the person holds already with its new last day or title."""
    seat = own.record
    to = PartialDate.of(wanted.end) if wanted.end else seat.to
    changed = seat.model_copy(update={"to": to, "office": wanted.office or seat.office})
    if changed == seat:
        raise SeatHeldAlready(holder=seat.holder, city=seat.city, role=seat.role, since=span(seat, today))
    # Where the last day does not change nobody else is touched.
    others = [kept for kept in rivals if kept is not own and wanted.end is not None]
    for kept in others:
        if kept.record.holder is not None:
            raise _taken(kept.record, today)
    return (*(SeatChange(key=kept.key, seat=None) for kept in others), SeatChange(key=own.key, seat=changed))


def _taken(seat: Seat, today: date) -> SeatTaken:
    return SeatTaken(city=seat.city, role=seat.role, holder=seat.holder, since=span(seat, today))


def _filled(rivals: Iterable[Kept[Seat]], wanted: Appointment, today: date) -> Iterator[SeatChange]:
    office = wanted.office
    for kept in rivals:
        seat = kept.record
        if seat.holder == wanted.holder and office is None:
            office = seat.office
        if not _gives_way(seat, wanted, today):
            raise _taken(seat, today)
        yield SeatChange(key=kept.key, seat=_until(seat, wanted.start - DAY))
    yield SeatChange(key=None, seat=_seat(wanted, office))


def _gives_way(seat: Seat, wanted: Appointment, today: date) -> bool:
    if seat.holder is None:
        return True
    # What is over stays as it was recorded; a seat that begins today or later may still be corrected.
    if wanted.end is not None and wanted.end < today:
        return False
    return first_day(seat) < wanted.start or first_day(seat) == wanted.start >= today


def _until(seat: Seat, end: date) -> Seat | None:
    """The seat with its last day; nothing of it where it would end before it begins."""
    return seat.model_copy(update={"to": PartialDate.of(end)}) if first_day(seat) <= end else None


def _seat(wanted: Appointment, office: str | None) -> Seat:
    return Seat(
        city=wanted.city,
        body=wanted.body,
        role=wanted.role,
        office=office,
        holder=wanted.holder,
        from_=PartialDate.of(wanted.start),
        to=PartialDate.of(wanted.end) if wanted.end else None,
    )


def vacate(seats: Sequence[Kept[Seat]], left: Kept[Seat], start: date) -> tuple[SeatChange, ...]:
    """The rows that leave the seat `left` without its holder from `start` on, given all `seats` of its city and role.

    A seat that one person at a time holds stays, vacant, until its next holder; the others end.
    """
    seat = left.record
    ended = SeatChange(key=left.key, seat=_until(seat, start - DAY))
    if seat.role not in SINGLE:
        return (ended,)
    beginnings = (first_day(k.record) for k in seats if fold(k.record.body) == fold(seat.body))
    later = [day for day in beginnings if day > start]
    to = PartialDate.of(min(later) - DAY) if later else None
    vacant = Seat(city=seat.city, body=seat.body, role=seat.role, holder=None, from_=PartialDate.of(start), to=to)
    return ended, SeatChange(key=None, seat=vacant)


def _follows(city: City, before: State, new: State) -> None:
    if new.state is before.state:
        raise StateAlready(city=city.code, state=new.state, since=before.from_)
    if new.state not in NEXT[before.state]:
        allowed = tuple(state for state in NEXT[before.state] if _fits(city.kind, state))
        raise StateNotNext(city=city.code, state=new.state, before=before.state, allowed=allowed)


def fits(kind: CityKind, state: CityState) -> None:
    """Raise StateOfPartner for a state that cities or partners do not have; both can leave."""
    if not _fits(kind, state):
        raise StateOfPartner(kind=kind, state=state)


def _fits(kind: CityKind, state: CityState) -> bool:
    return state is CityState.LEFT or (kind is CityKind.PARTNER) == (state is CityState.PARTNER)


def absent(person: Person, new: Absence) -> Person:
    """The person with one more absence; those that overlap it give way.

    One that began before, or with it, ends with it at the latest: who says until when they are away now is back then.
    """
    kept = [part for known in person.absences for part in _around(known, new)]
    return person.model_copy(update={"absences": tuple(sorted((*kept, new), key=lambda one: one.from_))})


def _around(known: Absence, new: Absence) -> Iterator[Absence]:
    if known.to < new.from_ or new.to < known.from_:
        yield known
    elif known.from_ < new.from_:
        yield known.model_copy(update={"to": new.from_ - DAY})
    elif known.from_ > new.from_ and known.to > new.to:
        yield known.model_copy(update={"from_": new.to + DAY})


def back(person: Person, today: date) -> Person:
    """The person without the absence that today is part of; its days before today stay."""
    now = next((one for one in person.absences if one.from_ <= today <= one.to), None)
    if now is None:
        return person
    others = tuple(one for one in person.absences if one is not now)
    left = (now.model_copy(update={"to": today - DAY}),) if now.from_ < today else ()
    return person.model_copy(update={"absences": tuple(sorted((*others, *left), key=lambda one: one.from_))})


def state_on(city: City, day: date) -> State | None:
    """What the city is on `day`: the last state that has begun, unless it is over; None before its first."""
    begun = [state for state in city.states if state.from_.first_day() <= day]
    if not begun or (begun[-1].to is not None and begun[-1].to.last_day() < day):
        return None
    return begun[-1]


def enter_state(city: City, new: State, *, today: date) -> City:
    """The city with one more state, which ends the one before.

    On the very first day of the last state it replaces that one; one that has not begun by `today` is moved to
    another day. Raises StateOutOfOrder for an earlier day, StateAlready, and StateNotNext for what does not follow.
    """
    *earlier, last = city.states
    if earlier and new.state is last.state and last.from_.first_day() > today:
        return _moved(city, new, today=today)
    if new.from_.first_day() < last.from_.first_day():
        raise StateOutOfOrder(city=city.code, state=last.state, since=last.from_)
    if new.from_.first_day() == last.from_.first_day():
        if earlier:
            _follows(city, earlier[-1], new)
        return city.model_copy(update={"states": (*earlier, new)})
    _follows(city, last, new)
    ended = last
    if last.to is not None and last.to.last_day() >= new.from_.first_day():
        ended = last.model_copy(update={"to": PartialDate.of(new.from_.first_day() - DAY)})
    return city.model_copy(update={"states": (*earlier, ended, new)})


def _moved(city: City, new: State, *, today: date) -> City:
    """The city with the day of its last state changed; a reason given before stays unless there is a new one."""
    *earlier, last = city.states
    if new.from_.first_day() == last.from_.first_day() and new.reason in {None, last.reason}:
        raise StateAlready(city=city.code, state=last.state, since=last.from_)
    moved = last.model_copy(update={"from_": new.from_, "reason": new.reason or last.reason})
    before = _reopened(earlier[-1], last)
    return enter_state(city.model_copy(update={"states": (*earlier[:-1], before)}), moved, today=today)


def _reopened(before: State, last: State) -> State:
    """The state before the last one, as it is without it."""
    if before.to is None or before.to.last_day() < last.from_.first_day() - DAY:
        return before
    return before.model_copy(update={"to": None})
