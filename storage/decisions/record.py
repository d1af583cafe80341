"""Decisions as records."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import (
    AgreementId,
    Basis,
    CityCode,
    Count,
    Day,
    DecisionId,
    Instant,
    Line,
    Part,
    PartialDate,
    PersonKey,
    ProjectId,
    Record,
    SeatKey,
    Text,
    Vocabulary,
    id_form,
)


class DecisionKind(Vocabulary):
    """What is decided on."""

    SUBSTANCE = "substance"
    PROCEDURE = "procedure"
    FINANCE = "finance"
    MEMBERSHIP = "membership"


class Binding(Vocabulary):
    """The honest legal weight."""

    NOTED = "noted"
    RECOMMENDATION = "recommendation"
    WORKING_AGREEMENT = "working_agreement"
    SUBJECT_TO_COUNCIL = "subject_to_council"
    FORMALLY_ELSEWHERE = "formally_elsewhere"


class Mode(Vocabulary):
    """How votes become a result."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    CONSENT = "consent"
    SILENCE = "silence"


class DecisionState(Vocabulary):
    """How far a decision has come, and whether it still holds."""

    DRAFT = "draft"
    OPEN = "open"
    AWAITING_RESULT = "awaiting_result"
    ADOPTED = "adopted"
    ADOPTED_WITH_PROVISO = "adopted_with_proviso"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Choice(Vocabulary):
    """What a city votes."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Capacity(Vocabulary):
    """In which capacity somebody voted for a city."""

    HOLDER = "holder"
    DEPUTY = "deputy"
    OFFICE = "office"


class Channel(Vocabulary):
    """How a vote arrived; none given means by chat."""

    CHAT = "chat"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    MEETING = "meeting"


class ProvisoOutcome(Vocabulary):
    """What the council made of a proviso."""

    GRANTED = "granted"
    REFUSED = "refused"


class Vote(Part):
    """The one vote of a city."""

    choice: Choice
    reason: Text | None = None
    by: PersonKey
    as_: Capacity
    at: Instant
    channel: Channel | None = None
    recorded_by: PersonKey | None = None


class Unsettled(Part):
    """One of two differing votes cast from simultaneous seats of one city."""

    city: CityCode
    seat: SeatKey
    choice: Choice
    at: Instant


class Concern(Part):
    """What a city sees against it, until that city resolves it."""

    city: CityCode
    text: Text
    resolved: PartialDate | None = None


class Proviso(Part):
    """The consent a city's council still has to give."""

    city: CityCode
    body: Line
    due: Day | None = None
    paper: Line | None = None
    cleared_on: PartialDate | None = None
    outcome: ProvisoOutcome | None = None


class Decision(Record):
    """A decision of a body; `opened_on` is missing only before voting began."""

    collection: ClassVar[str] = "decisions"
    letter: ClassVar[str | None] = "B"

    id: Annotated[str, id_form("B")]
    text: Text
    body: Line | None = None
    kind: DecisionKind
    binding: Binding
    mode: Mode
    mode_basis: Basis | None = None
    quorum: Count | None = None
    electorate: Annotated[tuple[CityCode, ...], Field(min_length=1)]
    opened_on: PartialDate | None = None
    closes: Instant | None = None
    state: DecisionState
    decided_on: PartialDate | None = None
    votes: dict[CityCode, Vote] = Field(default_factory=dict)
    unsettled: tuple[Unsettled, ...] = ()
    concerns: tuple[Concern, ...] = ()
    provisos: tuple[Proviso, ...] = ()
    applies_to: tuple[CityCode, ...] = ()
    effective: Day | None = None
    review: Day | None = None
    supersedes: tuple[DecisionId, ...] = ()
    projects: tuple[ProjectId, ...] = ()
    agreements: tuple[AgreementId, ...] = ()
    rationale: Text | None = None
