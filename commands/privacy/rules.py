"""Who decides whether somebody is made anonymous: pure rules over seats."""

from collections.abc import Sequence
from datetime import date

from storage.seats.record import Role, Seat

DECIDING = frozenset({Role.VOTING, Role.DEPUTY, Role.OFFICE, Role.COORDINATION})
"""Seats that decide for their city."""


def still_held(seats: Sequence[Seat], today: date) -> tuple[Seat, ...]:
    """Those seats that are held today or will be."""
    return tuple(seat for seat in seats if seat.to is None or seat.to.last_day() >= today)


def own_cities(seats: Sequence[Seat], today: date) -> tuple[str, ...]:
    """The cities somebody belongs to: those of the seats held today or later, else those of the seats left last."""
    held = still_held(seats, today)
    if held:
        return tuple(dict.fromkeys(seat.city for seat in held))
    ends = {seat.to.last_day() for seat in seats if seat.to}
    left_last = (seat.city for seat in seats if seat.to and seat.to.last_day() == max(ends))
    return tuple(dict.fromkeys(left_last))


def decides(seats: Sequence[Seat], cities: Sequence[str]) -> bool:
    """Whether whoever holds `seats` today decides for one of these cities."""
    return any(seat.role in DECIDING and seat.city in cities for seat in seats)
