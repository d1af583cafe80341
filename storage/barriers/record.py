"""Barriers as records."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import CityCode, Count, Day, Line, PartialDate, ProjectId, Record, Source, Text, Vocabulary, id_form


class Level(Vocabulary):
    """Who could change the rule."""

    EU = "eu"
    FEDERAL = "federal"
    STATE = "state"
    MUNICIPAL = "municipal"
    ASSOCIATION = "association"
    CONTRACT = "contract"


class BarrierKind(Vocabulary):
    """What the rule demands."""

    WRITTEN_FORM = "written_form"
    APPEARANCE = "appearance"
    PAPER_PROOF = "paper_proof"
    SIGNATURE = "signature"
    COMPETENCE = "competence"
    PROCUREMENT = "procurement"
    DATA_PROTECTION = "data_protection"
    INTERFACE = "interface"
    FUNDING = "funding"
    OTHER = "other"


class BarrierState(Vocabulary):
    """How far its removal has come."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    ADDRESSED = "addressed"
    UNDER_REVIEW = "under_review"
    PROMISED = "promised"
    SOLVED = "solved"
    REJECTED = "rejected"
    BYPASSED = "bypassed"
    OBSOLETE = "obsolete"


class Barrier(Record):
    """A rule that stands in the way of doing something digitally."""

    collection: ClassVar[str] = "barriers"
    letter: ClassVar[str | None] = "H"

    id: Annotated[str, id_form("H")]
    title: Line
    norm: Line | None = None
    level: Level
    kind: BarrierKind | None = None
    state: BarrierState
    confirmed_by: tuple[CityCode, ...] = ()
    blocks: tuple[ProjectId, ...] = ()
    addressee: CityCode | None = None
    via: CityCode | None = None
    addressed_on: PartialDate | None = None
    answer_due: Day | None = None
    answered_on: PartialDate | None = None
    answer: Text | None = None
    proposal: Text | None = None
    workarounds: dict[CityCode, Text] = Field(default_factory=dict)
    outcome: Text | None = None
    outcome_source: Source | None = None
    cases_per_year: Count | None = None
