"""The texts of both languages: read once from the rooms' files, looked up by key."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Self, TypeVar

from storage.folding import fold_words
from storage.values import Language

ROOMS = Path(__file__).parent.parent
SHARED = ("word", "field", "noun")
"""Tables that belong to all rooms together: their names are not prefixed by the room."""

COMMON = "record"
"""Stands in place of a collection for the columns that every record has."""

FORMS = ("one", "other")

E = TypeVar("E", bound=StrEnum)


class TextMissing(LookupError):
    """A text that should exist does not: a mistake in the program, never of the person who asks."""

    def __init__(self, key: str, language: Language) -> None:
        """Name the key and the language without it."""
        super().__init__(f"no text {key} in {language}")


@dataclass(frozen=True)
class Template:
    """A sentence with {placeholders}, and a form of its own for exactly one where it counts."""

    other: str
    one: str | None = None

    @classmethod
    def of(cls, written: str | Mapping[str, str]) -> Self:
        """From a file: a sentence, or its forms by name."""
        return cls(written) if isinstance(written, str) else cls(written["other"], written["one"])

    def form(self, count: object = None) -> str:
        """The sentence for this count; both our languages tell only one from all others (CLDR)."""
        return self.one if self.one is not None and count == 1 else self.other

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form there is."""
        return (self.other,) if self.one is None else (self.other, self.one)

    @property
    def placeholders(self) -> frozenset[str]:
        """The facts that it needs, in whichever form."""
        return frozenset(name for form in self.forms for name in placeholders(form))


def placeholders(form: str) -> Iterator[str]:
    """The names in braces; raises ValueError for a brace that belongs to none."""
    return (name for _text, name, _spec, _conversion in Formatter().parse(form) if name is not None)


@dataclass(frozen=True)
class _Source:
    """One file of texts."""

    room: str
    language: Language
    tables: Mapping[str, Any]


class Texts:
    """All texts of all rooms."""

    def __init__(self, sources: Iterable[_Source]) -> None:
        """Index the files' tables; mistakes in them are found by `check`, or by `TextMissing` when one is needed."""
        self._templates: dict[Language, dict[str, Template]] = {language: {} for language in Language}
        self._shared: dict[Language, dict[str, Any]] = {language: {} for language in Language}
        self._problems: list[str] = []
        for source in sources:
            self._take(source)

    @classmethod
    def of(cls, rooms: Mapping[str, Mapping[Language, Mapping[str, Any]]]) -> Self:
        """From tables as the files hold them: room, language, table."""
        return cls(_Source(room, lang, tables) for room, both in rooms.items() for lang, tables in both.items())

    @classmethod
    def load(cls, rooms: Path = ROOMS) -> Self:
        """Read `texts.<language>.toml` of every room below the folder."""
        paths = sorted(rooms.glob("*/texts.*.toml"))
        return cls(_read(path) for path in paths)

    def template(self, key: str, language: Language) -> Template:
        """The sentence with this key; raises TextMissing."""
        try:
            return self._templates[language][key]
        except KeyError:
            raise TextMissing(key, language) from None

    def has(self, key: str) -> bool:
        """Whether a sentence with this key exists in both languages."""
        return all(key in templates for templates in self._templates.values())

    def keys(self, language: Language) -> frozenset[str]:
        """The keys of all sentences in this language."""
        return frozenset(self._templates[language])

    def shared(self, language: Language) -> frozenset[str]:
        """The names in the tables that all rooms share, such as `word.Health.green` and `field.projects.goal`."""
        return frozenset(self._shared[language])

    def words(self, vocabulary: type[E]) -> Mapping[E, tuple[str, ...]]:
        """Every word in either language that a person may type for each member, the German ones first."""
        return {
            member: tuple(dict.fromkeys(word for language in Language for word in self._words(member, language)))
            for member in vocabulary
        }

    def shown(self, member: StrEnum, language: Language) -> str:
        """The word shown for a member of a vocabulary; raises TextMissing."""
        return self._words(member, language)[0]

    def field(self, collection: str, column: str, language: Language) -> str:
        """What a column of a record or part is called; raises TextMissing. What all records have stands once."""
        own, common = f"field.{collection}.{column}", f"field.{COMMON}.{column}"
        return str(self._share(own if own in self._shared[language] else common, language))

    def noun(self, collection: str, language: Language, count: int = 1) -> str:
        """What one record of this list is called, or several; raises TextMissing."""
        return str(self._share(f"noun.{collection}.{'one' if count == 1 else 'many'}", language))

    def check(self) -> tuple[str, ...]:
        """What is wrong with the texts by themselves, one line each; empty if nothing is."""
        return (*self._problems, *self._unpaired(), *self._placeholders(), *self._ambiguous(), *self._malformed())

    def _take(self, source: _Source) -> None:
        for path, written in _leaves(source.tables):
            if path[0] in SHARED:
                self._put(self._shared[source.language], ".".join(path), written, source)
            else:
                key = ".".join((source.room, *path))
                self._put(self._templates[source.language], key, Template.of(written), source)

    def _put(self, into: dict[str, Any], key: str, value: Any, source: _Source) -> None:
        if key in into:
            self._problems.append(f"{key} stands twice in {source.language}, the second time in {source.room}")
        into[key] = value

    def _share(self, key: str, language: Language) -> Any:
        try:
            return self._shared[language][key]
        except KeyError:
            raise TextMissing(key, language) from None

    def _words(self, member: StrEnum, language: Language) -> tuple[str, ...]:
        return tuple(self._share(f"word.{type(member).__name__}.{member.value}", language))

    def _unpaired(self) -> Iterator[str]:
        for tables in (self._templates, self._shared):
            every = set[str]().union(*tables.values())
            for language in Language:
                yield from (f"{key} is missing in {language}" for key in sorted(every - tables[language].keys()))

    def _placeholders(self) -> Iterator[str]:
        for key in sorted(self.keys(Language.DE) & self.keys(Language.EN)):
            try:
                german, english = (self.template(key, language).placeholders for language in Language)
            except ValueError as wrong:
                yield f"{key}: {wrong}"
                continue
            if german != english:
                yield f"{key} has different placeholders: {', '.join(sorted(german ^ english))}"

    def _ambiguous(self) -> Iterator[str]:
        seen: dict[tuple[str, str], str] = {}
        for language in Language:
            for key, words in self._shared[language].items():
                if not key.startswith("word."):
                    continue
                vocabulary = key.split(".")[1]
                for word in words:
                    other = seen.setdefault((vocabulary, " ".join(fold_words(word))), key)
                    if other != key:
                        yield f'"{word}" stands for both {other} and {key}'

    def _malformed(self) -> Iterator[str]:
        for language in Language:
            for key, template in self._templates[language].items():
                for form in template.forms:
                    if form.count("`") % 2 or len(re.findall(r"\*\*", form)) % 2:
                        yield f"{key} has an open ` or ** in {language}"


def _read(path: Path) -> _Source:
    with path.open("rb") as file:
        return _Source(path.parent.name, Language(path.suffixes[0].removeprefix(".")), tomllib.load(file))


def _leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, dict) and set(value) != set(FORMS):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


@cache
def installed() -> Texts:
    """The texts that come with the program, read once."""
    return Texts.load()
