"""Cities and partners as records: names, membership over time, holidays and recess."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from storage.values import (
    CODE,
    Day,
    Duration,
    Line,
    Localized,
    Part,
    PartialDate,
    Record,
    Server,
    Source,
    Text,
    Unit,
    Visibility,
    Vocabulary,
    Yearly,
)


class CityKind(Vocabulary):
    """Whether it can become a member or sits at the table as a partner."""

    CITY = "city"
    PARTNER = "partner"


class PartnerKind(Vocabulary):
    """What a partner is."""

    MINISTRY = "ministry"
    ASSOCIATION = "association"
    BUSINESS = "business"
    CIVIL_SOCIETY = "civil_society"


class CityState(Vocabulary):
    """What a city is to the cooperation, from first interest to its exit."""

    INTERESTED = "interested"
    TALKS = "talks"
    CANDIDATE = "candidate"
    MEMBER = "member"
    DORMANT = "dormant"
    LEFT = "left"
    PARTNER = "partner"


_BEFORE = (CityState.INTERESTED, CityState.TALKS, CityState.CANDIDATE)
NEXT: Mapping[CityState, tuple[CityState, ...]] = {
    **dict.fromkeys(_BEFORE, (*_BEFORE, CityState.MEMBER, CityState.LEFT)),
    CityState.MEMBER: (CityState.DORMANT, CityState.LEFT),
    CityState.DORMANT: (CityState.MEMBER, CityState.LEFT),
    CityState.PARTNER: (CityState.LEFT,),
    CityState.LEFT: (*_BEFORE, CityState.MEMBER, CityState.PARTNER),
}
"""What a city may become: on the way in it may skip steps and go back, a member leaves before it starts anew."""


class Subdivision(Vocabulary):
    """Whose public holidays apply: a German state, or Augsburg with its Peace Festival."""

    BADEN_WUERTTEMBERG = "BW"
    BAVARIA = "BY"
    AUGSBURG = "Augsburg"
    BERLIN = "BE"
    BRANDENBURG = "BB"
    BREMEN = "HB"
    HAMBURG = "HH"
    HESSE = "HE"
    LOWER_SAXONY = "NI"
    MECKLENBURG = "MV"
    NORTH_RHINE_WESTPHALIA = "NW"
    RHINELAND_PALATINATE = "RP"
    SAARLAND = "SL"
    SAXONY = "SN"
    SAXONY_ANHALT = "ST"
    SCHLESWIG_HOLSTEIN = "SH"
    THURINGIA = "TH"


class HolidayCategory(Vocabulary):
    """Which holidays of the subdivision; catholic adds the Assumption where the municipality is mostly Catholic."""

    PUBLIC = "public"
    CATHOLIC = "catholic"


class State(Part):
    """What a city was from one day to another, both inclusive; without an end it still is."""

    state: CityState
    from_: PartialDate
    to: PartialDate | None = None
    reason: Text | None = None
    source: Source | None = None


class ExtraHoliday(Part):
    """A day this city does not work, once or every year."""

    date: Yearly
    name: Line


class Holidays(Part):
    """The days this city does not work."""

    subdivision: Subdivision
    categories: tuple[HolidayCategory, ...] = ()
    extra: tuple[ExtraHoliday, ...] = ()


class RecessPeriod(Part):
    """Days on which the council does not meet, first and last inclusive."""

    from_: Day
    to: Day
    name: Line


class City(Record):
    """A city or a partner."""

    collection: ClassVar[str] = "cities"
    key_field: ClassVar[str | None] = "code"
    default_visibility: ClassVar[Visibility] = Visibility.GUEST

    code: Annotated[str, CODE]
    name: Localized
    aliases: tuple[Line, ...] = ()
    kind: CityKind
    partner_kind: PartnerKind | None = None
    states: Annotated[tuple[State, ...], Field(min_length=1)]
    homeservers: tuple[Server, ...] = ()
    holidays: Holidays | None = None
    recess: tuple[RecessPeriod, ...] = ()
    council_lead: Duration = Duration(count=12, unit=Unit.WEEKS)
    hours: Line | None = None
    note: Text | None = None
