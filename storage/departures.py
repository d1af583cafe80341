"""What becomes of a room's queued messages and open questions when we are out of it, or when another continues it."""

import json
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.outbox import OUTBOX, OutboxState, Sending, Underway, queued_in
from storage.prompts import PROMPT

_MESSAGE = "m.room.message"


async def abandon(connection: AsyncConnection, account: str, room: str, now: datetime) -> None:
    """Nothing that waits for this room is sent or answered any more."""
    aside = {"state": OutboxState.FAILED.value, "sent": now, "content": None}
    waiting = (OUTBOX.c.account == account, OUTBOX.c.room == room, OUTBOX.c.state == OutboxState.QUEUED.value)
    await connection.execute(update(OUTBOX).where(*waiting).values(aside))
    await connection.execute(delete(PROMPT).where(PROMPT.c.room == room))


async def redirect(connection: AsyncConnection, account: str, old: str, new: str, underway: Underway) -> None:
    """What waits for `old` and was never tried goes to `new`, open questions too.

    Edits and reactions stay: they belong to events of the old room.
    """
    waiting = await queued_in(connection, account, old)
    # In a room one goes after the other: only the first can have been tried.
    untried = waiting if waiting and underway.may_change(waiting[0]) else waiting[1:]
    for message in untried:
        if message.type == _MESSAGE and message.replaces is None and message.attempts == 0:
            moved = {"room": new, "thread": None, "content": _by_itself(message)}
            await connection.execute(update(OUTBOX).where(OUTBOX.c.id == message.id).values(moved))
    await connection.execute(update(PROMPT).where(PROMPT.c.room == old).values(room=new))


def _by_itself(message: Sending) -> str:
    """The content without what it answers and the thread it stands in: another room's events cannot be named."""
    return json.dumps({name: value for name, value in message.content.items() if name != "m.relates_to"})
