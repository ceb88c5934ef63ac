"""The bus in numbers for Prometheus. Labels are names of default agents (`custom` for all others) and kinds of runs."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import func, select

from entourage.agents.tables import RunRow
from entourage.kit.telemetry import Telemetry
from entourage.stores.sql import EVERYONE, Database

CUSTOM = "custom"
WAIT_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 60, 300, 1800)


class Meters:
    """`sample` counts what is there, `began` is told of each run that a worker of this process takes."""

    def __init__(self, database: Database, telemetry: Telemetry, known_agents: Iterable[str]) -> None:
        registry, labels = telemetry.registry, ("agent", "kind")
        self._database = database
        self._agents = frozenset(known_agents)
        self._runs = {
            "queued": Gauge("bus_waiting_runs", "Runs that wait for a worker.", labels, registry=registry),
            "running": Gauge("bus_running_runs", "Runs that workers hold.", labels, registry=registry),
        }
        self._wait = Histogram(
            "bus_wait_seconds", "From asking to beginning.", labels, buckets=WAIT_BUCKETS, registry=registry
        )
        self._dead = Counter("bus_dead_letters", "Runs whose workers died too often.", labels, registry=registry)

    async def sample(self) -> int:
        """Count; how many wait."""
        counts = (
            select(RunRow.status, RunRow.agent, RunRow.kind, func.count(RunRow.id))
            .where(RunRow.status.in_(tuple(self._runs)))
            .group_by(RunRow.status, RunRow.agent, RunRow.kind)
        )
        async with self._database.read(EVERYONE) as session:
            found = list(await session.execute(counts))
        for gauge in self._runs.values():
            gauge.clear()
        for status, agent, kind, count in found:
            self._runs[status].labels(self._agent(agent), kind).inc(count)
        return sum(count for status, _agent, _kind, count in found if status == "queued")

    def began(self, run: RunRow) -> None:
        """A run was taken."""
        labels = (self._agent(run.agent), run.kind)
        if run.dead_ms is not None:
            self._dead.labels(*labels).inc()
        elif run.fence == 1 and run.started_ms is not None:
            self._wait.labels(*labels).observe(max(0, run.started_ms - run.created_ms) / 1000)

    def _agent(self, name: str) -> str:
        return name if name in self._agents else CUSTOM
