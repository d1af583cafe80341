"""Incidents are kept in a number that strangers cannot drive up."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import incidents
from storage.database import Connection, Database
from storage.incidents import IncidentKind, record_incident, unreported, was_recorded

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KIND = IncidentKind.INVITATION_DECLINED


async def test_only_the_newest_incidents_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incidents, "MOST", 3)

    async def happen(connection: Connection) -> None:
        for number in range(7):
            await record_incident(connection, KIND, f"!{number}", {}, NOW)

    await database.transact(happen)
    async with database.read() as connection:
        assert [one.subject for one in await unreported(connection, most=10)] == ["!4", "!5", "!6"]


async def test_what_was_recorded_is_known_however_long_ago(database: Database) -> None:
    await database.transact(lambda c: record_incident(c, KIND, "!r", {}, NOW - timedelta(days=80)))
    async with database.read() as connection:
        assert await was_recorded(connection, KIND, "!r")
        assert not await was_recorded(connection, KIND, "!s")
        assert not await was_recorded(connection, IncidentKind.SUCCESSOR_SHUT, "!r")
