"""What changes rooms and founds a cooperation."""

from dataclasses import dataclass, replace
from datetime import date

from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.refusal import Refusal
from commands.framework.reply import Foreign
from commands.framework.rights import require
from storage.cities.queries import cities
from storage.cities.record import City, CityKind, CityState, State
from storage.cities.tables import CITIES
from storage.cooperation.queries import cooperation
from storage.cooperation.record import Cooperation
from storage.cooperation.tables import COOPERATION
from storage.people.record import Person
from storage.people.tables import PEOPLE
from storage.projects.queries import project
from storage.records import Kept
from storage.rooms.queries import room_by_address
from storage.rooms.record import Room, RoomKind
from storage.rooms.tables import ROOMS
from storage.scope import unlimited
from storage.seats.record import Role, Seat
from storage.seats.tables import SEATS
from storage.values import Language, Localized, PartialDate
from storage.work import Work

BODY = "referentenkreis"
"""The body that coordination sits in at first."""


class DirectChatStaysUnbound(Refusal):
    """A direct chat goes by its person; it cannot be given a kind."""


class KindNeeded(Refusal):
    """A room is bound by its kind; only then it has a language or a body."""


class ProjectNeeded(Refusal):
    """A project room without its project."""


class NoSuchProject(Refusal):
    """There is no such project; fact `given`."""


class FoundedAlready(Refusal):
    """There is a cooperation already; fact `name`."""


class CodesTaken(Refusal):
    """Some of the cities exist already; fact `codes`."""


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What is said of a room; what is None stays as it is."""

    kind: RoomKind | None = None
    project: str | None = None
    language: Language | None = None
    body: str | None = None
    quiet: bool | None = None


@dataclass(frozen=True, kw_only=True)
class NewCity:
    """A city that founds or joins: its code and its name in both languages."""

    code: str
    german: str
    english: str


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """All that a cooperation begins with. `own` is the city of whoever sets it up and will coordinate it.

    `coordinator` is their name, None where the register knows them already.
    """

    german: str
    english: str
    founded: PartialDate
    cities: tuple[NewCity, ...]
    own: str
    coordinator: str | None


async def bound_room(work: Work, caller: Caller) -> Kept[Room] | None:
    """The register's record of the room the caller writes in."""
    return await room_by_address(work, unlimited(), caller.place.room, caller.place.alias)


async def bind_room(work: Work, caller: Caller, wanted: Binding) -> Room:
    """Make the caller's room what is wanted; binding it twice changes nothing.

    Raises DirectChatStaysUnbound, KindNeeded, ProjectNeeded, NoSuchProject, NotAllowed.
    """
    require(Right.COORDINATION, caller)
    if caller.place.direct:
        raise DirectChatStaysUnbound
    before = await bound_room(work, caller)
    room = _bound(caller, before.record if before else None, wanted)
    # Coordination may bind a room to any project, whatever the room has shown so far.
    if room.project and await project(work, unlimited(), room.project) is None:
        raise NoSuchProject(given=Foreign(room.project))
    await work.put(ROOMS, before.key if before else await work.new_key(ROOMS), room)
    return room


async def follow_room(work: Work, caller: Caller, old: str) -> Room | None:
    """Bind the caller's room as the room `old` was bound, which it continues; None where there is nothing to follow.

    A room that has a binding of its own keeps it. It is the homeserver's word that the room goes on here, by somebody
    who may move it: nobody's rights are asked.
    """
    here, there = await bound_room(work, caller), await room_by_address(work, unlimited(), old, None)
    if there is None:
        # Known by an address that came along, it is bound already.
        return here.record if here else None
    if here is not None:
        return None
    moved = there.record.model_copy(update={"id": caller.place.room, "alias": caller.place.alias or there.record.alias})
    await work.put(ROOMS, there.key, moved)
    return moved


async def is_followed(work: Work, caller: Caller, old: str) -> bool:
    """Whether the caller's room has the binding that `old` had; it counts as a direct chat until more people come."""
    here, there = await bound_room(work, caller), await room_by_address(work, unlimited(), old, None)
    return here is not None and there is None


def _bound(caller: Caller, before: Room | None, wanted: Binding) -> Room:
    kind = wanted.kind or (before.kind if before else None)
    if kind is None:
        raise KindNeeded
    bound_to = wanted.project or (before.project if before else None)
    if kind is RoomKind.PROJECT and bound_to is None:
        raise ProjectNeeded
    changes = {
        "id": caller.place.room,
        "alias": caller.place.alias or (before.alias if before else None),
        "kind": kind,
        "project": bound_to if kind is RoomKind.PROJECT else None,
        "language": wanted.language or (before.language if before else None),
        "body": wanted.body or (before.body if before else None),
        "quiet": wanted.quiet if wanted.quiet is not None else bool(before and before.quiet),
    }
    return (before or Room(kind=kind)).model_copy(update=changes)


async def found_cooperation(work: Work, caller: Caller, plan: Foundation) -> None:
    """Record the cooperation with its cities and, where nobody coordinates yet, its coordination.

    Raises FoundedAlready, CodesTaken, NotAllowed.
    """
    require(Right.COORDINATION, caller)
    await _nothing_stands(work, plan)
    holder = caller.key or await work.new_key(PEOPLE)
    if work.acting is not None:
        # Whoever sets it up is on record as having done so, although the register did not know them before.
        work.act(replace(work.acting, person=holder, city=plan.own or None))
    record = Cooperation(
        name=Localized(de=plan.german, en=plan.english),
        founded=plan.founded,
        language=caller.language,
        timezone=caller.zone.key,
    )
    await work.put(COOPERATION, await work.new_key(COOPERATION), record)
    for each in plan.cities:
        await work.put(CITIES, each.code, _member(each, _since(plan.founded, caller.today)))
    if not caller.coordinated:
        await _coordinate(work, caller, plan, holder)


async def _nothing_stands(work: Work, plan: Foundation) -> None:
    there = await cooperation(work, unlimited())
    if there:
        raise FoundedAlready(name=Foreign(there.record.name.de))
    taken = await cities(work, unlimited(), frozenset(each.code for each in plan.cities))
    if taken:
        raise CodesTaken(codes=tuple(sorted(taken)))


def _since(founded: PartialDate, today: date) -> PartialDate:
    """Members since the founding; a cooperation that is still to begin has its members from today, to prepare it."""
    return founded if founded.first_day() <= today else PartialDate.of(today)


def _member(each: NewCity, since: PartialDate) -> City:
    return City(
        code=each.code,
        name=Localized(de=each.german, en=each.english),
        kind=CityKind.CITY,
        states=(State(state=CityState.MEMBER, from_=since),),
    )


async def _coordinate(work: Work, caller: Caller, plan: Foundation, holder: str) -> None:
    if caller.key is None:
        name = plan.coordinator or caller.mxid
        person = Person(key=holder, name=name, mxid=caller.mxid, language=caller.language)
        await work.put(PEOPLE, holder, person)
    key = await work.new_key(SEATS)
    begun = PartialDate.of(caller.today)
    seat = Seat(key=key, city=plan.own, body=BODY, role=Role.COORDINATION, holder=holder, from_=begun)
    await work.put(SEATS, key, seat)
