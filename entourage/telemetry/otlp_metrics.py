"""The same metrics for a collector: the Prometheus registry, read now and then, in the form of OTLP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

import structlog
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

from entourage import __version__
from entourage.telemetry.spans import resource

logger = structlog.get_logger(__name__)

_CUMULATIVE = AggregationTemporality.CUMULATIVE
_SCOPE = InstrumentationScope("entourage", __version__)

Labels = tuple[tuple[str, str], ...]


def open_metrics(endpoint: str | None, registry: CollectorRegistry) -> MetricSender:
    """Metrics that go to the collector at `endpoint`; without one the standard variables say where."""
    url = f"{endpoint.rstrip('/')}/v1/metrics" if endpoint else None
    return MetricSender(OTLPMetricExporter(endpoint=url), registry)


class MetricSender:
    """Sends the whole registry each time: counts are since the start of the process."""

    def __init__(self, exporter: OTLPMetricExporter, registry: CollectorRegistry) -> None:
        self._exporter = cast("Any", exporter)  # its signatures are not fully typed
        self._registry = registry
        self._resource = resource()
        self._start_ns = time.time_ns()

    async def run(self, seconds: float) -> None:
        """Send again and again, from a thread."""
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.send)

    def send(self) -> None:
        """Send once. A collector that is away costs a line in the log."""
        try:
            self._exporter.export(self.data())
        except Exception:  # whatever it was, the next sending is another chance
            logger.warning("otel.metrics_failed", exc_info=True)

    def close(self) -> None:
        """Send what is left, then stop. Blocks."""
        self.send()
        self._exporter.shutdown()

    def data(self) -> MetricsData:
        """The registry as OTLP."""
        now = time.time_ns()
        metrics = [metric for family in self._registry.collect() if (metric := self._metric(family, now))]
        scope = ScopeMetrics(_SCOPE, metrics, "")
        return MetricsData([ResourceMetrics(self._resource, [scope], "")])

    def _metric(self, family: Family, now: int) -> Metric | None:
        samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
        if not samples:
            return None
        if family.type == "histogram":
            points = [self._histogram(labels, group, now) for labels, group in _by_labels(samples).items()]
            return Metric(family.name, family.documentation, "s", Histogram(points, _CUMULATIVE))
        numbers = [NumberDataPoint(sample.labels, self._start_ns, now, float(sample.value)) for sample in samples]
        if family.type == "counter":
            return Metric(
                f"{family.name}_total", family.documentation, "1", Sum(numbers, _CUMULATIVE, is_monotonic=True)
            )
        return Metric(family.name, family.documentation, "1", Gauge(numbers))

    def _histogram(self, labels: Labels, samples: Sequence[Sample], now: int) -> HistogramDataPoint:
        upto = [
            (float(sample.labels["le"]), int(sample.value)) for sample in samples if sample.name.endswith("_bucket")
        ]
        totals = [count for _, count in upto]
        counts = [total - before for total, before in zip(totals, [0, *totals], strict=False)]
        return HistogramDataPoint(
            attributes=dict(labels),
            start_time_unix_nano=self._start_ns,
            time_unix_nano=now,
            count=totals[-1] if totals else 0,
            sum=next((sample.value for sample in samples if sample.name.endswith("_sum")), 0.0),
            bucket_counts=counts,
            explicit_bounds=[bound for bound, _ in upto[:-1]],
            min=0.0,
            max=0.0,
        )


def _by_labels(samples: Sequence[Sample]) -> dict[Labels, list[Sample]]:
    groups: dict[Labels, list[Sample]] = {}
    for sample in samples:
        labels = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
        groups.setdefault(labels, []).append(sample)
    return groups
