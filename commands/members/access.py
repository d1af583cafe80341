"""Loading on somebody's behalf: whoever may not see or change a record gets none."""

from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.refs import Ref
from commands.framework.refusal import Refusal
from commands.framework.reply import Foreign
from commands.framework.rights import HOLDERS, require
from storage.cities.queries import city
from storage.cities.record import City
from storage.people.queries import person
from storage.people.record import Person
from storage.records import Kept
from storage.scope import unlimited
from storage.seats.queries import seats_held
from storage.view import View


class NoSuchCity(Refusal):
    """There is no such city or partner, or the caller may not see it; fact `given`."""


class NoSuchPerson(Refusal):
    """There is no such person, or the caller may not see them; fact `given`."""


class Unregistered(Refusal):
    """The register does not know the caller, so there is nothing of theirs to record."""


class NotOfYourCity(Refusal):
    """An absence is recorded by oneself, by somebody of the same city or by coordination; fact `name`."""


class OnlyOwnContact(Refusal):
    """Somebody else's entry, or more of their own than language and contact; fact `who` may change it."""


async def access_city(view: View, caller: Caller, ref: Ref) -> Kept[City]:
    """The city or partner for reading. Raises NoSuchCity."""
    found = await city(view, caller.scope, ref.key)
    if found is None:
        raise NoSuchCity(given=Foreign(ref.key))
    return found


async def access_city_to_change(view: View, caller: Caller, ref: Ref) -> Kept[City]:
    """The city or partner for changing it, its seats and states: coordination only. Raises NoSuchCity, NotAllowed."""
    found = await access_city(view, caller, ref)
    require(Right.COORDINATION, caller)
    return found


async def access_person(view: View, caller: Caller, ref: Ref) -> Kept[Person]:
    """The person for reading, without what the caller may not see. Raises NoSuchPerson."""
    found = await person(view, caller.scope, ref.key)
    if found is None:
        raise NoSuchPerson(given=Foreign(ref.key))
    return found


async def access_person_to_change(view: View, caller: Caller, ref: Ref, fields: frozenset[str]) -> Kept[Person]:
    """The whole person for changing these fields: coordination all, everybody their own language and contact.

    Raises NoSuchPerson, OnlyOwnContact.
    """
    seen = await access_person(view, caller, ref)
    if not caller.coordinates and not (seen.key == caller.key and fields <= OWN):
        raise OnlyOwnContact(who=HOLDERS[Right.COORDINATION])
    # What is written back must be complete, also where this room does not show all of it.
    return await person(view, unlimited(), seen.key) or seen


async def access_colleague(view: View, caller: Caller, ref: Ref | None) -> Kept[Person]:
    """The whole person whose absence is recorded: the caller, or somebody of a city the caller has a seat in.

    Raises Unregistered, NoSuchPerson, NotOfYourCity.
    """
    if ref is None or ref.key == caller.key:
        if caller.person is None:
            raise Unregistered
        return await person(view, unlimited(), caller.person.key) or caller.person
    seen = await access_person(view, caller, ref)
    seats = await seats_held(view, unlimited(), seen.key, caller.today)
    if not caller.coordinates and not {k.record.city for k in seats} & set(caller.cities):
        raise NotOfYourCity(name=Foreign(seen.record.name))
    return await person(view, unlimited(), seen.key) or seen


OWN = frozenset({"language", "email", "phone"})
"""What everybody may change about themselves."""
