"""A homeserver that is away: how often it is asked, and what happens when it is back."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.demo.homeserver import Homeserver
from bot.matrix import sync
from storage.database import Database
from tests.bot.matrix.bot import Bot, meet, words
from tests.rig.fixtures import Arrive, Register
from tests.rig.proxy import SYNC, Proxy, proxy

pytestmark = pytest.mark.synapse

PATIENCE_SECONDS = 30


class Outage:
    """An outage of so many seconds, as told by the pauses between the attempts; nobody waits for them to pass."""

    def __init__(self, line: Proxy, *, seconds: float) -> None:
        self.line = line
        self.left = seconds
        line.away = SYNC

    def pause(self, failures: int) -> float:
        self.left -= sync.jittered(failures)
        if self.left <= 0:
            self.line.away = None
        return 0


async def test_a_homeserver_that_answers_502_for_half_a_minute_is_asked_a_dozen_times_at_most(
    synapse: Homeserver, register: Register, arrive: Arrive, database: Database, tmp_path: Path
) -> None:
    anna, arrived = await arrive("anna"), asyncio.Event()
    async with proxy(synapse.url) as line:
        bot = Bot(line.url, await register("bote"), database, tmp_path / "state")
        await bot.start()
        room = await meet(bot, anna)
        outage = Outage(line, seconds=30)
        await anna.say(room, "!hilfe")
        with capture_logs() as logs:
            receiving = asyncio.create_task(sync.run(bot.session, arrived.set, pause=outage.pause))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await arrived.wait()
                arrived.clear()
                await anna.say(room, "!danke")
                await arrived.wait()
        receiving.cancel()
        assert words(await bot.hear(2)) == ["!hilfe", "!danke"]
        assert 0 < line.outcomes(SYNC)[502] <= 12
        (resumed,) = (one for one in logs if one["event"] == "sync_resumed")
        assert (resumed["log_level"], resumed["failures"]) == ("info", line.outcomes(SYNC)[502])
        assert resumed["seconds"] >= 0
        await bot.stop()


def test_the_pauses_between_attempts_grow_to_a_minute_and_are_not_the_same_for_every_bot() -> None:
    pauses = [[sync.jittered(failures) for _ in range(100)] for failures in range(1, 20)]
    assert all(len(set(alike)) > 1 for alike in pauses)
    assert all(max(alike) <= 60 for alike in pauses)
    assert [min(alike) >= 0.5 * min(2.0**n, 60) for n, alike in enumerate(pauses, start=1)] == [True] * len(pauses)
