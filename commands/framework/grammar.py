"""All commands as one grammar: which words there are, and which command a line begins with."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from commands.framework.command import AnyCommand, Words, words
from commands.framework.fill import Slip
from commands.framework.parse_errors import NeedsRecord, ParseError, UnknownCommand, UnknownName, WrongNoun
from commands.framework.readers import RefReader, record_id, shown
from commands.framework.reading import Reading
from commands.framework.refs import Ref
from commands.framework.reply import Code, RecordRef
from commands.framework.slots import Slot, slots_of
from commands.framework.suggest import nearest
from commands.framework.texts import Texts
from commands.framework.tokens import Scan, folded
from storage.values import COLLECTIONS, Language

SHOW = "zeige"
LIST = "liste"
"""The verbs that an id and the name of a list stand for when they stand alone: `!P-1`, `!projekte`."""

HELP = words("hilfe", "help")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The command a line means; its arguments begin at `at`, its verb ends at `verb_end`."""

    command: AnyCommand
    verb_end: int
    at: int


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """Commands indexed by their words. `nouns` are the words of records that make a list when they stand alone."""

    commands: tuple[AnyCommand, ...]
    nouns: tuple[Words, ...]
    texts: Texts

    @classmethod
    def of(cls, commands: Iterable[AnyCommand], *, nouns: Iterable[Words], texts: Texts) -> Self:
        """The grammar of these commands."""
        return cls(commands=tuple(commands), nouns=tuple(nouns), texts=texts)

    @cached_property
    def by_verb(self) -> Mapping[str, tuple[AnyCommand, ...]]:
        """The commands of each verb, folded."""
        found: dict[str, tuple[AnyCommand, ...]] = {}
        for command in self.commands:
            for word in command.verb.all:
                found[folded(word)] = (*found.get(folded(word), ()), command)
        return found

    @cached_property
    def first_words(self) -> tuple[str, ...]:
        """What a command may begin with."""
        verbs = (word for command in self.commands for word in command.verb.all)
        return tuple(dict.fromkeys((*verbs, *(word for noun in self.nouns for word in noun.all))))

    def slots(self, command: AnyCommand) -> tuple[Slot, ...]:
        """The arguments of a command."""
        return slots_of(command, self.texts)

    def accepts(self, command: AnyCommand, collection: str) -> bool:
        """Whether an argument of the command may be a record of this list."""
        return any(slot.placed and collection in slot.collections for slot in self.slots(command))

    def spelled_out(self, line: str, *, banged: bool) -> str:
        """`P-1` as `zeige P-1`, `projekte` as `liste projekte`; any other line as it is."""
        word, _ = Scan(text=line).word(0)
        if SHOW in self.by_verb and record_id(word) and (banged or not word[1:2].isdigit()):
            return f"{SHOW} {line}"
        nouns = {folded(noun) for words in self.nouns for noun in words.all}
        alone = LIST in self.by_verb and folded(word) in nouns and folded(word) not in self.by_verb
        return f"{LIST} {line}" if alone else line

    def choose(self, line: str, reading: Reading, *, banged: bool) -> Chosen:
        """The command that `line` begins with. Raises Slip or ParseError if there is none, or more than one."""
        scan = Scan(text=line)
        word, end = scan.word(0)
        fitting = [one for one in self.by_verb.get(folded(word), ()) if banged or not one.bang]
        if not fitting:
            raise self._unknown(line, word, end, reading)
        start = scan.skip(end)
        fitting, at = _by_object(fitting, scan, start)
        if all(command.object for command in fitting) and at == start:
            raise self._lacks_object(fitting, scan, end, reading.language)
        return Chosen(command=self._by_subject(fitting, scan, at, reading), verb_end=end, at=at)

    def siblings(self, line: str, collection: str, language: Language) -> tuple[str, ...]:
        """Verbs for records of `collection` that share a word with the one `line` begins with."""
        fitting = self.by_verb.get(folded(Scan(text=line).word(0)[0]), ())
        typed = {folded(word) for one in fitting for word in one.verb.all}
        others = [one for one in self.commands if typed & {folded(word) for word in one.verb.all}]
        return tuple(dict.fromkeys(one.verb.first(language) for one in others if self._made_for(one, collection)))

    def objects_near(self, line: str, chosen: Chosen) -> tuple[int, int, tuple[str, ...]] | None:
        """The word after the verb and the objects of the same verb it may be a slip of: `!liste projket`."""
        scan = Scan(text=line)
        start = scan.skip(chosen.verb_end)
        word, end = scan.word(start)
        verb = folded(line[: chosen.verb_end])
        near = nearest(word, _objects(self.by_verb.get(verb, ()))) if chosen.at == start else ()
        return (start, end, near) if near else None

    def _made_for(self, command: AnyCommand, collection: str) -> bool:
        return command.subject == collection or (command.subject is None and self.accepts(command, collection))

    def _unknown(self, line: str, word: str, end: int, reading: Reading) -> Slip:
        unknown = UnknownCommand(given=shown(word), hint=HELP.first(reading.language))
        reader = RefReader(collections=(*COLLECTIONS.values(), "cities"))
        if SHOW in self.by_verb and not record_id(word) and reader.read(Scan(text=line), 0, reading):
            return Slip(0, 0, (f"{SHOW} ",), otherwise=unknown)
        return Slip(0, end, nearest(word, self.first_words), otherwise=unknown)

    def _lacks_object(self, fitting: Sequence[AnyCommand], scan: Scan, end: int, language: Language) -> Slip:
        start = scan.skip(end)
        word, word_end = scan.word(start)
        verb = scan.text[:end]
        hint = f"{HELP.first(language)} {verb}"
        unknown = UnknownCommand(at=end, given=shown(f"{verb} {word}".strip()), hint=hint)
        near = nearest(word, _objects(fitting))
        if near:
            return Slip(start, word_end, near, otherwise=unknown)
        firsts = dict.fromkeys(command.object.first(language) for command in fitting if command.object)
        return Slip(end, end, (f" {first}" for first in firsts), otherwise=unknown)

    def _by_subject(self, fitting: Sequence[AnyCommand], scan: Scan, at: int, reading: Reading) -> AnyCommand:
        """Of several commands the one made for the record that the line names."""
        subjects = {command.subject: command for command in fitting}
        if len(fitting) == 1 or set(subjects) == {None}:
            return fitting[0]
        named = _first_ref(scan, at, [subject for subject in subjects if subject], reading)
        record = record_id(scan.word(at)[0])
        if named:
            return subjects[named.collection]
        if None in subjects:
            return subjects[None]
        if record:
            hint = next(_examples(fitting, reading.language), None)
            raise WrongNoun(at=at, hint=hint, record=RecordRef(record.collection, record.key))
        if reading.project and "projects" in subjects:
            return subjects["projects"]
        raise _unnamed(fitting, scan, at, reading)


def _by_object(fitting: list[AnyCommand], scan: Scan, at: int) -> tuple[list[AnyCommand], int]:
    """The commands whose object follows the verb, and where the object ends; without one, those that need none."""
    for end in reversed([end for _, end in scan.words(at)]):
        phrase = folded(scan.text[at:end])
        matching = [one for one in fitting if one.object and phrase in map(folded, one.object.all)]
        if matching:
            return matching, end
    return [one for one in fitting if one.object is None] or fitting, at


def _objects(commands: Iterable[AnyCommand]) -> Iterator[str]:
    return (word for command in commands if command.object for word in command.object.all)


def _first_ref(scan: Scan, at: int, collections: Collection[str], reading: Reading) -> Ref | None:
    """The first record of one of the lists that is named before any free text."""
    reader = RefReader(collections=tuple(collections))
    while not scan.ends(at):
        found = reader.read(scan, at, reading)
        if found:
            return found.value if isinstance(found.value, Ref) else None
        at = scan.skip(max(scan.word(at)[1], at + 1))
    return None


def _unnamed(fitting: Sequence[AnyCommand], scan: Scan, at: int, reading: Reading) -> ParseError | Slip:
    """The line names no record, or one that nobody knows, or nearly one."""
    examples = tuple(_examples(fitting, reading.language))
    hint = next(iter(examples), None)
    if not scan.ends(at):
        given, end = scan.quoted(at) or scan.word(at)
        unknown = UnknownName(at=at, hint=hint, given=shown(given))
        unknown.collections = tuple(command.subject for command in fitting if command.subject)
        near = nearest(given, reading.names.shown(unknown.collections))
        return Slip(at, end, near, otherwise=unknown) if near else unknown
    return NeedsRecord(at=at, hint=hint, verb=Code("!" + scan.text[:at].rstrip()), examples=tuple(map(Code, examples)))


def _examples(commands: Iterable[AnyCommand], language: Language) -> Iterator[str]:
    return (one.de if language is Language.DE else one.en for command in commands for one in command.examples[:1])
