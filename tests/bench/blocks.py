"""The bot with a stop watch on its event loop: how long anything kept it from doing something else.

Run as a module it is the bot, and says at its end, as its last line of errors, what it has seen since it was ready.
"""

import json
import sys
import time
from asyncio.events import Handle
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

import bot.app
from bot.__main__ import main

LONGEST_MS = 20.0
_run_handle = Handle._run
_run_bot = bot.app.run


@dataclass(kw_only=True)
class Blocks:
    """The longest time, in milliseconds, that one step of anything took: by the clock, and of the processor.

    By the clock it includes what the rest of the machine took meanwhile. `over_clock` and `over_processor` count the
    steps beyond the limit, `what` was run for the longest processor time.
    """

    steps: int = 0
    by_clock: float = 0.0
    over_clock: int = 0
    by_processor: float = 0.0
    over_processor: int = 0
    what: str = ""

    def watch(self, handle: Handle) -> None:
        """Run one step of the event loop and note how long it took."""
        clock, processor = time.perf_counter(), time.thread_time()
        _run_handle(handle)
        processor, clock = (time.thread_time() - processor) * 1000, (time.perf_counter() - clock) * 1000
        self.steps += 1
        self.over_clock += clock > LONGEST_MS
        self.over_processor += processor > LONGEST_MS
        self.by_clock = max(self.by_clock, clock)
        if processor > self.by_processor:
            self.by_processor, self.what = processor, repr(handle)

    @classmethod
    def told(cls, log: str) -> "Blocks":
        """What a bot that has ended said at the end of its `log`."""
        return cls(**json.loads(log.splitlines()[-1]))


def table(blocks: Blocks) -> Table:
    """Show the longest blocks."""
    limit = f"{LONGEST_MS:.0f} ms"
    shown = Table("", "longest ms", f"over {limit}", "target")
    shown.title = f"What kept the event loop from going on, in {blocks.steps} steps of answering"
    shown.add_row("of the processor", f"{blocks.by_processor:.1f}", str(blocks.over_processor), f"≤ {limit}")
    shown.add_row("by the clock, the machine's other work included", f"{blocks.by_clock:.1f}", str(blocks.over_clock))
    if blocks.over_processor:
        shown.caption = blocks.what
    return shown


def watched(blocks: Blocks) -> Callable[..., Coroutine[Any, Any, None]]:
    """The bot's main function, watched from the moment it is ready."""

    async def run(settings: Any, ready: Callable[[str], None]) -> None:
        def run_handle(handle: Handle) -> None:
            blocks.watch(handle)

        def ready_and_watched(me: str) -> None:
            setattr(Handle, "_run", run_handle)  # noqa: B010 - the one place that every step of the loop comes by
            ready(me)

        await _run_bot(settings, ready_and_watched)

    return run


if __name__ == "__main__":
    seen = Blocks()
    vars(bot.app).update(run=watched(seen))
    try:
        main()
    finally:
        sys.stderr.write(f"{json.dumps(asdict(seen))}\n")
