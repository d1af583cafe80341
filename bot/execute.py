"""Running what a message asks for: each line an operation of its own, all of them in one transaction or none."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.post import Office
from bot.reading import read_around, read_more
from bot.who import House
from commands.desk.conflicts import conflict_notices
from commands.desk.rules import MOST_LINES, ConfirmedAlone, TooManyLines
from commands.framework.caller import Caller
from commands.framework.grammar import Grammar
from commands.framework.inbound import Inbound
from commands.framework.noun import Noun
from commands.framework.parse import CommandLine, Commands, Missing, Near, Parsed, parse_message
from commands.framework.parse_errors import UnknownName
from commands.framework.refusal import Refusal
from commands.framework.render import Renderer
from commands.framework.reply import Block, Bullets, Code, Question, Reply, Say, item, line, reply, say
from commands.framework.rights import require
from storage.operations import Acting, CauseKind
from storage.prompts import PromptKind
from storage.work import DueRule, Work


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All that handling a message needs beside the message: the nouns, their grammar, the house and the office."""

    nouns: tuple[Noun, ...]
    grammar: Grammar
    house: House
    office: Office

    @property
    def due_rules(self) -> Mapping[str, DueRule]:
        """What derives due moments from a record, by collection."""
        return {noun.collection: noun.due for noun in self.nouns if noun.collection and noun.due}

    def act(self, work: Work, caller: Caller, command: str, cause: str) -> None:
        """Changes from here on are made on the caller's behalf, because of this event."""
        work.act(
            Acting(
                command=command,
                cause_kind=CauseKind.EVENT,
                cause=cause,
                room=caller.place.room,
                person=caller.key,
                city=caller.cities[0] if caller.cities else None,
            )
        )

    async def react(self, work: Work) -> None:
        """Run the reactions to what was announced; what they announce themselves has no further reactions."""
        announced, work.announced = work.announced, []
        for event in announced:
            for noun in self.nouns:
                reaction = noun.reactions.get(type(event))
                if reaction:
                    await reaction(work, event)
        work.announced = []


async def understand(work: Work, desk: Desk, caller: Caller, inbound: Inbound, text: str) -> Parsed:
    """Read `text` as `caller` may mean it. Raises ParseError where it cannot be read."""
    reading = await read_around(work, desk.house, caller, inbound, text)
    try:
        return parse_message(text, grammar=desk.grammar, reading=reading)
    except UnknownName as unknown:
        # Perhaps mistyped: with the names that begin alike at hand, the parser can offer the nearest one.
        wider = await read_more(work, caller, reading, text, unknown)
        return parse_message(text, grammar=desk.grammar, reading=wider)


async def execute(work: Work, desk: Desk, caller: Caller, cause: str, parsed: Parsed) -> Reply:
    """Do what was understood, or ask back."""
    match parsed:
        case Commands():
            return await run_lines(work, desk, caller, cause, parsed.lines)
        case Missing():
            return ask_back(desk, caller, parsed)
        case Near():
            return offer(parsed)
        case _:
            return reply(line(say("desk.reply.not_understood")))


async def run_lines(work: Work, desk: Desk, caller: Caller, cause: str, lines: Sequence[CommandLine]) -> Reply:
    """Run the commands of one message in order and make one reply of theirs."""
    if len(lines) > MOST_LINES:
        raise TooManyLines(count=len(lines), most=MOST_LINES)
    many = len(lines) > 1
    replies = [await _run_one_of(work, desk, caller, cause, one, many=many) for one in lines]
    if many and any(answer.question and answer.question.kind == PromptKind.CONFIRM for answer in replies):
        # What is agreed to must be what was shown, and the preview of one line does not know what the others do.
        raise ConfirmedAlone
    return replies[0] if len(replies) == 1 else joined(replies)


async def _run_one_of(work: Work, desk: Desk, caller: Caller, cause: str, one: CommandLine, *, many: bool) -> Reply:
    try:
        return await run_line(work, desk, caller, cause, one)
    except Refusal as refusal:
        refusal.number = one.number if many else None
        raise


async def run_line(work: Work, desk: Desk, caller: Caller, cause: str, one: CommandLine) -> Reply:
    """Run one command, with the reactions that other rooms declare to what it announces."""
    require(one.command.right, caller)
    shown = await _to_confirm(work, desk, caller, one)
    if shown is not None:
        return shown
    desk.act(work, caller, one.command.name, cause)
    answer = await finished(work, desk, caller, await one.command.run(work, caller, one.args))
    if one.werktage:
        pointed = line(say("desk.reply.werktage", phrases=one.werktage))
        answer = replace(answer, blocks=(*answer.blocks, pointed), acknowledged=False)
    return answer


async def _to_confirm(work: Work, desk: Desk, caller: Caller, one: CommandLine) -> Reply | None:
    """What the caller must agree to before the command runs; None if nothing, or if this is what was agreed to."""
    blocks = await one.command.preview(work, caller, one.args) if one.command.preview else None
    if blocks is None:
        return None
    shown = Renderer(desk.office.texts, caller.language, caller.zone).plain(Reply(blocks=blocks))
    digest = hashlib.sha256(shown.encode()).hexdigest()
    if caller.agreed == digest:
        return None
    moved = (line(say("desk.reply.moved_meanwhile")),) if caller.agreed else ()
    question = Question(kind=PromptKind.CONFIRM, body={"lines": [one.text], "preview": digest})
    return reply(*moved, *blocks, line(say("desk.reply.confirm")), question=question)


async def finished(work: Work, desk: Desk, caller: Caller, answer: Reply) -> Reply:
    """The answer to what was just done, after the reactions to it, with the values of others that it replaced."""
    await desk.react(work)
    notices = await conflict_notices(work, caller)
    return replace(answer, blocks=(*answer.blocks, *notices), acknowledged=False) if notices else answer


def joined(replies: Sequence[Reply]) -> Reply:
    """One reply that says what several lines did."""
    blocks: tuple[Block, ...] = tuple(block for answer in replies for block in answer.blocks)
    return Reply(
        blocks=blocks,
        acknowledged=all(answer.acknowledged for answer in replies),
        about=replies[-1].about,
        question=next((answer.question for answer in reversed(replies) if answer.question), None),
        tell=tuple(told for answer in replies for told in answer.tell),
    )


def ask_back(desk: Desk, caller: Caller, missing: Missing) -> Reply:
    """Ask for the argument that is missing; a reply to the question completes the command."""
    asked = line(_question(desk, caller, missing))
    choices = (line(say("desk.reply.choices", choices=missing.choices)),) if missing.choices else ()
    # In a room only a reply is an answer: other words there may be meant for somebody else.
    how = () if caller.place.direct else (line(say("desk.reply.answer_by_reply")),)
    return reply(asked, *choices, *how, question=Question(kind=PromptKind.ARGUMENT, body=missing.state))


def _question(desk: Desk, caller: Caller, missing: Missing) -> Say:
    """The question that belongs to the argument; one that need not be given, but was begun, has none of its own."""
    key = missing.command.question_key(missing.field)
    if desk.office.texts.has(key):
        return say(key)
    slot = next(slot for slot in desk.grammar.slots(missing.command) if slot.name == missing.field)
    return say("desk.reply.which_value", field=Code(slot.arg.words.first(caller.language)))


def offer(near: Near) -> Reply:
    """Offer what may have been meant; it runs on yes, or by its number."""
    body = {"lines": list(near.suggestions)}
    question = Question(kind=PromptKind.OFFER, body=body)
    if len(near.suggestions) == 1:
        return reply(line(say("desk.reply.did_you_mean", command=Code(near.suggestions[0]))), question=question)
    options = Bullets(tuple(item(Code(s)) for s in near.suggestions), numbered=1)
    return reply(line(say("desk.reply.which_did_you_mean")), options, question=question)
