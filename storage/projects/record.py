"""Projects as records."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import (
    KEY,
    CityCode,
    Day,
    Duration,
    Instant,
    Line,
    Part,
    PartialDate,
    PersonKey,
    Record,
    Text,
    Url,
    Vocabulary,
    id_form,
)


class Phase(Vocabulary):
    """Where a project stands in its life."""

    IDEA = "idea"
    PLANNED = "planned"
    CONCEPT = "concept"
    IMPLEMENTATION = "implementation"
    PILOT = "pilot"
    OPERATION = "operation"
    COMPLETED = "completed"
    PAUSED = "paused"
    ABANDONED = "abandoned"


class Health(Vocabulary):
    """How a city sees its part of a project."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class ParticipantRole(Vocabulary):
    """What a city that does not lead does in a project."""

    CONTRIBUTES = "contributes"
    REUSES = "reuses"
    OBSERVES = "observes"


class Lead(Part):
    """A city that leads, and who answers for it."""

    city: CityCode
    holder: PersonKey | None = None


class Participant(Part):
    """A city that takes part without leading."""

    city: CityCode
    role: ParticipantRole


class Link(Part):
    """A page about the project."""

    title: Line
    url: Url


class Shift(Part):
    """A date that moved: from where to where, noted when, and why."""

    from_: Day
    to: Day
    noted: Day
    reason: Text


class Milestone(Part):
    """A date to reach; `due` is today's date, the first shift tells the original one."""

    key: Annotated[str, KEY] | None = None
    title: Line
    due: Day
    shifts: tuple[Shift, ...] = ()
    done: PartialDate | None = None


class Need(Part):
    """What a city waits for, and from which one."""

    from_: CityCode
    what: Text


class Update(Part):
    """How a city saw the project at one moment."""

    city: CityCode
    health: Health | None = None
    text: Text
    needs: tuple[Need, ...] = ()
    by: PersonKey
    at: Instant


class Project(Record):
    """A joint project with one or more leading cities."""

    collection: ClassVar[str] = "projects"
    letter: ClassVar[str | None] = "P"

    id: Annotated[str, id_form("P")]
    title: Line
    aliases: tuple[Line, ...] = ()
    goal: Text | None = None
    phase: Phase
    phase_reason: Text | None = None
    leads: Annotated[tuple[Lead, ...], Field(min_length=1)]
    participants: tuple[Participant, ...] = ()
    cadence: Duration | None = None
    topics: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    updates: tuple[Update, ...] = ()
