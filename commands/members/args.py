"""The arguments of the commands about cities, people and seats."""

from datetime import date
from typing import Annotated

from commands.framework.command import Args, named, placed, rest
from commands.framework.refs import CityRef, FirstDay, PastDay, PersonRef
from commands.members.words import Vacancy
from storage.cities.record import CityKind, CityState, HolidayCategory, PartnerKind, Subdivision
from storage.people.preferences import Acknowledgement
from storage.people.record import Email, Phone
from storage.seats.record import Role
from storage.values import CODE, Count, Language, Line, Mxid, Server, Text


class CityArgs(Args):
    """A new city or partner."""

    code: Annotated[str, CODE, placed("kürzel", "code")]
    name: Annotated[Line, placed("name", "name")]
    english: Annotated[Line | None, named("englisch", "english")] = None
    aliases: Annotated[tuple[Line, ...], named("alias aliase", "alias aliases")] = ()
    servers: Annotated[tuple[Server, ...], named("server", "server servers")] = ()
    holidays: Annotated[tuple[Subdivision | HolidayCategory, ...], named("feiertage", "holidays")] = ()
    kind: Annotated[CityKind | PartnerKind, named("art", "kind")] = CityKind.CITY
    state: Annotated[CityState | None, named("zustand", "state")] = None
    start: Annotated[FirstDay | None, named("ab seit", "from since")] = None


class EditCityArgs(Args):
    """What is to be different about a city or partner."""

    city: Annotated[CityRef, placed("stadt", "city")]
    name: Annotated[Line | None, named("name", "name")] = None
    english: Annotated[Line | None, named("englisch", "english")] = None
    aliases: Annotated[tuple[Line, ...], named("alias aliase", "alias aliases")] = ()
    servers: Annotated[tuple[Server, ...], named("server", "server servers")] = ()
    holidays: Annotated[tuple[Subdivision | HolidayCategory, ...], named("feiertage", "holidays")] = ()


class MembershipArgs(Args):
    """`!mitgliedschaft R mitglied ab:1.1.2027 – Beitritt laut B-15`."""

    city: Annotated[CityRef, placed("stadt", "city")]
    state: Annotated[CityState, placed("zustand", "state")]
    start: Annotated[FirstDay | None, named("ab seit", "from since")] = None
    reason: Annotated[Text | None, rest("grund", "reason")] = None


class AwayArgs(Args):
    """`!abwesend bis:31.12.`, for somebody else of one's city with their name; the reason is nobody's business."""

    person: Annotated[PersonRef | None, placed("person", "person")] = None
    start: Annotated[FirstDay | None, named("ab von", "from since")] = None
    end: Annotated[date, named("bis", "until to")]
    deputy: Annotated[PersonRef | None, named("vertretung", "deputy")] = None


class BackArgs(Args):
    """`!da`, for somebody else of one's city with their name."""

    person: Annotated[PersonRef | None, placed("person", "person")] = None


class ShowCityArgs(Args):
    """Which city or partner, and on which day."""

    city: Annotated[CityRef, placed("stadt", "city")]
    day: Annotated[PastDay | None, named("am", "on")] = None


class PersonArgs(Args):
    """A new person; without a Matrix ID somebody who is reached otherwise."""

    mxid: Annotated[Mxid | None, placed("matrix", "matrix")] = None
    name: Annotated[Line, placed("name", "name")]
    language: Annotated[Language | None, named("sprache", "language")] = None
    expertise: Annotated[tuple[Line, ...], named("fachgebiete fachgebiet", "expertise")] = ()
    email: Annotated[Email | None, named("e-mail mail", "email mail")] = None
    phone: Annotated[Phone | None, named("telefon", "phone")] = None


class EditPersonArgs(Args):
    """What is to be different about a person."""

    person: Annotated[PersonRef, placed("person", "person")]
    name: Annotated[Line | None, named("name", "name")] = None
    mxid: Annotated[Mxid | None, named("matrix", "matrix")] = None
    language: Annotated[Language | None, named("sprache", "language")] = None
    expertise: Annotated[tuple[Line, ...], named("fachgebiete fachgebiet", "expertise")] = ()
    email: Annotated[Email | None, named("e-mail mail", "email mail")] = None
    phone: Annotated[Phone | None, named("telefon", "phone")] = None


class ShowPersonArgs(Args):
    """Which person."""

    person: Annotated[PersonRef, placed("person", "person")]


class SeatArgs(Args):
    """Which seat, who holds it or that nobody does, from and until when."""

    city: Annotated[CityRef, placed("stadt", "city")]
    role: Annotated[Role | None, placed("rolle", "role")] = None
    vacancy: Annotated[Vacancy | None, placed("vakant", "vacant")] = None
    holder: Annotated[PersonRef | Mxid | None, placed("person", "person")] = None
    office: Annotated[Line | None, named("amt", "office")] = None
    start: Annotated[FirstDay | None, named("ab seit", "from since")] = None
    end: Annotated[date | None, named("bis", "until")] = None
    body: Annotated[Line | None, named("gremium", "body")] = None


class RequestArgs(Args):
    """Where a seat is wanted, which one, and by whom."""

    city: Annotated[Line, placed("stadt", "city")]
    role: Annotated[Role, named("als", "as")] = Role.MEMBER
    name: Annotated[Line | None, named("name", "name")] = None


class MeArgs(Args):
    """How the caller wants to be answered."""

    language: Annotated[Language | None, named("sprache", "language")] = None
    sign: Annotated[Acknowledgement | None, named("bestätigung", "confirmation")] = None


class ListArgs(Args):
    """From which entry on."""

    start: Annotated[Count, named("ab", "from")] = 1
