"""Whatever comes in a synchronisation, nothing raises, and nothing is kept that cannot be stored."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matrix.inbound import Clear, Where, joined, read, replaces, thread_of
from bot.matrix.moves import continued, moves, not_followed
from bot.matrix.rooms import Room, Rooms
from bot.matrix.timeline import Heard, events_in, since_our_join, take_in
from commands.framework.inbound import Assurance, Inbound
from storage.matrix.record import RoomRecord

ME, NOW = "@bote:m.example", datetime(2026, 11, 18, 10, tzinfo=UTC)
USERS = [ME, "@anna:m.example", "@ben:n.example", "", "@\ud800", "@" + "x" * 300]
ROOMS = ["!alt", "!neu", "!\ud800", "", "!" + "x" * 300]
EVENTS = ["$1", "$2", "", "$\ud800", "$" + "x" * 300]


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    made: Any = []
    for _ in range(depth):
        made = [made]
    return made


LEAVES = (
    st.none()
    | st.booleans()
    | st.sampled_from([10**4000, -(10**30), 2**63, float("nan"), float("inf"), -float("inf"), "\ud800", nested(500)])
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*USERS, *ROOMS, *EVENTS])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def some(**fields: Any) -> Any:
    """An object with some of these fields, or anything else."""
    return st.fixed_dictionaries({}, optional={name: value | ANYTHING for name, value in fields.items()}) | ANYTHING


USER, ROOM, EVENT = st.sampled_from(USERS), st.sampled_from(ROOMS), st.sampled_from(EVENTS)
LEVELS = st.integers() | st.sampled_from(["50", "x", float("nan")])
RELATION = some(
    **{
        "rel_type": st.sampled_from(["m.replace", "m.thread", "io.element.thread", "m.annotation", "m.reference"]),
        "event_id": EVENT,
        "key": st.text(max_size=3),
        "is_falling_back": st.booleans(),
        "m.in_reply_to": some(event_id=EVENT),
    }
)
CONTENT = some(
    **{
        "membership": st.sampled_from(["join", "leave", "ban", "invite", "knock"]),
        "displayname": st.text(max_size=5),
        "replacement_room": ROOM,
        "predecessor": some(room_id=ROOM),
        "room_version": st.sampled_from(["1", "11", "12", "x"]),
        "additional_creators": st.lists(USER, max_size=2),
        "users": st.dictionaries(USER, LEVELS, max_size=3),
        "users_default": LEVELS,
        "events": some(**{"m.room.tombstone": LEVELS}),
        "state_default": LEVELS,
        "invite": LEVELS,
        "name": st.text(max_size=5),
        "alias": st.text(max_size=5),
        "join_rule": st.just("public"),
        "history_visibility": st.just("world_readable"),
        "rotation_period_msgs": st.integers(),
        "rotation_period_ms": st.integers(),
        "msgtype": st.sampled_from(["m.text", "m.notice"]),
        "body": st.text(max_size=20),
        "format": st.just("org.matrix.custom.html"),
        "formatted_body": st.text(alphabet=list('<a href="matrix:u/bote">/p'), max_size=30),
        "m.mentions": some(user_ids=st.lists(USER, max_size=2)),
        "org.matrix.msc3952.mentions": some(user_ids=st.lists(USER, max_size=2)),
        "m.new_content": some(msgtype=st.just("m.text"), body=st.text(max_size=5)),
        "m.relates_to": RELATION,
        "m.selections": st.lists(st.text(max_size=3), max_size=30),
        "m.poll.response": some(answers=st.lists(st.text(max_size=3))),
        "org.matrix.msc3381.poll.response": some(answers=st.lists(st.text(max_size=3))),
        "redacts": EVENT,
    }
)
KINDS = [
    "m.room.create",
    "m.room.member",
    "m.room.power_levels",
    "m.room.tombstone",
    "m.room.name",
    "m.room.canonical_alias",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.encryption",
    "m.room.message",
    "m.room.redaction",
    "m.room.encrypted",
    "m.reaction",
    "m.poll.start",
    "m.poll.response",
    "m.poll.end",
    "org.matrix.msc3381.poll.response",
]
SENT = some(
    type=st.sampled_from(KINDS),
    sender=USER,
    event_id=EVENT,
    content=CONTENT,
    origin_server_ts=st.integers(),
    redacts=EVENT,
    unsigned=some(age=st.integers()),
)
STATE = some(type=st.sampled_from(KINDS), state_key=USER | st.just(""), sender=USER, event_id=EVENT, content=CONTENT)
LIST = some(events=st.lists(STATE | SENT, max_size=5))
TIMELINE = some(events=st.lists(STATE | SENT, max_size=5), limited=st.booleans(), prev_batch=st.text(max_size=3))
PART = some(state=LIST, timeline=TIMELINE, invite_state=LIST)
ANSWER = st.fixed_dictionaries(
    {"next_batch": st.text(max_size=3)},
    optional={
        "rooms": some(**dict.fromkeys(("join", "invite", "leave", "knock"), st.dictionaries(ROOM, PART, max_size=3))),
        "to_device": LIST,
        "device_lists": some(changed=st.lists(USER), left=st.lists(USER)),
        "device_one_time_keys_count": ANYTHING,
        "device_unused_fallback_key_types": ANYTHING,
    },
)


class _NoKeys:
    """Takes whatever it is told of keys: what it makes of it is another test's."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


def storable(*texts: str | None) -> None:
    """Fail where a text cannot go into the database."""
    for text in texts:
        if text is not None:
            assert len(text.encode()) <= 4 * 255


def check(found: Inbound | None) -> None:
    """Fail where an event cannot go into the inbox."""
    if found is not None:
        json.dumps(found.model_dump(mode="json")).encode()
        storable(found.event, found.room, found.sender, found.target, found.reply_to, found.thread, found.key)
        found.text.encode()


@settings(deadline=None)
@given(answers=st.lists(ANSWER, min_size=1, max_size=3))
def test_no_synchronisation_whatsoever_raises_or_leaves_what_cannot_be_stored(answers: list[dict[str, Any]]) -> None:
    rooms = Rooms(ME, [RoomRecord(room="!alt", membership="join")])
    machine: Any = _NoKeys()
    for answer in answers:
        delivery = take_in(machine, rooms, answer, began=NOW, since="s0")
        for stretch in delivery.stretches:
            kept, our_join = since_our_join(stretch.events, ME, was_joined=stretch.was_joined)
            for refused in not_followed(kept, [stretch.room], rooms):
                storable(refused.room, refused.by)
            if our_join:
                where = Where(room=stretch.room.id, me=ME)
                check(joined(our_join, where, NOW, continues=continued(rooms, stretch.room)))
            for heard in kept:
                check(read(heard.event, Where(room=stretch.room.id, me=ME, encrypted=heard.encrypted), NOW))
        for departure in delivery.departures:
            storable(departure.room.id, departure.by)
        for found in moves(rooms, NOW):
            check(found)
        for room in rooms.joined():
            look_at(room)
        for record in rooms.changes():
            storable(record.room, record.inviter, record.name, record.alias, record.other, record.successor)
        rooms.stored(rooms.changes())


def look_at(room: Room) -> None:
    """Ask a room all that is ever asked of it."""
    assert room.power(ME) >= -(10**4001)
    assert room.rotation.messages > 0
    assert (room.direct, room.public, room.encrypted) == (bool(room.direct), bool(room.public), bool(room.encrypted))
    assert room.readers <= set(room.members)
    storable(room.name, room.alias, room.called(ME), room.predecessor, room.creation, room.successor)


@settings(deadline=None)
@given(raw=SENT, inner=CONTENT, kind=st.sampled_from(KINDS))
def test_no_event_whatsoever_raises_encrypted_or_not(raw: Any, inner: Any, kind: str) -> None:
    for event in events_in({"events": [raw]}, "events"):
        where = Where(room="!alt", me=ME, names=("Bote",), encrypted=True)
        clear = Clear(type=kind, content=inner, assurance=Assurance.DEVICE)
        for found in (read(event, where, NOW), read(event, where, NOW, clear=clear)):
            check(found)
            if found is not None:
                replaces(found, event)
        if isinstance(event.get("content"), dict):
            storable(thread_of(event["content"]))


@settings(deadline=None)
@given(events=st.lists(STATE, max_size=6))
def test_our_joining_is_found_in_any_events(events: list[Any]) -> None:
    room = Room(ME, RoomRecord(room="!alt", membership="join"))
    heard = [Heard(room=room, event=one, encrypted=False) for one in events_in({"events": events}, "events")]
    kept, _ = since_our_join(heard, ME, was_joined=False)
    assert len(kept) <= len(heard)
