"""Many agreements at once: ten lines, then more."""

from collections.abc import Mapping
from typing import Annotated

from commands.agreements.rules import missing_signatures
from commands.framework.caller import Caller
from commands.framework.command import Args, named, placed
from commands.framework.parties import access_city, city_names
from commands.framework.past import scope_on
from commands.framework.refs import CityRef, PastDay
from commands.framework.reply import Bullets, Foreign, Item, Question, Reply, heading, item, line, reply, say
from commands.framework.texts import installed
from storage.agreements.queries import AgreementFilter, agreements_page, count_agreements
from storage.agreements.record import Agreement, AgreementState
from storage.prompts import PromptKind
from storage.values import Count, Language
from storage.work import Work

PAGE = 10


class ListArgs(Args):
    """`!liste vereinbarungen`, of some states or one party; `ab:` goes on where the last page ended."""

    states: Annotated[tuple[AgreementState, ...], placed("zustand", "state")] = ()
    city: Annotated[CityRef | None, placed("stadt", "city")] = None
    day: Annotated[PastDay | None, named("am", "on")] = None
    first: Annotated[Count | None, named("ab", "from")] = None


async def run_list(work: Work, caller: Caller, args: ListArgs) -> Reply:
    """List agreements, ten at a time."""
    scope = scope_on(caller, args.day)
    party = await access_city(work, caller, args.city) if args.city else None
    wanted = AgreementFilter(states=frozenset(args.states), party=party)
    offset = max(args.first or 1, 1) - 1
    total = await count_agreements(work, scope, wanted)
    if not total:
        return reply(line(say("agreements.reply.none_found")))
    page = await agreements_page(work, scope, wanted, limit=PAGE, offset=offset)
    parties = (code for kept in page for code in kept.record.parties)
    names = await city_names(work, caller.scope, parties, caller.language)
    left = total - offset - len(page)
    more = Question(kind=PromptKind.OFFER, body={"line": _more(args, offset + PAGE + 1)}) if left > 0 else None
    return reply(
        heading(say("agreements.reply.found", count=total)),
        *([line(say("agreements.reply.recorded_on", day=args.day))] if scope.as_of else []),
        Bullets(tuple(_listed(kept.record, names) for kept in page)),
        *([line(say("agreements.reply.more", count=left))] if left > 0 else []),
        question=more,
    )


def _listed(record: Agreement, names: Mapping[str, Foreign]) -> Item:
    missing = tuple(names[code] for code in missing_signatures(record) if code in names)
    cities = tuple(names[code] for code in record.parties if code in names)
    facts = {"key": record.id, "title": Foreign(record.title), "cities": cities}
    if record.state is AgreementState.SIGNED and missing:
        return item(say("agreements.reply.listed_unsigned", **facts, missing=missing))
    return item(say("agreements.reply.listed", **facts, state=record.state))


def _more(args: ListArgs, first: int) -> str:
    shown = installed().shown
    words = [
        ", ".join(shown(state, Language.DE) for state in args.states),
        f"stadt:{args.city.key}" if args.city else "",
        f"am:{args.day.isoformat()}" if args.day else "",
    ]
    return " ".join(["!liste vereinbarungen", *(word for word in words if word), f"ab:{first}"])
