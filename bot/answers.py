"""Answers to questions the bot asked: a reply to its message, a reaction, or a bare yes, no or number."""

from dataclasses import replace

from bot.execute import Desk, execute, run_lines, understand
from bot.reading import read_around
from commands.framework.caller import Caller
from commands.framework.inbound import NO, YES, Inbound, Kind, is_command
from commands.framework.parse import Commands, complete, text_of
from commands.framework.reply import Reply, line, reply, say
from storage.outbox import Sending, sent_as
from storage.prompts import Prompt, PromptKind, open_prompts, prompt_in, settle
from storage.values import COLLECTIONS
from storage.work import Work

MORE = frozenset({"mehr", "more", "weiter"})
# Skin tones and the variation selector do not change what a reaction says.
MODIFIERS = {ord(c): None for c in "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"}


async def answered(work: Work, desk: Desk, caller: Caller, inbound: Inbound) -> Reply | None:
    """What comes of `inbound` as an answer to something the bot said; None if it is none."""
    said = await _said(work, inbound)
    word = _word(inbound)
    prompt = await _prompt(work, caller, inbound, said, word)
    if prompt is not None:
        answer = await _continue(work, desk, caller, inbound, prompt, word)
        if answer is not None:
            return answer
    if inbound.kind is Kind.MESSAGE and said is not None and not is_command(inbound.text):
        return await _replied(work, desk, caller, inbound, said)
    return None


def _word(inbound: Inbound) -> str:
    told = inbound.key if inbound.kind is Kind.REACTION else inbound.text
    return (told or "").translate(MODIFIERS).strip().casefold().rstrip(".!")


async def _said(work: Work, inbound: Inbound) -> Sending | None:
    """Our message that `inbound` replies or reacts to."""
    event = inbound.target if inbound.kind is Kind.REACTION else inbound.reply_to
    return (await sent_as(work.connection, [event])).get(event) if event else None


async def _prompt(work: Work, caller: Caller, inbound: Inbound, said: Sending | None, word: str) -> Prompt | None:
    if said is not None:
        found = await prompt_in(work.connection, said.replaces or said.id, work.now)
        return found if found and found.sender == caller.mxid else None
    if inbound.kind is not Kind.MESSAGE or is_command(inbound.text):
        return None
    waiting = await open_prompts(work.connection, inbound.room, caller.mxid, work.now)
    if not waiting:
        return None
    # Without a reply only the newest question can be meant: in a direct chat by any words, elsewhere by a plain yes,
    # no or number.
    return waiting[0] if inbound.direct or word in YES | NO | MORE or word.isdigit() else None


async def _continue(
    work: Work, desk: Desk, caller: Caller, inbound: Inbound, prompt: Prompt, word: str
) -> Reply | None:
    match prompt.kind:
        case PromptKind.OFFER | PromptKind.CONFIRM:
            return await _chosen(work, desk, caller, inbound, prompt, word)
        case PromptKind.ARGUMENT:
            return await _completed(work, desk, caller, inbound, prompt, word)
        case _:
            return await _stepped(work, desk, caller, inbound, prompt)


async def _chosen(work: Work, desk: Desk, caller: Caller, inbound: Inbound, prompt: Prompt, word: str) -> Reply | None:
    lines: list[str] = prompt.body.get("lines") or [prompt.body["line"]]
    # A single `line` goes on with what was shown ("mehr"); `lines` are what may have been meant.
    agreeing = YES | MORE if "line" in prompt.body else YES
    if word in NO:
        await settle(work.connection, prompt.id)
        return reply(line(say("desk.reply.left_as_it_is")))
    if word.isdigit() and 1 <= int(word) <= len(lines):
        chosen = lines[int(word) - 1]
    elif word in agreeing and len(lines) == 1:
        chosen = lines[0]
    else:
        return None
    await settle(work.connection, prompt.id)
    agreed = replace(caller, confirmed=prompt.kind is PromptKind.CONFIRM)
    parsed = await understand(work, desk, agreed, inbound.model_copy(update={"text": chosen}), chosen)
    if isinstance(parsed, Commands):
        return await run_lines(work, desk, agreed, inbound.event, parsed.lines)
    return await execute(work, desk, agreed, inbound.event, parsed)


async def _completed(
    work: Work, desk: Desk, caller: Caller, inbound: Inbound, prompt: Prompt, word: str
) -> Reply | None:
    if inbound.kind is Kind.REACTION:
        return None
    await settle(work.connection, prompt.id)
    if word in {"abbrechen", "cancel"}:
        return reply(line(say("desk.reply.left_as_it_is")))
    reading = await read_around(work, desk.house, caller, inbound, text_of(prompt.body, inbound.text))
    parsed = complete(prompt.body, inbound.text, grammar=desk.grammar, reading=reading)
    return await execute(work, desk, caller, inbound.event, parsed)


async def _stepped(work: Work, desk: Desk, caller: Caller, inbound: Inbound, prompt: Prompt) -> Reply | None:
    """Go on with what a room declared under the name that the question carries."""
    then = str(prompt.body["then"])
    going_on = next(noun.continuations[then] for noun in desk.nouns if then in noun.continuations)
    words = inbound.key if inbound.kind is Kind.REACTION else inbound.text
    desk.act(work, caller, then, inbound.event)
    answer = await going_on(work, caller, prompt.body, words or "")
    if answer is not None:
        await settle(work.connection, prompt.id)
        await desk.react(work)
    return answer


async def _replied(work: Work, desk: Desk, caller: Caller, inbound: Inbound, said: Sending) -> Reply | None:
    """Free text in reply to a message about a record: the room of that record may know what it means."""
    about = said.about or ""
    collection = COLLECTIONS.get(about[:1]) if "-" in about else None
    noun = next((n for n in desk.nouns if n.collection == collection and n.replied), None)
    if noun is None or noun.replied is None:
        return None
    desk.act(work, caller, f"{noun.room}.reply", inbound.event)
    answer = await noun.replied(work, caller, about, inbound.text)
    await desk.react(work)
    return answer
