"""The register: every kind of record there is, in the order of the bundle."""

from collections.abc import Iterator
from typing import Any

from storage.agreements.tables import AGREEMENTS
from storage.barriers.tables import BARRIERS
from storage.cities.tables import CITIES
from storage.cooperation.tables import COOPERATION
from storage.decisions.tables import DECISIONS
from storage.glossary.tables import GLOSSARY
from storage.mapping import Entity
from storage.meetings.tables import MEETINGS
from storage.people.tables import PEOPLE
from storage.projects.tables import PROJECTS
from storage.reminders.tables import REMINDERS
from storage.rooms.tables import ROOMS
from storage.seats.tables import SEATS
from storage.solutions.tables import SOLUTIONS
from storage.statements.tables import STATEMENTS
from storage.tasks.tables import TASKS
from storage.versioned import Versioned

ENTITIES: tuple[Entity[Any], ...] = (
    COOPERATION,
    CITIES,
    PEOPLE,
    SEATS,
    AGREEMENTS,
    PROJECTS,
    BARRIERS,
    DECISIONS,
    TASKS,
    MEETINGS,
    SOLUTIONS,
    STATEMENTS,
    ROOMS,
    REMINDERS,
    GLOSSARY,
)

BY_COLLECTION = {an_entity.collection: an_entity for an_entity in ENTITIES}
BY_LETTER = {an_entity.record.letter: an_entity for an_entity in ENTITIES if an_entity.record.letter}


def owners() -> Iterator[tuple[Entity[Any], Versioned]]:
    """Every versioned table with the kind of record it belongs to."""
    return ((an_entity, table) for an_entity in ENTITIES for table in an_entity.tables())
