"""Telling the seats of a city what somebody else did for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from commands.framework.caller import Caller
from commands.framework.parties import city_names
from commands.framework.reply import Foreign, Inline, Tell, line
from storage.people.queries import person
from storage.scope import unlimited
from storage.seats.queries import seats_of_city
from storage.values import Language
from storage.view import View


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody at a seat of a city that something was done for, and the language they are told in."""

    person: str
    city: str
    language: Language


async def recipients(view: View, caller: Caller, codes: Iterable[str]) -> tuple[Recipient, ...]:
    """Who is told of what the caller does for these cities: the holders of their seats, but for the caller's own."""
    found: dict[str, Recipient] = {}
    for code in codes:
        if code in caller.cities:
            continue
        for seat in await seats_of_city(view, unlimited(), code, caller.today):
            holder = seat.record.holder
            if holder and holder != caller.key:
                to = await person(view, unlimited(), holder)
                language = (to.record.language if to else None) or caller.language
                found.setdefault(holder, Recipient(person=holder, city=code, language=language))
    return tuple(found.values())


async def told(view: View, caller: Caller, codes: Iterable[str], note: Callable[[Foreign], Inline]) -> tuple[Tell, ...]:
    """What `note` makes of a city's name, for each holder of a seat in these cities, in their own language."""
    notes = []
    for to in await recipients(view, caller, codes):
        names = await city_names(view, unlimited(), (to.city,), to.language)
        notes.append(Tell(person=to.person, blocks=(line(note(names.get(to.city, Foreign(to.city)))),)))
    return tuple(notes)
