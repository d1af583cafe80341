"""Queries about agreements; every filter is a condition in the database."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, exists, func, or_, select

from storage.agreements.record import Agreement, AgreementState
from storage.agreements.tables import AGREEMENTS
from storage.records import Kept, Where, fetch, fetch_one, visible
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View

_PARTS = {child.name: child.table for child in AGREEMENTS.child_tables()}


@dataclass(frozen=True, kw_only=True)
class AgreementFilter:
    """Which agreements are asked for; empty fields ask for all. `party`: this city is one of those bound by it."""

    states: frozenset[AgreementState] = frozenset()
    party: str | None = None


async def agreement(view: View, scope: Scope, key: str) -> Kept[Agreement] | None:
    """The agreement with this id."""
    return await fetch_one(view, AGREEMENTS, scope, key)


async def agreements_page(
    view: View, scope: Scope, wanted: AgreementFilter, *, limit: int, offset: int
) -> tuple[Kept[Agreement], ...]:
    """The agreements that `wanted` asks for, by number, `limit` from `offset` on."""
    where = _conditions(scope, wanted)
    return await fetch(view, AGREEMENTS, scope, *where, order=_by_number, limit=limit, offset=offset)


async def count_agreements(view: View, scope: Scope, wanted: AgreementFilter) -> int:
    """How many agreements `wanted` asks for, of those `scope` may see."""
    root = as_of(AGREEMENTS.table, scope.as_of)
    query = select(func.count()).select_from(root)
    query = query.where(visible(root, scope), *(condition(root) for condition in _conditions(scope, wanted)))
    return (await view.connection.execute(query)).scalar_one()


async def built_on(view: View, scope: Scope, key: str) -> tuple[Kept[Agreement], ...]:
    """The agreements that amend or replace the one with this id, by number."""
    return await fetch(
        view,
        AGREEMENTS,
        scope,
        lambda root: or_(*(_names(_PARTS[part], scope, root, key) for part in ("amends", "replaces"))),
        order=_by_number,
    )


def _conditions(scope: Scope, wanted: AgreementFilter) -> tuple[Where, ...]:
    states = [state.value for state in wanted.states]
    return (
        *([lambda root: root.c.state.in_(states)] if states else []),
        *([lambda root: _names(_PARTS["parties"], scope, root, wanted.party)] if wanted.party else []),
    )


def _names(part: object, scope: Scope, root: FromClause, value: str | None) -> ColumnElement[bool]:
    rows = as_of(part, scope.as_of)  # type: ignore[arg-type]
    return exists().where(rows.c.root == root.c.key, rows.c.value == value)


def _by_number(root: FromClause) -> list[ColumnElement[object]]:
    return [func.length(root.c.key), root.c.key]
