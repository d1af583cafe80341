"""Seats as records: rights come from them, by the day."""

from typing import Annotated, ClassVar

from storage.values import KEY, CityCode, Line, PartialDate, PersonKey, Record, Visibility, Vocabulary


class Role(Vocabulary):
    """What a seat entitles to."""

    VOTING = "voting"
    DEPUTY = "deputy"
    OFFICE = "office"
    PRESS = "press"
    MEMBER = "member"
    COORDINATION = "coordination"
    GUEST = "guest"


class Seat(Record):
    """A seat of a city in a body from one day to another, both inclusive; without a holder it is vacant."""

    collection: ClassVar[str] = "seats"
    key_field: ClassVar[str | None] = "key"
    default_visibility: ClassVar[Visibility] = Visibility.GUEST

    key: Annotated[str, KEY] | None = None
    city: CityCode
    body: Line
    role: Role
    office: Line | None = None
    holder: PersonKey | None
    from_: PartialDate | None = None
    to: PartialDate | None = None
