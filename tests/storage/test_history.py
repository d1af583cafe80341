"""The history of a record: what each operation changed, field by field and part by part."""

from typing import Any

from storage.history import Step, history
from storage.people.tables import PEOPLE
from storage.projects.tables import PROJECTS
from storage.scope import Scope
from storage.values import Visibility
from storage.view import View
from tests.storage.scribe import Scribe, project, update

GUEST = Scope(cap=Visibility.GUEST, person=None, seats=frozenset(), as_of=None)
MILESTONE = {"title": "Pilot", "due": "2027-03-01"}


def told(step: Step) -> list[tuple[Any, ...]]:
    """Table, fields, and the values of these fields before and after."""
    return [
        (c.table, {f: ((c.before or {}).get(f), (c.after or {}).get(f)) for f in c.fields if f != "tags"})
        for c in step.changes
    ]


async def test_a_new_record_appears_with_everything_it_says(scribe: Scribe) -> None:
    await scribe.put(project())
    (step,) = await scribe.history("projects", "P-1")
    root, lead = step.changes
    assert (root.before, lead.before) == (None, None)
    assert {"title", "phase"} <= set(root.fields)
    assert lead.fields == ("city",)


async def test_a_changed_field_is_told_with_its_old_and_new_value_and_nothing_else(scribe: Scribe) -> None:
    await scribe.put(project())
    await scribe.put(project(title="Neu"))
    steps = await scribe.history("projects", "P-1")
    assert told(steps[1]) == [("projects", {"title": ("Bauantrag", "Neu")})]
    assert [s.operation for s in steps] == scribe.written


async def test_parts_that_come_change_and_go_are_told_apart(scribe: Scribe) -> None:
    await scribe.put(project())
    await scribe.put(project(milestones=[MILESTONE]))
    await scribe.put(project(milestones=[MILESTONE | {"due": "2027-04-01"}]))
    await scribe.put(project())
    _, added, changed, removed = await scribe.history("projects", "P-1")
    assert told(added) == [("projects_milestones", {"title": (None, "Pilot"), "due": (None, "2027-03-01")})]
    assert told(changed) == [("projects_milestones", {"due": ("2027-03-01", "2027-04-01")})]
    assert told(removed) == [("projects_milestones", {"title": ("Pilot", None), "due": ("2027-04-01", None)})]


async def test_what_is_derived_or_only_moved_is_no_change(scribe: Scribe) -> None:
    await scribe.put(project(updates=[update("eins", health="green")]))
    await scribe.put(project(updates=[update("null", health="red"), update("eins", health="green")]))
    step = (await scribe.history("projects", "P-1"))[1]
    assert told(step) == [
        (
            "projects_updates",
            {
                "text": (None, "null"),
                "health": (None, "red"),
                "city": (None, "M"),
                "by": (None, "u1"),
                "at": (None, "2026-11-18T09:00:00.000000Z"),
            },
        )
    ]


async def test_an_undo_is_a_step_of_its_own(scribe: Scribe) -> None:
    await scribe.put(project())
    await scribe.undo(await scribe.put(project(title="Neu")))
    steps = await scribe.history("projects", "P-1")
    assert [step.operation.undoes for step in steps] == [None, None, steps[1].operation.id]
    assert told(steps[2]) == [("projects", {"title": ("Neu", "Bauantrag")})]


async def test_a_removed_record_keeps_its_history_for_those_who_see_everything(scribe: Scribe) -> None:
    await scribe.put(project())
    await scribe.remove("projects", "P-1")
    await scribe.put(project(title="Wieder da"))
    made, removed, again = await scribe.history("projects", "P-1")
    assert all(change.before is None for change in (*made.changes, *again.changes))
    assert all(change.after is None for change in removed.changes)
    await scribe.remove("projects", "P-1")
    steering = Scope(cap=Visibility.INTERNAL, person="u1", seats=frozenset(), as_of=None)
    assert len(await _history(scribe, steering, "P-1") or ()) == 4
    assert await _history(scribe, GUEST, "P-1") is None


async def test_a_record_nobody_may_see_here_has_no_history(scribe: Scribe) -> None:
    await scribe.put(project())
    assert await _history(scribe, GUEST, "P-1") is None
    await scribe.put(project(visibility="guest"))
    assert len(await _history(scribe, GUEST, "P-1") or ()) == 2


async def _history(scribe: Scribe, scope: Scope, key: str) -> tuple[Step, ...] | None:
    return await scribe.read(lambda view: history(view, scope, PROJECTS, key))


async def test_a_guest_does_not_read_from_the_history_what_is_hidden_in_the_record(scribe: Scribe) -> None:
    person = {"key": "u2", "name": "Anna"}
    await scribe.put(PEOPLE.record.model_validate(person))
    hidden = {"email": "anna@muenchen.example", "absences": [{"from": "2026-12-01", "to": "2026-12-09"}]}
    await scribe.put(PEOPLE.record.model_validate(person | hidden))

    async def seen(view: View) -> Any:
        return await history(view, GUEST, PEOPLE, "u2")

    assert [told(step) for step in await scribe.read(seen)] == [[("people", {"name": (None, "Anna")})]]
    assert len(await scribe.history("people", "u2")) == 2
