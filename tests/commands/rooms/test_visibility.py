"""What may be shown where."""

from datetime import UTC, datetime

import pytest

from commands.framework.caller import Place
from commands.framework.visibility import cap
from storage.records import Kept
from storage.rooms.record import RoomKind
from storage.seats.record import Role, Seat
from storage.values import Visibility

MEMBERS = frozenset({"M", "N", "A"})


def seat(city: str, role: Role) -> Kept[Seat]:
    record = Seat(city=city, body="referentenkreis", role=role, holder="u1")
    return Kept(key="s1", record=record, operation=1, since=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (RoomKind.STEERING, Visibility.INTERNAL),
        (RoomKind.WORKING, Visibility.COOPERATION),
        (RoomKind.PROJECT, Visibility.COOPERATION),
        (RoomKind.GUEST, Visibility.GUEST),
        (None, Visibility.GUEST),
    ],
)
@pytest.mark.parametrize("seats", [(), (seat("M", Role.COORDINATION),), (seat("BST", Role.GUEST),)])
def test_the_kind_of_a_room_caps_what_it_shows_whoever_asks(
    kind: RoomKind | None, shown: Visibility, seats: tuple[Kept[Seat], ...]
) -> None:
    place = Place(room="!r:x", direct=False, kind=kind)
    assert cap(place, seats, MEMBERS) is shown
    assert cap(place, seats, MEMBERS, stands_in=True) is shown


@pytest.mark.parametrize(
    ("seats", "shown"),
    [
        ((), Visibility.PUBLIC),
        ((seat("M", Role.VOTING),), Visibility.INTERNAL),
        ((seat("M", Role.DEPUTY),), Visibility.INTERNAL),
        ((seat("M", Role.OFFICE),), Visibility.INTERNAL),
        ((seat("M", Role.COORDINATION),), Visibility.INTERNAL),
        ((seat("M", Role.PRESS),), Visibility.COOPERATION),
        ((seat("M", Role.MEMBER),), Visibility.COOPERATION),
        ((seat("M", Role.GUEST),), Visibility.GUEST),
        ((seat("R", Role.VOTING),), Visibility.GUEST),
        ((seat("BST", Role.GUEST), seat("M", Role.MEMBER)), Visibility.COOPERATION),
    ],
)
def test_a_direct_chat_shows_what_the_seats_of_its_person_entitle_to(
    seats: tuple[Kept[Seat], ...], shown: Visibility
) -> None:
    assert cap(Place(room="!r:x", direct=True), seats, MEMBERS) is shown


def test_who_stands_in_for_coordination_sees_what_it_would_see() -> None:
    assert cap(Place(room="!r:x", direct=True), (), MEMBERS, stands_in=True) is Visibility.INTERNAL
