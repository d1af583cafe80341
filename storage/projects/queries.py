"""Queries about projects; every filter is a condition in the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, Row, String, and_, cast, exists, func, or_, select
from typing import Any

from storage.projects.record import Health, Phase, Project
from storage.projects.standing import ALIVE, OVER
from storage.projects.tables import PROJECTS
from storage.records import Kept, View, Where, fetch, fetch_one, visible
from storage.scope import Scope
from storage.versioned import as_of

PARTS = {child.name: child.table for child in PROJECTS.child_tables()}


@dataclass(frozen=True, kw_only=True)
class ProjectFilter:
    """Which projects are asked for; empty fields ask for all.

    Without phases only what is neither completed nor abandoned is found. `lead`: led by this city; `city`: led by it
    or with it taking part. `stale_at`: only what is stale at this instant. `silent`: only running or operating
    projects without any update of a lead city. `topic` is compared without regard to case.
    """

    phases: frozenset[Phase] = frozenset()
    health: Health | None = None
    lead: str | None = None
    city: str | None = None
    topic: str | None = None
    stale_at: datetime | None = None
    silent: bool = False


async def project(view: View, scope: Scope, key: str) -> Kept[Project] | None:
    """The project with this id."""
    return await fetch_one(view, PROJECTS, scope, key)


async def projects_page(
    view: View, scope: Scope, wanted: ProjectFilter, *, limit: int, offset: int
) -> tuple[Kept[Project], ...]:
    """The projects that `wanted` asks for, by number, `limit` from `offset` on."""
    return await fetch(view, PROJECTS, scope, *conditions(scope, wanted), order=_by_number, limit=limit, offset=offset)


async def count_projects(view: View, scope: Scope, wanted: ProjectFilter) -> int:
    """How many projects `wanted` asks for, of those `scope` may see."""
    root = as_of(PROJECTS.table, scope.as_of)
    query = select(func.count()).select_from(root)
    query = query.where(visible(root, scope), *(condition(root) for condition in conditions(scope, wanted)))
    return (await view.connection.execute(query)).scalar_one()


async def count_by(view: View, scope: Scope, column: str) -> dict[str | None, int]:
    """How many projects there are by `phase` or by `overall` health, the latter of running and operating ones only."""
    root = as_of(PROJECTS.table, scope.as_of)
    query = select(root.c[column], func.count()).where(visible(root, scope)).group_by(root.c[column])
    if column == "overall":
        query = query.where(root.c.phase.in_([p.value for p in ALIVE]))
    return {row[0]: row[1] for row in await view.connection.execute(query)}


async def due_milestones(
    view: View, scope: Scope, first: datetime, until: datetime, *, limit: int
) -> tuple[Row[Any], ...]:
    """Milestones not done whose day lies in [first, until), soonest first: rows of (root, title, due)."""
    root, milestones = as_of(PROJECTS.table, scope.as_of), as_of(PARTS["milestones"], scope.as_of)
    query = (
        select(milestones.c.root, milestones.c.title, milestones.c.due)
        .select_from(milestones.join(root, root.c.key == milestones.c.root))
        .where(visible(root, scope), milestones.c.done.is_(None), root.c.phase.not_in([p.value for p in OVER]))
        .where(milestones.c.due >= first.date().isoformat(), milestones.c.due < until.date().isoformat())
        .order_by(milestones.c.due, milestones.c.root)
        .limit(limit)
    )
    return tuple((await view.connection.execute(query)).all())


def conditions(scope: Scope, wanted: ProjectFilter) -> list[Where]:
    """The filter as conditions on the root rows."""
    phases = [p.value for p in (wanted.phases or set(Phase) - OVER)]
    found: list[Where] = [lambda root: root.c.phase.in_(phases)]
    if wanted.health is not None:
        found.append(_healthy(wanted.health))
    if wanted.lead is not None:
        found.append(_part_has(scope, "leads", wanted.lead))
    if wanted.city is not None:
        found.append(_takes_part(scope, wanted.city))
    if wanted.topic is not None:
        found.append(_about(wanted.topic))
    if wanted.stale_at is not None:
        found.append(_stale(wanted.stale_at))
    if wanted.silent:
        found.append(_without_update)
    return found


def _by_number(root: FromClause) -> list[ColumnElement[Any]]:
    # P-2 before P-10: the shorter id first.
    return [func.length(root.c.key), root.c.key]


def _healthy(health: Health) -> Where:
    alive = [p.value for p in ALIVE]
    return lambda root: and_(root.c.overall == health.value, root.c.phase.in_(alive))


def _part_has(scope: Scope, part: str, city: str) -> Where:
    rows = as_of(PARTS[part], scope.as_of)
    return lambda root: exists().where(rows.c.root == root.c.key, rows.c.city == city)


def _takes_part(scope: Scope, city: str) -> Where:
    leads, takes_part = _part_has(scope, "leads", city), _part_has(scope, "participants", city)
    return lambda root: or_(leads(root), takes_part(root))


def _about(topic: str) -> Where:
    # Topics are one JSON list of words; the quotes around the word keep 'KI' from matching 'KITA'.
    return lambda root: func.lower(cast(root.c.topics, String)).contains(f'"{topic.lower()}"', autoescape=True)


def _stale(at: datetime) -> Where:
    return lambda root: root.c.fresh_until < at


def _without_update(root: FromClause) -> ColumnElement[bool]:
    return and_(root.c.phase.in_([p.value for p in ALIVE]), root.c.fresh_until.is_(None))
