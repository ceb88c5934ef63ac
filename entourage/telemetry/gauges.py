"""Figures that are read when somebody asks: queues, connections, who is active."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from entourage.kit.telemetry import Telemetry


class Log(Protocol):
    """What is read of the event log."""

    @property
    def queued(self) -> int:
        """Events that wait."""
        ...


class Connections(Protocol):
    """What is read of the hub."""

    @property
    def connections(self) -> int:
        """Live subscriptions."""
        ...


class Gauges(Collector):
    """Read at each scrape. `run_queue` is set by whoever counts the runs that wait."""

    def __init__(self, telemetry: Telemetry, log: Log, hub: Connections) -> None:
        self._telemetry = telemetry
        self._log = log
        self._hub = hub
        self.run_queue = 0
        self.projector_lag: int | None = None
        telemetry.registry.register(self)

    @property
    def log_queue(self) -> int:
        """Events that wait for the log."""
        return self._log.queued

    @property
    def stream_connections(self) -> int:
        """Open streams."""
        return self._hub.connections

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What Prometheus calls."""
        queues = GaugeMetricFamily(
            "bus_queue_depth", "What waits: events for the log, runs for a worker.", None, ["queue"]
        )
        queues.add_metric(["log"], self.log_queue)
        queues.add_metric(["runs"], self.run_queue)
        yield queues
        yield GaugeMetricFamily("stream_connections", "Open streams.", self.stream_connections)
        yield GaugeMetricFamily("active_users", "People seen in the last 15 minutes.", self._telemetry.users.count())
        yield GaugeMetricFamily(
            "active_workspaces", "Conversations that worked in the last 15 minutes.", self._telemetry.workspaces.count()
        )
        if self.projector_lag is not None:
            yield GaugeMetricFamily("projector_lag_events", "Events not yet projected.", self.projector_lag)
