"""Hypothesis strategies for records, derived from their declarations: every field, every form, every optional part."""

import types
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from storage.values import (
    Cite,
    Duration,
    Form,
    MonthDay,
    PartialDate,
    Record,
    Unit,
    Vocabulary,
    WallClock,
    Wording,
    parse_count,
    parse_day,
    parse_flag,
    parse_instant,
    parse_when,
    parse_yearly,
    parse_zone,
)

ZONES = ("Europe/Berlin", "UTC", "America/New_York")
RULES = ("FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;COUNT=3")

days = st.dates(date(1801, 1, 1), date(2198, 12, 31))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1801, 1, 1), datetime(2198, 12, 31), timezones=offsets)  # noqa: DTZ001 - hypothesis adds the zone
month_days = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: MonthDay(month=day.month, day=day.day))
partial_dates = st.builds(
    lambda day, exact: PartialDate(
        year=day.year, month=day.month if exact else None, day=day.day if exact > 1 else None
    ),
    days,
    st.integers(0, 2),
)
durations = st.builds(Duration, count=st.integers(1, 9999), unit=st.sampled_from(Unit))
wall_clocks = st.builds(
    lambda at, zone: WallClock(local=at.replace(second=0, microsecond=0), zone=zone),
    st.datetimes(datetime(1801, 1, 1), datetime(2198, 12, 31)),  # noqa: DTZ001 - the zone stands beside it
    st.sampled_from(ZONES),
)
# Words that look like something else once they are stored: the column must not guess from the text what it holds.
LOOKALIKES = ("2026-11-18T10:00:00.000000Z", "2026-11-18", "null", "[]", '["a"]', "true", "0", "P-1", "%_\\", "ß Ä ﬁ")

_READ: dict[Any, st.SearchStrategy[Any]] = {
    parse_day: days,
    parse_instant: instants,
    parse_when: st.one_of(days, instants),
    parse_yearly: st.one_of(days, month_days),
    parse_zone: st.sampled_from(ZONES),
    parse_count: st.integers(0, 10**9 - 1),
    parse_flag: st.booleans(),
}
_VALUES: dict[Any, st.SearchStrategy[Any]] = {
    PartialDate: partial_dates,
    Duration: durations,
    WallClock: wall_clocks,
    MonthDay: month_days,
}


def records(model: type[Record], key: str | None = None) -> st.SearchStrategy[Any]:
    """Records of this kind, with `key` as their own key if it is given."""
    return _records(model, key)


@cache
def _records(model: type[Record], key: str | None) -> st.SearchStrategy[Any]:
    fixed: dict[str, st.SearchStrategy[Any]] = {model.key_field: st.just(key)} if model.key_field and key else {}
    return _model(model, fixed)


def _model(model: type[BaseModel], fixed: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(model, include_extras=True)
    needed: dict[str, st.SearchStrategy[Any]] = {}
    free: dict[str, st.SearchStrategy[Any]] = {}
    for name, declared in model.model_fields.items():
        kind = fixed[name] if name in fixed else _of(hints[name])
        (needed if declared.is_required() or name in fixed else free)[name] = kind
    return st.fixed_dictionaries(needed, optional=free).map(model.model_validate)


@cache
def _part(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    return _model(model, {})


def _of(hint: Any, shortest: int = 0) -> st.SearchStrategy[Any]:
    if get_origin(hint) is Annotated:
        return _annotated(get_args(hint)[0], get_args(hint)[1:])
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of([st.none() if kind is type(None) else _of(kind) for kind in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(_of(get_args(hint)[0]), min_size=shortest, max_size=3).map(tuple)
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        return st.dictionaries(_of(key), _of(value), max_size=3)
    if hint in _VALUES:
        return _VALUES[hint]
    if issubclass(hint, Vocabulary):
        return st.sampled_from(list(hint))
    return _part(hint)


def _annotated(kind: Any, marks: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    for mark in marks:
        if isinstance(mark, FieldInfo):
            return _of(kind, shortest=1)
        if isinstance(mark, AfterValidator):
            return st.sampled_from(RULES)
        if isinstance(mark, BeforeValidator):
            return _READ[mark.func]
        if isinstance(mark, Form):
            return st.sampled_from(mark.like.split(" or "))
    wording = next(mark for mark in marks if isinstance(mark, Wording))
    cite = next((mark for mark in marks if isinstance(mark, Cite)), None)
    return _wordings(wording, cite)


def _wordings(wording: Wording, cite: Cite | None) -> st.SearchStrategy[str]:
    words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=8)
    if cite is not None:
        letters = cite.letters or "BVP"
        start = st.builds("{}-{}".format, st.sampled_from(letters), st.integers(1, 9))
        cited = st.builds("{}{}".format, start, st.sampled_from(("", " Ziffer 3", ", Satz 2", "(4)")))
        return cited if cite.letters else st.one_of(cited, words)
    spaced = st.lists(words, min_size=1, max_size=3).map(("\n\n" if wording.lines else " ").join)
    return st.one_of(spaced, st.sampled_from(LOOKALIKES), st.just("x" * wording.longest))
