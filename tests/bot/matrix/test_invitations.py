"""What becomes of an invitation that the homeserver does not let us answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.matrix import joining
from bot.matrix.errors import MatrixError, RateLimited, Refused, Unreachable
from storage.database import Database
from tests.bot.matrix.played import Clock, Homeserver, Process

ANNA = "@anna:muenchen.example"


@pytest.fixture
async def bot(database: Database, tmp_path: Path) -> AsyncIterator[Process]:
    clock = Clock()
    made = Process(database=database, state=tmp_path / "state", server=Homeserver(clock=clock), clock=clock)
    made.session.account = replace(made.session.account, inviters=frozenset({ANNA}))
    made.session.rooms.known("!neu").we_are("invite", inviter=ANNA)
    yield made
    await made.session.close()


async def attempts(bot: Process, monkeypatch: pytest.MonkeyPatch, *outcomes: MatrixError | None) -> int:
    """How often joining is tried, half an hour apart, as long as there is an invitation."""
    left = list(outcomes)

    async def join(_room: str, **_more: object) -> None:
        outcome = left.pop(0)
        if outcome is not None:
            raise outcome

    monkeypatch.setattr(bot.session, "join", join)
    while left:
        if not await joining.step(bot.session):
            break
        bot.clock.advance(minutes=30)
    return len(outcomes) - len(left)


@pytest.mark.parametrize(
    "errcode", ["M_RESOURCE_LIMIT_EXCEEDED", "M_CONSENT_NOT_GIVEN", "M_USER_SUSPENDED", "M_USER_LOCKED"]
)
async def test_an_invitation_waits_while_the_account_may_do_nothing(
    bot: Process, monkeypatch: pytest.MonkeyPatch, errcode: str
) -> None:
    barred = Refused(status=403, errcode=errcode)
    assert await attempts(bot, monkeypatch, barred, Unreachable(reason="lost"), barred, None, None) == 4


async def test_an_invitation_that_could_not_be_answered_is_tried_again_soon_and_then_less_and_less(
    bot: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[float] = []
    began = bot.clock()

    async def join(_room: str, **_more: object) -> None:
        tried.append((bot.clock() - began).total_seconds())
        raise Unreachable(reason="lost")

    monkeypatch.setattr(bot.session, "join", join)
    for _ in range(120):
        await joining.step(bot.session)
        bot.clock.advance(seconds=5)
    assert tried == [0, 5, 15, 35, 75, 155, 315]


async def test_an_invitation_that_is_void_is_tried_once(bot: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await attempts(bot, monkeypatch, Refused(status=403, errcode="M_FORBIDDEN"), None) == 1


async def test_an_invitation_that_comes_too_fast_is_tried_again_by_whoever_waits(
    bot: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RateLimited):
        await attempts(bot, monkeypatch, RateLimited(retry_after=bot.clock.at - bot.clock.at))
    assert await attempts(bot, monkeypatch, None, None) == 1
