"""The written reference of all commands, as Markdown: made from the declarations, so that it cannot be wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from typing import Annotated, Any, get_args, get_origin
from zoneinfo import ZoneInfo

from commands.framework import wording
from commands.framework.command import AnyCommand, Arg, How
from commands.framework.help import chapter, examples, never_key, other_spellings
from commands.framework.noun import Noun
from commands.framework.refs import To
from commands.framework.render import Renderer
from commands.framework.rights import HOLDERS
from commands.framework.syntax import signature
from commands.framework.texts import Texts
from storage.values import Duration, Language

MOST_NOUNS = 3
"""An argument that may point to more kinds of records than these takes any record."""


@dataclass(frozen=True, kw_only=True)
class _Argument:
    """One argument of a command: its declaration, the types it is made of, and whether it may be left out."""

    name: str
    arg: Arg
    types: tuple[Any, ...]
    lists: tuple[str, ...]
    required: bool


def reference(nouns: Sequence[Noun], language: Language, texts: Texts) -> str:
    """The whole page: the grammar all commands share, then every command by its noun."""
    writer = _Writer(texts, language)
    return "\n".join(chain(writer.opening(), *(writer.chapter(noun) for noun in nouns if noun.commands), [""]))


class _Writer:
    """Writes in one language."""

    def __init__(self, texts: Texts, language: Language) -> None:
        self.texts = texts
        self.language = language
        self.renderer = Renderer(texts, language, ZoneInfo("Europe/Berlin"))

    def opening(self) -> Iterator[str]:
        yield f"# {self.text('framework.reference.title')}\n"
        yield f"{self.text('framework.reference.opening')}\n"
        yield self.text("framework.reference.grammar")

    def chapter(self, noun: Noun) -> Iterator[str]:
        yield f"\n## {chapter(noun, self.language, self.texts)}"
        for command in noun.commands:
            yield from self.command(command)

    def command(self, command: AnyCommand) -> Iterator[str]:
        yield f"\n### {self.text(command.text_key('title'))}\n"
        yield f"    {signature(command, self.language, self.texts)}\n"
        yield self.text(command.text_key("help"))
        if self.texts.has(command.text_key("notes")):
            yield f"\n{self.text(command.text_key('notes'))}"
        described = [self.argument(command, argument) for argument in _arguments(command)]
        yield from ["", *described] if described else []
        yield ""
        yield from self.facts(command)

    def facts(self, command: AnyCommand) -> Iterator[str]:
        shown = " · ".join(f"`{example}`" for example in examples(command, self.language))
        yield f"{self.text('framework.reference.examples')}: {shown}\\"
        others = other_spellings(command, self.language)
        if others and not command.object:
            yield f"{self.text('framework.reference.also')}: {' · '.join(f'`{word}`' for word in others)}\\"
        yield f"{self.text('framework.reference.who')}: {self.renderer.inline(HOLDERS[command.right])}\\"
        yield f"{self.text('framework.reference.undo')}: {self.undo(command)}"

    def undo(self, command: AnyCommand) -> str:
        never = never_key(command)
        if never:
            return f"{self.text('framework.reference.no')}. {self.text(never)}"
        return self.text("framework.reference.yes" if command.changes else "framework.reference.nothing_to_undo")

    def argument(self, command: AnyCommand, argument: _Argument) -> str:
        word = argument.arg.words.first(self.language)
        need = self.text("framework.reference.needed" if argument.required else "framework.reference.optional")
        meant = command.question_key(argument.name)
        meaning = f". {self.text(meant)}" if self.texts.has(meant) else ""
        shown = f"`{word}:`" if argument.arg.how is How.FIELD else f"`{word}`"
        return f"- {shown} ({need}): {self.kind(argument)}{meaning}"

    def kind(self, argument: _Argument) -> str:
        """What is written there, in words."""
        if len(argument.lists) > MOST_NOUNS:
            return self.text("framework.kind.record")
        if argument.lists:
            nouns = [self.texts.noun(collection, self.language) for collection in argument.lists]
            return wording.listing(nouns, self.language, choice=True)
        for kind in argument.types:
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                shown = [f"`{self.texts.shown(member, self.language)}`" for member in kind]
                return wording.listing(shown, self.language, choice=True)
        return self.text(_kind_key(argument))

    def text(self, key: str) -> str:
        """A text as Markdown: its own markup is a part of that."""
        return self.texts.template(key, self.language).form()


def _kind_key(argument: _Argument) -> str:
    kinds = argument.types
    if argument.arg.how is How.REST:
        return "framework.kind.text"
    if datetime in kinds:
        return "framework.kind.instant"
    if date in kinds:
        return "framework.kind.day"
    if Duration in kinds:
        return "framework.kind.duration"
    return "framework.kind.number" if int in kinds else "framework.kind.words"


def _arguments(command: AnyCommand) -> Iterator[_Argument]:
    for name, declared in command.args.model_fields.items():
        parts = tuple(_parts(declared.rebuild_annotation()))
        arg = next(part for part in parts if isinstance(part, Arg))
        yield _Argument(
            name=name,
            arg=arg,
            types=tuple(part for part in parts if isinstance(part, type)),
            lists=tuple(c for part in parts if isinstance(part, To) for c in part.collections),
            required=declared.is_required(),
        )


def _parts(kind: Any) -> Iterator[Any]:
    """Every type and mark that an annotation is made of."""
    if get_origin(kind) is None:
        yield kind
    elif get_origin(kind) is Annotated:
        yield from kind.__metadata__
        yield from _parts(get_args(kind)[0])
    else:
        yield from chain.from_iterable(map(_parts, get_args(kind)))
