"""Who may run a command: one predicate, asked before a run and by help."""

from collections.abc import Mapping

from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.refusal import Refusal
from commands.framework.reply import Say, say

HOLDERS: Mapping[Right, Say] = {
    Right.EVERYBODY: say("framework.right.everybody"),
    Right.SEATED: say("framework.right.seated"),
    Right.STAFF: say("framework.right.staff"),
    Right.COORDINATION: say("framework.right.coordination"),
    Right.ADMINISTRATION: say("framework.right.administrators"),
}
"""Who has each right, as words that fit after "may be used by:"."""


class NotAllowed(Refusal):
    """The caller's seats of today do not give this right; `who` says who has it."""


def allows(right: Right, caller: Caller) -> bool:
    """Whether the caller's seats of today give this right; coordination, and whoever stands in for it, has all.

    Only what concerns the bot itself is administration's alone, whoever that is in the configuration.
    """
    match right:
        case Right.EVERYBODY:
            return True
        case Right.SEATED:
            return bool(caller.seats) or caller.coordinates
        case Right.STAFF:
            return bool(caller.staffed) or caller.coordinates
        case Right.COORDINATION:
            return caller.coordinates
        case Right.ADMINISTRATION:
            return caller.administrator


def require(right: Right, caller: Caller) -> None:
    """Raise NotAllowed unless the caller has this right."""
    if not allows(right, caller):
        # Until somebody coordinates, administration stands in.
        vacant = right is Right.COORDINATION and not caller.coordinated
        raise NotAllowed(who=say("framework.right.administration") if vacant else HOLDERS[right])
