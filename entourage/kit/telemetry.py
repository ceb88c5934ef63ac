"""The instruments of one application: Prometheus metrics in a registry of its own, and short memories for admins.

Nothing here tells people apart: labels are routes, tools, models and states, each with a bound on how many there are.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from entourage.kit.sketch import Windows
from entourage.kit.slow_queries import SLOW_SECONDS, SlowQueries
from entourage.kit.tracing import Answered, Work

REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
RUN_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
TOOL_BUCKETS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
QUERY_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)

ACTIVE_SECONDS = 15 * 60
MOST_ACTIVE = 100_000

OTHER = "other"
_SERVER_ERROR = 500


class Bounded:
    """Label values that come from outside: the first `limit` different ones stay, all further ones are `other`."""

    def __init__(self, limit: int = 100) -> None:
        self._limit = limit
        self._seen: set[str] = set()

    def __call__(self, value: str) -> str:
        if value in self._seen:
            return value
        if len(self._seen) >= self._limit:
            return OTHER
        self._seen.add(value)
        return value


class Recent:
    """Which names were seen in the last quarter of an hour."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()

    def see(self, name: str) -> None:
        """Note a name."""
        self._seen[name] = time.monotonic()
        self._seen.move_to_end(name)
        if len(self._seen) > MOST_ACTIVE:
            self._seen.popitem(last=False)

    def count(self) -> int:
        """How many there are now."""
        since = time.monotonic() - ACTIVE_SECONDS
        while self._seen and next(iter(self._seen.values())) < since:
            self._seen.popitem(last=False)
        return len(self._seen)


class Telemetry:
    """Counters, histograms and gauges. Recording is synchronous and takes microseconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.started = time.monotonic()
        self.slow_queries = SlowQueries()
        self.routes: dict[tuple[str, str], Windows] = {}
        self.drops: deque[tuple[float, int]] = deque(maxlen=10_000)
        self.users = Recent()
        self.workspaces = Recent()
        self.ingested = self.dropped = 0
        self.on_ask: Callable[[Work], None] | None = None
        self.on_answer: Callable[[Answered], None] | None = None
        self._http: dict[tuple[str, str, int], tuple[Any, Any, Windows]] = {}
        self._ingested: dict[str, Counter] = {}
        self._queries: dict[str, Any] = {}
        self._make_agent_metrics()
        self._make_server_metrics()

    def _make_agent_metrics(self) -> None:
        self.agent_requests = self._counter("agent_requests", "Runs that ended, by agent and how.", "agent", "status")
        self.agent_duration = self._histogram(
            "agent_request_duration_seconds", "How long runs took, waiting for people included.", RUN_BUCKETS, "agent"
        )
        self.llm_tokens = self._counter("llm_tokens", "Tokens of model calls.", "model", "direction")
        self.llm_cost = self._counter("llm_cost_usd", "What model calls cost, in US dollars.", "model")
        self.tools = self._histogram(
            "tool_execution_duration_seconds", "How long tools took.", TOOL_BUCKETS, "tool", "status"
        )
        self.artifacts = self._counter("artifacts_generated", "Results that agents handed over.", "type")
        self.vector_search = self._histogram(
            "vector_search_seconds", "How long searches by meaning took.", QUERY_BUCKETS, "collection"
        )

    def _make_server_metrics(self) -> None:
        self.http_requests = self._counter("http_requests", "Answered requests.", "method", "route", "status")
        self.http_duration = self._histogram(
            "http_request_duration_seconds", "Time until an answer began.", REQUEST_BUCKETS, "method", "route"
        )
        self.events_ingested = self._counter("events_ingested", "Events committed to the log.", "source")
        self.events_dropped = self._counter("events_dropped", "Events refused or not delivered.", "reason")
        self.db_query = self._histogram("db_query_seconds", "How long statements took.", QUERY_BUCKETS, "operation")
        self.build = self._gauge("entourage_build_info", "The version that runs; always 1.", "version")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(name, text, labels, buckets=buckets, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def http(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answer began. `route` is a template such as `/my/chat/{chat_id}`, never a path."""
        found = self._http.get((method, route, status))
        if found is None:
            windows = self.routes.setdefault((method, route), Windows())
            counter = self.http_requests.labels(method, route, status)
            found = self._http[method, route, status] = (counter, self.http_duration.labels(method, route), windows)
        counter, histogram, windows = found
        counter.inc()
        histogram.observe(seconds)
        windows.add(seconds, is_error=status >= _SERVER_ERROR)

    def query(self, statement: str, seconds: float, operation: str | None = None) -> None:
        """A statement was executed. `operation` is its first word unless given."""
        name = operation or _operation(statement)
        histogram = self._queries.get(name)
        if histogram is None:
            histogram = self._queries[name] = self.db_query.labels(name)
        histogram.observe(seconds)
        if seconds >= SLOW_SECONDS:
            self.slow_queries.add(statement, seconds)

    def committed(self, count: int, source: str) -> None:
        """So many events were committed."""
        self.ingested += count
        counter = self._ingested.get(source)
        if counter is None:
            counter = self._ingested[source] = self.events_ingested.labels(source)
        counter.inc(count)

    def lost(self, count: int, reason: str) -> None:
        """So many events were refused (`queue_full`) or not delivered to a slow reader (`slow_reader`)."""
        self.dropped += count
        self.drops.append((time.monotonic(), count))
        self.events_dropped.labels(reason).inc(count)

    def lost_within(self, window_seconds: float) -> int:
        """How many events were lost in the last so many seconds."""
        since = time.monotonic() - window_seconds
        return sum(count for at, count in tuple(self.drops) if at > since)


_OPERATIONS = frozenset({"select", "insert", "update", "delete", "with", "set", "pragma"})


def _operation(statement: str) -> str:
    word = statement.lstrip()[:8].partition(" ")[0].partition("\n")[0].lower()
    return word if word in _OPERATIONS else OTHER
