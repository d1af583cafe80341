"""The view that queries read through, and what was read lately, kept while no operation changes the register.

A chat asks for the same few records again and again: who writes, in which room, about which project. All changes of
the register are operations, so that the number of the newest one tells whether anything read before still holds.
"""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.operations import last_operation

T = TypeVar("T")

MOST = 10_000
"""Entries held at once: a few megabytes."""


class Recall:
    """The memory of one process; entries belong to one state of the register."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._operation = -1
        self._entries: dict[Hashable, Any] = {}

    def at(self, operation: int) -> dict[Hashable, Any]:
        """The entries for the register as it is after `operation`.

        Another state gets another dictionary: a reader with an older view keeps writing to its own.
        """
        if operation != self._operation or len(self._entries) > MOST:
            self._operation, self._entries = operation, {}
        return self._entries


class View:
    """A consistent view of the database that queries read from."""

    def __init__(self, connection: AsyncConnection, recall: Recall | None = None) -> None:
        """Read through `connection`, inside its transaction, and through `recall` what was read before."""
        self.connection = connection
        self._recall = recall
        self._entries: dict[Hashable, Any] | None = None
        self._newest: int | None = None

    @property
    def changed(self) -> bool:
        """Whether this very transaction has changed the register: then nothing may be recalled."""
        return False

    async def newest(self) -> int:
        """The number of the newest operation that this view sees."""
        if self._newest is None or self.changed:
            self._newest = await last_operation(self.connection)
        return self._newest

    async def entries(self) -> dict[Hashable, Any] | None:
        """What may be recalled in this view and added to; None if nothing may."""
        if self._recall is None or self.changed:
            return None
        if self._entries is None:
            self._entries = self._recall.at(await self.newest())
        return self._entries


async def recalled(view: View, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
    """What `read` gives, from memory if it was read under `key` since the register last changed.

    `key` must name everything that the result depends on besides the register.
    """
    entries = await view.entries()
    if entries is None:
        return await read()
    if key not in entries:
        entries[key] = await read()
    found: T = entries[key]
    return found
