"""What becomes of rooms of ours: we are out of them, others continue them or are falsely said to, a part is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.matrix.inbound import Where, moved
from bot.matrix.rooms import Room, Rooms
from bot.matrix.timeline import Departure, Heard
from commands.framework.inbound import Inbound
from storage.database import Connection
from storage.departures import abandon
from storage.incidents import IncidentKind, record_incident


@dataclass(frozen=True, kw_only=True)
class NotFollowed:
    """A room said to go on elsewhere, by somebody who may not say so, or by nobody whom the new room knows of."""

    room: str
    by: str


def moves(rooms: Rooms, received: datetime) -> list[Inbound]:
    """The rooms of ours that others continue by now, each as a value; those that were stored before are left out."""
    found = []
    for old, new in rooms.moves():
        where = Where(room=new.id, me=rooms.me, direct=new.direct, encrypted=new.encrypted)
        if new.creation is not None:
            found.append(moved(new.creation, old.id, where, received))
    return found


def continued(rooms: Rooms, room: Room) -> str | None:
    """The room of ours that this one continues: both of them say so."""
    old = rooms.continuing(room.id)
    return old.id if old is not None and room.predecessor == old.id else None


def not_followed(events: Iterable[Heard], entered: Iterable[Room], rooms: Rooms) -> tuple[NotFollowed, ...]:
    """The tombstones among `events` that are not followed, and those that led into a room that is no continuation."""
    closed = [heard.room for heard in events if heard.event.get("type") == "m.room.tombstone"]
    wrong = [old for room in entered if (old := rooms.continuing(room.id)) and room.predecessor != old.id]
    stones = [(room.id, room.tombstone) for room in closed if room.successor is None]
    stones += [(room.id, room.tombstone) for room in wrong]
    return tuple(NotFollowed(room=room, by=stone.sender) for room, stone in dict(stones).items() if stone)


async def note_departures(connection: Connection, account: str, departures: Iterable[Departure], now: datetime) -> None:
    """Set aside all that waits for the rooms we are out of; where somebody else removed us, administration is told."""
    for one in departures:
        await abandon(connection, account, one.room.id, now)
        if one.by is not None:
            facts = {"room": one.room.id, "by": one.by}
            await record_incident(connection, IncidentKind.REMOVED_FROM_ROOM, one.room.id, facts, now)


async def note_not_followed(connection: Connection, refused: Iterable[NotFollowed], now: datetime) -> None:
    """Tell administration of rooms that are said to go on elsewhere, where the bot does not believe it."""
    for one in refused:
        facts = {"room": one.room, "by": one.by}
        await record_incident(connection, IncidentKind.MOVE_NOT_FOLLOWED, one.room, facts, now)


async def note_torn(connection: Connection, rooms: Iterable[str], now: datetime) -> None:
    """Tell administration of rooms of which something that was said is lost."""
    for room in rooms:
        await record_incident(connection, IncidentKind.NOT_RECEIVED, room, {"room": room}, now)
