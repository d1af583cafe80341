"""A bundle's file as a tree of texts: YAML or JSON, every scalar unread, record by record, with line numbers."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import yaml

from storage.bundle_problems import Problem, shown
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


def read_items(source: bytes | str | IO[bytes] | IO[str], problems: list[Problem]) -> Iterator[Item]:
    """The pieces of a file in their order, one at a time; what is odd but readable is added to `problems`.

    Raises Unreadable where the file ends being YAML or JSON, is too deep or too large.
    """
    stream = _stream(source)
    head = stream.read(_HEAD)
    text = head.decode("utf-8-sig", "ignore") if isinstance(head, bytes) else head.removeprefix("\ufeff")
    if not text.lstrip().startswith("{"):
        yield from _read_yaml(_Rest(head, stream), problems)
        return
    whole = _Rest(head, stream).read()
    try:
        pieces = _parse_json(whole)
    except ValueError:  # a YAML mapping may begin with a brace as well
        yield from _read_yaml(_Rest(whole, _stream(whole[:0])), problems)
        return
    yield from _JsonReader(problems).top(pieces)


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


def _parse_json(whole: Any) -> _Pairs:
    """The object in `whole`; raises ValueError where it is not JSON."""
    try:
        text = whole.decode("utf-8-sig") if isinstance(whole, bytes) else whole.removeprefix("\ufeff")
        # Beginning with a brace it can only be an object.
        pairs: _Pairs = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise Unreadable(Problem(place="", kind="depth", sentence="this is nested too deeply")) from error
    return pairs


class _JsonReader:
    """The same trees from JSON, without lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def top(self, pairs: _Pairs) -> Iterator[Item]:
        for key, value in self._different(pairs, ()):
            if isinstance(value, list) and value and not isinstance(value, _Pairs):
                for index, entry in enumerate(value):
                    yield Item(place=(key, index), tree=self._value(entry, (key, index)), line=None)
            else:
                yield Item(place=(key,), tree=self._value(value, (key,)), line=None)

    def _different(self, pairs: _Pairs, place: Place) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for written, value in pairs:
            key = written.strip()
            if key in seen:
                where = shown((*place, key))
                self._problems.append(Problem(place=where, kind="duplicate_key", sentence="this key stands here twice"))
                continue
            seen.add(key)
            yield key, value

    def _value(self, value: Any, place: Place) -> Tree:
        if len(place) > DEEPEST:
            raise Unreadable(Problem(place=shown(place[:4]), kind="depth", sentence="this is nested too deeply"))
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
            tree.lines[key] = None
        return tree

    def _items(self, values: list[Any], place: Place) -> Items:
        tree = Items()
        for index, value in enumerate(values):
            tree.append(self._value(value, (*place, index)))
            tree.lines.append(None)
        return tree
