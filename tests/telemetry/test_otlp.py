"""Traces and metrics as a collector receives them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.e2e.walking import begin_walk, connect
from tests.fakes.llm_server import FakeLLM
from tests.fakes.receiver import Receiver
from tests.world import open_world

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def spans_of(receiver: Receiver) -> list[Any]:
    """Every span, with its attributes as a dictionary beside it."""
    found: list[Any] = []
    for request in receiver.requests:
        if request.path == "/v1/traces":
            message = ExportTraceServiceRequest.FromString(request.body)
            found += [span for part in message.resource_spans for scope in part.scope_spans for span in scope.spans]
    return found


def attributes(span: Any) -> dict[str, Any]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in span.attributes}


def named(spans: list[Any], start: str) -> list[Any]:
    return [span for span in spans if span.name.startswith(start)]


@pytest.fixture
def collector() -> Any:
    with Receiver() as opened:
        yield opened


async def walk(tmp_path: Path, llm: FakeLLM, **settings: Any) -> str:
    """A turn within the caller's trace; the conversation's id."""
    async with open_world(tmp_path, **settings) as world:
        ana = await world.person("ana")
        ana.client.headers["traceparent"] = f"00-{TRACE}-{CALLER}-01"
        await connect(ana, llm)
        chat, _ = await begin_walk(ana)
        events = (await ana.get("/events", session_id=chat, limit=1000))["items"]
        of_run = [event for event in events if event["run_id"]]
        assert of_run and {event["trace_id"] for event in of_run} == {TRACE}
    return chat


async def test_a_turn_is_one_trace_from_the_callers_span_to_the_tools(
    tmp_path: Path, fake_llm: FakeLLM, collector: Receiver
) -> None:
    chat = await walk(tmp_path, fake_llm, otel_endpoint=collector.url)
    spans = [span for span in spans_of(collector) if span.trace_id.hex() == TRACE]
    (request,) = named(spans, "POST /my/chat/{chat_id}/message/")
    (run,) = named(spans, "invoke_agent orchestrator")
    chats, tools = named(spans, "chat "), named(spans, "execute_tool ")
    assert request.parent_span_id.hex() == CALLER
    assert run.parent_span_id == request.span_id
    assert chats and tools
    assert {span.parent_span_id for span in chats + tools} == {run.span_id}
    assert len({span.span_id for span in spans}) == len(spans)
    assert attributes(request)["http.route"] == "/my/chat/{chat_id}/message/"
    assert attributes(run)["gen_ai.operation.name"] == "invoke_agent"
    assert attributes(run)["gen_ai.conversation.id"] == chat
    model = attributes(chats[0])
    assert (model["gen_ai.operation.name"], model["gen_ai.provider.name"]) == ("chat", "fake")
    assert model["gen_ai.request.model"] and model["gen_ai.usage.input_tokens"] > 0
    tool = attributes(tools[0])
    assert tool["gen_ai.operation.name"] == "execute_tool" and tool["gen_ai.tool.name"]
    for span in spans:
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano


async def test_metrics_arrive_with_the_same_figures(tmp_path: Path, fake_llm: FakeLLM, collector: Receiver) -> None:
    await walk(tmp_path, fake_llm, otel_endpoint=collector.url)
    last = [request for request in collector.requests if request.path == "/v1/metrics"][-1]
    (resource,) = ExportMetricsServiceRequest.FromString(last.body).resource_metrics
    metrics = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    runs = {attributes(point)["status"]: point.as_double for point in metrics["agent_requests_total"].sum.data_points}
    assert runs["completed"] == 1
    durations = metrics["agent_request_duration_seconds"].histogram.data_points[0]
    assert durations.count == sum(durations.bucket_counts) == 1
    assert len(durations.bucket_counts) == len(durations.explicit_bounds) + 1
    assert metrics["active_users"].gauge.data_points[0].as_double == 1


async def test_spans_hold_nothing_that_was_said(tmp_path: Path, fake_llm: FakeLLM, collector: Receiver) -> None:
    async with open_world(tmp_path, otel_endpoint=collector.url) as world:
        ana = await world.person("ana")
        await connect(ana, fake_llm)
        await ana.say(await ana.chat(), "tulip-4711")
    assert spans_of(collector)
    assert all(b"tulip" not in request.body for request in collector.requests)


async def test_the_standard_variable_names_the_collector(
    tmp_path: Path, fake_llm: FakeLLM, collector: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    await walk(tmp_path, fake_llm)
    assert {request.path for request in collector.requests} == {"/v1/traces", "/v1/metrics"}


async def test_a_collector_that_is_away_harms_nobody(tmp_path: Path, fake_llm: FakeLLM) -> None:
    os.environ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "0.2"
    try:
        await walk(tmp_path, fake_llm, otel_endpoint="http://127.0.0.1:9")
    finally:
        del os.environ["OTEL_EXPORTER_OTLP_TIMEOUT"]
