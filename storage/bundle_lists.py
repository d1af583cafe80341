"""The lists of a bundle: what they hold, their order in the file, and the order of the records in them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from storage.agreements.record import Agreement
from storage.barriers.record import Barrier
from storage.cities.record import City
from storage.decisions.record import Decision
from storage.glossary.record import Entry
from storage.meetings.record import Meeting
from storage.people.record import Person
from storage.projects.record import Project
from storage.reminders.record import Reminder
from storage.rooms.record import Room
from storage.seats.record import Seat
from storage.solutions.record import Solution
from storage.statements.record import Statement
from storage.tasks.record import Task
from storage.values import Count, Instant, Record

VERSION = 1

LISTS: Mapping[str, type[Record]] = {
    model.collection: model
    for model in (
        City,
        Person,
        Seat,
        Agreement,
        Project,
        Barrier,
        Decision,
        Task,
        Meeting,
        Solution,
        Statement,
        Room,
        Reminder,
        Entry,
    )
}
"""The lists of a bundle and what they hold, in the order of the file."""

HEADS: Mapping[str, TypeAdapter[Any]] = {
    "version": TypeAdapter(Count),
    "exported_at": TypeAdapter(Instant),
    "counters": TypeAdapter(dict[str, Count]),
}
"""What stands at the top of a bundle beside its lists and the cooperation itself."""


def number_of(identifier: str) -> int:
    """The number in an id: 12 of P-12."""
    return int(identifier.partition("-")[2])


def order_of(record: Record) -> tuple[Any, ...]:
    """What the normal form sorts the records of a list by."""
    if record.letter:
        return (number_of(record.own_key() or ""),)
    if isinstance(record, Seat):
        start = (record.from_ is not None, str(record.from_ or ""))
        return (record.city, record.body, record.role, *start, record.holder or "", record.key or "")
    return (record.own_key() or "",)


def in_order_of_design(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """The fields of a record or part, those common to all records last: the order of the normal form."""
    return sorted(model.model_fields.items(), key=lambda pair: pair[0] in Record.model_fields)
