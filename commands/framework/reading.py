"""What must be known about a message beside its text in order to read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.calendar.workdays import Calendar
from commands.framework.names import Names
from storage.values import Language


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Who reads what, where and when.

    `today` is the day where the cooperation is; `names` those that occur in the message. `project` is the id of the
    room's project, which may be left out there. `bang_needed`: outside of direct chats and mentions a command begins
    with `!`. `called` are the names of the bot that a mention may begin with. `calendars` of the cities concerned
    say what a working day is; without any, Monday to Friday.
    """

    language: Language
    today: date
    names: Names
    project: str | None = None
    bang_needed: bool = True
    called: tuple[str, ...] = ()
    calendars: Sequence[Calendar] = ()
