"""What is shown of one agreement: its card, today's or a past day's, and a clause in its own words."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

from commands.agreements.access import access_agreement_on
from commands.agreements.deadlines import Parties, deadline_items
from commands.agreements.rules import SIGNING, clause_of, missing_signatures
from commands.framework.caller import Caller
from commands.framework.command import Args, named, placed
from commands.framework.parties import city_names
from commands.framework.phrasing import short
from commands.framework.refs import AgreementRef, PastDay
from commands.framework.reply import (
    Block,
    Bullets,
    Foreign,
    Inline,
    Item,
    Link,
    Quote,
    RecordRef,
    Reply,
    Say,
    heading,
    item,
    line,
    reply,
    say,
)
from storage.agreements.queries import agreement, built_on
from storage.agreements.record import Agreement, AgreementState, Signature
from storage.cities.queries import cities
from storage.people.queries import people
from storage.scope import Scope, unlimited
from storage.values import Line
from storage.view import View
from storage.work import Work

MOST_CLAUSES = 12
MOST_DOCUMENTS = 5


class ShowArgs(Args):
    """`!zeige V-2`, one clause of it (`klausel:4`), or as it was recorded on a past day."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    clause: Annotated[Line | None, named("klausel", "clause")] = None
    day: Annotated[PastDay | None, named("am", "on")] = None


async def run_show(work: Work, caller: Caller, args: ShowArgs) -> Reply:
    """Show the card of an agreement, or a clause of it."""
    day = args.day or caller.today
    kept, scope = await access_agreement_on(work, caller, args.agreement.key, day)
    past = [line(say("agreements.reply.recorded_on", day=day))] if scope.as_of else []
    if args.clause is not None:
        blocks = _clause(kept.record, args.clause)
    else:
        blocks = await card(work, caller, kept.record, scope, day)
    return reply(blocks[0], *past, *blocks[1:], about=kept.key)


def titled(record: Agreement) -> RecordRef:
    """The agreement by its id and title."""
    return RecordRef("agreements", record.id, record.title)


def _clause(record: Agreement, number: str) -> tuple[Block, ...]:
    found = clause_of(record, number)
    return (heading(titled(record)), line(_clause_name(found.number, found.title)), Quote(found.text))


def _clause_name(number: str, title: str) -> Say:
    return say("agreements.reply.clause", number=Foreign(number), title=Foreign(title))


async def parties_of(view: View, caller: Caller, record: Agreement, scope: Scope) -> Parties:
    """The parties: all with their calendars, those that may be shown with their names."""
    codes = frozenset(record.parties)
    return Parties(
        cities=await cities(view, unlimited(scope.as_of), codes),
        names=await city_names(view, caller.scope, record.parties, caller.language),
    )


async def card(view: View, caller: Caller, record: Agreement, scope: Scope, day: date) -> tuple[Block, ...]:
    """The card of an agreement as `scope` sees it; deadlines are those seen from `day`."""
    parties = await parties_of(view, caller, record, scope)
    deadlines = deadline_items(record, parties, day)
    items = [
        item(say("agreements.reply.parties", cities=tuple(parties.names.values()))),
        *await _signed(view, caller, record, parties),
        *deadlines,
        *_clauses(record),
        *_documents(record),
        *_file_refs(record, parties),
        *await _related(view, scope, record),
    ]
    reserve = [line(say("agreements.reply.without_warranty"))] if record.notice and record.state not in SIGNING else []
    return (heading(titled(record)), _state(record, parties, day), Bullets(tuple(items)), *reserve)


def _state(record: Agreement, parties: Parties, day: date) -> Block:
    if record.state is AgreementState.SIGNED and (missing := missing_signatures(record)):
        names = tuple(parties.names[code] for code in missing if code in parties.names)
        return line(say("agreements.reply.being_signed", form=record.form, cities=names))
    if record.state is AgreementState.IN_FORCE and record.in_force and record.in_force > day:
        return line(say("agreements.reply.in_force_from", form=record.form, start=record.in_force))
    if record.state is AgreementState.IN_FORCE and record.in_force:
        return line(say("agreements.reply.in_force", form=record.form, start=record.in_force))
    return line(say("agreements.reply.state", form=record.form, state=record.state))


async def _signed(view: View, caller: Caller, record: Agreement, parties: Parties) -> list[Item]:
    if record.signed_on is None and not record.signatures:
        return []
    signers = await people(view, caller.scope, frozenset(s.by for s in record.signatures))
    names = {key: Foreign(kept.record.name) for key, kept in signers.items()}
    below = tuple(
        _signature(s, names.get(s.by), parties.names[s.city]) for s in record.signatures if s.city in parties.names
    )
    return [item(_signed_when(record), below=below)]


def _signed_when(record: Agreement) -> Say:
    place = Foreign(record.signed_at) if record.signed_at else None
    if record.signed_on is None:
        return say("agreements.reply.signed")
    if place is None:
        return say("agreements.reply.signed_on", day=record.signed_on)
    return say("agreements.reply.signed_at", day=record.signed_on, place=place)


def _signature(signature: Signature, name: Inline | None, city: Foreign) -> Item:
    who = name or say("agreements.reply.somebody")
    return item(say("agreements.reply.signature", city=city, name=who, office=Foreign(short(signature.office))))


def _clauses(record: Agreement) -> Iterator[Item]:
    named_ = tuple(_clause_name(c.number, c.title) for c in record.clauses[:MOST_CLAUSES])
    more = len(record.clauses) - len(named_)
    if named_:
        rest = (say("agreements.reply.and_more", number=more),) if more else ()
        yield item(say("agreements.reply.clauses", clauses=(*named_, *rest)))


def _documents(record: Agreement) -> Iterator[Item]:
    links = tuple(Link(document.url, document.title) for document in record.documents[:MOST_DOCUMENTS])
    if links:
        yield item(say("agreements.reply.documents", links=links))


def _file_refs(record: Agreement, parties: Parties) -> Iterator[Item]:
    found = tuple(
        say("agreements.reply.file_ref", city=parties.names[city], said=Foreign(said))
        for city, said in record.file_refs.items()
        if city in parties.names
    )
    if found:
        yield item(say("agreements.reply.file_refs", refs=found))


async def _related(view: View, scope: Scope, record: Agreement) -> list[Item]:
    """The agreements that this one amends or replaces, and the other way round, as far as they may be seen."""
    later = await built_on(view, scope, record.id)
    amended = await _seen(view, scope, record.amends)
    replaced = await _seen(view, scope, record.replaces)
    amending = _refs(k.key for k in later if record.id in k.record.amends)
    replacing = _refs(k.key for k in later if record.id in k.record.replaces)
    return [
        *([item(say("agreements.reply.amends", others=amended))] if amended else []),
        *([item(say("agreements.reply.replaces", others=replaced))] if replaced else []),
        *([item(say("agreements.reply.amended_by", others=amending))] if amending else []),
        *([item(say("agreements.reply.replaced_by", others=replacing))] if replacing else []),
    ]


async def _seen(view: View, scope: Scope, keys: Iterable[str]) -> tuple[RecordRef, ...]:
    return _refs([key for key in keys if await agreement(view, scope, key)])


def _refs(keys: Iterable[str]) -> tuple[RecordRef, ...]:
    return tuple(RecordRef("agreements", key) for key in keys)
