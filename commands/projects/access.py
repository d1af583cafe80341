"""Loading projects on somebody's behalf: who may not see, change or report on one gets a refusal that says who may."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pydantic import TypeAdapter, ValidationError

from commands.framework.caller import Caller
from commands.framework.refs import Ref
from commands.framework.refusal import Refusal
from commands.framework.reply import Code, Foreign, Inline, RecordRef, Tell, line
from commands.projects.rules import (
    CityUnknown,
    DayAhead,
    Engagement,
    MayNotChange,
    MayNotChangeLeads,
    MayNotReport,
    MayNotReportFor,
    NotInvolved,
    NotRecordedYet,
    PersonUnknown,
    ProjectNotFound,
    active,
    leading,
)
from storage.cities.queries import cities
from storage.people.queries import person
from storage.projects.queries import first_recorded, project
from storage.projects.record import Project
from storage.records import Kept
from storage.scope import Scope, unlimited
from storage.seats.queries import seats_of_city
from storage.values import Language, Text
from storage.view import View


class TextRefused(Refusal):
    """A text that is empty, too long or holds signs that mislead."""


@dataclass(frozen=True, kw_only=True)
class WhichCity:
    """Several cities could be meant: `choices` are their codes."""

    choices: tuple[str, ...]


# --- projects --------------------------------------------------------------------------------------------------------


async def access_project(view: View, caller: Caller, key: str) -> Kept[Project]:
    """The project for reading. Raises ProjectNotFound, for one that may not be seen just as for none."""
    found = await project(view, caller.scope, key)
    if found is None:
        raise ProjectNotFound(given=Code(key))
    return found


async def access_project_on(view: View, caller: Caller, key: str, day: date) -> tuple[Kept[Project], Scope]:
    """The project as it was recorded at the end of `day`, and the scope of that day.

    Raises ProjectNotFound, DayAhead, NotRecordedYet. Today's visibility holds for past days too.
    """
    present = await access_project(view, caller, key)
    scope = scope_on(caller, day)
    if scope.as_of is None:
        return present, scope
    then = await project(view, replace(scope, own=key), key)
    if then is None:
        since = await first_recorded(view, caller.scope, key) or present.since
        raise NotRecordedYet(project=RecordRef("projects", key), day=day, since=since)
    return then, scope


def scope_on(caller: Caller, day: date | None) -> Scope:
    """The caller's scope at the end of `day` where the cooperation is; of now, for today and None. Raises DayAhead."""
    if day is None or day == caller.today:
        return caller.scope
    if day > caller.today:
        raise DayAhead(day=day)
    midnight = datetime.combine(day + timedelta(days=1), time(), caller.zone)
    return replace(caller.scope, as_of=midnight - timedelta(microseconds=1))


async def access_project_to_change(view: View, caller: Caller, key: str) -> Kept[Project]:
    """The project for changing it: coordination any, staff those that their city leads or takes part in.

    Raises ProjectNotFound, MayNotChange.
    """
    found = await access_project(view, caller, key)
    own = active(found.record)
    if caller.coordinates or any(city in own for city in caller.staffed):
        return found
    raise MayNotChange(project=RecordRef("projects", key), cities=await names_of(view, caller, own))


async def access_project_to_engage(
    view: View, caller: Caller, key: str, city: str, engagement: Engagement
) -> Kept[Project]:
    """The project for changing a city's part in it: who leads is for coordination and the lead cities to say.

    Raises ProjectNotFound, MayNotChange, MayNotChangeLeads.
    """
    found = await access_project_to_change(view, caller, key)
    leads = leading(found.record)
    about_leads = engagement is Engagement.LEADS or city in leads
    if about_leads and not caller.coordinates and not set(leads) & set(caller.staffed):
        raise MayNotChangeLeads(project=RecordRef("projects", key), cities=await names_of(view, caller, leads))
    return found


async def access_project_to_report(
    view: View, caller: Caller, key: str, city: str | None
) -> tuple[Kept[Project], str | WhichCity]:
    """The project and the city that reports: the one named, or the caller's only one that leads or takes part.

    Raises ProjectNotFound, NotInvolved, MayNotReport, MayNotReportFor.
    """
    found = await access_project(view, caller, key)
    ref, taking_part = RecordRef("projects", key), active(found.record)
    if city is not None:
        if city not in taking_part:
            raise NotInvolved(city=await city_name(view, caller, city), project=ref)
        if city not in caller.cities and not caller.coordinates:
            raise MayNotReportFor(city=await city_name(view, caller, city))
        return found, city
    own = tuple(code for code in caller.cities if code in taking_part)
    if len(own) == 1:
        return found, own[0]
    if own:
        return found, WhichCity(choices=own)
    if not caller.coordinates:
        raise MayNotReport(project=ref, cities=await names_of(view, caller, taking_part))
    return found, WhichCity(choices=leading(found.record))


# --- cities and people -----------------------------------------------------------------------------------------------


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


# --- telling others --------------------------------------------------------------------------------------------------


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


# --- texts -----------------------------------------------------------------------------------------------------------

_TEXT: TypeAdapter[str] = TypeAdapter(Text)


def readable(text: str) -> str:
    """A text in normal form, as records hold it. Raises TextRefused."""
    try:
        return _TEXT.validate_python(text)
    except ValidationError:
        raise TextRefused from None
