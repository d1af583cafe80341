"""Queries about the cooperation itself."""

from storage.cooperation.record import Cooperation
from storage.cooperation.tables import COOPERATION
from storage.records import Kept, fetch
from storage.scope import Scope
from storage.view import View


async def cooperation(view: View, scope: Scope) -> Kept[Cooperation] | None:
    """The cooperation, or None before `!einrichten` or an import."""
    found = await fetch(view, COOPERATION, scope, limit=1)
    return found[0] if found else None
