"""Sending traces and metrics to an OpenTelemetry collector, when one is named. Extra `otel`."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack

import structlog

from entourage.kit.telemetry import Telemetry
from entourage.settings import Settings
from entourage.telemetry.feed import EventFeed

logger = structlog.get_logger(__name__)

STANDARD_VARIABLES = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)


async def open_collector(stack: AsyncExitStack, settings: Settings, telemetry: Telemetry, feed: EventFeed) -> None:
    """Begin to send; nothing is imported when no collector is named, and a missing package is only a warning."""
    if not (settings.otel_endpoint or any(os.environ.get(name) for name in STANDARD_VARIABLES)):
        return
    try:
        from entourage.telemetry.spans import open_spans
    except ImportError:
        logger.warning("otel.not_installed", hint="Install the extra: pip install 'entourage[otel]'.")
        return
    from entourage.telemetry.otlp_metrics import open_metrics

    spans = open_spans(settings.otel_endpoint)
    feed.readers.append(spans.read)
    telemetry.on_ask, telemetry.on_answer = spans.asked, spans.answered
    metrics = open_metrics(settings.otel_endpoint, telemetry.registry)
    sending = asyncio.create_task(metrics.run(settings.otel_seconds), name="otlp-metrics")

    async def close() -> None:
        telemetry.on_ask = telemetry.on_answer = None
        sending.cancel()
        feed.drain()
        await asyncio.to_thread(spans.close)
        await asyncio.to_thread(metrics.close)

    stack.push_async_callback(close)
