"""Queries about barriers; every filter is a condition in the database."""

from sqlalchemy import exists, func

from storage.barriers.record import Barrier, BarrierState
from storage.barriers.tables import BARRIERS
from storage.records import Kept, fetch
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View

CLEARED = frozenset({BarrierState.SOLVED, BarrierState.REJECTED, BarrierState.BYPASSED, BarrierState.OBSOLETE})
"""The states in which a barrier blocks nothing any more."""

_BLOCKS = next(child.table for child in BARRIERS.child_tables() if child.name == "blocks")


async def barriers_blocking(view: View, scope: Scope, project: str) -> tuple[Kept[Barrier], ...]:
    """The barriers that stand in the way of the project with this id, by number."""
    blocks = as_of(_BLOCKS, scope.as_of)
    cleared = [state.value for state in CLEARED]
    return await fetch(
        view,
        BARRIERS,
        scope,
        lambda root: root.c.state.not_in(cleared),
        lambda root: exists().where(blocks.c.root == root.c.key, blocks.c.value == project),
        order=lambda root: [func.length(root.c.key), root.c.key],
    )
