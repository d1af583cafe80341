"""Records become rows and rows records again, whatever they say; writing touches only the rows that differ."""

from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.mapping import Entity, from_tree, to_tree
from storage.projects.tables import PROJECTS
from storage.register import ENTITIES
from storage.seats.record import Role, Seat
from storage.seats.tables import SEATS
from storage.solutions.record import Audience, Solution
from storage.solutions.tables import SOLUTIONS
from storage.values import Record
from storage.work import Work
from tests.storage.scribe import Scribe, project, update
from tests.storage.strategies import records

EVERY = pytest.mark.parametrize("an_entity", ENTITIES, ids=lambda e: e.collection)
FIXTURE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=8
)


@EVERY
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(data=st.data())
def test_every_record_survives_being_taken_apart_into_rows(an_entity: Entity[Any], data: st.DataObject) -> None:
    record = data.draw(records(an_entity.record))
    tree = to_tree(an_entity, record)
    tree.key = record.own_key()
    assert from_tree(an_entity, tree) == record


@EVERY
@FIXTURE
@given(data=st.data())
async def test_what_was_put_is_what_is_fetched_whatever_stood_there(
    an_entity: Entity[Any], scribe: Scribe, data: st.DataObject
) -> None:
    key = {"id": f"{an_entity.record.letter}-1", "code": "M", "key": "u1"}.get(an_entity.record.key_field or "", "r1")
    wanted = [data.draw(records(an_entity.record, key)) for _ in range(2)]
    for record in wanted:
        put = partial(_put, an_entity, key, record)
        await scribe.write(put)
        assert await scribe.fetched(an_entity, key) == record
        before = len(scribe.written)
        await scribe.write(put)
        assert len(scribe.written) == before, "putting the same again is no operation"
    await scribe.write(lambda work: work.remove(an_entity, key))
    assert await scribe.fetched(an_entity, key) is None
    assert await scribe.dump() == {}


async def _put(an_entity: Entity[Any], key: str, record: Record, work: Work) -> None:
    await work.put(an_entity, key, record)


@pytest.mark.parametrize("title", ["2026-11-18T10:00:00.000000Z", "null", "[]", "true", "1e3"])
async def test_a_text_that_looks_like_something_else_stays_a_text(scribe: Scribe, title: str) -> None:
    await scribe.put(project(title=title, topics=[title], goal=title))
    found = await scribe.fetched(PROJECTS, "P-1")
    assert (found.title, found.topics, found.goal) == (title, (title,), title)


async def test_a_vacant_seat_can_be_read_again(scribe: Scribe) -> None:
    seat = Seat(key="s1", city="M", body="Runde", role=Role.VOTING, holder=None)
    await scribe.put(seat)
    assert await scribe.fetched(SEATS, "s1") == seat


def test_a_solution_for_the_public_is_seen_by_everybody() -> None:
    solution = Solution(id="L-1", title="x", provider="M", audience=Audience.PUBLIC)
    assert SOLUTIONS.rank(solution) == 0


async def test_one_more_status_writes_one_row_however_many_there_are(scribe: Scribe) -> None:
    many = [update(f"Stand {n}") for n in range(200)]
    await scribe.put(project(updates=many))
    added = await scribe.put(project(updates=[*many, update("neu")]))
    updates = PROJECTS.table.name + "_updates"
    table = next(child.table for child in PROJECTS.child_tables() if child.table.name == updates)
    rows = await scribe.rows(table.current)
    assert [row["text"] for row in rows if row["operation"] == added.id] == ["neu"]
    assert await scribe.rows(table.past) == []


async def test_a_part_that_goes_moves_no_row_of_the_others(scribe: Scribe) -> None:
    many = [update(f"Stand {n}") for n in range(50)]
    await scribe.put(project(updates=many))
    await scribe.put(project(updates=many[1:]))
    table = next(child.table for child in PROJECTS.child_tables() if child.name == "updates")
    assert [row["text"] for row in await scribe.rows(table.past)] == ["Stand 0"]
    assert await scribe.fetched(PROJECTS, "P-1") == project(updates=many[1:])


async def test_an_inserted_part_keeps_its_place(scribe: Scribe) -> None:
    links = [{"title": t, "url": "https://muenchen.example/"} for t in "abcd"]
    await scribe.put(project(links=[links[0], links[3]]))
    for order in ("abd", "abcd", "dcba", "bd", "dab", ""):
        wanted = project(links=[links["abcd".index(t)] for t in order])
        await scribe.put(wanted)
        assert await scribe.fetched(PROJECTS, "P-1") == wanted


async def test_a_part_deep_below_keeps_its_row_while_its_neighbours_change(scribe: Scribe) -> None:
    first = {"title": "A", "due": "2027-01-01"}
    moved = {"from": "2027-02-01", "to": "2027-03-01", "noted": "2026-11-18", "reason": "Ferien"}
    await scribe.put(project(milestones=[first, {"title": "B", "due": "2027-03-01", "shifts": [moved]}]))
    before = await scribe.dump()
    await scribe.put(project(milestones=[{"title": "B", "due": "2027-03-01", "shifts": [moved]}]))
    assert (await scribe.dump())["projects_milestones_shifts"] == before["projects_milestones_shifts"]


async def test_more_rows_than_one_statement_can_name_are_written_and_removed(sqlite: Any) -> None:
    scribe = Scribe(database=sqlite)
    many = project(topics=[], links=[{"title": str(n), "url": "https://muenchen.example/"} for n in range(33_000)])

    async def body(work: Work) -> None:
        await work.put(PROJECTS, "P-1", many)

    await scribe.write(body)
    await scribe.undo(scribe.written[-1])
    assert await scribe.dump() == {}
