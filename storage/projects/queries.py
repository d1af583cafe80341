"""Queries about projects; every filter is a condition in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, cast, exists, func, or_, select

from storage.projects.record import Health, Phase, Project
from storage.projects.standing import ALIVE, OVER
from storage.projects.tables import PROJECTS
from storage.records import Kept, Where, fetch, fetch_one, visible
from storage.scope import Scope
from storage.versioned import as_of
from storage.view import View

PARTS = {child.name: child.table for child in PROJECTS.child_tables()}


@dataclass(frozen=True, kw_only=True)
class ProjectFilter:
    """Which projects are asked for; empty fields ask for all.

    Without phases only what is neither completed nor abandoned is found. `lead`: led by this city; `city`: led by it
    or with it taking part. `stale_at`: only what is stale at this instant; `fresh_at`: only what is not. `silent`:
    only running or operating projects without any update of a lead city. `not_green_at`: running or operating
    projects that at this instant are yellow, red, stale or without any update. `topic` is compared without regard
    to case.
    """

    phases: frozenset[Phase] = frozenset()
    health: Health | None = None
    fresh_at: datetime | None = None
    not_green_at: datetime | None = None
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


@dataclass(frozen=True, kw_only=True)
class DueMilestone:
    """A milestone not reached yet, with its project. `first` is the day it was first meant for."""

    project: str
    title: str
    due: date
    first: date


async def due_milestones(
    view: View, scope: Scope, first: date | None, until: date | None, *, limit: int
) -> tuple[DueMilestone, ...]:
    """Milestones not done whose day lies in [first, until), None being open, soonest first."""
    return await _milestones(view, scope, lambda row, _first: _between(row.c.due, first, until), limit)


def _between(column: ColumnElement[str], first: date | None, until: date | None) -> list[ColumnElement[bool]]:
    return [
        *([column >= first.isoformat()] if first else []),
        *([column < until.isoformat()] if until else []),
    ]


async def slipped_milestones(view: View, scope: Scope, *, limit: int) -> tuple[DueMilestone, ...]:
    """Milestones not done whose day is later than the one they were first meant for, soonest first."""
    return await _milestones(view, scope, lambda row, first: [row.c.due > first], limit)


async def _milestones(
    view: View, scope: Scope, where: Callable[[FromClause, Any], list[ColumnElement[bool]]], limit: int
) -> tuple[DueMilestone, ...]:
    root, rows, shifts = (as_of(t, scope.as_of) for t in (PROJECTS.table, PARTS["milestones"], PARTS["shifts"]))
    oldest = select(shifts.c.from_).where(shifts.c.parent == rows.c.key).order_by(shifts.c.position).limit(1)
    first = func.coalesce(oldest.scalar_subquery(), rows.c.due)
    query = (
        select(rows.c.root, rows.c.title, rows.c.due, first)
        .select_from(rows.join(root, root.c.key == rows.c.root))
        .where(visible(root, scope))
        .where(rows.c.done.is_(None), root.c.phase.not_in([p.value for p in OVER]), *where(rows, first))
        .order_by(rows.c.due, rows.c.root, rows.c.key)
        .limit(limit)
    )
    found = (await view.connection.execute(query)).all()
    return tuple(
        DueMilestone(project=r[0], title=r[1], due=date.fromisoformat(r[2]), first=date.fromisoformat(r[3]))
        for r in found
    )


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
    if wanted.fresh_at is not None:
        found.append(_fresh(wanted.fresh_at))
    if wanted.not_green_at is not None:
        found.append(_not_green(wanted.not_green_at))
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


def _fresh(at: datetime) -> Where:
    return lambda root: or_(root.c.fresh_until.is_(None), root.c.fresh_until >= at)


def _not_green(at: datetime) -> Where:
    alive = [p.value for p in ALIVE]
    troubled = [Health.YELLOW.value, Health.RED.value]
    return lambda root: and_(
        root.c.phase.in_(alive),
        or_(root.c.overall.in_(troubled), root.c.fresh_until < at, root.c.fresh_until.is_(None)),
    )


def _without_update(root: FromClause) -> ColumnElement[bool]:
    return and_(root.c.phase.in_([p.value for p in ALIVE]), root.c.fresh_until.is_(None))
