"""Notes to the seats of a city about what coordination did for it."""

from collections.abc import Callable, Iterable

from commands.framework.caller import Caller
from commands.framework.reply import Block, Inline, Tell
from commands.members.actions import named
from commands.members.words import asker
from storage.people.queries import people
from storage.scope import unlimited
from storage.seats.queries import seats_of_city
from storage.values import Language
from storage.view import View

Blocks = Callable[[Language], tuple[Block, ...]]
"""Makes the note in the language of whoever gets it."""


async def tell_seats(
    view: View, caller: Caller, city: str, blocks: Blocks, *, also: Iterable[str | None] = ()
) -> tuple[Tell, ...]:
    """A note to everybody with a seat in the city today, and to the people `also`; none where the caller sits there."""
    if city in caller.cities:
        return ()
    seats = await seats_of_city(view, unlimited(), city, caller.today)
    return await tell_people(view, caller, (*(kept.record.holder for kept in seats), *also), blocks)


async def tell_people(view: View, caller: Caller, keys: Iterable[str | None], blocks: Blocks) -> tuple[Tell, ...]:
    """A note to each of these people but the caller, in their language or, where none is known, the caller's."""
    to = [key for key in dict.fromkeys(keys) if key and key != caller.key]
    known = await people(view, unlimited(), frozenset(to))
    return tuple(
        Tell(person=key, blocks=blocks(known[key].record.language or caller.language)) for key in to if key in known
    )


async def doer(view: View, caller: Caller) -> Inline:
    """The caller as others are told of them."""
    return await named(view, caller, caller.key) if caller.key else asker(None, caller.mxid)
