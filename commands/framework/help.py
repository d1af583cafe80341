"""Help: what this person may do, in eight lines; how one command is written; what an unknown word may have meant."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from rapidfuzz import fuzz, process

from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Words, words
from commands.framework.noun import Noun
from commands.framework.refusal import Refusal
from commands.framework.reply import (
    Block,
    Bold,
    Bullets,
    Code,
    Foreign,
    Item,
    Line,
    Reply,
    Say,
    heading,
    item,
    line,
    reply,
    say,
)
from commands.framework.rights import HOLDERS, allows
from commands.framework.syntax import signature
from commands.framework.texts import Texts
from storage.folding import fold_words
from storage.values import Language

HELP = words("hilfe", "help")
"""The words that the command itself is declared with."""

MOST_GROUPS = 6
"""With the line above and the line below them, eight."""

MOST_LISTED = 9
"""Commands with a line of their own; what is beyond them shares the tenth."""

EXAMPLES = 2
LIKE = 70
"""How alike (0 to 100) a word must be to be offered in place of an unknown one."""


class UnknownTopic(Refusal):
    """There is no help on these words; fact `given`."""


def help_overview(nouns: Sequence[Noun], caller: Caller, texts: Texts) -> Reply:
    """What the caller may do with their seats of today: eight lines at most, the nouns in their order."""
    groups: dict[str, dict[str, None]] = {}
    for noun in nouns:
        for command in _allowed(noun.commands, caller):
            label = chapter(noun, caller.language, texts)
            groups.setdefault(label, {})[called(command, caller.language)] = None
    rows = [(label, tuple(words)) for label, words in groups.items()]
    if len(rows) > MOST_GROUPS:
        rest = tuple(dict.fromkeys(chain.from_iterable(words for _, words in rows[MOST_GROUPS - 1 :])))
        rows[MOST_GROUPS - 1 :] = [(_text("framework.help.others", caller.language, texts), rest)]
    lines = tuple(item(Bold(label), ": ", *_in_a_row(words)) for label, words in rows)
    return reply(_greeting(caller), Bullets(lines), line(say("framework.help.more", word=_help(caller.language))))


def help_on(nouns: Sequence[Noun], topic: str, caller: Caller, texts: Texts) -> Reply:
    """Help on the commands that `topic` names; raises UnknownTopic with the nearest one as its hint."""
    found = find_commands(nouns, topic)
    if found:
        return help_for(found, caller, texts)
    nearest = nearest_command(nouns, topic)
    word = f" {called(nearest, caller.language).removeprefix('!')}" if nearest else ""
    raise UnknownTopic(given=Foreign(topic), hint=f"{_help(caller.language)}{word}")


def help_for(commands: Sequence[AnyCommand], caller: Caller, texts: Texts) -> Reply:
    """How one command is written and who may use it; of several, one line each."""
    plain = [command for command in commands if command.object is None and command.subject is None]
    if len(commands) == 1 or len(plain) == 1:
        # "sitz" means the command of that name; "sitz anfragen" is only mentioned.
        one = plain[0] if plain else commands[0]
        others = tuple(_in_short(command, caller, texts) for command in commands if command is not one)
        return reply(*_explained(one, caller, texts), *([Bullets(others)] if others else []))
    items = [_in_short(command, caller, texts) for command in commands[:MOST_LISTED]]
    rest = tuple(called(command, caller.language) for command in commands[MOST_LISTED:])
    if rest:
        items.append(item(say("framework.help.others"), ": ", *_in_a_row(rest)))
    example = f"{_help(caller.language)} {_topic(commands[0], caller.language, texts)}"
    return reply(Bullets(tuple(items)), line(say("framework.help.one_of", example=Code(example))))


def _topic(command: AnyCommand, language: Language, texts: Texts) -> str:
    """The words that ask for help on this very command: `neu projekt`, `zeige projekt`."""
    topic = called(command, language).removeprefix("!")
    return f"{topic} {texts.noun(command.subject, language, 1).lower()}" if command.subject else topic


def _in_short(command: AnyCommand, caller: Caller, texts: Texts) -> Item:
    return item(Code(signature(command, caller.language, texts)), ": ", title(command))


def find_commands(nouns: Sequence[Noun], topic: str) -> tuple[AnyCommand, ...]:
    """The commands meant by `status`, `!neu projekt` or, for all of a noun, `projekt`; words of both languages work."""
    asked = fold_words(topic)
    every = tuple(chain.from_iterable(noun.commands for noun in nouns))
    nouns_words = {noun.collection: noun.words for noun in nouns}
    # A verb may be of two words, as "identität-annehmen" is.
    by_verb = [c for c in every if _is(c.verb, asked)] or [
        c
        for c in every
        if _is(c.verb, asked[:1])
        and (_is(c.object, asked[1:]) or (c.subject and _is(nouns_words.get(c.subject), asked[1:])))
    ]
    of_noun = [c for noun in nouns if _is(noun.words, asked) for c in noun.commands]
    by_object = [c for c in every if _is(c.object, asked)]
    found = by_verb or [*of_noun, *by_object]
    return tuple({command.name: command for command in found}.values())


def nearest_command(nouns: Sequence[Noun], given: str) -> AnyCommand | None:
    """The command whose words are most like unknown ones, None where none is alike."""
    every = chain.from_iterable(noun.commands for noun in nouns)
    typed = [(_folded(words), command) for command in every for words in _spellings(command)]
    found = process.extractOne(_folded(given), [words for words, _ in typed], scorer=fuzz.ratio, score_cutoff=LIKE)
    return typed[found[2]][1] if found else None


def chapter(noun: Noun, language: Language, texts: Texts) -> str:
    """What a room is about; rooms without records of their own share one name."""
    if noun.collection is None:
        return _text("framework.help.general", language, texts)
    many = texts.noun(noun.collection, language, 2)
    return many[:1].upper() + many[1:]


def called(command: AnyCommand, language: Language) -> str:
    """The words that begin the command: `!status`, `!neu projekt`."""
    parts = (command.verb, command.object) if command.object else (command.verb,)
    return "!" + " ".join(part.first(language) for part in parts)


def title(command: AnyCommand) -> Say:
    """What the command does, in two or three words."""
    return Say(command.text_key("title"))


def never_key(command: AnyCommand) -> str | None:
    """The key of the reason why it cannot be undone, None where it can."""
    return f"{command.name.split('.', 1)[0]}.never.{command.undo.reason}" if command.undo else None


def reason_never(nouns: Iterable[Noun], name: str) -> Say | None:
    """Why what the command of this name did cannot be undone; None where it can, and for what no command did."""
    command = next((c for noun in nouns for c in noun.commands if c.name == name), None)
    key = never_key(command) if command else None
    return Say(key) if key else None


def other_spellings(command: AnyCommand, language: Language) -> tuple[str, ...]:
    """What may be typed in place of the words that help shows."""
    return tuple(f"!{words}" for words in _spellings(command) if f"!{words}" != called(command, language))


def _explained(command: AnyCommand, caller: Caller, texts: Texts) -> Iterator[Block]:
    yield heading(title(command))
    yield line(Code(signature(command, caller.language, texts)))
    yield line(Say(command.text_key("help")))
    if texts.has(command.text_key("notes")):
        yield line(Say(command.text_key("notes")))
    yield Bullets(tuple(item(Code(example)) for example in examples(command, caller.language)[:EXAMPLES]))
    others = other_spellings(command, caller.language)
    if others and not command.object:
        yield line(say("framework.help.also", words=tuple(map(Code, others))))
    yield from _conditions(command, caller)


def _conditions(command: AnyCommand, caller: Caller) -> Iterator[Line]:
    never = never_key(command)
    if never:
        yield line(say("framework.help.never", why=Say(never)))
    who = HOLDERS[command.right]
    if allows(command.right, caller):
        yield line(say("framework.help.who", who=who))
    else:
        yield line(say("framework.help.not_you", who=who))


def examples(command: AnyCommand, language: Language) -> tuple[str, ...]:
    """Its examples in this language, each once."""
    both = ((example.de, example.en) for example in command.examples)
    return tuple(dict.fromkeys(german if language is Language.DE else english for german, english in both))


def _greeting(caller: Caller) -> Line:
    if caller.seats:
        seats = tuple(say("framework.help.seat", role=s.record.role, city=s.record.city) for s in caller.seats)
        return line(say("framework.help.seats", seats=seats))
    if caller.coordinates:
        return line(say("framework.help.administration"))
    return line(say("framework.help.nobody", mxid=Code(caller.mxid)))


def _text(key: str, language: Language, texts: Texts) -> str:
    return texts.template(key, language).form()


def _help(language: Language) -> str:
    return f"!{HELP.first(language)}"


def _in_a_row(words: Sequence[str]) -> Iterator[Code | str]:
    for position, word in enumerate(words):
        yield from [", "] if position else []
        yield Code(word)


def _allowed(commands: Sequence[AnyCommand], caller: Caller) -> Iterator[AnyCommand]:
    return (command for command in commands if allows(command.right, caller))


def _is(words: Words | None, asked: Sequence[str]) -> bool:
    return words is not None and " ".join(asked) in {_folded(word) for word in words.all}


def _spellings(command: AnyCommand) -> tuple[str, ...]:
    objects = command.object.all if command.object else ("",)
    return tuple(f"{verb} {object_}".strip() for verb in command.verb.all for object_ in objects)


def _folded(text: str) -> str:
    return " ".join(fold_words(text))
