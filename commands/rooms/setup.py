"""Setting a cooperation up step by step, in a direct chat: nothing is written before the last yes."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from commands.calendar.phrases import parse_day
from commands.calendar.values import DayFound, Grain, Tense
from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.inbound import NO, YES
from commands.framework.refusal import Refusal
from commands.framework.reply import Block, Bullets, Code, Foreign, Item, Question, Reply, Say, item, line, reply, say
from commands.framework.rights import require
from commands.rooms.actions import Foundation, NewCity, found_cooperation
from storage.cities.queries import cities, codes_in_state
from storage.cities.record import City, CityState
from storage.cooperation.queries import cooperation
from storage.cooperation.record import Cooperation
from storage.prompts import PromptKind, open_prompts
from storage.rooms.queries import kinds_bound
from storage.rooms.record import RoomKind
from storage.scope import unlimited
from storage.seats.queries import seats_in_role
from storage.seats.record import Role
from storage.values import CODE, Language, Line, PartialDate
from storage.work import Work

SETUP = "rooms.setup"
"""Under this name the answers to its questions come back."""

MINUTES = 24 * 60
"""A question of the setup stands for a day: names and dates may have to be asked for elsewhere."""

MOST_LISTED = 10
CANCEL = frozenset({"abbrechen", "cancel"})
BACK = frozenset({"zurück", "zurueck", "back"})
NONE = frozenset({"keine", "nein", "none", "no"})

State = Mapping[str, Any]
"""What has been said so far, as JSON: the `step` that is asked, and what those before it brought."""


class OnlyInDirectChat(Refusal):
    """Setting up is done between two."""


class NotUnderstood(Exception):
    """An answer that does not fit its question."""

    def __init__(self, why: Say) -> None:
        """Keep the sentence."""
        super().__init__()
        self.why = why


async def set_up(work: Work, caller: Caller) -> Reply:
    """The first question, or the one that is still open; where a cooperation stands, what it lacks."""
    require(Right.COORDINATION, caller)
    stands = await cooperation(work, unlimited())
    if stands:
        return reply(line(_stands(caller, stands.record)), *await _lacking(work, caller))
    if not caller.place.direct:
        raise OnlyInDirectChat
    begun = await _begun(work, caller)
    if begun is None:
        return _ask(caller, {"then": SETUP, "step": STEPS[0]}, line(say("rooms.reply.setup_opening")))
    return _ask(caller, begun, line(say("rooms.reply.setup_goes_on")))


async def _begun(work: Work, caller: Caller) -> State | None:
    prompts = await open_prompts(work.connection, caller.place.room, caller.mxid, work.now)
    return next((prompt.body for prompt in prompts if prompt.body.get("then") == SETUP), None)


async def continue_setup(work: Work, caller: Caller, state: State, answer: str) -> Reply | None:
    """Take the answer to one step and ask for the next; None for a command, which is none of its business."""
    word = answer.strip().casefold().rstrip(".!")
    if answer.lstrip().startswith("!"):
        return None
    if word in CANCEL or (state["step"] == CHECK and word in NO):
        return reply(line(say("rooms.reply.setup_left")))
    if word in BACK:
        return _ask(caller, _moved(caller, state, -1))
    try:
        after = _moved(caller, {**state, **await READ[state["step"]](work, caller, state, answer.strip())}, 1)
    except NotUnderstood as wrong:
        return _ask(caller, state, line(wrong.why))
    return await _founded(work, caller, after) if after["step"] == DONE else _ask(caller, after)


# --- the steps --------------------------------------------------------------------------------------------------------

NAME, FOUNDED, OWN, OTHERS, WHO, CHECK, DONE = "name", "founded", "own", "others", "who", "check", "done"
STEPS = (NAME, FOUNDED, OWN, OTHERS, WHO, CHECK)


def _steps(caller: Caller) -> tuple[str, ...]:
    """The steps this caller needs: whoever coordinates already is not asked who they are."""
    left_out = {OWN, WHO} if caller.coordinated else {WHO} if caller.person else set()
    return tuple(step for step in STEPS if step not in left_out)


def _moved(caller: Caller, state: State, by: int) -> State:
    steps = _steps(caller)
    at = max(steps.index(state["step"]) + by, 0)
    return {**state, "step": steps[at] if at < len(steps) else DONE}


def _ask(caller: Caller, state: State, *before: Block) -> Reply:
    question = Question(kind=PromptKind.STEP, body=dict(state), minutes=MINUTES)
    return reply(*before, *_asked(caller, state), question=question)


def _asked(caller: Caller, state: State) -> Iterator[Block]:
    match state["step"]:
        case "name":
            yield line(say("rooms.reply.ask_name"))
        case "founded":
            yield line(say("rooms.reply.ask_founded"))
        case "own":
            yield line(say("rooms.reply.ask_own"))
        case "others":
            yield line(say("rooms.reply.ask_others"))
        case "who":
            yield line(say("rooms.reply.ask_who", mxid=caller.mxid))
        case _:
            yield from _preview(caller, state)


async def _read_name(_work: Work, _caller: Caller, _state: State, answer: str) -> State:
    german, english = _both(answer)
    return {"german": german, "english": english}


async def _read_founded(_work: Work, caller: Caller, _state: State, answer: str) -> State:
    found = parse_day(answer, today=caller.today, tense=Tense.PAST, language=caller.language)
    if not isinstance(found, DayFound):
        raise NotUnderstood(say("rooms.reply.no_date", given=Foreign(answer)))
    return {"founded": str(_partial(found))}


def _partial(found: DayFound) -> PartialDate:
    """As exact as it was said."""
    if found.grain is Grain.YEAR:
        return PartialDate(year=found.first.year)
    if found.grain is Grain.MONTH:
        return PartialDate(year=found.first.year, month=found.first.month)
    return PartialDate.of(found.first)


async def _read_own(work: Work, _caller: Caller, _state: State, answer: str) -> State:
    known = await cities(work, unlimited(), frozenset({answer}))
    if known:
        return {"own": answer, "cities": []}
    read = _cities(answer)
    if len(read) != 1:
        raise NotUnderstood(say("rooms.reply.one_city"))
    return {"own": read[0][0], "cities": read}


async def _read_others(work: Work, _caller: Caller, state: State, answer: str) -> State:
    read = [] if answer.casefold().rstrip(".") in NONE else _cities(answer)
    own = [each for each in state.get("cities", ()) if each[0] == state["own"]]
    every = own + read
    codes = [each[0] for each in every]
    taken = {*await cities(work, unlimited(), frozenset(codes))} | {c for c in codes if codes.count(c) > 1}
    if taken:
        raise NotUnderstood(say("rooms.reply.code_twice", codes=tuple(sorted(taken))))
    return {"cities": every}


async def _read_who(_work: Work, _caller: Caller, _state: State, answer: str) -> State:
    return {"who": _line(answer)}


async def _read_check(_work: Work, _caller: Caller, _state: State, answer: str) -> State:
    if answer.casefold().rstrip(".!") not in YES:
        raise NotUnderstood(say("rooms.reply.yes_or_cancel"))
    return {}


READ: Mapping[str, Callable[[Work, Caller, State, str], Awaitable[State]]] = {
    NAME: _read_name,
    FOUNDED: _read_founded,
    OWN: _read_own,
    OTHERS: _read_others,
    WHO: _read_who,
    CHECK: _read_check,
}

_ENTRY = re.compile(rf"({CODE.pattern})\s+(\S.*)")
_LINE: TypeAdapter[str] = TypeAdapter(Line)


def _cities(answer: str) -> list[list[str]]:
    """Cities as `M München / Munich`, one per line or separated by commas: code, German name, English name."""
    return [_city(part.strip()) for part in re.split(r"[\n,;]", answer) if part.strip()]


def _city(text: str) -> list[str]:
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise NotUnderstood(say("rooms.reply.no_city", given=Foreign(text)))
    return [found[1], *_both(found[2])]


def _both(text: str) -> tuple[str, str]:
    """A name in both languages, "German / English"; one alone stands for both."""
    german, _, english = text.partition(" / ")
    return _line(german), _line(english or german)


def _line(text: str) -> str:
    try:
        line_of_text = _LINE.validate_python(" ".join(text.split()))
    except ValidationError:
        raise NotUnderstood(say("rooms.reply.no_name")) from None
    if not any(sign.isalpha() for sign in line_of_text):
        raise NotUnderstood(say("rooms.reply.no_name"))
    return line_of_text


# --- the end ----------------------------------------------------------------------------------------------------------


def _plan(state: State) -> Foundation:
    return Foundation(
        german=state["german"],
        english=state["english"],
        founded=PartialDate.parse(state["founded"]),
        cities=tuple(NewCity(code=c, german=de, english=en) for c, de, en in state["cities"]),
        own=state.get("own", ""),
        coordinator=state.get("who"),
    )


def _preview(caller: Caller, state: State) -> Iterator[Block]:
    plan = _plan(state)
    german = caller.language is Language.DE
    names = tuple(Foreign(f"{each.german if german else each.english} ({each.code})") for each in plan.cities)
    facts = [say("rooms.reply.preview_name", german=Foreign(plan.german), english=Foreign(plan.english))]
    facts.append(say("rooms.reply.preview_founded", founded=plan.founded))
    if names:
        facts.append(say("rooms.reply.preview_cities", cities=names))
    if not caller.coordinated:
        who = caller.person.record.name if caller.person else plan.coordinator
        who = who or caller.mxid
        own = next((name for each, name in zip(plan.cities, names, strict=True) if each.code == plan.own), plan.own)
        facts.append(say("rooms.reply.preview_coordination", name=Foreign(who), mxid=caller.mxid, city=own))
    yield line(say("rooms.reply.preview"))
    yield Bullets(tuple(map(item, facts)))
    yield line(say("rooms.reply.preview_confirm"))


async def _founded(work: Work, caller: Caller, state: State) -> Reply:
    await found_cooperation(work, caller, _plan(state))
    coordinated = replace(caller, coordinated=True)
    return reply(line(say("rooms.reply.founded")), *await _lacking(work, coordinated))


def _stands(caller: Caller, ours: Cooperation) -> Say:
    name = ours.name.de if caller.language is Language.DE else ours.name.en
    return say("rooms.reply.stands", name=Foreign(name))


async def _lacking(work: Work, caller: Caller) -> tuple[Block, ...]:
    """What a cooperation still needs, each with the command for it."""
    items = [*await _voteless(work, caller)]
    if not caller.coordinated:
        items.append(item(say("rooms.reply.lacks_coordination"), " ", _seat(caller, "M", Role.COORDINATION)))
    kinds = await kinds_bound(work, unlimited())
    if RoomKind.STEERING not in kinds:
        items.append(item(say("rooms.reply.lacks_steering_room")))
    if RoomKind.PROJECT not in kinds:
        items.append(item(say("rooms.reply.lacks_project_room")))
    if not items:
        return (line(say("rooms.reply.lacks_nothing")),)
    return (line(say("rooms.reply.lacks")), Bullets(tuple(items)))


async def _voteless(work: Work, caller: Caller) -> Iterator[Item]:
    """Member cities whose vote nobody holds."""
    members = await codes_in_state(work, unlimited(), CityState.MEMBER, caller.today)
    voting = await seats_in_role(work, unlimited(), Role.VOTING, caller.today)
    voteless = sorted(members - {kept.record.city for kept in voting if kept.record.holder})
    known = await cities(work, unlimited(), frozenset(voteless[:MOST_LISTED]))
    return (_voteless_item(caller, known[code]) for code in voteless[:MOST_LISTED])


def _voteless_item(caller: Caller, city: City) -> Item:
    name = Foreign(city.name.de if caller.language is Language.DE else city.name.en)
    return item(say("rooms.reply.lacks_vote", city=name, command=_seat(caller, city.code, Role.VOTING)))


def _seat(caller: Caller, code: str, role: Role) -> Code:
    german = caller.language is Language.DE
    if role is Role.COORDINATION:
        return Code(f"!sitz {code} koordination @…" if german else f"!seat {code} coordination @…")
    return Code(f"!sitz {code} stimme @…" if german else f"!seat {code} voting @…")
