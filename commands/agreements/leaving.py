"""What a city that leaves has to see to in agreements: leaving the cooperation ends none of them."""

from datetime import date

from commands.agreements.rules import RUNNING, SIGNING
from commands.framework.checklist import MOST, entry
from commands.framework.reply import Item, say
from storage.agreements.queries import AgreementFilter, agreements_page
from storage.scope import Scope
from storage.view import View


async def exit_items(view: View, scope: Scope, city: str, _last: date) -> tuple[Item, ...]:
    """The agreements that bind the city, or are about to."""
    wanted = AgreementFilter(states=RUNNING | SIGNING, party=city)
    found = await agreements_page(view, scope, wanted, limit=MOST + 1, offset=0)
    return entry(found, lambda refs: say("agreements.reply.on_exit", found=refs))
