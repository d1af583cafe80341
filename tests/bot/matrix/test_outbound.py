"""Sending without a homeserver: order, delays and refusals."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.matrix import outbound
from bot.matrix.errors import MatrixError, RateLimited, Refused, Unauthorized, Unreachable
from bot.matrix.keys import Keys, Stored
from bot.matrix.login import MatrixAccount
from bot.matrix.render import MARKER, content
from bot.matrix.rooms import Room
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session
from storage.database import Database
from storage.matrix.record import AccountRecord, RoomRecord
from storage.outbox import Parcel, enqueue, transaction_id

ROOMS = ("!a", "!b")


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 18, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **time: float) -> None:
        self.at += timedelta(**time)


class Line:
    """Takes messages, or fails as told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.failures: list[MatrixError] = []

    async def send(self, room: Room, kind: str, content: Mapping[str, Any], txn: str) -> str:
        assert content[MARKER] == txn
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((room.id, kind, str(content.get("body"))))
        return f"${len(self.sent)}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
async def session(
    database: Database, tmp_path: Path, clock: Clock, line: Line, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    nothing = Stored(account=None, sessions=(), group_sessions=(), devices=(), requests=())
    record = AccountRecord(account="default", user_id="@b:x", device_id="D", homeserver="http://x", access_token="t")
    made = Session(
        account=MatrixAccount(homeserver="http://x", user_id="@b:x"),
        record=record,
        database=database,
        secrets=load_secrets(tmp_path / "state"),
        keys=Keys(account="default", user_id="@b:x", device_id="D", pickle_key="k", stored=nothing),
        rooms=[RoomRecord(room=room, membership="join") for room in ROOMS],
        undecrypted=[],
        now=clock,
    )
    monkeypatch.setattr(made, "send", line.send)
    yield made
    await made.close()


async def put(session: Session, room: str, text: str, **parcel: Any) -> int:
    secret = session.secrets.outbox
    made = Parcel(
        **{
            "account": "default",
            "room": room,
            "cause": f"${text}",
            "ordinal": 0,
            "type": "m.room.message",
            "content": content(text, text),
            **parcel,
        }
    )
    return await session.database.transact(lambda connection: enqueue(connection, made, secret, session.now()))


async def drain(session: Session) -> int:
    steps = 0
    while await outbound.step(session):
        steps += 1
    return steps


async def test_an_unreachable_homeserver_delays_one_room_in_order_and_not_the_others(
    session: Session, clock: Clock, line: Line
) -> None:
    await put(session, "!a", "eins")
    await put(session, "!a", "zwei")
    await put(session, "!b", "drei")
    line.failures.append(Unreachable(reason="lost"))
    await drain(session)
    assert line.sent == [("!b", "m.room.message", "drei")]
    clock.advance(seconds=61)
    await drain(session)
    assert [text for _, _, text in line.sent] == ["drei", "eins", "zwei"]


async def test_when_asked_to_be_quiet_nothing_is_sent_until_then(session: Session, clock: Clock, line: Line) -> None:
    await put(session, "!a", "eins")
    await put(session, "!b", "zwei")
    line.failures.append(RateLimited(retry_after=timedelta(seconds=5)))
    assert await drain(session) == 1
    clock.advance(seconds=4)
    assert not await outbound.step(session)
    clock.advance(seconds=1)
    await drain(session)
    assert [text for _, _, text in line.sent] == ["eins", "zwei"]


async def test_what_is_refused_for_good_is_set_aside_and_the_next_one_goes(session: Session, line: Line) -> None:
    await put(session, "!a", "eins")
    await put(session, "!a", "zwei")
    line.failures.append(Refused(status=403, errcode="M_FORBIDDEN"))
    await drain(session)
    assert [text for _, _, text in line.sent] == ["zwei"]


async def test_nothing_is_sent_to_a_room_we_are_not_in(session: Session, line: Line) -> None:
    await put(session, "!anderswo", "eins")
    await drain(session)
    assert not line.sent


async def test_an_edit_of_what_was_never_sent_is_not_sent_either(session: Session, line: Line) -> None:
    first = await put(session, "!a", "eins")
    await put(session, "!a", "neu", replaces=first)
    line.failures.append(Refused(status=400, errcode="M_BAD_JSON"))
    await drain(session)
    assert not line.sent


async def test_an_invalid_token_is_for_others_to_handle(session: Session, line: Line) -> None:
    await put(session, "!a", "eins")
    line.failures.append(Unauthorized())
    with pytest.raises(Unauthorized):
        await outbound.step(session)
    await drain(session)
    assert [text for _, _, text in line.sent] == ["eins"]


async def test_the_marker_of_a_message_is_its_transaction_id(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    async def send(_room: Room, _kind: str, content: Mapping[str, Any], txn: str) -> str:
        seen.update(content, txn=txn)
        return "$1"

    monkeypatch.setattr(session, "send", send)
    await put(session, "!a", "eins")
    await outbound.step(session)
    assert seen["txn"] == seen[MARKER] == transaction_id(session.secrets.outbox, "$eins", 0)
