"""Queries about decisions; every filter is a condition in the database."""

from sqlalchemy import exists, func

from storage.decisions.record import Decision, DecisionState
from storage.decisions.tables import DECISIONS
from storage.records import Kept, fetch
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View

VOTING = frozenset({DecisionState.OPEN, DecisionState.AWAITING_RESULT})
"""The states in which votes are counted and no result is stated yet."""

_ELECTORATE = next(child.table for child in DECISIONS.child_tables() if child.name == "electorate")


async def votes_of_city(view: View, scope: Scope, city: str, *, limit: int) -> tuple[Kept[Decision], ...]:
    """The decisions without a result that a city votes on, by number."""
    states, voters = [state.value for state in VOTING], as_of(_ELECTORATE, scope.as_of)
    return await fetch(
        view,
        DECISIONS,
        scope,
        lambda root: root.c.state.in_(states),
        lambda root: exists().where(voters.c.root == root.c.key, voters.c.value == city),
        order=lambda root: [func.length(root.c.key), root.c.key],
        limit=limit,
    )
