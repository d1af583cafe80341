"""Rooms as the homeserver describes them now: who is in, whether it is encrypted, who may what."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import Any

from bot.matrix.ids import identifier, mapping
from bot.matrix.machine import Rotation
from storage.matrix.record import RoomRecord

_KEPT = frozenset(
    {
        "m.room.create",
        "m.room.member",
        "m.room.encryption",
        "m.room.power_levels",
        "m.room.name",
        "m.room.canonical_alias",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.tombstone",
    }
)
_CREATORS_STAND_ABOVE = 12
"""From this room version on creators are not listed in the power levels and stand above them."""
_LONGEST_NAME = 255
_LONGEST_MS = int(timedelta(days=365).total_seconds() * 1000)
_STATE_POWER = 50
"""What sending a state event takes where the power levels do not say."""


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """Somebody's word that a room goes on as `successor`. `entitled`: they may close it, and invite people."""

    successor: str
    sender: str
    entitled: bool


class Answer(Enum):
    """What we say to an invitation; one that is void counts as declined."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Room:
    """One room the bot knows. Its state is replaced, never merged: who was demoted is demoted."""

    def __init__(self, me: str, record: RoomRecord) -> None:
        """Begin with what is stored; the state itself comes with the first synchronisation."""
        self.id = record.room
        self._me = me
        self._record = record
        self._membership = record.membership
        self._inviter = record.inviter
        self._encrypted = record.encrypted
        self._state: dict[tuple[str, str], dict[str, Any]] = {}
        self._members: dict[str, str] = {}
        self._entering = False
        self.touched = False

    def apply(self, event: Mapping[str, Any]) -> None:
        """Take in a state event; of other kinds than those the bot needs, nothing is kept."""
        kind, key, content = event.get("type"), event.get("state_key"), event.get("content")
        if not (isinstance(kind, str) and isinstance(key, str) and isinstance(content, dict)) or kind not in _KEPT:
            return
        self.touched = True
        self._state[kind, key] = content | {"sender": event.get("sender"), "event_id": event.get("event_id")}
        if kind == "m.room.member":
            self._note_member(key, content.get("membership"))
        if kind == "m.room.encryption" and key == "":
            self._encrypted = True  # there is no way back, whatever a later event says

    def _note_member(self, user: str, membership: Any) -> None:
        if membership in ("join", "invite"):
            self._members[user] = str(membership)
        else:
            self._members.pop(user, None)

    def apply_invitation(self, event: Mapping[str, Any]) -> None:
        """Take in what an invitation shows of the room: only that we are meant, and by whom."""
        if (event.get("type"), event.get("state_key")) == ("m.room.member", self._me):
            sender = identifier(event.get("sender"))
            if mapping(event.get("content")).get("membership") == "invite" and sender:
                self.we_are("invite", inviter=sender)

    def apply_leaving(self, event: Mapping[str, Any]) -> None:
        """Take in how we came to be no more in the room."""
        content = event.get("content")
        if (event.get("type"), event.get("state_key")) == ("m.room.member", self._me) and isinstance(content, dict):
            self.we_are("ban" if content.get("membership") == "ban" else "leave")

    def answered(self, answer: Answer) -> None:
        """The homeserver has our answer to the invitation; what comes of it is told by a synchronisation."""
        if self._membership == "invite":
            self.we_are("leave")
            self._entering = answer is Answer.ACCEPTED

    def we_are(self, membership: str, *, inviter: str | None = None) -> None:
        """Note our own membership; `inviter` counts while it is an invitation."""
        self.touched = True
        self._entering = False
        self._membership = membership
        self._inviter = inviter if membership == "invite" else None
        if membership != "join":
            # Nobody tells us of changes any more; who comes back is told everything.
            self._state.clear()
            self._members.clear()

    def record(self) -> RoomRecord:
        """The room as it is now, for the database; where we are not in, as it was last known."""
        ours = replace(self._record, membership=self._membership, inviter=self._inviter, encrypted=self._encrypted)
        self._record = ours if not self._state else self._described(ours)
        return self._record

    def _described(self, ours: RoomRecord) -> RoomRecord:
        return replace(
            ours,
            direct=self.direct,
            other=self._other if self.direct else None,
            public=self.public,
            members=len(self.members),
            name=self.name,
            alias=self.alias,
            successor=self.successor,
        )

    @property
    def _other(self) -> str | None:
        return identifier(next((user for user in self.members if user != self._me), None))

    def _content(self, kind: str, key: str = "") -> Mapping[str, Any]:
        return self._state.get((kind, key), {})

    @property
    def joined(self) -> bool:
        """Whether we are in the room."""
        return self._membership == "join"

    @property
    def strange(self) -> bool:
        """Whether we were never in the room, and are not about to be: there is nothing to remember of it."""
        return self._membership not in ("join", "invite") and not self._entering and not self._record.members

    @property
    def invited_by(self) -> str | None:
        """Who invites us, while an invitation waits for its answer."""
        return self._inviter if self._membership == "invite" else None

    @property
    def encrypted(self) -> bool:
        """Whether messages are encrypted."""
        return self._encrypted

    @property
    def rotation(self) -> Rotation:
        """How long a room key is to be used here."""
        content, usual = self._content("m.room.encryption"), Rotation()
        messages, age = content.get("rotation_period_msgs"), content.get("rotation_period_ms")
        return Rotation(
            messages=messages if isinstance(messages, int) and messages > 0 else usual.messages,
            age=timedelta(milliseconds=min(age, _LONGEST_MS)) if isinstance(age, int) and age > 0 else usual.age,
        )

    @property
    def members(self) -> Mapping[str, str]:
        """Joined and invited people with their membership."""
        return self._members

    @property
    def readers(self) -> set[str]:
        """Who gets the room's keys: invited people too, unless the room shows nothing from before they join."""
        hidden = self._content("m.room.history_visibility").get("history_visibility") == "joined"
        return {user for user, membership in self.members.items() if membership == "join" or not hidden}

    @property
    def direct(self) -> bool:
        """Whether exactly two people are joined or invited, one of them the bot, and nobody else can read along."""
        return len(self.members) == 2 and self._me in self.members and not self.public

    @property
    def public(self) -> bool:
        """Whether anybody may join, or read without joining."""
        rule = self._content("m.room.join_rules").get("join_rule")
        return rule == "public" or (
            self._content("m.room.history_visibility").get("history_visibility") == "world_readable"
        )

    @property
    def name(self) -> str | None:
        """The room's name, if it has one."""
        return _text(self._content("m.room.name").get("name"))

    @property
    def alias(self) -> str | None:
        """The room's main address, if it has one."""
        return _text(self._content("m.room.canonical_alias").get("alias"))

    def called(self, user: str) -> str | None:
        """Under which name a member appears here."""
        return _text(self._content("m.room.member", user).get("displayname"))

    def power(self, user: str) -> float:
        """The power level of a user as it is now; infinite for creators where the room's version puts them above."""
        create = self._content("m.room.create")
        if _version(create) >= _CREATORS_STAND_ABOVE and user in _creators(create):
            return math.inf
        levels = self._state.get(("m.room.power_levels", ""))
        if levels is None:
            return 100 if user == create.get("sender") else 0
        own = mapping(levels.get("users")).get(user)
        return _level(own, _level(levels.get("users_default"), 0))

    @property
    def tombstone(self) -> Tombstone | None:
        """Who says that another room continues this one, and whether they may, by the power levels as they are now."""
        content = self._content("m.room.tombstone")
        successor, sender = identifier(content.get("replacement_room")), identifier(content.get("sender"))
        if successor is None or sender is None or successor == self.id:
            return None
        return Tombstone(successor=successor, sender=sender, entitled=self.power(sender) >= self._power_to_move())

    def _power_to_move(self) -> float:
        levels = self._state.get(("m.room.power_levels", ""))
        if levels is None:
            return 0
        usual = _level(levels.get("state_default"), _STATE_POWER)
        closing = _level(mapping(levels.get("events")).get("m.room.tombstone"), usual)
        return max(closing, _level(levels.get("invite"), 0))

    @property
    def successor(self) -> str | None:
        """The room that continues this one, once somebody who may has said so; it stays so."""
        found = self.tombstone
        return found.successor if found and found.entitled else self._record.successor

    @property
    def predecessor(self) -> str | None:
        """The room that this one was made to continue, by its own account."""
        return identifier(mapping(self._content("m.room.create").get("predecessor")).get("room_id"))

    @property
    def creation(self) -> str | None:
        """The event that created the room."""
        return identifier(self._content("m.room.create").get("event_id"))

    @property
    def open_to_us(self) -> bool:
        """Whether we may write messages here, as the power levels are now."""
        levels = self._content("m.room.power_levels")
        events = levels.get("events")
        kind = "m.room.encrypted" if self.encrypted else "m.room.message"
        needed = events.get(kind) if isinstance(events, dict) else None
        return self.power(self._me) >= _level(needed, _level(levels.get("events_default"), 0))


def _level(value: Any, otherwise: float) -> float:
    # Old room versions allow levels written as text.
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return otherwise


def _version(create: Mapping[str, Any]) -> float:
    return _level(create.get("room_version"), 1)


def _creators(create: Mapping[str, Any]) -> list[Any]:
    more = create.get("additional_creators")
    return [create.get("sender"), *(more if isinstance(more, list) else [])]


def _text(value: Any) -> str | None:
    """A text others chose, fit to be stored."""
    if not isinstance(value, str):
        return None
    return "".join(c for c in value if c.isprintable())[:_LONGEST_NAME] or None


class Rooms:
    """All rooms of an account, in memory, and which of them changed since they were last stored."""

    def __init__(self, me: str, records: Iterable[RoomRecord]) -> None:
        """Begin with what is stored."""
        self.me = me
        self._stored = {record.room: record for record in records}
        self._rooms = {record.room: Room(me, record) for record in self._stored.values()}
        self._followed: set[str] = set()

    def get(self, room_id: str) -> Room | None:
        """The room, if the bot was ever in it or invited to it."""
        return self._rooms.get(room_id)

    def known(self, room_id: str) -> Room:
        """The room, new if it was unknown."""
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(self.me, RoomRecord(room=room_id, membership="leave"))
        return self._rooms[room_id]

    def joined(self) -> tuple[Room, ...]:
        """The rooms we are in."""
        return tuple(room for room in self._rooms.values() if room.joined)

    def invitations(self) -> tuple[Room, ...]:
        """The rooms we are invited to."""
        return tuple(room for room in self._rooms.values() if room.invited_by)

    def continuing(self, room_id: str) -> Room | None:
        """The room of ours that this one continues by the word of somebody who may say so."""
        return next((room for room in self._rooms.values() if room.successor == room_id), None)

    def successors(self) -> tuple[tuple[Room, str], ...]:
        """Rooms of ours, each with the one that continues it, where we have never been in that one."""
        ended = [(room, room.successor) for room in self._rooms.values() if room.successor]
        return tuple((room, new) for room, new in ended if new not in self._rooms)

    def moves(self) -> tuple[tuple[Room, Room], ...]:
        """Rooms not followed yet, each with the one we are in that continues it: both of them say so."""
        waiting = [room for room in self._rooms.values() if room.successor and room.id not in self._followed]
        pairs = [(old, self._rooms.get(old.successor or "")) for old in waiting]
        return tuple((old, new) for old, new in pairs if new and new.joined and new.predecessor == old.id)

    def followed(self, room_id: str) -> None:
        """The move of this room is stored; after a restart it is found again, and known by its event."""
        self._followed.add(room_id)

    def changes(self) -> tuple[RoomRecord, ...]:
        """What is not stored yet."""
        records = [room.record() for room in self._rooms.values() if room.touched and not room.strange]
        return tuple(record for record in records if self._stored.get(record.room) != record)

    def forgettable(self) -> tuple[RoomRecord, ...]:
        """What is stored of rooms that are nothing to us: anybody can invite us to any number of them."""
        return tuple(record for name, record in self._stored.items() if self._rooms[name].strange)

    def stored(self, records: Iterable[RoomRecord], *, forgotten: Iterable[RoomRecord] = ()) -> None:
        """These are stored, or forgotten, now; what has changed meanwhile is stored the next time."""
        self._stored |= {record.room: record for record in records}
        for record in forgotten:
            del self._stored[record.room]
        self._rooms = {name: room for name, room in self._rooms.items() if name in self._stored or not room.strange}
        for room in self._rooms.values():
            room.touched = room.touched and self._stored.get(room.id) != room.record()
