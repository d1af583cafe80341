"""Drills over a bad line to the homeserver: answers get lost, or none come for a while."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from tests.bot.drill import Drill
from tests.rig.proxy import SENDING, SYNC, Proxy, proxy
from tests.rig.town import PASSWORD, Town

pytestmark = pytest.mark.synapse

OUTAGE_SECONDS = 30


@pytest.fixture
async def line(town: Town) -> AsyncIterator[Proxy]:
    """The line of a running bot."""
    await town.import_register()
    async with proxy(town.server.url) as one:
        town.bot.configure(
            homeserver=one.url, user_id=town.bot_id, password=PASSWORD, servers=town.homes.names, administrators=()
        )
        await town.start()
        yield one
        await town.bot.stop()


async def test_no_answer_is_doubled_although_the_line_swallows_each_response_to_a_send_once(
    town: Town, line: Proxy
) -> None:
    drill = await Drill.begin(town, random.Random(502))
    line.losing = SENDING
    await drill.say(4)
    await drill.expect_each_once_in_order()
    assert line.outcomes(SENDING)[None] >= len(drill.said)


@pytest.mark.soak
async def test_half_a_minute_without_a_homeserver_costs_a_dozen_requests_and_no_command(
    town: Town, line: Proxy
) -> None:
    drill = await Drill.begin(town, random.Random(30))
    line.away = ".*"
    await drill.say(5)
    # The real half minute, with the real pauses.
    await asyncio.sleep(OUTAGE_SECONDS)
    asked = line.outcomes(SYNC)[502]
    line.away = None
    await drill.expect_each_once_in_order()
    assert 0 < asked <= 12
