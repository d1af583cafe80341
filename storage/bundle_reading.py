"""Reading a bundle: every record validated, every reference resolved, and whatever is wrong named with its place."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import IO, Any, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from storage.agreements.record import Agreement
from storage.bundle_lists import HEADS, LISTS, VERSION, in_order_of_design, number_of, order_of
from storage.bundle_problems import BundleInvalid, Problem, Spot, shown
from storage.bundle_tree import Form, Item, Map, Tree, Unreadable, read_items
from storage.consistency import contradictions
from storage.cooperation.record import Cooperation
from storage.glossary.record import Entry
from storage.people.record import Person
from storage.rooms.record import Room
from storage.seats.record import Role, Seat
from storage.values import COLLECTIONS, PartialDate, Place, Record, refs, refs_of

R = TypeVar("R", bound=Record)
Keep = Callable[[Record, Tree], None]
"""Takes each record that was read, with the tree it was read from."""

MOST_PROBLEMS = 10_000
"""Mistakes after which nobody wants to hear of more."""

REMOVED = "removed"
"""Where an export with its history keeps what is gone: like the histories themselves it is not a state."""

_KNOWN = ", ".join(("version", "exported_at", "counters", "cooperation", *LISTS))


def read_into(
    keep: Keep,
    source: bytes | str | IO[bytes] | IO[str],
    *,
    name: str,
    form: Form = Form.BUNDLE,
) -> dict[str, Any]:
    """Read a whole bundle, hand each record to `keep`, and return what stands beside its lists.

    Only when this returns is what was kept worth anything: it raises BundleInvalid with every mistake found.
    """
    draft = Draft(keep)
    try:
        for item in read_items(source, draft.problems, form):
            draft.take(item)
    except Unreadable as unreadable:
        # What was not read may hold what seems to be missing, so only what is certain is reported.
        raise BundleInvalid((*_by_line(draft.problems), unreadable.problem), name=name) from unreadable
    return draft.finish(name)


def read_part(
    keep: Keep, items: Iterable[Item], problems: Iterable[Problem], *, name: str, register: Mapping[str, Container[str]]
) -> None:
    """Read some lists that join what the `register` has: its names, by list, may be referred to.

    `problems` are those found before. Raises BundleInvalid with them and every mistake found.
    """
    draft = Draft(keep, register)
    draft.problems += problems
    for item in items:
        draft.take(item)
    draft.finish(name)


def _by_line(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.cell.partition("!")[0], problem.line or 0)))


class Draft:
    """A bundle while it is read: what is wrong so far, and what must be remembered to judge the whole.

    Records themselves are not held: of each only its name, and of seats and references what they must agree with.
    """

    def __init__(self, keep: Keep, register: Mapping[str, Container[str]] | None = None) -> None:
        """Hand what is good to `keep`; with the names of a `register` it may be a part of a bundle."""
        self.problems: list[Problem] = []
        self._keep = keep
        self._register = register
        self._heads: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._known: dict[str, dict[str, int]] = {name: {} for name in LISTS}
        self._open: list[tuple[str, str, Place, Spot]] = []
        self._wrong: set[Place] = set()
        self._accounts: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._same_seats: dict[tuple[Any, ...], int] = {}
        self._votes: dict[tuple[str, str, str], list[tuple[int, Seat]]] = defaultdict(list)
        self._highest: dict[str, int] = {}
        self._follows: dict[str, tuple[Item, tuple[str, ...]]] = {}

    def take(self, item: Item) -> None:
        """Read one piece of the file."""
        name = cast("str", item.place[0])
        if len(self.problems) > MOST_PROBLEMS:
            raise Unreadable(Problem(place="", kind="too_many", sentence="there are more mistakes than can be named"))
        if name in LISTS:
            self._take_entry(name, LISTS[name], item)
        elif name == Cooperation.collection:
            self._take_cooperation(item)
        elif name in HEADS:
            self._take_head(name, item)
        elif name not in self._seen and name != REMOVED:
            self._report(Item(place=(name,), tree=None, line=item.line), (), "unknown_key",
                         f"unknown key; known are {_KNOWN}", {"known": _KNOWN})  # fmt: skip
        self._seen.add(name)

    def finish(self, name: str) -> dict[str, Any]:
        """Check what only the whole can tell and return what stands beside the lists. Raises BundleInvalid."""
        for needed in sorted({"version", "cooperation"} - self._seen) if self._register is None else ():
            self.problems.append(Problem(place="", field=needed, kind="missing", sentence="is missing"))
        self._check_references()
        self._check_circles()
        self._check_counters()
        if self.problems:
            raise BundleInvalid(_by_line(self.problems), name=name)
        return self._heads

    # One piece

    def _take_head(self, name: str, item: Item) -> None:
        if item.tree is None and name != "version":
            return
        value = self._valid(item, lambda: HEADS[name].validate_python(item.tree))
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
        record = self._valid(item, lambda: validated(Cooperation, item.tree), Cooperation)
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
        record = self._valid(item, lambda: validated(model, item.tree), model)
        if record is not None:
            for found in contradictions(record):
                self._report(item, found.place, found.kind, found.sentence, found.facts)
            self._compare(item, record)
            self._keep(record, item.tree)
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
        self.problems.append(_problem(whole, kind, sentence, facts, item.spot_at(place)))

    # Names and references

    def _note_names(self, name: str, model: type[Record], item: Item) -> None:
        fields = ("alias", "id") if model is Room else (model.key_field,) if model.key_field else ()
        for key in fields:
            value = cast("Map", item.tree).get(key)
            if isinstance(value, str):
                self._note_name(name, value.strip(), item, (key,))

    def _note_name(self, name: str, value: str, item: Item, place: Place) -> None:
        self._only(self._known[name], value, item, place, f'"{value}" is already used by')

    def _only(self, seen: dict[Any, int], value: Any, item: Item, place: Place, sentence: str) -> bool:
        """Whether `value` is met for the first time; the sentence of the report ends with where it was before."""
        index = cast("int", item.place[1])
        first = seen.setdefault(value, index)
        if first == index:
            return True
        where = shown((item.place[0], first))
        facts = {"value": value, "first": where} if isinstance(value, str) else {"first": where}
        self._report(item, place, "duplicate", f"{sentence} {where}", facts)
        return False

    def _note_references(self, item: Item, model: type[Record], record: Record | None) -> None:
        found = refs(record) if record is not None else refs_of(model, item.tree)
        for place, target, value in found:
            name = value.strip()
            if target in LISTS and name not in self._known[target] and not self._recorded(target, name):
                self._open.append((target, name, (*item.place, *place), item.spot_at(place)))

    def _recorded(self, target: str, name: str) -> bool:
        return self._register is not None and name in self._register.get(target, ())

    def _check_references(self) -> None:
        for target, value, place, spot in self._open:
            if value not in self._known[target] and place not in self._wrong:
                facts = {"value": value, "list": target}
                self.problems.append(_problem(place, "dangling", f'"{value}" is not in {target}', facts, spot))

    # Records beside each other

    def _compare(self, item: Item, record: Record) -> None:
        if record.letter:
            self._highest[record.letter] = max(self._highest.get(record.letter, 0), number_of(record.own_key() or ""))
        match record:
            case Person(mxid=str(mxid)):
                self._only(self._accounts, mxid, item, ("mxid",), f'"{mxid}" is already used by')
            case Entry():
                words = record.own_key()
                self._only(self._words, words, item, (), f'"{words}" is already said by')
            case Seat():
                self._compare_seat(item, record)
            case Agreement() if record.amends or record.replaces:
                bare = Item(place=item.place, tree=None, line=item.line, cells=item.cells)
                self._follows[record.id] = (bare, (*record.amends, *record.replaces))
            case _:
                return

    def _compare_seat(self, item: Item, seat: Seat) -> None:
        """Two seats may vote for a city at once, but one person holds one of them."""
        if not self._only(self._same_seats, order_of(seat), item, (), "is the same seat as"):
            return
        if seat.role is not Role.VOTING or seat.holder is None:
            return
        held = self._votes[seat.city, seat.body, seat.holder]
        for index, other in held:
            if _overlap(other, seat):
                first = shown(("seats", index))
                self._report(item, (), "seat_twice", f"holds the same voting seat as {first} at the same time",
                             {"first": first})  # fmt: skip
        held.append((cast("int", item.place[1]), seat))

    # The whole

    def _check_circles(self) -> None:
        """An agreement cannot, by way of others, amend or replace itself."""
        for circle in _circles({key: others for key, (_, others) in self._follows.items()}):
            sentence = f"amends or replaces itself: {' → '.join((*circle, circle[0]))}"
            self._report(self._follows[circle[0]][0], (), "circle", sentence, {"circle": ", ".join(circle)})

    def _check_counters(self) -> None:
        for letter, counter in self._heads.get("counters", {}).items():
            highest = self._highest.get(letter, 0)
            if counter < highest:
                sentence = f"{counter} is below {letter}-{highest}, which exists"
                facts = {"counter": counter, "highest": highest}
                self.problems.append(_problem(("counters", letter), "counter", sentence, facts, Spot()))


def _circles(follows: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Ways along `follows` that lead back to where they began, in two steps or more."""
    done: set[str] = set()
    for start in follows:
        way = {} if start in done else {start: iter(follows[start])}
        while way:
            here = next(reversed(way))
            step = next(way[here], None)
            if step is None:
                done.add(here)
                del way[here]
            elif step in way and step != here:
                names = list(way)
                yield names[names.index(step) :]
            elif step in follows and step not in done and step not in way:
                way[step] = iter(follows[step])


def validated(model: type[R], tree: object) -> R:
    """The record that a tree of texts says, outer names only. Raises pydantic's ValidationError."""
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
        known = ", ".join(field.alias or name for name, field in in_order_of_design(_model_at(model, place[:-1])))
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


def _tables(kind: Any, name: str = "") -> Iterator[str]:
    """The names of all fields below that hold mappings of people's keys (`votes`), not of field names."""
    if get_origin(kind) is dict:
        yield name
    for inner in get_args(kind):
        yield from _tables(inner)
    for field_name, field in getattr(kind, "model_fields", {}).items():
        yield from _tables(field.annotation, field_name)


_TABLES = frozenset({"counters", *(name for model in LISTS.values() for name in _tables(model))})


def _problem(place: Place, kind: str, sentence: str, facts: Mapping[str, object], spot: Spot) -> Problem:
    """Split a whole place into the record or part and the field in it: an index or a code stays with the place."""
    last = place[-1]
    named = isinstance(last, str) and not (len(place) > 1 and place[-2] in _TABLES)
    before, field = (place[:-1], shown((last,))) if named else (place, "")
    return Problem(place=shown(before), field=field, kind=kind, sentence=sentence, facts=facts, line=spot.line,
                   cell=spot.cell)  # fmt: skip
