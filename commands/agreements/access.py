"""Loading agreements on somebody's behalf: reading what may be seen, changing for coordination, own files for staff."""

from datetime import date

from commands.agreements.rules import AgreementNotFound, AgreementNotRecordedYet, NotAParty
from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.parties import access_city, city_name, names_of
from commands.framework.past import scope_on
from commands.framework.refs import Ref
from commands.framework.reply import Code, RecordRef
from commands.framework.rights import require
from storage.agreements.queries import agreement
from storage.agreements.record import Agreement
from storage.agreements.tables import AGREEMENTS
from storage.records import Kept, first_recorded
from storage.scope import Scope, unlimited
from storage.view import View


async def access_agreement(view: View, caller: Caller, key: str) -> Kept[Agreement]:
    """The agreement for reading. Raises AgreementNotFound, for one that may not be seen just as for none."""
    found = await agreement(view, caller.scope, key)
    if found is None:
        raise AgreementNotFound(given=Code(key))
    return found


async def access_agreement_on(view: View, caller: Caller, key: str, day: date) -> tuple[Kept[Agreement], Scope]:
    """The agreement as it was recorded at the end of `day`, and the scope of that day.

    Raises AgreementNotFound, DayAhead, AgreementNotRecordedYet.
    """
    present = await access_agreement(view, caller, key)
    scope = scope_on(caller, day)
    if scope.as_of is None:
        return present, scope
    then = await agreement(view, scope, key)
    if then is None:
        since = await first_recorded(view, AGREEMENTS, caller.scope, key) or present.since
        raise AgreementNotRecordedYet(agreement=RecordRef("agreements", key), day=day, since=since)
    return then, scope


async def access_agreement_to_change(view: View, caller: Caller, key: str) -> Kept[Agreement]:
    """The agreement for changing it: coordination only. Raises AgreementNotFound, NotAllowed."""
    seen = await access_agreement(view, caller, key)
    require(Right.COORDINATION, caller)
    # What is written back must be complete, also where this room does not show all of it.
    return await agreement(view, unlimited(), seen.key) or seen


async def access_party(view: View, caller: Caller, kept: Kept[Agreement], ref: Ref | None) -> str:
    """The party that is meant: the one named, or the caller's own. Raises CityUnknown, NotAParty."""
    # Who has seats in several cities speaks for the one that is a party.
    own = sorted(caller.cities, key=lambda city: city not in kept.record.parties)
    code = await access_city(view, caller, ref) if ref else next(iter(own), "")
    if code not in kept.record.parties:
        raise NotAParty(
            city=await city_name(view, caller, code),
            agreement=RecordRef("agreements", kept.key),
            parties=await names_of(view, caller, kept.record.parties),
        )
    return code


async def access_own_file(view: View, caller: Caller, key: str, ref: Ref | None) -> tuple[Kept[Agreement], str]:
    """The agreement and the party whose file reference is noted: staff for their own city, coordination for any.

    Raises AgreementNotFound, CityUnknown, NotAParty, NotAllowed.
    """
    seen = await access_agreement(view, caller, key)
    city = await access_party(view, caller, seen, ref)
    if city not in caller.staffed and not caller.coordinates:
        require(Right.COORDINATION, caller)
    return await agreement(view, unlimited(), seen.key) or seen, city
