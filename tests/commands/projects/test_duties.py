"""When time wants something of a project, and that the stored moments are always those of the record."""

import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from commands.projects.duties import due, span
from storage.derived import DUE
from storage.projects.record import Phase, Project
from storage.projects.tables import PROJECTS
from storage.records import fetch
from storage.scope import unlimited
from storage.values import Duration
from storage.view import View
from tests.conversation import Conversation


def project(**fields: object) -> Project:
    """A running project led by N and M, with a status of N every two weeks."""
    given = {
        "id": "P-1",
        "title": "Bauantrag",
        "phase": "pilot",
        "leads": [{"city": "N"}, {"city": "M"}],
        "cadence": "2 weeks",
        "milestones": [
            {"title": "Pilotstart", "due": "2027-03-15"},
            {"title": "Test", "due": "2027-01-02", "done": "2026"},
        ],
        "updates": [{"city": "N", "health": "green", "text": "gut", "by": "u1", "at": "2026-11-02T10:00:00+00:00"}],
        **fields,
    }
    return Project.model_validate(given)


def moments(of: Project) -> list[tuple[str, str, str]]:
    """The due moments as texts."""
    return [(d.kind, d.part, d.at.isoformat()) for d in due(of)]


def test_open_milestones_are_due_14_and_3_days_ahead_and_a_status_one_cadence_after_the_last() -> None:
    assert moments(project()) == [
        ("projects.milestone", "0", "2027-03-01T00:00:00+00:00"),
        ("projects.milestone", "0", "2027-03-12T00:00:00+00:00"),
        ("projects.status", "N", "2026-11-16T10:00:00+00:00"),
    ]


@pytest.mark.parametrize("phase", [Phase.IDEA, Phase.PLANNED])
def test_ideas_and_plans_are_never_chased_for_a_status(phase: Phase) -> None:
    assert {kind for kind, _, _ in moments(project(phase=phase.value))} == {"projects.milestone"}


@pytest.mark.parametrize("phase", [Phase.COMPLETED, Phase.ABANDONED, Phase.PAUSED])
def test_what_is_over_or_paused_wants_nothing(phase: Phase) -> None:
    assert moments(project(phase=phase.value)) == []


def test_two_milestones_on_one_day_have_moments_of_their_own() -> None:
    twins = [{"title": "A", "due": "2027-03-15"}, {"title": "B", "due": "2027-03-15"}]
    found = due(project(milestones=twins, updates=[]))
    assert len({(d.kind, d.part, d.at) for d in found}) == 4


@pytest.mark.parametrize(
    ("cadence", "day"),
    [("3 days", "2027-02-03"), ("1 month", "2027-02-28"), ("1 year", "2028-01-31"), ("5 workdays", "2027-02-07")],
)
def test_every_unit_of_a_cadence_can_be_added(cadence: str, day: str) -> None:
    start = datetime(2027, 1, 31, tzinfo=UTC)
    assert (start + span(Duration.parse(cadence))).date().isoformat() == day


LINES = (
    "!status P-1 gelb – hakt",
    "!status P-3 grün stadt:A – läuft",
    "!verschieben P-1 Pilotstart bis:15.4.2027 – spät",
    "!verschieben P-1 Regelbetrieb bis:1.12.2027 – spät",
    "!neu meilenstein P-2 Abnahme bis:1.5.2027",
    "!ändern P-1 phase:betrieb",
    "!ändern P-1 phase:pilot takt:1 Monat",
    "!ändern P-3 phase:abgebrochen – kein Geld",
    "!ändern P-3 phase:umsetzung",
    "!ändern P-1 meilenstein:Pilotstart erledigt:heute",
    "!beteiligen P-1 M federführend",
    "!beteiligen P-1 N trägt bei",
    "!neu projekt Wohngeld phase:konzept",
    "!rückgängig",
)


@pytest.mark.parametrize("seed", range(3))
async def test_the_stored_moments_are_those_of_the_records_whatever_was_done(talk: Conversation, seed: int) -> None:
    chance = random.Random(seed)
    for line in chance.choices(LINES, k=14):
        await talk.says("koord-m", line)
    async with talk.database.read() as connection:
        view = View(connection)
        rows = await connection.execute(
            select(DUE.c.key, DUE.c.kind, DUE.c.part, DUE.c.at).where(DUE.c.collection == "projects")
        )
        stored = {tuple(row) for row in rows}
        touched = {row[0] for row in stored}
        records = await fetch(view, PROJECTS, unlimited())
    # The demo was imported without rules: only what was written since has moments.
    fresh = {(k.key, d.kind, d.part, d.at) for k in records if k.key in touched for d in due(k.record)}
    assert stored == fresh
    assert stored
