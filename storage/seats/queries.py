"""Queries about seats. A seat is held on a day if the day lies in its interval, both ends included."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select

from storage.people.tables import PEOPLE
from storage.records import Kept, Where, fetch, fetch_one, visible
from storage.scope import Scope
from storage.seats.record import Role, Seat
from storage.seats.tables import SEATS
from storage.versioned import as_of
from storage.view import View


async def seat(view: View, scope: Scope, key: str) -> Kept[Seat] | None:
    """The seat with this key."""
    return await fetch_one(view, SEATS, scope, key)


async def seats_held(view: View, scope: Scope, person: str, day: date) -> tuple[Kept[Seat], ...]:
    """The seats this person holds on `day`, the voting one first."""
    mine: Where = lambda root: root.c.holder == person  # noqa: E731
    return await fetch(view, SEATS, scope, mine, on_day(day), order=lambda root: [_by_role(root), root.c.key])


async def seats_ever(view: View, scope: Scope, person: str) -> tuple[Kept[Seat], ...]:
    """Every seat this person holds, held or will hold, oldest first."""
    return await fetch(view, SEATS, scope, lambda root: root.c.holder == person, order=_by_start)


async def seats_of_city(view: View, scope: Scope, city: str, day: date | None) -> tuple[Kept[Seat], ...]:
    """The seats of a city or partner on `day`, vacant ones included, voting first; with None all it ever had."""
    of_city: Where = lambda root: root.c.city == city  # noqa: E731
    if day is None:
        return await fetch(view, SEATS, scope, of_city, order=_by_start)
    in_order = lambda root: [_by_role(root), root.c.body, root.c.key]  # noqa: E731
    return await fetch(view, SEATS, scope, of_city, on_day(day), order=in_order)


async def seats_in_role(view: View, scope: Scope, role: Role, day: date) -> tuple[Kept[Seat], ...]:
    """All seats with this role on `day`, vacant ones included."""
    return await fetch(view, SEATS, scope, lambda root: root.c.role == role.value, on_day(day), order=_by_start)


async def seats_of_people(
    view: View, scope: Scope, people: frozenset[str], day: date
) -> dict[str, tuple[Kept[Seat], ...]]:
    """The seats that these people hold on `day`, by their keys; those without a seat are left out."""
    found = await fetch(view, SEATS, scope, lambda root: root.c.holder.in_(people), on_day(day), order=_by_start)
    return {key: tuple(k for k in found if k.record.holder == key) for key in {str(k.record.holder) for k in found}}


async def seats_in_city_and_role(view: View, scope: Scope, city: str, role: Role) -> tuple[Kept[Seat], ...]:
    """All seats with this role that a city or partner ever had, in whichever body, oldest first."""
    wanted: Where = lambda root: and_(root.c.city == city, root.c.role == role.value)  # noqa: E731
    return await fetch(view, SEATS, scope, wanted, order=_by_start)


async def bodies(view: View, scope: Scope, day: date) -> tuple[str, ...]:
    """The bodies that have a seat on `day`, the one with most seats first."""
    root = as_of(SEATS.table, scope.as_of)
    query = select(root.c.body).where(visible(root, scope), on_day(day)(root)).group_by(root.c.body)
    return tuple((await view.connection.execute(query.order_by(func.count().desc(), root.c.body))).scalars())


async def seats_page(view: View, scope: Scope, day: date, *, limit: int, offset: int) -> tuple[Kept[Seat], ...]:
    """The seats on `day` by city, body and role, `limit` from `offset` on; not those whose holder is hidden."""
    order = lambda root: [root.c.city, root.c.body, _by_role(root), root.c.key]  # noqa: E731
    return await fetch(view, SEATS, scope, on_day(day), holder_visible(scope), order=order, limit=limit, offset=offset)


async def count_seats(view: View, scope: Scope, day: date) -> int:
    """How many seats there are on `day`, vacant ones included, those with a hidden holder not."""
    root = as_of(SEATS.table, scope.as_of)
    query = select(func.count()).select_from(root)
    query = query.where(visible(root, scope), on_day(day)(root), holder_visible(scope)(root))
    return (await view.connection.execute(query)).scalar_one()


def holder_visible(scope: Scope) -> Where:
    """The condition that a seat is vacant or held by somebody `scope` may see: who is hidden does not exist."""
    people = as_of(PEOPLE.table, scope.as_of)
    seen = select(people.c.key).where(visible(people, scope))
    return lambda root: or_(root.c.holder.is_(None), root.c.holder.in_(seen))


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


def _by_start(root: FromClause) -> list[ColumnElement[Any]]:
    return [root.c.from_, root.c.body, _by_role(root), root.c.key]


def _by_role(root: FromClause) -> ColumnElement[int]:
    """Voting seats first, guests last."""
    return case({role.value: number for number, role in enumerate(Role)}, value=root.c.role)
