"""What the bot says when it joins a room, and to whoever says `!start`."""

from commands.framework.caller import Caller, Place
from commands.framework.reply import Block, Reply, Say, line, reply, say
from commands.rooms.actions import follow_room, is_followed
from storage.work import Work


async def greeting(_work: Work, caller: Caller) -> Reply:
    """Who the bot is and what it shows here, with one line in the other language."""
    return reply(*_greeting(caller.place))


async def goes_on(work: Work, caller: Caller, old: str, *, unencrypted: bool) -> Reply | None:
    """Follow the room `old` to the caller's, which continues it; None if there was nothing to follow.

    `unencrypted`: what was said there was encrypted, what is said here is not.
    """
    bound = await follow_room(work, caller, old)
    if bound is None:
        return None
    warning = (" ", say("rooms.reply.goes_on_unencrypted")) if unencrypted else ()
    return reply(line(say("rooms.reply.goes_on", kind=bound.kind), *warning))


async def welcome(work: Work, caller: Caller, old: str | None) -> Reply | None:
    """The greeting on joining; none in a room that continues `old` as what it was, which is said already."""
    if old is not None and await is_followed(work, caller, old):
        return None
    return await greeting(work, caller)


def _greeting(place: Place) -> tuple[Block, ...]:
    return (
        line(say("rooms.reply.greeting"), " ", _here(place), " ", say("rooms.reply.greeting_help")),
        line(say("rooms.reply.greeting_in_other_language")),
    )


def _here(place: Place) -> Say:
    if place.direct:
        return say("rooms.reply.greeting_direct")
    if place.kind is None:
        return say("rooms.reply.greeting_unbound")
    return say("rooms.reply.greeting_bound", kind=place.kind)
