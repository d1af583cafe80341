"""An event of the inbox that cannot be read any more is set aside, and the next ones are handled."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from storage.database import Connection
from storage.inbox import INBOX, Arrival, record_arrivals
from storage.incidents import IncidentKind, unreported
from tests.conversation import ACCOUNT, Conversation


@pytest.mark.parametrize("body", [{}, {"kind": "something of another version"}, []])
async def test_what_was_stored_and_cannot_be_read_any_more_is_set_aside_and_reported(
    talk: Conversation, body: Any
) -> None:
    arrival = Arrival(event="$alt", room="!r", sender="@anna:x", at=talk.now, body={}, digest="")

    async def store(connection: Connection) -> None:
        await record_arrivals(connection, ACCOUNT, [arrival], talk.now)
        await connection.execute(update(INBOX).where(INBOX.c.event == "$alt").values(body=json.dumps(body)))

    await talk.database.transact(store)
    while await talk.dispatcher.step():
        pass
    async with talk.database.read() as connection:
        state = (await connection.execute(select(INBOX.c.state).where(INBOX.c.event == "$alt"))).scalar_one()
        (told,) = await unreported(connection, most=10)
    assert state == "parked"
    assert (told.kind, told.subject, told.facts) == (IncidentKind.HANDLING_FAILED, "$alt", {"room": "!r"})
    assert (await talk.says("koord-m", "!zeige P-1")).text
