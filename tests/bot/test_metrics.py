"""Metrics: the documentation lists each, the names tell what is counted, and requests are counted without their ids."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.matrix import wire
from bot.matrix.errors import RateLimited
from bot.matrix.wire import Wire
from bot.metrics import Metrics, Snapshot
from storage.backlog import Backlog

DOCUMENTED = Path(__file__).parents[2] / "docs" / "operations.md"
ROW = re.compile(r"^\| `(stadtbote_\w+)` \|(.*)\| (.+) \|$", re.MULTILINE)
EMPTY = Backlog(waiting=0, parked=0, undeliverable=0, undecrypted=0, withheld=0, incidents=0, unreported=0)
# What the text format appends to the name of such a family.
ENDINGS = {"counter": "_total"}


def test_the_documentation_lists_every_metric_with_its_labels_and_meaning() -> None:
    metrics = Metrics()
    metrics.rate_limited("send")
    with metrics.handling():
        pass
    snapshot = Snapshot(lag=timedelta(0), junk={"device": 1}, backlog=EMPTY)
    served = {
        family.name + ENDINGS.get(family.type, ""): (
            {label for sample in family.samples for label in sample.labels} - {"le"},
            family.documentation,
        )
        for family in text_string_to_metric_families(metrics.exposition(snapshot).decode())
        if not family.name.startswith("process_")
    }
    rows = ROW.findall(DOCUMENTED.read_text(encoding="utf-8"))
    assert {name: (set(re.findall(r"`(\w+)`", labels)), meaning) for name, labels, meaning in rows} == served


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.sync_failed()
    snapshot = Snapshot(lag=None)
    assert b"stadtbote_sync_failures_total 1.0" in one.exposition(snapshot)
    assert b"stadtbote_sync_failures_total 0.0" in other.exposition(snapshot)


@pytest.fixture
async def impatient() -> AsyncIterator[str]:
    """A homeserver for which every request is one too many."""

    async def declined(_request: web.Request) -> web.Response:
        return web.json_response({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1}, status=429)

    stub = web.Application()
    stub.router.add_route("*", "/{path:.*}", declined)
    async with TestServer(stub) as server:
        yield str(server.make_url("/"))


async def test_requests_that_were_one_too_many_are_counted_by_kind_and_name_no_room(impatient: str) -> None:
    metrics = Metrics()
    line = Wire(impatient, limited=metrics.rate_limited)
    for where in (
        wire.path("rooms", "!geheim:m.example", "send", "m.room.message", "txn"),
        wire.path("rooms", "!geheim:m.example", "join"),
        wire.path("keys", "query"),
        wire.path("user", "@anna:m.example", "account_data", "m.direct"),
    ):
        with pytest.raises(RateLimited):
            await line.request("PUT", where, body={})
    await line.close()
    said = metrics.exposition(Snapshot(lag=None)).decode()
    kinds = re.findall(r'^stadtbote_rate_limited_total\{request="(\w+)"\} 1\.0$', said, re.MULTILINE)
    assert sorted(kinds) == ["join", "keys", "other", "send"]
    assert "example" not in said
