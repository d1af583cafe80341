"""What is kept about the caller, for the caller alone: grouped, with every list and count and the newest entries."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from commands.desk.history import shown_value
from commands.framework.caller import Caller
from commands.framework.reply import (
    Block,
    Bullets,
    Code,
    Foreign,
    Inline,
    Item,
    Label,
    RecordRef,
    Reply,
    Say,
    Tell,
    heading,
    item,
    line,
    reply,
    say,
)
from commands.framework.texts import installed
from storage.mapping import scalars_of, to_tree
from storage.matrix.queries import direct_room
from storage.operations import Operation, newest_operations_of
from storage.people.queries import people
from storage.people.record import Absence, Person
from storage.people.tables import PEOPLE
from storage.personal import NEWEST, Mention, Subject, kept_elsewhere, mentions, own_versions
from storage.records import Kept
from storage.scope import unlimited
from storage.seats.queries import seats_ever
from storage.seats.record import Seat
from storage.values import COLLECTIONS, Language
from storage.work import Work

_KEPT: Mapping[str, Callable[[int], Say]] = {
    "messages": lambda count: say("privacy.reply.kept_messages", count=count),
    "questions": lambda count: say("privacy.reply.kept_questions", count=count),
    "preferences": lambda count: say("privacy.reply.kept_preferences", count=count),
    "bundle_keys": lambda count: say("privacy.reply.kept_bundle_keys", count=count),
    "direct_chats": lambda count: say("privacy.reply.kept_direct_chats", count=count),
    "invitations": lambda count: say("privacy.reply.kept_invitations", count=count),
    "devices": lambda count: say("privacy.reply.kept_devices", count=count),
    "identities": lambda count: say("privacy.reply.kept_identities", count=count),
    "unread": lambda count: say("privacy.reply.kept_unread", count=count),
    "withheld": lambda count: say("privacy.reply.kept_withheld", count=count),
    "told": lambda count: say("privacy.reply.kept_told", count=count),
    "waiting": lambda count: say("privacy.reply.kept_waiting", count=count),
    "withdrawals": lambda count: say("privacy.reply.kept_withdrawals", count=count),
    "incidents": lambda count: say("privacy.reply.kept_incidents", count=count),
    "incident_facts": lambda count: say("privacy.reply.kept_incident_facts", count=count),
}
"""What is said of what is kept outside the register, by its kind; operations are told by themselves."""


async def disclose(work: Work, caller: Caller) -> Reply:
    """Everything kept about the caller, in their direct chat and nowhere else."""
    if caller.place.direct:
        return reply(*await about_caller(work, caller))
    if await direct_room(work.connection, caller.place.account, caller.mxid) is None:
        return reply(line(say("privacy.reply.only_direct")))
    told = Tell(person=caller.mxid, blocks=await about_caller(work, caller))
    return Reply(blocks=(line(say("privacy.reply.sent_directly")),), tell=(told,))


async def about_caller(work: Work, caller: Caller) -> tuple[Block, ...]:
    """Person, seats, records, changes and traces, in this order."""
    subject = Subject(key=caller.key, mxid=caller.mxid)
    elsewhere = await kept_elsewhere(work.connection, subject)
    blocks: list[Block] = [heading(say("privacy.reply.about_you", at=work.now))]
    if caller.key:
        blocks += await _registered(work, caller.key)
    else:
        blocks.append(line(say("privacy.reply.not_registered", mxid=Code(caller.mxid))))
    blocks += _traces(elsewhere)
    complete = Code(f"stadtbote privacy {caller.mxid} auskunft.json")
    if caller.language is Language.EN:
        complete = Code(f"stadtbote privacy {caller.mxid} disclosure.json")
    return (*blocks, line(say("privacy.reply.complete", command=complete)), line(say("privacy.reply.how_to_erase")))


async def _registered(work: Work, key: str) -> list[Block]:
    found = await people(work, unlimited(), frozenset({key}))
    seats = await seats_ever(work, unlimited(), key)
    named = [each for each in await mentions(work, key) if each.table != "seats"]
    known = await people(work, unlimited(), frozenset(_deputies(found[key].record)))
    return [
        line(say("privacy.reply.person")),
        Bullets((*_fields(found[key].record), *_absences(found[key].record, known), *await _versions(work, key))),
        *_seats(seats),
        *_records(named),
        *await _changes(work, key),
    ]


def _deputies(person: Person) -> Iterator[str]:
    return (absence.deputy for absence in person.absences if absence.deputy)


def _fields(person: Person) -> Iterator[Item]:
    values = to_tree(PEOPLE, person).values
    for scalar in scalars_of(PEOPLE, "people"):
        if values.get(scalar.column) not in (None, "[]"):
            yield item(Label("people", scalar.column), ": ", shown_value(scalar, values[scalar.column], {}))


def _absences(person: Person, known: Mapping[str, Kept[Person]]) -> Iterator[Item]:
    return (_absence(absence, known.get(absence.deputy or "")) for absence in person.absences)


def _absence(absence: Absence, deputy: Kept[Person] | None) -> Item:
    if deputy is None:
        return item(say("privacy.reply.absence", start=absence.from_, end=absence.to))
    stands_in = Foreign(deputy.record.name)
    return item(say("privacy.reply.absence_deputy", start=absence.from_, end=absence.to, deputy=stands_in))


async def _versions(work: Work, key: str) -> tuple[Item, ...]:
    count = await own_versions(work, key)
    return (item(say("privacy.reply.versions", count=count)),) if count else ()


def _seats(seats: Sequence[Kept[Seat]]) -> tuple[Block, ...]:
    if not seats:
        return ()
    shown = tuple(item(*_seat(kept.record)) for kept in seats)
    return (line(say("privacy.reply.seats", count=len(shown))), Bullets(shown))


def _seat(seat: Seat) -> Iterator[Inline]:
    yield from (seat.city, ": ", say("privacy.reply.seat", role=seat.role, body=Foreign(seat.body)))
    if seat.office:
        yield from (", ", Foreign(seat.office))
    if seat.from_:
        yield from (", ", say("privacy.reply.since", day=seat.from_))
    if seat.to:
        yield from (", ", say("privacy.reply.until", day=seat.to))


def _records(named: Sequence[Mention]) -> tuple[Block, ...]:
    """The records that name the caller, list by list, each list with its newest records."""
    lists: dict[str, list[Mention]] = defaultdict(list)
    for mention in named:
        lists[mention.collection].append(mention)
    if not lists:
        return ()
    return (line(say("privacy.reply.records")), Bullets(tuple(_list(*each) for each in lists.items())))


def _list(collection: str, named: Sequence[Mention]) -> Item:
    places, former = sum(mention.now for mention in named), sum(mention.former for mention in named)
    parts: list[Inline] = [say("privacy.reply.places", noun=LISTS[collection], count=places)]
    if former:
        parts += [", ", say("privacy.reply.former", count=former)]
    keys = tuple(dict.fromkeys(key for mention in named for key in mention.records))[:NEWEST]
    if keys and collection in COLLECTIONS.values():
        parts += [", ", say("privacy.reply.newest", records=tuple(RecordRef(collection, key) for key in keys))]
    return item(*parts)


LISTS: Mapping[str, Say] = {
    "cooperation": say("privacy.reply.list_cooperation"),
    "cities": say("privacy.reply.list_cities"),
    "people": say("privacy.reply.list_people"),
    "seats": say("privacy.reply.list_seats"),
    "agreements": say("privacy.reply.list_agreements"),
    "projects": say("privacy.reply.list_projects"),
    "barriers": say("privacy.reply.list_barriers"),
    "decisions": say("privacy.reply.list_decisions"),
    "tasks": say("privacy.reply.list_tasks"),
    "meetings": say("privacy.reply.list_meetings"),
    "solutions": say("privacy.reply.list_solutions"),
    "statements": say("privacy.reply.list_statements"),
    "rooms": say("privacy.reply.list_rooms"),
    "reminders": say("privacy.reply.list_reminders"),
    "glossary": say("privacy.reply.list_glossary"),
}
"""What the lists of the register are called."""


async def _changes(work: Work, key: str) -> tuple[Block, ...]:
    newest = await newest_operations_of(work.connection, key, most=NEWEST)
    count = (await kept_elsewhere(work.connection, Subject(key=key, mxid=None))).get("operations", 0)
    if not newest:
        return ()
    shown = tuple(item(_change(operation)) for operation in newest)
    return (line(say("privacy.reply.changes", count=count)), Bullets(shown))


def _change(operation: Operation) -> Say:
    title = title_key(operation.command)
    if not installed().has(title):
        return say("privacy.reply.change_otherwise", at=operation.at)
    return say("privacy.reply.change", at=operation.at, title=Say(title_key(operation.command)))


def title_key(command: str) -> str:
    """Where the title of a command stands; replies in free text are changes without one."""
    room, _, word = command.partition(".")
    return f"{room}.command.{word}.title"


def _traces(elsewhere: Mapping[str, int]) -> tuple[Block, ...]:
    found = {_KEPT[kind]: count for kind, count in elsewhere.items() if kind in _KEPT}
    if not found:
        return ()
    shown = tuple(item(said(count)) for said, count in found.items())
    return (line(say("privacy.reply.elsewhere")), Bullets(shown))
