"""Metrics: what the running bot counts and measures, in the text format of Prometheus; nothing in it names anybody."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from time import perf_counter
from types import TracebackType
from typing import Self

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from storage.backlog import Backlog
from storage.outbox import Urgency

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_COMMAND = "none"
_NOT_KNOWN = float("nan")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """How the bot stands at one moment. Without a `backlog` the database did not answer.

    `lag` is the time since the last stored synchronisation began, `quiet` how long nothing is sent still, because the
    homeserver asked so or fails. `servers_away` homeservers of others do not answer it; `left_alone` people, devices
    and rooms failed and are tried again after a while. `junk` is what others sent that could not be read, by kind. The
    ages are those of the oldest event and message that wait, zero if none does.
    """

    lag: timedelta | None
    quiet: timedelta = timedelta(0)
    servers_away: int = 0
    left_alone: int = 0
    junk: Mapping[str, int] = field(default_factory=Tally)
    backlog: Backlog | None = None
    inbox_age: timedelta = timedelta(0)
    outbox_age: timedelta = timedelta(0)


class Metrics:
    """The counters of one running bot, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        Info("stadtbote_build", "The running version.", registry=self._registry).info({"version": version("stadtbote")})
        self._sync_failures = Counter(
            "stadtbote_sync_failures", "Synchronisations that failed and were tried again.", registry=self._registry
        )
        self._rate_limited = Counter(
            "stadtbote_rate_limited",
            "Requests that the homeserver declined as too many (429), by kind of request.",
            ["request"],
            registry=self._registry,
        )
        self._handling = Histogram(
            "stadtbote_handling_seconds",
            "Time to handle an event up to its commit, by command; none: it ran no command.",
            ["command"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def sync_failed(self) -> None:
        """Count a synchronisation that failed."""
        self._sync_failures.inc()

    def rate_limited(self, request: str) -> None:
        """Count a 429; `request` is the kind of request, never a path: paths hold ids."""
        self._rate_limited.labels(request).inc()

    def handling(self) -> "Handling":
        """Measure, as a context, how long an event is handled; its `command` may be named before the end."""
        return Handling(self._handling)

    def exposition(self, snapshot: Snapshot) -> bytes:
        """All metrics as a scraper reads them."""
        return generate_latest(_Together(self._registry, snapshot))


class Handling:
    """One event being handled, for the time that it takes."""

    def __init__(self, histogram: Histogram) -> None:
        self.command = NO_COMMAND
        self._histogram = histogram
        self._began = perf_counter()

    def __enter__(self) -> Self:
        self._began = perf_counter()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._histogram.labels(self.command).observe(perf_counter() - self._began)


class _Together:
    """What was counted so far together with how things stand now; two scrapes at once share nothing."""

    def __init__(self, registry: CollectorRegistry, snapshot: Snapshot) -> None:
        self._registry = registry
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        for family in self._registry.collect():
            # When a series began is of no use here and doubles their number.
            family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            yield family
        yield from _now(self._snapshot)


def _now(snapshot: Snapshot) -> Iterable[Metric]:
    lag = _NOT_KNOWN if snapshot.lag is None else snapshot.lag.total_seconds()
    yield _gauge("sync_lag_seconds", "Time since the last stored synchronisation began.", lag)
    yield _gauge(
        "quiet_seconds",
        "For how long nothing is sent, because the homeserver asked so or fails.",
        snapshot.quiet.total_seconds(),
    )
    yield _gauge("servers_away", "Homeservers of others that do not answer ours.", snapshot.servers_away)
    yield _gauge("left_alone", "People, devices and rooms that failed and are left alone.", snapshot.left_alone)
    junk = CounterMetricFamily("stadtbote_junk", "Unreadable things that others sent, by kind.", labels=["kind"])
    for kind, number in sorted(snapshot.junk.items()):
        junk.add_metric([kind], number)
    yield junk
    yield _gauge("database_up", "Whether the database answered (1) or not (0).", float(snapshot.backlog is not None))
    if snapshot.backlog is not None:
        yield from _waiting(snapshot, snapshot.backlog)


def _waiting(snapshot: Snapshot, backlog: Backlog) -> Iterable[Metric]:
    inbox, outbox = snapshot.inbox_age.total_seconds(), snapshot.outbox_age.total_seconds()
    yield _gauge("inbox_waiting", "Events that wait to be handled.", backlog.waiting)
    yield _gauge("inbox_parked", "Events set aside after they failed repeatedly.", backlog.parked)
    yield _gauge("inbox_age_seconds", "How long the oldest of the waiting events has waited.", inbox)
    queued = GaugeMetricFamily("stadtbote_outbox_queued", "Messages that wait to be sent.", labels=["urgency"])
    for urgency in Urgency:
        queued.add_metric([urgency.name.lower()], backlog.queued.get(urgency, 0))
    yield queued
    yield _gauge("outbox_undeliverable", "Messages that the homeserver refused for good.", backlog.undeliverable)
    yield _gauge("outbox_age_seconds", "How long the oldest message that is due has waited.", outbox)
    yield _gauge("undecrypted_events", "Events that cannot be read for want of their key.", backlog.undecrypted)
    yield _gauge("keys_withheld", "Room keys that clients refuse to give us.", backlog.withheld)
    incidents = "Things that needed a person, since the register began."
    yield CounterMetricFamily("stadtbote_incidents", incidents, value=backlog.incidents)
    yield _gauge("incidents_unreported", "Those that the admin room has not been told of.", backlog.unreported)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"stadtbote_{name}", meaning, value=value)
