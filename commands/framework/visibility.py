"""What may be shown where: the kind of a room caps it, whoever asks; in a direct chat the person's seats do."""

from collections.abc import Iterable, Mapping

from commands.framework.caller import Place
from storage.records import Kept
from storage.rooms.record import RoomKind
from storage.seats.record import Role, Seat
from storage.values import Visibility

ROOMS: Mapping[RoomKind, Visibility] = {
    RoomKind.STEERING: Visibility.INTERNAL,
    RoomKind.WORKING: Visibility.COOPERATION,
    RoomKind.PROJECT: Visibility.COOPERATION,
    RoomKind.GUEST: Visibility.GUEST,
}
"""The strictest visibility that a room of this kind shows."""

STEERS = frozenset({Role.VOTING, Role.DEPUTY, Role.OFFICE})
"""Seats whose holders see, in their direct chat, what a steering room shows."""


def cap(place: Place, seats: Iterable[Kept[Seat]], members: frozenset[str], *, stands_in: bool = False) -> Visibility:
    """The strictest visibility shown to whoever writes in `place` and holds `seats` today.

    `members` are the codes of the cities that are members today. `stands_in`: administration while nobody holds a
    coordination seat. A room that is not bound, or that anybody may read, counts as guest, a direct chat by its person.
    """
    if place.direct:
        return Visibility.INTERNAL if stands_in else level(seats, members)
    return Visibility.GUEST if place.kind is None or place.public else ROOMS[place.kind]


def level(seats: Iterable[Kept[Seat]], members: frozenset[str]) -> Visibility:
    """The strictest visibility that these seats entitle to: the widest of them; without any only what is public."""
    return max((_of(seat.record, members) for seat in seats), key=lambda each: each.rank, default=Visibility.PUBLIC)


def _of(seat: Seat, members: frozenset[str]) -> Visibility:
    if seat.role is Role.COORDINATION:
        return Visibility.INTERNAL
    if seat.role is Role.GUEST or seat.city not in members:
        return Visibility.GUEST
    return Visibility.INTERNAL if seat.role in STEERS else Visibility.COOPERATION
