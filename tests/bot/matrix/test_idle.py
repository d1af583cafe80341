"""What it costs to hear nothing new, and that nothing is lost by paying no more."""

from typing import Any

import pytest

from storage.database import Database
from storage.matrix.queries import stored_account
from tests.bot.matrix.bot import Bot, meet, words
from tests.rig.fixtures import Arrive

pytestmark = pytest.mark.synapse


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every write transaction from now on."""
    seen: list[Any] = []
    plain = Database.transact

    async def noted(self: Database, body: Any) -> Any:
        seen.append(body)
        return await plain(self, body)

    monkeypatch.setattr(Database, "transact", noted)
    return seen


async def test_hearing_only_ourselves_writes_nothing(bot: Bot, arrive: Arrive, transactions: list[Any]) -> None:
    room = await meet(bot, await arrive("anna"), encrypted=False)
    await bot.sync()
    await bot.say(room, "Guten Tag")
    transactions.clear()
    before = bot.session.sync_token
    assert await bot.sync() == 0
    assert bot.session.sync_token != before
    assert transactions == []


async def test_what_came_after_our_own_messages_is_heard_once_by_a_new_process(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await anna.say(room, "!eins")
    assert words(await bot.hear()) == ["!eins"]
    await bot.say(room, "Guten Tag")
    await bot.sync()
    await bot.stop()
    await anna.say(room, "!zwei")
    await bot.start()
    assert words(await bot.hear()) == ["!zwei"]
    await bot.restart()
    await anna.say(room, "!drei")
    assert words(await bot.hear()) == ["!drei"]


async def test_the_first_position_of_an_account_is_stored_although_nothing_came(bot: Bot) -> None:
    async with bot.database.read() as connection:
        known = await stored_account(connection, "default")
    assert known is not None
    assert known.sync_token == bot.session.sync_token
