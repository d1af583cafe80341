"""Meetings as records."""

from typing import Annotated, ClassVar

from storage.values import (
    CityCode,
    CityOrPerson,
    Count,
    Day,
    DecisionId,
    Flag,
    Instant,
    Line,
    Part,
    PersonKey,
    Record,
    RoomName,
    TaskId,
    Text,
    Vocabulary,
    When,
    id_form,
)


class MeetingState(Vocabulary):
    """How far a meeting and its minutes have come."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    RUNNING = "running"
    ENDED = "ended"
    DRAFT_MINUTES = "draft_minutes"
    APPROVED = "approved"


class Note(Part):
    """A marked line; `late` where it was written after the meeting."""

    by: PersonKey
    text: Text
    at: Instant | None = None
    late: Flag = False


class AgendaItem(Part):
    """An item of the agenda and what came of it."""

    number: Count
    title: Line
    owner: PersonKey | None = None
    notes: tuple[Note, ...] = ()
    decisions: tuple[DecisionId, ...] = ()
    tasks: tuple[TaskId, ...] = ()


class Objection(Part):
    """What a city has against the minutes of an item."""

    item: Count
    city: CityCode
    text: Text
    at: Instant
    resolved: Day | None = None


class Meeting(Record):
    """A meeting of a body; without an hour its date is a day."""

    collection: ClassVar[str] = "meetings"
    letter: ClassVar[str | None] = "S"

    id: Annotated[str, id_form("S")]
    body: Line
    date: When
    host: CityCode | None = None
    place: Line | None = None
    state: MeetingState
    room: RoomName | None = None
    attendance: tuple[CityOrPerson, ...] = ()
    items: tuple[AgendaItem, ...] = ()
    objections: tuple[Objection, ...] = ()
