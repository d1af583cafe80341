"""How long one answer takes, beside a bare nio bot."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.demo.person import Person
from tests.bench.spread import median, middle, p95

COMMAND = "!zeige P-1"
WARM_UP = 5
KINDS = {"unencrypted": 1.3, "encrypted": 1.5}
"""The kinds of rooms, and how many times as long as the bare bot Stadtbote may take there."""


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


async def measure(lines: Sequence[Line], person: Person, rounds: int, console: Console) -> None:
    """Ask all in turn, so that what else the machine does hits all alike; the first rounds do not count."""
    for number in track(range(WARM_UP + rounds), "asking in turn", console=console):
        if number == WARM_UP:
            for line in lines:
                line.took.clear()
        for line in lines:
            await line.measure(person)


def table(lines: Sequence[Line], rounds: int) -> Table:
    """Show the round trips."""
    shown = Table("bot", "room", "median ms", "middle half", "p95 ms", "ratio", "target")
    shown.title = f"{COMMAND}, {rounds} rounds in turn"
    bare = {line.kind: median(line.took) for line in lines if line.bot == "echo"}
    for line in lines:
        mine = median(line.took)
        ratio = f"{mine / bare[line.kind]:.2f}" if line.kind in bare else ""
        target = "" if line.bot == "echo" else f"≤ {KINDS[line.kind]}"
        shown.add_row(line.bot, line.kind, f"{mine:.1f}", middle(line.took), f"{p95(line.took):.1f}", ratio, target)
    return shown
