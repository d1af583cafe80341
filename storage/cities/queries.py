"""Queries about cities and partners."""

from datetime import date

from sqlalchemy import String, and_, cast, func, or_, select

from storage.cities.record import City, CityState
from storage.cities.tables import CITIES
from storage.records import Kept, fetch, fetch_one, visible
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View

STATES = next(child.table for child in CITIES.child_tables() if child.table.name == "cities_states")


async def city(view: View, scope: Scope, code: str) -> Kept[City] | None:
    """The city or partner with this code."""
    return await fetch_one(view, CITIES, scope, code)


async def cities(view: View, scope: Scope, codes: frozenset[str]) -> dict[str, City]:
    """The cities and partners with these codes, by code."""
    return {k.key: k.record for k in await fetch(view, CITIES, scope, lambda root: root.c.key.in_(codes))}


async def city_codes(view: View, scope: Scope) -> frozenset[str]:
    """The codes of all cities and partners."""
    root = as_of(CITIES.table, scope.as_of)
    return frozenset((await view.connection.execute(select(root.c.key).where(visible(root, scope)))).scalars())


async def cities_page(view: View, scope: Scope, *, limit: int, offset: int) -> tuple[Kept[City], ...]:
    """Cities and partners, `limit` from `offset` on: cities before partners, by name."""
    order = lambda root: [root.c.kind, root.c.name_de, root.c.key]  # noqa: E731
    return await fetch(view, CITIES, scope, order=order, limit=limit, offset=offset)


async def city_of_server(view: View, scope: Scope, server: str) -> Kept[City] | None:
    """The first city or partner whose people have their accounts on this homeserver."""
    # Servers are one JSON list of words; the quotes keep one name from matching inside a longer one.
    listed = lambda root: cast(root.c.homeservers, String).contains(f'"{server}"', autoescape=True)  # noqa: E731
    found = await fetch(view, CITIES, scope, listed, limit=1)
    return found[0] if found else None


async def count_cities(view: View, scope: Scope) -> int:
    """How many cities and partners there are, of those `scope` may see."""
    root = as_of(CITIES.table, scope.as_of)
    query = select(func.count()).select_from(root).where(visible(root, scope))
    return (await view.connection.execute(query)).scalar_one()


async def codes_in_state(view: View, scope: Scope, state: CityState, day: date) -> frozenset[str]:
    """The codes of those that are in `state` on `day`. A state lasts until the next one begins, or its own end."""
    states, root = as_of(STATES, scope.as_of), as_of(CITIES.table, scope.as_of)
    exact, month, year = day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]
    begun = states.c.from_ <= exact
    running = or_(states.c.to.is_(None), states.c.to >= exact, states.c.to.in_((month, year)))
    later = states.alias("later")
    overtaken = (
        select(later.c.key)
        .where(later.c.root == states.c.root, later.c.from_ <= exact, later.c.position > states.c.position)
        .exists()
    )
    query = (
        select(states.c.root)
        .select_from(states.join(root, root.c.key == states.c.root))
        .where(and_(begun, running, states.c.state == state.value, ~overtaken, visible(root, scope)))
    )
    return frozenset((await view.connection.execute(query)).scalars())
