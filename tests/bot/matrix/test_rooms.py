"""Rooms as they are now: powers are replaced, encryption stays, a direct chat is exactly two."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.matrix.rooms import Room, Rooms
from bot.matrix.timeline import Heard, since_our_join, take_in
from storage.matrix.record import RoomRecord

ME = "@bote:m.example"
ANNA = "@anna:m.example"


def state(kind: str, content: Any, key: str = "", sender: str = ANNA) -> dict[str, Any]:
    return {"type": kind, "state_key": key, "content": content, "sender": sender, "event_id": f"${kind}{key}"}


def member(user: str, membership: str = "join", **more: Any) -> dict[str, Any]:
    return state("m.room.member", {"membership": membership, **more}, key=user)


def room(*events: dict[str, Any]) -> Room:
    made = Room(ME, RoomRecord(room="!r", membership="join"))
    for event in events:
        made.apply(event)
    return made


def test_a_demoted_moderator_has_no_power_any_more() -> None:
    made = room(state("m.room.power_levels", {"users": {ANNA: 50}}))
    assert made.power(ANNA) == 50
    made.apply(state("m.room.power_levels", {"users": {}}))
    assert made.power(ANNA) == 0


@pytest.mark.parametrize(("version", "power"), [("12", math.inf), ("11", 0)])
def test_the_creator_of_a_newer_room_stands_above_its_power_levels(version: str, power: float) -> None:
    create = state("m.room.create", {"room_version": version, "additional_creators": ["@ben:n.example"]})
    made = room(create, state("m.room.power_levels", {"users": {}}))
    assert made.power(ANNA) == power
    assert made.power("@ben:n.example") == power


def test_encryption_is_never_switched_off_again() -> None:
    made = room(state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}), state("m.room.encryption", {}))
    assert made.encrypted
    assert Room(ME, made.record()).encrypted


def test_a_room_is_direct_with_exactly_one_other_joined_or_invited() -> None:
    two = (member(ME), member(ANNA, "invite"))
    third = member("@ben:n.example", "invite")
    assert room(*two).direct
    assert not room(*two, third).direct
    assert room(*two, third, member("@ben:n.example", "leave")).direct
    assert not room(member("@ben:n.example"), member(ANNA)).direct


def test_invited_people_get_keys_unless_history_begins_with_their_joining() -> None:
    made = room(member(ME), member(ANNA, "invite"))
    assert made.readers == {ME, ANNA}
    made.apply(state("m.room.history_visibility", {"history_visibility": "joined"}))
    assert made.readers == {ME}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
    ],
)
def test_a_room_anybody_may_read_is_public(kind: str, content: dict[str, str]) -> None:
    assert room(member(ME), state(kind, content)).public
    assert not room(member(ME)).public


def test_the_rotation_of_the_room_is_kept_and_nonsense_in_it_is_not() -> None:
    made = room(state("m.room.encryption", {"rotation_period_msgs": 7, "rotation_period_ms": -1}))
    assert (made.rotation.messages, made.rotation.age.days) == (7, 7)


def test_a_new_name_is_no_new_joining_but_coming_back_is() -> None:
    made = room(member(ME))
    heard = take_in_timeline(made, member(ME, displayname="Bote"), member(ME, "leave"), member(ME), member(ANNA))
    kept, our_join = since_our_join(heard, ME, was_joined=True)
    assert [one.event["state_key"] for one in kept] == [ME, ANNA]
    assert our_join is heard[2].event
    assert since_our_join(heard[:1], ME, was_joined=True) == ([heard[0]], None)


def take_in_timeline(made: Room, *events: dict[str, Any]) -> Any:
    return [Heard(room=made, event=event, encrypted=False) for event in events]


class _NoKeys:
    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


def test_an_invitation_counts_only_if_it_is_ours_and_a_ban_ends_it() -> None:
    rooms = Rooms(ME, [])
    invited = {"!a": {"invite_state": {"events": [member(ANNA, "invite"), member(ME, "join")]}}}
    answer: dict[str, Any] = {"next_batch": "s1", "rooms": {"invite": invited}}
    machine: Any = _NoKeys()
    began = datetime(2026, 11, 18, tzinfo=UTC)
    take_in(machine, rooms, answer, began=began, since="s0")
    assert not rooms.invitations()
    invited["!a"]["invite_state"]["events"].append(member(ME, "invite"))
    take_in(machine, rooms, answer, began=began, since="s0")
    assert [(one.id, one.invited_by) for one in rooms.invitations()] == [("!a", ANNA)]
    gone = {"next_batch": "s2", "rooms": {"leave": {"!a": {"timeline": {"events": [member(ME, "ban")]}}}}}
    take_in(machine, rooms, gone, began=began, since="s1")
    assert not rooms.invitations()
    rooms.stored(rooms.changes())
    assert rooms.get("!a") is None


def test_nonsense_in_the_state_does_not_raise() -> None:
    odd: list[Any] = [{"users": [], "users_default": "x"}, {"users": {ANNA: {}}, "users_default": None}, {}]
    for content in odd:
        made = room(state("m.room.power_levels", content), state("m.room.create", {"room_version": []}))
        assert made.power(ANNA) == 0
    made = room({"type": [], "state_key": 3, "content": None}, state("m.room.name", {"name": 3}))
    assert made.name is None
