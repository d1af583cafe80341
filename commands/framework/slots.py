"""The arguments of a command, each with its way to read it."""

import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from commands.framework.command import AnyCommand, Arg, How
from commands.framework.readers import (
    ChoiceReader,
    CountReader,
    DayReader,
    DurationReader,
    EitherReader,
    FormReader,
    LineReader,
    ListReader,
    PartialReader,
    Reader,
    RefReader,
)
from commands.framework.refs import Ref, To, Which
from commands.framework.texts import Texts
from commands.framework.tokens import folded
from storage.values import Duration, Form, PartialDate, Vocabulary, Wording

_LONGEST_LINE = 500


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One argument of a command: its field in the model, how it is written, and its reader."""

    name: str
    arg: Arg
    required: bool
    many: bool
    reader: Reader

    @property
    def placed(self) -> bool:
        """Recognised by place and type."""
        return self.arg.how is How.PLACE

    @property
    def rest(self) -> bool:
        """The free text."""
        return self.arg.how is How.REST

    @property
    def greedy(self) -> bool:
        """Takes any words there are, up to the next field or dash."""
        return isinstance(_item(self.reader), LineReader)

    @property
    def collections(self) -> tuple[str, ...]:
        """The lists that it may point to; empty for anything but references."""
        item = _item(self.reader)
        return item.collections if isinstance(item, RefReader) else ()

    @property
    def vocabulary(self) -> type[Vocabulary] | None:
        """The words it takes, if these are a closed set."""
        item = _item(self.reader)
        return item.vocabulary if isinstance(item, ChoiceReader) else None

    @property
    def phrases(self) -> tuple[str, ...]:
        """What may be typed for the words of its vocabulary, in both languages."""
        item = _item(self.reader)
        return tuple(phrase for phrase, _ in item.phrases.values()) if isinstance(item, ChoiceReader) else ()


@lru_cache(maxsize=1024)
def slots_of(command: AnyCommand, texts: Texts) -> tuple[Slot, ...]:
    """The arguments of a command in the order of its model. Raises TypeError for a type that cannot be typed in."""
    return tuple(_slots(command, texts))


def _slots(command: AnyCommand, texts: Texts) -> Iterator[Slot]:
    for name, field in command.args.model_fields.items():
        arg = next((mark for mark in field.metadata if isinstance(mark, Arg)), None)
        if arg is None:
            raise TypeError(f"{command.name}: {name} does not say how it is given")
        reader = _reader(field.rebuild_annotation(), (), texts)
        many = isinstance(reader, ListReader)
        yield Slot(name=name, arg=arg, required=field.is_required(), many=many, reader=reader)


def _reader(hint: Any, marks: tuple[Any, ...], texts: Texts) -> Reader:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _reader(arguments[0], (*marks, *arguments[1:]), texts)
    if origin in (Union, types.UnionType):
        readers = [_reader(kind, marks, texts) for kind in arguments if kind is not type(None)]
        return readers[0] if len(readers) == 1 else EitherReader(readers=tuple(readers))
    if origin is tuple:
        item = _reader(arguments[0], (), texts)
        return ListReader(item=replace(item, commas=False) if isinstance(item, FormReader) else item)
    if isinstance(hint, type) and issubclass(hint, Vocabulary):
        return ChoiceReader(vocabulary=hint, phrases=_phrases(hint, texts))
    return _plain_reader(hint, marks)


def _phrases(vocabulary: type[Vocabulary], texts: Texts) -> dict[str, tuple[str, Vocabulary]]:
    words = texts.words(vocabulary)
    return {folded(phrase): (phrase, member) for member, phrases in words.items() for phrase in phrases}


def _plain_reader(hint: Any, marks: tuple[Any, ...]) -> Reader:
    if hint is Ref:
        return RefReader(collections=next(mark.collections for mark in marks if isinstance(mark, To)))
    if hint is date:
        return DayReader(which=next((mark for mark in marks if isinstance(mark, Which)), Which()))
    if hint is str:
        form = next((mark for mark in marks if isinstance(mark, Form)), None)
        wording = next((mark for mark in marks if isinstance(mark, Wording)), Wording(_LONGEST_LINE))
        return FormReader(form=form) if form else LineReader(longest=wording.longest, lines=wording.lines)
    if hint is int:
        return CountReader()
    if hint is PartialDate:
        return PartialReader()
    if hint is Duration:
        return DurationReader()
    raise TypeError(f"no way to type in {hint}")


def _item(reader: Reader) -> Reader:
    return reader.item if isinstance(reader, ListReader) else reader
