"""Statements as a noun of the register."""

from datetime import date

from commands.framework.checklist import MOST, entry
from commands.framework.command import words
from commands.framework.noun import Noun
from commands.framework.reply import Item, say
from storage.scope import Scope
from storage.statements.queries import statements_awaiting
from storage.view import View


async def exit_items(view: View, scope: Scope, city: str, _last: date) -> tuple[Item, ...]:
    """What a city that leaves has open here."""
    found = await statements_awaiting(view, scope, city, limit=MOST + 1)
    return entry(found, lambda refs: say("statements.reply.on_exit", found=refs))


NOUN = Noun(
    room="statements",
    collection="statements",
    words=words("texte text", "statements statement"),
    commands=(),
    exit_items=exit_items,
)
