"""The cooperation as a record: one row that everything else belongs to."""

from typing import ClassVar

from storage.values import Language, Localized, PartialDate, Record, Visibility, Zone


class Cooperation(Record):
    """What the cooperation is called, since when it exists, and in which language and zone it speaks."""

    collection: ClassVar[str] = "cooperation"
    key_field: ClassVar[str | None] = None
    default_visibility: ClassVar[Visibility] = Visibility.GUEST

    name: Localized
    founded: PartialDate
    language: Language
    timezone: Zone
