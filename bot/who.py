"""Who wrote, and where: the register's view of the sender and the room, made once for each message."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from commands.framework.caller import Caller, Place
from commands.framework.inbound import Inbound
from commands.framework.visibility import cap
from storage.cities.queries import codes_in_state
from storage.cities.record import CityState
from storage.cooperation.queries import cooperation
from storage.matrix.queries import room_facts
from storage.people.queries import person_by_mxid
from storage.records import View
from storage.rooms.queries import room_by_address
from storage.scope import Scope, unlimited
from storage.seats.queries import seats_held, seats_in_role
from storage.seats.record import Role
from storage.values import Language


@dataclass(frozen=True, kw_only=True)
class House:
    """What the configuration says about people and places, and the account the bot speaks as."""

    account: str
    user_id: str
    administrators: frozenset[str]
    language: Language
    zone: ZoneInfo


async def identify(view: View, house: House, inbound: Inbound, now: datetime) -> Caller:
    """The caller behind `inbound`: person and seats by Matrix ID today, never by display name or power level."""
    everything = unlimited()
    ours = await cooperation(view, everything)
    zone = ZoneInfo(ours.record.timezone) if ours else house.zone
    today = now.astimezone(zone).date()
    person = await person_by_mxid(view, everything, inbound.sender)
    seats = await seats_held(view, everything, person.key, today) if person else ()
    members = await codes_in_state(view, everything, CityState.MEMBER, today)
    place = await place_of(view, house, inbound)
    spoken = (person.record.language if person else None) or place.language or (ours.record.language if ours else None)
    coordination = await seats_in_role(view, everything, Role.COORDINATION, today)
    coordinated = any(seat.record.holder for seat in coordination)
    administers = inbound.sender in house.administrators
    return Caller(
        mxid=inbound.sender,
        person=person,
        seats=seats,
        members=members,
        administrator=administers,
        coordinated=coordinated,
        language=spoken or house.language,
        place=place,
        scope=Scope(
            cap=cap(place, seats, members, stands_in=administers and not coordinated),
            person=person.key if person else None,
            seats=frozenset(seat.key for seat in seats),
            as_of=None,
            own=place.project,
        ),
        now=now,
        zone=zone,
        event=inbound.event,
    )


async def place_of(view: View, house: House, inbound: Inbound) -> Place:
    """The room of `inbound` as it is bound in the register."""
    if inbound.direct:
        return Place(room=inbound.room, direct=True)
    facts = await room_facts(view.connection, house.account, inbound.room)
    alias = facts.alias if facts else None
    bound = await room_by_address(view, unlimited(), inbound.room, alias)
    if bound is None:
        return Place(room=inbound.room, direct=False, alias=alias)
    return Place(
        room=inbound.room,
        direct=False,
        alias=alias,
        key=bound.key,
        kind=bound.record.kind,
        project=bound.record.project,
        body=bound.record.body,
        language=bound.record.language,
    )
