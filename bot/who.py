"""Who wrote, and where: the register's view of the sender and the room, made once for each message."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from commands.framework.caller import Caller, Place
from commands.framework.inbound import Inbound
from commands.framework.privacy import UNCONFIGURED, Privacy
from commands.framework.visibility import cap
from storage.cities.queries import codes_in_state
from storage.cities.record import CityState
from storage.cooperation.queries import cooperation
from storage.matrix.queries import room_facts
from storage.people.queries import person_by_mxid
from storage.people.record import Person
from storage.records import Kept
from storage.rooms.queries import room_by_address
from storage.rooms.record import Room
from storage.scope import Scope, unlimited
from storage.seats.queries import seats_held, seats_in_role
from storage.seats.record import Role, Seat
from storage.values import Language
from storage.view import View, recalled


@dataclass(frozen=True, kw_only=True)
class House:
    """What the configuration says about people and places, and the account the bot speaks as."""

    account: str
    user_id: str
    administrators: frozenset[str]
    language: Language
    zone: ZoneInfo
    privacy: Privacy = UNCONFIGURED


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the register knows of a sender on a day."""

    zone: ZoneInfo
    language: Language | None
    person: Kept[Person] | None
    seats: tuple[Kept[Seat], ...]
    members: frozenset[str]
    coordinated: bool


async def identify(view: View, house: House, inbound: Inbound, now: datetime) -> Caller:
    """The caller behind `inbound`: person and seats by Matrix ID today, never by display name or power level."""
    _, zone = await spoken_here(view, house)
    today = now.astimezone(zone).date()
    known = await recalled(view, ("who", inbound.sender, today), lambda: _known(view, inbound.sender, zone, today))
    place = await place_of(view, house, inbound)
    administers = inbound.sender in house.administrators
    spoken = (known.person.record.language if known.person else None) or place.language or known.language
    return Caller(
        mxid=inbound.sender,
        person=known.person,
        seats=known.seats,
        members=known.members,
        administrator=administers,
        coordinated=known.coordinated,
        language=spoken or house.language,
        place=place,
        scope=_scope(place, known, stands_in=administers and not known.coordinated),
        now=now,
        zone=known.zone,
        event=inbound.event,
        assurance=inbound.assurance,
        privacy=house.privacy,
    )


def _scope(place: Place, known: _Known, *, stands_in: bool) -> Scope:
    return Scope(
        cap=cap(place, known.seats, known.members, stands_in=stands_in),
        person=known.person.key if known.person else None,
        seats=frozenset(seat.key for seat in known.seats),
        as_of=None,
        # What anybody may read shows guests' part of its own project, too.
        own=None if place.public else place.project,
    )


async def spoken_here(view: View, house: House) -> tuple[Language, ZoneInfo]:
    """The language and zone of the cooperation, those of the configuration before there is one."""
    ours = await recalled(view, "cooperation", lambda: cooperation(view, unlimited()))
    return (ours.record.language, ZoneInfo(ours.record.timezone)) if ours else (house.language, house.zone)


async def _known(view: View, sender: str, zone: ZoneInfo, today: date) -> _Known:
    everything = unlimited()
    ours = await cooperation(view, everything)
    person = await person_by_mxid(view, everything, sender)
    coordination = await seats_in_role(view, everything, Role.COORDINATION, today)
    return _Known(
        zone=zone,
        language=ours.record.language if ours else None,
        person=person,
        seats=await seats_held(view, everything, person.key, today) if person else (),
        members=await codes_in_state(view, everything, CityState.MEMBER, today),
        coordinated=any(seat.record.holder for seat in coordination),
    )


async def place_of(view: View, house: House, inbound: Inbound) -> Place:
    """The room of `inbound` as it is bound in the register: by its id, or else by its alias."""
    if inbound.direct:
        return Place(room=inbound.room, direct=True, account=house.account)
    room = inbound.room
    facts = await room_facts(view.connection, house.account, room)
    alias, public = (facts.alias, facts.public) if facts else (None, False)
    bound = await recalled(view, ("room", room), lambda: room_by_address(view, unlimited(), room, None))
    if bound is None:
        bound = await recalled(view, ("room", room, alias), lambda: room_by_address(view, unlimited(), room, alias))
    place = Place(room=room, direct=False, account=house.account, alias=alias, public=public)
    return _bound(place, bound) if bound else place


def _bound(place: Place, bound: Kept[Room]) -> Place:
    record = bound.record
    return replace(
        place,
        # A room that is known by its id keeps the address it was bound with.
        alias=record.alias if record.id == place.room else place.alias,
        key=bound.key,
        kind=record.kind,
        project=record.project,
        body=record.body,
        language=record.language,
    )
