"""An agreement's deadlines in words, each with how it is worked out; what is not recorded is said to be unknown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from commands.agreements.rules import SIGNING, noticed_on, terms_of, unreached
from commands.calendar.notice import Deadline, End, NoticeDay, council_lead_day, deadline
from commands.calendar.of_city import calendar_of
from commands.calendar.workdays import Calendar
from commands.framework.reply import Foreign, Inline, Item, Say, item, say
from storage.agreements.record import Agreement, Notice, NoticeTo
from storage.cities.record import City, CityKind


@dataclass(frozen=True, kw_only=True)
class Parties:
    """All parties by code, and the names of those that may be shown, in the reader's language."""

    cities: Mapping[str, City]
    names: Mapping[str, Foreign]

    def calendars(self, agreement: Agreement) -> list[Calendar]:
        """The calendars of the agreement's parties; one that may not be shown counts all the same."""
        return [calendar_of(self.cities[code]) for code in agreement.parties if code in self.cities]


def worked_out(agreement: Agreement, parties: Parties, today: date) -> Deadline:
    """The deadlines of the agreement, seen from `today`."""
    return deadline(terms_of(agreement), today, parties.calendars(agreement))


def deadline_items(agreement: Agreement, parties: Parties, today: date) -> list[Item]:
    """What a card says about term, end and notice; nothing is guessed."""
    if agreement.state in SIGNING:
        return _terms(agreement)
    found = worked_out(agreement, parties, today)
    return [
        *_terms(agreement),
        *_end(agreement, found),
        *_notices(agreement, parties),
        *_notice(found, agreement, parties),
    ]


def _terms(agreement: Agreement) -> list[Item]:
    return [item(_term(agreement)), *([item(_notice_terms(agreement))] if agreement.notice else [])]


def _term(agreement: Agreement) -> Say:
    start, term, renewal = agreement.in_force, agreement.term, agreement.renewal
    if term is None:
        return say("agreements.reply.term_unknown", key=agreement.id)
    if start is None:
        return say("agreements.reply.start_unknown", term=term, key=agreement.id)
    if renewal is None:
        return say("agreements.reply.term", term=term, start=start)
    return say("agreements.reply.term_renewed", term=term, start=start, renewal=renewal)


def _notice_terms(agreement: Agreement) -> Say:
    if agreement.notice_to is None:
        return say("agreements.reply.notice_to_unknown", notice=agreement.notice)
    return say("agreements.reply.notice_terms", notice=agreement.notice, to=agreement.notice_to)


def _end(agreement: Agreement, found: Deadline) -> Iterator[Item]:
    end = found.term_end
    if end is None:
        return
    if found.over:
        yield item(say("agreements.reply.ended", end=end.on))
    elif noticed_on(agreement) is not None and agreement.ends_on is None:
        yield item(say("agreements.reply.ends_by_notice", end=end.on))
    elif end.renewals is None:
        yield item(say("agreements.reply.ends_on", end=end.on))
    elif end.renewals == 0:
        yield item(say("agreements.reply.term_end", end=end.on))
    else:
        yield item(say("agreements.reply.term_end_renewed", end=end.on, count=end.renewals))


def _notices(agreement: Agreement, parties: Parties) -> Iterator[Item]:
    for notice in agreement.notices:
        if notice.by in parties.names:
            yield item(say("agreements.reply.notice_by", city=parties.names[notice.by], sent=notice.sent),
                       below=tuple(_received(agreement, notice, parties)))  # fmt: skip


def _received(agreement: Agreement, notice: Notice, parties: Parties) -> Iterator[Item]:
    reached = tuple(
        say("agreements.reply.received_by", city=parties.names[city], day=day)
        for city, day in notice.received.items()
        if city in parties.names
    )
    if reached:
        yield item(say("agreements.reply.received", cities=reached))
    missing = tuple(parties.names[city] for city in unreached(agreement, notice) if city in parties.names)
    if missing:
        yield item(say("agreements.reply.not_received", cities=missing))


def _notice(found: Deadline, agreement: Agreement, parties: Parties) -> Iterator[Item]:
    if agreement.notice is not None and agreement.notice_to is NoticeTo.ANY_TIME and noticed_on(agreement) is None:
        if agreement.ends_on is None and not found.over:
            yield item(say("agreements.reply.any_time"))
        return
    first = found.notice
    if first is None:
        return
    if not found.passed:
        yield _day(agreement, parties, first, say("agreements.reply.last_day", day=first.last_day))
        return
    missed = say("agreements.reply.missed", day=first.last_day, end=first.noticed_to.on)
    if found.next is None:
        yield item(missed, " ", say("agreements.reply.no_next"))
        return
    yield item(missed)
    yield _day(agreement, parties, found.next, say("agreements.reply.next_day", day=found.next.last_day))


def _day(agreement: Agreement, parties: Parties, day: NoticeDay, said: Inline) -> Item:
    return item(said, below=(*_how(agreement, day), *_unknown_days(parties), *_councils(parties, agreement, day)))


def _how(agreement: Agreement, day: NoticeDay) -> tuple[Item, ...]:
    return item(_derived(agreement, day)), item(_safe(day))


def _unknown_days(parties: Parties) -> Iterator[Item]:
    """Which parties' holidays nobody has recorded, so that a working day of theirs may be none."""
    unknown = tuple(name for code, name in parties.names.items() if parties.cities[code].holidays is None)
    if unknown:
        yield item(say("agreements.reply.holidays_unknown", cities=unknown))


def _derived(agreement: Agreement, day: NoticeDay) -> Say:
    return say(
        "agreements.reply.derived",
        day=day.last_day,
        notice=agreement.notice,
        end=day.noticed_to.on,
        kind=_kind(agreement, day.noticed_to),
    )


def _kind(agreement: Agreement, end: End) -> Say:
    if agreement.notice_to is NoticeTo.QUARTER_END:
        return say("agreements.reply.quarter_end")
    if agreement.notice_to is NoticeTo.YEAR_END:
        return say("agreements.reply.year_end")
    return say("agreements.reply.renewed_end") if end.renewals else say("agreements.reply.first_end")


def _safe(day: NoticeDay) -> Say:
    if day.safe_day == day.last_day:
        return say("agreements.reply.safe_same")
    return say("agreements.reply.safe_day", day=day.safe_day)


def _councils(parties: Parties, agreement: Agreement, day: NoticeDay) -> Iterator[Item]:
    cities = [(code, parties.cities[code]) for code in agreement.parties if code in parties.names]
    days = tuple(
        say("agreements.reply.council", city=parties.names[code], day=lead_day(city, day.safe_day))
        for code, city in cities
        if city.kind is CityKind.CITY
    )
    if days:
        yield item(say("agreements.reply.councils", days=days))


def lead_day(city: City, safe_day: date) -> date:
    """The day by which the city's council must have the matter."""
    recess = [(period.from_, period.to) for period in city.recess]
    return council_lead_day(safe_day, city.council_lead, recess, calendar_of(city))
