"""The law of the outbox: whatever fails, and when, every message stands in its room once, in order, as last said."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.matrix import outbound
from bot.matrix.errors import RateLimited, Unreachable
from bot.matrix.render import MARKER
from storage.database import Database
from storage.outbox import OUTBOX
from tests.bot.matrix.played import ROOMS, Clock, Homeserver, Process

FAULTS = ("none", "answer lost", "answer lost", "not heard", "quiet", "power cut", "power cut")
WAITS = (timedelta(seconds=2), timedelta(minutes=2), timedelta(hours=7), timedelta(hours=25))


class PowerCut(Exception):
    """The process ends here."""


@dataclass(frozen=True)
class Say:
    """A new message."""

    room: str


@dataclass(frozen=True)
class Revise:
    """New words for an earlier message, perhaps while a message is being sent."""

    which: int
    sending: bool


@dataclass(frozen=True)
class Send:
    """One attempt to send."""

    fault: str


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    time: timedelta


@dataclass(frozen=True)
class Restart:
    """Another process goes on, perhaps as another device."""

    moved: bool


def happenings() -> st.SearchStrategy[Any]:
    """Anything that can happen."""
    return st.one_of(
        st.builds(Say, st.sampled_from(ROOMS)),
        st.builds(Revise, st.integers(min_value=0, max_value=9), st.booleans()),
        st.builds(Send, st.sampled_from(FAULTS)),
        st.just(Send("none")),
        st.builds(Wait, st.sampled_from(WAITS)),
        st.builds(Restart, st.booleans()),
    )


class Story:
    """What is said, and what the homeserver makes of it."""

    def __init__(self, bot: Process) -> None:
        self.bot = bot
        self.rows: list[int] = []
        self.rooms: list[str] = []
        self.said: list[str] = []
        self.count = 0

    async def tell(self, happening: Any) -> None:
        match happening:
            case Say(room):
                text = self._text()
                self.rows.append(await self.bot.put(room, text))
                self.rooms.append(room)
                self.said.append(text)
            case Revise(which, sending) if self.rows:
                others = [outbound.step(self.bot.session)] if sending else []
                await asyncio.gather(*others, self._revise(which % len(self.rows)))
            case Send(fault):
                await self._send(fault)
            case Wait(time):
                self.bot.clock.at += time
            case Restart(moved):
                self.bot.move() if moved else self.bot.restart()

    def _text(self) -> str:
        self.count += 1
        return f"Text {self.count}"

    async def _revise(self, which: int) -> None:
        text = self._text()
        await self.bot.put(self.rooms[which], text, replaces=self.rows[which])
        self.said[which] = text

    async def _send(self, fault: str) -> None:
        server = self.bot.server
        if fault == "not heard":
            server.failures.append(Unreachable(reason="lost"))
        elif fault == "quiet":
            server.failures.append(RateLimited(retry_after=timedelta(seconds=5)))
        server.answers_lost = int(fault == "answer lost")
        with pytest.MonkeyPatch.context() as patched:
            if fault == "power cut":
                patched.setattr(outbound, "mark_sent", _power_cut)
            try:
                await outbound.step(self.bot.session)
            except PowerCut:
                self.bot.restart()
        server.failures.clear()
        server.answers_lost = 0

    async def end(self) -> None:
        """The homeserver behaves until everything is sent."""
        while await self.bot.waiting():
            await self.bot.drain()
            self.bot.clock.advance(seconds=61)

    def shown(self, room: str) -> list[str]:
        """What stands in a room in the end, in order."""
        stands: dict[str, str] = {}
        for event in (one for one in self.bot.server.events if one.room == room):
            relation = event.content.get("m.relates_to", {})
            stands[relation.get("event_id", event.id)] = event.content.get("m.new_content", event.content)["body"]
        return list(stands.values())


async def _power_cut(*_: object) -> None:
    raise PowerCut


def law(examples: int) -> settings:
    """How thoroughly it is tried."""
    unhurried = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=unhurried)


STORIES = st.lists(happenings(), min_size=5, max_size=30)


@law(120)
@given(story=STORIES)
async def test_every_message_stands_in_its_room_once_in_order_and_as_last_said(
    database: Database, tmp_path: Path, story: Sequence[Any]
) -> None:
    await holds(database, tmp_path, story)


@pytest.mark.soak
@law(5000)
@given(story=STORIES)
async def test_the_law_of_the_outbox_holds_in_thousands_of_stories(
    database: Database, tmp_path: Path, story: Sequence[Any]
) -> None:
    await holds(database, tmp_path, story)


async def holds(database: Database, folder: Path, story: Sequence[Any]) -> None:
    """Tell a story, and compare what stands in the rooms with what was said."""
    await database.transact(lambda connection: connection.execute(delete(OUTBOX)))
    clock = Clock()
    bot = Process(database=database, state=folder / "state", server=Homeserver(clock=clock), clock=clock)
    told = Story(bot)
    for happening in story:
        await told.tell(happening)
    await told.end()
    markers = [event.content[MARKER] for event in bot.server.events]
    assert len(set(markers)) == len(markers)
    for room in ROOMS:
        assert told.shown(room) == [text for text, where in zip(told.said, told.rooms, strict=True) if where == room]
