"""The commands about rooms and first steps, declared, with what they answer."""

from typing import Annotated

from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Args, Command, Example, Right, named, placed, words
from commands.framework.refs import ProjectRef
from commands.framework.refusal import Refusal
from commands.framework.reply import Block, Foreign, RecordRef, Reply, Say, line, reply, say
from commands.framework.visibility import ROOMS
from commands.rooms.actions import Binding, ProjectNeeded, bind_room, bound_room
from commands.rooms.greeting import greeting
from commands.rooms.setup import set_up
from commands.rooms.words import Switch
from storage.rooms.record import Room, RoomKind
from storage.values import Language, Line, Visibility
from storage.work import Work


class RoomArgs(Args):
    """What the room is to be; without anything it is shown."""

    kind: Annotated[RoomKind | None, placed("art", "kind")] = None
    project: Annotated[ProjectRef | None, placed("projekt", "project")] = None
    language: Annotated[Language | None, named("sprache", "language")] = None
    body: Annotated[Line | None, named("gremium", "body")] = None
    quiet: Annotated[Switch | None, named("ruhe", "quiet")] = None


class NoArgs(Args):
    """Nothing to say."""


async def room(work: Work, caller: Caller, args: RoomArgs) -> Reply:
    """Say what the room is, or make it something."""
    if not args.model_fields_set:
        return await _shown(work, caller)
    try:
        bound = await bind_room(work, caller, _binding(args))
    except Refusal as refused:
        refused.hint = _hint(caller, refused)
        raise
    return reply(line(say("rooms.reply.bound", kind=bound.kind)), *_described(caller, bound))


def _hint(caller: Caller, refused: Refusal) -> str | None:
    if not isinstance(refused, ProjectNeeded):
        return refused.hint
    return "!raum projekt P-1" if caller.language is Language.DE else "!room project P-1"


def _binding(args: RoomArgs) -> Binding:
    return Binding(
        kind=args.kind or (RoomKind.PROJECT if args.project else None),
        project=args.project.key if args.project else None,
        language=args.language,
        body=args.body,
        quiet=None if args.quiet is None else args.quiet is Switch.ON,
    )


async def _shown(work: Work, caller: Caller) -> Reply:
    if caller.place.direct:
        return reply(line(say("rooms.reply.direct")), line(SHOWS[caller.scope.cap]))
    bound = await bound_room(work, caller)
    if bound is None:
        return reply(line(say("rooms.reply.unbound")), line(say("rooms.reply.how_to_bind")))
    return reply(line(say("rooms.reply.is_bound", kind=bound.record.kind)), *_described(caller, bound.record))


def _described(caller: Caller, bound: Room) -> tuple[Block, ...]:
    facts = [say("rooms.reply.is_public") if caller.place.public else SHOWS[ROOMS[bound.kind]]]
    if bound.project:
        facts.append(say("rooms.reply.of_project", project=RecordRef("projects", bound.project)))
    if bound.body:
        facts.append(say("rooms.reply.of_body", body=Foreign(bound.body)))
    if bound.language:
        facts.append(say("rooms.reply.speaks", language=bound.language))
    if bound.quiet:
        facts.append(say("rooms.reply.is_quiet"))
    return tuple(map(line, facts))


SHOWS: dict[Visibility, Say] = {
    Visibility.PUBLIC: say("rooms.reply.shows_public"),
    Visibility.GUEST: say("rooms.reply.shows_guest"),
    Visibility.COOPERATION: say("rooms.reply.shows_cooperation"),
    Visibility.INTERNAL: say("rooms.reply.shows_internal"),
}
"""What a place with this cap shows, as a sentence."""


async def start(work: Work, caller: Caller, _args: NoArgs) -> Reply:
    """Greet."""
    return await greeting(work, caller)


async def begin_setup(work: Work, caller: Caller, _args: NoArgs) -> Reply:
    """Begin, or go on with, setting a cooperation up."""
    return await set_up(work, caller)


COMMANDS: tuple[AnyCommand, ...] = (
    Command(
        name="rooms.room",
        verb=words("raum", "room"),
        args=RoomArgs,
        run=room,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!raum lenkung", en="!room steering"),
            Example(de="!raum projekt P-1", en="!room project P-1"),
            Example(de="!raum arbeit sprache:en", en="!room working language:en"),
        ),
    ),
    Command(
        name="rooms.setup",
        verb=words("einrichten", "setup"),
        args=NoArgs,
        run=begin_setup,
        right=Right.COORDINATION,
        examples=(Example(de="!einrichten", en="!setup"),),
        changes=False,
    ),
    Command(
        name="rooms.start",
        verb=words("start", "start"),
        args=NoArgs,
        run=start,
        right=Right.EVERYBODY,
        examples=(Example(de="!start", en="!start"),),
        changes=False,
    ),
)
