"""What the bot says when it joins a room, and to whoever says `!start`."""

from commands.framework.caller import Caller, Place
from commands.framework.reply import Block, Reply, Say, line, reply, say
from storage.work import Work


async def greeting(_work: Work, caller: Caller) -> Reply:
    """Who the bot is and what it shows here, with one line in the other language."""
    return reply(*_greeting(caller.place))


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
