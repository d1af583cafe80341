"""Recording, changing and showing cities and partners."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from commands.framework.caller import Caller
from commands.framework.refs import Ref
from commands.framework.reply import Block, Bullets, Code, RecordRef, Reply, Say, line, reply, say
from commands.members.access import access_city
from commands.members.actions import CityFacts, change_city, record_city, state_from
from commands.members.args import CityArgs, EditCityArgs, ShowCityArgs
from commands.members.notes import doer, tell_seats
from commands.members.rules import fits
from commands.members.shown import about_city, announced, city_days, city_name, entered, seat_items
from commands.members.words import seat_line
from storage.cities.record import City, CityKind, CityState, PartnerKind
from storage.people.queries import people
from storage.projects.queries import ProjectFilter, projects_page
from storage.seats.queries import seats_of_city
from storage.seats.record import Role
from storage.values import Language
from storage.work import Work

MOST_LED = 30
"""As many projects as are named with the city that leads them."""


async def new_city(work: Work, caller: Caller, args: CityArgs) -> Reply:
    """Record a city or partner; a city is a member unless something else is said."""
    partner = args.kind if isinstance(args.kind, PartnerKind) else None
    kind = CityKind.PARTNER if partner or args.kind is CityKind.PARTNER else CityKind.CITY
    state = args.state or (CityState.PARTNER if kind is CityKind.PARTNER else CityState.MEMBER)
    fits(kind, state)
    begun = state_from(state, args.start or caller.today, None)
    made = await record_city(work, caller, args.code, _facts(args), kind, partner, begun)
    said = say("members.reply.city_made", name=city_name(made, caller.language), code=made.code)
    return reply(line(said, " ", entered(begun, caller.today), "."), line(_next_step(caller, made)), about=made.code)


def _next_step(caller: Caller, made: City) -> Say:
    role = Role.VOTING if made.states[-1].state is CityState.MEMBER else Role.GUEST
    return say("members.reply.next_seat", command=Code(seat_line(caller.language, made.code, role, "@…")))


def _facts(args: CityArgs | EditCityArgs) -> CityFacts:
    return CityFacts(
        name=args.name,
        english=args.english,
        aliases=args.aliases,
        servers=args.servers,
        holidays=args.holidays,
    )


async def edit_city(work: Work, caller: Caller, args: EditCityArgs) -> Reply:
    """Change what is said of a city."""
    changed = await change_city(work, caller, args.city, _facts(args))
    by = await doer(work, caller)

    def note(language: Language) -> tuple[Block, ...]:
        name = city_name(changed, language)
        return (line(say("members.reply.city_changed_by", by=by, name=name, code=changed.code)),)

    told = await tell_seats(work, caller, changed.code, note)
    said = say("members.reply.city_changed", name=city_name(changed, caller.language), code=changed.code)
    return Reply(blocks=(line(said),), acknowledged=True, about=changed.code, tell=told)


async def show_city(work: Work, caller: Caller, args: ShowCityArgs) -> Reply:
    """A city or partner: names, state, seats, what it leads, the days it does not work."""
    found = (await access_city(work, caller, args.city)).record
    day = args.day or caller.today
    seats = await seats_of_city(work, caller.scope, found.code, day)
    names = await people(work, caller.scope, frozenset(k.record.holder for k in seats if k.record.holder))
    items = seat_items(seats, names, day)
    blocks: list[Block] = [*about_city(found, caller.language, day)]
    if args.day is not None:
        blocks.insert(1, line(say("members.reply.as_of", day=day)))
    else:
        blocks += announced(found, day)
    blocks += [line(say("members.reply.seats", count=len(items))), Bullets(items)] if items else [_no_seats()]
    led = await _led(work, caller, found.code, args.day)
    blocks += [line(say("members.reply.leads", projects=led))] if led else []
    days = city_days(found, day) if args.day is None else ()
    return replace(reply(*blocks, *days, about=found.code), card=args.day is None)


async def city_card(work: Work, caller: Caller, code: str) -> Reply:
    """The same of today, for an earlier answer that is put right."""
    return await show_city(work, caller, ShowCityArgs(city=Ref("cities", code)))


def _no_seats() -> Block:
    return line(say("members.reply.no_seats"))


async def _led(work: Work, caller: Caller, code: str, day: date | None) -> tuple[RecordRef, ...]:
    """The running and planned projects that the city leads; on a past day as they were recorded at its end."""
    scope = caller.scope if day is None else replace(caller.scope, as_of=_end_of(day, caller))
    wanted = ProjectFilter(lead=code)
    found = await projects_page(work, scope, wanted, limit=MOST_LED, offset=0)
    return tuple(RecordRef("projects", kept.key) for kept in found)


def _end_of(day: date, caller: Caller) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, caller.zone)
