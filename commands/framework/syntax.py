"""How a command is written, as one line."""

from collections.abc import Mapping, Sequence

from commands.framework.command import AnyCommand
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
from commands.framework.reply import Say, say
from commands.framework.slots import Slot, slots_of
from commands.framework.texts import Texts
from storage.values import Language

_FEW = 4
"""A field shows its words themselves where there are no more than these."""

_KINDS: Mapping[type, Say] = {
    DayReader: say("framework.parse.day"),
    PartialReader: say("framework.parse.day"),
    DurationReader: say("framework.parse.duration"),
    CountReader: say("framework.parse.count"),
    RefReader: say("framework.parse.record"),
    ChoiceReader: say("framework.parse.word"),
}
_TEXT = say("framework.parse.text")


def signature(command: AnyCommand, language: Language, texts: Texts) -> str:
    """The syntax of a command: `!status PROJEKT [AMPEL] [bis:DATUM] [– TEXT]`. What may be left out is in brackets."""
    first = [one.first(language) for one in (command.verb, command.object) if one]
    # Placed arguments come first, then fields, then the free text.
    slots = sorted(slots_of(command, texts), key=lambda slot: (slot.rest, not slot.placed))
    return "!" + " ".join((*first, *(_part(slot, slots, language, texts) for slot in slots)))


def _part(slot: Slot, slots: Sequence[Slot], language: Language, texts: Texts) -> str:
    word = slot.arg.words.first(language)
    if slot.rest:
        part = f"– {word.upper()}" if len(slots) > 1 else word.upper()
    elif slot.placed:
        part = word.upper()
    else:
        part = f"{word}:{_kind(slot.reader, language, texts)}"
    return part if slot.required else f"[{part}]"


def _kind(reader: Reader, language: Language, texts: Texts) -> str:
    """What kind of value a reader takes."""
    match reader:
        case ListReader():
            return f"{_kind(reader.item, language, texts)},…"
        case EitherReader():
            return "|".join(dict.fromkeys(_kind(one, language, texts) for one in reader.readers))
        case ChoiceReader() if len(reader.vocabulary) <= _FEW:
            return "|".join(texts.shown(member, language) for member in reader.vocabulary)
        case RefReader() if len(reader.collections) == 1:
            return texts.noun(reader.collections[0], language).upper()
        case FormReader():
            return reader.form.like
        case _:
            return texts.template(_KINDS.get(type(reader), _TEXT).key, language).form()
