"""A noun of the register with all that it takes part in: a room of `commands/` declares itself once with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from commands.framework.command import AnyCommand, Words
from storage.derived import Due


@dataclass(frozen=True, kw_only=True)
class Noun:
    """What one room declares. `collection` and `words` are None for rooms that hold no records.

    `due` derives from a record what time will cause; `reactions` maps event types that other rooms announce to what
    this room does about them, in the same transaction and operation.
    """

    room: str
    commands: tuple[AnyCommand, ...]
    collection: str | None = None
    words: Words | None = None
    due: Callable[[Any], Iterable[Due]] | None = None
    reactions: Mapping[type, Callable[..., Any]] = field(default_factory=dict)
