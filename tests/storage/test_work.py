"""The unit of work: one operation for what belongs together, numbers given out once, time that never runs backwards."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update as sql_update

from storage.operations import OPERATION, Acting, CauseKind, note_withdrawal, operation
from storage.projects.tables import PROJECTS
from storage.records import fetch_one
from storage.register import BY_COLLECTION
from storage.scope import unlimited
from storage.view import View
from storage.work import COUNTER, Work, counted, counters
from tests.storage.scribe import START, Scribe, decision, project


async def test_a_command_that_changes_nothing_leaves_no_operation(scribe: Scribe) -> None:
    await scribe.put(project())
    await scribe.put(project())
    await scribe.write(lambda work: work.remove(PROJECTS, "P-7"))
    assert len(scribe.written) == 1
    assert len(await scribe.rows(OPERATION)) == 1


async def test_everything_one_command_changes_is_one_operation(scribe: Scribe) -> None:
    await scribe.put(project(), decision())
    rows = await scribe.rows(PROJECTS.table.current)
    assert [row["operation"] for row in rows] == [scribe.written[0].id]
    assert len(await scribe.rows(OPERATION)) == 1


async def test_what_one_operation_writes_twice_has_no_past(scribe: Scribe) -> None:
    async def body(work: Work) -> None:
        for title in ("eins", "zwei"):
            await work.put(PROJECTS, "P-1", project(title=title))
        await work.remove(PROJECTS, "P-1")
        await work.put(PROJECTS, "P-1", project(title="drei"))

    await scribe.write(body)
    assert await scribe.rows(PROJECTS.table.past) == []
    assert (await scribe.fetched(PROJECTS, "P-1")).title == "drei"


async def test_what_a_command_has_changed_it_reads_back_at_once_and_others_only_afterwards(scribe: Scribe) -> None:
    await scribe.put(project(title="eins"))

    async def title(view: View) -> str:
        kept = await fetch_one(view, PROJECTS, unlimited(), "P-1")
        assert kept is not None
        return kept.record.title

    async def body(work: Work) -> list[str]:
        read = [await title(work)]
        for new in ("zwei", "drei"):
            await work.put(PROJECTS, "P-1", project(title=new))
            read += [await title(work), await scribe.read(title)]
        return read

    assert await scribe.write(body) == ["eins", "zwei", "eins", "drei", "eins"]
    assert await scribe.read(title) == "drei"


async def test_nobody_can_change_anything_unnamed(scribe: Scribe) -> None:
    async def body(work: Work) -> None:
        work.acting = None
        await work.put(PROJECTS, "P-1", project())

    with pytest.raises(RuntimeError, match="on whose behalf"):
        await scribe.write(body)
    assert await scribe.dump() == {}


async def test_a_clock_that_is_set_back_never_makes_operations_run_backwards(scribe: Scribe) -> None:
    first = await scribe.put(project(title="eins"))
    scribe.now = START - timedelta(days=400)
    second = await scribe.put(project(title="zwei"))
    assert second.at == first.at
    assert (await scribe.fetched(PROJECTS, "P-1", first.at)).title == "zwei"
    scribe.now = START + timedelta(days=1)
    third = await scribe.put(project(title="drei"))
    assert third.at == START + timedelta(days=1, seconds=1)
    assert (await scribe.fetched(PROJECTS, "P-1", third.at - timedelta(microseconds=1))).title == "zwei"


async def test_a_number_is_never_given_out_twice(scribe: Scribe) -> None:
    async def new(work: Work) -> str:
        key = await work.new_key(PROJECTS)
        await work.put(PROJECTS, key, project(key))
        return key

    given = [await scribe.write(new) for _ in range(3)]
    await scribe.undo(scribe.written[-1])
    await scribe.remove("projects", "P-1")
    given += [await scribe.write(new) for _ in range(2)]
    assert given == ["P-1", "P-2", "P-3", "P-4", "P-5"]


async def test_a_command_that_fails_gives_its_number_back(scribe: Scribe) -> None:
    async def fails(work: Work) -> None:
        await work.put(PROJECTS, await work.new_key(PROJECTS), project())
        raise LookupError

    with pytest.raises(LookupError):
        await scribe.write(fails)
    assert await scribe.rows(COUNTER.current) == []


async def test_letters_and_keys_of_our_own_are_counted_apart(scribe: Scribe) -> None:
    async def body(work: Work) -> list[str]:
        kinds = ("projects", "people", "seats", "decisions", "projects")
        return [await work.new_key(BY_COLLECTION[kind]) for kind in kinds]

    assert await scribe.write(body) == ["P-1", "u1", "s1", "B-1", "P-2"]
    keys = (("projects", "P-2"), ("people", "u1"), ("cities", "M"))
    assert [counted(BY_COLLECTION[c], k) for c, k in keys] == [("P", 2), ("people", 1), None]


async def test_counters_of_a_past_day_stand_where_they_stood(scribe: Scribe) -> None:
    await scribe.write(lambda work: work.count_to("P", 7))
    then = scribe.written[-1].at
    await scribe.write(lambda work: work.count_to("P", 5))
    await scribe.write(lambda work: work.number("P"))
    assert await scribe.read(lambda view: counters(view, then)) == {"P": 7}
    assert await scribe.read(lambda view: counters(view, None)) == {"P": 8}
    assert await scribe.read(lambda view: counters(view, then - timedelta(seconds=1))) == {}


async def test_an_attempt_that_fails_leaves_the_rest_of_the_work_as_it_was(scribe: Scribe) -> None:
    async def body(work: Work) -> list[Any]:
        await work.put(PROJECTS, "P-1", project())
        work.announce("bleibt")
        with pytest.raises(LookupError):
            await attempted(work)
        await work.put(PROJECTS, "P-3", project("P-3"))
        return [*work.announced, work.acting]

    async def attempted(work: Work) -> None:
        async with work.attempt():
            work.act(Acting(command="other", cause_kind=CauseKind.DUTY, cause="x"))
            work.announce("geht")
            await work.put(PROJECTS, "P-2", project("P-2"))
            raise LookupError

    announced, acting = await scribe.write(body)
    assert (announced, acting.command) == ("bleibt", "test")
    assert [row["key"] for row in await scribe.rows(PROJECTS.table.current)] == ["P-1", "P-3"]
    assert len(await scribe.rows(OPERATION)) == 1


async def test_a_message_deleted_too_late_is_noted_once(scribe: Scribe) -> None:
    written = await scribe.put(project())

    async def note(work: Work) -> Any:
        await note_withdrawal(work.connection, written.id, work.now, "u1")
        return await operation(work.connection, written.id)

    first = await scribe.write(note)
    assert (first.withdrawn_at, first.withdrawn_by) == (scribe.now, "u1")
    assert await scribe.write(note) == first


async def test_no_row_of_the_register_is_written_but_by_an_operation(scribe: Scribe) -> None:
    """Rows are stamped by `put`; nothing else may write them, so every stamp leads to an operation."""
    await scribe.put(project(), decision())
    await scribe.put(project(title="Neu"))
    known = {row["id"] for row in await scribe.rows(OPERATION)}
    rows = [*await scribe.rows(PROJECTS.table.current), *await scribe.rows(PROJECTS.table.past)]
    assert {row["operation"] for row in rows} <= known


async def test_reading_cannot_write(scribe: Scribe) -> None:
    async def body(view: View) -> None:
        await view.connection.execute(sql_update(PROJECTS.table.current).values(title="x"))

    with pytest.raises(Exception, match=r"read.?only"):
        await scribe.read(body)
