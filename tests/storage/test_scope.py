"""Scope: every query takes one, and for whoever may not see a record it is as if the record did not exist."""

import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, delete, select

import storage
from storage.agreements.queries import AgreementFilter
from storage.agreements.record import AgreementState
from storage.bundle_format import read_bundle
from storage.cities.record import CityState
from storage.database import Connection, Database
from storage.derived import DUE, NAME, names_beginning, names_like
from storage.history import history
from storage.projects.queries import ProjectFilter
from storage.projects.record import Health, Phase
from storage.projects.tables import PROJECTS
from storage.records import fetch
from storage.register import BY_COLLECTION, ENTITIES
from storage.rooms.record import RoomKind
from storage.scope import Scope
from storage.seats.record import Role
from storage.values import Visibility
from storage.view import View
from storage.work import Work
from tests.storage.scribe import Scribe
from tests.storage.test_bundle import DEMO, take_in

Query = Callable[..., Awaitable[Any]]
CYCLE = (None, Visibility.INTERNAL, Visibility.GUEST, Visibility.COOPERATION, Visibility.PUBLIC)
DAY = date(2026, 11, 18)


def queries() -> Iterator[Query]:
    """Every public query of the register; the Matrix slice answers for an account, not for somebody."""
    for found in pkgutil.walk_packages(storage.__path__, "storage."):
        if found.name.endswith(".queries") and ".matrix." not in found.name:
            module = importlib.import_module(found.name)
            own = (q for q in vars(module).values() if inspect.iscoroutinefunction(q) and q.__module__ == found.name)
            yield from (query for query in own if not query.__name__.startswith("_"))
    yield from (names_beginning, names_like, history)


EVERY = pytest.mark.parametrize("query", list(queries()), ids=lambda q: f"{q.__module__.split('.')[1]}.{q.__name__}")


@EVERY
def test_every_query_takes_a_scope_that_nobody_can_forget(query: Query) -> None:
    parameters = list(inspect.signature(query).parameters.values())
    assert [p.name for p in parameters[:2]] == ["view", "scope"]
    assert parameters[1].annotation is Scope
    assert parameters[1].default is inspect.Parameter.empty


# Something to ask for by every parameter a query has; a new name needs a line here.
ASKED: dict[str, list[Any]] = {
    "an_entity": [PROJECTS, BY_COLLECTION["people"], BY_COLLECTION["decisions"]],
    "alias": [None, "#lenkung:muenchen.example"],
    "city": ["M", "N"],
    "code": ["M", "N", "BST", "XX"],
    "codes": [frozenset({"M", "N", "A", "BST"})],
    "collections": [("projects", "cities", "people")],
    "column": ["phase", "overall"],
    "day": [DAY],
    "first": [None, DAY],
    "key": [*(f"{letter}{n}" for letter in ("P-", "B-", "u", "s", "r") for n in (1, 2, 3, 4))],
    "keys": [frozenset({"u1", "u2", "u3", "u4"})],
    "kind": list(RoomKind),
    "limit": [2, 1000],
    "mxid": ["@koordination:muenchen.example", "@nobody:muenchen.example"],
    "mxids": [frozenset({"@koordination:muenchen.example", "@koordination:nuernberg.example"})],
    "offset": [0, 1],
    "people": [frozenset({"u1", "u2", "u3"})],
    "person": ["u1", "u2", "u3"],
    "project": ["P-1", "P-2", "P-3"],
    "role": list(Role),
    "room": ["!lenkung:muenchen.example"],
    "server": ["muenchen.example", "nuernberg.example"],
    "since": [DAY, date(2027, 6, 1)],
    "state": list(CityState),
    "until": [None, date(2027, 6, 1)],
    "wanted": [
        ProjectFilter(),
        ProjectFilter(phases=frozenset(Phase)),
        ProjectFilter(health=Health.YELLOW),
        ProjectFilter(city="M"),
        ProjectFilter(silent=True),
        AgreementFilter(),
        AgreementFilter(states=frozenset({AgreementState.IN_FORCE}), party="N"),
    ],
    "words": [("bauantrag", "muenchen", "augsburg", "lenkung")],
}


def calls(query: Query) -> list[dict[str, Any]]:
    """Every combination of what can be asked for, with what may be left out left out and given."""
    wanted = inspect.get_annotations(query, eval_str=True).get("wanted", object)
    names = [p.name for p in list(inspect.signature(query).parameters.values())[2:]]
    asked = [[one for one in ASKED[n] if n != "wanted" or isinstance(one, wanted)] for n in names]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*asked)]


async def answers(database: Database, query: Query, scope: Scope) -> list[Any]:
    """What the query answers to every call."""
    async with database.read() as connection:
        return [await query(View(connection), scope, **asked) for asked in calls(query)]


@pytest.fixture
async def shown(sqlite: Database) -> tuple[Scribe, datetime]:
    """The demo; once everything was seen by everybody, today visibilities differ. With the instant before."""
    scribe = Scribe(database=sqlite)
    await take_in(scribe, read_bundle(DEMO.read_bytes(), name=DEMO.name))
    await scribe.write(lambda work: _give_visibilities(work, itertools.repeat(Visibility.PUBLIC)))
    then = scribe.written[-1].at
    await scribe.write(lambda work: _give_visibilities(work, itertools.cycle(CYCLE)))
    await scribe.remove("projects", "P-4")
    return scribe, then


async def _give_visibilities(work: Work, visibilities: Iterator[Visibility | None]) -> None:
    everything = Scope(cap=Visibility.INTERNAL, person=None, seats=frozenset(), as_of=None)
    for an_entity in ENTITIES:
        for kept in await fetch(work, an_entity, everything):
            await work.put(an_entity, kept.key, kept.record.model_copy(update={"visibility": next(visibilities)}))


async def _forget_hidden(connection: Connection, cap: Visibility, own: str | None) -> None:
    """Delete, with their past, the records that `cap` does not show today, as no command ever would."""
    for an_entity in ENTITIES:
        now, past = an_entity.table.current, an_entity.table.past
        keys = {*(await connection.execute(select(now.c.key))).scalars()}
        keys |= {*(await connection.execute(select(past.c.key))).scalars()}
        seen = (await connection.execute(select(now.c.key).where(now.c.rank <= cap.rank))).scalars()
        hidden = keys - {*seen} - {own}
        for table in (t for versioned in an_entity.tables() for t in (versioned.current, versioned.past)):
            mine: ColumnElement[bool] = (table.c.root if "root" in table.c else table.c.key).in_(hidden)
            await connection.execute(delete(table).where(mine))
        for derived in (NAME, DUE):
            gone = delete(derived).where(derived.c.collection == an_entity.collection, derived.c.key.in_(hidden))
            await connection.execute(gone)


@pytest.mark.parametrize(
    ("cap", "own"), [(Visibility.PUBLIC, None), (Visibility.GUEST, "P-2"), (Visibility.COOPERATION, None)]
)
async def test_with_the_hidden_records_deleted_every_answer_is_the_same(
    shown: tuple[Scribe, datetime], cap: Visibility, own: str | None
) -> None:
    scribe, then = shown
    now, past = (Scope(cap=cap, person=None, seats=frozenset(), as_of=at, own=own) for at in (None, then))
    asked = [(query, scope) for query in queries() for scope in (now, past)]
    before = [await answers(scribe.database, query, scope) for query, scope in asked]
    await scribe.database.transact(lambda connection: _forget_hidden(connection, cap, own))
    for (query, scope), found in zip(asked, before, strict=True):
        again = await answers(scribe.database, query, scope)
        for call, one, other in zip(calls(query), found, again, strict=True):
            assert one == other, (query.__qualname__, scope.as_of, call)


async def test_todays_visibility_holds_for_past_days_too(shown: tuple[Scribe, datetime]) -> None:
    scribe, then = shown
    past = Scope(cap=Visibility.PUBLIC, person=None, seats=frozenset(), as_of=then)
    today = Scope(cap=Visibility.PUBLIC, person=None, seats=frozenset(), as_of=None)
    found = [{k.key for k in await scribe.read(lambda v, s=s: fetch(v, PROJECTS, s))} for s in (past, today)]  # type: ignore[misc]
    assert found[0] == found[1] != set()
    seen = {kept.key for kept in await scribe.read(lambda view: fetch(view, PROJECTS, _all(then)))}
    assert "P-4" in seen, "who sees everything sees what was removed since"


async def test_a_record_made_public_since_is_shown_for_past_days(scribe: Scribe) -> None:
    project = PROJECTS.record.model_validate(
        {"id": "P-1", "title": "x", "phase": "idea", "leads": [{"city": "M"}], "visibility": "internal"}
    )
    await scribe.put(project)
    then = scribe.now
    await scribe.put(project.model_copy(update={"visibility": Visibility.PUBLIC}))
    guest = Scope(cap=Visibility.GUEST, person=None, seats=frozenset(), as_of=then)
    assert [k.key for k in await scribe.read(lambda view: fetch(view, PROJECTS, guest))] == ["P-1"]
    earlier = Scope(cap=Visibility.GUEST, person=None, seats=frozenset(), as_of=then - timedelta(days=1))
    assert await scribe.read(lambda view: fetch(view, PROJECTS, earlier)) == ()


def _all(at: datetime) -> Scope:
    return Scope(cap=Visibility.INTERNAL, person=None, seats=frozenset(), as_of=at)
