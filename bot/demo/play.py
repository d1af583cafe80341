"""The demo: sets the stage, plays the conversation, says how to join in, and lets the person type."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.text import Text

from bot.demo.homes import CITIES, Hosting
from bot.demo.homeserver import HomeserverFailed, Refused
from bot.demo.installed import BotFailed
from bot.demo.person import Heard, NothingHeard
from bot.demo.script import SCRIPT
from bot.demo.stage import PLAYERS, Busy, OtherHosting, Stage, stage
from bot.demo.steps import Entrance, Line, Step, StepFailed, checked, still_to_play
from bot.demo.terminal import Terminal
from bot.demo.transcript import Transcript
from bot.log import configure

_PATIENCE_SECONDS = 1.0
_FOLDER = "stadtbote-demo-"


async def demo(keep: Path | None, hosting: Hosting) -> int:
    """Play the demo and give the exit code; its state is kept in the folder `keep`, or nowhere."""
    configure()
    console = Console(highlight=False)
    with _ended_by(signal.SIGTERM, signal.SIGHUP) as ended, _folder(keep) as directory:
        try:
            await _perform(console, directory, hosting, keep=keep is not None)
        except OtherHosting as other:
            return _failed(console, f"In {keep} liegt eine Vorführung {_KEPT[other.kept]}")
        except StepFailed as failed:
            return _failed(console, f"Der Schritt „{failed.title}“ ist misslungen: {failed.why}")
        except BotFailed as failed:
            return _failed(console, f"`stadtbote {failed.doing}` ist misslungen.", failed.said)
        except HomeserverFailed as failed:
            return _failed(console, f"Der Homeserver: {failed.reason}", failed.log)
        except (NothingHeard, Refused, aiohttp.ClientError) as failed:
            return _failed(console, f"Der Homeserver: {failed}")
        except asyncio.CancelledError:
            if number := ended():
                return 128 + number
            raise
    return 0


@contextmanager
def _ended_by(*signals: signal.Signals) -> Iterator[Callable[[], int]]:
    """End the current task on these signals as Ctrl-C does, so that all is put away; gives which of them came."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    came: list[int] = []

    def end(number: int) -> None:
        came.append(number)
        if task is not None:
            task.cancel()

    for number in signals:
        loop.add_signal_handler(number, end, number)
    try:
        yield lambda: came[0] if came else 0
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix=_FOLDER) as made:
            yield Path(made)
    else:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield keep.resolve()


def _failed(console: Console, *lines: str) -> int:
    console.print()
    for line in lines:
        console.print(Text(line), style="bold red")
    return 1


def patient(console: Console) -> Busy:
    """Shows what is being done: a spinner on a terminal, elsewhere a line for what takes longer than a second."""

    @contextmanager
    def busy(words: str) -> Iterator[None]:
        line = Text(f"{words} …", style="dim")
        if console.is_terminal:
            with console.status(line):
                yield
            return
        reminder = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, console.print, line)
        try:
            yield
        finally:
            reminder.cancel()

    return busy


_HEADLINES = {
    Hosting.TOGETHER: "Stadtbote zum Ansehen: drei Städte, ein Matrix-Homeserver und der Bot auf diesem Rechner",
    Hosting.FEDERATED: "Stadtbote zum Ansehen: drei Städte mit je einem Matrix-Homeserver und der Bot, alle hier",
}
_KEPT = {
    Hosting.TOGETHER: "mit einem gemeinsamen Homeserver; sie geht nur ohne --federated (FEDERATED=1) weiter.",
    Hosting.FEDERATED: "mit einem Homeserver je Stadt; sie geht nur mit --federated (FEDERATED=1) weiter.",
}


async def _perform(console: Console, directory: Path, hosting: Hosting, *, keep: bool) -> None:
    busy = patient(console)
    console.print(Text(_HEADLINES[hosting]), style="bold")
    async with stage(directory, hosting, keep=keep, busy=busy) as on:
        if hosting is Hosting.FEDERATED:
            _say_who_lives_where(console, on)
        transcript = Transcript(
            console=console, witness=on.witness, bot_id=on.bot_id, name=on.name, room_title=on.room_title
        )
        await Play(on, transcript, busy).all(SCRIPT)
        _say_how_to_join(console, on)
        if sys.stdin.isatty():
            await Terminal(on, transcript, console).run()
        with busy("Alles wird beendet"):
            await on.bot.stop()


class Play:
    """The conversation on a stage, step by step."""

    def __init__(self, on: Stage, transcript: Transcript, busy: Busy) -> None:
        self._on = on
        self._transcript = transcript
        self._busy = busy
        self._last: Heard | None = None

    async def all(self, script: tuple[Step, ...]) -> None:
        """Play every step that is still to be played; raises StepFailed."""
        done = self._on.memory.done
        for room in {step.room for step in script if isinstance(step, Entrance) and step.title in done}:
            await self._on.settle(room)
        for step in still_to_play(script, done):
            self._transcript.note(step.title)
            self._last = await self._answered(step)
            await self._transcript.up_to(self._last.event_id)
            if step.once:
                done.append(step.title)
                self._on.memory.keep()

    async def _answered(self, step: Step) -> Heard:
        bot = self._on.bot
        try:
            return checked(await self._step(step), step)
        except NothingHeard as nothing:
            if bot.ended is not None:
                raise BotFailed(doing="run", status=bot.ended, said=bot.last_words()) from nothing
            raise StepFailed(title=step.title, why="keine Antwort") from nothing

    async def _step(self, step: Step) -> Heard:
        match step:
            case Entrance():
                return await self._enter(step)
            case Line():
                return await self._speak(step, step.says, to_last=step.replies)
            case _:
                raise TypeError(step)

    async def _enter(self, step: Entrance) -> Heard:
        try:
            with self._busy("Stadtbote kommt"):
                await self._on.invite_bot(step.who, step.room)
                return await self._on.people[step.who].next_from(self._on.bot_id, self._on.memory.rooms[step.room])
        except Refused:
            # An earlier run was interrupted when the bot had come already.
            await self._on.settle(step.room)
            return await self._speak(step, "!start")

    async def _speak(self, step: Step, words: str, *, to_last: bool = False) -> Heard:
        person = self._on.people[step.who]
        answered = self._last.event_id if to_last and self._last else None
        event = await person.say(self._on.memory.rooms[step.room], words, reply_to=answered)
        await self._transcript.up_to(event)
        with self._busy("Stadtbote antwortet"):
            return await person.reply_to(event, sender=self._on.bot_id)


def _say_who_lives_where(console: Console, on: Stage) -> None:
    console.print(Text("Homeserver:"), style="bold")
    for city, server in on.homes.cities.items():
        with_bot = ", hier lebt auch Stadtbote" if server is on.homes.main else ""
        console.print(Text(f"  {CITIES[city]:<10} {server.server_name}{with_bot}"), soft_wrap=True)


def _say_how_to_join(console: Console, on: Stage) -> None:
    console.print()
    console.print(Text("Mitreden mit einem eigenen Matrix-Client, auf diesem Rechner:"), style="bold")
    for server in on.homes.servers:
        rows = [("Homeserver", server.url)]
        for key in PLAYERS:
            if on.homes.of(on.parts[key]) is server:
                person = on.people[key]
                rows += [(on.parts[key].name, person.user_id), ("", f"Passwort: {person.account.password}")]
        for name, what in rows:
            console.print(Text(f"  {name:<22} {what}"), soft_wrap=True)
