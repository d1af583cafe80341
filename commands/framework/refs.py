"""What the arguments of commands are made of beside words and texts: references to records, cities and people, days."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from storage.values import COLLECTIONS


@dataclass(frozen=True)
class Ref:
    """A record that somebody named, by its list and key. Nobody has looked yet whether it exists or may be seen."""

    collection: str
    key: str


@dataclass(frozen=True)
class To:
    """Marks which lists an argument may point to."""

    collections: tuple[str, ...]


@dataclass(frozen=True)
class Which:
    """Marks how a day argument is meant: `first` of what was said instead of its last day, or a day of the `past`."""

    first: bool = False
    past: bool = False


AgreementRef = Annotated[Ref, To(("agreements",))]
ProjectRef = Annotated[Ref, To(("projects",))]
BarrierRef = Annotated[Ref, To(("barriers",))]
DecisionRef = Annotated[Ref, To(("decisions",))]
TaskRef = Annotated[Ref, To(("tasks",))]
MeetingRef = Annotated[Ref, To(("meetings",))]
SolutionRef = Annotated[Ref, To(("solutions",))]
StatementRef = Annotated[Ref, To(("statements",))]
ReminderRef = Annotated[Ref, To(("reminders",))]
CityRef = Annotated[Ref, To(("cities",))]
"""A city or partner: its code in capitals, or its name in either language."""
PersonRef = Annotated[Ref, To(("people",))]
"""Somebody the register knows: Matrix ID or name."""
CityOrPersonRef = Annotated[Ref, To(("cities", "people"))]
RecordIdRef = Annotated[Ref, To(tuple(COLLECTIONS.values()))]
"""Any record with an id of letter and number."""
AnyRef = Annotated[Ref, To((*COLLECTIONS.values(), "cities", "people"))]

FirstDay = Annotated[date, Which(first=True)]
"""Where something begins: `ab:November` is its first day. A plain `date` is the last one, as due dates are."""
PastDay = Annotated[date, Which(past=True)]
"""A day that is over or today: `am:1.7.` looks back."""
