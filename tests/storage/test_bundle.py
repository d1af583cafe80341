"""Import and export: the same bundle comes back, twice changes nothing, and nothing is lost or overwritten unasked."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.demo
from storage.bundle import Conflict, ImportConflict, Imported, export_bundle, import_bundle
from storage.bundle_format import Bundle, read_bundle, write_bundle
from storage.operations import OPERATION, CauseKind
from storage.register import BY_COLLECTION
from storage.scope import unlimited
from storage.work import Work
from tests.storage.scribe import START, Scribe, decision, project, update

DEMO = Path(bot.demo.__file__).parent / "staedtekooperation.yaml"
NOTHING: dict[str, int] = {}

TREE: dict[str, Any] = {
    "version": 1,
    "cooperation": {
        "name": {"de": "Städte", "en": "Cities"},
        "founded": "2019",
        "language": "de",
        "timezone": "Europe/Berlin",
    },
    "cities": [
        {"code": c, "name": {"de": c, "en": c}, "kind": "city", "states": [{"state": "member", "from": "2019"}]}
        for c in "MN"
    ],
    "people": [{"key": "anna", "name": "Anna", "mxid": "@anna:muenchen.example"}, {"key": "bert", "name": "Bert"}],
    "seats": [{"city": "M", "body": "Runde", "role": "voting", "holder": "anna", "from": "2020"}],
    "projects": [{"id": "P-3", "title": "Bauantrag", "phase": "pilot", "leads": [{"city": "M", "holder": "bert"}]}],
}


def bundle(**changed: Any) -> Bundle:
    """The small bundle with other lists."""
    return Bundle.model_validate(TREE | changed)


async def take_in(scribe: Scribe, bundle: Bundle, *, overwrite: bool = False) -> Imported:
    """Import the bundle in an operation of its own."""

    async def body(work: Work) -> Imported:
        return await import_bundle(work, bundle, overwrite=overwrite)

    return await scribe.write(body, cause_kind=CauseKind.IMPORT)


async def exported(scribe: Scribe, at: datetime | None = None, now: datetime | None = None) -> Bundle:
    """What an export gives now, or gave at a past instant."""
    found = await scribe.read(lambda view: export_bundle(view, unlimited(at), now or scribe.now))
    assert found is not None
    return found


def same(one: Bundle, other: Bundle) -> bool:
    """Whether the two say the same, whenever they were exported and whatever their counters stand at."""
    told: dict[str, Any] = {"exported_at": None, "counters": {}}
    return one.model_copy(update=told) == other.model_copy(update=told)


async def test_the_demo_comes_back_as_it_went_in(scribe: Scribe) -> None:
    given = read_bundle(DEMO.read_bytes(), name=DEMO.name)
    done = await take_in(scribe, given)
    assert sum(done.added.values()) == sum(len(records) for _, records in given.lists()) + 1
    back = await exported(scribe)
    assert same(back, given)
    assert read_bundle(write_text(back), name="back") == back


def write_text(bundle: Bundle) -> str:
    """The bundle as a file."""
    stream = io.StringIO()
    write_bundle(bundle, stream)
    return stream.getvalue()


async def test_importing_twice_changes_nothing(scribe: Scribe) -> None:
    given = read_bundle(DEMO.read_bytes(), name=DEMO.name)
    await take_in(scribe, given)
    before, operations = await scribe.dump(), await scribe.rows(OPERATION)
    done = await take_in(scribe, given)
    assert (done.added, done.changed) == (NOTHING, NOTHING)
    assert await scribe.dump() == before
    assert await scribe.rows(OPERATION) == operations


async def test_an_export_taken_in_again_changes_nothing(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    await _made_in_chat(scribe)
    back = read_bundle(write_text(await exported(scribe)), name="back")
    done = await take_in(scribe, back)
    assert (done.added, done.changed, done.conflicts) == (NOTHING, NOTHING, ())


async def _made_in_chat(scribe: Scribe) -> None:
    """People and seats without a name of the bundle's; a decision names one of the seats."""

    async def body(work: Work) -> None:
        for kind, fields in (
            ("people", {"name": "Carla", "mxid": "@carla:nuernberg.example"}),
            ("people", {"name": "Dora"}),
            ("seats", {"city": "N", "body": "Runde", "role": "voting", "holder": "u3"}),
            ("seats", {"city": "N", "body": "Runde", "role": "deputy", "holder": "u4"}),
        ):
            of = BY_COLLECTION[kind]
            key = await work.new_key(of)
            await work.put(of, key, of.record.model_validate({"key": key, **fields}))
        unsettled = [{"city": "N", "seat": "s2", "choice": "for", "at": "2026-11-18T10:00:00Z"}]
        await work.put(BY_COLLECTION["decisions"], "B-1", decision(unsettled=unsettled))
        await work.count_to("B", 1)

    await scribe.write(body)


async def test_a_person_made_in_chat_is_not_taken_for_another_registers(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    await _made_in_chat(scribe)
    people = [*TREE["people"], {"key": "u4", "name": "Somebody else"}]
    await take_in(scribe, bundle(people=people))
    back = await exported(scribe)
    assert [p.name for p in back.people] == ["Anna", "Bert", "Carla", "Somebody else", "Dora"]
    assert [p.key for p in back.people] == ["anna", "bert", "u3", "u4", "u4x"]
    done = await take_in(scribe, back)
    assert (done.added, done.changed) == (NOTHING, NOTHING)


async def test_a_person_known_from_chat_gets_the_name_the_bundle_has_for_them(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    await _made_in_chat(scribe)
    people = [*TREE["people"], {"key": "carla", "name": "Carla", "mxid": "@carla:nuernberg.example"}]
    done = await take_in(scribe, bundle(people=people))
    assert (done.added, done.changed) == (NOTHING, NOTHING)
    assert [p.key for p in (await exported(scribe)).people] == ["anna", "bert", "carla", "u4"]


async def test_seats_that_differ_in_little_stay_apart(scribe: Scribe) -> None:
    same_seat = {"city": "M", "body": "Runde", "role": "office", "holder": "anna"}
    one, other = same_seat | {"office": "Vorsitz"}, same_seat | {"office": "Schrift", "to": "2026"}
    later = [seat | {"tags": ["neu"]} for seat in (one, other)]
    for given in (bundle(seats=[one, other]), bundle(seats=[one, other]), bundle(seats=later)):
        await take_in(scribe, given)
        assert same(await exported(scribe), given)


async def test_import_adds_and_updates_and_never_deletes(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    changed = {**TREE["projects"][0], "title": "Bauantrag digital"}
    changed |= {"leads": [{"city": "M"}]}
    done = await take_in(scribe, bundle(people=TREE["people"][:1], seats=[], projects=[changed]))
    assert (done.added, done.changed) == (NOTHING, {"projects": 1})
    back = await exported(scribe)
    assert [len(records) for records in (back.people, back.seats, back.projects)] == [2, 1, 1]
    assert back.projects[0].title == "Bauantrag digital"


async def test_what_was_changed_in_chat_since_the_export_is_a_conflict_and_nothing_is_imported(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    given = await exported(scribe)
    scribe.now += timedelta(minutes=1)
    await scribe.put(project("P-3", title="Im Chat geändert"))
    before = await scribe.dump()
    with pytest.raises(ImportConflict) as raised:
        await take_in(scribe, given)
    at = scribe.written[-1].at
    assert raised.value.conflicts == (Conflict(collection="projects", key="P-3", by="Anna", at=at),)
    assert await scribe.dump() == before
    done = await take_in(scribe, given, overwrite=True)
    assert (done.changed, done.conflicts) == ({"projects": 1}, raised.value.conflicts)
    assert same(await exported(scribe), given)


async def test_a_status_added_in_chat_is_a_conflict_too(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    given = await exported(scribe)
    stored = await scribe.fetched(BY_COLLECTION["projects"], "P-3")
    await scribe.put(stored.model_copy(update={"updates": project(updates=[update("gut")]).updates}))
    with pytest.raises(ImportConflict):
        await take_in(scribe, given)


async def test_what_was_changed_before_the_export_is_no_conflict(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    await scribe.put(project("P-3", title="Im Chat geändert"))
    given = await exported(scribe)
    changed = given.projects[0].model_copy(update={"title": "In der Datei geändert"})
    done = await take_in(scribe, given.model_copy(update={"projects": (changed,)}))
    assert done.changed == {"projects": 1}


async def test_what_was_taken_back_in_chat_does_not_return_unasked(scribe: Scribe) -> None:
    await take_in(scribe, bundle())
    made = await scribe.put(project("P-4"))
    given = await exported(scribe)
    await scribe.undo(made)
    with pytest.raises(ImportConflict):
        await take_in(scribe, given)
    assert (await take_in(scribe, given, overwrite=True)).added == {"projects": 1}


async def test_numbers_of_a_bundle_are_not_given_out_again(scribe: Scribe) -> None:
    await take_in(scribe, bundle(counters={"B": 40}))

    async def numbers(work: Work) -> list[str]:
        return [await work.new_key(BY_COLLECTION[kind]) for kind in ("projects", "decisions")]

    assert await scribe.write(numbers) == ["P-4", "B-41"]
    assert (await exported(scribe)).counters == {"B": 41, "P": 4}


async def test_an_export_of_a_past_instant_is_the_one_made_then(scribe: Scribe) -> None:
    made: list[tuple[datetime, Bundle]] = []

    async def note() -> None:
        made.append((scribe.now, await exported(scribe, now=START)))

    await take_in(scribe, bundle())
    await note()
    await _made_in_chat(scribe)
    await note()
    await scribe.put(project("P-3", title="Neu"))
    await note()
    carla = {"key": "carla", "name": "Carla", "mxid": "@carla:nuernberg.example"}
    await take_in(scribe, bundle(people=[*TREE["people"], carla], counters={"P": 30}), overwrite=True)
    await note()
    await scribe.remove("projects", "P-3")
    await note()
    for at, then in made:
        assert await exported(scribe, at, now=START) == then


async def test_before_there_was_a_cooperation_there_is_nothing_to_export(scribe: Scribe) -> None:
    assert await scribe.read(lambda view: export_bundle(view, unlimited(), START)) is None
    await take_in(scribe, bundle())
    before = scribe.written[0].at - timedelta(seconds=1)
    assert await scribe.read(lambda view: export_bundle(view, unlimited(before), START)) is None


async def test_a_dry_run_changes_nothing(scribe: Scribe) -> None:
    class OnlyLooking(Exception):
        pass

    await take_in(scribe, bundle())
    before = [await scribe.dump(), await scribe.rows(OPERATION)]

    async def look(work: Work) -> None:
        await import_bundle(work, read_bundle(DEMO.read_bytes(), name=DEMO.name), overwrite=True)
        raise OnlyLooking

    with pytest.raises(OnlyLooking):
        await scribe.write(look)
    assert [await scribe.dump(), await scribe.rows(OPERATION)] == before
