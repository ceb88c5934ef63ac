"""The figures of the performance page, put together when somebody looks."""

from __future__ import annotations

import asyncio

from entourage import __version__
from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.kit.sketch import SLOT_SECONDS, SLOTS, Windows
from entourage.kit.telemetry import Telemetry
from entourage.stores.cache import Cache
from entourage.telemetry.engines import Engine, Engines
from entourage.telemetry.gauges import Gauges
from entourage.telemetry.system import LoopWatch, System

MOST_ROUTES = 200
MOST_STATEMENTS = 50


class RouteTime(Schema):
    """Answers of one route. `errors` are those with a status of 500 and above; times are until the answer began."""

    method: str
    route: str
    count: int
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


class SlowStatement(Schema):
    """A statement that took over 100 ms, without its values."""

    statement: str
    count: int
    max_ms: float
    mean_ms: float
    last_at: Time


class CacheUse(Schema):
    """How often a cache had what was asked of it. `size` is null when another server keeps it."""

    name: str
    hits: int
    misses: int
    size: int | None


class NamedEngine(Engine):
    """An engine of the list."""

    name: str


class Load(Schema):
    """What waits and what came. `projector_lag` is null where nothing is projected."""

    log_queue: int
    run_queue: int
    stream_connections: int
    events_ingested: int
    events_dropped: int
    projector_lag: int | None


class PerformanceReport(Schema):
    """How this process is doing; routes, statements and caches are those of the last hour."""

    version: str
    window_seconds: int
    system: System
    load: Load
    routes: list[RouteTime]
    slow_queries: list[SlowStatement]
    caches: list[CacheUse]
    engines: list[NamedEngine]


class Performance:
    """Reads the instruments."""

    def __init__(self, telemetry: Telemetry, watch: LoopWatch, gauges: Gauges, engines: Engines, cache: Cache) -> None:
        self._telemetry = telemetry
        self._watch = watch
        self._gauges = gauges
        self._engines = engines
        self._cache = cache

    async def report(self) -> PerformanceReport:
        """Everything, as of now."""
        engines = await self._engines.ask()
        return PerformanceReport(
            version=__version__,
            window_seconds=SLOTS * SLOT_SECONDS,
            system=await asyncio.to_thread(self._watch.system),
            load=self._load(),
            routes=self._routes(),
            slow_queries=self._slow_queries(),
            caches=[CacheUse(name="values", hits=self._cache.hits, misses=self._cache.misses, size=self._cache.size)],
            engines=[NamedEngine(name=name, **engine.model_dump()) for name, engine in engines.items()],
        )

    def _load(self) -> Load:
        return Load(
            log_queue=self._gauges.log_queue,
            run_queue=self._gauges.run_queue,
            stream_connections=self._gauges.stream_connections,
            events_ingested=self._telemetry.ingested,
            events_dropped=self._telemetry.dropped,
            projector_lag=self._gauges.projector_lag,
        )

    def _routes(self) -> list[RouteTime]:
        times = (_route_time(*key, windows) for key, windows in tuple(self._telemetry.routes.items()))
        seen = [time for time in times if time.count]
        return sorted(seen, key=lambda time: time.p95_ms, reverse=True)[:MOST_ROUTES]

    def _slow_queries(self) -> list[SlowStatement]:
        return [
            SlowStatement(
                statement=query.statement,
                count=query.times,
                max_ms=round(query.max_seconds * 1000, 1),
                mean_ms=round(query.mean_seconds * 1000, 1),
                last_at=query.last_ms,
            )
            for query in self._telemetry.slow_queries.last()[:MOST_STATEMENTS]
        ]


def _route_time(method: str, route: str, windows: Windows) -> RouteTime:
    hour = windows.last()
    p50, p95, p99 = (round(hour.quantile(q) * 1000, 3) for q in (0.5, 0.95, 0.99))
    return RouteTime(
        method=method, route=route, count=hour.count, errors=hour.errors, p50_ms=p50, p95_ms=p95, p99_ms=p99
    )
