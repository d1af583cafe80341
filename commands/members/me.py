"""Who the caller is for the bot: person, seats, rights here, language, and what is stored."""

from collections.abc import Iterator

from commands.framework.caller import Caller
from commands.framework.refusal import Refusal
from commands.framework.reply import Block, Code, Foreign, Label, Reply, Say, line, reply, say
from commands.members.shown import Cities, city_called, own_seats
from commands.members.words import one_of
from storage.cities.queries import cities
from storage.people.preferences import ACKNOWLEDGEMENT, Acknowledgement, prefer, preference
from storage.people.record import Person
from storage.people.tables import PEOPLE
from storage.records import Kept
from storage.scope import unlimited
from storage.values import Language, Visibility
from storage.work import Work


class NotRegistered(Refusal):
    """Settings need an entry to hang on; nothing is stored about strangers."""


SHOWN_HERE: dict[Visibility, Say] = {
    Visibility.PUBLIC: say("members.reply.shows_public"),
    Visibility.GUEST: say("members.reply.shows_guest"),
    Visibility.COOPERATION: say("members.reply.shows_cooperation"),
    Visibility.INTERNAL: say("members.reply.shows_internal"),
}
"""What a place with this cap shows, as a sentence."""


async def change_own_settings(
    work: Work, caller: Caller, language: Language | None, sign: Acknowledgement | None
) -> Reply:
    """Keep how the caller wants to be answered. Raises NotRegistered."""
    if caller.person is None:
        raise NotRegistered(mxid=caller.mxid)
    said: list[Block] = []
    if language is not None:
        changed = caller.person.record.model_copy(update={"language": language})
        await work.put(PEOPLE, caller.person.key, changed)
        said.append(line(say("members.reply.language_set", language=language)))
    if sign is not None:
        await prefer(work, caller.person.key, ACKNOWLEDGEMENT, sign.value)
        said.append(line(_sign(sign)))
    return reply(*said)


def _sign(sign: Acknowledgement) -> Say:
    text = sign is Acknowledgement.TEXT
    return say("members.reply.acknowledged_by_text") if text else say("members.reply.acknowledged_by_sign")


async def about_caller(work: Work, caller: Caller) -> Reply:
    """What the register knows of the caller today, and what follows from it here."""
    known = await cities(work, unlimited(), frozenset(caller.cities))
    if caller.person is None:
        return reply(*_stranger(caller))
    sign = await preference(work, caller.person.key, ACKNOWLEDGEMENT)
    blocks = (*_somebody(caller, caller.person, known), line(_sign(Acknowledgement(sign or Acknowledgement.SIGN))))
    return reply(*blocks, line(_stored(caller.person.record)))


def _stranger(caller: Caller) -> Iterator[Block]:
    yield line(say("members.reply.stranger", mxid=caller.mxid))
    if caller.coordinates:
        yield line(say("members.reply.may_stand_in"))
    else:
        yield line(say("members.reply.may_read"))
        yield line(say("members.reply.how_to_get_a_seat", command=_request(caller)))
    yield line(SHOWN_HERE[caller.scope.cap])
    yield line(say("members.reply.own_language", language=caller.language))
    yield line(say("members.reply.stored_nothing"))


def _somebody(caller: Caller, person: Kept[Person], known: Cities) -> Iterator[Block]:
    yield line(say("members.reply.you_are", name=Foreign(person.record.name), mxid=caller.mxid))
    if caller.seats:
        yield line(say("members.reply.your_seats", count=len(caller.seats)))
        yield own_seats(caller.seats, known, caller.language, caller.today)
    yield line(_rights(caller, known))
    if not caller.seats:
        yield line(say("members.reply.how_to_get_a_seat", command=_request(caller)))
    yield line(SHOWN_HERE[caller.scope.cap])
    yield line(say("members.reply.own_language", language=caller.language))


def _request(caller: Caller) -> Code:
    return Code(one_of(caller.language, de="!sitz anfragen M", en="!seat request M"))


def _rights(caller: Caller, known: Cities) -> Say:
    names = tuple(city_called(code, known, caller.language) for code in caller.staffed)
    if caller.coordinates:
        return say("members.reply.may_all") if caller.coordinated else say("members.reply.may_stand_in")
    if names:
        return say("members.reply.may_staff", cities=names)
    return say("members.reply.may_guest") if caller.seats else say("members.reply.may_read")


def _stored(person: Person) -> Say:
    named = ("name", "mxid", "language", "expertise", "email", "phone", "absences", "note")
    filled = tuple(Label("people", name) for name in named if getattr(person, name))
    return say("members.reply.stored", fields=filled)
