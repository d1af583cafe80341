"""What a played conversation is made of: entrances, lines, and the answers they must get."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.person import Heard, Kind


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What must come back: a message or a reaction, with all phrases of `has` in it and none of `lacks`."""

    kind: Kind = "message"
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def missing(self, heard: Heard) -> str | None:
        """What is wrong with what was heard; None if nothing is."""
        if heard.kind != self.kind:
            return f"erwartet war {_KINDS[self.kind]}, gekommen ist {_KINDS[heard.kind]}"
        words = heard.key if heard.kind == "reaction" else heard.body
        absent = [phrase for phrase in self.has if phrase not in (words or "")]
        present = [phrase for phrase in self.lacks if phrase in (words or "")]
        parts = [*(f"es fehlt „{phrase}“" for phrase in absent), *(f"darin steht „{phrase}“" for phrase in present)]
        return "; ".join(parts) or None


_KINDS: dict[Kind, str] = {
    "message": "eine Nachricht",
    "edit": "eine Änderung",
    "reaction": "eine Reaktion",
    "redaction": "eine Löschung",
    "undecryptable": "etwas, das sich nicht entschlüsseln lässt",
    "other": "etwas anderes",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens: `who` (a key of the bundle) in `room`; `title` says what it shows.

    A step that happens only `once` is left out where an earlier run in the same folder has played it.
    """

    title: str
    who: str
    room: str
    answer: Answer
    once: bool = False


@dataclass(frozen=True, kw_only=True)
class Entrance(Step):
    """Somebody invites the bot, which must greet."""

    once: bool = True


@dataclass(frozen=True, kw_only=True)
class Line(Step):
    """Somebody says something; `replies` makes it a reply to the bot's answer in the step before."""

    says: str
    replies: bool = False


class StepFailed(Exception):
    """A step was not answered as it must be."""

    def __init__(self, *, title: str, why: str) -> None:
        super().__init__(f"{title}: {why}")
        self.title = title
        self.why = why


def checked(heard: Heard, step: Step) -> Heard:
    """What was heard, if it is what the step expects; raises StepFailed otherwise."""
    if why := step.answer.missing(heard):
        raise StepFailed(title=step.title, why=f"{why}. Die Antwort war:\n{heard.body or heard.key}")
    return heard


def still_to_play(steps: Sequence[Step], done: Sequence[str]) -> list[Step]:
    """The steps without those that are played once and have been."""
    return [step for step in steps if not (step.once and step.title in done)]
