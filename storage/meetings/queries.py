"""Queries about meetings; every filter is a condition in the database."""

from datetime import date

from sqlalchemy import func

from storage.meetings.record import Meeting, MeetingState
from storage.meetings.tables import MEETINGS
from storage.records import Kept, fetch
from storage.scope import Scope
from storage.view import View


async def meetings_hosted(view: View, scope: Scope, city: str, since: date, *, limit: int) -> tuple[Kept[Meeting], ...]:
    """The planned meetings on or after `since` that a city hosts, by number."""
    return await fetch(
        view,
        MEETINGS,
        scope,
        lambda root: root.c.host == city,
        lambda root: root.c.state == MeetingState.PLANNED.value,
        lambda root: root.c.date >= since.isoformat(),
        order=lambda root: [func.length(root.c.key), root.c.key],
        limit=limit,
    )
