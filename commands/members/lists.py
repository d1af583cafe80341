"""Lists of cities, people and seats: ten lines, then more."""

from commands.framework.caller import Caller
from commands.framework.command import words
from commands.framework.reply import Bullets, Item, Question, Reply, line, reply, say
from commands.members.args import ListArgs
from commands.members.shown import city_item, person_item, seat_item
from commands.members.words import one_of
from storage.cities.queries import cities, cities_page, count_cities
from storage.people.queries import count_people, people, people_page
from storage.prompts import PromptKind
from storage.seats.queries import count_seats, seats_of_people, seats_page
from storage.work import Work

PAGE = 10
"""As many lines as a list shows at once."""

LIST = words("liste", "list")
CITIES = words("städte stadt", "cities city")
PEOPLE = words("personen person", "people person")
SEATS = words("sitze", "seats")


async def list_cities(work: Work, caller: Caller, args: ListArgs) -> Reply:
    """Cities and partners with what they are today."""
    total = await count_cities(work, caller.scope)
    found = await cities_page(work, caller.scope, limit=PAGE, offset=_offset(args))
    items = [city_item(k.record, caller.language, caller.today) for k in found]
    return _page(caller, args, one_of(caller.language, de="städte", en="cities"), items, total)


async def list_people(work: Work, caller: Caller, args: ListArgs) -> Reply:
    """People with the seats they hold today."""
    total = await count_people(work, caller.scope)
    found = await people_page(work, caller.scope, limit=PAGE, offset=_offset(args))
    held = await seats_of_people(work, caller.scope, frozenset(k.key for k in found), caller.today)
    codes = frozenset(k.record.city for seats in held.values() for k in seats)
    known = await cities(work, caller.scope, codes)
    items = [person_item(k, held.get(k.key, ()), known, caller.language) for k in found]
    return _page(caller, args, one_of(caller.language, de="personen", en="people"), items, total)


async def list_seats(work: Work, caller: Caller, args: ListArgs) -> Reply:
    """The seats of today with their holders, vacant ones included."""
    total = await count_seats(work, caller.scope, caller.today)
    found = await seats_page(work, caller.scope, caller.today, limit=PAGE, offset=_offset(args))
    names = await people(work, caller.scope, frozenset(k.record.holder for k in found if k.record.holder))
    known = await cities(work, caller.scope, frozenset(k.record.city for k in found))
    items = [seat_item(k.record, known, names, caller.language, caller.today) for k in found]
    return _page(caller, args, one_of(caller.language, de="sitze", en="seats"), items, total)


def _offset(args: ListArgs) -> int:
    return max(args.start, 1) - 1


def _page(caller: Caller, args: ListArgs, word: str, items: list[Item], total: int) -> Reply:
    if not items:
        return reply(line(say("members.reply.nothing_listed")))
    rest = total - _offset(args) - len(items)
    if rest <= 0:
        return reply(Bullets(tuple(items)))
    start = _offset(args) + len(items) + 1
    following = one_of(caller.language, de=f"!liste {word} ab:{start}", en=f"!list {word} from:{start}")
    question = Question(kind=PromptKind.OFFER, body={"line": following})
    return reply(Bullets(tuple(items)), line(say("members.reply.more", count=rest)), question=question)
