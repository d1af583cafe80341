"""The written reference of all commands, as Markdown: made from the declarations, so that it cannot be wrong."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from commands.framework import wording
from commands.framework.command import AnyCommand
from commands.framework.help import chapter, examples, never_key, other_spellings
from commands.framework.noun import Noun
from commands.framework.readers import (
    ChoiceReader,
    CountReader,
    DayReader,
    DurationReader,
    EitherReader,
    FormReader,
    ListReader,
    PartialReader,
    Reader,
    RefReader,
)
from commands.framework.render import Renderer
from commands.framework.rights import HOLDERS
from commands.framework.slots import Slot, slots_of
from commands.framework.syntax import signature
from commands.framework.texts import Texts
from storage.values import Language

MOST_NOUNS = 3
"""An argument that may point to more kinds of records than these takes any record."""


KINDS: Mapping[type, str] = {
    RefReader: "framework.kind.record",
    DayReader: "framework.kind.day",
    PartialReader: "framework.kind.partial",
    DurationReader: "framework.kind.duration",
    CountReader: "framework.kind.number",
}
"""How each type of value is described that needs no more said than what it is."""


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
        described = [self.argument(command, slot) for slot in slots_of(command, self.texts)]
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

    def argument(self, command: AnyCommand, slot: Slot) -> str:
        word = slot.arg.words.first(self.language)
        need = self.text("framework.reference.needed" if slot.required else "framework.reference.optional")
        meant = command.question_key(slot.name)
        meaning = f". {self.text(meant)}" if self.texts.has(meant) else ""
        shown = word if slot.placed or slot.rest else f"{word}:"
        return f"- `{shown}` ({need}): {self.kind(slot.reader)}{meaning}"

    def kind(self, reader: Reader) -> str:
        """What is written there, in words."""
        match reader:
            case ListReader():
                return f"{self.kind(reader.item)}; {self.text('framework.kind.several')}"
            case EitherReader():
                return wording.listing([self.kind(each) for each in reader.readers], self.language, choice=True)
            case ChoiceReader():
                shown = [f"`{self.texts.shown(member, self.language)}`" for member in reader.vocabulary]
                return wording.listing(shown, self.language, choice=True)
            case RefReader() if len(reader.collections) <= MOST_NOUNS:
                nouns = [self.texts.noun(collection, self.language) for collection in reader.collections]
                return wording.listing(nouns, self.language, choice=True)
            case FormReader():
                return f"{self.text('framework.kind.such_as')} `{reader.form.like}`"
            case _:
                return self.text(KINDS.get(type(reader), "framework.kind.text"))

    def text(self, key: str) -> str:
        """A text as Markdown: its own markup is a part of that."""
        return self.texts.template(key, self.language).form()
