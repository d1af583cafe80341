"""Projects found by condition, and only those that may be seen."""

from dataclasses import replace
from datetime import date, timedelta

from storage.barriers.queries import barriers_blocking
from storage.projects.queries import (
    ProjectFilter,
    count_by,
    count_projects,
    due_milestones,
    project,
    projects_page,
    slipped_milestones,
)
from storage.projects.record import Health, Phase
from storage.projects.tables import PROJECTS
from storage.records import first_recorded
from storage.scope import Scope, unlimited
from storage.values import Visibility
from storage.view import View
from tests.conversation import START, Conversation

EVERYTHING = unlimited()
GUEST = Scope(cap=Visibility.GUEST, person=None, seats=frozenset(), as_of=None)
LONGEST = 50

CASES = [
    (ProjectFilter(), "P-1 P-2 P-3 P-4 P-5 P-6 P-7"),
    (ProjectFilter(phases=frozenset(Phase)), "P-1 P-2 P-3 P-4 P-5 P-6 P-7 P-8 P-9"),
    (ProjectFilter(health=Health.RED), "P-2 P-4"),
    (ProjectFilter(health=Health.GREEN, fresh_at=START), "P-3 P-5"),
    (ProjectFilter(health=Health.GREEN, fresh_at=START + timedelta(days=60)), ""),
    (ProjectFilter(not_green_at=START), "P-1 P-2 P-4"),
    (ProjectFilter(stale_at=START), "P-4"),
    (ProjectFilter(silent=True), ""),
    (ProjectFilter(lead="N"), "P-1 P-7"),
    (ProjectFilter(city="R"), "P-2"),
    (ProjectFilter(topic="ki"), "P-6"),
    (ProjectFilter(topic="k"), ""),
    (ProjectFilter(topic="100%"), ""),
]


async def test_each_condition_finds_its_projects_in_the_order_of_their_numbers(talk: Conversation) -> None:
    async with talk.database.read() as connection:
        view = View(connection)
        for wanted, ids in CASES:
            found = await projects_page(view, EVERYTHING, wanted, limit=LONGEST, offset=0)
            assert [kept.key for kept in found] == ids.split(), wanted
            assert await count_projects(view, EVERYTHING, wanted) == len(found)


async def test_pages_follow_each_other_without_gap(talk: Conversation) -> None:
    async with talk.database.read() as connection:
        view = View(connection)
        pages = [await projects_page(view, EVERYTHING, ProjectFilter(), limit=3, offset=at) for at in (0, 3, 6)]
    assert [kept.key for page in pages for kept in page] == [f"P-{number}" for number in range(1, 8)]


async def test_hidden_projects_do_not_exist_for_any_query(talk: Conversation) -> None:
    async with talk.database.read() as connection:
        view = View(connection)
        everything = ProjectFilter(phases=frozenset(Phase))
        assert await project(view, GUEST, "P-1") is None
        assert await projects_page(view, GUEST, everything, limit=LONGEST, offset=0) == ()
        assert await count_projects(view, GUEST, everything) == 0
        assert await count_by(view, GUEST, "phase") == {}
        assert await due_milestones(view, GUEST, None, None, limit=LONGEST) == ()
        assert await slipped_milestones(view, GUEST, limit=LONGEST) == ()
        assert await first_recorded(view, PROJECTS, GUEST, "P-1") is None
        assert await barriers_blocking(view, GUEST, "P-1") == ()


async def test_a_project_room_shows_its_own_project(talk: Conversation) -> None:
    own = replace(GUEST, own="P-1")
    async with talk.database.read() as connection:
        found = await projects_page(View(connection), own, ProjectFilter(), limit=LONGEST, offset=0)
    assert [kept.key for kept in found] == ["P-1"]


async def test_counts_by_phase_and_health(talk: Conversation) -> None:
    async with talk.database.read() as connection:
        view = View(connection)
        phases = await count_by(view, EVERYTHING, "phase")
        health = await count_by(view, EVERYTHING, "overall")
    assert phases["implementation"] == 2
    assert sum(phases.values()) == 9
    assert health == {"green": 2, "yellow": 1, "red": 2}


async def test_milestones_are_found_by_half_open_intervals_of_days(talk: Conversation) -> None:
    async with talk.database.read() as connection:
        view = View(connection)
        day = date(2026, 12, 11)
        assert [m.title for m in await due_milestones(view, EVERYTHING, day, date(2027, 3, 15), limit=LONGEST)] == [
            "Katalog öffentlich"
        ]
        assert await due_milestones(view, EVERYTHING, None, day, limit=LONGEST) == ()
        slipped = await slipped_milestones(view, EVERYTHING, limit=LONGEST)
    assert [(m.project, m.first, m.due) for m in slipped] == [("P-1", date(2026, 11, 30), date(2027, 3, 15))]


async def test_a_milestone_that_moved_back_to_its_first_day_has_not_slipped(talk: Conversation) -> None:
    await talk.says("koord-n", "!verschieben P-1 Pilotstart bis:30.11.2026 – doch pünktlich")
    async with talk.database.read() as connection:
        assert await slipped_milestones(View(connection), EVERYTHING, limit=LONGEST) == ()


async def test_a_project_is_first_recorded_when_it_was_made_whatever_came_later(talk: Conversation) -> None:
    await talk.says("koord-n", "!ändern P-1 titel:Bauantrag")
    async with talk.database.read() as connection:
        assert await first_recorded(View(connection), PROJECTS, EVERYTHING, "P-1") == START - timedelta(days=1)


async def test_a_past_day_holds_what_was_true_at_its_end(talk: Conversation) -> None:
    await talk.says("koord-n", "!ändern P-1 phase:betrieb")
    yesterday = unlimited(START - timedelta(hours=1))
    async with talk.database.read() as connection:
        found = await projects_page(
            View(connection), yesterday, ProjectFilter(phases=frozenset({Phase.PILOT})), limit=LONGEST, offset=0
        )
    assert [kept.key for kept in found] == ["P-1"]


async def test_barriers_block_until_they_are_cleared(talk: Conversation) -> None:
    async with talk.database.read() as connection:
        view = View(connection)
        assert [k.key for k in await barriers_blocking(view, EVERYTHING, "P-4")] == ["H-1", "H-2"]
        assert await barriers_blocking(view, EVERYTHING, "P-2") == ()
