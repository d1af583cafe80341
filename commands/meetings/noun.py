"""Meetings as a noun of the register."""

from datetime import date

from commands.framework.checklist import MOST, entry
from commands.framework.command import words
from commands.framework.noun import Noun
from commands.framework.reply import Item, say
from storage.meetings.queries import meetings_hosted
from storage.scope import Scope
from storage.view import View


async def exit_items(view: View, scope: Scope, city: str, last: date) -> tuple[Item, ...]:
    """What a city that leaves has open here."""
    found = await meetings_hosted(view, scope, city, last, limit=MOST + 1)
    return entry(found, lambda refs: say("meetings.reply.on_exit", found=refs))


NOUN = Noun(
    room="meetings",
    collection="meetings",
    words=words("sitzungen sitzung", "meetings meeting"),
    commands=(),
    exit_items=exit_items,
)
