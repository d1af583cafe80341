"""The law of edited and deleted messages: what they change while an effect is not final, and what they no longer do."""

from collections import defaultdict

from bot.execute import Desk, execute, understand
from bot.post import Envelope, post
from commands.desk.naming import naming
from commands.desk.rules import CannotBeTakenBack, EditTooLate, is_final
from commands.framework.caller import Caller
from commands.framework.inbound import Inbound
from commands.framework.parse import NotACommand, Parsed
from commands.framework.reply import Reply, Tell, line, reply, say
from storage.inbox import Letter, handled, record_handled, redigest
from storage.operations import Operation, note_withdrawal, operations_by_cause
from storage.outbox import replies_to
from storage.register import BY_COLLECTION
from storage.scope import unlimited
from storage.seats.queries import seats_in_role
from storage.seats.record import Role
from storage.undo import BuiltUpon, undo
from storage.work import Reissue, Work, counted


async def edit(work: Work, desk: Desk, caller: Caller, letter: Letter, inbound: Inbound) -> None:
    """An edit replaces the whole effect of its message, while that is not final."""
    cause = inbound.target or inbound.event
    before = await handled(work.connection, cause)
    if before is not None and (before.sender != inbound.sender or before.digest == letter.digest):
        # Somebody else's edit is none; and where the words are the same nothing is to be done.
        return
    if before is None:
        await record_handled(work.connection, letter, cause, work.now)
    else:
        await redigest(work.connection, cause, letter.digest)
    operations = await operations_by_cause(work.connection, cause)
    if any(is_final(o.at, work.now) for o in operations):
        raise EditTooLate
    parsed = await understand(work, desk, caller, inbound, inbound.text)
    if operations:
        await _take_back(work, desk, caller, cause, operations)
    said = await _anew(work, desk, caller, cause, parsed, was_command=bool(operations))
    if said is not None:
        await post(work, desk.office, caller, Envelope(inbound=inbound, cause=cause), said)


async def _anew(
    work: Work, desk: Desk, caller: Caller, cause: str, parsed: Parsed, *, was_command: bool
) -> Reply | None:
    if isinstance(parsed, NotACommand):
        if was_command:
            return reply(line(say("desk.reply.taken_back")))
        if not await replies_to(work.connection, cause):
            return None
    return await execute(work, desk, caller, cause, parsed)


async def delete(work: Work, desk: Desk, caller: Caller, inbound: Inbound) -> None:
    """The author's own deletion withdraws what is not final; any other leaves the record, and its history says so."""
    cause = inbound.target or ""
    before = await handled(work.connection, cause)
    operations = await operations_by_cause(work.connection, cause)
    if before is None or not operations:
        return
    own = before.sender == inbound.sender
    if own and not any(is_final(o.at, work.now) for o in operations):
        try:
            async with work.attempt():
                await _take_back(work, desk, caller, cause, operations)
        except CannotBeTakenBack:
            pass
        else:
            answer = reply(line(say("desk.reply.taken_back_deleted")))
            await _answer(work, desk, caller, inbound, cause, answer)
            return
    for operation in operations:
        await note_withdrawal(work.connection, operation.id, work.now, caller.key)
    await _answer(work, desk, caller, inbound, cause, await _stays(work, caller, own=own))


async def _answer(work: Work, desk: Desk, caller: Caller, inbound: Inbound, cause: str, said: Reply) -> None:
    await post(work, desk.office, caller, Envelope(inbound=inbound, cause=cause), said)


async def _stays(work: Work, caller: Caller, *, own: bool) -> Reply:
    """Say that the record stays, and tell coordination."""
    sentence = line(say("desk.reply.deleted_too_late" if own else "desk.reply.deleted_by_other"))
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
            raise CannotBeTakenBack(record=await naming(work, unlimited(), *built.record)) from built
        for collection, key in sorted(undone.made):
            number = counted(BY_COLLECTION[collection], key)
            if number is not None:
                made[number[0]].append(number[1])
    work.reissue(Reissue(numbers={counter: tuple(sorted(numbers)) for counter, numbers in made.items()}))
