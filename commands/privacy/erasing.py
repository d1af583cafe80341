"""Making somebody anonymous: they ask for it, their own city decides, and what becomes of what is shown before."""

from collections.abc import Sequence

from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.parties import PersonUnknown, access_person
from commands.framework.refs import Ref
from commands.framework.refusal import Refusal
from commands.framework.reply import (
    Block,
    Bullets,
    Code,
    Foreign,
    Inline,
    Item,
    Reply,
    Tell,
    item,
    line,
    reply,
    say,
)
from commands.framework.rights import HOLDERS
from commands.privacy.disclosure import LISTS
from commands.privacy.rules import DECIDING, decides, own_cities, still_held
from storage.cities.queries import cities
from storage.erasure import anonymous_name, erase, forget_traces, is_anonymous
from storage.people.queries import person, person_by_mxid
from storage.people.record import Person
from storage.personal import Mention, mentions
from storage.scope import unlimited
from storage.seats.queries import seats_ever, seats_in_role, seats_of_city
from storage.seats.record import Role, Seat
from storage.values import Language
from storage.view import View
from storage.work import Work


class NotYoursToErase(Refusal):
    """Somebody else's city decides; fact `who` may."""


class AnonymousAlready(Refusal):
    """The person was made anonymous before; fact `name`."""


class SeatsHeld(Refusal):
    """The person holds seats today or later, which are to be ended first; fact `seats`."""


class NobodyDecides(Refusal):
    """There is nobody at a seat who could decide."""


Whom = Ref | str | None
"""Somebody of the register, a Matrix ID that nobody there has, or oneself."""


async def preview(work: Work, caller: Caller, whom: Whom) -> tuple[Block, ...] | None:
    """What would be forgotten and what stays; None where the caller only asks others to decide."""
    if _asks(caller, whom):
        return None
    if whom is None or isinstance(whom, str):
        mxid = await _stranger(work, caller, whom)
        return (line(say("privacy.reply.forget_stranger", mxid=Code(mxid))), *_never_again())
    found = await _decide(work, caller, whom)
    return (
        line(say("privacy.reply.will_be_anonymous", name=Foreign(found.name))),
        Bullets(
            (
                item(say("privacy.reply.goes_identity", name=Foreign(anonymous_name(found.key)))),
                item(say("privacy.reply.goes_traces")),
            )
        ),
        *_staying(await mentions(work, found.key)),
        line(say("privacy.reply.stays_texts")),
        *_never_again(),
    )


async def run(work: Work, caller: Caller, whom: Whom) -> Reply:
    """Make somebody anonymous, or ask those who decide about oneself."""
    if _asks(caller, whom):
        return await _request(work, caller)
    if whom is None or isinstance(whom, str):
        await forget_traces(work.connection, await _stranger(work, caller, whom))
        return reply(line(say("privacy.reply.forgotten")))
    found = await _decide(work, caller, whom)
    await erase(work, found)
    done = line(say("privacy.reply.erased", name=Foreign(anonymous_name(found.key))))
    told = (Tell(person=found.mxid, blocks=(line(say("privacy.reply.you_were_erased")),)),) if found.mxid else ()
    return Reply(blocks=(done,), tell=told)


def _asks(caller: Caller, whom: Whom) -> bool:
    """Whether somebody of the register wants it for themselves."""
    return caller.key is not None and (whom is None or whom == caller.mxid or whom == Ref("people", caller.key))


def _never_again() -> tuple[Block, ...]:
    return (line(say("privacy.reply.cannot_be_undone")),)


async def _stranger(view: View, caller: Caller, mxid: str | None) -> str:
    """A Matrix ID that nobody of the register has: one's own, or for coordination any.

    Raises NotYoursToErase, PersonUnknown.
    """
    if mxid is None or mxid == caller.mxid:
        return caller.mxid
    if not caller.coordinates:
        raise NotYoursToErase(who=HOLDERS[Right.COORDINATION])
    if await person_by_mxid(view, unlimited(), mxid):
        # Somebody of the register whom this room does not show: their own city decides.
        raise PersonUnknown(given=Foreign(mxid))
    return mxid


async def _decide(view: View, caller: Caller, ref: Ref) -> Person:
    """The person, for somebody of their own city who decides; for people of no city coordination does.

    Raises PersonUnknown, NotYoursToErase, AnonymousAlready, SeatsHeld.
    """
    found = await person(view, unlimited(), await access_person(view, caller, ref))
    seats = [kept.record for kept in await seats_ever(view, unlimited(), ref.key)]
    own = own_cities(seats, caller.today)
    if not await _decides(view, caller, own):
        raise NotYoursToErase(who=await _deciders_named(view, caller, own))
    if found is None or is_anonymous(found.record):
        raise AnonymousAlready(name=Foreign(anonymous_name(ref.key)))
    held = still_held(seats, caller.today)
    if held:
        raise SeatsHeld(
            name=Foreign(found.record.name), seats=_seats(held), hint=_line_to_leave(caller, held[0], found.record)
        )
    return found.record


async def _decides(view: View, caller: Caller, own: Sequence[str]) -> bool:
    if decides([kept.record for kept in caller.seats], own):
        return True
    return caller.coordinates and not await _holders(view, caller, own)


async def _holders(view: View, caller: Caller, codes: Sequence[str]) -> tuple[str, ...]:
    """The people at seats that decide for these cities today."""
    seats = [k.record for code in codes for k in await seats_of_city(view, unlimited(), code, caller.today)]
    return tuple(dict.fromkeys(seat.holder for seat in seats if seat.holder and seat.role in DECIDING))


async def _deciders_named(view: View, caller: Caller, own: Sequence[str]) -> Inline:
    if not await _holders(view, caller, own):
        return HOLDERS[Right.COORDINATION]
    known = await cities(view, caller.scope, frozenset(own))
    names = (c.name.de if caller.language is Language.DE else c.name.en for c in known.values())
    return say("privacy.reply.seats_that_decide", cities=tuple(map(Foreign, names)))


def _seats(held: Sequence[Seat]) -> tuple[Inline, ...]:
    return tuple(say("privacy.reply.seat_in", city=seat.city, role=seat.role) for seat in held)


_ROLES: dict[Role, tuple[str, str]] = {
    Role.VOTING: ("stimme", "voting"),
    Role.DEPUTY: ("vertretung", "deputy"),
    Role.OFFICE: ("büro", "office"),
    Role.PRESS: ("presse", "press"),
    Role.MEMBER: ("mitglied", "member"),
    Role.COORDINATION: ("koordination", "coordination"),
    Role.GUEST: ("gast", "guest"),
}


def _line_to_leave(caller: Caller, seat: Seat, holder: Person) -> str:
    german, english = _ROLES[seat.role]
    who = f" {holder.mxid}" if holder.mxid else ""
    if caller.language is Language.DE:
        return f"!sitz {seat.city} {german} vakant{who}"
    return f"!seat {seat.city} {english} vacant{who}"


def _staying(named: Sequence[Mention]) -> tuple[Block, ...]:
    """What stays, list by list, and why."""
    official = tuple(_stays(each) for each in _by_list(named, official=True))
    working = tuple(_stays(each) for each in _by_list(named, official=False))
    blocks: list[Block] = []
    if official:
        blocks += [line(say("privacy.reply.stays_official")), Bullets(official)]
    if working:
        blocks += [line(say("privacy.reply.stays_working")), Bullets(working)]
    return tuple(blocks)


def _by_list(named: Sequence[Mention], *, official: bool) -> list[tuple[str, int]]:
    lists = dict.fromkeys(each.collection for each in named if each.official is official)
    return [(name, sum(e.now for e in named if e.collection == name and e.official is official)) for name in lists]


def _stays(each: tuple[str, int]) -> Item:
    collection, count = each
    return item(say("privacy.reply.places", noun=LISTS[collection], count=count))


async def _request(work: Work, caller: Caller) -> Reply:
    """Send the wish to those who decide about the caller. Raises AnonymousAlready, NobodyDecides."""
    seats = [kept.record for kept in await seats_ever(work, unlimited(), str(caller.key))]
    own = own_cities(seats, caller.today)
    asked = [key for key in await _holders(work, caller, own) if key != caller.key]
    if not asked:
        coordination = await seats_in_role(work, unlimited(), Role.COORDINATION, caller.today)
        asked = [k.record.holder for k in coordination if k.record.holder and k.record.holder != caller.key]
    if not asked:
        raise NobodyDecides
    told = [await _wish(work, caller, key) for key in dict.fromkeys(asked)]
    return Reply(blocks=(line(say("privacy.reply.request_sent")),), tell=tuple(told))


async def _wish(work: Work, caller: Caller, to: str) -> Tell:
    reader = await person(work, unlimited(), to)
    language = (reader.record.language if reader else None) or caller.language
    ready = f"!datenschutz löschen {caller.mxid}" if language is Language.DE else f"!privacy erase {caller.mxid}"
    name = Foreign(caller.person.record.name) if caller.person else Foreign(caller.mxid)
    blocks = (line(say("privacy.reply.wish", name=name, mxid=Code(caller.mxid))), line(Code(ready)))
    # What was wished for in private is not told in a room, as it would be to somebody known by key without direct chat.
    alone = reader.record.mxid if reader and caller.place.direct else None
    return Tell(person=alone or to, blocks=blocks)
