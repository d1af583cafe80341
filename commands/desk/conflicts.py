"""What is said when somebody replaces a value that another person has set since the bot last showed it."""

from commands.desk.history import name_of, shown_value
from commands.framework.caller import Caller
from commands.framework.refusal import Refusal
from commands.framework.reply import Label, Line, line, say
from storage.conflicts import Overwritten, overwritten
from storage.mapping import Scalar, scalars_of
from storage.people.queries import people
from storage.register import BY_COLLECTION
from storage.work import Work


class WordingChanged(Refusal):
    """A text would replace another person's new one unseen; facts `field`, `before`, `by`, `at`."""


async def conflict_notices(work: Work, caller: Caller) -> tuple[Line, ...]:
    """Short values stand, and the old one is named with its author; wordings are refused with what stands now.

    A person whose wording was refused has been shown the new one by that refusal.
    """
    if work.recorded is None:
        return ()
    conflicts = await overwritten(work.connection, work.recorded)
    known = await people(work, caller.scope, frozenset(c.by for c in conflicts if c.by))
    notices = []
    for conflict in conflicts:
        scalar = _scalar(conflict)
        facts = {
            "field": Label(conflict.table, conflict.column),
            "before": shown_value(scalar, conflict.before, known),
            "by": name_of(conflict.by, known),
            "at": conflict.at,
        }
        if scalar is not None and scalar.wording:
            raise WordingChanged(about=conflict.key, **facts)
        notices.append(line(say("desk.reply.overwritten", **facts)))
    return tuple(notices)


def _scalar(conflict: Overwritten) -> Scalar | None:
    columns = scalars_of(BY_COLLECTION[conflict.collection], conflict.table)
    return next((scalar for scalar in columns if scalar.column == conflict.column), None)
