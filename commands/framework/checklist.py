"""Entries of check lists: some records by their ids, the first few, and how many more there are."""

from collections.abc import Callable, Sequence
from typing import Any

from commands.framework.reply import Foreign, Inline, Item, item, say
from storage.records import Kept

MOST = 10
"""As many ids as an entry names."""


def entry(found: Sequence[Kept[Any]], sentence: Callable[[tuple[Inline, ...]], Inline]) -> tuple[Item, ...]:
    """One entry that names the records found, none if there are none; ask the database for MOST + 1 of them."""
    if not found:
        return ()
    named: tuple[Inline, ...] = tuple(Foreign(k.key) for k in found[:MOST])
    more = (say("framework.reply.and_more"),) if len(found) > MOST else ()
    return (item(sentence((*named, *more))),)
