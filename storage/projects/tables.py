"""The tables of projects."""

from storage.columns import KEY, InstantColumn
from storage.mapping import Derived, entity
from storage.projects.record import Project
from storage.projects.standing import fresh_until, overall
from storage.schema import metadata

PROJECTS = entity(
    metadata,
    Project,
    names=lambda record: (record.title, *record.aliases),
    derived=(
        Derived(column="overall", type=KEY, of=overall),
        Derived(column="fresh_until", type=InstantColumn(), of=fresh_until),
    ),
    listed=("phase", "overall", "fresh_until"),
)
