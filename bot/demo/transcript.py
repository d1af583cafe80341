"""The conversation on paper: who says what in which room; the bot is told apart without colour."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from bot.demo.person import Heard, Person

WIDEST = 110
FOR_EVER = 10 * 365 * 24 * 3600.0
_BAR = "  ┃ "
_INDENT = "    "


@dataclass(kw_only=True)
class Transcript:
    """Prints what `witness` hears, each event once. `name` and `room_title` say how people and rooms are called."""

    console: Console
    witness: Person
    bot_id: str
    name: Callable[[str], str]
    room_title: Callable[[str], str]
    unshown: set[str] = field(default_factory=set)
    """Events that stand on the screen already, because they were typed there."""
    _printed: int = 0
    _room: str = ""
    _speaker: str = ""

    async def up_to(self, event: str) -> None:
        """Print everything up to this event, which may still have to be heard."""

        def found(heard: Sequence[Heard]) -> int | None:
            return next((n + 1 for n, one in enumerate(heard) if one.event_id == event), None)

        self._print_until(await self.witness.until(found, awaited=f"event {event}"))

    async def more(self) -> None:
        """Return when something was heard that is not printed yet, however long that takes."""

        def found(heard: Sequence[Heard]) -> bool | None:
            return any(self._shown(one) for one in heard[self._printed :]) or None

        await self.witness.until(found, awaited="anything", timeout=FOR_EVER)

    def catch_up(self) -> None:
        """Print everything heard so far, as something new."""
        self._speaker = self._room = ""
        self._print_until(len(self.witness.heard))

    def note(self, words: str) -> None:
        """Print a line of our own between what is said."""
        self._speaker = self._room = ""
        self.console.print()
        self.console.print(Text(f"── {words}"), style="bold")

    def _print_until(self, end: int) -> None:
        fresh = self.witness.heard[self._printed : end]
        self._printed = max(self._printed, end)
        for one in fresh:
            if self._shown(one):
                self._print(one)

    def _shown(self, one: Heard) -> bool:
        return one.event_id not in self.unshown and one.kind not in {"other", "redaction"}

    def _print(self, one: Heard) -> None:
        if (one.room, one.sender) != (self._room, self._speaker):
            self._room, self._speaker = one.room, one.sender
            self.console.print(self._heading(one))
        bar = _BAR if one.sender == self.bot_id else _INDENT
        width = min(self.console.width, WIDEST) - len(bar)
        for line in _wrapped(_words(one), width):
            self.console.print(Text(bar + line), style="cyan" if one.sender == self.bot_id else "")

    def _heading(self, one: Heard) -> Text:
        lock = ", verschlüsselt" if one.encrypted else ""
        return Text.assemble(
            (self.name(one.sender), "bold"), (f"  [{self.room_title(one.room)}{lock}]", "dim"), overflow="fold"
        )


def _words(one: Heard) -> str:
    match one.kind:
        case "reaction":
            return f"({one.key} an der Nachricht)"
        case "edit":
            return f"(geändert) {one.body}"
        case "undecryptable":
            return "(nicht zu entschlüsseln)"
        case _:
            return one.body


def _wrapped(words: str, width: int) -> Iterator[str]:
    """The lines of a message, long ones continued under their beginning."""
    for line in words.splitlines():
        text = line.lstrip()
        indent = " " * (len(line) - len(text)) + ("  " if text.startswith(("- ", "• ", "* ")) else "")
        # An ID such as P-1 stays whole.
        yield from textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
