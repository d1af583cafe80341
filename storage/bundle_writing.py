"""The normal form of a bundle, written record by record: YAML, JSON, or a record a line."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel

from storage.bundle_lists import VERSION, in_order_of_design
from storage.cooperation.record import Cooperation
from storage.values import Record, TextValue

_WIDTH = 120


class _Bare(str):
    """A text that is written without quotes although it looks like a date or a number, because it is one."""

    __slots__ = ()


def plain(value: Any, zone: ZoneInfo) -> Any:
    """The tree of a record or value as the normal form has it, instants in `zone`."""
    if isinstance(value, BaseModel):
        return dict(_fields(value, zone))
    if isinstance(value, dict):
        return {key: plain(value[key], zone) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [plain(item, zone) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, date | TextValue):
        return _Bare(value)
    return str(value) if isinstance(value, str) else value


def _fields(part: BaseModel, zone: ZoneInfo) -> Iterator[tuple[str, Any]]:
    """Fields under their outer names, defaults left out."""
    for name, declared in in_order_of_design(type(part)):
        value = getattr(part, name)
        if declared.is_required() or value != declared.get_default(call_default_factory=True, validated_data={}):
            yield declared.alias or name, plain(value, zone)


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


# --- writers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a bundle begins with, before its lists."""

    cooperation: Cooperation
    exported_at: datetime | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    version: int = VERSION


class Writer:
    """Takes a bundle apart: first `begin`, then record after record, list after list, then `end`."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`, which stays open."""
        self.stream = stream
        self._list: str | None = None
        self._zone = ZoneInfo("UTC")

    def begin(self, head: Head) -> None:
        """Write what stands before the lists; instants are written in the cooperation's zone from here on."""
        self._zone = ZoneInfo(head.cooperation.timezone)
        values = {name: getattr(head, name) for name in ("version", "exported_at", "counters", "cooperation")}
        self._begin({name: self.plain(value) for name, value in values.items() if value not in (None, {})})

    def plain(self, value: Any) -> Any:
        """The tree of a record or value as the normal form has it."""
        return plain(value, self._zone)

    def record(self, collection: str, tree: Mapping[str, Any]) -> None:
        """Write the tree of one more record; those of one list come one after another."""
        if collection != self._list:
            self._leave()
            self._enter(collection)
            self._list = collection
            self._entry(tree, first=True)
        else:
            self._entry(tree, first=False)

    def end(self) -> None:
        """Write what stands after the lists."""
        self._leave()
        self._end()

    def _leave(self) -> None:
        if self._list is not None:
            self._close()
        self._list = None

    def _begin(self, heads: dict[str, Any]) -> None:
        raise NotImplementedError

    def _enter(self, collection: str) -> None:
        raise NotImplementedError

    def _entry(self, tree: Mapping[str, Any], *, first: bool) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        raise NotImplementedError


class YamlWriter(Writer):
    """Writes YAML."""

    def _begin(self, heads: dict[str, Any]) -> None:
        self._dumper = yaml.CSafeDumper(self.stream, allow_unicode=True, width=_WIDTH)
        start = yaml.MappingStartEvent(None, None, implicit=True, flow_style=False)
        self._emit([yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False), start])
        for name, value in heads.items():
            self._emit([_scalar(name), *_tree_events(value)])

    def _emit(self, events: Iterable[yaml.Event]) -> None:
        for event in events:
            self._dumper.emit(event)

    def _enter(self, collection: str) -> None:
        start = yaml.SequenceStartEvent(None, None, implicit=True, flow_style=False)
        self._emit([_scalar(collection), start])

    def _entry(self, tree: Mapping[str, Any], *, first: bool) -> None:  # noqa: ARG002 - JSON needs to know
        self._emit(_tree_events(tree))

    def _close(self) -> None:
        self._emit([yaml.SequenceEndEvent()])

    def _end(self) -> None:
        self._emit([yaml.MappingEndEvent(), yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()])
        self._dumper.dispose()


class JsonWriter(Writer):
    """Writes the same tree as JSON, numbers and truth values as such."""

    def _begin(self, heads: dict[str, Any]) -> None:
        shown = (f"  {json.dumps(name)}: {_indented(value, 2)}" for name, value in heads.items())
        self.stream.write("{\n" + ",\n".join(shown))

    def _enter(self, collection: str) -> None:
        self.stream.write(f",\n  {json.dumps(collection)}: [")

    def _entry(self, tree: Mapping[str, Any], *, first: bool) -> None:
        self.stream.write(f"{'' if first else ','}\n    {_indented(tree, 4)}")

    def _close(self) -> None:
        self.stream.write("\n  ]")

    def _end(self) -> None:
        self.stream.write("\n}\n")


def _indented(tree: Any, by: int) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=2).replace("\n", "\n" + " " * by)


class LinesWriter(Writer):
    """Writes JSON lines: each an object with one key, the name of the list (or head), and one record."""

    def _begin(self, heads: dict[str, Any]) -> None:
        for name, value in heads.items():
            self._line(name, value)

    def _line(self, name: str, tree: Any) -> None:
        self.stream.write(json.dumps({name: tree}, ensure_ascii=False) + "\n")

    def _enter(self, collection: str) -> None:
        self._collection = collection

    def _entry(self, tree: Mapping[str, Any], *, first: bool) -> None:  # noqa: ARG002 - JSON needs to know
        self._line(self._collection, tree)

    def _close(self) -> None:
        return

    def _end(self) -> None:
        return


WRITERS: Mapping[str, type[Writer]] = {".json": JsonWriter, ".jsonl": LinesWriter}
"""How a file is written, by its suffix; all others are YAML."""


def write_all(writer: Writer, head: Head, records: Iterable[Record]) -> None:
    """Write a whole bundle whose records come in the order of the normal form."""
    writer.begin(head)
    for record in records:
        writer.record(record.collection, writer.plain(record))
    writer.end()
