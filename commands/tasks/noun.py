"""Tasks as a noun of the register."""

from datetime import date

from commands.framework.checklist import MOST, entry
from commands.framework.command import words
from commands.framework.noun import Noun
from commands.framework.reply import Item, say
from storage.scope import Scope
from storage.tasks.queries import pending_tasks
from storage.view import View


async def exit_items(view: View, scope: Scope, city: str, _last: date) -> tuple[Item, ...]:
    """What a city that leaves has open here."""
    found = await pending_tasks(view, scope, city, limit=MOST + 1)
    return entry(found, lambda refs: say("tasks.reply.on_exit", found=refs))


NOUN = Noun(
    room="tasks", collection="tasks", words=words("aufgaben aufgabe", "tasks task"), commands=(), exit_items=exit_items
)
