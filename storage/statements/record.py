"""Statements as records."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import AnyId, CityCode, Day, Instant, Line, Part, PersonKey, Record, Text, Url, Vocabulary, id_form


class StatementState(Vocabulary):
    """How far a statement has come."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Approval(Part):
    """A city's approval of this very wording."""

    by: PersonKey
    at: Instant


class Publication(Part):
    """Where and when it was published."""

    channel: Line
    url: Url
    at: Instant


class Statement(Record):
    """A text for the public; without `cities` it needs the approval of every member."""

    collection: ClassVar[str] = "statements"
    letter: ClassVar[str | None] = "T"

    id: Annotated[str, id_form("T")]
    title: Line
    body: Text
    channels: tuple[Line, ...]
    embargo: Instant | None = None
    due: Day | None = None
    state: StatementState
    cities: tuple[CityCode, ...] = ()
    approvals: dict[CityCode, Approval] = Field(default_factory=dict)
    cites: tuple[AnyId, ...] = ()
    published: tuple[Publication, ...] = ()
