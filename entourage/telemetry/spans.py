"""Spans of requests, runs, model calls and tools, named as the GenAI conventions of OpenTelemetry ask.

They are made from committed events once the work is over, so that nothing is added to the work itself. Ids of spans
follow from ids of runs and calls: a replica that tells the same end twice gives the same span.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from entourage import __version__
from entourage.events.event import TEAM, Event, Published
from entourage.kit.clock import now_ms
from entourage.kit.tracing import Answered, Work
from entourage.telemetry.feed import Facts

KEPT = 10_000
KEPT_REQUESTS = 50
"""Requests within one trace of the caller's; what is older was answered long ago."""

_SCOPE = InstrumentationScope("entourage", __version__)
_SERVER_ERROR = 500
_RUN_ENDS = {"task_completed": True, "task_failed": False, "task_cancelled": True}
_CALLERS = frozenset({"api", "mcp", "cli"})
"""Sources of calls of tools outside of conversations."""

_TOOL_ENDS = {"tool_finished": True, "tool_failed": False}


def resource() -> Resource:
    """Who is telling; OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME add to it."""
    return Resource.create({"service.name": "entourage", "service.version": __version__})


def open_spans(endpoint: str | None) -> Spans:
    """Spans that go to the collector at `endpoint`; without one the standard variables say where."""
    url = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
    return Spans(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))


class Spans:
    """Turns ends of work into spans and hands them to the processor, which sends them from a thread of its own."""

    def __init__(self, processor: BatchSpanProcessor) -> None:
        self._processor = processor
        self._resource = resource()
        self._started_ms: OrderedDict[str, int] = OrderedDict()
        self._requests: OrderedDict[str, deque[tuple[int, str]]] = OrderedDict()
        self._asked_by: OrderedDict[str, str] = OrderedDict()

    def close(self) -> None:
        """Send what is left. Blocks."""
        self._processor.shutdown()

    def asked(self, work: Work) -> None:
        """A request began: what it sets off is its child."""
        if work.trace_id and work.span_id:
            requests = self._requests.get(work.trace_id) or deque(maxlen=KEPT_REQUESTS)
            requests.append((now_ms(), work.span_id))
            _keep(self._requests, work.trace_id, requests)

    def answered(self, answer: Answered) -> None:
        """The answer of a request began."""
        work = answer.work
        if work.trace_id is None or work.span_id is None:
            return
        attributes = {
            "http.request.method": answer.method,
            "http.route": answer.route,
            "http.response.status_code": answer.status,
        }
        end_ns = time.time_ns()
        self._emit(
            f"{answer.method} {answer.route}",
            (work.trace_id, work.span_id, answer.caller_span),
            (end_ns - round(answer.seconds * 1e9), end_ns),
            attributes,
            kind=SpanKind.SERVER,
            error="" if answer.status >= _SERVER_ERROR else None,
        )

    def read(self, item: Published, facts: Facts) -> None:
        """A reader of the event feed."""
        event = item.event
        if event.run_id is None and event.type in _TOOL_ENDS and event.source in _CALLERS and event.trace_id:
            self._called(event, facts)
            return
        if event.source != TEAM or event.run_id is None or event.trace_id is None:
            return
        if event.type == "task_queued":
            self._queued(event, event.run_id, event.trace_id)
        elif event.type == "task_started":
            _keep(self._started_ms, event.run_id, event.ts)
        elif event.type in _RUN_ENDS:
            self._run_ended(event, facts)
        elif event.type in _TOOL_ENDS:
            self._tool_ended(event, facts)
        elif event.type == "usage":
            self._model_answered(event, facts)

    def _queued(self, event: Event, run_id: str, trace_id: str) -> None:
        before = [span for began, span in self._requests.get(trace_id, ()) if began <= event.ts]
        if before:
            _keep(self._asked_by, run_id, before[-1])

    def _run_ended(self, event: Event, facts: Facts) -> None:
        assert event.run_id
        began = self._started_ms.pop(event.run_id, event.ts - round(facts.duration_ms or 0))
        above = span_id(event.parent_run_id) if event.parent_run_id else self._asked_by.pop(event.run_id, None)
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.provider.name": "entourage",
            "gen_ai.agent.name": event.agent or "",
            "gen_ai.conversation.id": event.session_id or "",
            "entourage.run.id": event.run_id,
        }
        error = None if _RUN_ENDS[event.type] else "failed"
        where = (event.trace_id or "", span_id(event.run_id), above)
        self._emit(f"invoke_agent {event.agent}", where, _from_to(began, event.ts), attributes, error=error)

    def _called(self, event: Event, facts: Facts) -> None:
        """A call outside of conversations: its span hangs on the request that made it."""
        trace_id, began = event.trace_id or "", event.ts - round(facts.duration_ms or 0)
        above = [span for at, span in self._requests.get(trace_id, ()) if at <= began]
        self._execute(event, facts, (trace_id, span_id(event.id), above[-1] if above else None))

    def _tool_ended(self, event: Event, facts: Facts) -> None:
        assert event.run_id
        own = span_id(event.run_id, facts.tool_call_id or event.id)
        self._execute(event, facts, (event.trace_id or "", own, span_id(event.run_id)))

    def _execute(self, event: Event, facts: Facts, where: tuple[str, str, str | None]) -> None:
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": facts.tool or "",
            "gen_ai.tool.call.id": facts.tool_call_id or "",
            "gen_ai.tool.type": "function",
            "gen_ai.agent.name": event.agent or "",
        }
        times = _from_to(event.ts - round(facts.duration_ms or 0), event.ts)
        error = None if _TOOL_ENDS[event.type] else facts.status or "failed"
        self._emit(f"execute_tool {facts.tool}", where, times, attributes, error=error)

    def _model_answered(self, event: Event, facts: Facts) -> None:
        assert event.run_id
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": facts.provider or "unknown",
            "gen_ai.request.model": facts.model or "",
            "gen_ai.response.model": facts.model or "",
            "gen_ai.usage.input_tokens": facts.input_tokens,
            "gen_ai.usage.output_tokens": facts.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": facts.cached_tokens,
            "gen_ai.agent.name": event.agent or "",
            "gen_ai.conversation.id": event.session_id or "",
        }
        if facts.first_token_ms is not None:
            attributes["gen_ai.response.time_to_first_chunk"] = facts.first_token_ms / 1000
        if facts.cost_usd is not None:
            attributes["entourage.cost_usd"] = float(facts.cost_usd)
        where = (event.trace_id or "", span_id(event.run_id, event.id), span_id(event.run_id))
        times = _from_to(event.ts - round(facts.latency_ms or 0), event.ts)
        self._emit(f"chat {facts.model}", where, times, attributes, kind=SpanKind.CLIENT)

    def _emit(
        self,
        name: str,
        where: tuple[str, str, str | None],
        times: tuple[int, int],
        attributes: Mapping[str, Any],
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        error: str | None = None,
    ) -> None:
        trace_id, own_id, parent_id = where
        self._processor.on_end(
            ReadableSpan(
                name=name,
                context=_context(trace_id, own_id),
                parent=_context(trace_id, parent_id) if parent_id else None,
                resource=self._resource,
                attributes={**attributes, **({"error.type": error} if error else {})},
                kind=kind,
                status=Status(StatusCode.UNSET if error is None else StatusCode.ERROR),
                start_time=times[0],
                end_time=max(times),
                instrumentation_scope=_SCOPE,
            )
        )


def span_id(*parts: str) -> str:
    """The same 16 hex digits for the same parts."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _context(trace_id: str, own_id: str) -> SpanContext:
    return SpanContext(int(trace_id, 16), int(own_id, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _from_to(start_ms: int, end_ms: int) -> tuple[int, int]:
    return start_ms * 1_000_000, end_ms * 1_000_000


def _keep(kept: OrderedDict[str, Any], key: str, value: object) -> None:
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)
