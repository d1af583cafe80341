"""Requests to the homeserver: JSON goes out, JSON comes back, and every failure is an exception of ours."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.matrix.errors import Challenged, RateLimited, Refused, Unauthorized, Unreachable

CLIENT = "/_matrix/client/v3"
_PATIENCE = timedelta(seconds=30)
_WITHOUT_HINT = timedelta(seconds=5)
_LONGEST_PAUSE_MS = 3_600_000
_TOKEN_ERRORS = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"})
_KINDS = frozenset({"sync", "send", "sendToDevice", "join", "leave", "keys", "messages", "event", "state", "login"})


def path(*parts: str) -> str:
    """Join `parts` to a path below the client-server interface; ids may hold any character."""
    return "/".join([CLIENT, *(quote(part, safe="") for part in parts)])


def kind_of(where: str) -> str:
    """What a request is for, by the words of its path that are no ids: `send`, `join`, `keys`, `other`."""
    words = where.removeprefix(CLIENT).strip("/").split("/")
    kind = words[2] if words[0] == "rooms" and len(words) > 2 else words[0]
    return kind if kind in _KINDS else "other"


class Wire:
    """One homeserver, spoken to with one access token (none before the login)."""

    def __init__(
        self, homeserver: str, access_token: str | None = None, *, limited: Callable[[str], None] | None = None
    ) -> None:
        """Prepare to speak to the homeserver at this base address; nothing is sent yet.

        `limited` is told the kind of each request that was one too many.
        """
        self._base = homeserver.rstrip("/")
        self._token = access_token
        self._limited = limited
        self._http: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        where: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        patience: timedelta = _PATIENCE,
    ) -> dict[str, Any]:
        """Send one request and give its answer; raises Unauthorized, RateLimited, Unreachable or Refused.

        There is no retry here: who calls knows whether, and when, to ask again.
        """
        limit = aiohttp.ClientTimeout(total=patience.total_seconds())
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with self._session().request(
                method, self._base + where, json=body, params=query, headers=headers, timeout=limit
            ) as response:
                if response.status == 429 and self._limited is not None:
                    self._limited(kind_of(where))
                return _answer(response.status, await _json(response))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(reason=type(error).__name__) from error

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(trust_env=True)
        return self._http

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()


async def _json(response: aiohttp.ClientResponse) -> Any:
    try:
        return await response.json(content_type=None)
    except (ValueError, RecursionError):
        return None


def _answer(status: int, answer: Any) -> dict[str, Any]:
    known = answer if isinstance(answer, dict) else {}
    errcode = str(known.get("errcode", "M_UNKNOWN"))
    if status == 429:
        raise RateLimited(retry_after=_pause(known.get("retry_after_ms")))
    if status == 401 and errcode in _TOKEN_ERRORS:
        raise Unauthorized(errcode=errcode)
    if status == 401 and isinstance(known.get("flows"), list):
        raise _challenge(known, errcode)
    if status >= 500 or status == 408 or not isinstance(answer, dict):
        raise Unreachable(reason=errcode, status=status)
    if status >= 400:
        raise Refused(status=status, errcode=errcode)
    return known


def _challenge(answer: Mapping[str, Any], errcode: str) -> Challenged:
    """What a person would have to do first (spec: user-interactive authentication)."""
    flows = tuple(_stages(flow) for flow in answer["flows"] if isinstance(flow, dict))
    asked = answer.get("params")
    pages = [one.get("url") for one in asked.values() if isinstance(one, dict)] if isinstance(asked, dict) else []
    page = next((page for page in pages if isinstance(page, str)), None)
    return Challenged(status=401, errcode=errcode, flows=flows, session=str(answer.get("session", "")), page=page)


def _stages(flow: Mapping[str, Any]) -> tuple[str, ...]:
    stages = flow.get("stages")
    return tuple(map(str, stages)) if isinstance(stages, list) else ()


def _pause(milliseconds: Any) -> timedelta:
    usable = isinstance(milliseconds, int) and milliseconds >= 0
    return timedelta(milliseconds=min(milliseconds, _LONGEST_PAUSE_MS)) if usable else _WITHOUT_HINT
