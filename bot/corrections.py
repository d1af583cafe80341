"""The law of edited and deleted messages: what they change while an effect is not final, and what they no longer do."""

from collections import defaultdict

from bot.answers import told
from bot.execute import Desk, execute, understand
from bot.post import MESSAGE, Envelope, post
from commands.desk.naming import naming
from commands.desk.rules import CannotBeTakenBack, EditNever, EditTooLate, UndoStands, is_final
from commands.framework.caller import Caller
from commands.framework.help import reason_never
from commands.framework.inbound import Inbound
from commands.framework.parse import NotACommand
from commands.framework.reply import Reply, Tell, line, reply, say
from storage.erasure import NOBODY
from storage.inbox import Handled, Letter, handled, record_handled, redigest
from storage.operations import Operation, has_undone_others, note_withdrawal, operations_by_cause
from storage.outbox import about_now, replies_to
from storage.prompts import settle_in
from storage.register import BY_COLLECTION
from storage.scope import unlimited
from storage.seats.queries import seats_in_role
from storage.seats.record import Role
from storage.undo import BuiltUpon, touched, undo
from storage.work import Reissue, Work, counted


async def edit(work: Work, desk: Desk, caller: Caller, letter: Letter, inbound: Inbound) -> Reply | None:
    """An edit replaces the whole effect of its message, while that is not final; None if there is nothing to say."""
    cause = inbound.target or inbound.event
    before = await handled(work.connection, cause)
    if before is None:
        await record_handled(work.connection, letter, cause, work.now)
    elif before.digest == letter.digest or not _same_hand(before, inbound):
        return None
    else:
        await redigest(work.connection, cause, letter.digest)
    operations = await operations_by_cause(work.connection, cause)
    if any(is_final(o.at, work.now) for o in operations):
        raise EditTooLate
    for never in filter(None, (reason_never(desk.nouns, o.command) for o in operations)):
        raise EditNever(why=never)
    if await has_undone_others(work.connection, cause):
        raise UndoStands
    return await _anew(work, desk, caller, inbound, cause, operations)


def _same_hand(before: Handled, inbound: Inbound) -> bool:
    """Whether the one who wrote the message corrects it where it stands: anybody else's edit is none."""
    return before.sender == inbound.sender and before.room == inbound.room


def _by_person(before: Handled, operations: tuple[Operation, ...], caller: Caller) -> bool:
    """Whether the caller made these changes with a message whose sender is not kept any more."""
    return before.sender == NOBODY and caller.key is not None and {o.person for o in operations} == {caller.key}


async def _anew(
    work: Work, desk: Desk, caller: Caller, inbound: Inbound, cause: str, operations: tuple[Operation, ...]
) -> Reply | None:
    """Take back what the message had done, and do what it says now."""
    parsed = await understand(work, desk, caller, inbound, inbound.text)
    await _take_back(work, desk, caller, cause, operations)
    if not isinstance(parsed, NotACommand):
        return await execute(work, desk, caller, cause, parsed)
    if operations:
        answer = None
        if not _by_command(desk, operations):
            answer = await told(work, desk, caller, cause, await _about(work, cause), inbound.text)
        return answer or reply(line(say("desk.reply.taken_back")))
    return await execute(work, desk, caller, cause, parsed) if await replies_to(work.connection, cause) else None


def _by_command(desk: Desk, operations: tuple[Operation, ...]) -> bool:
    """Whether a command did this; if not, it was free text about a record."""
    commands = {command.name for noun in desk.nouns for command in noun.commands}
    return any(operation.command in commands for operation in operations)


async def _about(work: Work, cause: str) -> str | None:
    """The record that the reply to `cause` shows."""
    shown = next((s for s in await replies_to(work.connection, cause) if s.type == MESSAGE), None)
    return None if shown is None else await about_now(work.connection, shown.id)


async def delete(work: Work, desk: Desk, caller: Caller, inbound: Inbound) -> None:
    """The author's own deletion withdraws what is not final; any other leaves the record, and its history says so."""
    cause = inbound.target or ""
    before = await handled(work.connection, cause)
    if before is None or before.room != inbound.room:
        return
    for asked in await replies_to(work.connection, cause):
        await settle_in(work.connection, asked.id)
    operations = await operations_by_cause(work.connection, cause)
    if not operations:
        return
    own = before.sender == inbound.sender or _by_person(before, operations, caller)
    if own and await _withdrawn(work, desk, caller, cause, operations):
        said, standing_for = reply(line(say("desk.reply.taken_back_deleted"))), cause
    else:
        # What was replied to the message still holds: it is left as it is.
        said, standing_for = await _staying(work, caller, operations, own=own), inbound.event
    await post(work, desk.office, caller, Envelope(inbound=inbound, cause=standing_for), said)


async def _withdrawn(work: Work, desk: Desk, caller: Caller, cause: str, operations: tuple[Operation, ...]) -> bool:
    """Take back what can still be taken back; False, and nothing happened, if it cannot."""
    if any(is_final(o.at, work.now) or reason_never(desk.nouns, o.command) for o in operations):
        return False
    try:
        async with work.attempt():
            await _take_back(work, desk, caller, cause, operations)
    except CannotBeTakenBack:
        return False
    return True


async def _staying(work: Work, caller: Caller, operations: tuple[Operation, ...], *, own: bool) -> Reply:
    """Note in the history that the message went, say that its effect stays, and tell coordination."""
    for operation in operations:
        await note_withdrawal(work.connection, operation.id, work.now, caller.key)
    roots = {root for operation in operations for root in await touched(work, operation)}
    records = tuple([await naming(work, caller.scope, *root) for root in sorted(roots)])
    sentence = line(say("desk.reply.deleted_too_late" if own else "desk.reply.deleted_by_other", records=records))
    seats = await seats_in_role(work, unlimited(), Role.COORDINATION, caller.today)
    holders = dict.fromkeys(seat.record.holder for seat in seats if seat.record.holder)
    return Reply(blocks=(sentence,), tell=tuple(Tell(person=key, blocks=(sentence,)) for key in holders))


async def _take_back(work: Work, desk: Desk, caller: Caller, cause: str, operations: tuple[Operation, ...]) -> None:
    """Undo these operations, the newest first; their record numbers are given out again to what follows."""
    made: dict[str, list[int]] = defaultdict(list)
    for operation in reversed(operations):
        desk.act(work, caller, operation.command, cause)
        work.undoing(operation)
        try:
            undone = await undo(work, operation)
        except BuiltUpon as built:
            raise CannotBeTakenBack(record=await naming(work, caller.scope, *built.record)) from built
        for collection, key in sorted(undone.made):
            number = counted(BY_COLLECTION[collection], key)
            if number is not None:
                made[number[0]].append(number[1])
    work.reissue(Reissue(numbers={counter: tuple(sorted(numbers)) for counter, numbers in made.items()}))
