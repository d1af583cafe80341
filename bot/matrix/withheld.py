"""Room keys that a client refuses to give us: what it says of the reason, as far as it may speak at all."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.matrix.rooms import Room, Rooms
from storage.matrix.record import WithheldRecord

_TYPES = ("m.room_key.withheld", "org.matrix.room_key.withheld")
_LONGEST_ID = 255


class Reason(StrEnum):
    """Why a key is withheld (Matrix specification, `m.room_key.withheld`)."""

    BLACKLISTED = "m.blacklisted"
    UNVERIFIED = "m.unverified"
    UNAUTHORISED = "m.unauthorised"
    UNAVAILABLE = "m.unavailable"
    NO_OLM = "m.no_olm"


def withheld(event: Mapping[str, Any], rooms: Rooms, now: datetime) -> WithheldRecord | None:
    """What a to-device event says of a key that we do not get; None if it is of another kind, or not to be believed.

    Anybody can send us such events: only those count whose sender is in a room with us, which must be the one that
    the key is for. A client that could open no channel to us names neither room nor key: it holds for all of them.
    """
    sender, content = event.get("sender"), event.get("content")
    if event.get("type") not in _TYPES or not isinstance(sender, str) or not isinstance(content, Mapping):
        return None
    reason = _reason(content.get("code"))
    if reason is None:
        return None
    if reason is Reason.NO_OLM:
        meets = any(_is_in(room, sender) for room in rooms.joined())
        return WithheldRecord(sender=sender, room="", session="", code=reason, at=now) if meets else None
    room_id, session_id = content.get("room_id"), content.get("session_id")
    room = rooms.get(room_id) if isinstance(room_id, str) else None
    if room is None or not _is_in(room, sender) or not _is_id(session_id):
        return None
    return WithheldRecord(sender=sender, room=room.id, session=str(session_id), code=reason, at=now)


def _reason(code: object) -> Reason | None:
    return next((reason for reason in Reason if reason == code), None)


def _is_in(room: Room, user: str) -> bool:
    return room.joined and room.members.get(user) == "join"


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()
