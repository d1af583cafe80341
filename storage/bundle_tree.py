"""A bundle's file as a tree of texts: YAML or JSON, every scalar unread, record by record, with line numbers."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import PurePath
from typing import IO, Any

import yaml

from storage.bundle_problems import Problem, Spot, shown
from storage.values import Place, clean

LARGEST = 256 * 1024 * 1024
"""Bytes or characters a bundle may have: a hundred thousand records need a tenth of it."""

DEEPEST = 24
"""Levels of nesting; the format itself has eight."""

_HEAD = 4096
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class Map(dict[str, "Tree"]):
    """A mapping that knows the line of each of its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int | None] = {}


class Items(list["Tree"]):
    """A list that knows the line of each of its entries."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int | None] = []


Tree = str | Map | Items | None


@dataclass(frozen=True, kw_only=True)
class Item:
    """A piece of the file: an entry of a list at the top (`place` has two steps), or any other value there (one).

    A list without entries counts as such a value.
    """

    place: Place
    tree: Tree
    line: int | None
    cells: Mapping[Place, str] = field(default_factory=dict)
    """The cell of a table that each value below stands in; the whole piece's has the empty place."""

    def spot_at(self, place: Place) -> Spot:
        """Where what stands at `place` below this piece is found, or the closest thing around it."""
        around = (place[:length] for length in range(len(place), -1, -1))
        cell = next((self.cells[step] for step in around if step in self.cells), "") if self.cells else ""
        return Spot(line=self.line_at(place), cell=cell)

    def line_at(self, place: Place) -> int | None:
        """The line of what stands at `place` below this piece, or of the closest thing around it."""
        line, here = self.line, self.tree
        for step in place:
            below = _below(here, step)
            if below is None:
                break
            line, here = below
        return line


def _below(tree: Tree, step: str | int) -> tuple[int | None, Tree] | None:
    """The line and the value one step down, None where there is no such step."""
    if isinstance(tree, Map) and isinstance(step, str) and step in tree:
        return tree.lines[step], tree[step]
    if isinstance(tree, Items) and isinstance(step, int) and step < len(tree):
        return tree.lines[step], tree[step]
    return None


class Unreadable(Exception):
    """The file cannot be read on from here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Form(Enum):
    """How a file holds a bundle."""

    BUNDLE = auto()
    """YAML or JSON."""
    LINES = auto()
    """JSON lines: each an object with one key, a list's name with one record of it."""

    @classmethod
    def of(cls, name: str) -> "Form":
        """The form that a file's name tells."""
        return cls.LINES if PurePath(name).suffix == ".jsonl" else cls.BUNDLE


def read_items(
    source: bytes | str | IO[bytes] | IO[str], problems: list[Problem], form: Form = Form.BUNDLE
) -> Iterator[Item]:
    """The pieces of a file in their order, one at a time; what is odd but readable is added to `problems`.

    YAML and JSON lines are never held as a whole, other JSON only as text. Raises Unreadable where the file ends being
    what it is, is too deep or too large.
    """
    stream = _stream(source)
    head = stream.read(_HEAD)
    text = head.decode("utf-8-sig", "ignore") if isinstance(head, bytes) else head.removeprefix("\ufeff")
    if form is Form.LINES:
        yield from _read_lines(_Rest(head, stream), problems)
        return
    if not text.lstrip().startswith("{"):
        yield from _read_yaml(_Rest(head, stream), problems)
        return
    whole = _Rest(head, stream).read()
    try:
        text = _checked_json(whole)
    except ValueError:  # a YAML mapping may begin with a brace as well
        yield from _read_yaml(_Rest(whole, _stream(whole[:0])), problems)
        return
    del whole
    yield from _JsonReader(problems).top(_json_pieces(text))


def _stream(source: bytes | str | IO[bytes] | IO[str]) -> Any:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return io.StringIO(source) if isinstance(source, str) else source


class _Rest:
    """A stream whose beginning has been looked at, and which ends with a refusal where it grows too large."""

    def __init__(self, head: Any, stream: Any) -> None:
        self._head = head
        self._stream = stream
        self._seen = 0

    def read(self, size: int = -1) -> Any:
        """The next bytes or characters, all of them where no size is given."""
        found = self._head + (self._stream.read() if size < 0 else b"" if isinstance(self._head, bytes) else "")
        if not found:
            found = self._stream.read(size)
        self._head = found[:0]
        self._seen += len(found)
        if self._seen > LARGEST:
            raise Unreadable(Problem(place="", kind="too_large", sentence="the file is too large"))
        return found


# --- YAML ------------------------------------------------------------------------------------------------------------


def _read_yaml(stream: _Rest, problems: list[Problem]) -> Iterator[Item]:
    try:
        yield from _YamlReader(yaml.parse(stream, Loader=yaml.CBaseLoader), problems).top()
    except yaml.YAMLError as error:
        raise Unreadable(_syntax(error)) from error
    except UnicodeError as error:
        raise Unreadable(Problem(place="", kind="syntax", sentence="this is not UTF-8")) from error


def _syntax(error: yaml.YAMLError) -> Problem:
    """What the parser says, shortened; characters that break the encoding have no line."""
    marked = error if isinstance(error, yaml.MarkedYAMLError) else None
    mark = marked.problem_mark if marked else None
    line = mark.line + 1 if mark else None
    sentence = (marked.problem if marked else None) or "this is not YAML in UTF-8"
    return Problem(place="", kind="syntax", sentence=clean(sentence), line=line)


class _YamlReader:
    """Builds trees from parser events, so that only one record of a large file is held at a time."""

    def __init__(self, events: Iterator[yaml.Event], problems: list[Problem]) -> None:
        self._events = events
        self._problems = problems

    def top(self) -> Iterator[Item]:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._note("not_mapping", "the file is empty", (), None)
            return
        first = next(self._events)
        if not isinstance(first, yaml.MappingStartEvent):
            self._note("not_mapping", "a bundle is a mapping of lists", (), _line(first))
            return
        yield from self._pieces(first)
        next(self._events)  # the document ends
        last = next(self._events)
        if not isinstance(last, yaml.StreamEndEvent):
            self._note("documents", "a bundle is one document", (), _line(last))

    def _pieces(self, start: yaml.Event) -> Iterator[Item]:
        self._plain(start, ())
        seen: set[str] = set()
        for key, event in self._pairs((), seen):
            if isinstance(event, yaml.SequenceStartEvent):
                yield from self._entries(key, event)
            else:
                yield Item(place=(key,), tree=self._value(event, (key,)), line=_line(event))

    def _entries(self, key: str, start: yaml.Event) -> Iterator[Item]:
        self._plain(start, (key,))
        place: Place = (key,)
        for index, event in enumerate(iter(self._next_unless(yaml.SequenceEndEvent), None)):
            place = (key, index)
            yield Item(place=place, tree=self._value(event, place), line=_line(event))
        if place == (key,):
            yield Item(place=place, tree=Items(), line=_line(start))

    def _pairs(self, place: Place, seen: set[str]) -> Iterator[tuple[str, yaml.Event]]:
        """Keys and the first event of their values; a key met before is reported and its value passed over."""
        for event in iter(self._next_unless(yaml.MappingEndEvent), None):
            key = self._key(event, place)
            if key in seen:
                self._note("duplicate_key", "this key stands here twice", (*place, key), _line(event))
            if key is None or key in seen:
                self._value(next(self._events), place)
                continue
            seen.add(key)
            yield key, next(self._events)

    def _key(self, event: yaml.Event, place: Place) -> str | None:
        tree = self._value(event, place)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value).strip()
        if tree is not None:
            self._note("key", "a key must be a plain word", place, _line(event))
        return None

    def _value(self, event: yaml.Event, place: Place) -> Tree:
        if len(place) > DEEPEST:
            raise Unreadable(
                Problem(place=shown(place[:4]), kind="depth", sentence="this is nested too deeply", line=_line(event))
            )
        if isinstance(event, yaml.AliasEvent):
            self._note("alias", "references inside the file (*name) are not allowed", place, _line(event))
            return None
        self._plain(event, place)
        if isinstance(event, yaml.ScalarEvent):
            unquoted = event.style in (None, "")
            return None if unquoted and event.value in _NOTHING else str(event.value)
        return self._map(place) if isinstance(event, yaml.MappingStartEvent) else self._items(place)

    def _map(self, place: Place) -> Map:
        tree = Map()
        for key, event in self._pairs(place, set()):
            tree[key] = self._value(event, (*place, key))
            tree.lines[key] = _line(event)
        return tree

    def _items(self, place: Place) -> Items:
        tree = Items()
        for index, event in enumerate(iter(self._next_unless(yaml.SequenceEndEvent), None)):
            tree.append(self._value(event, (*place, index)))
            tree.lines.append(_line(event))
        return tree

    def _next_unless(self, end: type[yaml.Event]) -> Any:
        def step() -> yaml.Event | None:
            event = next(self._events)
            return None if isinstance(event, end) else event

        return step

    def _plain(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._note("anchor", "names inside the file (&name) are not allowed", place, _line(event))
        if event.tag is not None and event.tag != "!":
            self._note("tag", "type tags (!name) are not allowed", place, _line(event))

    def _note(self, kind: str, sentence: str, place: Place, line: int | None) -> None:
        self._problems.append(Problem(place=shown(place), kind=kind, sentence=sentence, line=line))


def _line(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


# --- JSON ------------------------------------------------------------------------------------------------------------


class _Pairs(list[tuple[str, Any]]):
    """A JSON object before its keys are known to be different."""


_DECODER = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
_SPACE = re.compile(r"[ \t\n\r]*")


def _checked_json(whole: Any) -> str:
    """The text of a JSON object; raises ValueError where it is not JSON."""
    text = whole.decode("utf-8-sig") if isinstance(whole, bytes) else whole.removeprefix("\ufeff")
    try:
        for _ in _json_pieces(text):
            pass
    except RecursionError as error:
        raise _too_deep() from error
    return str(text)


def _too_deep() -> Unreadable:
    return Unreadable(Problem(place="", kind="depth", sentence="this is nested too deeply"))


def _json_pieces(text: str) -> Iterator[tuple[str, int | None, Any]]:
    """Keys and values of the object in `text`, the entries of lists one by one with their index."""
    at = _past(text, 0, "{")
    more = not _ends(text, at, "}")
    at += not more
    while more:
        if not _ends(text, at, '"'):
            raise ValueError("a key must be a text")
        key, at = _DECODER.raw_decode(text, at)
        at = _past(text, at, ":")
        if text[at : at + 1] == "[" and not _ends(text, _past(text, at, "["), "]"):
            index, at, entries = 0, _past(text, at, "["), True
            while entries:
                value, at = _DECODER.raw_decode(text, at)
                yield key, index, value
                entries, at = _goes_on(text, at, "]")
                index += 1
        else:
            value, at = _DECODER.raw_decode(text, at)
            yield key, None, value
        more, at = _goes_on(text, at, "}")
    if _skipped(text, at) != len(text):
        raise ValueError("there is more after the object")


def _skipped(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _past(text: str, at: int, sign: str) -> int:
    """The place after `sign` and the spaces around it."""
    at = _skipped(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"{sign} is missing")
    return _skipped(text, at + 1)


def _ends(text: str, at: int, sign: str) -> bool:
    return text[at : at + 1] == sign


def _goes_on(text: str, at: int, end: str) -> tuple[bool, int]:
    """Whether a comma follows rather than the end, and the place after either."""
    at = _skipped(text, at)
    if _ends(text, at, end):
        return False, at + 1
    return True, _past(text, at, ",")


class _JsonReader:
    """The same trees from JSON, without lines of their own; `line` is that of the whole piece, if there is one."""

    def __init__(self, problems: list[Problem], line: int | None = None) -> None:
        self._problems = problems
        self._line = line

    def top(self, pieces: Iterable[tuple[str, int | None, Any]]) -> Iterator[Item]:
        here, seen = "", set[str]()
        for written, index, value in pieces:
            key = written.strip()
            if index in (None, 0):
                here = "" if key in seen else key
                if not here:
                    self._twice((key,))
                seen.add(key)
            if here:
                yield self.item((key,) if index is None else (key, index), value)

    def item(self, place: Place, value: Any) -> Item:
        """One piece of the file."""
        return Item(place=place, tree=self._value(value, place), line=self._line)

    def _twice(self, place: Place) -> None:
        said = "this key stands here twice"
        self._problems.append(Problem(place=shown(place), kind="duplicate_key", sentence=said, line=self._line))

    def _different(self, pairs: _Pairs, place: Place) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for written, value in pairs:
            key = written.strip()
            if key in seen:
                self._twice((*place, key))
                continue
            seen.add(key)
            yield key, value

    def _value(self, value: Any, place: Place) -> Tree:
        if len(place) > DEEPEST:
            said = "this is nested too deeply"
            raise Unreadable(Problem(place=shown(place[:4]), kind="depth", sentence=said, line=self._line))
        if isinstance(value, _Pairs):
            return self._map(value, place)
        if isinstance(value, list):
            return self._items(value, place)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if value is None else str(value)

    def _map(self, pairs: _Pairs, place: Place) -> Map:
        tree = Map()
        for key, value in self._different(pairs, place):
            tree[key] = self._value(value, (*place, key))
            tree.lines[key] = self._line
        return tree

    def _items(self, values: list[Any], place: Place) -> Items:
        tree = Items()
        for index, value in enumerate(values):
            tree.append(self._value(value, (*place, index)))
            tree.lines.append(self._line)
        return tree


# --- JSON lines ------------------------------------------------------------------------------------------------------

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes or characters a line may have."""


def _read_lines(stream: _Rest, problems: list[Problem]) -> Iterator[Item]:
    indexes: Counter[str] = Counter()
    for number, line in enumerate(_lines(stream), 1):
        found = _line_of_json(line, number)
        if found is None:
            continue
        reader = _JsonReader(problems, number)
        for written, value in found:
            key = written.strip()
            if key in _SINGLE:
                if indexes[key]:
                    said = "this key stands here twice"
                    problems.append(Problem(place=shown((key,)), kind="duplicate_key", sentence=said, line=number))
                else:
                    yield reader.item((key,), value)
            else:
                yield reader.item((key, indexes[key]), value)
            indexes[key] += 1


_SINGLE = frozenset({"version", "exported_at", "counters", "cooperation"})


def _lines(stream: _Rest) -> Iterator[Any]:
    """The lines of a stream, split at line feeds only: JSON texts may hold any other separator."""
    rest = stream.read(_CHUNK)
    feed = b"\n" if isinstance(rest, bytes) else "\n"
    while rest:
        *whole, rest = rest.split(feed)
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise Unreadable(Problem(place="", kind="too_long", sentence="there is a line that is too long"))
        more = stream.read(_CHUNK)
        if not more:
            yield rest
            return
        rest += more


_CHUNK = 256 * 1024


def _line_of_json(line: Any, number: int) -> _Pairs | None:
    """The object on this line, None if it is empty."""
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line.removeprefix("\ufeff")
        found = _DECODER.decode(text) if text.strip() else None
    except RecursionError as error:
        raise Unreadable(Problem(place="", kind="depth", sentence="this is nested too deeply", line=number)) from error
    except ValueError as error:
        raise Unreadable(Problem(place="", kind="syntax", sentence="this is not JSON in UTF-8", line=number)) from error
    if found is not None and not isinstance(found, _Pairs):
        said = "a line is an object with the name of a list and one of its records"
        raise Unreadable(Problem(place="", kind="not_mapping", sentence=said, line=number))
    return found
