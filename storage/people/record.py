"""People as records."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from storage.values import KEY, Day, Form, Language, Line, Mxid, Part, PersonKey, Record, Text, Visibility

Email = Annotated[str, Form(r"[^\s@<>]{1,100}@[^\s@<>]{1,150}", "koordination@muenchen.example")]
Phone = Annotated[str, Form(r"\+?[0-9][0-9 ()/.-]{2,40}", "+49 89 233-0")]


class Absence(Part):
    """Days on which somebody is away, first and last inclusive, and who stands in; never why."""

    from_: Day
    to: Day
    deputy: PersonKey | None = None


class Person(Record):
    """Somebody who holds a seat, signs or is named."""

    collection: ClassVar[str] = "people"
    key_field: ClassVar[str | None] = "key"
    default_visibility: ClassVar[Visibility] = Visibility.GUEST
    field_visibility: ClassVar[Mapping[str, Visibility]] = dict.fromkeys(
        ("expertise", "email", "phone", "absences"), Visibility.COOPERATION
    )

    key: Annotated[str, KEY]
    name: Line
    mxid: Mxid | None = None
    language: Language | None = None
    expertise: tuple[Line, ...] = ()
    email: Email | None = None
    phone: Phone | None = None
    absences: tuple[Absence, ...] = ()
    note: Text | None = None
