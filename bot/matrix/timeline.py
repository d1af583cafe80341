"""What a synchronisation delivers, as values; taking it in changes keys and rooms in memory, and waits for nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.matrix.ids import identifier, mapping
from bot.matrix.machine import Machine
from bot.matrix.rooms import Room, Rooms
from bot.matrix.withheld import Reason, withheld
from storage.matrix.record import WithheldRecord

Event = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An event of a room as the homeserver has it; `encrypted`: the room was encrypted when it came."""

    room: Room
    event: Event
    encrypted: bool


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """The newest events of one room, oldest first. Between what is known and `events` more are missing if `gap` is set.

    `was_joined`: we were in the room before. `our_join`: our own membership, where it is told as a fact, not an event.
    """

    room: Room
    events: tuple[Heard, ...]
    gap: str | None
    was_joined: bool
    our_join: Event | None


@dataclass(frozen=True, kw_only=True)
class Departure:
    """We were in a room and are no more; `by` is who removed us, None if we left or nobody knows."""

    room: Room
    by: str | None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One synchronisation that began at `began` and went from `since` (None: the very first) to `token`.

    `withheld` are the room keys that others said they do not give us; `heard_from` is whoever did anything at all.
    """

    began: datetime
    since: str | None
    token: str
    stretches: tuple[Stretch, ...]
    withheld: tuple[WithheldRecord, ...] = ()
    departures: tuple[Departure, ...] = ()
    heard_from: frozenset[str] = frozenset()


def take_in(
    machine: Machine, rooms: Rooms, answer: Mapping[str, Any], *, began: datetime, since: str | None
) -> Delivery:
    """Take in the answer to a sync request: first keys, then rooms, so that its own events can be read."""
    _take_in_keys(machine, answer)
    # A room that removed us and then invited us again is named in both.
    departures = [_take_in_leaving(room, part, rooms.me) for room, part in _rooms(rooms, answer, "leave")]
    departures += [_take_in_invitation(room, part) for room, part in _rooms(rooms, answer, "invite")]
    stretches = tuple(_take_in_room(room, part, rooms.me) for room, part in _rooms(rooms, answer, "join"))
    return Delivery(
        began=began,
        since=since,
        token=str(answer["next_batch"]),
        # What was said before we had a position of our own was not said to us.
        stretches=stretches if since is not None else (),
        withheld=tuple(_take_in_refusals(machine, rooms, answer, began)),
        departures=tuple(one for one in departures if one),
        heard_from=frozenset(_actors(answer, stretches)),
    )


def _rooms(rooms: Rooms, answer: Mapping[str, Any], membership: str) -> list[tuple[Room, Any]]:
    parts = mapping(mapping(answer.get("rooms")).get(membership))
    return [(rooms.known(room_id), part) for room_id, part in parts.items() if identifier(room_id)]


def _take_in_keys(machine: Machine, answer: Mapping[str, Any]) -> None:
    machine.note_counts(answer.get("device_one_time_keys_count"), answer.get("device_unused_fallback_key_types"))
    for event in _events(answer, "to_device"):
        machine.accept(event)
    lists = mapping(answer.get("device_lists"))
    machine.mark_changed(_names(lists.get("changed")))
    machine.lose_sight_of(_names(lists.get("left")))


def _actors(answer: Mapping[str, Any], stretches: Iterable[Stretch]) -> Iterator[str]:
    """Who sent us something or changed their devices."""
    yield from _names(mapping(answer.get("device_lists")).get("changed"))
    events = [*_events(answer, "to_device"), *(heard.event for stretch in stretches for heard in stretch.events)]
    yield from filter(None, (identifier(event.get("sender")) for event in events))


def _take_in_refusals(
    machine: Machine, rooms: Rooms, answer: Mapping[str, Any], now: datetime
) -> Iterator[WithheldRecord]:
    for event in _events(answer, "to_device"):
        refused = withheld(event, rooms, now)
        if refused is not None:
            yield refused
            if refused.code == Reason.NO_OLM:
                machine.accept_channel_wish(refused.sender, event["content"].get("sender_key"))


def _take_in_invitation(room: Room, part: Any) -> Departure | None:
    was_joined = room.joined
    for event in _events(part, "invite_state"):
        room.apply_invitation(event)
    # Only somebody who is not in a room can be invited to it: we were removed while nobody told us.
    return Departure(room=room, by=None) if was_joined and not room.joined else None


def _take_in_leaving(room: Room, part: Any, me: str) -> Departure | None:
    was_joined = room.joined
    events = [*_events(part, "state"), *_events(part, "timeline")]
    room.we_are("leave")
    for event in events:
        room.apply_leaving(event)
    by = next((identifier(event.get("sender")) for event in reversed(events) if is_membership_of(me, event)), None)
    return Departure(room=room, by=by if by != me else None) if was_joined else None


def _take_in_room(room: Room, part: Any, me: str) -> Stretch:
    was_joined = room.joined
    state = _events(part, "state")
    for event in state:
        room.apply(event)
    heard = tuple(_hear(room, event) for event in _events(part, "timeline"))
    room.we_are("join")
    timeline = mapping(mapping(part).get("timeline"))
    before = timeline.get("prev_batch")
    return Stretch(
        room=room,
        events=heard,
        gap=before if timeline.get("limited") is True and isinstance(before, str) else None,
        was_joined=was_joined,
        our_join=next((event for event in state if is_membership_of(me, event)), None),
    )


def _hear(room: Room, event: Event) -> Heard:
    if "state_key" in event:
        room.apply(event)
    return Heard(room=room, event=event, encrypted=room.encrypted)


def since_our_join(events: Iterable[Heard], me: str, *, was_joined: bool) -> tuple[list[Heard], Event | None]:
    """Those of a room's events that came after we last joined it, and that joining, if it is among them.

    A new name or picture is a membership event too, but no joining.
    """
    kept: list[Heard] = []
    our_join: Event | None = None
    inside = was_joined
    for heard in events:
        if is_membership_of(me, heard.event):
            joins = heard.event["content"].get("membership") == "join"
            if joins and not inside:
                kept, our_join = [], heard.event
            inside = joins
        kept.append(heard)
    return kept, our_join


def is_membership_of(user: str, event: Event) -> bool:
    """Whether an event is about this user's being in the room."""
    is_about = event.get("type") == "m.room.member" and event.get("state_key") == user
    return is_about and isinstance(event.get("content"), Mapping)


def events_in(answer: Any, where: str) -> list[Event]:
    """The events in a list of an answer; what is none is left out."""
    found = mapping(answer).get(where)
    return [event for event in found if isinstance(event, Mapping)] if isinstance(found, list) else []


def _events(part: Any, where: str) -> list[Event]:
    return events_in(mapping(part).get(where), "events")


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
