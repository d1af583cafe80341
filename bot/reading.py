"""What the register knows that helps to read one message: names in it, the room's project, working days."""

import re
from dataclasses import replace

from bot.who import House
from commands.calendar.of_city import calendar_of
from commands.calendar.workdays import Calendar
from commands.framework.caller import Caller
from commands.framework.inbound import Inbound
from commands.framework.names import Names, mxids_in, name_words
from commands.framework.parse_errors import UnknownName
from commands.framework.reading import Reading
from storage.cities.queries import cities, city_codes
from storage.derived import names_in, names_like
from storage.folding import fold_words
from storage.people.queries import keys_by_mxid
from storage.view import View, recalled

WORKDAYS = re.compile(r"(?i)\bAT\b|arbeitstag|working\s+day|workday|business\s+day")


async def read_around(view: View, house: House, caller: Caller, inbound: Inbound, text: str) -> Reading:
    """Look up what `text` may name, as far as the caller may see it."""
    found = await names_in(view, caller.scope, fold_words(text))
    codes = await recalled(view, ("codes", caller.scope.cap), lambda: city_codes(view, caller.scope))
    people = await keys_by_mxid(view, caller.scope, mxids_in(text))
    return Reading(
        language=caller.language,
        today=caller.today,
        names=Names.of(found, people=people, cities=codes),
        project=caller.place.project,
        bang_needed=not (inbound.direct or inbound.mentioned),
        called=(house.user_id, house.user_id[1:].partition(":")[0]),
        calendars=await _calendars(view, caller) if WORKDAYS.search(text) else (),
    )


async def read_more(view: View, caller: Caller, reading: Reading, text: str, unknown: UnknownName) -> Reading:
    """The same reading with the names, too, that begin like words of `text`, of the kinds that were looked for."""
    alike = await names_like(view, caller.scope, unknown.collections, name_words(text))
    return replace(reading, names=reading.names.with_(alike))


async def _calendars(view: View, caller: Caller) -> tuple[Calendar, ...]:
    """The calendars of the caller's cities: that is whose working days they count."""
    own = await cities(view, caller.scope, frozenset(caller.cities))
    return tuple(calendar_of(city) for city in own.values())
