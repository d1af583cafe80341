"""A small chart parser: productions over kinds of words, every phrase parsed once per place and tense."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from inspect import signature
from typing import Any

from commands.calendar.tokens import Token
from commands.calendar.values import NoSuchDay, Tense, WrongWeekday
from storage.values import Language

CountDays = Callable[[date, int], date]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a phrase is understood against."""

    today: date
    tense: Tense
    language: Language | None = None
    workday: CountDays | None = None
    werktag: CountDays | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the text a production matched: tokens from `start` up to but not including `end`."""

    tokens: Sequence[Token]
    start: int
    end: int

    @property
    def before(self) -> Token | None:
        """The token before the match."""
        return self.tokens[self.start - 1] if self.start else None

    @property
    def after(self) -> Token | None:
        """The token after the match."""
        return self.tokens[self.end] if self.end < len(self.tokens) else None

    @property
    def first(self) -> Token:
        """The first token of the match."""
        return self.tokens[self.start]


Build = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One part of a pattern: alternatives of kinds (NUM), words (in) or phrases (<day>), by name and perhaps absent."""

    name: str
    symbols: tuple[str, ...]
    optional: bool
    tense: Tense | None


@dataclass(frozen=True, kw_only=True)
class Production:
    """A pattern and what is made of its named parts; None is made of what only looks like it."""

    items: tuple[Item, ...]
    build: Build
    wants: frozenset[str]


_ITEM = re.compile(r"(?:(?P<name>[a-z]+):)?(?P<symbols>[^?@\s]+)(?:@(?P<tense>past|future))?(?P<optional>\?)?")


def _item(text: str) -> Item:
    found = _ITEM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    tense = Tense(found["tense"]) if found["tense"] else None
    symbols = tuple(found["symbols"].split("|"))
    return Item(name=found["name"] or "", symbols=symbols, optional=bool(found["optional"]), tense=tense)


class Grammar:
    """Productions by the name of the phrase they make.

    Patterns are items with spaces between: `KIND` of meaning, `word`, `<phrase>`, alternatives with `|`, `?` for what
    may be absent, `name:` for what the maker is given, `@past` or `@future` for a phrase with a tense of its own.
    A maker may also ask for the `scene` and the `place`.
    """

    def __init__(self, *parts: "Grammar") -> None:
        self.productions: dict[str, list[Production]] = {}
        for part in parts:
            for phrase, productions in part.productions.items():
                self.productions.setdefault(phrase, []).extend(productions)

    def phrase(self, name: str, *patterns: str) -> Callable[[Build], Build]:
        """Declare what makes a phrase of these patterns; earlier declarations win where several fit the same words."""

        def declare(build: Build) -> Build:
            wants = frozenset(signature(build).parameters)
            for pattern in patterns:
                items = tuple(_item(part) for part in pattern.split())
                made = Production(items=items, build=build, wants=wants)
                self.productions.setdefault(name, []).append(made)
            return build

        return declare

    def words(self) -> frozenset[str]:
        """The words that patterns name literally."""
        symbols = (symbol for made in self._all() for item in made.items for symbol in item.symbols)
        return frozenset(symbol for symbol in symbols if symbol.islower() and not symbol.startswith("<"))

    def phrases(self) -> frozenset[str]:
        """The phrases that patterns refer to."""
        symbols = (symbol for made in self._all() for item in made.items for symbol in item.symbols)
        return frozenset(symbol[1:-1] for symbol in symbols if symbol.startswith("<"))

    def _all(self) -> Iterator[Production]:
        return (made for productions in self.productions.values() for made in productions)


class Chart:
    """One text being parsed."""

    def __init__(self, grammar: Grammar, tokens: Sequence[Token], scene: Scene) -> None:
        self._grammar = grammar
        self.tokens = tokens
        self._scenes = {tense: replace(scene, tense=tense) for tense in Tense}
        self._tense = scene.tense
        self._derived: dict[tuple[str, int, Tense], dict[int, Any]] = {}

    def derive(self, phrase: str, at: int) -> dict[int, Any]:
        """What the phrase can mean from token `at` on, by the token it ends before."""
        return self._derive(phrase, at, self._tense)

    def _derive(self, phrase: str, at: int, tense: Tense) -> dict[int, Any]:
        key = phrase, at, tense
        if key not in self._derived:
            self._derived[key] = {}  # a phrase does not begin with itself
            self._derived[key] = self._made(phrase, at, tense)
        return self._derived[key]

    def _made(self, phrase: str, at: int, tense: Tense) -> dict[int, Any]:
        made: dict[int, Any] = {}
        for production in self._grammar.productions[phrase]:
            for captured, end in self._matches(production.items, 0, at, tense):
                if end == at or (end in made and not isinstance(made[end], NoSuchDay | WrongWeekday)):
                    continue
                value = self._build(production, captured, Place(tokens=self.tokens, start=at, end=end), tense)
                if value is not None and (end not in made or not isinstance(value, NoSuchDay | WrongWeekday)):
                    made[end] = value
        return made

    def _build(self, production: Production, captured: dict[str, Any], place: Place, tense: Tense) -> Any:
        offered = {**captured, "scene": self._scenes[tense], "place": place}
        return production.build(**{name: offered.get(name) for name in production.wants})

    def _matches(
        self, items: Sequence[Item], index: int, at: int, tense: Tense
    ) -> Iterator[tuple[dict[str, Any], int]]:
        if index == len(items):
            yield {}, at
            return
        item = items[index]
        for value, after in self._matched(item, at, tense):
            for captured, end in self._matches(items, index + 1, after, tense):
                yield ({item.name: value, **captured} if item.name else captured), end
        if item.optional:
            yield from self._matches(items, index + 1, at, tense)

    def _matched(self, item: Item, at: int, tense: Tense) -> Iterator[tuple[Any, int]]:
        if at >= len(self.tokens):
            return
        token = self.tokens[at]
        for symbol in item.symbols:
            if symbol.startswith("<"):
                derived = self._derive(symbol[1:-1], at, item.tense or tense)
                yield from ((value, end) for end, value in derived.items())
            elif symbol in token.meanings:
                yield token.meanings[symbol], at + 1
            elif token.word == symbol and token.meanings:
                yield symbol, at + 1
