"""Columns of a table and the fields of a record: `leads.1.city` is the city of the first lead."""

import csv
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from storage.bundle_lists import in_order_of_design
from storage.values import MonthDay, PartialDate, Place, Record

LEFT_OUT: Mapping[str, tuple[str, ...]] = {"projects": ("updates",), "agreements": ("clauses", "notices")}
"""Lists inside records that an export leaves out, since no table is wide enough; an import keeps what is there."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One value of a record: where it stands, whether it is several words in one cell, or a date.

    `vacant`: an empty cell says something, as nobody's name does in a vacant seat.
    """

    place: Place
    words: bool = False
    dated: bool = False
    vacant: bool = False


def column_of(model: type[Record], name: str) -> Column | None:
    """The field that a column's name means; None if there is none that fits into a cell."""
    kind: Any = model
    place: list[str | int] = []
    vacant = False
    for step in name.split("."):
        kind = _bare(kind)
        vacant = _is_model(kind) and any((f.alias or n) == step and _vacant(f) for n, f in kind.model_fields.items())
        inside = _step(kind, step)
        if inside is None:
            return None
        part, kind = inside
        place.append(part)
    kind = _bare(kind)
    if _is_model(kind) or get_origin(kind) is dict:
        return None
    words = get_origin(kind) is tuple
    if words and _is_model(_bare(get_args(kind)[0])):
        return None
    return Column(place=tuple(place), words=words, dated=not words and _is_date(kind), vacant=vacant)


def _vacant(field: FieldInfo) -> bool:
    return field.is_required() and type(None) in get_args(field.annotation)


def _step(kind: Any, step: str) -> tuple[str | int, Any] | None:
    """One step from a part into what it holds: the place there and its type."""
    if _is_model(kind):
        field = next((f for n, f in kind.model_fields.items() if (f.alias or n) == step), None)
        return None if field is None else (step, field.annotation)
    if get_origin(kind) is dict:
        return (step, get_args(kind)[1]) if step else None
    if get_origin(kind) is tuple and _is_model(_bare(get_args(kind)[0])):
        counts = step.isascii() and step.isdigit() and 0 < int(step[:6]) < 10_000
        return (int(step) - 1, get_args(kind)[0]) if counts else None
    return None


def _bare(kind: Any) -> Any:
    """The type without Annotated and without `| None`."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        rest = [one for one in get_args(kind) if one is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else kind
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_date(kind: Any) -> bool:
    kinds = get_args(kind) or (kind,)
    return any(isinstance(one, type) and issubclass(one, date | PartialDate | MonthDay) for one in map(_bare, kinds))


def patterns(model: type[Record]) -> Iterator[tuple[str, Column]]:
    """Every column a table of this list can have, the first of each numbered group, maps with a city's code `M`."""
    yield from _patterns(model, ())


def _patterns(kind: Any, place: Place) -> Iterator[tuple[str, Column]]:
    for name, field in in_order_of_design(kind):
        inner, here = _bare(field.annotation), (*place, field.alias or name)
        if _is_model(inner):
            yield from _patterns(inner, here)
        elif get_origin(inner) is dict:
            value = _bare(get_args(inner)[1])
            yield shown((*here, "M")), Column(place=(*here, "M"), dated=_is_date(value))
        elif get_origin(inner) is tuple and _is_model(_bare(get_args(inner)[0])):
            yield from _patterns(_bare(get_args(inner)[0]), (*here, 0))
        else:
            words = get_origin(inner) is tuple
            yield shown(here), Column(place=here, words=words, dated=not words and _is_date(inner))


def shown(place: Place) -> str:
    """The name of a column: list entries counted from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place)


# --- values in cells -------------------------------------------------------------------------------------------------


def split_words(text: str) -> list[str]:
    """The words in one cell, separated by commas; a word with a comma stands in double quotes."""
    found = next(csv.reader([text.replace("\n", " ")], skipinitialspace=True), [])
    return [word.strip() for word in found if word.strip()]


def join_words(words: list[str]) -> str:
    """The words as one cell, read back by `split_words`."""
    return ", ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' if set(word) & {",", '"'} else word for word in words)


def flat(tree: Mapping[str, Any], left_out: tuple[str, ...] = ()) -> dict[Place, str]:
    """A record's tree of plain values as cells by place."""
    return {
        place: text for name, value in tree.items() if name not in left_out for place, text in _flat(value, (name,))
    }


def _flat(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, (*place, key))
    elif isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value):
        for index, inner in enumerate(value):
            yield from _flat(inner, (*place, index))
    elif isinstance(value, list):
        yield place, join_words([str(inner) for inner in value])
    else:
        yield place, "" if value is None else str(value)
