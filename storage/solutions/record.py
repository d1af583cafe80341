"""Solutions and lessons as records."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import CityCode, Line, Part, PersonKey, ProjectId, Record, Text, Visibility, Vocabulary, id_form


class SolutionKind(Vocabulary):
    """Something to reuse, or something to know."""

    SOLUTION = "solution"
    LESSON = "lesson"


class Maturity(Vocabulary):
    """How far a solution is."""

    IDEA = "idea"
    PILOT = "pilot"
    PRODUCTIVE = "productive"


class Audience(Vocabulary):
    """For whom it is meant."""

    MEMBERS = "members"
    ASSOCIATION = "association"
    PUBLIC = "public"


class ReuseStage(Vocabulary):
    """How far a city is in reusing it."""

    NONE = "none"
    INTERESTED = "interested"
    EVALUATING = "evaluating"
    PILOTING = "piloting"
    USING = "using"
    REJECTED = "rejected"


class Reuse(Part):
    """How far one city is, and what hinders it."""

    stage: ReuseStage
    obstacle: Text | None = None


class Solution(Record):
    """A solution one city provides, or a lesson it learned."""

    collection: ClassVar[str] = "solutions"
    letter: ClassVar[str | None] = "L"

    id: Annotated[str, id_form("L")]
    kind: SolutionKind = SolutionKind.SOLUTION
    title: Line
    problem: Text | None = None
    worked: Text | None = None
    did_not_work: Text | None = None
    provider: CityCode
    contact: PersonKey | None = None
    project: ProjectId | None = None
    licence: Line | None = None
    repository: Line | None = None
    maturity: Maturity | None = None
    audience: Audience
    reuse: dict[CityCode, Reuse] = Field(default_factory=dict)
    topics: tuple[Line, ...] = ()

    def shown_to(self) -> Visibility:
        """As everywhere, except that an audience of everybody makes it public."""
        return Visibility.PUBLIC if self.audience is Audience.PUBLIC else super().shown_to()
