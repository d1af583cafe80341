"""Readers: how a value of each type is found in a line."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from itertools import islice
from typing import Any, Protocol, TypeVar

from commands.calendar.durations import parse_duration_words
from commands.calendar.months import last_of_month
from commands.calendar.phrases import longest_day_prefix
from commands.calendar.values import DayFound, DayResult, Grain, NoSuchDay, NotADate, Tense, WrongWeekday
from commands.calendar.workdays import add_werktage, add_workdays
from commands.framework.names import Match
from commands.framework.parse_errors import (
    AmbiguousName,
    BadChoice,
    BadValue,
    NoSuchDate,
    OtherWeekday,
    ParseError,
    UnknownName,
)
from commands.framework.reading import Reading
from commands.framework.refs import Ref, Which
from commands.framework.reply import Code, Foreign, RecordRef
from commands.framework.tokens import Scan, folded
from commands.framework.wording import typed_day
from storage.values import COLLECTIONS, Form, PartialDate, Vocabulary, clean

_ID = re.compile(r"([A-Za-z])([-‐‑–]?)([1-9][0-9]{0,8})")
_COUNT = re.compile(r"[0-9]{1,9}(?![^\s,])")
_AND = re.compile(r"\s*,\s*(?:(?:und|and)\s+)?|\s+(?:und|and|&|\+)\s+", re.IGNORECASE)
_UNBROKEN = re.compile(r"\S*[^\s,]")
_SHOWN = 60
_DATE_WORDS = 16
_DURATION_WORDS = 4

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A value and where it ends. `werktage` is the phrase, where a day was counted with Saturdays."""

    value: Any
    end: int
    werktage: str | None = None


class Reader(Protocol):
    """Reads one type of value."""

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        """The value that begins at `at`, None if none does; raises ParseError for one that is meant, but wrong."""

    def wrong(self, field: Code, given: str) -> ParseError:
        """What to say of `given` where only this type fits."""


def shown(text: str) -> Foreign:
    """Words that could not be read, short enough to be repeated."""
    return Foreign(clean(text if len(text) <= _SHOWN else text[:_SHOWN] + "…"))


def longest(attempts: Iterable[tuple[T, Callable[[], Found | None]]]) -> tuple[T, Found] | None:
    """The longest of the values that are found, the first of equals; if none is, the first error that was raised."""
    best: tuple[T, Found] | None = None
    wrong: ParseError | None = None
    for label, attempt in attempts:
        try:
            found = attempt()
        except ParseError as error:
            wrong = wrong or error
            continue
        if found and (best is None or found.end > best[1].end):
            best = label, found
    if best is None and wrong is not None:
        raise wrong
    return best


@dataclass(frozen=True, kw_only=True)
class ChoiceReader:
    """A closed set of words in both languages, some of several words; the longest wins."""

    vocabulary: type[Vocabulary]
    phrases: Mapping[str, tuple[str, Vocabulary]]

    @cached_property
    def most(self) -> int:
        """How many words the longest phrase has."""
        return max((phrase.count(" ") + 1 for phrase in self.phrases), default=0)

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:  # noqa: ARG002
        """A word of the vocabulary, in quotes or not."""
        quote = scan.quoted(at)
        if quote:
            member = self.phrases.get(folded(quote[0]))
            return Found(value=member[1], end=quote[1]) if member else None
        return self._longest(scan, at)

    def _longest(self, scan: Scan, at: int) -> Found | None:
        ends = [end for _, end in islice(scan.words(at), self.most)]
        for end in reversed(ends):
            member = self.phrases.get(folded(scan.text[at:end]))
            # A lone sign at the end, such as a dash, folds to nothing and is not part of the word.
            if member and folded(scan.text[scan.text.rfind(" ", at, end) + 1 : end]):
                return Found(value=member[1], end=end)
        return None

    def wrong(self, field: Code, given: str) -> ParseError:
        """None of the words."""
        return BadChoice(field=field, given=shown(given), allowed=tuple(self.vocabulary))


@dataclass(frozen=True, kw_only=True)
class RefReader:
    """A record by id (without hyphen, too), a city by code or name, a person by Matrix ID or name, a title or alias."""

    collections: tuple[str, ...]

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        """A reference into one of the lists."""
        quote = scan.quoted(at)
        word, end = quote or scan.word(at)
        key = self._key(word, at, reading)
        return Found(value=key, end=end) if key else self._by_name(scan, at, reading)

    def _key(self, word: str, at: int, reading: Reading) -> Ref | None:
        found = record_id(word.rstrip(".;:!"))
        if found and found.collection in self.collections:
            return found
        if "cities" in self.collections and word in reading.names.cities:
            return Ref("cities", word)
        if "people" in self.collections and word.startswith("@"):
            return Ref("people", self._person(word, at, reading))
        return None

    def _person(self, mxid: str, at: int, reading: Reading) -> str:
        try:
            return reading.names.people[mxid]
        except KeyError:
            raise self._unknown(mxid, at=at) from None

    def _by_name(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        quote = scan.quoted(at)
        words = quote[0].split() if quote else [word for word, _ in scan.words(at)]
        match = reading.names.longest(words, self.collections)
        if match is None or (quote and match.used < len(words)):
            return None
        end = quote[1] if quote else list(scan.words(at))[match.used - 1][1]
        if len(match.found) > 1:
            raise self._ambiguous(scan, at, end, match)
        return Found(value=Ref(match.found[0].collection, match.found[0].key), end=end)

    def _ambiguous(self, scan: Scan, at: int, end: int, match: Match) -> ParseError:
        candidates = tuple(RecordRef(name.collection, name.key, name.shown) for name in match.found)
        # The key of a person is nothing that could be typed in.
        typed = next((name.key for name in match.found if name.collection != "people"), None)
        hint = scan.text[:at] + typed + scan.text[end:] if typed else None
        return AmbiguousName(at=at, hint=hint, given=shown(scan.text[at:end]), candidates=candidates)

    def _unknown(self, given: str, *, at: int = 0) -> UnknownName:
        unknown = UnknownName(at=at, given=shown(given))
        unknown.collections = self.collections
        return unknown

    def wrong(self, field: Code, given: str) -> ParseError:  # noqa: ARG002
        """Nothing is called so."""
        return self._unknown(given)


def record_id(word: str) -> Ref | None:
    """The record that a word names by letter and number: P-1, p-1 or P1."""
    found = _ID.fullmatch(word)
    collection = COLLECTIONS.get(found[1].upper()) if found else None
    return Ref(collection, f"{found[1].upper()}-{found[3]}") if found and collection else None


@dataclass(frozen=True, kw_only=True)
class FormReader:
    """One word of a fixed form: a Matrix ID, an address, a code. `commas`: they may be part of it."""

    form: Form
    commas: bool = True

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:  # noqa: ARG002
        """The word, if it has the form; a comma after it is none of it."""
        quote = scan.quoted(at)
        found = _UNBROKEN.match(scan.text, at) if self.commas and not quote else None
        word, end = (found[0], found.end()) if found else quote or scan.word(at)
        fits = bool(word) and re.fullmatch(self.form.pattern, word) is not None
        return Found(value=word, end=end) if fits else None

    def wrong(self, field: Code, given: str) -> ParseError:
        """Another form."""
        return BadValue(field=field, given=shown(given), like=Code(self.form.like))


@dataclass(frozen=True, kw_only=True)
class CountReader:
    """A whole number."""

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:  # noqa: ARG002
        """The digits."""
        found = _COUNT.match(scan.text, at)
        return Found(value=int(found[0]), end=found.end()) if found else None

    def wrong(self, field: Code, given: str) -> ParseError:
        """No number."""
        return BadValue(field=field, given=shown(given), like=Code("3"))


@dataclass(frozen=True, kw_only=True)
class LineReader:
    """A text: in quotes, or the words up to the next field or dash. `lines`: it may have several lines."""

    longest: int
    lines: bool

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:  # noqa: ARG002
        """The text, None if there is nothing."""
        quote = scan.quoted(at)
        if quote:
            return Found(value=quote[0], end=quote[1])
        end = scan.segment(at)
        text = scan.text[at:end].strip()
        return Found(value=text, end=end) if text else None

    def wrong(self, field: Code, given: str) -> ParseError:
        """Hardly anything is no text."""
        return BadValue(field=field, given=shown(given), like=Code("„…“"))


@dataclass(frozen=True, kw_only=True)
class ListReader:
    """Several values of one type: `M,A`, `M, A`, `M und A`."""

    item: Reader

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        """As many values as follow each other with a comma or "and" between them."""
        if isinstance(self.item, LineReader):
            return self._texts(scan, at)
        values, end = [], at
        found = self.item.read(scan, at, reading)
        while found:
            values.append(found.value)
            end = found.end
            between = _AND.match(scan.text, end)
            # After "and" there may well come free text instead: then it is not part of the list.
            found = self.item.read(scan, between.end(), reading) if between else None
        return Found(value=tuple(dict.fromkeys(values)), end=end) if values else None

    def _texts(self, scan: Scan, at: int) -> Found | None:
        texts, end, last = [], at, scan.segment(at)
        while end < last:
            quote = scan.quoted(end)
            comma = scan.text.find(",", end, last)
            stop = quote[1] if quote else comma if comma >= 0 else last
            texts.append(quote[0] if quote else scan.text[end:stop].strip())
            end = scan.skip(stop)
            if scan.text[end : end + 1] != ",":
                break
            end = scan.skip(end, ",")
        found = tuple(dict.fromkeys(text for text in texts if text))
        return Found(value=found, end=end) if found else None

    def wrong(self, field: Code, given: str) -> ParseError:
        """Not even one value."""
        return self.item.wrong(field, given)


@dataclass(frozen=True, kw_only=True)
class EitherReader:
    """One of several types, the longest value wins."""

    readers: tuple[Reader, ...]

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        """The longest value any of the types reads."""
        best = longest((one, partial(one.read, scan, at, reading)) for one in self.readers)
        return best[1] if best else None

    def wrong(self, field: Code, given: str) -> ParseError:
        """What the first type says."""
        return self.readers[0].wrong(field, given)


@dataclass(frozen=True, kw_only=True)
class DayReader:
    """A day, in as many words as it takes."""

    which: Which

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        """The day that was said, or the first or last of a longer period."""
        said = said_day(scan, at, reading, past=self.which.past)
        if said is None:
            return None
        day, end = said
        return Found(value=day.first if self.which.first else day.last, end=end, werktage=_werktage(day))

    def wrong(self, field: Code, given: str) -> ParseError:
        """No date."""
        return BadValue(field=field, given=shown(given), like=Code("11.12."))


@dataclass(frozen=True, kw_only=True)
class PartialReader:
    """A day, a month or a year, as exact as it was said."""

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:
        """What was said, in its own precision."""
        said = said_day(scan, at, reading, past=True)
        if said is None:
            return None
        day, end = said
        match day.grain:
            case Grain.YEAR:
                value = PartialDate(year=day.first.year)
            case Grain.MONTH:
                value = PartialDate(year=day.first.year, month=day.first.month)
            case _:
                value = PartialDate.of(day.first)
        return Found(value=value, end=end, werktage=_werktage(day))

    def wrong(self, field: Code, given: str) -> ParseError:
        """No date."""
        return BadValue(field=field, given=shown(given), like=Code("16.7.2019"))


def said_day(scan: Scan, at: int, reading: Reading, *, past: bool) -> tuple[DayFound, int] | None:
    """The day or period that is said from `at` on and where its words end; raises for one that no calendar has."""
    quote = scan.quoted(at)
    if quote:
        inner = _quoted_day(quote[0], at, reading, past=past)
        return (inner[0], quote[1]) if inner and inner[1] == len(quote[0]) else None
    ends = _blank_ends(scan, at)
    result, used = _prefix([scan.text[start:end] for start, end in ends], reading, past=past)
    if not used or isinstance(result, NotADate):
        return None
    end = ends[used - 1][1]
    if not isinstance(result, DayFound):
        raise _impossible(result, scan, at, end, reading)
    return result, end


def _quoted_day(text: str, at: int, reading: Reading, *, past: bool) -> tuple[DayFound, int] | None:
    try:
        return said_day(Scan(text=text, dashes=False), 0, reading, past=past)
    except ParseError as error:
        error.at, error.hint = at, None
        raise


def _blank_ends(scan: Scan, at: int) -> list[tuple[int, int]]:
    """The next words as the calendar takes them, punctuation included, up to a dash or field."""
    spans: list[tuple[int, int]] = []
    while len(spans) < _DATE_WORDS and not scan.ends(at):
        end = at
        while end < len(scan.text) and not scan.text[end].isspace():
            end += 1
        spans.append((at, end))
        at = scan.skip(end)
    return spans


def _prefix(words: list[str], reading: Reading, *, past: bool) -> tuple[DayResult, int]:
    try:
        return longest_day_prefix(
            words,
            today=reading.today,
            tense=Tense.PAST if past else Tense.FUTURE,
            workday=lambda start, count: add_workdays(start, count, reading.calendars),
            werktag=lambda start, count: add_werktage(start, count, reading.calendars),
        )
    except (ValueError, OverflowError):
        # Years of four digits and counts of days that leave the calendar.
        return NotADate(text=" ".join(words)), 0


def _impossible(result: NoSuchDay | WrongWeekday, scan: Scan, at: int, end: int, reading: Reading) -> ParseError:
    """What is wrong with a date, and the line with the nearest day in its place."""
    right = result.day if isinstance(result, WrongWeekday) else _end_of_month(result, reading.today)
    hint = scan.text[:at] + typed_day(right, reading.language) + scan.text[end:] if right else None
    given = shown(result.text)
    if isinstance(result, WrongWeekday):
        return OtherWeekday(at=at, hint=hint, given=given, day=result.day)
    return NoSuchDate(at=at, hint=hint, given=given)


def _end_of_month(missing: NoSuchDay, today: date) -> date | None:
    """The last day of the month that was meant, the next such month where no year was said."""
    if missing.month is None or not 1 <= missing.month <= 12:
        return None
    year = missing.year or today.year + (missing.month < today.month)
    return date(year, missing.month, last_of_month(year, missing.month))


def _werktage(day: DayFound) -> str | None:
    return day.text if day.werktage else None


@dataclass(frozen=True, kw_only=True)
class DurationReader:
    """A count and a unit: "2 Wochen", "1 month", "monatlich"."""

    def read(self, scan: Scan, at: int, reading: Reading) -> Found | None:  # noqa: ARG002
        """The longest run of words that is a duration."""
        quote = scan.quoted(at)
        if quote:
            value = parse_duration_words(quote[0])
            return Found(value=value, end=quote[1]) if value else None
        for _, end in reversed([*islice(scan.words(at), _DURATION_WORDS)]):
            value = parse_duration_words(scan.text[at:end])
            if value:
                return Found(value=value, end=end)
        return None

    def wrong(self, field: Code, given: str) -> ParseError:
        """No duration."""
        return BadValue(field=field, given=shown(given), like=Code("3 Monate"))
