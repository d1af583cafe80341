"""Queries about seats. A seat is held on a day if the day lies in its interval, both ends included."""

from datetime import date

from sqlalchemy import ColumnElement, FromClause, and_, or_

from storage.records import Kept, View, Where, fetch, fetch_one
from storage.scope import Scope
from storage.seats.record import Role, Seat
from storage.seats.tables import SEATS


async def seat(view: View, scope: Scope, key: str) -> Kept[Seat] | None:
    """The seat with this key."""
    return await fetch_one(view, SEATS, scope, key)


async def seats_held(view: View, scope: Scope, person: str, day: date) -> tuple[Kept[Seat], ...]:
    """The seats this person holds on `day`."""
    return await fetch(view, SEATS, scope, lambda root: root.c.holder == person, on_day(day))


async def seats_of_city(view: View, scope: Scope, city: str, day: date | None) -> tuple[Kept[Seat], ...]:
    """The seats of a city or partner on `day`, vacant ones included; with None all it ever had, oldest first."""
    conditions: list[Where] = [lambda root: root.c.city == city]
    if day is not None:
        conditions.append(on_day(day))
    return await fetch(view, SEATS, scope, *conditions, order=_by_start)


async def seats_in_role(view: View, scope: Scope, role: Role, day: date) -> tuple[Kept[Seat], ...]:
    """All seats with this role on `day`, vacant ones included."""
    return await fetch(view, SEATS, scope, lambda root: root.c.role == role.value, on_day(day), order=_by_start)


async def seats_page(view: View, scope: Scope, day: date, *, limit: int, offset: int) -> tuple[Kept[Seat], ...]:
    """The seats on `day` by city, body and role, `limit` from `offset` on."""
    order = lambda root: [root.c.city, root.c.body, root.c.role, root.c.key]  # noqa: E731
    return await fetch(view, SEATS, scope, on_day(day), order=order, limit=limit, offset=offset)


def on_day(day: date) -> Where:
    """The condition that a row's interval `from_`..`to` holds `day`.

    Vague ends are as wide as they may be: "2019-07" begins on 1 July and ends on 31 July. As text a vague date is a
    prefix of every day in it, so that comparing with the day's own prefixes is enough.
    """
    exact, month, year = day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]

    def condition(root: FromClause) -> ColumnElement[bool]:
        begun = or_(root.c.from_.is_(None), root.c.from_ <= exact)
        running = or_(root.c.to.is_(None), root.c.to >= exact, root.c.to.in_((month, year)))
        return and_(begun, running)

    return condition


def _by_start(root: FromClause) -> list[ColumnElement[str]]:
    return [root.c.from_, root.c.body, root.c.role, root.c.key]
