"""The arguments of one command, read from its line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from commands.framework.command import How
from commands.framework.parse_errors import (
    BadChoice,
    BadValue,
    GivenTwice,
    LeftOver,
    ParseError,
    TextTooLong,
    UnknownField,
    WrongNoun,
)
from commands.framework.readers import Found, LineReader, longest, record_id, shown
from commands.framework.reading import Reading
from commands.framework.refs import Ref
from commands.framework.reply import Code, RecordRef
from commands.framework.slots import Slot
from commands.framework.suggest import nearest
from commands.framework.tokens import Scan, complete_part, unquoted
from storage.folding import fold

_LAST_WORDS = 8
"""As many words at the end of a title as are tried as the value of another argument."""


class Slip(Exception):
    """The part of a line from `start` to `end` may have been meant as one of `words`; else it is wrong `otherwise`."""

    def __init__(self, start: int, end: int, words: Iterable[str], *, otherwise: ParseError) -> None:
        """Keep where it is and what to put there."""
        super().__init__()
        self.start = start
        self.end = end
        self.words = tuple(words)
        self.otherwise = otherwise

    def corrected(self, line: str) -> tuple[str, ...]:
        """The line with each of the words in place."""
        return tuple(line[: self.start] + word + line[self.end :] for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What was read: `values` by field, the argument that is `lacking`, phrases counted in Werktagen.

    `loose`: the free text began without a dash although another value could have stood there.
    """

    values: dict[str, Any]
    given: frozenset[str]
    lacking: Slot | None
    werktage: tuple[str, ...]
    loose: bool


class Filling:
    """Takes values for the arguments of one command, piece by piece."""

    def __init__(self, slots: Sequence[Slot], reading: Reading) -> None:
        """Begin with nothing."""
        self._slots = slots
        self._reading = reading
        self._by_word = {fold(word): slot for slot in slots for word in slot.arg.words.all}
        self._rest = next((slot for slot in slots if slot.rest), None)
        self._values: dict[str, Any] = {}
        self._more = ""
        self._empty: Slot | None = None
        self._werktage: list[str] = []
        self._loose = False

    def take(self, line: str, at: int, more: str = "") -> None:
        """Read `line` from `at` on; `more` are the lines below it, which can only be free text.

        Raises Slip or ParseError.
        """
        self._more = more
        scan = self._scan(line)
        at = scan.skip(at, ",")
        while at < len(line):
            at = scan.skip(self._next(scan, at), ",")
        if self._more.strip():
            self._below(scan)

    def answer(self, name: str, text: str) -> None:
        """Read `text` as the answer to the question for the argument `name`. Raises ParseError."""
        slot = self._named(name)
        if slot.rest:
            self._free(Scan(text=text), 0)
            return
        try:
            self.take(text, self._value(slot, self._scan(text), 0))
        except Slip as slip:
            raise slip.otherwise from None

    def called(self, name: str) -> str:
        """The word that the argument `name` is written with as a field, in the language of the reading."""
        return self._named(name).arg.words.first(self._reading.language)

    def finish(self) -> Filled:
        """All that was read, in a project's room with its project."""
        given = frozenset(self._values)
        for slot in self._slots:
            if self._by_room(slot) and slot.name not in self._values:
                project = Ref("projects", self._reading.project or "")
                self._values[slot.name] = (project,) if slot.many else project
        needed = (slot for slot in self._slots if slot.required and slot.name not in self._values)
        lacking = self._empty if self._empty and self._empty.name not in self._values else next(needed, None)
        return Filled(
            values=self._values, given=given, lacking=lacking, werktage=tuple(self._werktage), loose=self._loose
        )

    # --- one piece after another ------------------------------------------------------------------------------------

    def _named(self, name: str) -> Slot:
        return next(slot for slot in self._slots if slot.name == name)

    def _scan(self, line: str) -> Scan:
        stray = any(slot.arg.how is How.FIELD for slot in self._slots)
        return Scan(text=line, fields=frozenset(self._by_word), stray=stray, dashes=self._rest is not None)

    def _next(self, scan: Scan, at: int) -> int:
        """Take what stands at `at` and return where it ends."""
        after_dash = scan.dash(at)
        if after_dash is not None:
            return self._free(scan, after_dash)
        name = scan.field(at)
        if name:
            return self._field(scan, at, *name)
        return self._place(scan, at) or self._words(scan, at) or self._unread(scan, at)

    def _field(self, scan: Scan, at: int, name: str, value: int) -> int:
        slot = self._by_word.get(fold(name))
        if slot is None:
            raise self._no_such_field(at, value, name)
        if slot.rest:
            return self._free(scan, value)
        start = scan.skip(value)
        if scan.ends(start):
            self._empty = slot
            return start
        return self._value(slot, scan, start)

    def _value(self, slot: Slot, scan: Scan, at: int) -> int:
        """Read the value of this very argument."""
        found = slot.reader.read(scan, at, self._reading)
        if found is None:
            raise self._bad(slot, scan, at)
        self._store(slot, found, scan, at)
        after = scan.skip(found.end)
        if slot.many and scan.text[after : after + 1] == "," and not scan.ends(scan.skip(after, ",")):
            raise self._bad(slot, scan, scan.skip(after, ","))
        return found.end

    def _place(self, scan: Scan, at: int) -> int | None:
        """A value of one of the placed arguments that are still open, the longest one."""
        slots = [slot for slot in self._open() if not slot.greedy]
        best = longest((slot, partial(slot.reader.read, scan, at, self._reading)) for slot in slots)
        if best is None:
            return None
        self._store(*best, scan, at)
        return best[1].end

    def _words(self, scan: Scan, at: int) -> int | None:
        """A title: any words, where an argument takes such."""
        slot = next((slot for slot in self._open() if slot.greedy and slot.name not in self._values), None)
        if slot is None:
            return None
        short = replace(scan, text=scan.text[: self._title_end(scan, at)])
        found = slot.reader.read(short, at, self._reading)
        if found is None:
            return None
        self._store(slot, found, scan, at)
        return found.end

    def _title_end(self, scan: Scan, at: int) -> int:
        """Before the values of required arguments that end the run of words: "Pilotstart im Bauamt 11.12."."""
        end = scan.segment(at)
        starts = [start for start in _word_starts(scan, at, end) if start > at]
        named = {slot.name for slot in self._named_later(scan, at)}
        slots = [
            slot for slot in self._slots
            if slot.placed and slot.required and not slot.greedy and slot.name not in {*named, *self._values}
        ]  # fmt: skip
        return next((start for start in starts[-_LAST_WORDS:] if self._reaches(scan, start, end, slots)), end)

    def _reaches(self, scan: Scan, at: int, end: int, slots: Sequence[Slot]) -> bool:
        """Whether values of these arguments, one each, fill all from `at` to `end`."""
        while at < end:
            best = longest((slot, partial(slot.reader.read, scan, at, self._reading)) for slot in slots)
            if best is None:
                return False
            slots = [slot for slot in slots if slot is not best[0]]
            at = scan.skip(best[1].end, ",")
        return True

    def _named_later(self, scan: Scan, at: int) -> Iterator[Slot]:
        for start in _word_starts(scan, at, len(scan.text)):
            name = scan.field(start)
            slot = self._by_word.get(fold(name[0])) if name else None
            if slot:
                yield slot

    def _free(self, scan: Scan, at: int) -> int:
        """Take the free text, which reaches from `at` to the end and over the lines below."""
        below, self._more = self._more, ""
        text = unquoted("\n".join(part.strip() for part in (scan.text[at:], below) if part.strip()))
        if text and self._rest:
            reader = self._rest.reader
            kept = text if isinstance(reader, LineReader) and reader.lines else " ".join(text.split())
            self._store(self._rest, Found(value=kept, end=len(scan.text)), scan, at)
        return len(scan.text)

    def _open(self) -> list[Slot]:
        """Placed arguments that may still be given, the unfilled ones first."""
        slots = [slot for slot in self._slots if slot.placed and (slot.many or slot.name not in self._values)]
        return sorted(slots, key=lambda slot: slot.name in self._values)

    def _store(self, slot: Slot, found: Found, scan: Scan, at: int) -> None:
        self._check_length(slot, found.value, at)
        if slot.name not in self._values:
            self._values[slot.name] = found.value
        elif slot.many:
            self._values[slot.name] = tuple(dict.fromkeys((*self._values[slot.name], *found.value)))
        else:
            given = shown(scan.text[at : found.end])
            raise GivenTwice(at=at, hint=complete_part(scan.text[:at]), field=self._called(slot), given=given)
        if found.werktage:
            self._werktage.append(found.werktage)

    def _check_length(self, slot: Slot, value: Any, at: int) -> None:
        reader = getattr(slot.reader, "item", slot.reader)
        if not isinstance(reader, LineReader):
            return
        length = max(map(len, value), default=0) if slot.many else len(value)
        if length > reader.longest:
            raise TextTooLong(at=at, field=self._called(slot), length=length, longest=reader.longest)

    # --- what cannot be read ----------------------------------------------------------------------------------------

    def _unread(self, scan: Scan, at: int) -> int:
        """A word that is neither value nor field: a slip, the beginning of the free text, or an error."""
        word, end = scan.word(at)
        open_slots = [slot for slot in self._open() if slot.name not in self._values and not slot.greedy]
        after = scan.skip(end, ",")
        if self._rest is None or scan.ends(after):
            self._offer(open_slots, scan, at)
        record = record_id(word)
        if record and not word[1:2].isdigit() and any(slot.collections for slot in open_slots):
            raise WrongNoun(at=at, record=RecordRef(record.collection, record.key))
        for slot in open_slots:
            if self._must_be(slot, scan, after):
                raise self._bad(slot, scan, at)
        if self._rest is None:
            raise self._left_over(open_slots, scan, at)
        self._loose = bool(open_slots)
        return self._free(scan, at)

    def _offer(self, slots: Sequence[Slot], scan: Scan, at: int) -> None:
        """Raise Slip if the words at `at` are nearly a word of a vocabulary."""
        for slot in slots:
            for end in dict.fromkeys((len(scan.text[: scan.segment(at)].rstrip()), scan.word(at)[1])):
                near = nearest(scan.text[at:end], slot.phrases)
                if near:
                    raise Slip(at, end, near, otherwise=self._wrong(slot, scan.text[at:end], at))

    def _must_be(self, slot: Slot, scan: Scan, after: int) -> bool:
        """Whether a single word before `after` that could not be read must have been meant for this argument."""
        if slot.vocabulary and (scan.dash(after) is not None or scan.ends(after)):
            return True
        if not slot.required or self._by_room(slot):
            return False
        return self._rest is None or bool(slot.collections)

    def _by_room(self, slot: Slot) -> bool:
        """Whether the argument may be left out because the room has a project."""
        first = next((one for one in self._slots if one.required and "projects" in one.collections), None)
        return self._reading.project is not None and slot is first

    def _left_over(self, slots: Sequence[Slot], scan: Scan, at: int) -> ParseError:
        if len(slots) == 1:
            return self._wrong(slots[0], self._given(slots[0], scan, at), at)
        return LeftOver(at=at, hint=scan.text[:at].rstrip(), words=shown(scan.text[at:]))

    def _below(self, scan: Scan) -> None:
        """The lines below: the free text, or nothing that belongs here."""
        if self._rest is None or self._rest.name in self._values:
            first = self._more.strip().splitlines()[0]
            raise LeftOver(at=len(scan.text), hint=scan.text, words=shown(first))
        self._loose = True
        self._free(scan, len(scan.text))

    def _bad(self, slot: Slot, scan: Scan, at: int) -> Exception:
        """What is wrong with the words at `at`, which can only be this argument; a Slip if they nearly fit."""
        given = self._given(slot, scan, at)
        wrong = self._wrong(slot, given, at)
        record = record_id(given)
        if record and slot.collections:
            return WrongNoun(at=at, record=RecordRef(record.collection, record.key))
        if isinstance(wrong, BadValue):
            wrong.hint = scan.text[:at] + wrong.facts["like"].text + scan.text[at + len(given) :]
        if isinstance(wrong, BadChoice):
            # The person's own line with a gap to fill in: any word of ours could be taken for what was meant.
            wrong.hint = scan.text[:at] + self._called(slot).text.upper() + scan.text[at + len(given) :]
        near = nearest(given, (*slot.phrases, *self._reading.names.shown(slot.collections)))
        return Slip(at, at + len(given), near, otherwise=wrong) if near else wrong

    def _wrong(self, slot: Slot, given: str, at: int) -> ParseError:
        wrong = slot.reader.wrong(self._called(slot), given)
        wrong.at = at
        return wrong

    def _given(self, slot: Slot, scan: Scan, at: int) -> str:
        """The words that were meant: for names all up to the next value that could be read, else one."""
        quote = scan.quoted(at)
        if quote:
            return scan.text[at : quote[1]]
        end = scan.word(at)[1]
        if slot.collections:
            others = [one for one in self._open() if one is not slot and not one.greedy]
            for word_end in [word_end for _, word_end in scan.words(at)][:_LAST_WORDS]:
                end = word_end
                following = scan.skip(end)
                if scan.ends(following) or any(one.reader.read(scan, following, self._reading) for one in others):
                    break
        return scan.text[at:end]

    def _called(self, slot: Slot) -> Code:
        return Code(slot.arg.words.first(self._reading.language))

    def _no_such_field(self, at: int, value: int, name: str) -> Slip:
        words = [word for slot in self._slots for word in slot.arg.words.all]
        fields = tuple(self._called(slot) for slot in self._slots if slot.arg.how is How.FIELD)
        unknown = UnknownField(at=at, given=shown(name), fields=fields)
        return Slip(at, value, (f"{word}:" for word in nearest(name, words)), otherwise=unknown)


def _word_starts(scan: Scan, at: int, end: int) -> Iterator[int]:
    while at < end:
        yield at
        while at < end and not scan.text[at].isspace():
            at += 1
        at = scan.skip(at)
