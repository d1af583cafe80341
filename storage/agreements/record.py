"""Agreements as records."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import (
    AgreementId,
    CityCode,
    Day,
    Duration,
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


class AgreementForm(Vocabulary):
    """The legal form."""

    MOU = "mou"
    WORKING_GROUP = "working_group"
    SPECIAL_PURPOSE_AGREEMENT = "special_purpose_agreement"
    SPECIAL_PURPOSE_ASSOCIATION = "special_purpose_association"
    JOINT_ENTERPRISE = "joint_enterprise"
    PUBLIC_LAW_CONTRACT = "public_law_contract"
    JOINT_CONTROLLERSHIP = "joint_controllership"
    DATA_PROCESSING = "data_processing"
    REUSE = "reuse"
    OTHER = "other"


class AgreementState(Vocabulary):
    """How far an agreement has come."""

    DRAFT = "draft"
    NEGOTIATION = "negotiation"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    TERMINATED = "terminated"
    ENDED = "ended"
    DORMANT = "dormant"


class NoticeTo(Vocabulary):
    """The moment to which notice can be given."""

    TERM_END = "term_end"
    QUARTER_END = "quarter_end"
    YEAR_END = "year_end"
    ANY_TIME = "any_time"


class Signature(Part):
    """Who signed for a city, in the office then held."""

    city: CityCode
    by: PersonKey
    office: Line
    date: PartialDate | None = None


class Notice(Part):
    """A notice one party gave, and when it reached each of the others."""

    by: CityCode
    sent: Day
    received: dict[CityCode, Day] = Field(default_factory=dict)


class Clause(Part):
    """A clause, numbered as in the document."""

    number: Line
    title: Line
    text: Text


class Document(Part):
    """Where a document lies."""

    title: Line
    url: Url


class Agreement(Record):
    """An agreement between cities; a party may have left since."""

    collection: ClassVar[str] = "agreements"
    letter: ClassVar[str | None] = "V"

    id: Annotated[str, id_form("V")]
    title: Line
    aliases: tuple[Line, ...] = ()
    form: AgreementForm
    state: AgreementState
    parties: Annotated[tuple[CityCode, ...], Field(min_length=1)]
    signed_on: PartialDate | None = None
    signed_at: Line | None = None
    signatures: tuple[Signature, ...] = ()
    in_force: Day | None = None
    term: Duration | None = None
    ends_on: Day | None = None
    renewal: Duration | None = None
    notice: Duration | None = None
    notice_to: NoticeTo | None = None
    notices: tuple[Notice, ...] = ()
    clauses: tuple[Clause, ...] = ()
    documents: tuple[Document, ...] = ()
    amends: tuple[AgreementId, ...] = ()
    replaces: tuple[AgreementId, ...] = ()
    file_refs: dict[CityCode, Line] = Field(default_factory=dict)
