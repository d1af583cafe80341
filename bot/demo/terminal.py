"""A terminal to type in: the person writes into the rooms as one of the coordinations, and reads what is said there."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from bot.demo.person import Person
from bot.demo.stage import COORDINATIONS, SETTINGS, Stage
from bot.demo.transcript import Transcript

HELP = f"""\
Was Sie tippen, sagt die Koordination, als die Sie schreiben; Befehle an Stadtbote beginnen mit !, zum Beispiel !hilfe.
  /as N          als Koordination einer anderen Stadt schreiben ({", ".join(COORDINATIONS)})
  /reply TEXT    auf die letzte Nachricht von Stadtbote antworten
  /room          in den anderen Raum wechseln
  /help          diese Übersicht
  Strg-D         alles beenden"""


class Terminal:
    """What the person types, until the end of input."""

    def __init__(self, on: Stage, transcript: Transcript, console: Console) -> None:
        self._on = on
        self._transcript = transcript
        self._console = console
        self._city = next(iter(COORDINATIONS))
        self._room = next(iter(SETTINGS))

    async def run(self) -> None:
        """Let the person type until Ctrl-D."""
        self._console.print()
        self._console.print(Text(HELP))
        listening = asyncio.create_task(self._listen(), name="transcript")
        try:
            async with _typed(sys.stdin.fileno()) as lines:
                self._prompt()
                async for line in lines:
                    await self._take(line)
                    self._prompt()
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
        self._console.print()

    async def _listen(self) -> None:
        while True:
            await self._transcript.more()
            # What is said stands where the prompt was; the prompt moves down.
            self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
            self._transcript.catch_up()
            self._prompt()

    @property
    def _person(self) -> Person:
        return self._on.people[COORDINATIONS[self._city]]

    def _prompt(self) -> None:
        words = f"{self._on.name(self._person.user_id)} [{SETTINGS[self._room].title}] "
        self._console.print(Text(words, style="bold"), end="")

    async def _take(self, line: str) -> None:
        verb, _, rest = line.strip().partition(" ")
        match verb:
            case "":
                return
            case "/as":
                self._switch_city(rest.strip())
            case "/room":
                names = list(SETTINGS)
                self._room = names[(names.index(self._room) + 1) % len(names)]
            case "/reply":
                await self._reply(rest)
            case "/help":
                self._console.print(Text(HELP))
            case _ if verb.startswith("/"):
                self._console.print(Text(f"{verb} gibt es nicht; /help zeigt, was es gibt."))
            case _:
                await self._say(line)

    def _switch_city(self, wanted: str) -> None:
        found = [
            city
            for city, key in COORDINATIONS.items()
            if wanted.casefold() in {city.casefold(), *self._on.parts[key].name.casefold().split()}
        ]
        if len(found) != 1:
            self._console.print(Text(f"Welche Stadt? Möglich sind {', '.join(COORDINATIONS)}."))
            return
        self._city = found[0]

    async def _say(self, text: str, *, reply_to: str | None = None) -> None:
        event = await self._person.say(self._on.memory.rooms[self._room], text, reply_to=reply_to)
        self._transcript.unshown.add(event)

    async def _reply(self, text: str) -> None:
        room = self._on.memory.rooms[self._room]
        said = [
            one for one in self._person.heard if (one.sender, one.room, one.kind) == (self._on.bot_id, room, "message")
        ]
        if not said or not text:
            self._console.print(Text("Dazu gehören ein Text und eine Nachricht von Stadtbote in diesem Raum."))
            return
        await self._say(text, reply_to=said[-1].event_id)


@asynccontextmanager
async def _typed(file: int) -> AsyncIterator[AsyncIterator[str]]:
    """The lines typed at a terminal, one by one, until the end of input.

    The terminal hands over whole lines and nothing as the end; reading only when there is something needs neither a
    thread that would outlive us nor a mode that the shell would find changed.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        try:
            queue.put_nowait(os.read(file, 65536))
        except OSError:  # the terminal is gone
            queue.put_nowait(b"")

    loop.add_reader(file, read)

    async def lines() -> AsyncIterator[str]:
        while chunk := await queue.get():
            for line in chunk.decode("utf-8", "replace").splitlines():
                yield line

    try:
        yield lines()
    finally:
        loop.remove_reader(file)
