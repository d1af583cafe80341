"""What holds for agreements: who has signed, when they end, and what may follow what."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from commands.calendar.notice import Terms, end_of_term
from commands.framework.refusal import Refusal
from commands.framework.reply import Foreign, RecordRef
from storage.agreements.record import Agreement, AgreementState, Clause, Document, Notice, Signature
from storage.values import Duration, Unit

SIGNING = frozenset({AgreementState.DRAFT, AgreementState.NEGOTIATION, AgreementState.SIGNED})
"""States in which signatures are still gathered."""

RUNNING = frozenset({AgreementState.IN_FORCE, AgreementState.TERMINATED})
"""States in which an agreement binds."""

OVER = frozenset({AgreementState.ENDED, AgreementState.DORMANT})

DAY = timedelta(days=1)
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}


class AgreementNotFound(Refusal):
    """There is no such agreement, or the caller may not see it; fact `given`."""


class AgreementNotRecordedYet(Refusal):
    """On that past day the agreement was not recorded yet; facts `agreement`, `day`, `since`."""


class AgreementUnchanged(Refusal):
    """The command names nothing that would change; fact `agreement`."""


class NotAParty(Refusal):
    """The city is no party; facts `city`, `agreement`, `parties`."""


class SignedAlready(Refusal):
    """The city has signed; facts `city`, `agreement`, `by`."""


class NotToBeSigned(Refusal):
    """The agreement binds already, or no more; facts `agreement`, `state`."""


class OfficeNeeded(Refusal):
    """The signer holds no seat of the city that names an office; fact `person`."""


class SignaturesMissing(Refusal):
    """It cannot be in force while parties have not signed; facts `agreement`, `cities`."""


class NoticeFirst(Refusal):
    """Terminated is what follows from a notice; fact `agreement`."""


class EndNeeded(Refusal):
    """An agreement that ended needs the day it ended on; fact `agreement`."""


class NotInForce(Refusal):
    """Notice or renewal of an agreement that does not bind; facts `agreement`, `state`."""


class NotTerminable(Refusal):
    """Nothing is recorded that notice could be given by; fact `agreement`."""


class NoticeGiven(Refusal):
    """All parties have received the notice of that city; facts `city`, `agreement`, `end`."""


class ReceivedBeforeSent(Refusal):
    """Received before it was sent; facts `sent`, `received`."""


class NothingToRenew(Refusal):
    """There is no end that could be moved; fact `agreement`."""


class OtherUnit(Refusal):
    """Months and days cannot be added up to one term; fact `term`."""


class HowLong(Refusal):
    """A renewal without how much longer or until when; fact `agreement`."""


class NotLater(Refusal):
    """The new end does not lie after the present one; facts `end`, `given`."""


class PartiesChanged(Refusal):
    """Somebody who signed or gave notice cannot be left out of the parties; facts `agreement`, `cities`."""


class NoticeStands(Refusal):
    """After an effective notice nobody becomes a party: whom it must reach would change; fact `agreement`."""


class ClauseTaken(Refusal):
    """There is a clause of that number; facts `number`, `agreement`."""


class NoClauses(Refusal):
    """Not one clause is recorded; fact `agreement`."""


class NoSuchClause(Refusal):
    """There is no clause of that number; facts `number`, `agreement`, `numbers`."""


class TermInWorkdays(Refusal):
    """A term or renewal in working days, which no calendar of several cities could tell."""


class EndsBeforeItBegins(Refusal):
    """The recorded end lies before the first day; facts `start`, `end`."""


class AmendsItself(Refusal):
    """An agreement cannot amend or replace itself, also not by way of others; fact `agreement`."""


def ref(agreement: Agreement) -> RecordRef:
    """The agreement by its id."""
    return RecordRef("agreements", agreement.id)


def missing_signatures(agreement: Agreement) -> tuple[str, ...]:
    """The parties that have not signed, in their order."""
    signed = {signature.city for signature in agreement.signatures}
    return tuple(city for city in agreement.parties if city not in signed)


def sign(agreement: Agreement, signature: Signature) -> Agreement:
    """Add a signature; the first makes the agreement one that is being signed. Raises NotToBeSigned."""
    if agreement.state not in SIGNING:
        raise NotToBeSigned(agreement=ref(agreement), state=agreement.state)
    signatures = (*agreement.signatures, signature)
    return agreement.model_copy(update={"signatures": signatures, "state": AgreementState.SIGNED})


def terms_of(agreement: Agreement) -> Terms:
    """What is recorded of the agreement's running time."""
    return Terms(
        in_force=agreement.in_force,
        term=agreement.term,
        renewal=agreement.renewal,
        ends_on=agreement.ends_on,
        notice=agreement.notice,
        notice_to=agreement.notice_to,
        noticed=noticed_on(agreement),
    )


def noticed_on(agreement: Agreement) -> date | None:
    """The day on which the first notice had reached all other parties (§ 130 BGB); None while none has."""
    days = [max(n.received.values()) for n in agreement.notices if n.received and not unreached(agreement, n)]
    return min(days, default=None)


def unreached(agreement: Agreement, notice: Notice) -> tuple[str, ...]:
    """The parties that have not received the notice."""
    return tuple(city for city in agreement.parties if city != notice.by and city not in notice.received)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """That a notice has reached these parties on a day; no cities: all others that it had not reached yet."""

    day: date
    cities: tuple[str, ...] = ()


def enter_state(agreement: Agreement, state: AgreementState, *, today: date) -> Agreement:
    """Let the agreement be in `state`. Raises SignaturesMissing, NoticeFirst, EndNeeded (none, or not over `today`)."""
    if state is AgreementState.IN_FORCE and agreement.signatures and missing_signatures(agreement):
        raise SignaturesMissing(agreement=ref(agreement), cities=missing_signatures(agreement))
    if state is AgreementState.TERMINATED and noticed_on(agreement) is None and agreement.ends_on is None:
        raise NoticeFirst(agreement=ref(agreement))
    if state is AgreementState.ENDED and (agreement.ends_on is None or agreement.ends_on >= today):
        raise EndNeeded(agreement=ref(agreement))
    return agreement.model_copy(update={"state": state})


def give_notice(agreement: Agreement, by: str, sent: date, receipt: Receipt | None) -> Agreement:
    """Record a notice, or whom an earlier one of the same city has reached since.

    Once it has reached all others the agreement is terminated. Raises ReceivedBeforeSent, NoticeGiven.
    """
    known = next((n for n in agreement.notices if n.by == by), None)
    if known is not None and not unreached(agreement, known):
        raise NoticeGiven(city=by, agreement=ref(agreement), end=noticed_on(agreement))
    so_far = known.received if known else {}
    reached = receipt.cities or tuple(c for c in agreement.parties if c != by and c not in so_far) if receipt else ()
    newly = dict.fromkeys(reached, receipt.day) if receipt else {}
    notice = Notice(by=by, sent=known.sent if known else sent, received={**so_far, **newly})
    early = min(notice.received.values(), default=notice.sent)
    if early < notice.sent:
        raise ReceivedBeforeSent(sent=notice.sent, received=early)
    others = tuple(n for n in agreement.notices if n.by != by)
    changed = agreement.model_copy(update={"notices": (*others, notice)})
    return changed.model_copy(update={"state": AgreementState.TERMINATED}) if noticed_on(changed) else changed


def prolong(agreement: Agreement, by: Duration) -> Agreement:
    """Let a recorded end, or else the term, be longer. Raises NothingToRenew, TermInWorkdays, OtherUnit."""
    if by.unit is Unit.WORKDAYS:
        raise TermInWorkdays
    if agreement.ends_on is not None:
        months, days = by.count * _MONTHS.get(by.unit, 0), by.count * _DAYS.get(by.unit, 0)
        return agreement.model_copy(update={"ends_on": end_of_term(agreement.ends_on + DAY, months, days)})
    if agreement.term is None or agreement.in_force is None:
        raise NothingToRenew(agreement=ref(agreement))
    return agreement.model_copy(update={"term": _sum(agreement.term, by)})


def _sum(term: Duration, more: Duration) -> Duration:
    for units, smallest in ((_MONTHS, Unit.MONTHS), (_DAYS, Unit.DAYS)):
        if term.unit in units and more.unit in units:
            unit = term.unit if term.unit is more.unit else smallest
            count = term.count * units[term.unit] + more.count * units[more.unit]
            return Duration(count=count // units[unit], unit=unit)
    # How many days a month has depends on which: both must be counted alike, or the end would be a guess.
    raise OtherUnit(term=term)


def prolong_until(agreement: Agreement, end: date, before: date | None) -> Agreement:
    """Let the agreement end on this day, later than `before`, its end so far. Raises NotLater."""
    if before is not None and end <= before:
        raise NotLater(end=before, given=end)
    return agreement.model_copy(update={"ends_on": end})


def add_clause(agreement: Agreement, clause: Clause) -> Agreement:
    """Add a clause in the order of its number. Raises ClauseTaken."""
    if any(known.number == clause.number for known in agreement.clauses):
        raise ClauseTaken(number=Foreign(clause.number), agreement=ref(agreement))
    clauses = sorted((*agreement.clauses, clause), key=lambda one: _natural(one.number))
    return agreement.model_copy(update={"clauses": tuple(clauses)})


def _natural(number: str) -> tuple[tuple[int, int, str], ...]:
    """An order in which "§ 4a" comes after "§ 4" and before "§ 10"."""
    parts = re.findall(r"[0-9]+|[^0-9\s§.]+", number.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def clause_of(agreement: Agreement, number: str) -> Clause:
    """The clause of that number, with or without its sign. Raises NoSuchClause."""
    if not agreement.clauses:
        raise NoClauses(agreement=ref(agreement))
    wanted = _natural(number)
    found = next((clause for clause in agreement.clauses if _natural(clause.number) == wanted), None)
    if found is None:
        numbers = tuple(Foreign(clause.number) for clause in agreement.clauses)
        raise NoSuchClause(number=Foreign(number), agreement=ref(agreement), numbers=numbers)
    return found


def check_terms(agreement: Agreement) -> None:
    """Raise TermInWorkdays for a term that no calendar of several cities could tell, and EndsBeforeItBegins."""
    if any(d is not None and d.unit is Unit.WORKDAYS for d in (agreement.term, agreement.renewal)):
        raise TermInWorkdays
    start, end = agreement.in_force, agreement.ends_on
    if start is not None and end is not None and end < start:
        raise EndsBeforeItBegins(start=start, end=end)


def with_file_ref(agreement: Agreement, city: str, said: str) -> Agreement:
    """Note the city's file reference, in place of an earlier one."""
    return agreement.model_copy(update={"file_refs": {**agreement.file_refs, city: said}})


def with_document(agreement: Agreement, document: Document) -> Agreement:
    """Note where a document lies; one of the same title is replaced."""
    others = tuple(known for known in agreement.documents if known.title != document.title)
    return agreement.model_copy(update={"documents": (*others, document)})
