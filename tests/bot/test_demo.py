"""The demo: it plays by itself, goes on where it was, lets a person type, and leaves nothing behind."""

import asyncio
import json
import os
import pty
import re
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from bot.demo.installed import ROOT
from bot.demo.person import Heard, Kind
from bot.demo.script import SCRIPT
from bot.demo.steps import Answer, Entrance, Line
from storage.database import Database
from tests.conversation import BERLIN, Conversation, Said, import_demo
from tests.rig.processes import Running, started_by, still_running

PATIENCE = 120.0


@dataclass
class Demo:
    """A running demo and what it has printed so far."""

    process: Process
    folder: Path
    printed: str = ""
    ended: bool = False
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, phrase: str, *, after: int = 0) -> int:
        """Wait for a phrase after so many characters and give where it ends."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: self.ended or phrase in self.printed[after:])
        assert phrase in self.printed[after:], self.printed
        return self.printed.find(phrase, after) + len(phrase)

    async def take(self, chunk: bytes) -> None:
        """Note what was printed."""
        async with self.news:
            self.ended = not chunk
            self.printed += chunk.decode("utf-8", "replace").replace("\r\n", "\n")
            self.news.notify_all()

    def below(self) -> set[Running]:
        """The processes it has started."""
        return started_by(self.process.pid)

    def left_behind(self) -> list[Path]:
        """What lies in the temporary folder it was given."""
        return list(self.folder.iterdir())


@asynccontextmanager
async def demo(tmp_path: Path, *arguments: str, stdin: int, stdout: int) -> AsyncIterator[Demo]:
    """Start the demo; it is killed if the test does not end it."""
    folder = tmp_path / "tmp"
    folder.mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *arguments),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder), "TERM": "xterm", "COLUMNS": "100"},
        stdin=stdin,
        stdout=stdout,
        stderr=STDOUT,
        start_new_session=True,
    )
    try:
        yield Demo(process=process, folder=folder)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def without_terminal(tmp_path: Path, *arguments: str) -> AsyncIterator[Demo]:
    """The demo as a pipeline runs it."""
    async with demo(tmp_path, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE) as made:
        reading = asyncio.create_task(_read(made))
        yield made
        await reading


async def _read(made: Demo) -> None:
    assert made.process.stdout is not None
    while not made.ended:
        await made.take(await made.process.stdout.read(4096))


@pytest.mark.synapse
async def test_the_demo_plays_by_itself_and_goes_on_in_the_folder_it_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    async with without_terminal(tmp_path, "--keep", str(kept)) as interrupted:
        await interrupted.until("Guten Tag, ich bin Stadtbote")
        assert len(interrupted.below()) >= 2
        await expect_everything_away(interrupted, signal.SIGINT)

    async with without_terminal(tmp_path, "--keep", str(kept)) as whole:
        assert await whole.process.wait() == 0, whole.printed
    assert in_order(whole.printed, [step.title for step in SCRIPT if not isinstance(step, Entrance)])
    assert "http://127.0.0.1:" in whole.printed
    assert "@koordination-nuernberg:stadtbote.localhost" in whole.printed
    assert types_said(kept, "lenkung") == {"m.room.encrypted", "m.reaction"}

    async with without_terminal(tmp_path, "--keep", str(kept)) as again:
        assert await again.process.wait() == 0, again.printed
    assert "Guten Tag" not in again.printed
    assert in_order(again.printed, [step.title for step in SCRIPT if not step.once])
    with closing(sqlite3.connect(kept / "stadtbote" / "stadtbote.db")) as register:
        assert register.execute("SELECT count(*) FROM projects").fetchone() == (10,)


@pytest.mark.synapse
async def test_each_city_can_have_a_homeserver_of_its_own_and_a_kept_folder_stays_so(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    async with without_terminal(tmp_path, "--federated", "--keep", str(kept)) as whole:
        assert await whole.process.wait() == 0, whole.printed
    assert in_order(whole.printed, [step.title for step in SCRIPT])
    homes = dict(re.findall(r"^  (München|Nürnberg|Augsburg) +(localhost:\d+)", whole.printed, re.MULTILINE))
    assert len(set(homes.values())) == 3
    assert f"@koordination-nuernberg:{homes['Nürnberg']}" in whole.printed
    assert f"@koordination-augsburg:{homes['Augsburg']}" in whole.printed

    async with without_terminal(tmp_path, "--keep", str(kept)) as together:
        assert await together.process.wait() == 1
    assert "mit einem Homeserver je Stadt" in " ".join(together.printed.split())


async def expect_everything_away(shown: Demo, number: signal.Signals) -> None:
    """Interrupt the demo; it ends as interrupted programs do, and so does everything it has started."""
    below = shown.below()
    shown.process.send_signal(number)
    async with asyncio.timeout(PATIENCE):
        assert await shown.process.wait() == 128 + number
    assert still_running(below) == set()
    assert shown.left_behind() == []
    assert "Traceback" not in shown.printed


def in_order(printed: str, titles: list[str]) -> bool:
    """Whether all titles were printed, in this order."""
    flat = " ".join(printed.split())
    places = [flat.find(" ".join(title.split())) for title in titles]
    return places == sorted(places) and -1 not in places


def types_said(kept: Path, room: str) -> set[str]:
    """The types of what was said in a room, as the homeserver has it in its database."""
    address = json.loads((kept / "demo.json").read_text())["rooms"][room]
    with closing(sqlite3.connect(kept / "homeserver" / "homeserver.db")) as server:
        query = "SELECT type FROM events WHERE room_id = ? AND state_key IS NULL"
        return {kind for (kind,) in server.execute(query, (address,))}


@pytest.mark.synapse
async def test_at_a_terminal_one_may_speak_for_another_city_until_the_end_of_input(tmp_path: Path) -> None:
    screen, keyboard = pty.openpty()
    async with demo(tmp_path, stdin=keyboard, stdout=keyboard) as shown:
        os.close(keyboard)
        asyncio.get_running_loop().add_reader(screen, _note, screen, shown)
        try:
            place = await shown.until("Strg-D")
            below = shown.below()
            place = await shown.until("Koordination München [Lenkungskreis]", after=place)
            os.write(screen, b"/as Q\n/as N\n")
            place = await shown.until("Welche Stadt?", after=place)
            place = await shown.until("Koordination Nürnberg [Lenkungskreis]", after=place)
            os.write(screen, b"!zeige P-1\n")
            place = await shown.until("Projekt P-1 „Digitaler Bauantrag“", after=place)
            os.write(screen, "/reply Läuft wieder, alles im Plan.\n".encode())
            place = await shown.until("Verstanden für Projekt P-1 (Nürnberg)", after=place)
            os.write(screen, b"/room\n/tanz\n")
            place = await shown.until("[Digitaler Bauantrag]", after=place)
            await shown.until("/tanz gibt es nicht", after=place)
            os.write(screen, b"\x04")
            async with asyncio.timeout(PATIENCE):
                assert await shown.process.wait() == 0
        finally:
            asyncio.get_running_loop().remove_reader(screen)
            os.close(screen)
    assert still_running(below) == set()
    assert shown.left_behind() == []


def _note(screen: int, shown: Demo) -> None:
    try:
        chunk = os.read(screen, 65536)
    except OSError:  # the other side is closed
        asyncio.get_running_loop().remove_reader(screen)
        chunk = b""
    NOTING.add(task := asyncio.create_task(shown.take(chunk)))
    task.add_done_callback(NOTING.discard)


NOTING: set[asyncio.Task[None]] = set()


@pytest.mark.synapse
async def test_asked_to_end_while_it_begins_it_puts_everything_away(tmp_path: Path) -> None:
    async with without_terminal(tmp_path) as shown:
        await shown.until("Stadtbote zum Ansehen")
        await expect_everything_away(shown, signal.SIGTERM)


@pytest.mark.synapse
async def test_a_homeserver_that_does_not_start_is_told_without_a_traceback(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    (kept / "homeserver").mkdir(parents=True)
    (kept / "homeserver" / "signing.key").write_text("kein Schlüssel\n")
    async with without_terminal(tmp_path, "--keep", str(kept)) as shown:
        assert await shown.process.wait() == 1
    assert "Der Homeserver" in shown.printed
    assert not re.search(r"bot/__main__\.py", shown.printed)


@pytest.mark.parametrize("day", ["2025-07-06", "2026-11-18", "2028-02-29", "2035-12-31"])
async def test_the_script_does_not_depend_on_the_day_it_is_played(database: Database, day: str) -> None:
    talk = Conversation(database=database, people=await import_demo(database), now=at_noon(day))
    await talk.begin()
    last: Said | None = None
    for step in SCRIPT:
        room = f"!demo-{step.room}:stadtbote.example"
        match step:
            case Line():
                last = await talk.says(step.who, step.says, room=room, reply_to=last if step.replies else None)
            case _:
                last = await talk.joins(room)
        assert last.replies, step.title
        assert step.answer.missing(as_heard(last)) is None, (step.title, last.text)


def at_noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BERLIN)


def as_heard(said: Said) -> Heard:
    """The bot's first answer as a client hears it."""
    kind: Kind = "message" if "body" in said.replies[0].content else "reaction"
    return heard(kind, said.text)


def heard(kind: Kind, words: str) -> Heard:
    return Heard(
        room="!r",
        sender="@bot:x",
        event_id="$e",
        kind=kind,
        type="t",
        encrypted=True,
        content={},
        body=words,
        key=words,
    )


@pytest.mark.parametrize(
    ("answer", "kind", "body", "why"),
    [
        (Answer(has=("P-1",)), "message", "Projekt P-1", None),
        (Answer(has=("P-1", "gelb")), "message", "Projekt P-1", "es fehlt „gelb“"),
        (Answer(lacks=("P-1",)), "message", "Projekt P-1", "darin steht „P-1“"),
        (Answer(kind="reaction", has=("✅",)), "reaction", "✅", None),
        (Answer(kind="reaction"), "message", "Fertig", "erwartet war eine Reaktion, gekommen ist eine Nachricht"),
    ],
)
def test_an_answer_that_is_not_as_expected_says_why(answer: Answer, kind: Kind, body: str, why: str | None) -> None:
    assert answer.missing(heard(kind, body)) == why
