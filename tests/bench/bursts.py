"""How long many commands at once take, beside a client that sends as many replies in order without reading a word."""

import asyncio
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.demo.homeserver import Account, Homeserver
from bot.demo.person import Heard, Person
from tests.bench.programs import running
from tests.bench.scripted import READY
from tests.bench.spread import median, middle

MANY = 200
TARGET = 1.3
_LONGEST_SECONDS = 300


@dataclass(kw_only=True)
class Answering:
    """Who answers a burst in which room; `begin` is called when it is said. `took` has the seconds of each burst."""

    name: str
    room: str
    user_id: str
    begin: Callable[[], None] = lambda: None
    took: list[float] = field(default_factory=list)

    async def measure(self, person: Person) -> None:
        """Say the commands at once; the time is from before the first of them to the last answer read."""
        heard_before = len(self._answers(person.heard))

        def enough(heard: Sequence[Heard]) -> bool | None:
            return len(self._answers(heard)) >= heard_before + MANY or None

        commands = [f'!neu projekt "{secrets.token_hex(10)}"' for _ in range(MANY)]
        began = time.perf_counter()
        self.begin()
        await asyncio.gather(*(person.say(self.room, command) for command in commands))
        await person.until(enough, awaited=f"{MANY} answers", timeout=_LONGEST_SECONDS)
        self.took.append(time.perf_counter() - began)

    def _answers(self, heard: Sequence[Heard]) -> list[Heard]:
        return [one for one in heard if (one.room, one.sender) == (self.room, self.user_id)]


@asynccontextmanager
async def scripted(server: Homeserver, account: Account, person: Person, log: Path) -> AsyncIterator[Answering]:
    """The client that only sends."""
    room = await person.create_room(name="scripted", invite=[account.user_id])
    await server.api("POST", f"/_matrix/client/v3/join/{room}", token=account.access_token, body={})
    await person.settle(room, [account.user_id])
    arguments = (server.url, room, str(MANY))
    with running("tests.bench.scripted", *arguments, log=log, token=account.access_token) as process:
        assert process.stdout is not None
        assert (await asyncio.to_thread(process.stdout.readline)) == READY.encode()
        name, begin = "scripted client", lambda: process.send_signal(signal.SIGUSR1)
        yield Answering(name=name, room=room, user_id=account.user_id, begin=begin)


async def measure(answering: Sequence[Answering], person: Person, rounds: int, console: Console) -> None:
    """Let all answer bursts in turn; the first one of each does not count."""
    for number in track(range(1 + rounds), f"bursts of {MANY}", console=console):
        if number == 1:
            for one in answering:
                one.took.clear()
        for one in answering:
            await one.measure(person)


def table(answering: Sequence[Answering], rounds: int) -> Table:
    """Show the bursts; the first one is the measure of the others."""
    shown = Table("who", "median ms", "middle half", "messages a second", "ratio", "target")
    shown.title = f"{MANY} commands at once and as many answers in order, {rounds} bursts in turn"
    measure_of_all = median(answering[0].took)
    for one in answering:
        mine = median(one.took)
        target = "" if one is answering[0] else f"≤ {TARGET}"
        rate = f"{2 * MANY / mine * 1000:.0f}"
        shown.add_row(one.name, f"{mine:.0f}", middle(one.took), rate, f"{mine / measure_of_all:.2f}", target)
    return shown
