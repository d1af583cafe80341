"""The rooms: whether the bot is in any, and in the one where administration is told of what needs a person."""

from bot.app import ACCOUNT
from bot.doctor.finding import Finding, Patient, fail, ok, warn
from bot.matrix import wire
from bot.matrix.errors import Refused
from bot.matrix.wire import Wire
from storage.matrix.queries import room_facts, room_with_alias

_ALONE = "name your server in [access] servers, then in a room: /invite {me}"


async def examine_rooms(patient: Patient, me: str, line: Wire) -> list[Finding]:
    """Ask the homeserver, which also knows what happened while the bot did not run."""
    answer = await line.request("GET", wire.path("joined_rooms"))
    found = answer.get("joined_rooms")
    joined = frozenset(map(str, found)) if isinstance(found, list) else frozenset[str]()
    rooms = ok("rooms", f"{len(joined)} joined") if joined else warn("rooms", "none joined", _ALONE.format(me=me))
    return [rooms, await _admin_room(patient, me, line, joined)]


async def _admin_room(patient: Patient, me: str, line: Wire, joined: frozenset[str]) -> Finding:
    address = patient.settings.admin.room
    if not address:
        detail = "none configured: failures that need a person stand only in the log"
        return warn("admin room", detail, 'set [admin] room = "#…" or "!…" and invite the bot there')
    room = await _resolved(patient, line, address)
    if room is None:
        return fail("admin room", f"there is no room {address}", "check [admin] room, or give the room this alias")
    if room not in joined:
        return fail("admin room", f"the bot is not in {address}", f"in that room: /invite {me}")
    async with patient.database.read() as connection:
        facts = await room_facts(connection, ACCOUNT, room)
    if facts is not None and (facts.public or not facts.encrypted):
        kind = "public" if facts.public else "not encrypted"
        detail = f"{address} is {kind}, and what is told there names people and rooms"
        return warn("admin room", detail, "make the room private and encrypted, or use another one")
    return ok("admin room", f"{address} joined")


async def _resolved(patient: Patient, line: Wire, address: str) -> str | None:
    """The room id behind an alias; an id stands for itself."""
    if address.startswith("!"):
        return address
    async with patient.database.read() as connection:
        known = await room_with_alias(connection, ACCOUNT, address)
    if known is not None:
        return known
    try:
        found = (await line.request("GET", wire.path("directory", "room", address))).get("room_id")
    except Refused:
        return None
    return found if isinstance(found, str) else None
