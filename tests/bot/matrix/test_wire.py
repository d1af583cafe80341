"""Requests and receiving when the homeserver misbehaves; a stub, because Synapse does not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import clock
from bot.matrix import sync
from bot.matrix.errors import Challenged, MatrixError, RateLimited, Refused, Unauthorized, Unreachable
from bot.matrix.render import content, edit_content, replacing
from bot.matrix.wire import Wire, path
from bot.metrics import Metrics


class Stub:
    """Answers every request with what it is told."""

    def __init__(self) -> None:
        self.status, self.text, self.delay = 200, "{}", 0.0
        self.seen: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status, text=self.text)


@pytest.fixture
async def stub() -> AsyncIterator[tuple[Stub, Wire]]:
    made, app = Stub(), web.Application()
    app.router.add_route("*", "/{any:.*}", made.answer)
    async with TestServer(app) as server:
        wire = Wire(str(server.make_url("/")), "geheim")
        yield made, wire
        await wire.close()


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (429, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}', RateLimited),
        (429, "slow down", RateLimited),
        (401, '{"errcode":"M_UNKNOWN_TOKEN"}', Unauthorized),
        (401, '{"flows":[],"session":"x"}', Refused),
        (403, '{"errcode":"M_FORBIDDEN"}', Refused),
        (404, "<html>", Unreachable),
        (502, "<html>", Unreachable),
        (200, "<html>", Unreachable),
        (200, "[" * 100_000, Unreachable),
        (500, '{"errcode":"M_UNKNOWN"}', Unreachable),
    ],
)
async def test_every_failure_is_an_exception_of_ours(
    stub: tuple[Stub, Wire], status: int, text: str, error: type[MatrixError]
) -> None:
    stub[0].status, stub[0].text = status, text
    with pytest.raises(error) as caught:
        await stub[1].request("GET", path("sync"))
    if isinstance(caught.value, RateLimited) and "2500" in text:
        assert caught.value.retry_after == timedelta(seconds=2.5)


async def test_a_proof_that_is_wanted_comes_with_the_ways_to_give_it(stub: tuple[Stub, Wire]) -> None:
    page = "https://konto.example/?action=org.matrix.cross_signing_reset"
    flows = '[{"stages":["m.oauth"]},{"stages":["org.matrix.cross_signing_reset"]},{}, 5]'
    stub[0].status = 401
    stub[0].text = f'{{"session":"dummy","flows":{flows},"params":{{"m.other":1,"m.oauth":{{"url":"{page}"}}}}}}'
    with pytest.raises(Challenged) as caught:
        await stub[1].request("POST", path("keys", "device_signing", "upload"), body={})
    assert caught.value.flows == (("m.oauth",), ("org.matrix.cross_signing_reset",), ())
    assert (caught.value.session, caught.value.page) == ("dummy", page)
    stub[0].text = '{"flows":[{"stages":5},{"stages":["a"]}],"params":[]}'
    with pytest.raises(Challenged) as caught:
        await stub[1].request("POST", path("keys", "device_signing", "upload"), body={})
    assert (caught.value.flows, caught.value.page) == (((), ("a",)), None)


async def test_a_slow_or_missing_homeserver_is_unreachable(stub: tuple[Stub, Wire]) -> None:
    stub[0].delay = 5
    with pytest.raises(Unreachable):
        await stub[1].request("GET", path("sync"), patience=timedelta(milliseconds=50))
    nobody = Wire("http://127.0.0.1:9")
    with pytest.raises(Unreachable):
        await nobody.request("GET", path("sync"))
    await nobody.close()


async def test_the_token_travels_in_the_header_and_ids_are_quoted(stub: tuple[Stub, Wire]) -> None:
    await stub[1].request("PUT", path("rooms", "!a/b:c", "send"), body={})
    (request,) = stub[0].seen
    assert request.headers["Authorization"] == "Bearer geheim"
    assert "geheim" not in str(request.url)
    assert request.rel_url.raw_path.endswith("/rooms/!a%2Fb:c/send")


def test_pauses_grow_to_a_minute_and_are_not_all_the_same() -> None:
    pauses = [sync.jittered(failures) for failures in range(1, 40)]
    assert max(pauses) <= 60
    assert min(pauses[8:]) >= 30
    assert len(set(pauses)) > 1


async def test_receiving_waits_out_failures_and_ends_when_the_token_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[MatrixError] = [Unreachable(reason="away"), Refused(status=400, errcode="M_UNKNOWN"), Unauthorized()]
    counted: list[int] = []

    async def receive(_session: Any) -> NoReturn:
        raise failures.pop(0)

    def pause(failures_so_far: int) -> float:
        counted.append(failures_so_far)
        return 0

    monkeypatch.setattr(sync, "receive", receive)
    session: Any = SimpleNamespace(metrics=Metrics(), now=clock)
    with pytest.raises(Unauthorized):
        await sync.run(session, lambda: None, pause=pause)
    assert counted == [1, 2]


def test_a_message_names_its_thread_its_reply_and_whom_it_notifies() -> None:
    thread = content("a", "<b>a</b>", thread="$root", mentions=["@a:x"])
    assert thread["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$root"},
    }
    assert thread["m.mentions"] == {"user_ids": ["@a:x"]}
    reply = content("a", "a", reply_to="$x")
    assert reply["m.relates_to"] == {"m.in_reply_to": {"event_id": "$x"}}
    assert content("a", "a")["m.mentions"] == {}


def test_an_edit_names_what_it_replaces_and_shows_older_clients_a_star() -> None:
    edit = replacing(edit_content("neu", "<i>neu</i>", msgtype="m.text"), "$old")
    assert edit["body"] == "* neu"
    assert edit["m.new_content"]["formatted_body"] == "<i>neu</i>"
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
