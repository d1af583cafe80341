"""What a city that leaves has to see to in rooms: who sits in them is for people to settle."""

from datetime import date

from commands.framework.reply import Foreign, Item, item, say
from storage.rooms.queries import rooms_of_kind
from storage.rooms.record import RoomKind
from storage.scope import Scope
from storage.view import View

MEMBERS_ONLY = (RoomKind.STEERING, RoomKind.WORKING)


async def exit_items(view: View, scope: Scope, _city: str, _last: date) -> tuple[Item, ...]:
    """The rooms of the members, which the city's people have to leave."""
    found = [kept.record for kind in MEMBERS_ONLY for kept in await rooms_of_kind(view, scope, kind)]
    names = tuple(Foreign(room.alias or room.id or "") for room in found)
    return (item(say("rooms.reply.on_exit", found=names)),) if names else ()
