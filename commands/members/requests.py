"""Asking coordination for a seat: one line from whoever needs one, a line ready to be sent for whoever gives it."""

from commands.framework.caller import Caller
from commands.framework.reply import Block, Code, Foreign, Reply, line, reply, say
from commands.members.notes import tell_people
from commands.members.words import asker, one_of, seat_line
from storage.cities.queries import city
from storage.derived import names_beginning
from storage.folding import fold_words
from storage.scope import unlimited
from storage.seats.queries import seats_in_role
from storage.seats.record import Role
from storage.values import Language
from storage.view import View
from storage.work import Work


async def ask_for_seat(work: Work, caller: Caller, where: str, role: Role, name: str | None) -> Reply:
    """Send the wish for a seat to coordination.

    The answer is the same whether there is such a city or not: who has no seat yet may not see any.
    """
    seats = await seats_in_role(work, unlimited(), Role.COORDINATION, caller.today)
    code = await _code(work, where)
    known = caller.person.record.name if caller.person else name

    def note(language: Language) -> tuple[Block, ...]:
        who = asker(known, caller.mxid)
        opening = line(say("members.reply.asked", who=who, role=role, city=Foreign(where)))
        if code is None:
            return (opening, line(say("members.reply.asked_nowhere")))
        return (opening, line(say("members.reply.asked_how")), *_lines(caller, language, code, role, known))

    told = await tell_people(work, caller, (kept.record.holder for kept in seats), note)
    if not told:
        return reply(line(say("members.reply.nobody_to_ask")))
    return Reply(blocks=(line(say("members.reply.request_sent", role=role, city=Foreign(where))),), tell=told)


def _lines(caller: Caller, language: Language, code: str, role: Role, name: str | None) -> tuple[Block, ...]:
    person = one_of(language, de="!neu person", en="!new person")
    made = f'{person} {caller.mxid} "{name}"' if name else f"{person} {caller.mxid}"
    new = () if caller.person else (line(Code(made)),)
    return (*new, line(Code(seat_line(language, code, role, caller.mxid))))


async def _code(view: View, where: str) -> str | None:
    """The code of the city that is called so, whoever may see it: only coordination is told."""
    found = await city(view, unlimited(), where)
    if found:
        return found.key
    words = fold_words(where)
    named = await names_beginning(view, unlimited(), words[:1])
    return next((n.key for n in named if n.collection == "cities" and n.folded == " ".join(words)), None)
