"""The names that records are called by, looked up in the words of a message."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from storage.derived import Name
from storage.folding import fold_words

# Control characters are in no Matrix ID, and a server's database does not even take the question for one with a NUL.
_MXID = re.compile(r"@[^\s\x00-\x1f:,]{1,200}:[^\s\x00-\x1f,;„“”\"»«]{1,200}")
_MOST_SIGNS = 3
"""Words without a letter, such as "&", that may stand inside a name."""


def name_words(text: str) -> frozenset[str]:
    """The folded words of a message: what to ask storage.derived.names_beginning for."""
    return frozenset(fold_words(text))


def mxids_in(text: str) -> frozenset[str]:
    """The Matrix IDs in a message."""
    return frozenset(_MXID.findall(text))


@dataclass(frozen=True, kw_only=True)
class Match:
    """What the first `used` words name: one record, or several that share the name."""

    found: tuple[Name, ...]
    used: int


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names that may occur in one message, all of them visible to whoever wrote it.

    `people` are the keys of people by Matrix ID, `cities` the codes there are.
    """

    by_words: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    cities: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[Name], *, people: Mapping[str, str] | None = None, cities: Iterable[str] = ()) -> Self:
        """Index these names; cities among them are known by their codes, too."""
        by_words: dict[str, tuple[Name, ...]] = defaultdict(tuple)
        codes = set(cities)
        for name in names:
            by_words[name.folded] += (name,)
            if name.collection == "cities":
                codes.add(name.key)
        return cls(by_words=dict(by_words), people=people or {}, cities=frozenset(codes))

    def shown(self, collections: Collection[str]) -> Iterator[str]:
        """The names in these lists as they are written."""
        return (n.shown for found in self.by_words.values() for n in found if n.collection in collections)

    def with_(self, names: Iterable[Name]) -> Self:
        """These names and further ones."""
        mine = [name for found in self.by_words.values() for name in found]
        return self.of(dict.fromkeys([*mine, *names]), people=self.people, cities=self.cities)

    def longest(self, words: Sequence[str], collections: Collection[str]) -> Match | None:
        """The longest name in these lists that the words, as they were typed, begin with."""
        if not words or not self.by_words:
            return None
        most = max(folded.count(" ") + 1 for folded in self.by_words) + _MOST_SIGNS
        for used in range(min(most, len(words)), 0, -1):
            found = self._called(words[:used], collections)
            if found:
                return Match(found=found, used=used)
        return None

    def _called(self, words: Sequence[str], collections: Collection[str]) -> tuple[Name, ...]:
        # A sign at the end is not part of the name: it may be the dash before the free text.
        if not fold_words(words[-1]):
            return ()
        called = self.by_words.get(" ".join(fold_words(" ".join(words))), ())
        return tuple({(n.collection, n.key): n for n in called if n.collection in collections}.values())
