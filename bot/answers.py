"""Answers to questions the bot asked: a reply to its message, a reaction, or a bare yes, no or number."""

from dataclasses import replace

from bot.execute import Desk, execute, finished, understand
from bot.reading import read_around
from commands.framework.caller import Caller
from commands.framework.inbound import MORE, NO, YES, Inbound, Kind, answer_word, is_bare_answer, is_command
from commands.framework.parse import complete, text_of
from commands.framework.reply import Reply, line, reply, say
from storage.outbox import Sending, about_now, sent_as
from storage.prompts import ANSWERED_IN_PASSING, Prompt, PromptKind, open_prompts, overtake, prompt_in, settle
from storage.values import COLLECTIONS
from storage.work import Work


async def answered(work: Work, desk: Desk, caller: Caller, inbound: Inbound) -> Reply | None:
    """What comes of `inbound` as an answer to something the bot said; None if it is none."""
    if is_command(inbound.text):
        # Whatever it replies to: the question stays open.
        return None
    said = await _said(work, inbound)
    word = answer_word((inbound.key or "") if inbound.kind is Kind.REACTION else inbound.text)
    prompt = await _prompt(work, caller, inbound, said, word)
    if prompt is not None:
        answer = await _continue(work, desk, caller, inbound, prompt, word)
        if answer is not None:
            await overtake(work.connection, prompt)
            return answer
    if inbound.kind is Kind.MESSAGE and said is not None:
        about = await about_now(work.connection, said.replaces or said.id)
        return await told(work, desk, caller, inbound.event, about, inbound.text)
    return None


async def _said(work: Work, inbound: Inbound) -> Sending | None:
    """Our message, in the same room, that `inbound` replies or reacts to."""
    event = inbound.target if inbound.kind is Kind.REACTION else inbound.reply_to
    said = (await sent_as(work.connection, [event])).get(event) if event else None
    return said if said is not None and said.room == inbound.room else None


async def _prompt(work: Work, caller: Caller, inbound: Inbound, said: Sending | None, word: str) -> Prompt | None:
    if said is not None:
        found = await prompt_in(work.connection, said.replaces or said.id, work.now)
        return found if found and found.sender == caller.mxid else None
    if inbound.kind is not Kind.MESSAGE:
        return None
    waiting = await open_prompts(work.connection, inbound.room, caller.mxid, work.now)
    # Without a reply only the newest question can be meant: in a direct chat by any words, elsewhere by a plain yes,
    # no or number, and only if it asks for such: "ja" among colleagues is no title.
    if inbound.direct:
        return next(iter(waiting), None)
    return next((p for p in waiting if p.kind in ANSWERED_IN_PASSING), None) if is_bare_answer(word) else None


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
    by_number = {str(number): offered for number, offered in enumerate(lines, start=1)}
    chosen = lines[0] if word in agreeing and len(lines) == 1 else by_number.get(word)
    if chosen is None:
        return None
    await settle(work.connection, prompt.id)
    agreed = replace(caller, agreed=prompt.body.get("preview"))
    parsed = await understand(work, desk, agreed, inbound, chosen)
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
    if answer is None:
        return None
    await settle(work.connection, prompt.id)
    return await finished(work, desk, caller, answer)


async def told(work: Work, desk: Desk, caller: Caller, cause: str, about: str | None, text: str) -> Reply | None:
    """What comes of free text about a record: its room may know what that means. None if there is none such."""
    collection = COLLECTIONS.get(about[:1]) if about and "-" in about else None
    noun = next((n for n in desk.nouns if n.collection == collection and n.replied), None)
    if about is None or noun is None or noun.replied is None:
        return None
    desk.act(work, caller, f"{noun.room}.reply", cause)
    answer = await noun.replied(work, caller, about, text)
    return None if answer is None else await finished(work, desk, caller, answer)
