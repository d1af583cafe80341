"""From the text of a message to commands: several lines, near misses, questions about what is missing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from commands.framework.command import AnyCommand, Args
from commands.framework.fill import Filled, Filling, Slip
from commands.framework.grammar import Chosen, Grammar
from commands.framework.inbound import is_command
from commands.framework.parse_errors import BadValue, ParseError, TooLong, WrongNoun
from commands.framework.readers import shown
from commands.framework.reading import Reading
from commands.framework.reply import Code
from commands.framework.slots import Slot
from commands.framework.tokens import LONGEST, complete_part, normalised
from storage.values import Language

_DEPTH = 2
"""How many slips in one message are mended."""
_MOST_SUGGESTIONS = 5


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """One command of a message with its arguments. `text` is the line as typed, `number` counts from 1.

    `werktage` are the date phrases in it that count Saturdays as working days, to be pointed out.
    """

    command: AnyCommand
    args: Args
    text: str
    number: int
    werktage: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Commands:
    """A message that is nothing but commands, all of them readable."""

    lines: tuple[CommandLine, ...]


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A command that lacks the argument `field`: ask for it, then give `state` (JSON) and the answer to `complete`.

    `choices` are the words to choose from, where the argument has such.
    """

    command: AnyCommand
    field: str
    text: str
    number: int
    state: Mapping[str, Any]
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Near:
    """What may have been meant: whole messages, corrected and ready to be parsed, the nearest first."""

    suggestions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotACommand:
    """A question, or talk; without the name of the bot that it began with."""

    text: str


Parsed = Commands | Missing | Near | NotACommand


def parse_message(text: str, *, grammar: Grammar, reading: Reading) -> Parsed:
    """Read a message. Raises ParseError, with the place and a corrected command, where it cannot be read."""
    if len(text) > LONGEST:
        return _too_long(text, reading)
    said = _without_mention(normalised(text), reading.called)
    if is_command(said):
        return _Message(blocks=_blocks(said), answers=(), grammar=grammar, reading=reading).parsed()
    if reading.bang_needed or "?" in said:
        return NotACommand(text=said.strip())
    return _without_bang(said, grammar, reading) or NotACommand(text=said.strip())


def complete(state: Mapping[str, Any], answer: str, *, grammar: Grammar, reading: Reading) -> Parsed:
    """Read the message of a `Missing` again with the answer to its question. Raises ParseError as `parse_message`.

    The names in `reading` must be those of `text_of(state, answer)`.
    """
    if len(answer) > LONGEST:
        return _too_long("!" + answer, reading)
    answers = (*map(tuple, state["answers"]), (state["command"], state["field"], normalised(answer).strip()))
    return _Message(blocks=_blocks(state["text"]), answers=answers, grammar=grammar, reading=reading).parsed()


def text_of(state: Mapping[str, Any], answer: str) -> str:
    """All that has been typed so far, to look up names in."""
    return "\n".join((state["text"], *(given for _, _, given in state["answers"]), answer))


def _too_long(text: str, reading: Reading) -> NotACommand:
    if reading.bang_needed and not is_command(text):
        return NotACommand(text=text[:LONGEST])
    raise TooLong(length=len(text), longest=LONGEST)


# --- lines -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Block:
    """One command as typed, without its `!`, and the lines below it up to the next one."""

    number: int
    line: str
    more: str = ""

    @property
    def text(self) -> str:
        return "\n".join(("!" + self.line, *([self.more] if self.more else [])))


def _without_mention(text: str, called: Sequence[str]) -> str:
    """The text without the bot's name at the beginning, or before a `!` in its first line."""
    names = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True) if name)
    if not names:
        return text
    found = re.match(rf"\s*@?(?:{names})(?:\s*[:,](?=\s|!|$)|(?=\s|$))\s*", text, re.IGNORECASE) or re.match(
        rf"[^\n!]*?(?<!\w)@?(?:{names})\s*[:,]?\s+(?=!\w)", text, re.IGNORECASE
    )
    return text[found.end() :] if found else text


def _blocks(text: str) -> tuple[_Block, ...]:
    """The commands of a message that begin with `!`; talk before the first is none of ours."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if is_command(line)]
    ends = [*starts[1:], len(lines)]
    return tuple(
        _Block(number=start + 1, line=lines[start].strip()[1:], more="\n".join(lines[start + 1 : end]).strip("\n"))
        for start, end in zip(starts, ends, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class _Message:
    """A message that consists of commands, with the answers given so far: which command, which argument, text."""

    blocks: tuple[_Block, ...]
    answers: tuple[tuple[int, str, str], ...]
    grammar: Grammar
    reading: Reading
    depth: int = 0

    def parsed(self) -> Parsed:
        """All lines, or what is wrong with the first that cannot be read."""
        lines: list[CommandLine] = []
        for index, block in enumerate(self.blocks):
            try:
                read = self._read(index, block)
            except Slip as slip:
                return self._near(index, slip)
            except ParseError as error:
                raise self._placed(error, block) from None
            if isinstance(read, Missing):
                return read
            lines.append(read)
        return Commands(lines=tuple(lines))

    def _read(self, index: int, block: _Block) -> CommandLine | Missing:
        answers = [(field, text) for at, field, text in self.answers if at == index]
        line = _Line(block=block, grammar=self.grammar, reading=self.reading, answers=answers)
        chosen, filled = line.read()
        if filled.lacking:
            return self._missing(index, chosen.command, filled.lacking)
        return line.finished(chosen.command, filled)

    def _missing(self, index: int, command: AnyCommand, slot: Slot) -> Missing:
        return Missing(
            command=command,
            field=slot.name,
            text=self.blocks[index].text,
            number=self.blocks[index].number,
            state={
                "text": "\n".join(block.text for block in self.blocks),
                "answers": [list(answer) for answer in self.answers],
                "command": index,
                "field": slot.name,
            },
            choices=tuple(slot.vocabulary or ()),
        )

    def _placed(self, error: ParseError, block: _Block) -> ParseError:
        """The error with its line, where there are several."""
        error.number = block.number if len(self.blocks) > 1 else None
        return error

    def _near(self, index: int, slip: Slip) -> Near:
        """The message with the slip mended in each way that can be read then."""
        block = self.blocks[index]
        line = self.grammar.spelled_out(block.line, banged=True)
        found = [text for mended in slip.corrected(line) for text in self._readable(index, mended)]
        if not found:
            raise self._placed(slip.otherwise, block)
        return Near(suggestions=tuple(dict.fromkeys(found))[:_MOST_SUGGESTIONS])

    def _readable(self, index: int, line: str) -> tuple[str, ...]:
        if self.depth == _DEPTH:
            return ()
        blocks = tuple(replace(one, line=line) if at == index else one for at, one in enumerate(self.blocks))
        try:
            parsed = replace(self, blocks=blocks, depth=self.depth + 1).parsed()
        except ParseError:
            return ()
        return parsed.suggestions if isinstance(parsed, Near) else ("\n".join(one.text for one in blocks),)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One command being read."""

    block: _Block
    grammar: Grammar
    reading: Reading
    answers: Sequence[tuple[str, str]] = ()
    banged: bool = True

    def read(self) -> tuple[Chosen, Filled]:
        """The command and the values of its arguments. Raises Slip or ParseError."""
        line = self.grammar.spelled_out(self.block.line, banged=self.banged)
        chosen: Chosen | None = None
        try:
            chosen = self.grammar.choose(line, self.reading, banged=self.banged)
            return chosen, self._filled(line, chosen)
        except Slip as slip:
            self._explain(slip.otherwise, line, chosen)
            raise
        except ParseError as error:
            self._explain(error, line, chosen)
            raise self._offered_instead(error, line, chosen) from None

    def _filled(self, line: str, chosen: Chosen) -> Filled:
        filling = Filling(self.grammar.slots(chosen.command), self.reading)
        filling.take(line, chosen.at, self.block.more)
        so_far = line
        for name, text in self.answers:
            field = filling.called(name)
            try:
                filling.answer(name, text)
            except ParseError as error:
                # Only the answer was typed; the next correct command is the whole line.
                error.at = len(line)
                error.hint = error.hint and f"{so_far} {field}:{error.hint}"
                raise
            so_far += f' {field}:"{text}"' if " " in text else f" {field}:{text}"
        return filling.finish()

    def _offered_instead(self, error: ParseError, line: str, chosen: Chosen | None) -> Exception:
        """For a mistyped object or a wrong pair of verb and noun what fits, else the error as it is."""
        if isinstance(error, WrongNoun):
            verb = line.split(maxsplit=1)[0]
            error.facts["verb"] = Code("!" + verb)
            siblings = self.grammar.siblings(line, error.facts["record"].collection, self.reading.language)
            return Slip(0, len(verb), siblings, otherwise=error) if siblings else error
        near = self.grammar.objects_near(line, chosen) if chosen and error.at <= chosen.at else ()
        return Slip(*near, otherwise=error) if near else error

    def _explain(self, error: ParseError, line: str, chosen: Chosen | None) -> None:
        """Say in the error what was understood of the line, and what is the next correct command."""
        before = complete_part(line[: error.at])
        if before and error.understood is None:
            error.understood = Code("!" + before)
        if error.hint is None and chosen:
            error.hint = _example(chosen.command, self.reading.language)
        if error.hint and not error.hint.startswith("!"):
            error.hint = "!" + error.hint

    def finished(self, command: AnyCommand, filled: Filled) -> CommandLine:
        """The command with its arguments. Raises ParseError where the model refuses them."""
        block = self.block
        try:
            args = command.args(**filled.values)
        except ValidationError as refused:
            raise self._refused(command, refused) from None
        return CommandLine(command=command, args=args, text=block.text, number=block.number, werktage=filled.werktage)

    def _refused(self, command: AnyCommand, refused: ValidationError) -> ParseError:
        first = refused.errors()[0]
        name = first["loc"][0] if first["loc"] else ""
        language = self.reading.language
        slot = next((slot for slot in self.grammar.slots(command) if slot.name == name), None)
        field = Code(slot.arg.words.first(language) if slot else command.verb.first(language))
        example = _example(command, language) or ""
        return BadValue(field=field, given=shown(str(first["input"])), like=Code(example), hint=example)


def _example(command: AnyCommand, language: Language) -> str | None:
    for example in command.examples:
        return example.de if language is Language.DE else example.en
    return None


# --- without `!` -----------------------------------------------------------------------------------------------------


def _without_bang(text: str, grammar: Grammar, reading: Reading) -> Parsed | None:
    """Lines that are commands from their first to their last word; one that is nearly so is offered."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        return None
    each = tuple(_Block(number=number, line=line) for number, line in lines)
    first = _Block(number=lines[0][0], line=lines[0][1], more="\n".join(line for _, line in lines[1:]))
    for blocks in dict.fromkeys((each, (first,))):
        read = [_complete(block, grammar, reading) for block in blocks]
        if all(read):
            return Commands(lines=tuple(line for line in read if line))
    return _offered(first, grammar, reading)


def _complete(block: _Block, grammar: Grammar, reading: Reading) -> CommandLine | None:
    """The command of a line without `!`, None unless every word of it has its place."""
    line = _Line(block=block, grammar=grammar, reading=reading, banged=False)
    try:
        chosen, filled = line.read()
        whole = not filled.lacking and not (filled.loose and chosen.command.changes)
        return line.finished(chosen.command, filled) if whole else None
    except (ParseError, Slip):
        return None


def _offered(block: _Block, grammar: Grammar, reading: Reading) -> Near | None:
    """What a half-fitting line may mean: something was understood beside the verb, or nothing was left over."""
    suggestions = tuple(_half_fitting(block, grammar, reading))
    return Near(suggestions=tuple(dict.fromkeys(suggestions))[:_MOST_SUGGESTIONS]) if suggestions else None


def _half_fitting(block: _Block, grammar: Grammar, reading: Reading) -> Iterator[str]:
    line = _Line(block=block, grammar=grammar, reading=reading, banged=False)
    try:
        _, filled = line.read()
    except Slip as slip:
        yield from _complete_ones(slip.corrected(grammar.spelled_out(block.line, banged=False)), grammar, reading)
    except ParseError as error:
        understood = complete_part(grammar.spelled_out(block.line, banged=False)[: error.at])
        yield from _complete_ones((understood,), grammar, reading)
    else:
        if filled.given or filled.lacking:
            yield block.text


def _complete_ones(lines: Iterable[str], grammar: Grammar, reading: Reading) -> Iterator[str]:
    """Those of the mended lines that are commands with at least one argument typed."""
    for line in filter(None, lines):
        block = _Block(number=1, line=line)
        try:
            _, filled = _Line(block=block, grammar=grammar, reading=reading, banged=False).read()
        except (ParseError, Slip):
            continue
        if filled.given:
            yield block.text
