"""What can be wrong with a command as it was typed: facts for the texts, and where it went wrong."""

from typing import Any

from commands.framework.refusal import Refusal


class ParseError(Refusal):
    """A line that cannot be read. `number` says which one, where the message has several commands."""

    def __init__(self, *, at: int = 0, hint: str | None = None, understood: Any = None, **facts: Any) -> None:
        """Keep the facts, and `at`: how much of the line had been understood."""
        super().__init__(hint=hint, understood=understood, **facts)
        self.at = at


class TooLong(ParseError):
    """The message is longer than any command; facts `length` and `longest` in characters."""


class TextTooLong(ParseError):
    """One text is longer than its field holds; facts `field`, `length`, `longest`."""


class UnknownCommand(ParseError):
    """No command begins with this word; fact `given`."""


class UnknownField(ParseError):
    """The command has no field of this name; facts `given` and `fields`, those that it has."""


class GivenTwice(ParseError):
    """One argument was given two times; facts `field` and `given`, the second value."""


class BadChoice(ParseError):
    """None of the words that an argument knows; facts `field`, `given` and `allowed`."""


class BadValue(ParseError):
    """Not what an argument takes; facts `field`, `given` and `like`, an example."""


class NoSuchDate(ParseError):
    """A date that no calendar has; fact `given`."""


class OtherWeekday(ParseError):
    """A date whose weekday is not the one named beside it; facts `given` and `day`, the date with its real weekday."""


class UnknownName(ParseError):
    """Nothing that may be seen is called so; fact `given`. `collections` are the lists it was sought in."""

    collections: tuple[str, ...] = ()


class AmbiguousName(ParseError):
    """Several records are called so; facts `given` and `candidates`."""


class WrongNoun(ParseError):
    """The verb does not fit what it was used for; facts `verb` and `record`."""


class NeedsRecord(ParseError):
    """The verb fits several kinds of records and none is named; facts `verb` and `examples`."""


class LeftOver(ParseError):
    """Words that belong to nothing; fact `words`."""
