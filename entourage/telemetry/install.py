"""Putting the instruments into an application, and the tasks that read them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack

import structlog

from entourage import __version__
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.settings import Settings
from entourage.stores.cache import Cache
from entourage.telemetry.collector import open_collector
from entourage.telemetry.engines import Engines, Ping
from entourage.telemetry.feed import EventFeed
from entourage.telemetry.gauges import Gauges
from entourage.telemetry.report import Performance
from entourage.telemetry.system import LoopWatch

logger = structlog.get_logger(__name__)

SAMPLE_SECONDS = 2.0

Sample = Callable[[], Awaitable[int]]


async def open_telemetry(
    stack: AsyncExitStack,
    services: Services,
    settings: Settings,
    *,
    cache: Cache,
    engines: dict[str, Ping],
    known_agents: Iterable[str],
    known_tools: Iterable[str],
    run_queue: Sample,
    projector_lag: Sample | None = None,
) -> None:
    """Listen to the log, watch the loop, sample the queues, and send to a collector when one is named.

    The log and the hub must be among the services.
    """
    telemetry, log, hub = services.get(Telemetry), services.get(EventLog), services.get(Hub)
    telemetry.build.labels(__version__).set(1)
    feed = services.add(EventFeed(telemetry, known_agents, known_tools))
    log.listen(feed.take)
    watch = services.add(LoopWatch())
    gauges = services.add(Gauges(telemetry, log, hub))
    engine_list = services.add(Engines(engines))
    services.add(Performance(telemetry, watch, gauges, engine_list, cache))
    sampler = services.add(Sampler(telemetry, gauges, log, hub, run_queue, projector_lag))
    for work in (feed.run(), watch.run(), sampler.run()):
        stack.callback(asyncio.create_task(work).cancel)
    await open_collector(stack, settings, telemetry, feed)


class Sampler:
    """Asks what has to be asked for (a query), and turns counts of losses into moments of loss."""

    def __init__(
        self,
        telemetry: Telemetry,
        gauges: Gauges,
        log: EventLog,
        hub: Hub,
        run_queue: Sample,
        projector_lag: Sample | None,
    ) -> None:
        self._telemetry = telemetry
        self._gauges = gauges
        self._log = log
        self._hub = hub
        self._run_queue = run_queue
        self._projector_lag = projector_lag
        self._refused = self._undelivered = 0

    async def run(self) -> None:
        """Sample, for ever."""
        while True:
            try:
                await self.sample()
            except Exception:  # an engine that is away is told by /ready; the next look is in two seconds
                logger.debug("telemetry.sample_failed", exc_info=True)
            await asyncio.sleep(SAMPLE_SECONDS)

    async def sample(self) -> None:
        """Look once."""
        self._refused = self._lost(self._log.refused, self._refused, "queue_full")
        self._undelivered = self._lost(self._hub.dropped, self._undelivered, "slow_reader")
        self._gauges.run_queue = await self._run_queue()
        if self._projector_lag:
            self._gauges.projector_lag = await self._projector_lag()

    def _lost(self, now: int, before: int, reason: str) -> int:
        if now > before:
            self._telemetry.lost(now - before, reason)
        return now
