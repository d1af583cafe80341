"""Looking back: what the register said at the end of a past day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from commands.framework.caller import Caller
from commands.framework.refusal import Refusal
from storage.scope import Scope


class DayAhead(Refusal):
    """A past day was asked for, and this one is still to come; fact `day`."""


def scope_on(caller: Caller, day: date | None) -> Scope:
    """The caller's scope at the end of `day` where the cooperation is; of now, for today and None. Raises DayAhead."""
    if day is None or day == caller.today:
        return caller.scope
    if day > caller.today:
        raise DayAhead(day=day)
    midnight = datetime.combine(day + timedelta(days=1), time(), caller.zone)
    return replace(caller.scope, as_of=midnight - timedelta(microseconds=1))
