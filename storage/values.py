"""The values records are made of: dates as exact as they are known, instants, durations, texts, references."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, total_ordering
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

YEARS = range(1800, 2200)
"""Years a record may speak of; anything outside is a slip of the pen (and breaks arithmetic with zones)."""

SHOWN = 200
"""As much of a refused text as its refusal repeats."""

COLLECTIONS: Mapping[str, str] = {
    "V": "agreements",
    "P": "projects",
    "H": "barriers",
    "B": "decisions",
    "A": "tasks",
    "S": "meetings",
    "L": "solutions",
    "T": "statements",
    "E": "reminders",
}
"""The letter of an id and the list its records are in."""


def refusal(kind: str, sentence: str, **facts: object) -> PydanticCustomError:
    """A value's refusal: a kind to look texts up by, a neutral English sentence with {placeholders}, and its facts."""
    # pydantic asks for literal types only to keep its own catalogue; the texts of this project derive from the kind.
    shown = {name: clean(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return PydanticCustomError(cast("Any", kind), cast("Any", sentence), shown)


def clean(text: str) -> str:
    """A foreign text, short and harmless enough to be shown on a terminal."""
    short = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in short)


# --- values with one text form ---------------------------------------------------------------------------------------


class TextValue:
    """A frozen value that is read from and written as one text: `parse(str(value)) == value`."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; raises PydanticCustomError (a ValueError) where it is none."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._accept, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _accept(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.parse(_text(value))


def _text(value: object) -> str:
    if value is None:
        raise refusal("missing", "is missing")
    if not isinstance(value, str):
        raise refusal("not_text", "a single value is expected here")
    return value.strip()


_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def _existing(text: str, year: int, month: int, day: int) -> date:
    if year not in YEARS:
        raise refusal("impossible_date", '"{text}" is not a day between {first} and {last}', text=text,
                      first=YEARS[0], last=YEARS[-1])  # fmt: skip
    try:
        return date(year, month, day)
    except ValueError:
        raise refusal("impossible_date", '"{text}" is not in the calendar', text=text) from None


@total_ordering
@dataclass(frozen=True, kw_only=True)
class PartialDate(TextValue):
    """A day, a month or a year of the past, as exact as it is known; ordered by its first day, the vaguer first."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise refusal("impossible_date", "a day needs its month")
        self.first_day()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2019-07-16, 2019-07 or 2019; refuses other forms and days that do not exist."""
        found = _PARTIAL.fullmatch(text)
        if found is None:
            raise refusal("date", '"{text}" is not a date such as 2019-07-16, 2019-07 or 2019', text=text)
        year, month, day = (int(part) if part else None for part in found.groups())
        return cls(year=year or 0, month=month, day=day)

    @classmethod
    def of(cls, day: date) -> Self:
        """The same day, known exactly."""
        return cls(year=day.year, month=day.month, day=day.day)

    def first_day(self) -> date:
        """The first day it can mean."""
        return _existing(
            str(self), self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day
        )

    def last_day(self) -> date:
        """The last day it can mean, inclusive."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = (f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None))
        return "-".join(parts)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return self._rank() < other._rank()

    def _rank(self) -> tuple[date, int]:
        return self.first_day(), (self.month is not None) + (self.day is not None)


_MONTH_DAY = re.compile(r"--([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, kw_only=True, order=True)
class MonthDay(TextValue):
    """A day of every year, such as Christmas Eve; 29 February is one in leap years only."""

    month: int
    day: int

    def __post_init__(self) -> None:
        _existing(str(self), 2000, self.month, self.day)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read --12-24 (ISO 8601 without the year)."""
        found = _MONTH_DAY.fullmatch(text)
        if found is None:
            raise refusal("month_day", '"{text}" is not a date such as 2026-12-24 or --12-24', text=text)
        return cls(month=int(found[1]), day=int(found[2]))

    def __str__(self) -> str:
        return f"--{self.month:02}-{self.day:02}"


class Unit(StrEnum):
    """What a duration counts."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    WORKDAYS = "workdays"


_DURATION = re.compile(r"([1-9][0-9]{0,3}) +(day|week|month|year|workday)s?")


@dataclass(frozen=True, kw_only=True)
class Duration(TextValue):
    """A positive count of one unit; months stay months, because only a starting day tells how long they are."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 < self.count < 10_000:
            raise refusal("duration", "a duration counts from 1 to 9999")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one count and unit: 3 months, 1 month, 2 weeks, 5 workdays."""
        found = _DURATION.fullmatch(text)
        if found is None:
            raise refusal("duration", '"{text}" is not a duration such as 3 months, 2 weeks or 5 workdays', text=text)
        return cls(count=int(found[1]), unit=Unit(found[2] + "s"))

    def __str__(self) -> str:
        return f"{self.count} {self.unit.value.removesuffix('s') if self.count == 1 else self.unit.value}"


_WALL = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{2}):([0-9]{2}) +([A-Za-z][A-Za-z0-9_+/-]*)")


@dataclass(frozen=True, kw_only=True)
class WallClock(TextValue):
    """What a clock on the wall of a zone shows; it stays at its hour when summer time begins or ends."""

    local: datetime
    zone: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2026-12-01 09:00 Europe/Berlin."""
        found = _WALL.fullmatch(text)
        if found is None:
            raise refusal("wall_clock", '"{text}" is not a time such as 2026-12-01 09:00 Europe/Berlin', text=text)
        year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
        there = _existing(text, year, month, day)
        try:
            local = datetime(there.year, there.month, there.day, hour, minute)  # noqa: DTZ001  the zone stands beside it
        except ValueError:
            raise refusal("wall_clock", '"{text}" names an hour no clock shows', text=text) from None
        return cls(local=local, zone=parse_zone(found[6]))

    def __str__(self) -> str:
        return f"{self.local.isoformat(sep=' ', timespec='minutes')} {self.zone}"


# --- dates and instants of the standard library, read strictly --------------------------------------------------------


def parse_zone(value: object) -> str:
    """The name of a zone of the time zone database, such as Europe/Berlin."""
    name = _text(value)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refusal("zone", '"{text}" is not a time zone such as Europe/Berlin', text=name) from None


_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{3}(?:[0-9]{3})?)?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
)


def parse_day(value: object) -> date:
    """Read 2026-11-16 as an exact day; a date passes, an instant or anything vaguer is refused."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return _existing(value.isoformat(), value.year, value.month, value.day)
    text = _text(value)
    found = _DAY.fullmatch(text)
    if found is None:
        raise refusal("day", '"{text}" is not a day such as 2026-11-16', text=text)
    return _existing(text, *(int(part) for part in found.groups()))


def parse_instant(value: object) -> datetime:
    """Read ISO 8601 with its offset; an aware datetime passes, local time without an offset is refused."""
    if isinstance(value, datetime):
        return _aware(value)
    text = _text(value)
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise refusal("instant", '"{text}" is not an instant such as 2026-11-16T08:40:00+01:00', text=text)
    _existing(text, *(int(part) for part in found.groups()))
    try:
        return _aware(datetime.fromisoformat(text))
    except PydanticCustomError:
        raise
    except ValueError:
        raise refusal("instant", '"{text}" names an hour no clock shows', text=text) from None


def _aware(value: datetime) -> datetime:
    # Stored in UTC, so that the year there counts as well.
    if value.utcoffset() is None or value.year not in YEARS or value.astimezone(UTC).year not in YEARS:
        raise refusal("instant", '"{text}" is not an instant with its offset', text=value.isoformat())
    return value


def parse_when(value: object) -> datetime | date:
    """An instant, or a day where the hour is open."""
    vague = not isinstance(value, datetime) if isinstance(value, date) else bool(_DAY.fullmatch(_text(value)))
    return parse_day(value) if vague else parse_instant(value)


def parse_yearly(value: object) -> MonthDay | date:
    """One day (2026-12-24) or the same day of every year (--12-24)."""
    if isinstance(value, date | MonthDay):
        return value if isinstance(value, MonthDay) else parse_day(value)
    text = _text(value)
    return parse_day(text) if _DAY.fullmatch(text) else MonthDay.parse(text)


def parse_count(value: object) -> int:
    """A whole number from 0 to 999 999 999, in plain digits."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    text = _text(value)
    if not re.fullmatch("[0-9]{1,9}", text):
        raise refusal("count", '"{text}" is not a whole number', text=text)
    return int(text)


def parse_flag(value: object) -> bool:
    """True or false, in these words only."""
    if isinstance(value, bool):
        return value
    text = _text(value)
    if text not in ("true", "false"):
        raise refusal("flag", '"{text}" is neither true nor false', text=text)
    return text == "true"


Day = Annotated[date, BeforeValidator(parse_day)]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]
When = Annotated[datetime | date, BeforeValidator(parse_when)]
Yearly = Annotated[MonthDay | date, BeforeValidator(parse_yearly)]
Zone = Annotated[str, BeforeValidator(parse_zone)]
Count = Annotated[int, BeforeValidator(parse_count)]
Flag = Annotated[bool, BeforeValidator(parse_flag)]


# --- words and texts -------------------------------------------------------------------------------------------------


class Vocabulary(StrEnum):
    """A closed set of words; a refusal lists them all."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._accept, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _accept(cls, value: object) -> Self:
        text = _text(value)
        if text not in cls.__members__.values():
            raise refusal("word", '"{text}" is none of {allowed}', text=text, allowed=", ".join(cls))
        return cls(text)


class Visibility(Vocabulary):
    """Who may see a record, from everybody to the steering room."""

    PUBLIC = "public"
    GUEST = "guest"
    COOPERATION = "cooperation"
    INTERNAL = "internal"

    @property
    def rank(self) -> int:
        """0 for public, rising with strictness."""
        return tuple(Visibility).index(self)


class Language(Vocabulary):
    """The languages the texts exist in."""

    DE = "de"
    EN = "en"


# Marks that change the order in which a line is read, so that it could say one thing and store another.
_TURNED = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSPEAKABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def _forbidden(sign: str) -> bool:
    code = ord(sign)
    nobody = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or code == 0xFEFF
    return nobody or sign in _TURNED or unicodedata.category(sign) in _UNSPEAKABLE


@dataclass(frozen=True)
class Wording:
    """Marks a text people wrote: trimmed, composed (NFC), never empty, nothing invisible that misleads."""

    longest: int
    lines: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def read(self, value: object) -> str:
        """The text in normal form; raises where it is empty, too long or holds a forbidden character."""
        text = unicodedata.normalize("NFC", _text(value))
        if self.lines:
            text = text.replace("\r\n", "\n")
        if not text:
            raise refusal("empty", "the text is empty")
        if len(text) > self.longest:
            raise refusal("too_long", "the text has {length} characters, {longest} are allowed", length=len(text),
                          longest=self.longest)  # fmt: skip
        if not text.isprintable() or not text.isascii():
            self._look_at_each(text)
        return text

    def _look_at_each(self, text: str) -> None:
        for sign in text:
            if sign == "\n" and not self.lines:
                raise refusal("line_break", "the text must be one line")
            if sign != "\n" and _forbidden(sign):
                raise refusal("character", "the character {character} is not allowed", character=f"U+{ord(sign):04X}")


Line = Annotated[str, Wording(500)]
Text = Annotated[str, Wording(20_000, lines=True)]


@dataclass(frozen=True)
class Form:
    """Marks a text of a fixed form, with an example for the one who got it wrong."""

    pattern: str
    like: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def read(self, value: object) -> str:
        """The trimmed text; raises where it does not fit."""
        text = _text(value)
        if not re.fullmatch(self.pattern, text):
            raise refusal("form", '"{text}" is not of the form {like}', text=text, like=self.like)
        return text


_CODE = r"[A-ZÄÖÜ][A-ZÄÖÜ0-9]{0,9}"
_KEY = r"[a-z0-9][a-z0-9._-]{0,63}"
_ROOM = r"[#!][^\s]{1,254}"
_NUMBER = r"-[1-9][0-9]{0,8}"
_ANY = rf"[{''.join(COLLECTIONS)}]{_NUMBER}"

CODE = Form(_CODE, "M or BST")
KEY = Form(_KEY, "koord-m")
ALIAS = Form(r"#[^\s:]{1,200}:[^\s]{1,200}", "#lenkung:muenchen.example")
ROOM_ID = Form(r"![^\s]{1,254}", "!abc:muenchen.example")


def id_form(letter: str) -> Form:
    """The form of the ids with this letter: P-1."""
    return Form(letter + _NUMBER, f"{letter}-1")


Mxid = Annotated[str, Form(r"@[^\s:]{1,200}:[^\s]{1,200}", "@koordination:muenchen.example")]
Server = Annotated[str, Form(r"[A-Za-z0-9.:\[\]-]{1,230}", "muenchen.example")]
Url = Annotated[str, Form(r"https?://[^\s]{1,2000}", "https://muenchen.example/"), Wording(2_000)]


# --- references ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ref:
    """Marks a text that names another record: of one list, of one of two ("cities|people"), or of "any" with an id."""

    target: str

    def resolve(self, value: str) -> str:
        """The list this very value belongs to."""
        if self.target == "any":
            return COLLECTIONS.get(value[:1], "any")
        if self.target == "cities|people":
            return "cities" if re.fullmatch(_CODE, value) else "people"
        if self.target == "people|rooms":
            return "rooms" if value.startswith(("#", "!")) else "people"
        return self.target


_LEADING = re.compile(rf"({_ANY})\b")


@dataclass(frozen=True)
class Cite:
    """Marks a text whose leading id ("V-1 Ziffer 3") is a reference; with letters given it must have one of these."""

    letters: str = ""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, text: str) -> str:
        if self.letters and cited(text)[:1] not in tuple(self.letters):
            like = " or ".join(f"{letter}-1" for letter in self.letters)
            raise refusal("cite", '"{text}" does not begin with an id such as {like}', text=text, like=like)
        return text


def cited(text: str) -> str:
    """The id a text begins with, or an empty text."""
    found = _LEADING.match(text)
    return found[1] if found else ""


CityCode = Annotated[str, CODE, Ref("cities")]
PersonKey = Annotated[str, KEY, Ref("people")]
SeatKey = Annotated[str, KEY, Ref("seats")]
AgreementId = Annotated[str, id_form("V"), Ref("agreements")]
ProjectId = Annotated[str, id_form("P"), Ref("projects")]
BarrierId = Annotated[str, id_form("H"), Ref("barriers")]
DecisionId = Annotated[str, id_form("B"), Ref("decisions")]
TaskId = Annotated[str, id_form("A"), Ref("tasks")]
MeetingId = Annotated[str, id_form("S"), Ref("meetings")]
SolutionId = Annotated[str, id_form("L"), Ref("solutions")]
StatementId = Annotated[str, id_form("T"), Ref("statements")]
ReminderId = Annotated[str, id_form("E"), Ref("reminders")]
AnyId = Annotated[str, Form(_ANY, "B-1"), Ref("any")]
RoomName = Annotated[str, Form(_ROOM, "#lenkung:muenchen.example"), Ref("rooms")]
CityOrPerson = Annotated[str, Form(rf"{_CODE}|{_KEY}", "M or koord-m"), Ref("cities|people")]
PersonOrRoom = Annotated[str, Form(rf"{_KEY}|{_ROOM}", "koord-m or #lenkung:muenchen.example"), Ref("people|rooms")]
Basis = Annotated[str, Wording(500), Cite("BV")]
Source = Annotated[str, Wording(500), Cite()]


# --- records and their parts -----------------------------------------------------------------------------------------


class _Shape(BaseModel):
    """What records and parts have in common: frozen, no unknown keys, `from_` in Python is `from` outside."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, alias_generator=lambda name: name.removesuffix("_")
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_means_the_default(cls, given: object) -> object:
        if not isinstance(given, Mapping) or None not in given.values():
            return given
        needed = {name.removesuffix("_") for name, field in cls.model_fields.items() if field.is_required()}
        return {key: value for key, value in given.items() if value is not None or str(key).removesuffix("_") in needed}


class Part(_Shape):
    """A value inside a record; it has no life of its own."""


class Localized(Part):
    """One name in both languages."""

    de: Line
    en: Line


class Verified(Part):
    """Who confirmed a record last, and on which day."""

    by: PersonKey
    date: Day


class Record(_Shape):
    """An entry of the register; every subclass says in which list it stands and who sees it by default."""

    collection: ClassVar[str]
    letter: ClassVar[str | None] = None
    key_field: ClassVar[str | None] = "id"
    default_visibility: ClassVar[Visibility] = Visibility.COOPERATION
    field_visibility: ClassVar[Mapping[str, Visibility]] = {}
    """Fields stricter than the record."""

    visibility: Visibility | None = None
    tags: tuple[Line, ...] = ()
    verified: Verified | None = None

    def own_key(self) -> str | None:
        """What others call it: id, code or key; None where it has none."""
        return getattr(self, self.key_field) if self.key_field else None

    def shown_to(self) -> Visibility:
        """Its visibility, the default of its list applied."""
        return self.visibility or self.default_visibility


# --- walking over references -----------------------------------------------------------------------------------------

Place = tuple[str | int, ...]
Reference = tuple[Place, str, str]
"""Where, in which list, what: (("votes", "N", "by"), "people", "koord-n")."""


@dataclass(frozen=True)
class _Leaf:
    mark: Ref | Cite

    def found(self, value: str) -> tuple[str, str] | None:
        if isinstance(self.mark, Ref):
            return self.mark.resolve(value), value
        name = cited(value)
        return (COLLECTIONS[name[0]], name) if name else None


@dataclass(frozen=True)
class _Many:
    item: "_Way"


@dataclass(frozen=True)
class _Table:
    key: "_Way | None"
    item: "_Way | None"


@dataclass(frozen=True)
class _Fields:
    ways: tuple[tuple[str, str, "_Way"], ...]


_Way = _Leaf | _Many | _Table | _Fields


@cache
def _way(kind: Any) -> _Way | None:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        marks = [mark for mark in arguments[1:] if isinstance(mark, Ref | Cite)]
        return _Leaf(marks[0]) if marks else _way(arguments[0])
    if origin in (Union, UnionType):
        return next((way for way in map(_way, arguments) if way), None)
    if origin is tuple:
        item = _way(arguments[0])
        return _Many(item) if item else None
    if origin is dict:
        key, item = map(_way, arguments)
        return _Table(key, item) if key or item else None
    return _fields(kind) if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _fields(model: type[BaseModel]) -> _Fields | None:
    ways = ((name, field, _way(field.rebuild_annotation())) for name, field in model.model_fields.items())
    some = tuple((name, field.alias or name, way) for name, field, way in ways if way)
    return _Fields(some) if some else None


def refs(record: BaseModel) -> Iterator[Reference]:
    """Every reference a record or part makes, in the order of its fields; places use the outer names (`from`)."""
    return refs_of(type(record), record)


def refs_of(model: type[BaseModel], value: object) -> Iterator[Reference]:
    """The same for a value or for an unread tree of mappings and lists that was meant to become `model`."""
    way = _way(model)
    return _walk(way, value, ()) if way else iter(())


@cache
def may_refer(model: type[BaseModel], target: str) -> bool:
    """Whether something in a record or part of this type can refer into the list `target`."""
    way = _way(model)
    return way is not None and any(target in mark.target.split("|") for mark in _refs_in(way))


def _refs_in(way: _Way | None) -> Iterator[Ref]:
    match way:
        case _Leaf(Ref() as mark):
            yield mark
        case _Many(item):
            yield from _refs_in(item)
        case _Table(key, item):
            yield from _refs_in(key)
            yield from _refs_in(item)
        case _Fields(ways):
            for _, _, inner in ways:
                yield from _refs_in(inner)
        case _:
            return


def _walk(way: _Way, value: object, place: Place) -> Iterator[Reference]:
    match way, value:
        case _Leaf(), str():
            found = way.found(value)
            if found:
                yield place, *found
        case _Many(), list() | tuple():
            for index, item in enumerate(value):
                yield from _walk(way.item, item, (*place, index))
        case _Table(), dict():
            yield from _walk_table(way, value, place)
        case _Fields(), _:
            for name, alias, inner in way.ways:
                child = value.get(alias) if isinstance(value, dict) else getattr(value, name, None)
                yield from _walk(inner, child, (*place, alias))
        case _:
            return


def _walk_table(way: _Table, table: dict[Any, Any], place: Place) -> Iterator[Reference]:
    for key, item in table.items():
        if way.key:
            yield from _walk(way.key, key, (*place, key))
        if way.item:
            yield from _walk(way.item, item, (*place, key))


R = TypeVar("R", bound=BaseModel)


def map_refs(record: R, target: str, fn: Callable[[str], str]) -> R:
    """A copy with every reference into the list `target` replaced by `fn(reference)`; forms are not checked again."""
    way = _way(type(record))
    return cast("R", _mapped(way, record, target, fn)) if way else record


def _mapped(way: _Way, value: Any, target: str, fn: Callable[[str], str]) -> Any:
    match way, value:
        case _Leaf(), str():
            found = way.found(value)
            return fn(found[1]) + value[len(found[1]) :] if found and found[0] == target else value
        case _Many(), tuple():
            return tuple(_mapped(way.item, item, target, fn) for item in value)
        case _Table(), dict():
            return {
                _mapped(way.key, key, target, fn) if way.key else key:
                _mapped(way.item, item, target, fn) if way.item else item
                for key, item in value.items()
            }  # fmt: skip
        case _Fields(), BaseModel():
            changed = {name: _mapped(inner, getattr(value, name), target, fn) for name, _, inner in way.ways}
            return value.model_copy(update=changed)
        case _:
            return value
