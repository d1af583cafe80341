"""The commands of agreements: what they take, what they do, and how they are declared."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from commands.agreements.actions import (
    Changes,
    Draft,
    change_agreement,
    create_agreement,
    noticed,
    record_clause,
    record_document,
    record_file_ref,
    record_notice,
    record_signature,
    renew,
)
from commands.agreements.cards import ShowArgs, parties_of, run_show, titled
from commands.agreements.deadlines import worked_out
from commands.agreements.lists import ListArgs, run_list
from commands.agreements.rules import HowLong, Receipt, missing_signatures, noticed_on, ref, terms_of, unreached
from commands.calendar.notice import deadline
from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Args, Command, Example, Right, named, placed, rest, words
from commands.framework.parties import access_city, city_name, names_of
from commands.framework.refs import AgreementRef, CityRef, FirstDay, PastDay, PersonRef, Ref
from commands.framework.reply import Block, Foreign, Inline, RecordRef, Reply, done, line, reply, say
from commands.framework.telling import told
from storage.agreements.record import Agreement, AgreementForm, AgreementState, Clause, Document, Notice, NoticeTo
from storage.values import Duration, Line, PartialDate, Text, Url, Visibility
from storage.view import View
from storage.work import Work

# --- arguments -------------------------------------------------------------------------------------------------------


class NewArgs(Args):
    """`!neu vereinbarung "Titel" form:zweckvereinbarung städte:M,N,A`."""

    title: Annotated[Line, placed("titel", "title")]
    form: Annotated[AgreementForm, named("form", "form")]
    parties: Annotated[tuple[CityRef, ...], named("städte stadt parteien", "cities city parties")]
    state: Annotated[AgreementState, named("zustand", "state")] = AgreementState.DRAFT
    aliases: Annotated[tuple[Line, ...], named("aliase alias kurzname", "aliases alias")] = ()
    amends: Annotated[tuple[AgreementRef, ...], named("ändert", "amends")] = ()
    replaces: Annotated[tuple[AgreementRef, ...], named("ersetzt", "replaces")] = ()


class EditArgs(Args):
    """`!ändern V-1 laufzeit:36 Monate in-kraft:1.8.2026`; what is not named stays."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    title: Annotated[Line | None, named("titel", "title")] = None
    aliases: Annotated[tuple[Line, ...] | None, named("aliase alias kurzname", "aliases alias")] = None
    form: Annotated[AgreementForm | None, named("form", "form")] = None
    state: Annotated[AgreementState | None, named("zustand", "state")] = None
    parties: Annotated[tuple[CityRef, ...] | None, named("städte stadt parteien", "cities city parties")] = None
    signed_on: Annotated[PartialDate | None, named("unterzeichnet", "signed")] = None
    signed_at: Annotated[Line | None, named("ort", "place")] = None
    in_force: Annotated[FirstDay | None, named("in-kraft inkrafttreten", "in-force")] = None
    term: Annotated[Duration | None, named("laufzeit", "term")] = None
    renewal: Annotated[Duration | None, named("verlängerung", "renewal")] = None
    notice: Annotated[Duration | None, named("kündigungsfrist frist", "notice")] = None
    notice_to: Annotated[NoticeTo | None, named("zum", "notice-to")] = None
    ends_on: Annotated[date | None, named("ende", "ends end")] = None
    amends: Annotated[tuple[AgreementRef, ...] | None, named("ändert", "amends")] = None
    replaces: Annotated[tuple[AgreementRef, ...] | None, named("ersetzt", "replaces")] = None
    visibility: Annotated[Visibility | None, named("sichtbarkeit", "visibility")] = None


class SignatureArgs(Args):
    """`!unterschrift V-3 A @referat:augsburg.example amt:"Stadtdirektor" am:2.3.2026`."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    city: Annotated[CityRef, placed("stadt", "city")]
    by: Annotated[PersonRef, placed("person", "person")]
    office: Annotated[Line | None, named("amt", "office")] = None
    on: Annotated[PartialDate | None, named("am", "on")] = None


class RenewalArgs(Args):
    """`!verlängerung V-4 um:12 Monate` or `bis:15.11.2029`."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    by: Annotated[Duration | None, named("um", "by")] = None
    until: Annotated[date | None, named("bis", "until to")] = None


class NoticeArgs(Args):
    """`!kündigung V-2 M am:3.12.2026 zugang:4.12.2026`; `bei:` names whom it has reached, without it all others."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    city: Annotated[CityRef | None, placed("stadt", "city")] = None
    sent: Annotated[PastDay | None, named("am", "on")] = None
    received: Annotated[PastDay | None, named("zugang", "received")] = None
    reached: Annotated[tuple[CityRef, ...], named("bei", "at by")] = ()


class ClauseArgs(Args):
    """`!neu klausel V-2 nummer:5 titel:"Kosten" – Text`."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    number: Annotated[Line, named("nummer", "number")]
    title: Annotated[Line, named("titel", "title")]
    text: Annotated[Text, rest("text", "text")]


class DocumentArgs(Args):
    """`!neu dokument V-2 "Vereinbarung" adresse:https://…`."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    title: Annotated[Line, placed("titel", "title")]
    url: Annotated[Url, named("adresse link", "address link")]


class FileArgs(Args):
    """`!neu aktenzeichen V-2 DIG 12-3`; staff note their own city's, coordination any."""

    agreement: Annotated[AgreementRef, placed("vereinbarung", "agreement")]
    said: Annotated[Line, placed("zeichen", "reference")]
    city: Annotated[CityRef | None, named("stadt", "city")] = None


# --- what they do ----------------------------------------------------------------------------------------------------


async def run_new(work: Work, caller: Caller, args: NewArgs) -> Reply:
    """Record a new agreement."""
    draft = Draft(
        title=args.title,
        form=args.form,
        state=args.state,
        parties=args.parties,
        aliases=args.aliases,
        amends=_keys(args.amends),
        replaces=_keys(args.replaces),
    )
    made = await create_agreement(work, caller, draft)
    cities = await names_of(work, caller, made.parties)
    said = say("agreements.reply.created", agreement=titled(made), form=made.form, state=made.state, cities=cities)
    return await _told(work, caller, made, reply(line(said), about=made.id))


async def run_edit(work: Work, caller: Caller, args: EditArgs) -> Reply:
    """Change what is said of an agreement."""
    given = {name: value for name in _PLAIN if (value := getattr(args, name)) is not None}
    changes = Changes(
        state=args.state,
        parties=args.parties,
        amends=_keys(args.amends) if args.amends is not None else None,
        replaces=_keys(args.replaces) if args.replaces is not None else None,
        term=args.term,
        renewal=args.renewal,
        notice=args.notice,
        notice_to=args.notice_to,
        rest=given,
    )
    before, after = await change_agreement(work, caller, args.agreement.key, changes)
    if after.state is not before.state:
        first = line(say("agreements.reply.entered", agreement=ref(after), state=after.state))
        return await _told(work, caller, after, reply(first, about=after.id))
    return done(line(say("agreements.reply.changed", agreement=ref(after))), about=after.id)


_PLAIN = ("title", "aliases", "form", "signed_on", "signed_at", "in_force", "ends_on", "visibility")
"""Fields that are taken as they were said."""


async def run_signature(work: Work, caller: Caller, args: SignatureArgs) -> Reply:
    """Record a signature, and who has not signed yet."""
    after = await record_signature(work, caller, args.agreement.key, args.city, args.by, office=args.office, on=args.on)
    signed = after.signatures[-1]
    city = await city_name(work, caller, signed.city)
    first = say("agreements.reply.signature_recorded", agreement=ref(after), city=city, office=Foreign(signed.office))
    return await _told(work, caller, after, reply(line(first), line(await _next(work, caller, after)), about=after.id))


async def _next(view: View, caller: Caller, after: Agreement) -> Inline:
    missing = await names_of(view, caller, missing_signatures(after))
    if missing:
        return say("agreements.reply.still_missing", cities=missing)
    return say("agreements.reply.all_signed", key=after.id)


async def run_renewal(work: Work, caller: Caller, args: RenewalArgs) -> Reply:
    """Record that an agreement runs longer."""
    if args.by is None and args.until is None:
        raise HowLong(agreement=RecordRef("agreements", args.agreement.key))
    _, after = await renew(work, caller, args.agreement.key, by=args.by, until=args.until)
    end = deadline(terms_of(after), caller.today, ()).term_end
    said = say("agreements.reply.renewed", agreement=ref(after), end=end.on) if end else _changed(after)
    return await _told(work, caller, after, reply(line(said), about=after.id))


def _changed(after: Agreement) -> Inline:
    return say("agreements.reply.changed", agreement=ref(after))


async def preview_notice(work: Work, caller: Caller, args: NoticeArgs) -> tuple[Block, ...]:
    """What a notice would lead to, before it is recorded."""
    sent, receipt = args.sent or caller.today, await _receipt(work, caller, args)
    kept, after = await noticed(work, caller, args.agreement.key, args.city, sent=sent, receipt=receipt)
    notice = _newest(kept.record, after)
    by = await city_name(work, caller, notice.by)
    first = say("agreements.reply.notice_preview", agreement=titled(after), city=by, sent=notice.sent)
    return (line(first), *await _consequence(work, caller, after, notice), line(say("agreements.reply.outside")))


async def run_notice(work: Work, caller: Caller, args: NoticeArgs) -> Reply:
    """Record a notice that was given outside, or whom it has reached."""
    sent, receipt = args.sent or caller.today, await _receipt(work, caller, args)
    after = await record_notice(work, caller, args.agreement.key, args.city, sent=sent, receipt=receipt)
    notice = after.notices[-1]
    first = say("agreements.reply.notice_recorded", agreement=ref(after), city=await city_name(work, caller, notice.by))
    blocks = (line(first), *await _consequence(work, caller, after, notice), line(say("agreements.reply.outside")))
    return await _told(work, caller, after, reply(*blocks, about=after.id))


async def _receipt(view: View, caller: Caller, args: NoticeArgs) -> Receipt | None:
    if args.received is None:
        return None
    cities = [await access_city(view, caller, city) for city in args.reached]
    return Receipt(day=args.received, cities=tuple(dict.fromkeys(cities)))


def _newest(before: Agreement, after: Agreement) -> Notice:
    return next(n for n in after.notices if n not in before.notices)


async def _consequence(view: View, caller: Caller, after: Agreement, notice: Notice) -> tuple[Block, ...]:
    missing = await names_of(view, caller, unreached(after, notice))
    if missing:
        return (line(say("agreements.reply.not_effective", cities=missing)),)
    end = worked_out(after, await parties_of(view, caller, after, caller.scope), caller.today).term_end
    reached = noticed_on(after)
    if end is None or reached is None:
        return (line(say("agreements.reply.end_unknown")),)
    return (line(say("agreements.reply.takes_effect", day=reached, end=end.on)),)


async def run_clause(work: Work, caller: Caller, args: ClauseArgs) -> Reply:
    """Add a clause."""
    clause = Clause(number=args.number, title=args.title, text=args.text)
    after = await record_clause(work, caller, args.agreement.key, clause)
    said = say("agreements.reply.clause_added", agreement=ref(after), number=Foreign(args.number))
    return done(line(said), about=after.id)


async def run_document(work: Work, caller: Caller, args: DocumentArgs) -> Reply:
    """Note where a document lies."""
    after = await record_document(work, caller, args.agreement.key, Document(title=args.title, url=args.url))
    said = say("agreements.reply.document_added", agreement=ref(after), title=Foreign(args.title))
    return done(line(said), about=after.id)


async def run_file(work: Work, caller: Caller, args: FileArgs) -> Reply:
    """Note a party's file reference."""
    after, code = await record_file_ref(work, caller, args.agreement.key, args.city, args.said)
    city = await city_name(work, caller, code)
    said = say("agreements.reply.file_noted", agreement=ref(after), city=city, said=Foreign(args.said))
    return done(line(said), about=after.id)


def _keys(refs: tuple[Ref, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.key for one in refs))


async def _told(view: View, caller: Caller, after: Agreement, answer: Reply) -> Reply:
    """The same with a note to the seats of the other parties: what was recorded for them, too."""
    by = Foreign(caller.person.record.name) if caller.person else Foreign(caller.mxid)
    note = await told(
        view,
        caller,
        after.parties,
        lambda _name: say("agreements.reply.told", by=by, agreement=titled(after), state=after.state),
    )
    return replace(answer, tell=note)


# --- declarations ----------------------------------------------------------------------------------------------------

NEW, EDIT = words("neu", "new"), words("ändern", "edit")

COMMANDS: tuple[AnyCommand, ...] = (
    Command(
        name="agreements.new",
        verb=NEW,
        object=words("vereinbarung", "agreement"),
        args=NewArgs,
        run=run_new,
        right=Right.COORDINATION,
        examples=(
            Example(
                de='!neu vereinbarung "Gemeinsamer Betrieb Bürgerkonto" form:zweckvereinbarung städte:M,N',
                en='!new agreement "Joint citizen account" form:special-purpose agreement cities:M,N',
            ),
            Example(
                de='!neu vereinbarung "Erste Änderung" form:zweckvereinbarung städte:M,N,A ändert:V-2',
                en='!new agreement "First amendment" form:special-purpose agreement cities:M,N,A amends:V-2',
            ),
        ),
    ),
    Command(
        name="agreements.show",
        verb=words("zeige", "show"),
        subject="agreements",
        args=ShowArgs,
        run=run_show,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!zeige V-2", en="!show V-2"),
            Example(de="!zeige Portalvereinbarung klausel:4", en="!show Portalvereinbarung clause:4"),
        ),
        changes=False,
    ),
    Command(
        name="agreements.list",
        verb=words("liste", "list"),
        object=words("vereinbarungen vereinbarung", "agreements agreement"),
        args=ListArgs,
        run=run_list,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!liste vereinbarungen", en="!list agreements"),
            Example(de="!liste vereinbarungen in Kraft stadt:A", en="!list agreements in force city:A"),
        ),
        changes=False,
    ),
    Command(
        name="agreements.edit",
        verb=EDIT,
        subject="agreements",
        args=EditArgs,
        run=run_edit,
        right=Right.COORDINATION,
        examples=(
            Example(
                de="!ändern V-1 in-kraft:1.8.2019 laufzeit:10 Jahre",
                en="!edit V-1 in-force:2019-08-01 term:10 years",
            ),
            Example(de="!ändern V-4 verlängerung:12 Monate", en="!edit V-4 renewal:12 months"),
        ),
    ),
    Command(
        name="agreements.signature",
        verb=words("unterschrift", "signature"),
        args=SignatureArgs,
        run=run_signature,
        right=Right.COORDINATION,
        examples=(
            Example(
                de='!unterschrift V-3 A @koordination:augsburg.example amt:"Koordinationsstelle" am:10.3.2026',
                en='!signature V-3 A @koordination:augsburg.example office:"Koordinationsstelle" on:2026-03-10',
            ),
        ),
    ),
    Command(
        name="agreements.renewal",
        verb=words("verlängerung", "renewal"),
        args=RenewalArgs,
        run=run_renewal,
        right=Right.COORDINATION,
        examples=(
            Example(de="!verlängerung V-4 um:12 Monate", en="!renewal V-4 by:12 months"),
            Example(de="!verlängerung V-4 bis:31.12.2029", en="!renewal V-4 until:2029-12-31"),
        ),
    ),
    Command(
        name="agreements.notice",
        verb=words("kündigung", "notice"),
        args=NoticeArgs,
        run=run_notice,
        preview=preview_notice,
        right=Right.COORDINATION,
        examples=(
            Example(
                de="!kündigung V-2 M am:16.11.2026 zugang:17.11.2026",
                en="!notice V-2 M on:2026-11-16 received:2026-11-17",
            ),
            Example(
                de="!kündigung V-2 M am:16.11.2026 zugang:17.11.2026 bei:N",
                en="!notice V-2 M on:2026-11-16 received:2026-11-17 at:N",
            ),
        ),
    ),
    Command(
        name="agreements.clause",
        verb=NEW,
        object=words("klausel", "clause"),
        args=ClauseArgs,
        run=run_clause,
        right=Right.COORDINATION,
        examples=(
            Example(
                de='!neu klausel V-4 nummer:2 titel:"Kosten" – Die Nachnutzung ist kostenfrei.',
                en='!new clause V-4 number:2 title:"Costs" – Reuse is free of charge.',
            ),
        ),
    ),
    Command(
        name="agreements.document",
        verb=NEW,
        object=words("dokument", "document"),
        args=DocumentArgs,
        run=run_document,
        right=Right.COORDINATION,
        examples=(
            Example(
                de='!neu dokument V-2 "Unterzeichnete Fassung" adresse:https://akten.muenchen.example/v-2.pdf',
                en='!new document V-2 "Signed version" address:https://akten.muenchen.example/v-2.pdf',
            ),
        ),
    ),
    Command(
        name="agreements.file",
        verb=NEW,
        object=words("aktenzeichen", "file-reference"),
        args=FileArgs,
        run=run_file,
        right=Right.STAFF,
        examples=(Example(de="!neu aktenzeichen V-4 IT-0907/24", en="!new file-reference V-4 IT-0907/24"),),
    ),
)
