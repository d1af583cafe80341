"""The running bot: what only its process knows, asked at its own listener."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.doctor.finding import Finding, Patient, fail, ok, warn

_PATIENCE = aiohttp.ClientTimeout(total=10)
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "::": "[::1]"}  # noqa: S104 - read, not bound
_SWITCH_ON = 'set [http] listen = "127.0.0.1:8480" and start the bot anew'


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a running bot says of itself: whether it is ready, in which words, and its metrics by name."""

    ready: bool
    words: tuple[str, ...]
    metrics: Mapping[str, float]


async def examine_process(patient: Patient) -> list[Finding]:
    """Ask the bot, if it has a listener, whether it is ready, whom it leaves alone, and what limits it meets."""
    listen = patient.settings.http.listen
    if not listen:
        return [warn("running bot", "cannot be asked: [http] listen is empty", _SWITCH_ON)]
    address = _address(listen)
    try:
        told = await _ask(address)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        detail = f"does not answer at {address} ({type(error).__name__}): not running?"
        return [warn("running bot", detail, patient.command("run"))]
    if "stadtbote_sync_lag_seconds" not in told.metrics:
        return [warn("running bot", f"something else answers at {address}", "set another address in [http] listen")]
    return list(_examined(patient, told))


def _address(listen: str) -> str:
    host, _, port = listen.rpartition(":")
    return f"http://{_EVERYWHERE.get(host, host)}:{port}"


async def _ask(address: str) -> Told:
    async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
        async with http.get(f"{address}/readyz") as response:
            ready, words = response.status == 200, tuple((await response.text()).splitlines())
        async with http.get(f"{address}/metrics") as response:
            metrics = await response.text()
    return Told(ready=ready, words=words, metrics=_summed(metrics))


def _summed(text: str) -> dict[str, float]:
    """Every metric by its name, summed over its labels. Raises ValueError if these are no metrics."""
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    return sums


def _examined(patient: Patient, told: Told) -> Iterator[Finding]:
    said = "; ".join(told.words)
    if told.ready:
        yield ok("running bot", said)
    else:
        yield fail("running bot", said, "see the log, and the other lines here, for the reason")
    yield _backoff(told.metrics)
    yield _limits(patient, told.metrics)


def _backoff(metrics: Mapping[str, float]) -> Finding:
    away, alone = int(metrics.get("stadtbote_servers_away", 0)), int(metrics.get("stadtbote_left_alone", 0))
    # Somebody's lost device never has a key for us: that alone is no reason to act.
    rest = f"{alone} people, devices or rooms are left alone for up to five minutes"
    if away:
        detail = f"{away} homeservers of others do not answer ours; {rest}"
        return warn("backoff", detail, "wait; which ones stands in the homeserver's log and admin API (federation)")
    return ok("backoff", f"no homeserver is away; {rest}")


def _limits(patient: Patient, metrics: Mapping[str, float]) -> Finding:
    times, quiet = int(metrics.get("stadtbote_rate_limited_total", 0)), metrics.get("stadtbote_quiet_seconds", 0.0)
    if not times:
        return ok("limits", "the homeserver has not slowed the bot down since its start")
    detail = f"the homeserver has slowed the bot down {times} times since its start"
    now = f", now for {quiet:.0f} s" if quiet else ""
    return warn("limits", f"{detail}{now}", _lift(patient))


def _lift(patient: Patient) -> str:
    """The request with which an administrator of a Synapse lifts the bot's limits."""
    matrix = patient.settings.matrix
    where = f"{matrix.homeserver}/_synapse/admin/v1/users/{matrix.user_id}/override_ratelimit"
    body = '{"messages_per_second": 0, "burst_count": 0}'
    return f"""curl -X POST -H "Authorization: Bearer TOKEN_OF_A_SERVER_ADMIN" -d '{body}' '{where}'"""
