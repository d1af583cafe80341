"""Replies become outbox rows: rendered once, in the asker's language, where the question was asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.matrix.render import content, edit_content, reaction_content
from commands.framework.caller import Caller
from commands.framework.inbound import Inbound, Kind
from commands.framework.render import Renderer
from commands.framework.reply import Reply, Tell, line, say
from commands.framework.texts import Texts
from storage.matrix.queries import direct_room, room_facts, room_with_alias
from storage.outbox import Parcel, Sending, Underway, enqueue, enqueue_edit, next_ordinal, replies_to, sent_as
from storage.people.preferences import preference
from storage.people.queries import person
from storage.prompts import PromptKind, ask, settle_in
from storage.rooms.queries import rooms_of_kind
from storage.rooms.record import RoomKind
from storage.scope import unlimited
from storage.values import Language
from storage.work import Work

ACKNOWLEDGED = "✅"
MESSAGE, REACTION = "m.room.message", "m.reaction"


@dataclass(frozen=True, kw_only=True)
class Office:
    """What every reply needs: the account it is sent from, the texts, and the secret of the transaction ids.

    `underway` is what the account's sender does now.
    """

    account: str
    texts: Texts
    secret: bytes
    underway: Underway = field(default_factory=Underway)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Where a reply goes: what it answers, and the event that stands for the cause.

    Replies to the same cause are one message: an edit that takes effect has its original as its cause.
    """

    inbound: Inbound
    cause: str

    @property
    def answers(self) -> str:
        """The message to answer: of an edit or deletion its original, of a reaction our message that has it."""
        names_a_room = self.inbound.kind in {Kind.JOINED, Kind.MOVED}
        return self.inbound.event if names_a_room else self.inbound.target or self.inbound.event


async def post(work: Work, office: Office, caller: Caller, envelope: Envelope, reply: Reply) -> None:
    """Put the reply into the outbox, as an edit of the earlier reply to the same cause where there is one."""
    notes = await _notes(work, office, caller, envelope, reply.tell)
    if {note.person for note in reply.tell} - notes.reached:
        undelivered = line(say("desk.reply.not_told"))
        reply = replace(reply, blocks=(*reply.blocks, undelivered), acknowledged=False)
    row = await _answer(work, office, caller, envelope, reply)
    await _ask(work, caller, envelope, reply, row)
    for note, mentions in notes.messages.items():
        body = content(note.plain, note.html, msgtype="m.text", mentions=mentions)
        await _enqueue(work, office, note.room, envelope.cause, body, late=note.late)


async def _answer(work: Work, office: Office, caller: Caller, envelope: Envelope, reply: Reply) -> int | None:
    """The outbox row that answers, None where the answer stands already."""
    earlier = await replies_to(work.connection, envelope.cause)
    said = next((s for s in earlier if s.type == MESSAGE and s.room == envelope.inbound.room), None)
    if said is not None:
        return await _revise(work, office, caller, envelope, reply, said)
    if reply.acknowledged and await _takes_signs(work, caller):
        return None if any(s.type == REACTION for s in earlier) else await _react(work, office, envelope)
    return await _say(work, office, caller, envelope, reply)


async def _takes_signs(work: Work, caller: Caller) -> bool:
    return await preference(work, caller.key or caller.mxid, "acknowledgement") != "text"


async def _say(work: Work, office: Office, caller: Caller, envelope: Envelope, reply: Reply) -> int:
    renderer, thread = _renderer(office, caller), await _thread(work, envelope)
    said = content(renderer.plain(reply), renderer.html(reply), thread=thread, reply_to=envelope.answers)
    room, late = envelope.inbound.room, _late(renderer, work)
    shown = _Shown(about=reply.about, card=reply.card)
    return await _enqueue(work, office, room, envelope.cause, said, shown=shown, late=late, thread=thread)


async def _revise(work: Work, office: Office, caller: Caller, envelope: Envelope, reply: Reply, said: Sending) -> int:
    await amend(work, office, caller, said, envelope.cause, reply)
    # A question in the new text is answered by replying to the message as it first was.
    return said.id


async def amend(work: Work, office: Office, caller: Caller, said: Sending, cause: str, reply: Reply) -> None:
    """Let an earlier message of ours say this instead; what it asked is not asked any more."""
    await settle_in(work.connection, said.id)
    renderer = _renderer(office, caller)
    new = edit_content(renderer.plain(reply), renderer.html(reply))
    late, shown = _late(renderer, work), _Shown(about=reply.about, card=reply.card)
    await _enqueue(work, office, said.room, cause, new, replaces=said.id, shown=shown, late=late, thread=said.thread)


async def _react(work: Work, office: Office, envelope: Envelope) -> int:
    sign, thread = reaction_content(envelope.answers, ACKNOWLEDGED), await _thread(work, envelope)
    return await _enqueue(work, office, envelope.inbound.room, envelope.cause, sign, type=REACTION, thread=thread)


async def _thread(work: Work, envelope: Envelope) -> str | None:
    """The thread to answer in; reactions, edits and deletions do not name it, what we said there before does."""
    inbound = envelope.inbound
    if inbound.thread or inbound.target is None:
        return inbound.thread
    ours = (await sent_as(work.connection, [inbound.target])).values()
    earlier = (*ours, *await replies_to(work.connection, inbound.target))
    return next((s.thread for s in earlier if s.thread and s.room == inbound.room), None)


@dataclass(frozen=True, kw_only=True)
class _Note:
    """What somebody else is told, where, and what stands before it if it comes late."""

    room: str
    plain: str
    html: str
    late: str


@dataclass(frozen=True, kw_only=True)
class _Notes:
    """Notes to others, with those they name; `reached` are all who need not be told otherwise."""

    messages: Mapping[_Note, list[str]]
    reached: frozenset[str]


async def _notes(work: Work, office: Office, caller: Caller, envelope: Envelope, told: Sequence[Tell]) -> _Notes:
    """Notes go to their people's direct chats; without one to the room of the change, naming them.

    Notes that say the same in the same room are one message.
    """
    messages: dict[_Note, list[str]] = defaultdict(list)
    reached = set()
    shared = await _shared_room(work, office, envelope.inbound) if told else None
    for note in told:
        if note.person == caller.key:
            reached.add(note.person)
            continue
        to = await _addressee(work, office, note.person, shared)
        if to is not None:
            renderer = Renderer(office.texts, to.language or caller.language, caller.zone)
            body = Reply(blocks=note.blocks)
            said = _Note(room=to.room, plain=renderer.plain(body), html=renderer.html(body), late=_late(renderer, work))
            messages[said].append(to.mxid)
            reached.add(note.person)
    return _Notes(messages=messages, reached=frozenset(reached))


@dataclass(frozen=True, kw_only=True)
class _Addressee:
    """Somebody who can be told something, and the room for it."""

    mxid: str
    room: str
    language: Language | None = None


async def _addressee(work: Work, office: Office, who: str, shared: str | None) -> _Addressee | None:
    """Whoever is called so by key or Matrix ID, None if there is no way to reach them."""
    to = None if who.startswith("@") else await person(work, unlimited(), who)
    mxid = who if who.startswith("@") else to.record.mxid if to else None
    if mxid is None:
        return None
    # What goes to a Matrix ID is for nobody else.
    room = await direct_room(work.connection, office.account, mxid) or (shared if to else None)
    return _Addressee(mxid=mxid, room=room, language=to.record.language if to else None) if room else None


async def _shared_room(work: Work, office: Office, inbound: Inbound) -> str | None:
    """Where somebody without a direct chat is told: here, or, from somebody's direct chat, in a steering room.

    One that anybody may enter or read is a guest room, whatever it was bound as.
    """
    if not inbound.direct:
        return inbound.room
    for kept in await rooms_of_kind(work, unlimited(), RoomKind.STEERING):
        alias = kept.record.alias or ""
        room = kept.record.id or await room_with_alias(work.connection, office.account, alias)
        facts = await room_facts(work.connection, office.account, room) if room else None
        if facts is not None and facts.membership == "join" and not facts.public:
            return room
    return None


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """The record a message shows, and whether it says how that stands and nothing else."""

    about: str | None = None
    card: bool = False


_NOTHING = _Shown()


async def _enqueue(
    work: Work,
    office: Office,
    room: str,
    cause: str,
    body: dict[str, Any],
    *,
    type: str = MESSAGE,  # noqa: A002 - the Matrix specification's word
    replaces: int | None = None,
    shown: _Shown = _NOTHING,
    late: str | None = None,
    thread: str | None = None,
) -> int:
    parcel = Parcel(
        account=office.account,
        room=room,
        cause=cause,
        ordinal=await next_ordinal(work.connection, cause),
        type=type,
        content=body,
        replaces=replaces,
        late=late,
        thread=thread,
        about=shown.about,
        shown=await work.newest() if shown.about else None,
        card=shown.card,
    )
    if replaces is None:
        return await enqueue(work.connection, parcel, office.secret, work.now)
    return await enqueue_edit(work.connection, parcel, office.secret, work.now, office.underway)


def _renderer(office: Office, caller: Caller) -> Renderer:
    return Renderer(office.texts, caller.language, caller.zone)


def _late(renderer: Renderer, work: Work) -> str:
    """What stands before a message that goes out much later than now."""
    return renderer.plain(Reply(blocks=(line(say("desk.reply.late", at=work.now)),)))


async def _ask(work: Work, caller: Caller, envelope: Envelope, reply: Reply, row: int | None) -> None:
    if reply.question is None:
        return
    question = reply.question
    await ask(
        work.connection,
        kind=PromptKind(question.kind),
        room=envelope.inbound.room,
        sender=question.to or caller.mxid,
        body=dict(question.body),
        expires=work.now + timedelta(minutes=question.minutes),
        outbox=row,
    )
