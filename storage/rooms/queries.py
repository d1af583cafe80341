"""Queries about rooms of the register. What Matrix itself knows of a room is the matrix slice's."""

from sqlalchemy import or_, select

from storage.records import Kept, fetch, fetch_one, visible
from storage.rooms.record import Room, RoomKind
from storage.rooms.tables import ROOMS
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View


async def room(view: View, scope: Scope, key: str) -> Kept[Room] | None:
    """The room record with this key."""
    return await fetch_one(view, ROOMS, scope, key)


async def room_by_address(view: View, scope: Scope, room: str, alias: str | None) -> Kept[Room] | None:
    """The room record for this Matrix room, by its id or, while it has none, by its alias."""
    found = await fetch(
        view, ROOMS, scope, lambda root: or_(root.c.id == room, (root.c.alias == alias) & root.c.id.is_(None)), limit=1
    )
    return found[0] if found else None


async def rooms_of_kind(view: View, scope: Scope, kind: RoomKind) -> tuple[Kept[Room], ...]:
    """All rooms of one kind."""
    return await fetch(view, ROOMS, scope, lambda root: root.c.kind == kind.value)


async def rooms_of_project(view: View, scope: Scope, project: str) -> tuple[Kept[Room], ...]:
    """The rooms bound to this project."""
    return await fetch(view, ROOMS, scope, lambda root: root.c.project == project)


async def kinds_bound(view: View, scope: Scope) -> frozenset[RoomKind]:
    """The kinds of which there is at least one room."""
    root = as_of(ROOMS.table, scope.as_of)
    query = select(root.c.kind).where(visible(root, scope)).group_by(root.c.kind)
    return frozenset(RoomKind(kind) for kind in (await view.connection.execute(query)).scalars())
