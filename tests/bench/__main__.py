"""Prints what Stadtbote costs, beside the least that could do the same on the same homeserver at the same time."""

import argparse
import asyncio
import logging
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.demo.homeserver import Homeserver, homeserver
from bot.demo.person import Person
from tests.bench import blocks, bursts, trips
from tests.bench.bundle import print_bundle
from tests.bench.growth import print_growth
from tests.bench.outbox import print_outbox
from tests.bench.programs import Started, echo_bot, resident, stadtbote
from tests.rig.town import Town

ROUNDS = 100
BURSTS = 5
ASKED_WHILE_WATCHED = 50
MIB = 1024 * 1024
SPEAKER = "koord-m"
PARTS = ("trips", "outbox", "bundle", "growth")
"""Trips: a message and bursts of them against other programs. Outbox, bundle and growth: large registers alone."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A homeserver, a town on it whose bot is installed but does not run, and who speaks to all that is measured."""

    server: Homeserver
    town: Town
    person: Person
    console: Console

    async def lines_of(self, bot: str, user_id: str) -> list[trips.Line]:
        """Bring one bot into a room of each kind; Stadtbote also learns what the room is for."""
        lines = []
        for kind in trips.KINDS:
            room = await self.person.create_room(name=f"{bot} {kind}", encrypted=kind == "encrypted", invite=[user_id])
            await self.person.settle(room, [user_id])
            if bot == "stadtbote":
                await self.person.reply_to(await self.person.say(room, "!raum lenkung"), sender=user_id)
            lines.append(trips.Line(bot=bot, kind=kind, room=room, user_id=user_id))
        return lines

    async def measure(self, rounds: int, repeated: int) -> None:
        """Measure round trips and bursts, print them, and what starting and running takes."""
        starts: dict[str, Started] = {}
        for name in ("first, signs in", "second"):
            async with stadtbote(self.town.bot) as starts[name]:
                pass
        async with stadtbote(self.town.bot) as starts["third, measured below"]:
            ours = await self.lines_of("stadtbote", self.town.bot_id)
            await self._trips(ours, rounds)
            await self._bursts(ours[0], repeated)
            self.console.print(sizes(starts, resident(self.town.bot.pid)))
        await self._blocks(ours)

    async def _trips(self, ours: list[trips.Line], rounds: int) -> None:
        account = await self.town.register("echo")
        with echo_bot(self.server, account, self.town.directory):
            lines = [*await self.lines_of("echo", account.user_id), *ours]
            await trips.measure(lines, self.person, rounds, self.console)
        self.console.print(trips.table(lines, rounds))

    async def _bursts(self, unencrypted: trips.Line, rounds: int) -> None:
        account, log = await self.town.register("scripted"), self.town.directory / "scripted.log"
        async with bursts.scripted(self.server, account, self.person, log) as scripted:
            mine = bursts.Answering(name="stadtbote", room=unencrypted.room, user_id=unencrypted.user_id)
            await bursts.measure([scripted, mine], self.person, rounds, self.console)
            self.console.print(bursts.table([scripted, mine], rounds))

    async def _blocks(self, ours: list[trips.Line]) -> None:
        async with stadtbote(self.town.bot, module="tests.bench.blocks"):
            await trips.measure(ours, self.person, ASKED_WHILE_WATCHED, self.console)
        seen = blocks.Blocks.told(self.town.bot.log.read_text())
        self.console.print(blocks.table(seen))


def sizes(starts: dict[str, Started], later: int) -> Table:
    """Show what starting costs, and what memory the bot takes after its work."""
    shown = Table("start", "to ready s", "resident MiB", title="Stadtbote with the demo cooperation")
    for name, started in starts.items():
        shown.add_row(name, f"{started.seconds:.2f}", f"{started.resident / MIB:.0f}")
    shown.add_row("after what was measured", "", f"{later / MIB:.0f}")
    return shown


@asynccontextmanager
async def benches(directory: Path, console: Console) -> AsyncIterator[Bench]:
    """Start what all measurements need and stop it after them."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(homeserver(directory / "homeserver"))
        town = await stack.enter_async_context(Town(server, directory))
        await town.import_register()
        yield Bench(server=server, town=town, person=await town.person(SPEAKER), console=console)


def load() -> str:
    """How busy the machine is."""
    return f"load of the machine (1, 5, 15 min): {', '.join(f'{one:.1f}' for one in os.getloadavg())}"


async def main() -> None:
    """Read the command line, start a homeserver, measure, stop everything."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each is asked (default {ROUNDS})")
    arguments.add_argument("--bursts", type=int, default=BURSTS, help=f"how many bursts each gets (default {BURSTS})")
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default all)")
    chosen = arguments.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        arguments.error(f"there is no part {', '.join(sorted(unknown))}")
    wanted = chosen.parts or PARTS
    logging.getLogger("nio").setLevel(logging.ERROR)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="stadtbote-bench-") as name:
        folder = Path(name)
        console.print(load())
        if "trips" in wanted:
            async with benches(folder, console) as bench:
                await bench.measure(chosen.rounds, chosen.bursts)
        if "outbox" in wanted:
            await print_outbox(console, folder)
        if "bundle" in wanted:
            await asyncio.to_thread(print_bundle, console, folder)
        if "growth" in wanted:
            await print_growth(console, folder)
        console.print(load())


if __name__ == "__main__":
    asyncio.run(main())
