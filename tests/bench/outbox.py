"""Prints what a long outbox costs: the slowest query, the time a message takes, and how the memory grows."""

import asyncio
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import event, insert, text

from bot.matrix import outbound
from bot.matrix.render import content
from bot.matrix.rooms import Room
from storage.all_tables import metadata
from storage.database import Database
from storage.outbox import OUTBOX, OutboxState, Urgency, next_attempt_at
from tests.bot.matrix.played import Clock, Homeserver, Process
from tests.rig.postgres import running

QUEUED = 10_000
SENT_BEFORE = 100_000
MIB = 1024 * 1024
_ROWS_AT_ONCE = 2_000
_WARM_UP = 100
MEASURED = 1_100
_WORDS = "Erinnerung: Der Beitrag der Stadt zum Digitalen Bauantrag fehlt noch. " * 10


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the outbox holds: the queued messages stand in so many rooms, after so many that were sent."""

    name: str
    rooms: int
    sent: int = 0


LOADS = (
    Load(name="10 000 in one room", rooms=1),
    Load(name="10 000 in 10 000 rooms", rooms=QUEUED),
    Load(name="10 000 in 50 rooms, 100 000 sent before", rooms=50, sent=SENT_BEFORE),
)


class Queries:
    """How long each statement took, in milliseconds."""

    def __init__(self, database: Database) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self._began = 0.0
        for engine in (database._writer, database._readers):
            event.listen(engine.sync_engine, "before_cursor_execute", self._begin)
            event.listen(engine.sync_engine, "after_cursor_execute", self._end)

    def _begin(self, *_: Any) -> None:
        self._began = time.perf_counter()

    def _end(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.took[statement].append((time.perf_counter() - self._began) * 1000)

    def slowest(self) -> list[float]:
        """The times of the statement that takes longest among those that every message needs."""
        return max((took for took in self.took.values() if len(took) >= MEASURED), key=statistics.median)


@dataclass(kw_only=True)
class Figures:
    """Milliseconds for each message and each run of the slowest query, and by how many bytes the process grew."""

    steps: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    grown: int = 0


@dataclass(kw_only=True)
class Mute(Homeserver):
    """A homeserver that takes everything at once and remembers nothing."""

    async def send(self, room: Room, kind: str, content: Mapping[str, Any], txn: str) -> str:
        """Take a message."""
        return f"${txn}"


def row(number: int, load: Load, now: datetime) -> dict[str, Any]:
    """One row of the outbox; the first ones were sent long ago."""
    sent = number < load.sent
    return {
        "account": "default",
        "room": f"!room{number % load.rooms:05}",
        "txn": f"txn{number}",
        "cause": f"$cause{number}",
        "ordinal": 0,
        "type": "m.room.message",
        "content": None if sent else json.dumps(content(_WORDS, f"<p>{_WORDS}</p>")),
        "urgency": (Urgency.DIGEST if number % 3 else Urgency.DEADLINE).value,
        "state": (OutboxState.SENT if sent else OutboxState.QUEUED).value,
        "attempts": 0,
        "created": now,
        "not_before": now,
        "event": f"$old{number}" if sent else None,
    }


async def fill(database: Database, load: Load, now: datetime) -> None:
    """Make the tables and put the load into the outbox."""
    await database.transact(lambda connection: connection.run_sync(metadata.drop_all))
    await database.transact(lambda connection: connection.run_sync(metadata.create_all))
    for start in range(0, load.sent + QUEUED, _ROWS_AT_ONCE):
        rows = [row(number, load, now) for number in range(start, start + _ROWS_AT_ONCE)]
        await database.transact(lambda connection, rows=rows: connection.execute(insert(OUTBOX), rows))  # type: ignore[misc]
    # As PostgreSQL does by itself in time.
    await database.transact(lambda connection: connection.execute(text("ANALYZE")))


async def measure(database: Database, load: Load, state: Path) -> Figures:
    """Send some of what is queued, one message after another, while the queue is long."""
    clock = Clock()
    await fill(database, load, clock())
    bot = Process(database=database, state=state, server=Mute(clock=clock), clock=clock)
    for number in range(load.rooms):
        bot.session.rooms.known(f"!room{number:05}").we_are("join")
    queries, figures, before = Queries(database), Figures(), 0
    for number in range(MEASURED):
        if number == _WARM_UP:
            before = resident()
        began = time.perf_counter()
        assert await outbound.step(bot.session)
        figures.steps.append((time.perf_counter() - began) * 1000)
        if number % _WARM_UP == 0:
            async with database.read() as connection:
                await next_attempt_at(connection, "default", clock())
    figures.grown, figures.slowest = resident() - before, queries.slowest()
    await bot.session.close()
    return figures


def resident() -> int:
    """The memory of this process, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024


@contextmanager
def databases(directory: Path) -> Iterator[dict[str, str]]:
    """The addresses of an empty database of each kind."""
    with running() as server:
        yield {"SQLite": f"sqlite+aiosqlite:///{directory / 'outbox.db'}", "PostgreSQL": server.url("postgres")}


async def print_outbox(console: Console, directory: Path) -> None:
    """Measure every load on every database and print a table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    columns = ("database", "outbox", "slowest query ms: median", "p99", "message ms: median", "grown MiB")
    table = Table(*columns)
    table.title = f"Sending {MEASURED} of the messages queued to a homeserver that takes them at once"
    with databases(directory) as addresses:
        for kind, address in addresses.items():
            for load in LOADS:
                database = Database(address)
                figures = await measure(database, load, directory / "state")
                await database.close()
                median = statistics.median(figures.steps)
                grown = f"{figures.grown / MIB:.1f}"
                query, rare = statistics.median(figures.slowest), statistics.quantiles(figures.slowest, n=100)[-1]
                table.add_row(kind, load.name, f"{query:.1f}", f"{rare:.1f}", f"{median:.1f}", grown)
    console.print(table)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="stadtbote-outbox-") as name:
        asyncio.run(print_outbox(Console(), Path(name)))
