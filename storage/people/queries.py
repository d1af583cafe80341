"""Queries about people."""

from sqlalchemy import func, select

from storage.people.record import Person
from storage.people.tables import PEOPLE
from storage.records import Kept, fetch, fetch_one, visible
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View


async def person(view: View, scope: Scope, key: str) -> Kept[Person] | None:
    """The person with this key."""
    found = await fetch_one(view, PEOPLE, scope, key)
    return None if found is None else _as_seen(found, scope)


async def person_by_mxid(view: View, scope: Scope, mxid: str) -> Kept[Person] | None:
    """The person with this Matrix ID."""
    found = await fetch(view, PEOPLE, scope, lambda root: root.c.mxid == mxid, limit=1)
    return _as_seen(found[0], scope) if found else None


async def people(view: View, scope: Scope, keys: frozenset[str]) -> dict[str, Kept[Person]]:
    """The people with these keys, by key."""
    found = await fetch(view, PEOPLE, scope, lambda root: root.c.key.in_(keys))
    return {kept.key: _as_seen(kept, scope) for kept in found}


async def people_page(view: View, scope: Scope, *, limit: int, offset: int) -> tuple[Kept[Person], ...]:
    """People in the order of their names, `limit` from `offset` on."""
    found = await fetch(view, PEOPLE, scope, order=lambda root: [root.c.name, root.c.key], limit=limit, offset=offset)
    return tuple(_as_seen(kept, scope) for kept in found)


async def keys_by_mxid(view: View, scope: Scope, mxids: frozenset[str]) -> dict[str, str]:
    """The keys of the people with these Matrix IDs, by Matrix ID."""
    if not mxids:
        return {}
    found = await fetch(view, PEOPLE, scope, lambda root: root.c.mxid.in_(mxids))
    return {kept.record.mxid: kept.key for kept in found if kept.record.mxid}


async def count_people(view: View, scope: Scope) -> int:
    """How many people there are, of those `scope` may see."""
    root = as_of(PEOPLE.table, scope.as_of)
    query = select(func.count()).select_from(root).where(visible(root, scope))
    return (await view.connection.execute(query)).scalar_one()


def _as_seen(kept: Kept[Person], scope: Scope) -> Kept[Person]:
    """Without the fields that are stricter than the record where `scope` may not see them."""
    stricter = [name for name, shown_to in Person.field_visibility.items() if shown_to.rank > scope.cap.rank]
    if not stricter:
        return kept
    hidden = {name: Person.model_fields[name].get_default() for name in stricter}
    record = kept.record.model_copy(update=hidden)
    return Kept(key=kept.key, record=record, operation=kept.operation, since=kept.since)
