"""When an effect can still be taken back, and what is said when it cannot."""

from datetime import datetime, timedelta

from commands.framework.refusal import Refusal

FINAL_AFTER = timedelta(minutes=15)
"""How long an effect can be undone, or taken back by editing or deleting its message."""


def is_final(at: datetime, now: datetime) -> bool:
    """Whether an effect made at `at` can no longer be taken back at `now`."""
    return now - at > FINAL_AFTER


class EditTooLate(Refusal):
    """The message was edited after its effect had become final."""


class CannotBeTakenBack(Refusal):
    """Something was changed or referred to since the message took effect; fact `record`."""
