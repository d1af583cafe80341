"""What somebody may see, when: every query takes a scope, so that hidden records do not exist for it."""

from dataclasses import dataclass
from datetime import datetime

from storage.values import Visibility


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose eyes a query looks through.

    `cap` is the strictest visibility shown: the stricter of what the room's kind allows and what the person may see.
    `person` is the asker's surrogate key and `seats` the keys of the seats held today. `as_of` asks for the records
    as they were recorded at that instant, None for now. `own` is the project of a project room: always shown there.
    """

    cap: Visibility
    person: str | None
    seats: frozenset[str]
    as_of: datetime | None
    own: str | None = None


def unlimited(as_of: datetime | None = None) -> Scope:
    """The scope of the program itself: finding out who somebody is, export by the operator, derived rows."""
    return Scope(cap=Visibility.INTERNAL, person=None, seats=frozenset(), as_of=as_of)
