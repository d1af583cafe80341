"""How a record is named in a sentence: by its id, and by its name where its key is only ours."""

from typing import Any

from commands.framework.reply import Foreign, RecordRef, say
from storage.people.queries import person
from storage.rooms.queries import room
from storage.scope import Scope
from storage.seats.queries import seat
from storage.view import View


async def naming(view: View, scope: Scope, collection: str, key: str) -> Any:
    """The record as an inline node: "Projekt P-1", "Stadt M", "Koordination München", a seat by city and role."""
    match collection:
        case "people":
            who = await person(view, scope, key)
            return Foreign(who.record.name) if who else say("desk.reply.a_person")
        case "seats":
            which = await seat(view, scope, key)
            return (
                say("desk.reply.seat_of", city=which.record.city, role=which.record.role)
                if which
                else say("desk.reply.a_seat")
            )
        case "rooms":
            where = await room(view, scope, key)
            return say("desk.reply.room_of", kind=where.record.kind) if where else say("desk.reply.a_room")
        case "cooperation":
            return say("desk.reply.the_cooperation")
        case _:
            return RecordRef(collection, key)
