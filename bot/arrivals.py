"""The bot in a room it has come into: it greets, or goes on as it did in the room that this one continues."""

from bot.execute import Desk
from commands.framework.caller import Caller
from commands.framework.inbound import Inbound, Kind
from commands.framework.reply import Reply
from commands.rooms.greeting import goes_on, welcome
from storage.departures import redirect
from storage.matrix.queries import room_facts
from storage.work import Work

MOVE = "rooms.move"
"""The operation of a room's binding that follows the room; nobody types it."""

ARRIVALS = frozenset({Kind.JOINED, Kind.MOVED})


async def arrived(work: Work, desk: Desk, caller: Caller, inbound: Inbound) -> Reply | None:
    """What is said on coming into a room; None where the move that led there has said it."""
    if inbound.kind is Kind.JOINED:
        return await welcome(work, caller, inbound.target)
    return await _moved(work, desk, caller, inbound, inbound.target or "")


async def _moved(work: Work, desk: Desk, caller: Caller, inbound: Inbound, old: str) -> Reply | None:
    account = desk.house.account
    before = await room_facts(work.connection, account, old)
    after = await room_facts(work.connection, account, inbound.room)
    encrypted = after is not None and after.encrypted
    desk.act(work, caller, MOVE, inbound.event)
    said = await goes_on(work, caller, old, unencrypted=before is not None and before.encrypted and not encrypted)
    if said is not None and not caller.place.public:
        await redirect(work.connection, account, old, inbound.room, desk.office.underway)
    return said
