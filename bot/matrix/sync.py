"""Receiving: what the homeserver has for us is taken in completely and then stored in one transaction."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

import structlog

from bot.matrix import wire
from bot.matrix.errors import MatrixError, RateLimited, Refused, Unauthorized, Unreachable
from bot.matrix.inbound import Clear, Where, joined, read, replaces, thread_of
from bot.matrix.machine import Opened
from bot.matrix.moves import (
    NotFollowed,
    continued,
    moves,
    not_followed,
    note_departures,
    note_not_followed,
    note_torn,
)
from bot.matrix.render import MARKER
from bot.matrix.rooms import Room
from bot.matrix.session import Session
from bot.matrix.timeline import Delivery, Event, Heard, Stretch, events_in, since_our_join, take_in
from commands.framework.inbound import Around, Assurance, Inbound, Kind, addressed, might_answer
from storage.database import Connection
from storage.inbox import Arrival, known_events, record_arrivals
from storage.matrix.queries import forget, save, store_position
from storage.matrix.record import UndecryptedRecord
from storage.matrix.unread import record_withheld
from storage.outbox import sent_as
from storage.prompts import waiting

LONG_POLL = timedelta(seconds=30)
_AT_ONCE = timedelta(0)
_BEYOND_THE_POLL = timedelta(seconds=60)
_NEWEST_EVENTS = 50
_MOST_PAGES = 200
_MOST_ATTEMPTS = 8
"""So often something is asked for that fails although the homeserver is there; with the pauses, some three minutes."""
_LONGEST_PAUSE = 60.0
_LONGEST_ID = 255
_UNREAD_LAST = timedelta(days=14)
_MOST_UNREAD_OF_ONE_SENDER = 500
_EVENT_TYPES = ["m.room.*", "m.reaction", "m.poll.*", "org.matrix.msc3381.poll.*"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Read:
    """An event that has been read as far as it can be: decrypted (`opened`), or never encrypted."""

    heard: Heard
    opened: Opened | None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Everything one synchronisation brought, ready to be stored.

    `ours` are events among them that we sent ourselves. `unread` could not be decrypted, `done` are earlier such
    events that need not be tried any more. `not_followed` are rooms said to go on elsewhere, not believed.
    """

    delivery: Delivery
    inbounds: tuple[Inbound, ...]
    not_followed: tuple[NotFollowed, ...]
    ours: frozenset[str]
    unread: tuple[UndecryptedRecord, ...]
    done: tuple[UndecryptedRecord, ...]

    @property
    def brings_nothing(self) -> bool:
        """Whether it would change nothing but our position, which is not the first: our own messages came back."""
        heard = (self.inbounds, self.not_followed, self.unread, self.done)
        delivery = self.delivery
        return delivery.since is not None and not any((*heard, delivery.withheld, delivery.departures))


async def start(session: Session) -> None:
    """Put our keys on the homeserver and synchronise for the first time in this process, so that all rooms are known.

    Raises Unauthorized, Unreachable, RateLimited, Refused; may then be called again.
    """
    await session.upload_keys()
    await receive(session, wait=_AT_ONCE)
    await tend(session)


async def run(
    session: Session, arrived: Callable[[], None], *, pause: Callable[[int], float] | None = None
) -> NoReturn:
    """Receive for ever, after `start`; `arrived` is called whenever new events have come into the inbox.

    `pause` gives the seconds to wait after so many failures in a row. Only Unauthorized (and what is no MatrixError)
    is raised; everything else is waited out.
    """
    failures, since = 0, session.now()
    while True:
        try:
            if await receive(session):
                arrived()
            await tend(session)
            if failures:
                seconds = (session.now() - since).total_seconds()
                log.info("sync_resumed", failures=failures, seconds=round(seconds, 1))
            failures, since = 0, session.now()
        except Unauthorized:
            raise
        except MatrixError as error:
            failures += 1
            session.metrics.sync_failed()
            seconds = pause_after(error, (pause or jittered)(failures))
            log.warning("sync_failed", error=str(error), failures=failures, pause=round(seconds, 1))
            await asyncio.sleep(seconds)


def jittered(failures: int) -> float:
    """Seconds to wait after so many failures: doubling up to a minute, and not the same for every bot."""
    return random.uniform(0.5, 1) * min(_LONGEST_PAUSE, 2.0 ** min(failures, 10))  # noqa: S311 - no secret


def pause_after(error: MatrixError, otherwise: float) -> float:
    """Seconds to wait after a failure: `otherwise`, unless the homeserver asks for more."""
    return max(error.retry_after.total_seconds(), otherwise) if isinstance(error, RateLimited) else otherwise


async def receive(session: Session, *, wait: timedelta = LONG_POLL) -> int:
    """One synchronisation and its one transaction; returns how many events were new in the inbox.

    The homeserver answers at once if it has something, else after `wait`. If anything fails, nothing is stored, and
    the next call goes on with what was taken in already.
    """
    if session.unfinished is None:
        began = session.now()
        answer = await _poll(session, wait)
        session.unfinished = take_in(session.machine, session.rooms, answer, began=began, since=session.sync_token)
        session.heard_from(session.unfinished.heard_from)
        session.machine.forget_surplus({room.id: room.members for room in session.rooms.joined()})
    stored = await _store(session, await _complete(session, session.unfinished))
    session.unfinished = None
    if session.rooms.invitations() or session.rooms.successors():
        session.knocked.set()
    return stored


async def tend(session: Session) -> None:
    """Do what a synchronisation may have made necessary: renew keys, repair channels.

    What fails is left alone for a while: receiving goes on without it. Raises Unauthorized.
    """
    await _aside(session, "keys_upload", session.upload_keys)
    await _aside(session, "channel_repair", session.repair_channels)


async def _aside(session: Session, task: str, work: Callable[[], Awaitable[None]]) -> None:
    if session.is_left_alone(task):
        return
    try:
        await work()
    except Unauthorized:
        raise
    except MatrixError as error:
        session.leave_alone([task])
        log.warning("left_for_later", task=task, error=str(error))


async def _poll(session: Session, wait: timedelta) -> dict[str, Any]:
    first = session.synced is None
    timeline = {"limit": _NEWEST_EVENTS if session.sync_token else 1, "types": _EVENT_TYPES}
    nothing: dict[str, list[str]] = {"types": []}
    wanted = {
        "presence": nothing,
        "account_data": nothing,
        "room": {"timeline": timeline, "ephemeral": nothing, "account_data": nothing},
    }
    query = {"filter": json.dumps(wanted, separators=(",", ":"))}
    query["timeout"] = "0" if first else str(int(wait.total_seconds() * 1000))
    if session.sync_token:
        query["since"] = session.sync_token
    if first:
        # After a restart the rooms are known only from the database, which holds neither members nor powers.
        query["full_state"] = "true"
    answer = await session.wire.request("GET", wire.path("sync"), query=query, patience=wait + _BEYOND_THE_POLL)
    if not isinstance(answer.get("next_batch"), str):
        raise Unreachable(reason="answer_without_next_batch")
    return answer


async def _complete(session: Session, delivery: Delivery) -> Batch:
    """Fetch what is missing: events left out of the timeline, late ones whose key has come, and unknown devices."""
    late, lost = await _late(session)
    events, entered = list(late), list[tuple[Room, Event]]()
    for stretch in delivery.stretches:
        kept, our_join = await _unbroken(session, delivery, stretch)
        events += kept
        entered += [(stretch.room, our_join)] if our_join else []
    reads, unread = _read_all(session, events)
    await _look_up_senders(session, reads)
    missing = {one.event for one in unread}
    batch = Batch(
        delivery=delivery,
        inbounds=(
            *moves(session.rooms, session.now()),
            *_joinings(session, entered),
            *(inbound for one in reads if (inbound := _inbound(session, one)) is not None),
        ),
        not_followed=not_followed(events, (room for room, _ in entered), session.rooms),
        ours=frozenset(_id(heard.event) for heard in events if _has_our_mark(session, heard.event)),
        unread=tuple({one.event: one for one in unread if one.event not in session.undecrypted}.values()),
        done=(
            *lost,
            *(session.undecrypted[_id(h.event)] for h in late if _id(h.event) not in missing),
            *_given_up(session),
        ),
    )
    return await _without_false_edits(session, batch, {_id(heard.event): heard.event for heard in events})


async def _without_false_edits(session: Session, batch: Batch, here: Mapping[str, Event]) -> Batch:
    """Leave out edits that are none: homeservers let everybody edit everything, `here` are the events that came along.

    Only its sender edits a message, and an edit is not edited itself (Matrix specification, event replacements).
    """
    if not any(one.kind is Kind.EDIT for one in batch.inbounds):
        return batch
    async with session.database.read() as connection:
        wanted = await _addressed(connection, session, batch)
    edits = [one for one in wanted if one.kind is Kind.EDIT]
    false = {one.event for one in edits if not replaces(one, await _original(session, one, here))}
    return replace(batch, inbounds=tuple(one for one in batch.inbounds if one.event not in false))


async def _original(session: Session, edit: Inbound, here: Mapping[str, Event]) -> Event:
    """The event that is edited; nothing if it cannot be seen from here."""
    target = edit.target or ""
    if target in here:
        return here[target]
    shown = _if_shown(session.fetch_event(edit.room, target))
    return await _given(session, edit.room, edit.event, shown) or {}


async def _if_shown(request: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """The event; nothing if we may not see it, as one from before we joined: then nothing of ours is edited."""
    try:
        return await request
    except Refused:
        return {}


async def _given(session: Session, room: str, what: str, request: Awaitable[dict[str, Any]]) -> dict[str, Any] | None:
    """The answer to a request that only `what` needs; None if it is refused, or fails again and again by itself.

    Otherwise one room whose past the homeserver has lost would keep all others waiting. Administration is told that
    something of the room is lost. As long as the homeserver is away altogether, nothing is given up.
    Raises Unauthorized, Unreachable, RateLimited.
    """
    try:
        return await request
    except Refused as error:
        reason = str(error)
    except Unreachable as error:
        await session.check()
        session.failed[what] += 1
        if session.failed[what] < _MOST_ATTEMPTS:
            raise
        reason = str(error)
    log.warning("not_given", room=room, what=what, error=reason)
    session.torn.add(room)
    return None


def _given_up(session: Session) -> list[UndecryptedRecord]:
    """Those unreadable events that are forgotten: old ones, of rooms we left, and all but the newest of one sender."""
    kept: Counter[str] = Counter()
    gone: list[UndecryptedRecord] = []
    for one in sorted(session.undecrypted.values(), key=lambda one: one.at, reverse=True):
        is_old = one.at <= session.now() - _UNREAD_LAST
        if is_old or not session.rooms.known(one.room).joined or kept[one.sender] >= _MOST_UNREAD_OF_ONE_SENDER:
            gone.append(one)
        else:
            kept[one.sender] += 1
    return gone


async def _late(session: Session) -> tuple[list[Heard], list[UndecryptedRecord]]:
    """Fetch the events again whose keys have come meanwhile; those that are gone are lost."""
    found: list[Heard] = []
    lost: list[UndecryptedRecord] = []
    for one in session.undecrypted.values():
        reach = session.machine.reach(one.room, one.session)
        if reach is None or session.tried.get(one.event) == reach:
            continue
        event = await _given(session, one.room, one.event, session.fetch_event(one.room, one.event))
        if event is None or event.get("event_id") != one.event:
            lost.append(one)
        else:
            found.append(Heard(room=session.rooms.known(one.room), event=event, encrypted=True))
    return found, lost


async def _unbroken(session: Session, delivery: Delivery, stretch: Stretch) -> tuple[list[Heard], Event | None]:
    """The room's events since we last stored, or since our joining if that is later; and that joining."""
    kept, our_join = since_our_join(stretch.events, session.me, was_joined=stretch.was_joined)
    if our_join is None and stretch.gap is not None:
        older = await _gap(session, delivery, stretch, stretch.gap)
        kept, our_join = since_our_join((*older, *stretch.events), session.me, was_joined=stretch.was_joined)
    if our_join is None and not stretch.was_joined:
        # The joining itself is not among the events, so all of them came after it.
        return list(stretch.events), stretch.our_join
    return kept, our_join


async def _gap(session: Session, delivery: Delivery, stretch: Stretch, start: str) -> list[Heard]:
    """The events the homeserver left out of a timeline, oldest first: backwards up to the last synchronisation."""
    room, newest_first = stretch.room, list[Heard]()
    position = start
    for _ in range(_MOST_PAGES):
        older = session.older_events(room.id, position, until=delivery.since)
        page = await _given(session, room.id, room.id, older)
        if page is None:
            break
        newest_first += [Heard(room=room, event=event, encrypted=room.encrypted) for event in events_in(page, "chunk")]
        _, our_join = since_our_join(newest_first[::-1], session.me, was_joined=stretch.was_joined)
        if our_join is not None or not events_in(page, "chunk") or not isinstance(page.get("end"), str):
            break
        position = page["end"]
    else:
        log.warning("gap_not_filled", room=room.id, pages=_MOST_PAGES)
        session.torn.add(room.id)
    return newest_first[::-1]


def _joinings(session: Session, entered: Iterable[tuple[Room, Event]]) -> Iterator[Inbound]:
    for room, our_join in entered:
        where = _where(session, room, encrypted=room.encrypted)
        inbound = joined(our_join, where, session.now(), continues=continued(session.rooms, room))
        if inbound:
            yield inbound


def _read_all(session: Session, events: Iterable[Heard]) -> tuple[list[Read], list[UndecryptedRecord]]:
    reads: list[Read] = []
    unread: list[UndecryptedRecord] = []
    for heard in events:
        if heard.event.get("sender") == session.me:
            continue
        if heard.event.get("type") != "m.room.encrypted":
            reads.append(Read(heard=heard, opened=None))
        elif opened := session.machine.open(heard.room.id, heard.event):
            reads.append(Read(heard=heard, opened=opened))
        elif record := _unreadable(heard, session.now()):
            unread.append(record)
    return reads, unread


def _unreadable(heard: Heard, now: datetime) -> UndecryptedRecord | None:
    """What is kept of an event without its key: enough to fetch it again. What can never be read is dropped."""
    content = heard.event.get("content")
    facts = (
        _id(heard.event),
        heard.event.get("sender"),
        content.get("session_id") if isinstance(content, dict) else "",
    )
    if not all(isinstance(fact, str) and 0 < len(fact) <= _LONGEST_ID and fact.isprintable() for fact in facts):
        return None
    event, sender, session_id = map(str, facts)
    return UndecryptedRecord(
        event=event,
        room=heard.room.id,
        session=session_id,
        sender=sender,
        at=now,
        thread=thread_of(content) if isinstance(content, dict) else None,
    )


async def _look_up_senders(session: Session, reads: Iterable[Read]) -> None:
    """Know who writes as they are now: their devices may be new, or their identity another one or accepted since."""
    opened = [(_sender(one), one.opened) for one in reads if one.opened]
    session.machine.doubt({user for user, o in opened if session.machine.assurance(user, o) is Assurance.NONE})
    await session.query_keys({user for user, _ in opened})
    await session.heed_acceptances()


def _inbound(session: Session, one: Read) -> Inbound | None:
    heard, opened = one.heard, one.opened
    clear = None
    if opened is not None:
        assurance = session.machine.assurance(_sender(one), opened)
        clear = Clear(type=opened.type, content=opened.content, assurance=assurance)
    where = _where(session, heard.room, encrypted=heard.encrypted)
    return read(heard.event, where, session.now(), clear=clear)


def _where(session: Session, room: Room, *, encrypted: bool) -> Where:
    name = room.called(session.me)
    names = (name,) if name else ()
    return Where(room=room.id, me=session.me, names=names, direct=room.direct, encrypted=encrypted)


async def _store(session: Session, batch: Batch) -> int:
    """The one transaction: addressed events, our position, keys, rooms, and what could not be read yet."""
    account, rooms, strange = session.account.name, session.rooms.changes(), session.rooms.forgettable()
    torn = sorted(session.torn)

    async def body(connection: Connection) -> int:
        arrivals = [_arrival(session, inbound) for inbound in await _addressed(connection, session, batch)]
        await save(connection, account, [*rooms, *batch.unread])
        if batch.delivery.withheld:
            await record_withheld(connection, account, batch.delivery.withheld, session.now())
        await forget(connection, account, [*batch.done, *strange])
        await note_departures(connection, account, batch.delivery.departures, session.now())
        await note_not_followed(connection, batch.not_followed, session.now())
        await note_torn(connection, torn, session.now())
        await store_position(connection, account, batch.delivery.token)
        return await record_arrivals(connection, account, arrivals, session.now())

    # A new position alone can wait: from the stored one, a new process hears the same nothing again.
    idle = batch.brings_nothing and not (rooms or strange or torn or session.keys.changed)
    stored = 0 if idle else await session.keys.transact(session.database, body)
    session.rooms.stored(rooms, forgotten=strange)
    for one in batch.inbounds:
        if one.kind is Kind.MOVED and one.target:
            session.rooms.followed(one.target)
    session.stored(batch.delivery, unread=batch.unread, done=batch.done)
    return stored


async def _addressed(connection: Connection, session: Session, batch: Batch) -> list[Inbound]:
    """Those of the events that are meant for the bot; an edit of one of them that came along counts as well."""
    inbounds = batch.inbounds
    if not inbounds:
        return []
    referred = {event for one in inbounds for event in (one.target, one.reply_to) if event}
    around = Around(
        me=session.me,
        ours=frozenset(await sent_as(connection, list(referred))) | batch.ours,
        handled=await known_events(connection, referred),
        waiting=await waiting(connection, {one.room for one in inbounds if might_answer(one)}, session.now()),
    )
    # Deleted before we could read it: its edits are still delivered, but nobody wants them any more.
    withdrawn = {one.target for one in inbounds if one.kind is Kind.DELETION} - around.handled
    chosen: list[Inbound] = []
    for one in inbounds:
        if one.kind is Kind.EDIT and one.target in withdrawn and one.target not in around.handled:
            continue
        if addressed(one, around):
            chosen.append(one)
            if one.event in referred:
                around = replace(around, handled=around.handled | {one.event})
    return chosen


def _arrival(session: Session, inbound: Inbound) -> Arrival:
    return Arrival(
        event=inbound.event,
        room=inbound.room,
        sender=inbound.sender,
        at=inbound.at,
        body=inbound.model_dump(mode="json"),
        digest=session.secrets.digest(inbound.text),
    )


def _has_our_mark(session: Session, event: Event) -> bool:
    content = event.get("content")
    return event.get("sender") == session.me and isinstance(content, dict) and MARKER in content


def _id(event: Event) -> str:
    return str(event.get("event_id"))


def _sender(one: Read) -> str:
    return str(one.heard.event.get("sender"))
