"""The commands about data protection, declared."""

from typing import Annotated

from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Args, Command, Example, Never, Right, placed, words
from commands.framework.refs import PersonRef
from commands.framework.reply import Block, Reply, reply
from commands.privacy import erasing
from commands.privacy.disclosure import disclose
from commands.privacy.explanation import explanation
from storage.values import Mxid
from storage.work import Work

VERB = words("datenschutz", "privacy")


class NoArgs(Args):
    """Nothing to say."""


class EraseArgs(Args):
    """Who is to be made anonymous; nobody named means oneself."""

    person: Annotated[PersonRef | Mxid | None, placed("person", "person")] = None


async def explain(_work: Work, caller: Caller, _args: NoArgs) -> Reply:
    """Say what is stored and what is not."""
    return reply(*explanation(caller.privacy))


async def show_own(work: Work, caller: Caller, _args: NoArgs) -> Reply:
    """Tell the caller what is kept about them."""
    return await disclose(work, caller)


async def erase(work: Work, caller: Caller, args: EraseArgs) -> Reply:
    """Make somebody anonymous, or ask for it."""
    return await erasing.run(work, caller, args.person)


async def before_erasing(work: Work, caller: Caller, args: EraseArgs) -> tuple[Block, ...] | None:
    """What would become of it."""
    return await erasing.preview(work, caller, args.person)


COMMANDS: tuple[AnyCommand, ...] = (
    Command(
        name="privacy.explain",
        verb=VERB,
        args=NoArgs,
        run=explain,
        right=Right.EVERYBODY,
        examples=(Example(de="!datenschutz", en="!privacy"),),
        changes=False,
    ),
    Command(
        name="privacy.disclose",
        verb=VERB,
        object=words("auskunft", "access"),
        args=NoArgs,
        run=show_own,
        right=Right.EVERYBODY,
        examples=(Example(de="!datenschutz auskunft", en="!privacy access"),),
        changes=False,
    ),
    Command(
        name="privacy.erase",
        verb=VERB,
        object=words("löschen", "erase"),
        args=EraseArgs,
        run=erase,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!datenschutz löschen", en="!privacy erase"),
            Example(de="!datenschutz löschen @frueher:muenchen.example", en="!privacy erase @frueher:muenchen.example"),
        ),
        undo=Never(reason="erased"),
        preview=before_erasing,
    ),
)
