"""How answers slow down as the register grows: the same questions to a small and to a large one, on both stores."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bot.dispatch import Dispatcher
from commands import ALL
from storage.database import Connection, Database
from storage.operations import Acting, CauseKind
from storage.people.queries import keys_by_mxid
from storage.register import BY_COLLECTION
from storage.relocation import copy_store
from storage.schema_version import prepare
from storage.scope import unlimited
from storage.values import Record
from storage.view import View
from storage.work import Work, counted
from tests.bench.spread import median, p95
from tests.conversation import ADMIN, START, Conversation, import_demo
from tests.rig.postgres import running

SMALL, LARGE = 1_000, 100_000
ROUNDS = 100
TARGET_MS = 20.0
AT_ONCE = 5_000
SHARES = (("projects", 45), ("tasks", 20), ("agreements", 15), ("decisions", 10), ("people", 10))
CITIES = ("M", "N", "A", "R")
WORDS = ("Bauantrag", "Wohngeld", "Kita", "Hundesteuer", "Parkausweis", "Melderegister", "Sperrmüll", "Führerschein")
ENDS = ("portal", "dienst", "verfahren", "karte", "auskunft", "antrag", "stelle", "archiv")
KINDS = ("digital", "gemeinsam", "einfach", "mobil", "offen")
PHASES = ("idea", "planned", "concept", "implementation", "pilot", "operation", "completed", "abandoned")
TEXT = "Die Städte stimmen sich monatlich ab und berichten der Lenkung über den Stand der Umsetzung. " * 3
FIRST = 1000
"""Numbers below are the demo's."""


@dataclass(kw_only=True)
class Timed:
    """A dispatcher with a stop watch: what answering the last message took, in seconds: by the clock, of this process.

    By the clock it includes what the rest of the machine took.
    """

    dispatcher: Dispatcher
    seconds: float = 0.0
    processor: float = 0.0

    async def step(self) -> bool:
        """Handle what waits."""
        began, processor = time.perf_counter(), time.process_time()
        try:
            return await self.dispatcher.step()
        finally:
            self.seconds += time.perf_counter() - began
            self.processor += time.process_time() - processor


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked again and again: who asks where, in what words; `answer` is in every right answer.

    `bounded`: it has to be answered within the target, however large the register.
    """

    name: str
    typed: Callable[[int], str]
    answer: str
    who: str = "koord-m"
    room: str = "lenkung"
    bounded: bool = True


QUESTIONS = (
    Question(name="!zeige P-n", typed=lambda n: f"!zeige P-{n}", answer="P-"),
    Question(name="!zeige P-n am:", typed=lambda n: f"!zeige P-{n} am:17.11.2026", answer="P-"),
    Question(
        name="!liste, filtered", typed=lambda n: f"!liste projekte pilot federführung:{CITIES[n % 4]}", answer="P-"
    ),
    Question(name="!liste nicht grün", typed=lambda _: "!liste projekte nicht grün", answer="P-"),
    Question(name="!überblick", typed=lambda _: "!überblick", answer="Projekte", bounded=False),
    Question(
        name="hidden: refused",
        typed=lambda n: f"!zeige P-{n // 10 * 10}",
        answer="P-",
        who="@fremd:example.org",
        room="gast",
    ),
    Question(name="!zeige by name", typed=lambda n: f'!zeige "{_title(n)}"', answer="P-"),
    Question(name="!neu projekt", typed=lambda n: f"!neu projekt Versuch {n}", answer="Versuch", bounded=False),
    Question(name="!rückgängig", typed=lambda _: "!rückgängig", answer="Zurückgenommen", bounded=False),
)


def record(kind: str, number: int, by: str) -> Record:
    """A record as the register of a busy cooperation holds it: with parts, noted by somebody, a few of them hidden."""
    of = {"projects": _project, "tasks": _task, "agreements": _agreement, "decisions": _decision, "people": _person}
    visibility = {"visibility": "internal"} if number % 10 == 0 else {}
    fields = of[kind](number, by, random.Random(number))
    made: Record = BY_COLLECTION[kind].record.model_validate({**fields, **visibility})
    return made


def _title(number: int) -> str:
    return f"{WORDS[number % 8]}{ENDS[number // 8 % 8]} {KINDS[number % 5]} {number}"


def _project(number: int, by: str, chance: random.Random) -> dict[str, Any]:
    lead, other = chance.sample(CITIES, 2)
    return {
        "id": f"P-{number}",
        "title": _title(number),
        "goal": TEXT,
        "phase": chance.choice(PHASES),
        "leads": [{"city": lead}],
        "participants": [{"city": other, "role": "contributes"}],
        "milestones": [{"title": "Pilot", "due": f"2027-{number % 12 + 1:02}-01"}],
        "updates": [
            {
                "city": lead,
                "health": chance.choice(("green", "yellow", "red")),
                "text": TEXT,
                "by": by,
                "at": f"2026-{number % 11 + 1:02}-03T10:00:00+01:00",
            }
        ],
        "topics": [chance.choice(WORDS)],
    }


def _task(number: int, by: str, chance: random.Random) -> dict[str, Any]:
    due = f"2027-{number % 12 + 1:02}-01"
    return {"id": f"A-{number}", "text": TEXT, "owner": by, "city": chance.choice(CITIES), "due": due, "state": "open"}


def _agreement(number: int, _by: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"V-{number}",
        "title": _title(number),
        "form": "mou",
        "state": "in_force",
        "parties": chance.sample(CITIES, 2),
        "in_force": "2020-01-01",
        "term": "3 years",
        "renewal": "1 year",
        "notice": "6 months",
        "notice_to": "term_end",
        "clauses": [{"number": "1", "title": "Zweck", "text": TEXT}],
    }


def _decision(number: int, _by: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"B-{number}",
        "text": TEXT,
        "kind": "substance",
        "binding": "recommendation",
        "mode": "majority",
        "electorate": ["M", "N"],
        "opened_on": "2026-01",
        "state": "open",
        "projects": [f"P-{FIRST + chance.randrange(100)}"],
    }


def _person(number: int, _by: str, chance: random.Random) -> dict[str, Any]:
    return {"key": f"u{number}", "name": f"{chance.choice(WORDS)} {number}", "mxid": f"@g{number}:muenchen.example"}


def numbers(kind: str, size: int) -> range:
    """The numbers of this kind in a register of `size` records."""
    share = dict(SHARES)[kind]
    return range(FIRST, FIRST + size * share // 100)


async def fill(database: Database, size: int) -> dict[str, str]:
    """Write a register of `size` records beside the demo's, and change every project once, so that there is a past.

    Returns the Matrix IDs of the demo's people by their keys in the bundle.
    """
    await prepare(database)
    people = await import_demo(database, START - timedelta(days=30))
    async with database.read() as connection:
        by = (await keys_by_mxid(View(connection), unlimited(), frozenset({people["koord-m"]})))[people["koord-m"]]
    for kind, _ in SHARES:
        made = (record(kind, number, by) for number in numbers(kind, size))
        await _written(database, kind, made, START - timedelta(days=20))
    changed = (_changed(record("projects", number, by)) for number in numbers("projects", size))
    await _written(database, "projects", changed, START - timedelta(hours=1))
    return people


def _changed(project: Record) -> Record:
    return project.model_copy(update={"goal": "Alle Städte nutzen dasselbe Verfahren."})


async def _written(database: Database, kind: str, records: Iterator[Record], at: datetime) -> None:
    rules = {noun.collection: noun.due for noun in ALL if noun.collection and noun.due}
    while batch := {str(made.own_key()): made for made in islice(records, AT_ONCE)}:

        async def transaction(connection: Connection, batch: dict[str, Record] = batch) -> None:
            work = Work(connection, now=at, due_rules=rules)
            work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause="growth"))
            await work.put_all(BY_COLLECTION[kind], batch)
            given = [counted(BY_COLLECTION[kind], key) for key in batch]
            counter, number = max(one for one in given if one is not None)
            await work.count_to(counter, number)

        await database.transact(transaction)


@dataclass(kw_only=True)
class Figures:
    """What was measured on one store, in seconds, by the size of the register and the name of the question."""

    store: str
    seconds: dict[tuple[int, str], list[float]] = field(default_factory=dict)
    processor: dict[tuple[int, str], list[float]] = field(default_factory=dict)


async def ask(database: Database, people: dict[str, str], size: int, rounds: int, figures: Figures) -> None:
    """Ask every question so often, in turn, each time about another record."""
    talk = Conversation(database=database, people=people, administrators=frozenset({ADMIN}))
    await talk.begin()
    timed = Timed(dispatcher=talk.dispatcher)
    talk.dispatcher = timed  # type: ignore[assignment] # it is asked to step and nothing else
    chance = random.Random(size)
    for turn in range(rounds + 1):
        number = chance.choice(numbers("projects", size))
        for question in QUESTIONS:
            timed.seconds = timed.processor = 0.0
            said = await talk.says(question.who, question.typed(number), room=question.room)
            assert question.answer in said.text, said.text
            if turn:
                figures.seconds.setdefault((size, question.name), []).append(timed.seconds)
                figures.processor.setdefault((size, question.name), []).append(timed.processor)


async def measure(sizes: Sequence[int], rounds: int, folder: Path, console: Console) -> list[Figures]:
    """Measure registers of these sizes on SQLite, and copies of them on PostgreSQL."""
    sqlite, postgresql = Figures(store="SQLite"), Figures(store="PostgreSQL")
    with running() as server:
        for size in sizes:
            began = time.perf_counter()
            database = Database(f"sqlite+aiosqlite:///{folder / f'{size}.db'}")
            people = await fill(database, size)
            console.print(f"{size} records written in {time.perf_counter() - began:.0f} s", end=", ")
            began = time.perf_counter()
            copy = Database(await server.create(f"growth{size}"))
            await copy_store(database, copy)
            # As a server does by itself in time.
            await copy.transact(lambda connection: connection.execute(text("ANALYZE")))
            console.print(f"copied to PostgreSQL in {time.perf_counter() - began:.0f} s")
            for store, figures in ((database, sqlite), (copy, postgresql)):
                await ask(store, people, size, rounds, figures)
                await store.close()
    return [sqlite, postgresql]


def table(figures: Sequence[Figures], sizes: Sequence[int]) -> Table:
    """Show p50 and p95 of every question on every store, and how much slower the largest register is."""
    by_size = (f"{size} records: p50, p95 ms (own processor time)" for size in sizes)
    shown = Table("store", "question", *by_size, f"ratio {sizes[-1]} : {sizes[0]}", "target p95")
    shown.title = "Answers as the register grows: from the stored event to the committed answer"
    for store in figures:
        for question in QUESTIONS:
            columns = [_column(store, size, question.name) for size in sizes]
            small, large = (store.seconds[size, question.name] for size in (sizes[0], sizes[-1]))
            target = f"≤ {TARGET_MS:.0f} ms" if question.bounded and store.store == "SQLite" else ""
            shown.add_row(store.store, question.name, *columns, f"{median(large) / median(small):.2f}", target)
    return shown


def _column(store: Figures, size: int, question: str) -> str:
    clock, processor = store.seconds[size, question], store.processor[size, question]
    return f"{median(clock):.1f}, {p95(clock):.1f} ({median(processor):.1f}, {p95(processor):.1f})"


async def print_growth(
    console: Console, folder: Path, *, sizes: Sequence[int] = (SMALL, LARGE), rounds: int = ROUNDS
) -> None:
    """Measure in `folder` and print what came out."""
    console.print(table(await measure(sizes, rounds, folder, console), sizes))


def main() -> None:
    """Measure alone: `python -m tests.bench.growth [LARGE]`."""
    large = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with tempfile.TemporaryDirectory(prefix="stadtbote-growth-") as folder:
        asyncio.run(print_growth(Console(), Path(folder), sizes=(SMALL, large)))


if __name__ == "__main__":
    main()
