"""Recording, changing and showing people."""

from commands.framework.caller import Caller
from commands.framework.refs import Ref
from commands.framework.reply import Block, Code, Foreign, Reply, line, reply, say
from commands.members.access import access_person
from commands.members.actions import change_person, record_person
from commands.members.args import EditPersonArgs, MeArgs, PersonArgs, ShowPersonArgs
from commands.members.me import about_caller, change_own_settings
from commands.members.rules import on
from commands.members.shown import about_person, own_seats
from commands.members.words import seat_line
from storage.cities.queries import cities, city_of_server
from storage.people.record import Person
from storage.seats.queries import seats_held, seats_in_city_and_role
from storage.seats.record import Role
from storage.work import Work


async def new_person(work: Work, caller: Caller, args: PersonArgs) -> Reply:
    """Record somebody, so that they can hold a seat."""
    said = Person(
        key="new",
        name=args.name,
        mxid=args.mxid,
        language=args.language,
        expertise=args.expertise,
        email=args.email,
        phone=args.phone,
    )
    made = await record_person(work, caller, said)
    sentence = say("members.reply.person_made", name=Foreign(args.name))
    hint = Code(await _seat_for(work, caller, args))
    return reply(line(sentence), line(say("members.reply.person_next", command=hint)), about=made.key)


async def _seat_for(work: Work, caller: Caller, args: PersonArgs) -> str:
    """A seat that may fit: in the city whose server the person uses, the voting seat where nobody holds it."""
    server = args.mxid.partition(":")[2] if args.mxid else ""
    theirs = await city_of_server(work, caller.scope, server) if server else None
    code = theirs.key if theirs else next(iter(caller.cities), "M")
    voting = await seats_in_city_and_role(work, caller.scope, code, Role.VOTING)
    held = any(kept.record.holder and on(kept.record, caller.today) for kept in voting)
    return seat_line(caller.language, code, Role.MEMBER if held else Role.VOTING, args.mxid or args.name)


async def edit_person(work: Work, caller: Caller, args: EditPersonArgs) -> Reply:
    """Change what is said of a person."""
    given = {name: getattr(args, name) for name in sorted(args.model_fields_set - {"person"})}
    changed = await change_person(work, caller, args.person, given)
    return Reply(
        blocks=(line(say("members.reply.person_changed", name=Foreign(changed.name))),),
        acknowledged=True,
        about=args.person.key,
    )


async def show_person(work: Work, caller: Caller, args: ShowPersonArgs) -> Reply:
    """A person: seats today, and what else may be seen."""
    found = await access_person(work, caller, args.person)
    held = await seats_held(work, caller.scope, found.key, caller.today)
    known = await cities(work, caller.scope, frozenset(k.record.city for k in held))
    blocks = (*about_person(found.record, caller.today),)
    if not held:
        return _card(found.key, *blocks, line(say("members.reply.holds_none")))
    seats = own_seats(held, known, caller.language, caller.today)
    return _card(found.key, *blocks, line(say("members.reply.seats", count=len(held))), seats)


def _card(key: str, *blocks: Block) -> Reply:
    return Reply(blocks=blocks, about=key, card=True)


async def person_card(work: Work, caller: Caller, key: str) -> Reply:
    """The same of today, for an earlier answer that is put right."""
    return await show_person(work, caller, ShowPersonArgs(person=Ref("people", key)))


async def about_me(work: Work, caller: Caller, args: MeArgs) -> Reply:
    """Who the caller is, or how they want to be answered."""
    if args.language is None and args.sign is None:
        return await about_caller(work, caller)
    return await change_own_settings(work, caller, args.language, args.sign)
