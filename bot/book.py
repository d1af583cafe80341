"""The log of official acts as a file to print and to check, and everything kept about one person as another."""

import asyncio
import io
import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bot.clock import clock
from bot.config import Settings
from storage.book import FORMAT, GENESIS, entries
from storage.columns import instant_text
from storage.cooperation.queries import cooperation
from storage.database import make_private
from storage.people.queries import people, person_by_mxid
from storage.personal import Subject, everything
from storage.records import batches
from storage.schema_version import prepared
from storage.scope import unlimited
from storage.view import View

_PERSON = re.compile(r"\bu[1-9][0-9]*\b")


async def write_book(settings: Settings, file: Path) -> None:
    """Write the log of official acts to `file`, `-` for standard output. Raises DatabaseUnusable, OSError."""
    made = io.StringIO()
    async with prepared(settings.storage.url) as database, database.read() as connection:
        await print_book(View(connection), made, clock())
    await _put(file, made.getvalue())


async def print_book(view: View, out: TextIO, now: datetime) -> None:
    """Print the log: a head, the chained entries, and after them the names of the people, which are not chained."""
    ours = await cooperation(view, unlimited())
    print(f"# Protokollbuch: {ours.record.name.de if ours else '-'}\n", file=out)
    print(f"Log of official acts, format {FORMAT}, printed {instant_text(now)}.", file=out)
    print("How to check it: docs/protokollbuch.md\n\n## Entries\n", file=out)
    number, newest, named = 0, GENESIS, set[str]()
    async for entry in entries(view):
        print(f"{entry.text()}\n", file=out)
        number, newest = entry.number, entry.hash
        named |= {key for line in entry.lines for key in _PERSON.findall(line)}
    print(f"## End\n\n- entries: {number}\n- newest hash: {newest}\n\n## People (not part of the chain)\n", file=out)
    for batch in batches(sorted(named, key=lambda key: int(key[1:]))):
        known = await people(view, unlimited(), frozenset(batch))
        for key in batch:
            if key in known:
                print(f"- {key}: {known[key].record.name}", file=out)


async def write_disclosure(settings: Settings, who: str, file: Path) -> int:
    """Write everything kept about somebody, by Matrix ID or key, to `file` as JSON, for nobody else to read.

    Returns how many rows. Raises DatabaseUnusable, OSError.
    """
    async with prepared(settings.storage.url) as database, database.read() as connection:
        view = View(connection)
        found = await everything(view, await _subject(view, who))
    tree = [{"table": each.table, "named_in": each.column, "rows": [_told(r) for r in each.rows]} for each in found]
    if str(file) != "-":
        # All about one person is for that person, not for whoever else has an account on this machine.
        await asyncio.to_thread(make_private, file)
    await _put(file, json.dumps(tree, ensure_ascii=False, indent=2, default=_plain) + "\n")
    return sum(len(each.rows) for each in found)


SECRET = frozenset({"digest", "txn"})
"""Columns that say nothing about the person and are no one else's business."""


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in SECRET}


def _plain(value: object) -> str:
    return instant_text(value) if isinstance(value, datetime) else str(value)


async def _subject(view: View, who: str) -> Subject:
    if who.startswith("@"):
        known = await person_by_mxid(view, unlimited(), who)
        return Subject(key=known.key if known else None, mxid=who)
    found = (await people(view, unlimited(), frozenset({who}))).get(who)
    return Subject(key=who, mxid=found.record.mxid if found else None)


async def _put(file: Path, text: str) -> None:
    if str(file) == "-":
        sys.stdout.write(text)
        return
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")
