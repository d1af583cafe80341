"""Commands as values: declared once, read by the parser, the help, the written reference and the tests."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from commands.framework.caller import Caller
from commands.framework.reply import Block, Reply
from storage.values import Language
from storage.work import Work


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one thing in both languages; the first of each is the one that help shows."""

    de: tuple[str, ...]
    en: tuple[str, ...]

    def first(self, language: Language) -> str:
        """The word that help shows."""
        return (self.de if language is Language.DE else self.en)[0]

    @property
    def all(self) -> tuple[str, ...]:
        """Every word, German first; both languages always work."""
        return tuple(dict.fromkeys((*self.de, *self.en)))


def words(de: str, en: str) -> Words:
    """Make words from texts: `words("status stand", "update status")`, separated by blanks."""
    return Words(de=tuple(de.split()), en=tuple(en.split()))


class Right(StrEnum):
    """Who may run a command; what a seat may do to a record is decided when the record is loaded."""

    EVERYBODY = "everybody"
    SEATED = "seated"
    STAFF = "staff"
    COORDINATION = "coordination"
    ADMINISTRATION = "administration"


class How(StrEnum):
    """How an argument is given: in its place, as `name:value` only, or as the free text at the end."""

    PLACE = "place"
    FIELD = "field"
    REST = "rest"


@dataclass(frozen=True, kw_only=True)
class Arg:
    """How one field of an `Args` model is written.

    `words` name it as a field (`bis:…`); a placed argument may also be given by name. The order of placed arguments
    is that of the model, but a value of another type may come first.
    """

    how: How
    words: Words


class Args(BaseModel):
    """Base of a command's arguments: fields are `Annotated[type, Arg(…)]`; required ones are asked for if missing."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


def placed(de: str, en: str) -> Arg:
    """An argument recognised by its place and type, or by name."""
    return Arg(how=How.PLACE, words=words(de, en))


def named(de: str, en: str) -> Arg:
    """An argument that is always given by name: `bis:11.12.`."""
    return Arg(how=How.FIELD, words=words(de, en))


def rest(de: str, en: str) -> Arg:
    """The free text: after a dash, or from the first word that is nothing else."""
    return Arg(how=How.REST, words=words(de, en))


A = TypeVar("A", bound=Args)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One line as people would type it, in both languages; every example is a test."""

    de: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Never:
    """Why the effect of a command cannot be undone; `reason` names a sentence in the texts."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Command(Generic[A]):
    """A command. `name` is `<room>.<word>`: its texts stand at `<room>.command.<word>`.

    `verb` and, where several commands share it, `object` ("neu projekt") or `subject` (the collection of the first
    argument: "zeige P-1" against "zeige M") tell it from others. `changes`: False for commands that only read.
    `bang`: a line without `!` is never this command.

    `preview` says what is about to happen where that cannot be undone or leaves the room: its blocks are shown, and the
    command runs when the same person says yes. None: this time nothing needs to be confirmed. Like `run` it raises what
    stands against it; unlike `run` it changes nothing.
    """

    name: str
    verb: Words
    args: type[A]
    run: Callable[[Work, Caller, A], Awaitable[Reply]]
    right: Right
    examples: tuple[Example, ...]
    object: Words | None = None
    subject: str | None = None
    changes: bool = True
    bang: bool = False
    undo: Never | None = None
    preview: Callable[[Work, Caller, A], Awaitable[tuple[Block, ...] | None]] | None = None

    def text_key(self, part: str) -> str:
        """Where a text of this command stands: its `title`, `help` or `notes`."""
        room, _, word = self.name.partition(".")
        return f"{room}.command.{word}.{part}"

    def question_key(self, field: str) -> str:
        """Where the question stands that asks for a missing argument."""
        room, _, word = self.name.partition(".")
        return f"{room}.arg.{word}.{field}"


AnyCommand = Command[Any]
