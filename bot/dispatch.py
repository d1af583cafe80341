"""An inbox row becomes one transaction: who, parse, authorize, operation, reply in the outbox, row done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.answers import answered
from bot.arrivals import ARRIVALS, arrived
from bot.corrections import delete, edit
from bot.execute import Desk, execute, understand
from bot.log import trace
from bot.metrics import NO_COMMAND, Handling, Metrics
from bot.post import Envelope, post
from bot.reshow import put_right
from bot.who import identify
from commands.framework.caller import Caller
from commands.framework.inbound import Inbound, Kind
from commands.framework.refusal import Refusal
from commands.framework.render import refusal_reply
from commands.framework.reply import Reply, line, reply, say
from commands.privacy.explanation import first_contact
from storage.database import Connection, Database, DatabaseUnusable
from storage.inbox import InboxState, Letter, is_first_contact, mark_done, mark_failed, next_letters
from storage.incidents import IncidentKind, record_incident, reference_of
from storage.lease import LeaseLost
from storage.operations import operations_by_cause
from storage.outbox import replies_to
from storage.prompts import sweep
from storage.view import Recall
from storage.work import Work

log = structlog.get_logger()

PARK_AFTER = 3

SPOKEN = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.POLL_ANSWER})
"""What must come encrypted into an encrypted room; deletions and reactions never are."""


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Handles inbox rows. `database` holds the lease; `now` is the clock."""

    database: Database
    desk: Desk
    now: Callable[[], datetime]
    recall: Recall = field(default_factory=Recall)
    met: set[str] = field(default_factory=set)
    """Senders whose first contact is known to be over, so that it is asked only once a process."""
    metrics: Metrics = field(default_factory=Metrics)

    async def step(self) -> bool:
        """Handle the oldest waiting event of every room; False if none of those that came before this still waits."""
        async with self.database.read() as connection:
            letters = await next_letters(connection)
        handled = [await self.handle(letter) for letter in letters]
        return not all(handled) or any(letter.behind for letter in letters)

    async def handle(self, letter: Letter) -> bool:
        """Handle one event: its effect, the reply and "done" commit together, or none of them; False if it failed."""
        inbound = None
        try:
            inbound = Inbound.model_validate(letter.body)
            with self.metrics.handling() as timed:
                await self._effect_or_refusal(letter, inbound, timed)
        except (DatabaseUnusable, LeaseLost):
            raise
        except Exception as error:  # noqa: BLE001 - one bad message must never stop the others
            await self._failed(letter, inbound, error)
            return False
        return True

    async def _effect_or_refusal(self, letter: Letter, inbound: Inbound, timed: Handling) -> None:
        async def effect(work: Work) -> None:
            try:
                await self._effect(work, letter, inbound)
            finally:
                timed.command = work.acting.command if work.acting else NO_COMMAND

        try:
            await self._commit(letter, effect)
        except Refusal as refusal:
            said = refusal_reply(refusal)
            await self._commit(letter, lambda work: self._only_answer(work, letter, inbound, said))

    async def _commit(self, letter: Letter, body: Callable[[Work], Awaitable[None]]) -> None:
        now = self.now()

        async def transaction(connection: Connection) -> None:
            work = Work(connection, now=now, due_rules=self.desk.due_rules, recall=self.recall)
            # What was typed to an unanswered question is not kept longer than the question is open.
            await sweep(work.connection, now)
            await body(work)
            await put_right(work, self.desk, letter.event)
            await mark_done(work.connection, letter, now)

        await self.database.transact(transaction)

    async def _effect(self, work: Work, letter: Letter, inbound: Inbound) -> None:
        caller = await identify(work, self.desk.house, inbound, work.now)
        here = Envelope(inbound=inbound, cause=inbound.event)
        if inbound.kind in SPOKEN and not inbound.trusted:
            await self._say(work, caller, letter, here, reply(line(say("desk.reply.unencrypted"))))
        elif inbound.kind is Kind.EDIT:
            said = await edit(work, self.desk, caller, letter, inbound)
            if said is not None:
                await self._say(work, caller, letter, Envelope(inbound=inbound, cause=here.answers), said)
        elif inbound.kind is Kind.DELETION:
            await delete(work, self.desk, caller, inbound)
        elif inbound.kind is Kind.POLL_ANSWER:
            await self._explain_poll(work, caller, letter, Envelope(inbound=inbound, cause=here.answers))
        else:
            said = await self._reply(work, caller, inbound)
            if said is not None:
                await self._say(work, caller, letter, here, said)

    async def _reply(self, work: Work, caller: Caller, inbound: Inbound) -> Reply | None:
        if inbound.kind in ARRIVALS:
            return await arrived(work, self.desk, caller, inbound)
        answer = await answered(work, self.desk, caller, inbound)
        if answer is not None or inbound.kind is Kind.REACTION:
            return answer
        parsed = await understand(work, self.desk, caller, inbound, inbound.text)
        return await execute(work, self.desk, caller, inbound.event, parsed)

    async def _explain_poll(self, work: Work, caller: Caller, letter: Letter, envelope: Envelope) -> None:
        """Say once in each poll of ours that the register counts, not the poll."""
        if not await replies_to(work.connection, envelope.cause):
            await self._say(work, caller, letter, envelope, reply(line(say("desk.reply.poll_answer"))))

    async def _only_answer(self, work: Work, letter: Letter, inbound: Inbound, said: Reply) -> None:
        """Only answer: what the message asked for was rolled back."""
        caller = await identify(work, self.desk.house, inbound, work.now)
        envelope = Envelope(inbound=inbound, cause=inbound.event)
        # Where an edited message still has effect, the reply that says so is left as it is.
        if inbound.kind is Kind.EDIT and not await operations_by_cause(work.connection, envelope.answers):
            envelope = replace(envelope, cause=envelope.answers)
        await self._say(work, caller, letter, envelope, said)

    async def _say(self, work: Work, caller: Caller, letter: Letter, envelope: Envelope, said: Reply) -> None:
        """Reply; at first contact with the information on data protection."""
        if envelope.inbound.kind in SPOKEN and letter.sender not in self.met:
            if await is_first_contact(work.connection, letter):
                said = replace(said, blocks=(*said.blocks, *first_contact(caller.privacy)), acknowledged=False)
            else:
                self.met.add(letter.sender)
        await post(work, self.desk.office, caller, envelope, said)

    async def _failed(self, letter: Letter, inbound: Inbound | None, error: Exception) -> None:
        """Something of ours is broken: count, log with a reference, and after a few attempts apologise and go on.

        Of a stored event that cannot be read any more (no `inbound`) only administration is told.
        """
        reference = reference_of(letter.event)
        log.error("handling_failed", reference=reference, attempts=letter.attempts + 1, **trace(error))

        async def count(connection: Connection) -> InboxState:
            state = await mark_failed(connection, letter, park_after=PARK_AFTER)
            if state is InboxState.PARKED:
                now = self.now()
                await record_incident(
                    connection, IncidentKind.HANDLING_FAILED, letter.event, {"room": letter.room}, now
                )
            return state

        if await self.database.transact(count) is InboxState.PARKED and inbound is not None:
            await self._apologise(letter, inbound, reference)

    async def _apologise(self, letter: Letter, inbound: Inbound, reference: str) -> None:
        apology = reply(line(say("desk.reply.failed", reference=reference)))
        try:
            await self._commit(letter, lambda work: self._only_answer(work, letter, inbound, apology))
        except (DatabaseUnusable, LeaseLost):
            raise
        except Exception as again:  # noqa: BLE001 - then nobody is told, but the next message is handled
            log.error("apology_failed", reference=reference, **trace(again))  # noqa: TRY400 - its words stay out
