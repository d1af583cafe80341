"""Reminders as records."""

import re
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from dateutil.rrule import rrulestr
from pydantic import AfterValidator

from storage.values import AnyId, Line, PersonOrRoom, Record, Text, WallClock, id_form, refusal

# RFC 5545 wants UNTIL in UTC if the start has a zone, else without one: here the rule shows which it means.
_IN_UTC = re.compile(r"UNTIL=[0-9]{8}T[0-9]{6}Z", re.IGNORECASE)


def _rule(text: str) -> str:
    start = datetime(2000, 1, 1, tzinfo=UTC if _IN_UTC.search(text) else None)
    try:
        rrulestr(text, dtstart=start)
    # The parser answers malformed rules with whatever its first failing step raises.
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError) as error:
        raise refusal("rule", '"{text}" is not a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=MO', text=text) from error
    return text


class Reminder(Record):
    """A text for a person or a room: once at a wall-clock time, or by a rule that counts from there."""

    collection: ClassVar[str] = "reminders"
    letter: ClassVar[str | None] = "E"

    id: Annotated[str, id_form("E")]
    text: Text
    for_: PersonOrRoom
    at: WallClock | None = None
    rule: Annotated[Line, AfterValidator(_rule)] | None = None
    about: AnyId | None = None
