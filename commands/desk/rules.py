"""When an effect can still be taken back, and what is said when it cannot."""

from datetime import datetime, timedelta

from commands.framework.refusal import Refusal

FINAL_AFTER = timedelta(minutes=15)
"""How long an effect can be undone, or taken back by editing or deleting its message."""

MOST_LINES = 50
"""How many commands one message may hold: while they run, nothing else is handled."""


def is_final(at: datetime, now: datetime) -> bool:
    """Whether an effect made at `at` can no longer be taken back at `now`."""
    return now - at > FINAL_AFTER


class TooManyLines(Refusal):
    """A message holds more commands than one transaction shall carry; facts `count` and `most`."""


class ConfirmedAlone(Refusal):
    """One of several commands in a message needs a confirmation."""


class EditTooLate(Refusal):
    """The message was edited after its effect had become final."""


class EditNever(Refusal):
    """The message was edited after an effect that cannot be taken back at all; fact `why`."""


class UndoStands(Refusal):
    """The message of an undo was edited: what it took back is not done again by that."""


class CannotBeTakenBack(Refusal):
    """Something was changed or referred to since the message took effect; fact `record`."""
