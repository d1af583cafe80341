"""Cities, partners and people on somebody's behalf: those they may see, by code or key, and what they are called."""

from collections.abc import Iterable
from dataclasses import replace

from commands.framework.caller import Caller
from commands.framework.refs import Ref
from commands.framework.refusal import Refusal
from commands.framework.reply import Foreign, Inline
from storage.cities.queries import cities
from storage.people.queries import person
from storage.scope import Scope
from storage.values import Language
from storage.view import View


class CityUnknown(Refusal):
    """There is no such city or partner, or the caller may not see it; fact `given`."""


class PersonUnknown(Refusal):
    """There is no such person, or the caller may not see them; fact `given`."""


async def access_city(view: View, caller: Caller, ref: Ref) -> str:
    """The code of a city or partner. Raises CityUnknown."""
    if ref.key not in await cities(view, caller.scope, frozenset({ref.key})):
        raise CityUnknown(given=Foreign(ref.key))
    return ref.key


async def access_person(view: View, caller: Caller, ref: Ref) -> str:
    """The key of a person. Raises PersonUnknown."""
    if await person(view, caller.scope, ref.key) is None:
        raise PersonUnknown(given=Foreign(ref.key))
    return ref.key


async def city_names(view: View, scope: Scope, codes: Iterable[str], language: Language) -> dict[str, Foreign]:
    """What the cities with these codes are called, as far as `scope` may see them; in the order of the codes."""
    wanted = tuple(dict.fromkeys(codes))
    found = await cities(view, replace(scope, as_of=None), frozenset(wanted))
    return {c: Foreign(found[c].name.de if language is Language.DE else found[c].name.en) for c in wanted if c in found}


async def names_of(view: View, caller: Caller, codes: Iterable[str]) -> tuple[Inline, ...]:
    """The names of these cities in the caller's language."""
    return tuple((await city_names(view, caller.scope, codes, caller.language)).values())


async def city_name(view: View, caller: Caller, code: str) -> Foreign:
    """The name of this city in the caller's language; its code where it may not be seen."""
    return (await city_names(view, caller.scope, (code,), caller.language)).get(code, Foreign(code))
