"""Queries about tasks; every filter is a condition in the database."""

from sqlalchemy import func

from storage.records import Kept, fetch
from storage.scope import Scope
from storage.tasks.record import Task, TaskState
from storage.tasks.tables import TASKS
from storage.view import View

PENDING = frozenset({TaskState.REQUESTED, TaskState.OPEN, TaskState.IN_PROGRESS})
"""The states in which a task waits for somebody."""


async def pending_tasks(view: View, scope: Scope, city: str, *, limit: int) -> tuple[Kept[Task], ...]:
    """What people of a city still have to do, what is due soonest first."""
    states = [state.value for state in PENDING]
    return await fetch(
        view,
        TASKS,
        scope,
        lambda root: root.c.city == city,
        lambda root: root.c.state.in_(states),
        order=lambda root: [root.c.due.is_(None), root.c.due, func.length(root.c.key), root.c.key],
        limit=limit,
    )
