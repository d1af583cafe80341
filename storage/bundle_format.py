"""The bundle, one file that holds a whole cooperation: read and validated as a whole, written in one normal form."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import combinations
from typing import IO, Annotated, Any, TextIO, TypeVar, cast, get_args, get_origin
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from storage.agreements.record import Agreement
from storage.barriers.record import Barrier
from storage.bundle_problems import BundleInvalid, Problem, shown
from storage.bundle_tree import Item, Map, Unreadable, read_items
from storage.cities.record import City
from storage.consistency import contradictions
from storage.cooperation.record import Cooperation
from storage.decisions.record import Decision
from storage.glossary.record import Entry
from storage.meetings.record import Meeting
from storage.people.record import Person
from storage.projects.record import Project
from storage.reminders.record import Reminder
from storage.rooms.record import Room
from storage.seats.record import Role, Seat
from storage.solutions.record import Solution
from storage.statements.record import Statement
from storage.tasks.record import Task
from storage.values import COLLECTIONS, Count, Instant, PartialDate, Place, Record, TextValue, refs, refs_of

__all__ = ["VERSION", "Bundle", "BundleInvalid", "Problem", "read_bundle", "write_bundle", "write_json"]

VERSION = 1

R = TypeVar("R", bound=Record)


# --- the bundle and its order ----------------------------------------------------------------------------------------


def _number(identifier: str) -> int:
    return int(identifier.partition("-")[2])


def _order(record: Record) -> tuple[Any, ...]:
    if record.letter:
        return (_number(record.own_key() or ""),)
    if isinstance(record, Seat):
        start = (record.from_ is not None, str(record.from_ or ""))
        return (record.city, record.body, record.role, *start, record.holder or "", record.key or "")
    return (record.own_key() or "",)


def _in_order(records: tuple[R, ...]) -> tuple[R, ...]:
    return tuple(sorted(records, key=_order))


_Ordered = AfterValidator(_in_order)


class Bundle(BaseModel):
    """Everything there is to know about a cooperation; its lists are always in the order of the normal form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = VERSION
    exported_at: Instant | None = None
    counters: dict[str, int] = Field(default_factory=dict)
    cooperation: Cooperation
    cities: Annotated[tuple[City, ...], _Ordered] = ()
    people: Annotated[tuple[Person, ...], _Ordered] = ()
    seats: Annotated[tuple[Seat, ...], _Ordered] = ()
    agreements: Annotated[tuple[Agreement, ...], _Ordered] = ()
    projects: Annotated[tuple[Project, ...], _Ordered] = ()
    barriers: Annotated[tuple[Barrier, ...], _Ordered] = ()
    decisions: Annotated[tuple[Decision, ...], _Ordered] = ()
    tasks: Annotated[tuple[Task, ...], _Ordered] = ()
    meetings: Annotated[tuple[Meeting, ...], _Ordered] = ()
    solutions: Annotated[tuple[Solution, ...], _Ordered] = ()
    statements: Annotated[tuple[Statement, ...], _Ordered] = ()
    rooms: Annotated[tuple[Room, ...], _Ordered] = ()
    reminders: Annotated[tuple[Reminder, ...], _Ordered] = ()
    glossary: Annotated[tuple[Entry, ...], _Ordered] = ()

    def lists(self) -> Iterator[tuple[str, tuple[Record, ...]]]:
        """The name and records of every list, in the order of the file."""
        for name in LISTS:
            yield name, getattr(self, name)


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

_HEADS: Mapping[str, TypeAdapter[Any]] = {
    "version": TypeAdapter(Count),
    "exported_at": TypeAdapter(Instant),
    "counters": TypeAdapter(dict[str, Count]),
}


# --- reading ---------------------------------------------------------------------------------------------------------


def read_bundle(source: bytes | str | IO[bytes] | IO[str], *, name: str) -> Bundle:
    """Read YAML or JSON; `name` is what the file is called in the error.

    Raises BundleInvalid with every mistake found. A `history` kept by an export is passed over: it is not a state.
    """
    draft = _Draft()
    try:
        for item in read_items(source, draft.problems):
            draft.take(item)
    except Unreadable as unreadable:
        # What was not read may hold what seems to be missing, so only what is certain is reported.
        raise BundleInvalid((*_by_line(draft.problems), unreadable.problem), name=name) from unreadable
    draft.finish()
    if draft.problems:
        raise BundleInvalid(_by_line(draft.problems), name=name)
    return draft.bundle()


def _by_line(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


class _Draft:
    """A bundle while it is read: what is good so far, what is wrong, and which references are still open."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._heads: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._records: dict[str, list[Record]] = {name: [] for name in LISTS}
        self._places: dict[str, list[Item]] = {name: [] for name in LISTS}
        self._known: dict[str, dict[str, str]] = {name: {} for name in LISTS}
        self._open: list[tuple[str, str, Place, int | None]] = []
        self._wrong: set[Place] = set()

    def bundle(self) -> Bundle:
        """The finished bundle, when there are no problems."""
        return Bundle.model_validate(self._heads | {name: tuple(records) for name, records in self._records.items()})

    def take(self, item: Item) -> None:
        """Read one piece of the file."""
        name = cast("str", item.place[0])
        if name in LISTS:
            self._take_entry(name, LISTS[name], item)
        elif name == Cooperation.collection:
            self._take_cooperation(item)
        elif name in _HEADS:
            self._take_head(name, item)
        elif name not in self._seen:
            known = ", ".join(Bundle.model_fields)
            self._report(Item(place=(name,), tree=None, line=item.line), (), "unknown_key",
                         f"unknown key; known are {known}", {"known": known})  # fmt: skip
        self._seen.add(name)

    def finish(self) -> None:
        """Check what only the whole can tell."""
        for name in {"version", "cooperation"} - self._seen:
            self.problems.append(Problem(place="", field=name, kind="missing", sentence="is missing"))
        self._check_references()
        self._check_people()
        self._check_seats()
        self._check_counters()

    # One piece

    def _take_head(self, name: str, item: Item) -> None:
        if item.tree is None and name != "version":
            return
        value = self._valid(item, lambda: _HEADS[name].validate_python(item.tree))
        if name == "version" and value not in (None, VERSION):
            self._report(item, (), "version", f"{value} is not a version this program reads ({VERSION})",
                         {"version": value})  # fmt: skip
        if name == "counters":
            self._check_letters(item, value or {})
        if value is not None:
            self._heads[name] = value

    def _check_letters(self, item: Item, counters: Mapping[str, int]) -> None:
        for letter in counters.keys() - COLLECTIONS.keys():
            known = ", ".join(COLLECTIONS)
            self._report(item, (letter,), "unknown_key", f"unknown key; known are {known}", {"known": known})

    def _take_cooperation(self, item: Item) -> None:
        if len(item.place) > 1 or item.tree is None:
            self._report(item, (), "not_mapping", "a mapping is expected here", {})
            return
        record = self._valid(item, lambda: _validate(Cooperation, item.tree), Cooperation)
        if record is not None:
            self._heads[Cooperation.collection] = record
        self._note_references(item, Cooperation, record)

    def _take_entry(self, name: str, model: type[Record], item: Item) -> None:
        if len(item.place) == 1:
            if item.tree not in (None, []):
                self._report(item, (), "not_list", "a list is expected here", {})
            return
        if isinstance(item.tree, Map):
            item.tree.pop("history", None)
            self._note_names(name, model, item)
        record = self._valid(item, lambda: _validate(model, item.tree), model)
        if record is not None:
            self._records[name].append(record)
            self._places[name].append(Item(place=item.place, tree=None, line=item.line))
            for found in contradictions(record):
                self._report(item, found.place, found.kind, found.sentence, found.facts)
        self._note_references(item, model, record)

    def _valid(self, item: Item, read: Callable[[], Any], model: type[BaseModel] | None = None) -> Any:
        try:
            return read()
        except ValidationError as error:
            for details in error.errors(include_url=False, include_input=False):
                place = tuple(step for step in details["loc"] if step != "[key]")
                kind, sentence, facts = _explained(details, model, place)
                self._report(item, place, kind, sentence, facts)
            return None

    def _report(self, item: Item, place: Place, kind: str, sentence: str, facts: Mapping[str, object]) -> None:
        whole = (*item.place, *place)
        self._wrong.add(whole)
        self.problems.append(_problem(whole, kind, sentence, facts, item.line_at(place)))

    # Names and references

    def _note_names(self, name: str, model: type[Record], item: Item) -> None:
        fields = ("alias", "id") if model is Room else (model.key_field,) if model.key_field else ()
        for key in fields:
            value = cast("Map", item.tree).get(key)
            if isinstance(value, str):
                self._note_name(name, value.strip(), item, (key,))

    def _note_name(self, name: str, value: str, item: Item, place: Place) -> None:
        first = self._known[name].setdefault(value, shown(item.place))
        if first != shown(item.place):
            self._report(item, place, "duplicate", f'"{value}" is already used by {first}',
                         {"value": value, "first": first})  # fmt: skip

    def _note_references(self, item: Item, model: type[Record], record: Record | None) -> None:
        found = refs(record) if record is not None else refs_of(model, item.tree)
        for place, target, value in found:
            name = value.strip()
            if target in LISTS and name not in self._known[target]:
                self._open.append((target, name, (*item.place, *place), item.line_at(place)))

    def _check_references(self) -> None:
        for target, value, place, line in self._open:
            if value not in self._known[target] and place not in self._wrong:
                facts = {"value": value, "list": target}
                self.problems.append(_problem(place, "dangling", f'"{value}" is not in {target}', facts, line))

    # The whole

    def _check_people(self) -> None:
        accounts: dict[str, str] = {}
        for item, person in self._both("people", Person):
            first = accounts.setdefault(person.mxid or person.key, shown(item.place))
            if person.mxid and first != shown(item.place):
                self._report(item, ("mxid",), "duplicate", f'"{person.mxid}" is already used by {first}',
                             {"value": person.mxid, "first": first})  # fmt: skip
        entries: dict[str, str] = {}
        for item, entry in self._both("glossary", Entry):
            words = entry.own_key()
            first = entries.setdefault(words, shown(item.place))
            if first != shown(item.place):
                self._report(item, (), "duplicate", f'"{words}" is already said by {first}',
                             {"value": words, "first": first})  # fmt: skip

    def _check_seats(self) -> None:
        """Two seats may vote for a city at once, but one person holds one of them."""
        held: dict[tuple[object, ...], list[tuple[Item, Seat]]] = {}
        same: dict[tuple[object, ...], str] = {}
        for item, seat in self._both("seats", Seat):
            first = same.setdefault(_order(seat), shown(item.place))
            if first != shown(item.place):
                self._report(item, (), "duplicate", f"is the same seat as {first}", {"first": first})
                continue
            if seat.role is Role.VOTING and seat.holder:
                held.setdefault((seat.city, seat.body, seat.holder), []).append((item, seat))
        for seats in held.values():
            for (earlier, one), (item, other) in combinations(seats, 2):
                if _overlap(one, other):
                    place = shown(earlier.place)
                    self._report(item, (), "seat_twice", f"holds the same voting seat as {place} at the same time",
                                 {"first": place})  # fmt: skip

    def _check_counters(self) -> None:
        for letter, counter in self._heads.get("counters", {}).items():
            highest = max((_number(r.own_key() or "") for r in self._records.get(COLLECTIONS.get(letter, ""), ())),
                          default=0)  # fmt: skip
            if counter < highest:
                sentence = f"{counter} is below {letter}-{highest}, which exists"
                facts = {"counter": counter, "highest": highest}
                self.problems.append(_problem(("counters", letter), "counter", sentence, facts, None))

    def _both(self, name: str, _model: type[R]) -> list[tuple[Item, R]]:
        return list(zip(self._places[name], cast("list[R]", self._records[name]), strict=True))


def _validate(model: type[R], tree: object) -> R:
    return model.model_validate(tree, by_alias=True, by_name=False)


def _overlap(one: Seat, other: Seat) -> bool:
    """Whether two intervals share a day for certain: each begins before the other ends, in every reading."""
    return _begins_within(one.from_, other.to) and _begins_within(other.from_, one.to)


def _begins_within(start: PartialDate | None, end: PartialDate | None) -> bool:
    return start is None or end is None or start.last_day() <= end.first_day()


_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "is missing"),
    "too_short": ("empty", "at least one entry is needed"),
    "tuple_type": ("not_list", "a list is expected here"),
    "dict_type": ("not_mapping", "a mapping is expected here"),
    "model_type": ("not_mapping", "a mapping is expected here"),
}


def _explained(
    details: ErrorDetails, model: type[BaseModel] | None, place: Place
) -> tuple[str, str, Mapping[str, object]]:
    kind = details["type"]
    if kind == "extra_forbidden" and model is not None:
        known = ", ".join(field.alias or name for name, field in _in_order_of_design(_model_at(model, place[:-1])))
        return "unknown_key", f"unknown key; known are {known}", {"known": known}
    short, sentence = _SENTENCES.get(kind, (kind, details["msg"]))
    return short, sentence, details.get("ctx", {})


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The part that stands at `place` of a record."""
    kind: Any = model
    for step in place:
        fields = getattr(kind, "model_fields", None)
        if fields is None:
            kind = _inside(kind)
        else:
            kind = next(field.annotation for field in fields.values() if field.alias == step)
        while get_origin(kind) not in (None, tuple, dict):
            kind = get_args(kind)[0]
    return cast("type[BaseModel]", kind)


def _inside(kind: Any) -> Any:
    return get_args(kind)[1 if get_origin(kind) is dict else 0]


def _in_order_of_design(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """The fields of a record or part, those common to all records last."""
    return sorted(model.model_fields.items(), key=lambda pair: pair[0] in Record.model_fields)


def _tables(kind: Any, name: str = "") -> Iterator[str]:
    """The names of all fields below that hold mappings of people's keys (`votes`), not of field names."""
    if get_origin(kind) is dict:
        yield name
    for inner in get_args(kind):
        yield from _tables(inner)
    for field_name, field in getattr(kind, "model_fields", {}).items():
        yield from _tables(field.annotation, field_name)


_TABLES = frozenset(_tables(Bundle))


def _problem(place: Place, kind: str, sentence: str, facts: Mapping[str, object], line: int | None) -> Problem:
    """Split a whole place into the record or part and the field in it: an index or a code stays with the place."""
    last = place[-1]
    named = isinstance(last, str) and not (len(place) > 1 and place[-2] in _TABLES)
    before, field = (place[:-1], shown((last,))) if named else (place, "")
    return Problem(place=shown(before), field=field, kind=kind, sentence=sentence, facts=facts, line=line)


# --- writing ---------------------------------------------------------------------------------------------------------


def write_bundle(bundle: Bundle, stream: TextIO) -> None:
    """Write the normal form as YAML: whoever reads it gets an equal bundle, whoever writes that, the same bytes."""
    yaml.emit(_events(_document(bundle)), stream, Dumper=yaml.CSafeDumper, allow_unicode=True, width=_WIDTH)


def write_json(bundle: Bundle, stream: TextIO) -> None:
    """Write the same tree as JSON, numbers and truth values as such."""
    json.dump(_document(bundle), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


_WIDTH = 120


class _Bare(str):
    """A text that is written without quotes although it looks like a date or a number, because it is one."""

    __slots__ = ()


def _document(bundle: Bundle) -> dict[str, Any]:
    zone = ZoneInfo(bundle.cooperation.timezone)
    heads = {
        "version": bundle.version,
        "exported_at": bundle.exported_at,
        "counters": bundle.counters,
        "cooperation": bundle.cooperation,
    }
    some = {name: value for name, value in (*heads.items(), *bundle.lists()) if value not in (None, (), {})}
    return {name: _plain(value, zone) for name, value in some.items()}


def _plain(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, BaseModel):
        return dict(_fields(value, zone))
    if isinstance(value, dict):
        return {key: _plain(value[key], zone) for key in sorted(value)}
    if isinstance(value, tuple):
        return [_plain(item, zone) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, date | TextValue):
        return _Bare(value)
    return str(value) if isinstance(value, str) else value


def _fields(part: BaseModel, zone: ZoneInfo) -> Iterator[tuple[str, Any]]:
    """Fields under their outer names, defaults left out."""
    for name, field in _in_order_of_design(type(part)):
        value = getattr(part, name)
        if field.is_required() or value != field.get_default(call_default_factory=True, validated_data={}):
            yield field.alias or name, _plain(value, zone)


def _events(document: dict[str, Any]) -> Iterator[yaml.Event]:
    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=False)
    yield from _tree_events(document)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


def _tree_events(tree: Any) -> Iterator[yaml.Event]:
    if isinstance(tree, dict):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not tree)
        for key, value in tree.items():
            yield _scalar(key)
            yield from _tree_events(value)
        yield yaml.MappingEndEvent()
    elif isinstance(tree, list):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not any(map(_nested, tree)))
        for item in tree:
            yield from _tree_events(item)
        yield yaml.SequenceEndEvent()
    else:
        yield _scalar(tree)


def _nested(tree: Any) -> bool:
    return isinstance(tree, dict | list)


# What YAML 1.1 or 1.2 would take for something else although PyYAML would not.
_MISREAD = re.compile(r"[yYnN]|0o[0-7]+")
_resolve: Callable[[type, str, tuple[bool, bool]], str] = yaml.resolver.Resolver().resolve


def _scalar(value: Any) -> yaml.ScalarEvent:
    if value is None or isinstance(value, int):
        return yaml.ScalarEvent(None, None, (True, True), json.dumps(value))
    style = None if isinstance(value, _Bare) else _style(value)
    return yaml.ScalarEvent(None, None, (True, True), str(value), style=style)


def _style(text: str) -> str | None:
    if "\n" in text:
        return "|"
    tag = _resolve(yaml.ScalarNode, text, (True, False))
    return "'" if tag != _TEXT or _MISREAD.fullmatch(text) else None


_TEXT = yaml.resolver.Resolver.DEFAULT_SCALAR_TAG
