"""Many agreements at once: ten lines, then more."""

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
from storage.view import View
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
    items = tuple([await _listed(work, caller, kept.record) for kept in page])
    left = total - offset - len(page)
    more = Question(kind=PromptKind.OFFER, body={"line": _more(args, offset + PAGE + 1)}) if left > 0 else None
    return reply(
        heading(say("agreements.reply.found", count=total)),
        *([line(say("agreements.reply.recorded_on", day=args.day))] if scope.as_of else []),
        Bullets(items),
        *([line(say("agreements.reply.more", count=left))] if left > 0 else []),
        question=more,
    )


async def _listed(view: View, caller: Caller, record: Agreement) -> Item:
    names = await city_names(view, caller.scope, record.parties, caller.language)
    missing = tuple(names[code] for code in missing_signatures(record) if code in names)
    facts = {"key": record.id, "title": Foreign(record.title), "cities": tuple(names.values())}
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
