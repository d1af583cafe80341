"""A noun of the register with all that it takes part in: a room of `commands/` declares itself once with it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Words
from commands.framework.reply import Item, Reply
from storage.derived import Due
from storage.scope import Scope
from storage.view import View
from storage.work import Work

Continuation = Callable[[Work, Caller, Mapping[str, Any], str], Awaitable[Reply | None]]
"""Goes on when a question of the bot is answered: (work, caller, the question's body, the answer) -> reply.

None means that the words were no answer; they are then taken like any other message.
"""

Replied = Callable[[Work, Caller, str, str], Awaitable[Reply | None]]
"""Takes free text that replies to a message about a record of this kind: (work, caller, key, text) -> reply.

None means that the words are none of its business.
"""

Reaction = Callable[[Work, Any], Awaitable[None]]

ExitItems = Callable[[View, Scope, str, date], Awaitable[tuple[Item, ...]]]
"""What a city must see to before it leaves: (view, scope, its code, its last day) -> entries of a check list."""


Card = Callable[[Work, Caller, str], Awaitable[Reply]]
"""How a record stands now, as far as the caller may see it: (work, caller, key) -> reply. Raises what loading does."""


@dataclass(frozen=True, kw_only=True)
class Noun:
    """What one room declares. `collection` and `words` are None for rooms that hold no records of their own.

    `due` derives from a record what time will cause; `continuations` are named by `Question.body["then"]`; `replied`
    takes free text about a record; `reactions` maps event types that other rooms announce to what this room does
    about them, in the same transaction and operation. `exit_items` adds to the check list of a city that leaves.
    `card` shows a record anew where it was shown before, once a seat in it has changed.
    """

    room: str
    commands: tuple[AnyCommand, ...]
    collection: str | None = None
    words: Words | None = None
    due: Callable[[Any], Iterable[Due]] | None = None
    continuations: Mapping[str, Continuation] = field(default_factory=dict)
    replied: Replied | None = None
    reactions: Mapping[type, Reaction] = field(default_factory=dict)
    exit_items: ExitItems | None = None
    card: Card | None = None
