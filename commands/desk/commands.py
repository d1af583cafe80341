"""Commands that span all nouns: help, history, undo, and who the bot is."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

from commands.desk.acceptance import AcceptArgs, accept, before_accepting
from commands.desk.history import entries
from commands.desk.identity import about_bot
from commands.desk.naming import naming
from commands.desk.rules import is_final
from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Args, Command, Example, Never, Right, named, placed, rest, words
from commands.framework.help import HELP, help_on, help_overview, reason_never
from commands.framework.noun import Noun
from commands.framework.refs import AnyRef
from commands.framework.refusal import Refusal
from commands.framework.reply import Bullets, Question, Reply, heading, line, reply, say
from commands.framework.texts import installed
from storage.history import history
from storage.operations import Operation, last_operation_of
from storage.prompts import PromptKind
from storage.register import BY_COLLECTION
from storage.undo import BuiltUpon, touched, undo
from storage.values import Count
from storage.work import Work

PAGE = 10

Nouns = Callable[[], Sequence[Noun]]
"""Gives all nouns once they are known, the desk's own included."""


class NothingToUndo(Refusal):
    """The caller has changed nothing that is still there."""


class UndoTooLate(Refusal):
    """The caller's last change is final; facts `record` and `at`."""


class UndoNever(Refusal):
    """The caller's last change cannot be taken back at all; facts `at` and `why`."""


class UndoBuiltUpon(Refusal):
    """Something was changed or referred to since; fact `record`."""


class NoSuchRecord(Refusal):
    """There is no such record, or none that may be seen here; fact `given`."""


class NoHistoryYet(Refusal):
    """Records of this kind are kept, but have no commands yet; fact `given`."""


class HelpArgs(Args):
    """What help is asked for."""

    topic: Annotated[str | None, rest("befehl", "command")] = None


class HistoryArgs(Args):
    """Whose history, and from which entry on."""

    record: Annotated[AnyRef, placed("eintrag", "record")]
    start: Annotated[Count, named("ab", "from")] = 1


class IdentityArgs(Args):
    """There is only one identity to ask for: the bot's own."""


class UndoArgs(Args):
    """Undo takes no arguments: it is always one's own last change."""


async def show_help(nouns: Nouns, _work: Work, caller: Caller, args: HelpArgs) -> Reply:
    """What the caller may do here, or how one command is written."""
    if args.topic is None:
        return help_overview(nouns(), caller, installed())
    return help_on(nouns(), args.topic, caller, installed())


async def show_history(nouns: Nouns, work: Work, caller: Caller, args: HistoryArgs) -> Reply:
    """Who changed what, the newest first, ten entries at a time."""
    if args.record.collection not in {noun.collection for noun in nouns()}:
        raise NoHistoryYet(given=args.record.key)
    an_entity = BY_COLLECTION[args.record.collection]
    steps = await history(work, caller.scope, an_entity, args.record.key)
    if not steps:
        raise NoSuchRecord(given=args.record.key)
    shown = await entries(work, caller, an_entity, steps)
    first = max(args.start, 1) - 1
    named = await naming(work, caller.scope, an_entity.collection, args.record.key)
    blocks = (heading(say("desk.reply.history_of", record=named)), Bullets(shown[first : first + PAGE]))
    if len(shown) <= first + PAGE:
        return reply(*blocks, about=args.record.key)
    line_of_more = (
        f"!{HISTORY.first(caller.language)} {args.record.key} {FROM.first(caller.language)}:{first + PAGE + 1}"
    )
    question = Question(kind=PromptKind.OFFER, body={"line": line_of_more})
    more = line(say("desk.reply.more", count=len(shown) - first - PAGE))
    return reply(*blocks, more, about=args.record.key, question=question)


async def show_identity(work: Work, caller: Caller, _args: IdentityArgs) -> Reply:
    """How to make sure that this is the bot."""
    return await about_bot(work, caller)


async def undo_last(nouns: Nouns, work: Work, caller: Caller, _args: UndoArgs) -> Reply:
    """Take the caller's own last change back, while nothing has built on it."""
    last = await last_operation_of(work.connection, caller.key) if caller.key else None
    if last is None:
        raise NothingToUndo
    never = reason_never(nouns(), last.command)
    if never is not None:
        raise UndoNever(at=last.at, why=never)
    if is_final(last.at, work.now):
        raise UndoTooLate(at=last.at)
    return await _take_back(work, caller, last)


async def _take_back(work: Work, caller: Caller, undone: Operation) -> Reply:
    """Undo this operation under a new one that says so."""
    named = [await naming(work, caller.scope, *root) for root in sorted(await touched(work, undone))]
    # Two seats of a city are called the same.
    records = [name for at, name in enumerate(named) if name not in named[:at]]
    work.undoing(undone)
    try:
        await undo(work, undone)
    except BuiltUpon as built:
        raise UndoBuiltUpon(record=await naming(work, caller.scope, *built.record)) from built
    return reply(line(say("desk.reply.undone", records=tuple(records), at=undone.at)))


HISTORY = words("verlauf", "history")
FROM = words("ab", "from")


def commands(nouns: Nouns) -> tuple[AnyCommand, ...]:
    """The desk's commands over these nouns."""
    return (
        Command(
            name="desk.help",
            verb=HELP,
            args=HelpArgs,
            run=partial(show_help, nouns),
            right=Right.EVERYBODY,
            examples=(Example(de="!hilfe", en="!help"), Example(de="!hilfe verlauf", en="!help history")),
            changes=False,
        ),
        Command(
            name="desk.history",
            verb=HISTORY,
            args=HistoryArgs,
            run=partial(show_history, nouns),
            right=Right.EVERYBODY,
            examples=(Example(de="!verlauf P-1", en="!history P-1"), Example(de="!verlauf M", en="!history M")),
            changes=False,
        ),
        Command(
            name="desk.identity",
            verb=words("identität", "identity"),
            args=IdentityArgs,
            run=show_identity,
            right=Right.EVERYBODY,
            examples=(Example(de="!identität", en="!identity"),),
            changes=False,
        ),
        Command(
            name="desk.accept_identity",
            verb=words("identität-annehmen", "accept-identity"),
            args=AcceptArgs,
            run=accept,
            right=Right.ADMINISTRATION,
            examples=(
                Example(
                    de="!identität-annehmen @vertretung:muenchen.example",
                    en="!accept-identity @vertretung:muenchen.example",
                ),
            ),
            undo=Never(reason="accepted"),
            preview=before_accepting,
        ),
        Command(
            name="desk.undo",
            verb=words("rückgängig", "undo"),
            args=UndoArgs,
            run=partial(undo_last, nouns),
            right=Right.SEATED,
            examples=(Example(de="!rückgängig", en="!undo"),),
        ),
    )
