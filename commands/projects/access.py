"""Loading projects on somebody's behalf: who may not see, change or report on one gets a refusal that says who may."""

from dataclasses import dataclass, replace
from datetime import date

from commands.framework.caller import Caller
from commands.framework.parties import city_name, names_of
from commands.framework.past import scope_on
from commands.framework.reply import Code, RecordRef
from commands.projects.rules import (
    Engagement,
    MayNotChange,
    MayNotChangeLeads,
    MayNotReport,
    MayNotReportFor,
    NotInvolved,
    NotRecordedYet,
    ProjectNotFound,
    active,
    leading,
)
from storage.projects.queries import project
from storage.projects.record import Project
from storage.projects.tables import PROJECTS
from storage.records import Kept, first_recorded
from storage.scope import Scope
from storage.view import View


@dataclass(frozen=True, kw_only=True)
class WhichCity:
    """Several cities could be meant: `choices` are their codes."""

    choices: tuple[str, ...]


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
        since = await first_recorded(view, PROJECTS, caller.scope, key) or present.since
        raise NotRecordedYet(project=RecordRef("projects", key), day=day, since=since)
    return then, scope


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
