"""A homeserver's bad line: a proxy on the loopback interface that loses answers, or gives none for a while."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, web
from multidict import CIMultiDict
from yarl import URL

_LOOPBACK = "127.0.0.1"
_LONGEST = ClientTimeout(total=120)
# What belongs to one connection, or to the length of a body that is passed on as a whole.
_OF_THE_LINE = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})

SENDING = r"/rooms/[^/]+/send/"
SYNC = r"/v3/sync"


@dataclass(frozen=True, kw_only=True)
class Passed:
    """One request: `path` is as it came, with its query; `status` is what the client was meant to get.

    None: the homeserver did what was asked, but its answer was lost.
    """

    method: str
    path: str
    status: int | None


@dataclass(kw_only=True)
class Proxy:
    """A proxy between one client and `target`, in the running event loop.

    The answer to the first request of each path that `losing` (a regular expression) matches is lost after the
    homeserver has given it. Requests that `away` matches are not passed on, but answered with `away_status`.
    """

    target: str
    losing: str | None = None
    away: str | None = None
    away_status: int = 502
    passed: list[Passed] = field(default_factory=list)
    url: str = ""
    _lost: set[str] = field(default_factory=set)

    @property
    def lost(self) -> int:
        """How many answers were lost."""
        return len(self._lost)

    def count(self, pattern: str) -> int:
        """How many requests came whose path matches."""
        return sum(bool(re.search(pattern, one.path)) for one in self.passed)

    def outcomes(self, pattern: str) -> Counter[int | None]:
        """How often requests whose path matches ended with each status."""
        return Counter(one.status for one in self.passed if re.search(pattern, one.path))

    async def answer(self, client: ClientSession, request: web.Request) -> web.StreamResponse:
        """Pass one request on, or not."""
        path = request.raw_path
        if self.away is not None and re.search(self.away, path):
            self._note(request, self.away_status)
            return web.json_response({"retry_after_ms": 100}, status=self.away_status)
        target = URL(self.target.rstrip("/") + path, encoded=True)
        headers = _kept(request.headers)
        body = await request.read()
        async with client.request(request.method, target, headers=headers, data=body) as response:
            content = await response.read()
        if self._loses(path):
            self._note(request, None)
            return await _cut_off(request, content)
        self._note(request, response.status)
        return web.Response(status=response.status, headers=_kept(response.headers), body=content)

    def _loses(self, path: str) -> bool:
        if self.losing is None or path in self._lost or not re.search(self.losing, path):
            return False
        self._lost.add(path)
        return True

    def _note(self, request: web.Request, status: int | None) -> None:
        self.passed.append(Passed(method=request.method, path=request.raw_path, status=status))


def _kept(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _OF_THE_LINE)


async def _cut_off(request: web.Request, content: bytes) -> web.StreamResponse:
    # An answer that has begun: a line cut before that would be tried again by the client's own HTTP library.
    response = web.StreamResponse()
    response.content_length = len(content) + 1
    await response.prepare(request)
    if request.transport is not None:
        request.transport.close()
    return response


@asynccontextmanager
async def proxy(target: str) -> AsyncIterator[Proxy]:
    """Run a proxy to the homeserver at `target` for as long as the block lasts."""
    one = Proxy(target=target)
    async with ClientSession(auto_decompress=False, timeout=_LONGEST) as client:
        app = web.Application(client_max_size=2**26)

        async def passed_on(request: web.Request) -> web.StreamResponse:
            return await one.answer(client, request)

        app.router.add_route("*", "/{anything:.*}", passed_on)
        # Long polls that nobody waits for any more: aiohttp takes 0 for "as long as they last".
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        try:
            site = web.TCPSite(runner, _LOOPBACK, 0)
            await site.start()
            one.url = f"http://{_LOOPBACK}:{runner.addresses[0][1]}"
            yield one
        finally:
            await runner.cleanup()
