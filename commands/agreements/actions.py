"""The only code that changes agreements: it records what happened outside, and decides by the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commands.agreements.access import access_agreement, access_agreement_to_change, access_own_file, access_party
from commands.agreements.rules import (
    AgreementUnchanged,
    AmendsItself,
    NoticeStands,
    NotInForce,
    NotLater,
    NotTerminable,
    OfficeNeeded,
    PartiesChanged,
    Receipt,
    SignedAlready,
    add_clause,
    check_terms,
    enter_state,
    give_notice,
    missing_signatures,
    noticed_on,
    prolong,
    prolong_until,
    ref,
    sign,
    terms_of,
    with_document,
    with_file_ref,
)
from commands.calendar.notice import deadline
from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.parties import access_city, access_person, city_name, names_of
from commands.framework.refs import Ref
from commands.framework.reply import Foreign, say
from commands.framework.rights import require
from storage.agreements.queries import agreement
from storage.agreements.record import (
    Agreement,
    AgreementForm,
    AgreementState,
    Clause,
    Document,
    NoticeTo,
    Signature,
)
from storage.agreements.tables import AGREEMENTS
from storage.people.queries import person
from storage.records import Kept
from storage.scope import unlimited
from storage.seats.queries import seats_held
from storage.values import Duration, PartialDate
from storage.view import View
from storage.work import Work


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An agreement as it begins. `amends` and `replaces` are ids."""

    title: str
    form: AgreementForm
    state: AgreementState
    parties: tuple[Ref, ...]
    aliases: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to be different; None leaves as it is. `parties` are all of them; `rest` are fields by their name."""

    state: AgreementState | None = None
    parties: tuple[Ref, ...] | None = None
    amends: tuple[str, ...] | None = None
    replaces: tuple[str, ...] | None = None
    term: Duration | None = None
    renewal: Duration | None = None
    notice: Duration | None = None
    notice_to: NoticeTo | None = None
    rest: Mapping[str, Any]


async def create_agreement(work: Work, caller: Caller, draft: Draft) -> Agreement:
    """Record a new agreement. Raises NotAllowed, CityUnknown, AgreementNotFound."""
    require(Right.COORDINATION, caller)
    parties = await _parties(work, caller, draft.parties)
    await _exist(work, caller, (*draft.amends, *draft.replaces))
    key = await work.new_key(AGREEMENTS)
    made = Agreement(
        id=key,
        title=draft.title,
        aliases=draft.aliases,
        form=draft.form,
        state=draft.state,
        parties=parties,
        amends=draft.amends,
        replaces=draft.replaces,
    )
    await _leads_not_back(work, made)
    await work.put(AGREEMENTS, key, made)
    return made


async def _parties(work: Work, caller: Caller, refs: Iterable[Ref]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([await access_city(work, caller, ref) for ref in refs]))


async def change_agreement(work: Work, caller: Caller, key: str, changes: Changes) -> tuple[Agreement, Agreement]:
    """Change what is given; returns the agreement before and after.

    Raises AgreementUnchanged, PartiesChanged, TermInWorkdays, EndsBeforeItBegins, AmendsItself, SignaturesMissing,
    NoticeFirst, EndNeeded and what loading raises.
    """
    kept = await access_agreement_to_change(work, caller, key)
    given = {n: v for n in ("amends", "replaces", "term", "renewal", "notice", "notice_to")
             if (v := getattr(changes, n)) is not None}  # fmt: skip
    await _exist(work, caller, (*(changes.amends or ()), *(changes.replaces or ())))
    if changes.parties is not None:
        given["parties"] = await _parties(work, caller, changes.parties)
    after = kept.record.model_copy(update={**given, **changes.rest})
    check_terms(after)
    if noticed_on(kept.record) is not None and set(after.parties) - set(kept.record.parties):
        raise NoticeStands(agreement=ref(after))
    await _keeps_its_parties(work, caller, after)
    await _leads_not_back(work, after)
    if changes.state is not None:
        after = enter_state(after, changes.state, today=caller.today)
    await _put(work, kept, after)
    return kept.record, after


async def _exist(view: View, caller: Caller, keys: Iterable[str]) -> None:
    """Raise AgreementNotFound for the first that there is none of, or that may not be seen."""
    for key in keys:
        await access_agreement(view, caller, key)


async def _keeps_its_parties(view: View, caller: Caller, after: Agreement) -> None:
    """Raise PartiesChanged where somebody who signed or gave notice would be a party no more."""
    bound = {s.city for s in after.signatures} | {n.by for n in after.notices}
    if gone := bound - set(after.parties):
        raise PartiesChanged(agreement=ref(after), cities=await names_of(view, caller, sorted(gone)))


async def _leads_not_back(view: View, after: Agreement) -> None:
    """Raise AmendsItself where amending or replacing, also by way of others, leads back to the agreement."""
    seen, ahead = set[str](), [*after.amends, *after.replaces]
    while ahead:
        key = ahead.pop()
        if key == after.id:
            raise AmendsItself(agreement=ref(after))
        if key in seen:
            continue
        seen.add(key)
        other = await agreement(view, unlimited(), key)
        ahead += [*other.record.amends, *other.record.replaces] if other else []


async def record_signature(
    work: Work, caller: Caller, key: str, city: Ref, by: Ref, *, office: str | None, on: PartialDate | None
) -> Agreement:
    """Record that somebody has signed for a party, in the office then held.

    Raises NotAParty, SignedAlready, OfficeNeeded, NotToBeSigned and what loading raises.
    """
    kept = await access_agreement_to_change(work, caller, key)
    code = await access_party(work, caller, kept, city)
    signer = await access_person(work, caller, by)
    known = next((s for s in kept.record.signatures if s.city == code), None)
    if known is not None:
        raise SignedAlready(
            city=await city_name(work, caller, code),
            agreement=ref(kept.record),
            by=await _named(work, caller, known.by),
        )
    day = on.first_day() if on else caller.today
    held = office or await _office(work, code, signer, day)
    if held is None:
        raise OfficeNeeded(person=await _named(work, caller, signer))
    after = sign(kept.record, Signature(city=code, by=signer, office=held, date=on or PartialDate.of(day)))
    if not missing_signatures(after):
        dates = [s.date for s in after.signatures if s.date is not None]
        after = after.model_copy(update={"signed_on": after.signed_on or max(dates)})
    await _put(work, kept, after)
    return after


async def _office(view: View, city: str, key: str, day: date) -> str | None:
    seats = await seats_held(view, unlimited(), key, day)
    return next((k.record.office for k in seats if k.record.city == city and k.record.office), None)


async def _named(view: View, caller: Caller, key: str) -> Any:
    found = await person(view, caller.scope, key)
    return Foreign(found.record.name) if found else say("agreements.reply.somebody")


async def renew(
    work: Work, caller: Caller, key: str, *, by: Duration | None, until: date | None
) -> tuple[Agreement, Agreement]:
    """Record that an agreement runs longer than it would have; returns it before and after.

    Raises NotInForce, NothingToRenew, TermInWorkdays, OtherUnit, NotLater and what loading raises.
    """
    kept = await access_agreement_to_change(work, caller, key)
    before = kept.record
    if before.state is not AgreementState.IN_FORCE:
        raise NotInForce(agreement=ref(before), state=before.state)
    end = deadline(terms_of(before), caller.today, ()).term_end
    if until is not None:
        after = prolong_until(before, until, end.on if end else None)
    else:
        after = prolong(before, by) if by is not None else before
        # A term that was renewed already and is made longer is renewed from another day: it may end no later.
        now = deadline(terms_of(after), caller.today, ()).term_end
        if end is not None and now is not None and now.on <= end.on:
            raise NotLater(end=end.on, given=now.on)
    await _put(work, kept, after)
    return before, after


async def record_notice(
    work: Work, caller: Caller, key: str, city: Ref | None, *, sent: date, receipt: Receipt | None
) -> Agreement:
    """Record the notice of a party, or whom it has reached. Raises what `noticed` raises."""
    kept, after = await noticed(work, caller, key, city, sent=sent, receipt=receipt)
    await _put(work, kept, after)
    return after


async def noticed(
    work: Work, caller: Caller, key: str, city: Ref | None, *, sent: date, receipt: Receipt | None
) -> tuple[Kept[Agreement], Agreement]:
    """The agreement as it is and as the notice would make it; nothing is written.

    Raises NotInForce, NotTerminable, NotAParty, NoticeGiven, ReceivedBeforeSent and what loading raises.
    """
    kept = await access_agreement_to_change(work, caller, key)
    before = kept.record
    code = await access_party(work, caller, kept, city)
    if before.state is not AgreementState.IN_FORCE:
        raise NotInForce(agreement=ref(before), state=before.state)
    if before.notice is None or before.notice_to is None:
        raise NotTerminable(agreement=ref(before))
    for other in receipt.cities if receipt else ():
        await access_party(work, caller, kept, Ref("cities", other))
    return kept, give_notice(before, code, sent, receipt)


async def record_clause(work: Work, caller: Caller, key: str, clause: Clause) -> Agreement:
    """Add a clause. Raises ClauseTaken and what loading raises."""
    kept = await access_agreement_to_change(work, caller, key)
    after = add_clause(kept.record, clause)
    await _put(work, kept, after)
    return after


async def record_document(work: Work, caller: Caller, key: str, document: Document) -> Agreement:
    """Note where a document lies. Raises AgreementUnchanged and what loading raises."""
    kept = await access_agreement_to_change(work, caller, key)
    after = with_document(kept.record, document)
    await _put(work, kept, after)
    return after


async def record_file_ref(work: Work, caller: Caller, key: str, city: Ref | None, said: str) -> tuple[Agreement, str]:
    """Note a party's file reference; returns the agreement and the party. Raises AgreementUnchanged."""
    kept, code = await access_own_file(work, caller, key, city)
    after = with_file_ref(kept.record, code, said)
    await _put(work, kept, after)
    return after, code


async def _put(work: Work, before: Kept[Agreement], after: Agreement) -> None:
    if after == before.record:
        raise AgreementUnchanged(agreement=ref(after))
    await work.put(AGREEMENTS, before.key, after)
