"""Answers shown earlier, put right: where a record may not be seen any more, and where a seat in it has changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.execute import Desk
from bot.post import MESSAGE, amend
from bot.who import identify
from commands.framework.caller import Caller
from commands.framework.inbound import Assurance, Inbound, Kind
from commands.framework.refusal import Refusal
from commands.framework.reply import Reply, line, reply, say
from storage.mapping import Entity
from storage.matrix.queries import room_facts
from storage.outbox import Standing, standing_about, standing_in
from storage.records import RowChange, fetch_one
from storage.register import BY_COLLECTION, ENTITIES
from storage.values import COLLECTIONS
from storage.work import Work

CARDS_LAST = timedelta(days=7)
"""How long the card of a city or person is put right; an older one is read as history."""
MOST = 50
"""As many messages are put right at once, the newest first: each is an event in a room."""


async def put_right(work: Work, desk: Desk, cause: str) -> None:
    """Edit what earlier messages show, as far as the change just made, by the event `cause`, makes it wrong.

    The edits commit with the change. Rows that this change itself put into the outbox are true already.
    """
    changes, work.reshown = work.reshown, []
    for room in dict.fromkeys(room for change in changes for room in _rooms(change)):
        await _in_room(work, desk, cause, room)
    for key in dict.fromkeys(str(change.key) for change in changes if _stricter(change)):
        await _of_record(work, desk, cause, key)
    for collection, key in dict.fromkeys(seen for change in changes for seen in _seen_in(change)):
        await _cards(work, desk, cause, collection, key)


def _rooms(change: RowChange) -> Iterator[str]:
    """The room that the change is about, by its id; a room that is known by its address only has shown nothing yet."""
    rows = [row for row in (change.before, change.after) if row] if change.table.name == "rooms" else []
    yield from (str(row["id"]) for row in rows if row["id"])


def _seen_in(change: RowChange) -> Iterator[tuple[str, str]]:
    """The records whose cards show what changed: a seat's city and holders, before and after; a name's person."""
    if change.table.name == "people":
        yield "people", str(change.key)
    rows = [row for row in (change.before, change.after) if row] if change.table.name == "seats" else []
    yield from (("cities", str(row["city"])) for row in rows)
    yield from (("people", str(row["holder"])) for row in rows if row["holder"])


def _stricter(change: RowChange) -> bool:
    before, after = change.before, change.after
    return before is not None and after is not None and bool(after["rank"] > before["rank"])


async def _of_record(work: Work, desk: Desk, cause: str, key: str) -> None:
    for shown in await standing_about(work.connection, desk.house.account, key, before=work.now, most=MOST):
        await _hide(work, desk, cause, shown)


async def _in_room(work: Work, desk: Desk, cause: str, room: str) -> None:
    for shown in await standing_in(work.connection, desk.house.account, room, before=work.now, most=MOST):
        await _hide(work, desk, cause, shown)


async def _hide(work: Work, desk: Desk, cause: str, shown: Standing) -> None:
    """Take a record out of a message that shows it where it may not be seen any more."""
    reader = await _reader(work, desk, shown)
    about = shown.last.about
    an_entity = _kind_of(about) if about else None
    if reader is None or about is None or an_entity is None:
        return
    if await fetch_one(work, an_entity, reader.scope, about) is None:
        await amend(work, desk.office, reader, shown.first, cause, _gone())


async def _cards(work: Work, desk: Desk, cause: str, collection: str, key: str) -> None:
    card = next((noun.card for noun in desk.nouns if noun.collection == collection and noun.card), None)
    shown_lately = await standing_about(work.connection, desk.house.account, key, before=work.now, most=MOST)
    for shown in shown_lately if card else ():
        reader = await _reader(work, desk, shown)
        if not shown.last.card or shown.first.created < work.now - CARDS_LAST or reader is None or card is None:
            continue
        try:
            anew = await card(work, reader, key)
        except Refusal:
            anew = _gone()
        await amend(work, desk.office, reader, shown.first, cause, anew)


def _gone() -> Reply:
    return reply(line(say("desk.reply.not_shown_here")))


def _kind_of(about: str) -> Entity[Any] | None:
    """The kind of record that has this key."""
    if about[1:2] == "-":
        return BY_COLLECTION[COLLECTIONS[about[0]]]
    ours = (e for e in ENTITIES if e.prefix and about.startswith(e.prefix) and about[len(e.prefix) :].isdigit())
    return next(ours, BY_COLLECTION["cities"])


async def _reader(work: Work, desk: Desk, shown: Standing) -> Caller | None:
    """Whoever reads the room of the message, as the register knows them now: a direct chat goes by its person."""
    room = await room_facts(work.connection, desk.house.account, shown.first.room)
    if room is None or room.membership != "join" or room.successor or shown.first.type != MESSAGE:
        return None
    reading = Inbound(
        kind=Kind.MESSAGE,
        event=shown.first.cause,
        room=room.room,
        sender=room.other or "",
        at=work.now,
        direct=room.direct,
        assurance=Assurance.NONE,
    )
    return await identify(work, desk.house, reading, work.now)
