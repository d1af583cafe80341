"""Giving seats to people, leaving them, and asking for one."""

from collections.abc import Iterator
from datetime import date

from commands.framework.caller import Caller
from commands.framework.reply import Block, Foreign, Reply, line, say
from commands.members.actions import Seating, body_for, fill_seat, leave_seat
from commands.members.args import RequestArgs, SeatArgs
from commands.members.notes import doer, tell_seats
from commands.members.requests import ask_for_seat
from commands.members.rules import DAY, SINGLE, Appointment, HolderNeeded, NobodyYet, RoleNeeded, first_day
from commands.members.shown import Names, city_name, seat_parts
from commands.members.words import one_of, seat_line
from storage.folding import fold
from storage.people.queries import people
from storage.seats.queries import seats_of_city
from storage.seats.record import Role
from storage.values import Language
from storage.work import Work


async def seat(work: Work, caller: Caller, args: SeatArgs) -> Reply:
    """Give a seat to somebody, or leave it."""
    if args.vacancy is not None:
        return await _vacated(work, caller, args)
    if args.role is None:
        raise RoleNeeded(hint=seat_line(caller.language, args.city.key, Role.VOTING, "@…"))
    wanted = await _wanted(work, caller, args, args.role)
    done = await fill_seat(work, caller, args.city, wanted)
    return await _seated(work, caller, done)


async def _wanted(work: Work, caller: Caller, args: SeatArgs, role: Role) -> Appointment:
    start = args.start or caller.today
    body = await body_for(work, caller, args.city.key, role, args.body, start)
    holder = _said_holder(caller, args) or await _holder(work, caller, args, role, body)
    return Appointment(
        city=args.city.key,
        body=body,
        role=role,
        holder=holder,
        office=args.office,
        start=start,
        end=args.end,
    )


def _said_holder(caller: Caller, args: SeatArgs) -> str | None:
    if isinstance(args.holder, str):
        hint = one_of(caller.language, de=f"!neu person {args.holder}", en=f"!new person {args.holder}")
        raise NobodyYet(mxid=args.holder, hint=hint)
    return args.holder.key if args.holder else None


async def _holder(work: Work, caller: Caller, args: SeatArgs, role: Role, body: str) -> str:
    """Who holds the seat already, where only its title or days are to change."""
    seats = await seats_of_city(work, caller.scope, args.city.key, args.start or caller.today)
    held = [k.record.holder for k in seats if k.record.role is role and fold(k.record.body) == fold(body)]
    if len(held) != 1 or held[0] is None or not (args.office or args.end):
        raise HolderNeeded(hint=seat_line(caller.language, args.city.key, role, "@…"), role=role)
    return held[0]


async def _seated(work: Work, caller: Caller, made: Seating) -> Reply:
    seats = [seat for seat in (made.now, made.before) if seat]
    by = await doer(work, caller)
    names = await people(work, caller.scope, frozenset(seat.holder for seat in seats if seat.holder))

    def said(language: Language) -> tuple[Block, ...]:
        known = {made.city.code: made.city}
        now = [line(*seat_parts(made.now, known, names, language, caller.today), ".")] if made.now else []
        return (*now, *_before(made, names))

    def note(language: Language) -> tuple[Block, ...]:
        return (*said(language), line(say("members.reply.entered_by", by=by)))

    told = await tell_seats(work, caller, made.city.code, note, also=[seat.holder for seat in seats])
    return Reply(blocks=said(caller.language), about=made.city.code, tell=told)


def _before(made: Seating, names: Names) -> tuple[Block, ...]:
    before, now = made.before, made.now
    holder = names.get(before.holder or "") if before else None
    if before is None or holder is None or now is None or now.from_ is None:
        return ()
    name = Foreign(holder.record.name)
    last = now.from_.first_day() - DAY
    if first_day(before) > last:
        return (line(say("members.reply.instead_of", holder=name)),)
    return (line(say("members.reply.until_then", holder=name, day=last)),)


async def _vacated(work: Work, caller: Caller, args: SeatArgs) -> Reply:
    start = args.start or caller.today
    holder = _said_holder(caller, args)
    left = await leave_seat(work, caller, args.city, role=args.role, holder=holder, body=args.body, start=start)
    by = await doer(work, caller)
    known = await people(work, caller.scope, frozenset(filter(None, [left.before.holder if left.before else None])))

    def said(language: Language) -> tuple[Block, ...]:
        return tuple(_left(left, known, language, start))

    def note(language: Language) -> tuple[Block, ...]:
        return (*said(language), line(say("members.reply.entered_by", by=by)))

    also = [left.before.holder] if left.before else []
    told = await tell_seats(work, caller, left.city.code, note, also=also)
    unled = (line(say("members.reply.unled")),) if left.unled else ()
    return Reply(blocks=(*said(caller.language), *unled), about=left.city.code, tell=told)


def _left(left: Seating, known: Names, language: Language, start: date) -> Iterator[Block]:
    seat = left.before
    if seat is None:
        return
    holder = known.get(seat.holder or "")
    name = Foreign(holder.record.name) if holder else say("members.reply.somebody")
    city, role = city_name(left.city, language), seat.role
    if role in SINGLE:
        yield line(say("members.reply.left_vacant", city=city, role=role, holder=name, day=start))
    else:
        yield line(say("members.reply.left", city=city, role=role, holder=name, day=start))


async def request_seat(work: Work, caller: Caller, args: RequestArgs) -> Reply:
    """Ask coordination for a seat."""
    return await ask_for_seat(work, caller, args.city, args.role, args.name)
