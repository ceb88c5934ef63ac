"""Logs, data points and spans, one by one, with what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from entourage.observe.otlp.attributes import Attributes, attributes_of, value_of, whole
from entourage.observe.otlp.payload import Json, Signal, hex_id

_METRIC_KINDS = ("sum", "gauge", "histogram", "exponentialHistogram", "summary")


class Item(NamedTuple):
    """One thing that was told. `name` is as the agent says it: `claude_code.api_request`."""

    signal: Signal
    name: str
    attributes: Attributes
    resource: Attributes
    time_ms: int | None
    trace_id: str | None
    data: Json
    """What only this signal has: the text of a log, the value of a data point, the times of a span."""


def items_of(signal: Signal, payload: Json) -> Iterator[Item]:
    """Every item of a request; parts that are not as they should be are passed over."""
    outer = {"logs": "resourceLogs", "metrics": "resourceMetrics", "traces": "resourceSpans"}[signal]
    middle = {"logs": "scopeLogs", "metrics": "scopeMetrics", "traces": "scopeSpans"}[signal]
    inner = {"logs": "logRecords", "metrics": "metrics", "traces": "spans"}[signal]
    read = {"logs": _log, "metrics": _points, "traces": _span}[signal]
    for group in _objects(payload.get(outer)):
        holder: object = group.get("resource")
        resource = attributes_of(cast("Json", holder).get("attributes")) if isinstance(holder, dict) else {}
        for scope in _objects(group.get(middle)):
            for thing in _objects(scope.get(inner)):
                yield from read(thing, resource)


def _log(record: Json, resource: Attributes) -> Iterator[Item]:
    attributes = attributes_of(record.get("attributes"))
    body = value_of(record.get("body"))
    name = record.get("eventName") or attributes.get("event.name") or (body if isinstance(body, str) else "")
    if isinstance(body, str) and body.partition(".")[2] == name:
        name = body  # "claude_code.api_request" tells more than "api_request"
    data = {"severity": record.get("severityText"), "text": body}
    time_ms = _ms(record.get("timeUnixNano")) or _ms(record.get("observedTimeUnixNano"))
    yield Item("logs", str(name), attributes, resource, time_ms, hex_id(record.get("traceId")), data)


def _points(metric: Json, resource: Attributes) -> Iterator[Item]:
    name = str(metric.get("name") or "metric")
    for kind in _METRIC_KINDS:
        holder: object = metric.get(kind)
        if not isinstance(holder, dict):
            continue
        for point in _objects(cast("Json", holder).get("dataPoints")):
            value = point.get("asDouble", whole(point["asInt"]) if "asInt" in point else None)
            data = {"unit": metric.get("unit"), "value": value, "count": point.get("count"), "sum": point.get("sum")}
            attributes = attributes_of(point.get("attributes"))
            yield Item("metrics", name, attributes, resource, _ms(point.get("timeUnixNano")), None, data)


def _span(span: Json, resource: Attributes) -> Iterator[Item]:
    start, end = _ms(span.get("startTimeUnixNano")), _ms(span.get("endTimeUnixNano"))
    status: object = span.get("status")
    code = cast("Json", status).get("code") if isinstance(status, dict) else None
    data = {
        "span_id": span.get("spanId"),
        "parent_span_id": span.get("parentSpanId"),
        "start_ms": start,
        "end_ms": end,
        "failed": code in {2, "STATUS_CODE_ERROR"},
    }
    attributes = attributes_of(span.get("attributes"))
    if start is not None and end is not None:
        attributes.setdefault("duration_ms", max(0, end - start))
    yield Item("traces", str(span.get("name") or "span"), attributes, resource, end, hex_id(span.get("traceId")), data)


def _objects(found: Any) -> Iterator[Json]:
    if isinstance(found, list):
        yield from (cast("Json", one) for one in cast("list[Any]", found) if isinstance(one, dict))


def _ms(nanoseconds: object) -> int | None:
    try:
        found = int(cast("Any", nanoseconds)) // 1_000_000
    except (TypeError, ValueError):
        return None
    return found if 0 < found < 2**53 else None
