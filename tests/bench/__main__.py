"""Prints how long an answer takes, beside a bare nio bot on the same homeserver, and what Stadtbote costs to run."""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.demo.homeserver import Homeserver, homeserver
from bot.demo.person import Person
from tests.bench.programs import Started, echo_bot, install_stadtbote, stadtbote

COMMAND = "!zeige P-1"
ROUNDS = 100
WARM_UP = 5
MIB = 1024 * 1024
ROOMS = {"unencrypted": False, "encrypted": True}


@dataclass(kw_only=True)
class Line:
    """One bot in one room, and how long each of its answers took (seconds)."""

    bot: str
    kind: str
    room: str
    user_id: str
    took: list[float] = field(default_factory=list)

    async def measure(self, person: Person) -> None:
        """Ask once and note how long the answer took, from before the sending to the answer read."""
        began = time.perf_counter()
        asked = await person.say(self.room, COMMAND)
        await person.reply_to(asked, sender=self.user_id)
        self.took.append(time.perf_counter() - began)

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return statistics.median(self.took) * 1000

    @property
    def p95(self) -> float:
        """The 95th percentile in milliseconds."""
        return statistics.quantiles(self.took, n=20, method="inclusive")[-1] * 1000


async def lines_of(bot: str, user_id: str, person: Person) -> list[Line]:
    """Bring one bot into a room of each kind; Stadtbote also learns what the room is for."""
    lines = []
    for kind, encrypted in ROOMS.items():
        room = await person.create_room(name=f"{bot} {kind}", encrypted=encrypted, invite=[user_id])
        await person.settle(room, [user_id])
        if bot == "stadtbote":
            await person.reply_to(await person.say(room, "!raum lenkung"), sender=user_id)
        lines.append(Line(bot=bot, kind=kind, room=room, user_id=user_id))
    return lines


async def measure(lines: list[Line], person: Person, rounds: int, console: Console) -> None:
    """Ask all in turn, so that what else the machine does hits all alike; the first rounds do not count."""
    for number in track(range(WARM_UP + rounds), "asking in turn", console=console):
        if number == WARM_UP:
            for line in lines:
                line.took.clear()
        for line in lines:
            await line.measure(person)


def times(lines: list[Line], rounds: int) -> Table:
    """Show the round trips."""
    table = Table("bot", "room", "median ms", "p95 ms", "ratio of medians", title=f"{COMMAND}, {rounds} rounds in turn")
    bare = {line.kind: line.median for line in lines if line.bot == "echo"}
    for line in lines:
        ratio = f"{line.median / bare[line.kind]:.2f}" if line.kind in bare else ""
        table.add_row(line.bot, line.kind, f"{line.median:.1f}", f"{line.p95:.1f}", ratio)
    return table


def sizes(starts: dict[str, Started]) -> Table:
    """Show what starting costs."""
    table = Table("start", "to ready s", "resident MiB", title="Stadtbote with the demo cooperation")
    for name, started in starts.items():
        table.add_row(name, f"{started.seconds:.2f}", f"{started.resident / MIB:.0f}")
    return table


async def bench(server: Homeserver, directory: Path, chosen: argparse.Namespace, console: Console) -> None:
    """Measure the chosen bots and print the tables."""
    lines: list[Line] = []
    starts: dict[str, Started] = {}
    koordination = await server.register("koordination-muenchen", "Passwort")
    async with AsyncExitStack() as programs, Person.at(server.url, koordination, directory) as person:
        if chosen.only in {None, "echo"}:
            echo = await server.register("echo", "Passwort")
            programs.enter_context(echo_bot(server, echo, directory))
            lines += await lines_of("echo", echo.user_id, person)
        if chosen.only in {None, "stadtbote"}:
            bote = await server.register("stadtbote", "Passwort")
            config = await asyncio.to_thread(install_stadtbote, server, bote, koordination, directory)
            for name in ("first, signs in", "second"):
                async with stadtbote(config) as starts[name]:
                    pass
            starts["third, measured below"] = await programs.enter_async_context(stadtbote(config))
            lines += await lines_of("stadtbote", bote.user_id, person)
        await measure(lines, person, chosen.rounds, console)
    console.print(times(lines, chosen.rounds))
    if starts:
        console.print(sizes(starts))


async def main() -> None:
    """Read the command line, start a homeserver, measure, stop everything."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--only", choices=["echo", "stadtbote"], help="measure one bot alone")
    arguments.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each is asked (default {ROUNDS})")
    chosen = arguments.parse_args()
    logging.getLogger("nio").setLevel(logging.ERROR)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="stadtbote-bench-") as name:
        console.print("starting a homeserver")
        async with homeserver(Path(name)) as server:
            await bench(server, Path(name), chosen, console)


if __name__ == "__main__":
    asyncio.run(main())
