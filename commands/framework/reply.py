"""Replies as a small tree: what to say is structure, how it looks in plain text and HTML comes later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Say:
    """A sentence from the texts: its key and the facts for its placeholders. The language is chosen when rendered.

    Facts may be text, numbers, days, instants, durations, members of a vocabulary, other inline nodes, or tuples of
    these (joined as a list: "A, B und C"). With a fact `count` the texts may hold a singular and a plural.
    """

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def say(key: str, /, **facts: Any) -> Say:
    """Make a sentence: `say("projects.created", project=ref)`."""
    return Say(key, facts)


@dataclass(frozen=True)
class Bold:
    """Inline text that stands out."""

    of: Any


@dataclass(frozen=True)
class Code:
    """Something to type or copy, shown as it is."""

    text: str


@dataclass(frozen=True)
class Link:
    """A link with its text."""

    url: str
    text: str


@dataclass(frozen=True)
class Foreign:
    """Text written by people: escaped, and shown as theirs."""

    text: str


@dataclass(frozen=True)
class RecordRef:
    """A record by its id, with its noun at the first mention in a reply ("Projekt P-1"): `collection` and `key`."""

    collection: str
    key: str
    title: str | None = None


@dataclass(frozen=True)
class Label:
    """What a column of a record is called: `table` is the collection or one of its parts."""

    table: str
    column: str


Inline = str | Label | Say | Bold | Code | Link | Foreign | RecordRef


@dataclass(frozen=True)
class Line:
    """One line or paragraph made of inline nodes, joined without spaces of their own."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Heading:
    """A line that says what follows is about."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Item:
    """One entry of a list, with entries below it."""

    parts: tuple[Any, ...]
    below: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Bullets:
    """A list; `numbered` where people answer by number."""

    items: tuple[Item, ...]
    numbered: int | None = None
    """The number of the first item, None for a plain list."""


@dataclass(frozen=True)
class Quote:
    """Somebody's words, set apart."""

    text: str


Block = Line | Heading | Bullets | Quote


def line(*parts: Any) -> Line:
    """A line of these inline nodes."""
    return Line(parts)


def heading(*parts: Any) -> Heading:
    """A heading of these inline nodes."""
    return Heading(parts)


def item(*parts: Any, below: tuple[Item, ...] = ()) -> Item:
    """A list entry of these inline nodes."""
    return Item(parts, below)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the bot waits for with this reply: see storage.prompts.PromptKind; `body` says how to go on.

    `to` is the Matrix ID that is asked, None for the one who wrote; `minutes` is how long the question stands.
    """

    kind: str
    body: Mapping[str, Any]
    minutes: int = 10
    to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tell:
    """Something that is for one person: because it was done for their city, or because nobody else may read it.

    `person` is a key of the register: the note goes to the direct chat, without one to a room that names them. Or it is
    a Matrix ID: then it goes to the direct chat or nowhere.
    """

    person: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a command answers. `acknowledged`: ✅ says all, the blocks are for those who prefer text.

    `about` is the key of the record shown, for conflicts and for replies to this message. `tell` goes to others.
    `card`: the blocks are how that record stands and nothing else, so that they can be put right later.
    """

    blocks: tuple[Block, ...] = ()
    acknowledged: bool = False
    about: str | None = None
    question: Question | None = None
    tell: tuple[Tell, ...] = ()
    card: bool = False


def reply(*blocks: Block, about: str | None = None, question: Question | None = None) -> Reply:
    """A reply of these blocks."""
    return Reply(blocks=blocks, about=about, question=question)


def done(*blocks: Block, about: str | None = None) -> Reply:
    """A change that ✅ says enough about; the blocks say it for those who prefer text."""
    return Reply(blocks=blocks, acknowledged=True, about=about)
