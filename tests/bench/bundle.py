"""Prints what a large bundle costs: reading, comparing, writing and exporting it, and the memory that takes."""

import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from commands import ALL
from storage.all_tables import metadata
from storage.bundle import apply_plan, plan_import
from storage.bundle_export import begin_export
from storage.bundle_stage import Stage
from storage.bundle_writing import YamlWriter
from storage.database import Connection, Database
from storage.operations import Acting, CauseKind
from storage.scope import unlimited
from storage.view import View
from storage.work import Work

RECORDS = 100_000
CITIES = 100
KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one step took: seconds on the clock and of work, and the most memory the process ever had, in bytes."""

    name: str
    seconds: float
    worked: float
    peak: int


def big_bundle(records: int) -> Iterator[str]:
    """The text of a bundle with about so many records, in normal form but for its counters."""
    people, projects, tasks = records // 10, records // 5, 2 * records // 5
    yield "version: 1\ncooperation:\n  name:\n    de: Städte\n    en: Cities\n  founded: 2019-07\n  language: de\n"
    yield "  timezone: Europe/Berlin\ncities:\n"
    for n in range(CITIES):
        yield f"- code: C{n}\n  name:\n    de: Stadt {n}\n    en: City {n}\n  kind: city\n  states:\n"
        yield "  - state: member\n    from: 2019-07\n"
    yield "people:\n"
    for n in range(people):
        yield f"- key: person-{n}\n  name: Frau Muster {n}\n  mxid: '@p{n}:c{n % CITIES}.example'\n"
    yield "seats:\n"
    for n in range(people):
        yield f"- city: C{n % CITIES}\n  body: arbeitsebene\n  role: member\n  holder: person-{n}\n  from: 2020-01-01\n"
    yield "projects:\n"
    for n in range(1, projects + 1):
        yield f"- id: P-{n}\n  title: Vorhaben {n} der digitalen Verwaltung\n  goal: Anträge vollständig digital\n"
        yield f"  phase: pilot\n  leads:\n  - city: C{n % CITIES}\n    holder: person-{n % people}\n"
        yield f"  participants:\n  - city: C{(n + 1) % CITIES}\n    role: reuses\n  milestones:\n"
        yield "  - title: Start\n    due: 2027-03-01\n"
    yield "decisions:\n"
    for n in range(1, projects + 1):
        yield f"- id: B-{n}\n  text: Wir nutzen die Lösung {n} gemeinsam.\n  kind: substance\n"
        yield "  binding: recommendation\n  mode: majority\n  electorate: [C0, C1, C2]\n  opened_on: 2024-05-02\n"
        yield "  state: adopted\n  votes:\n"
        for city in ("C0", "C1"):
            yield f"    {city}:\n      choice: for\n      by: person-1\n      as: holder\n"
            yield "      at: '2024-05-03T10:00:00+02:00'\n"
    yield "tasks:\n"
    for n in range(1, tasks + 1):
        yield f"- id: A-{n}\n  text: Unterlage {n} an alle Städte schicken\n  owner: person-{n % people}\n"
        yield f"  city: C{n % CITIES}\n  due: 2027-01-15\n  state: open\n  source: B-{n % projects + 1}\n"


class Steps:
    """The steps of one process, one after another."""

    def __init__(self) -> None:
        """Begin with the first."""
        self.done: list[Step] = []
        self._began = time.perf_counter(), time.process_time()

    def end(self, name: str) -> None:
        """A step ends here, and the next begins."""
        now = time.perf_counter(), time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
        began, self._began = self._began, now
        self.done.append(Step(name=name, seconds=now[0] - began[0], worked=now[1] - began[1], peak=peak))


async def _import(database: Database, file: Path, steps: Steps, name: str) -> None:
    rules = {noun.collection: noun.due for noun in ALL if noun.collection and noun.due}
    with Stage() as stage, file.open("rb") as stream:
        stage.fill(stream, name=file.name)
        steps.end(f"{name}: read and check")
        async with database.read() as connection:
            plan = await plan_import(View(connection), stage)
        steps.end(f"{name}: compare")

        async def write(connection: Connection) -> None:
            work = Work(connection, now=datetime.now(UTC), due_rules=rules)
            work.act(Acting(command="import", cause_kind=CauseKind.IMPORT, cause=file.name))
            await apply_plan(work, stage, plan, overwrite=False)

        await database.transact(write)
        steps.end(f"{name}: write, the register locked")


async def _export(database: Database, file: Path, now: datetime) -> None:
    async with database.read() as connection:
        export = await begin_export(View(connection), unlimited())
        head = await export.head(now)
        assert head is not None
        with file.open("w", encoding="utf-8") as stream:
            writer = YamlWriter(stream)
            writer.begin(head)
            async for some in export.records():
                for one in some:
                    writer.record(one.record.collection, writer.plain(one.record))
            writer.end()


async def _measured(directory: Path, records: int) -> list[Step]:
    file, again = directory / "big.yaml", directory / "again.yaml"
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(big_bundle(records))
    database, now = Database(f"sqlite+aiosqlite:///{directory / 'stadtbote.db'}"), datetime.now(UTC)
    await database.transact(lambda connection: connection.run_sync(metadata.create_all))
    steps = Steps()
    await _import(database, file, steps, "import")
    await _export(database, directory / "exported.yaml", now)
    steps.end("export")
    await _import(database, directory / "exported.yaml", steps, "import again")
    await _export(database, again, now)
    await database.close()
    if again.read_bytes() != (directory / "exported.yaml").read_bytes():
        raise AssertionError("the round trip changed the bundle")
    return steps.done


def _in_this_process(directory: Path, records: int) -> list[Step]:
    return asyncio.run(_measured(directory, records))


def print_bundle(console: Console, directory: Path, records: int = RECORDS) -> None:
    """Measure in a process of its own, so that the memory is that of the import alone, and print a table."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as worker:
        steps = worker.submit(_in_this_process, directory, records).result()
    table = Table("step", "seconds", "of work", "peak memory MiB")
    table.title = (
        f"A bundle of {records} records on SQLite; exported, imported and exported again it has the same bytes"
    )
    for step in steps:
        table.add_row(step.name, f"{step.seconds:.1f}", f"{step.worked:.1f}", f"{step.peak / MIB:.0f}")
    console.print(table)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="stadtbote-bundle-") as name:
        print_bundle(Console(), Path(name))
