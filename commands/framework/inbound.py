"""What came in from a room, as a value of ours, and whether it was meant for the bot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

YES = frozenset({"ja", "j", "yes", "y", "ok", "okay", "👍", "✅"})
NO = frozenset({"nein", "n", "no", "abbrechen", "cancel", "👎"})
MORE = frozenset({"mehr", "more", "weiter"})
# Skin tones and the variation selector do not change what a sign says.
_MODIFIERS = {ord(c): None for c in "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"}


class Kind(StrEnum):
    """What happened in the room."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETION = "deletion"
    REACTION = "reaction"
    JOINED = "joined"
    POLL_ANSWER = "poll_answer"
    MOVED = "moved"


class Assurance(StrEnum):
    """What stands behind the sender's name: the weaker it is, the less may be done in that name without asking."""

    IDENTITY = "identity"
    """Encrypted by a device that the sender's identity, as we first saw it, has signed."""
    DEVICE = "device"
    """Encrypted by a device of the sender that no such identity stands behind."""
    SERVER = "server"
    """Not encrypted, in a room that is not: the word of the homeservers."""
    NONE = "none"
    """Not encrypted in an encrypted room, or encrypted by nobody's known device: it never executes."""


class Inbound(BaseModel):
    """One event of a room, decrypted, in our terms.

    `text` is the plain body without the fallback of a reply; for an edit it is the new text. `target` is the event
    that is edited, deleted or reacted to; `reply_to` the one replied to; `thread` the root of the thread. `key` is
    the reaction. `mentioned`: the bot is named in the event's mentions or at the beginning of the text.
    Block quotes and code are taken out of `text`; a message that is as a whole one code span keeps its text.
    `choices` are the ids of the answers chosen in a poll, whose event is the `target`. Where a room has MOVED, `target`
    is the room's old id and `room` the one that continues it; so it is where we have JOINED such a room.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    event: str
    room: str
    sender: str
    at: datetime
    text: str = ""
    target: str | None = None
    reply_to: str | None = None
    thread: str | None = None
    key: str | None = None
    mentioned: bool = False
    notice: bool = False
    direct: bool = False
    choices: tuple[str, ...] = ()
    assurance: Assurance = Assurance.SERVER

    @property
    def trusted(self) -> bool:
        """Whether it may execute at all."""
        return self.assurance is not Assurance.NONE


@dataclass(frozen=True, kw_only=True)
class Around:
    """What must be known around a batch of events to tell which of them are addressed to the bot.

    `ours`: those of the events referred to that the bot sent; `handled`: those that the inbox has seen before;
    `waiting`: room and sender of every question of the bot that is still open.
    """

    me: str
    ours: frozenset[str]
    handled: frozenset[str]
    waiting: frozenset[tuple[str, str]]


def addressed(inbound: Inbound, around: Around) -> bool:
    """Whether the event is meant for the bot. Only what is addressed is ever stored; ordinary talk is not."""
    if inbound.sender == around.me:
        return inbound.kind in {Kind.JOINED, Kind.MOVED}
    if inbound.notice:
        return False
    return _ADDRESSED[inbound.kind](inbound, around)


def _message(inbound: Inbound, around: Around) -> bool:
    return (
        is_command(inbound.text)
        or inbound.mentioned
        or inbound.direct
        or inbound.reply_to in around.ours
        or _answers(inbound, around)
    )


def _answers(inbound: Inbound, around: Around) -> bool:
    """A bare answer, where the bot has asked this very person."""
    return (inbound.room, inbound.sender) in around.waiting and might_answer(inbound)


def might_answer(inbound: Inbound) -> bool:
    """Whether the text is a bare answer; whether somebody has asked is another question."""
    return is_bare_answer(answer_word(inbound.text))


def _edit(inbound: Inbound, around: Around) -> bool:
    return inbound.target in around.handled or _message(inbound, around)


def _deletion(inbound: Inbound, around: Around) -> bool:
    return inbound.target in around.handled


def _on_ours(inbound: Inbound, around: Around) -> bool:
    return inbound.target in around.ours


def answer_word(text: str) -> str:
    """The text as one word of an answer: "Ja!" and "ja" are alike, and so are thumbs of every colour."""
    return text.translate(_MODIFIERS).strip().casefold().rstrip(".!")


def is_bare_answer(word: str) -> bool:
    """Whether this is a yes, a no, "more" or the number of a choice: what is an answer even without being a reply."""
    return word in YES | NO | MORE or (len(word) == 1 and word in "123456789")


def is_command(text: str) -> bool:
    """Whether a line of the text begins with `!` and a word."""
    return any(line.lstrip().startswith("!") and line.lstrip()[1:2].isalnum() for line in text.splitlines())


def _never(_inbound: Inbound, _around: Around) -> bool:
    return False


_ADDRESSED: Mapping[Kind, Callable[[Inbound, Around], bool]] = {
    Kind.MESSAGE: _message,
    Kind.EDIT: _edit,
    Kind.DELETION: _deletion,
    Kind.REACTION: _on_ours,
    Kind.POLL_ANSWER: _on_ours,
    Kind.JOINED: _never,
    Kind.MOVED: _never,
}
