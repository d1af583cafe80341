"""What a city that leaves has to see to in projects."""

from datetime import date

from commands.framework.checklist import MOST, entry
from commands.framework.reply import Item, say
from storage.projects.queries import ProjectFilter, projects_page
from storage.scope import Scope
from storage.view import View


async def exit_items(view: View, scope: Scope, city: str, _last: date) -> tuple[Item, ...]:
    """The projects that the city leads, and those it takes part in without leading."""
    led = await projects_page(view, scope, ProjectFilter(lead=city), limit=MOST + 1, offset=0)
    every = await projects_page(view, scope, ProjectFilter(city=city), limit=2 * MOST + 2, offset=0)
    leads = {kept.key for kept in led}
    others = tuple(kept for kept in every if kept.key not in leads)[: MOST + 1]
    return (
        *entry(led, lambda refs: say("projects.reply.exit_led", found=refs)),
        *entry(others, lambda refs: say("projects.reply.exit_involved", found=refs)),
    )
