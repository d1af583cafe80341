"""Undo restores what an operation changed, or refuses because something has built on it."""

from typing import Any

import pytest

from storage.derived import DUE, NAME
from storage.operations import last_operation_of, operations_by_cause
from storage.projects.tables import PROJECTS
from storage.register import BY_COLLECTION
from storage.undo import BuiltUpon
from storage.values import Record
from storage.work import Reissue, Work, counted
from tests.storage.scribe import Scribe, city, decision, project, update

MILESTONE = {"title": "Pilot", "due": "2027-03-01"}
MOVED = {"from": "2027-02-01", "to": "2027-03-01", "noted": "2026-11-18", "reason": "Ferien"}


def of(collection: str, **fields: Any) -> Record:
    """A record of this collection."""
    record: Record = BY_COLLECTION[collection].record.model_validate(fields)
    return record


def task(**fields: Any) -> Record:
    """A task of Munich's."""
    return of("tasks", **{"id": "A-1", "text": "Angebot", "owner": "u1", "city": "M", "state": "open"} | fields)


def meeting(**fields: Any) -> Record:
    """A meeting of the steering group."""
    return of("meetings", **{"id": "S-1", "body": "Lenkung", "date": "2026-12-01", "state": "planned"} | fields)


async def refused(scribe: Scribe, operation: Any, record: tuple[str, str]) -> None:
    """The undo is refused because of `record`, and changes nothing."""
    before = await scribe.dump()
    with pytest.raises(BuiltUpon) as raised:
        await scribe.undo(operation)
    assert raised.value.record == record
    assert await scribe.dump() == before


async def test_an_undone_change_leaves_the_register_as_it_was(scribe: Scribe) -> None:
    await scribe.put(project(milestones=[MILESTONE]), decision())
    before = await scribe.dump()
    changed = await scribe.put(project(title="Neu", milestones=[MILESTONE | {"shifts": [MOVED]}]), task())
    undone = await scribe.undo(changed)
    assert await scribe.dump() == before
    assert undone.touched == {("projects", "P-1"), ("tasks", "A-1")}
    assert undone.made == {("tasks", "A-1")}


async def test_an_undone_removal_brings_everything_back(scribe: Scribe) -> None:
    await scribe.put(project(updates=[update("gut", needs=[{"from": "N", "what": "Testzugang"}])]))
    before = await scribe.dump()
    await scribe.undo(await scribe.remove("projects", "P-1"))
    assert await scribe.dump() == before


async def test_what_somebody_changed_since_is_not_undone(scribe: Scribe) -> None:
    await scribe.put(project())
    mine = await scribe.put(project(title="Meiner"))
    await scribe.put(project(title="Deiner"))
    await refused(scribe, mine, ("projects", "P-1"))


async def test_what_somebody_removed_since_is_not_undone(scribe: Scribe) -> None:
    mine = await scribe.put(project())
    await scribe.remove("projects", "P-1")
    await refused(scribe, mine, ("projects", "P-1"))


async def test_a_later_change_elsewhere_in_the_record_is_kept(scribe: Scribe) -> None:
    await scribe.put(project(updates=[update("eins")]))
    mine = await scribe.put(project(title="Meiner", updates=[update("eins")]))
    await scribe.put(project(title="Meiner", updates=[update("eins"), update("zwei")]))
    await scribe.undo(mine)
    found = await scribe.fetched(PROJECTS, "P-1")
    assert (found.title, [u.text for u in found.updates]) == ("Bauantrag", ["eins", "zwei"])


async def test_ones_own_changes_of_the_same_field_are_undone_one_after_the_other(scribe: Scribe) -> None:
    dumps = []
    for title in ("eins", "zwei", "drei"):
        dumps.append(await scribe.dump())
        await scribe.put(project(title=title))
    for operation in reversed(scribe.written[:3]):
        await scribe.undo(operation)
        assert await scribe.dump() == dumps.pop()


async def test_a_change_in_between_that_was_undone_does_not_stand_in_the_way(scribe: Scribe) -> None:
    await scribe.put(project())
    before = await scribe.dump()
    mine = await scribe.put(project(title="Meiner"))
    await scribe.undo(await scribe.put(project(title="Deiner")))
    await scribe.undo(mine)
    assert await scribe.dump() == before


async def test_a_change_that_was_undone_and_made_again_stands_in_the_way(scribe: Scribe) -> None:
    await scribe.put(project())
    mine = await scribe.put(project(title="Meiner"))
    await scribe.undo(await scribe.put(project(title="Deiner")))
    await scribe.put(project(title="Deiner"))
    await refused(scribe, mine, ("projects", "P-1"))


@pytest.mark.parametrize(
    ("made", "built"),
    [
        (project(), task(source="P-1")),
        (project(), decision(projects=["P-1"])),
        (decision(), of("statements", id="T-1", title="x", body="y", channels=["Web"], state="draft", cites=["B-1"])),
        (decision(), decision("B-2", mode_basis="B-1 Ziffer 3")),
        (decision(), decision("B-2", mode_basis="B-1, Satz 2")),
        (decision(), city("N", states=[{"state": "member", "from": "2020", "source": "B-1(4)"}])),
        (city("N"), of("barriers", id="H-1", title="x", level="eu", state="recorded", workarounds={"N": "Papier"})),
        (city("N"), project(updates=[update("x", needs=[{"from": "N", "what": "y"}])])),
        (of("people", key="u2", name="Anna"), meeting(attendance=["u2"])),
        (of("people", key="u2", name="Anna"), project(leads=[{"city": "M", "holder": "u2"}])),
    ],
    ids=lambda r: r.collection,
)
async def test_what_others_refer_to_by_now_is_not_undone(scribe: Scribe, made: Record, built: Record) -> None:
    operation = await scribe.put(made)
    await scribe.put(built)
    await refused(scribe, operation, (made.collection, str(made.own_key())))
    await scribe.remove(built.collection, str(built.own_key()))
    await scribe.undo(operation)
    assert await scribe.dump() == {}


async def test_a_room_that_a_meeting_names_by_its_alias_is_not_undone(scribe: Scribe) -> None:
    room = of("rooms", alias="#lenkung:muenchen.example", kind="steering")
    await scribe.write(lambda work: work.put(BY_COLLECTION["rooms"], "r1", room))
    operation = scribe.written[-1]
    await scribe.put(meeting(room="#lenkung:muenchen.example"))
    await refused(scribe, operation, ("rooms", "r1"))


async def test_b_10_is_no_reference_to_b_1(scribe: Scribe) -> None:
    operation = await scribe.put(decision())
    await scribe.put(decision("B-2", mode_basis="B-10 Ziffer 3"), task(source="B-10"))
    await scribe.undo(operation)


async def test_a_record_goes_together_with_what_was_made_with_it(scribe: Scribe) -> None:
    both = await scribe.put(project(), task(source="P-1"))
    await scribe.undo(await scribe.put(task(source="P-1", state="done")))
    await scribe.undo(both)
    assert await scribe.dump() == {}


async def test_a_part_below_which_something_was_added_since_stays(scribe: Scribe) -> None:
    await scribe.put(project())
    mine = await scribe.put(project(milestones=[MILESTONE]))
    await scribe.put(project(milestones=[MILESTONE | {"shifts": [MOVED]}]))
    await refused(scribe, mine, ("projects", "P-1"))


async def test_a_part_is_not_put_back_below_one_that_is_gone(scribe: Scribe) -> None:
    await scribe.put(project(milestones=[MILESTONE | {"shifts": [MOVED]}]))
    mine = await scribe.put(project(milestones=[MILESTONE]))
    await scribe.put(project())
    await refused(scribe, mine, ("projects", "P-1"))


async def test_a_part_is_not_put_back_into_a_record_that_is_gone(scribe: Scribe) -> None:
    await scribe.put(project(updates=[update("x")]))
    mine = await scribe.put(project())
    await scribe.remove("projects", "P-1")
    await refused(scribe, mine, ("projects", "P-1"))


async def test_a_reference_is_not_put_back_to_what_is_gone_since(scribe: Scribe) -> None:
    made = await scribe.put(project("P-9"))
    await scribe.put(task(source="P-9"))
    mine = await scribe.put(task())
    await scribe.undo(made)
    await refused(scribe, mine, ("projects", "P-9"))


async def test_undone_operations_are_no_ones_last_any_more(scribe: Scribe) -> None:
    first = await scribe.put(project())
    second = await scribe.put(project(title="Neu"))

    async def last() -> Any:
        return await scribe.read(lambda view: last_operation_of(view.connection, "u1"))

    assert await last() == second
    await scribe.undo(second)
    assert await last() == first
    assert await scribe.read(lambda view: operations_by_cause(view.connection, second.cause)) == ()
    await scribe.undo(first)
    assert await last() is None


async def test_a_number_that_was_undone_is_given_again_only_to_what_replaces_it(scribe: Scribe) -> None:
    async def new(work: Work) -> str:
        key = await work.new_key(PROJECTS)
        await work.put(PROJECTS, key, project(key))
        return key

    assert [await scribe.write(new), await scribe.write(new)] == ["P-1", "P-2"]
    undone = await scribe.undo(scribe.written[-1])
    numbers = dict(number for c, k in undone.made if (number := counted(BY_COLLECTION[c], k)))
    assert numbers == {"P": 2}

    async def anew(work: Work) -> list[str]:
        work.reissue(Reissue(numbers={name: (number,) for name, number in numbers.items()}))
        return [await new(work), await new(work)]

    assert await scribe.write(new) == "P-3"
    assert await scribe.write(anew) == ["P-2", "P-4"]


async def test_names_and_due_moments_come_and_go_with_an_undo(scribe: Scribe) -> None:
    await scribe.put(project(title="Alt"))
    before = await _derived(scribe)
    changed = await scribe.put(project(title="Neu", aliases=["Ganz neu"]), decision())
    await scribe.undo(changed)
    assert await _derived(scribe) == before
    await scribe.undo(await scribe.remove("projects", "P-1"))
    assert await _derived(scribe) == before


async def _derived(scribe: Scribe) -> tuple[Any, ...]:
    dues = [{k: v for k, v in row.items() if k != "id"} for row in await scribe.rows(DUE)]
    return await scribe.rows(NAME), dues


async def test_an_undo_of_hundreds_of_records_is_one_operation(scribe: Scribe) -> None:
    imported = await scribe.put(*(task(id=f"A-{n}") for n in range(1, 300)))
    await scribe.undo(imported)
    assert await scribe.dump() == {}
    assert len(scribe.written) == 2
