"""Joining, pausing and leaving: what a city is from a day on, with what must be seen to before."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, timedelta

from commands.framework.caller import Caller
from commands.framework.noun import ExitItems
from commands.framework.reply import Block, Bullets, Code, Foreign, Inline, Item, Reply, item, line, say
from commands.members.actions import change_membership, entering, state_from
from commands.members.args import MembershipArgs
from commands.members.notes import doer, tell_seats
from commands.members.rules import SINGLE, state_on
from commands.members.shown import city_name, entered, seat_items
from commands.members.words import seat_line
from storage.cities.record import City, CityState, State
from storage.people.queries import people
from storage.scope import Scope
from storage.seats.queries import seats_of_city
from storage.seats.record import Role
from storage.values import Language
from storage.view import View
from storage.work import Work

DAY = timedelta(days=1)
CONFIRMED = frozenset({CityState.MEMBER, CityState.DORMANT, CityState.LEFT})
"""States that give or take votes: entering or losing one is shown with its check list before it is recorded."""

Previewed = Callable[[Work, Caller, MembershipArgs], Awaitable[tuple[Block, ...] | None]]


async def exit_items(view: View, scope: Scope, city: str, last: date) -> tuple[Item, ...]:
    """The seats of the city, which end only when somebody says so."""
    seats = [k for k in await seats_of_city(view, scope, city, last) if k.record.holder]
    if not seats:
        return ()
    names = await people(view, scope, frozenset(k.record.holder for k in seats if k.record.holder))
    return (item(say("members.reply.exit_seats"), below=seat_items(seats, names, last)),)


def previewing(others: Sequence[ExitItems]) -> Previewed:
    """The preview of a change of membership; `others` add to the check list of a city that leaves."""

    async def preview(work: Work, caller: Caller, args: MembershipArgs) -> tuple[Block, ...] | None:
        state = _state(args, caller)
        kept, after = await entering(work, caller, args.city, state)
        replaced = state_on(kept.record, state.from_.first_day())
        if state.state not in CONFIRMED and (replaced is None or replaced.state not in CONFIRMED):
            return None
        last = state.from_.first_day() - DAY
        items = tuple(_entry(kept.record, caller)) if state.state is CityState.MEMBER else ()
        if state.state is CityState.MEMBER:
            items = (*await _vacancies(work, caller, kept.record, state.from_.first_day()), *items)
        elif state.state is CityState.LEFT:
            items = tuple([one for each in others for one in await each(work, caller.scope, kept.key, last)])
        return tuple(_shown(caller, after, state, items))

    return preview


def _state(args: MembershipArgs, caller: Caller) -> State:
    return state_from(args.state, args.start or caller.today, args.reason)


def _shown(caller: Caller, after: City, state: State, items: tuple[Item, ...]) -> Iterator[Block]:
    start = state.from_.first_day()
    name = city_name(after, caller.language)
    yield line(say("members.reply.becomes", name=name, code=after.code, state=state.state, start=start))
    member = state_on(after, start - DAY)
    if start < caller.today:
        yield line(say("members.reply.backdated"))
    elif member is not None and member.state is CityState.MEMBER:
        yield line(say("members.reply.member_until", last=start - DAY))
    elif start > caller.today:
        yield line(say("members.reply.unchanged_until", start=start))
    if items:
        yield line(say("members.reply.to_see_to"))
        yield Bullets(items)


async def _vacancies(view: View, caller: Caller, city: City, start: date) -> tuple[Item, ...]:
    """Which of the seats that vote are held by nobody on the first day, with the line that fills them."""
    held = {k.record.role for k in await seats_of_city(view, caller.scope, city.code, start) if k.record.holder}
    return tuple(
        item(
            say("members.reply.seat_vacant", role=role, command=Code(seat_line(caller.language, city.code, role, "@…")))
        )
        for role in Role
        if role in SINGLE and role not in held
    )


def _entry(city: City, caller: Caller) -> Iterator[Item]:
    if city.holidays is None:
        yield item(say("members.reply.no_holidays", code=city.code))
    if not city.homeservers:
        yield item(say("members.reply.no_servers", code=city.code))
    yield item(say("members.reply.running_votes", name=city_name(city, caller.language)))


async def membership(work: Work, caller: Caller, args: MembershipArgs) -> Reply:
    """Record what a city is from a day on; its seats are told."""
    state = _state(args, caller)
    changed = await change_membership(work, caller, args.city, state)
    by = await doer(work, caller)

    def note(language: Language) -> tuple[Block, ...]:
        return (line(say("members.reply.membership_by", by=by, what=_said(changed, state, caller, language))),)

    told = await tell_seats(work, caller, changed.code, note)
    first = line(_said(changed, state, caller, caller.language))
    return Reply(blocks=(first,), about=changed.code, tell=told)


def _said(city: City, state: State, caller: Caller, language: Language) -> Inline:
    name = city_name(city, language)
    reason = Foreign(state.reason) if state.reason else None
    if reason is None:
        return say("members.reply.membership", name=name, code=city.code, state=entered(state, caller.today))
    return say(
        "members.reply.membership_because", name=name, code=city.code, state=entered(state, caller.today), reason=reason
    )
