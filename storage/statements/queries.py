"""Queries about statements; every filter is a condition in the database."""

from sqlalchemy import exists, func, or_

from storage.records import Kept, fetch
from storage.scope import Scope
from storage.statements.record import Statement, StatementState
from storage.statements.tables import STATEMENTS
from storage.versioned import as_of
from storage.view import View

_PARTS = {child.name: child.table for child in STATEMENTS.child_tables()}


async def statements_awaiting(view: View, scope: Scope, city: str, *, limit: int) -> tuple[Kept[Statement], ...]:
    """The statements that wait for this city's approval, by number: those that name it, or name no city at all."""
    cities, approvals = (as_of(_PARTS[name], scope.as_of) for name in ("cities", "approvals"))
    return await fetch(
        view,
        STATEMENTS,
        scope,
        lambda root: root.c.state == StatementState.IN_APPROVAL.value,
        lambda root: or_(
            exists().where(cities.c.root == root.c.key, cities.c.value == city),
            ~exists().where(cities.c.root == root.c.key),
        ),
        lambda root: ~exists().where(approvals.c.root == root.c.key, approvals.c.map_key == city),
        order=lambda root: [func.length(root.c.key), root.c.key],
        limit=limit,
    )
