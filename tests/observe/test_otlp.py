"""OTLP as agents send it: the real SDK, both encodings, old and new names, hostile bodies."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.observe.sending import SESSION, Agent, settled

NS = 1_000_000
JSON_TYPE = {"Content-Type": "application/json"}


def attributes(**values: Any) -> list[dict[str, Any]]:
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue", bool: "boolValue"}
    return [{"key": name.replace("__", "."), "value": {kinds[type(value)]: value}} for name, value in values.items()]


def logs(*records: dict[str, Any], service: str = "claude-code") -> dict[str, Any]:
    resource = {"attributes": attributes(service__name=service)}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": list(records)}]}]}


def api_request(at_ms: int, **more: Any) -> dict[str, Any]:
    """As Claude Code sends it: numbers as text."""
    told = {
        "session__id": SESSION,
        "event__name": "api_request",
        "model": "claude-sonnet-4-5",
        "input_tokens": "10",
        "output_tokens": "20",
        "cache_read_tokens": "100",
        "cache_creation_tokens": "5",
        "cost_usd": "0.0125",
        "duration_ms": "900",
        "prompt__id": "p1",
        **more,
    }
    body = {"stringValue": "claude_code.api_request"}
    return {"timeUnixNano": str(at_ms * NS), "body": body, "attributes": attributes(**told)}


async def test_an_api_request_is_usage_joined_to_its_session(agent: Agent) -> None:
    await agent.hook("UserPromptSubmit", prompt="go", prompt_id="p1")
    (hook,) = await agent.stored()
    payload = logs(api_request(hook["ts"]), api_request(hook["ts"] + 1, agent__id="a1", agent__name="reviewer"))
    answer = await agent.client.post("/v1/logs", json=payload)
    assert (answer.status_code, answer.json()) == (200, {})
    again = await agent.client.post("/v1/logs", json=payload)
    assert again.status_code == 200
    usage = await agent.stored(type="usage")
    assert len(usage) == 2, "what an exporter sends again is there once"
    data = usage[0]["data"]
    assert (data["input_tokens"], data["output_tokens"], data["cached_tokens"]) == (115, 20, 100)
    assert (data["cost_usd"], data["latency_ms"], data["prompt_id"], data["provider"]) == (
        "0.0125",
        900,
        "p1",
        "anthropic",
    )
    await settled(agent.world)
    session = await agent.owner.get(f"/sessions/claude-code/{SESSION}")
    assert (session["input_tokens"], session["cost_usd"], session["agents"]) == (230, 0.025, 2)
    lanes = (await agent.owner.get("/aggregations", session_id=SESSION))["items"]
    assert [(lane["kind"], lane["agent"], lane["cost_usd"]) for lane in lanes] == [
        ("session", "claude-code", 0.0125),
        ("subagent", "reviewer", 0.0125),
    ]
    (cost,) = (await agent.owner.get("/costs", group_by="project"))["items"]
    assert (cost["key"], cost["calls"], cost["cost_usd"]) == ("shop", 2, 0.025)


async def test_both_encodings_say_the_same(agent: Agent) -> None:
    from google.protobuf.json_format import ParseDict

    record = {**api_request(1_795_000_000_000), "traceId": "0af7651916cd43dd8448eb211c80319c"}
    told = await agent.client.post("/v1/logs", json=logs(record))
    assert told.headers["content-type"] == "application/json"
    (first,) = await agent.stored()
    request = ParseDict({}, ExportLogsServiceRequest())
    resource = request.resource_logs.add()
    log = resource.scope_logs.add().log_records.add()
    log.time_unix_nano = 1_795_000_000_000 * NS
    log.body.string_value = "claude_code.api_request"
    log.trace_id = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
    for pair in record["attributes"]:
        log.attributes.add(key=pair["key"]).value.string_value = pair["value"]["stringValue"]
    resource.resource.attributes.add(key="service.name").value.string_value = "claude-code"
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
    answer = await agent.client.post("/v1/logs", content=gzip.compress(request.SerializeToString()), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert ExportLogsServiceResponse.FromString(answer.content) == ExportLogsServiceResponse()
    assert await agent.stored() == [first], "what is said twice, in whatever encoding, is there once"


@pytest.mark.parametrize(
    ("names", "provider"),
    [
        (
            {"gen_ai__system": "openai", "gen_ai__usage__prompt_tokens": 7, "gen_ai__usage__completion_tokens": 3},
            "openai",
        ),
        (
            {"gen_ai__provider__name": "openai", "gen_ai__usage__input_tokens": 7, "gen_ai__usage__output_tokens": 3},
            "openai",
        ),
    ],
)
async def test_old_and_new_names_of_model_calls(small_agent: Agent, names: dict[str, Any], provider: str) -> None:
    span = {
        "name": "chat gpt-4o",
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "startTimeUnixNano": str(1_795_000_000_000 * NS),
        "endTimeUnixNano": str(1_795_000_001_500 * NS),
        "attributes": attributes(gen_ai__conversation__id="c1", gen_ai__request__model="gpt-4o", **names),
    }
    other = {**span, "name": "GET /", "attributes": attributes(session__id="c1", url="https://x:hunter2@y/")}
    payload = {"resourceSpans": [{"scopeSpans": [{"spans": [span, other]}]}]}
    assert (await small_agent.client.post("/v1/traces", json=payload)).status_code == 200
    usage, rest = await small_agent.stored()
    data = usage["data"]
    assert (usage["session_id"], data["provider"], data["model"], data["latency_ms"]) == (
        "c1",
        provider,
        "gpt-4o",
        1500,
    )
    assert (data["input_tokens"], data["output_tokens"]) == (7, 3)
    assert float(data["cost_usd"]) > 0, "a known model has its price though nobody told it"
    assert rest["type"] == "otel.span"
    assert "hunter2" not in json.dumps(rest)


async def test_metrics_are_kept_by_their_names(small_agent: Agent) -> None:
    point = {
        "asInt": "42",
        "timeUnixNano": str(1_795_000_000_000 * NS),
        "attributes": attributes(session__id="m", type="input"),
    }
    metric = {"name": "claude_code.token.usage", "unit": "tokens", "sum": {"dataPoints": [point]}}
    payload = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}
    assert (await small_agent.client.post("/v1/metrics", json=payload)).status_code == 200
    (event,) = await small_agent.stored()
    assert (event["type"], event["data"]["body"]["value"]) == ("otel.claude_code.token.usage", 42)


async def test_the_real_sdk_delivers(small_agent: Agent) -> None:
    headers = {"Authorization": f"Bearer {small_agent.key['key']}"}
    resource = Resource.create({"service.name": "my-agent", "session.id": "sdk"})
    base = small_agent.world.url

    def export() -> None:
        tracers = TracerProvider(resource=resource)
        tracers.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces", headers=headers)))
        with tracers.get_tracer("t").start_as_current_span("chat m") as span:
            span.set_attribute("gen_ai.provider.name", "acme")
            span.set_attribute("gen_ai.request.model", "m")
            span.set_attribute("gen_ai.usage.input_tokens", 11)
        tracers.shutdown()
        loggers = LoggerProvider(resource=resource)
        loggers.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(f"{base}/v1/logs", headers=headers)))
        loggers.get_logger("t").emit(body="tool_result", attributes={"event.name": "tool_result", "tool_name": "Bash"})
        loggers.shutdown()

    await asyncio.to_thread(export)
    events = {event["type"]: event for event in await small_agent.stored()}
    assert set(events) == {"usage", "otel.tool_result"}
    assert events["usage"]["data"]["input_tokens"] == 11
    assert {event["session_id"] for event in events.values()} == {"sdk"}


async def test_an_application_is_named_by_its_service(small_agent: Agent) -> None:
    person = {"Authorization": f"Bearer {small_agent.owner.token}"}
    payload = logs(api_request(1), service="My Agent 2.0")
    assert (await small_agent.client.post("/v1/logs", json=payload, headers=person)).json() == {}
    (event,) = await small_agent.stored()
    assert event["source"] == "my-agent-2-0"
    nameless = {"resourceLogs": [{"scopeLogs": [{"logRecords": [api_request(1)]}]}]}
    told = (await small_agent.client.post("/v1/logs", json=nameless, headers=person)).json()
    assert told["partialSuccess"]["rejectedLogRecords"] == "1"
    assert "service.name" in told["partialSuccess"]["errorMessage"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"no gzip", {**JSON_TYPE, "Content-Encoding": "gzip"}, 400, "invalid_gzip"),
        (gzip.compress(b"{}")[:-4], {**JSON_TYPE, "Content-Encoding": "gzip"}, 400, "invalid_gzip"),
        (b"\xff\xff\xff", {"Content-Type": "application/x-protobuf"}, 400, "invalid_protobuf"),
        (b"{", JSON_TYPE, 400, "invalid_json"),
        (b"[" * 100_000, JSON_TYPE, 422, "too_deep"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "content_type"),
    ],
    ids=["not gzip", "cut gzip", "not protobuf", "not JSON", "deep", "other type"],
)
async def test_hostile_requests_are_refused(
    small_agent: Agent, body: bytes, headers: Any, status: int, code: str
) -> None:
    answer = await small_agent.client.post("/v1/logs", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_bomb_is_refused(small_agent: Agent) -> None:
    headers = {**JSON_TYPE, "Content-Encoding": "gzip"}
    answer = await small_agent.client.post("/v1/logs", content=gzip.compress(b" " * 200_000_000), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_parts_of_the_wrong_shape_are_passed_over(small_agent: Agent) -> None:
    for payload in (
        {"resourceLogs": 5},
        {
            "resourceLogs": [
                None,
                {"scopeLogs": [{"logRecords": [1, {"attributes": "x", "body": 7, "timeUnixNano": "x"}]}]},
            ]
        },
        {"resourceLogs": [{"resource": [], "scopeLogs": {}}]},
    ):
        assert (await small_agent.client.post("/v1/logs", json=payload)).status_code == 200
