"""From committed events to metrics: nothing on the way of a run or a hook is measured twice.

The log's listener only counts and keeps what matters; a task reads it four times a second, a few hundred at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
import structlog

from entourage.events.event import TEAM, Published
from entourage.kit.telemetry import OTHER, Bounded, Telemetry

logger = structlog.get_logger(__name__)

READ_SECONDS = 0.25
CHUNK_EVENTS = 200
KEPT_EVENTS = 50_000

OUTSIDE = "outside"
CUSTOM = "custom"

_RUN_ENDS = {"task_completed": "completed", "task_failed": "failed", "task_cancelled": "cancelled"}
_TOOL_ENDS = {"tool_finished": "ok", "tool_failed": "failed"}
_HOOK_ENDS = {"hook.PostToolUse": "ok", "hook.PostToolUseFailure": "failed"}
READ_TYPES = frozenset(
    {*_RUN_ENDS, *_TOOL_ENDS, *_HOOK_ENDS, "task_queued", "task_started", "usage", "artifact_created"}
)


class Facts(msgspec.Struct):
    """What metrics and spans need of an event's data; the rest is not even decoded."""

    duration_ms: float | None = None
    latency_ms: float | None = None
    first_token_ms: float | None = None
    tool: str | None = None
    tool_call_id: str | None = None
    tool_use_id: str | None = None
    status: str | None = None
    provider: str | None = None
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: str | float | None = None
    artifact: dict[str, Any] | None = None


Reader = Callable[[Published, Facts], None]


class EventFeed:
    """Listens to the log. `known_agents` may stand in labels by name; `readers` get each event that is read."""

    def __init__(self, telemetry: Telemetry, known_agents: Iterable[str], known_tools: Iterable[str]) -> None:
        self._telemetry = telemetry
        self._agents = frozenset(known_agents)
        self._tools = frozenset(known_tools)
        self._model = Bounded()
        self._artifact = Bounded(20)
        self._outside_tool = Bounded(60)
        self._waiting: deque[Published] = deque(maxlen=KEPT_EVENTS)
        self._took: dict[str, list[float]] = {}
        """What models took since the metrics were last told: input, output, cached tokens, dollars."""
        self.readers: list[Reader] = []

    def take(self, events: Sequence[Published]) -> None:
        """The log's listener."""
        for (owner_id, source, session_id), group in groupby(events, key=_place):
            count = 0
            for item in group:
                count += 1
                if item.record.type in READ_TYPES:
                    self._waiting.append(item)
            self._telemetry.committed(count, TEAM if source == TEAM else OUTSIDE)
            self._telemetry.users.see(owner_id)
            if source == TEAM and session_id:
                self._telemetry.workspaces.see(session_id)

    async def run(self) -> None:
        """Read what waits, for ever."""
        while True:
            await asyncio.sleep(READ_SECONDS)
            while self._waiting:
                self.drain(CHUNK_EVENTS)
                await asyncio.sleep(0)

    def drain(self, limit: int = KEPT_EVENTS) -> None:
        """Read up to `limit` events that wait. An event of a newer server that cannot be read is left out."""
        for _ in range(min(limit, len(self._waiting))):
            item = self._waiting.popleft()
            try:
                facts = msgspec.json.decode(item.record.data, type=Facts)
            except msgspec.MsgspecError:
                logger.debug("telemetry.unread", type=item.record.type)
                continue
            self._read(item, facts)
            for reader in self.readers:
                reader(item, facts)
        self._tell_models()

    def _read(self, item: Published, facts: Facts) -> None:
        kind = item.record.type
        if kind in _RUN_ENDS:
            self._run_ended(item, facts, _RUN_ENDS[kind])
        elif kind in _TOOL_ENDS:
            self._tool_ended(facts, facts.status or _TOOL_ENDS[kind])
        elif kind in _HOOK_ENDS:
            self._tool_ended(facts, _HOOK_ENDS[kind])
        elif kind == "usage":
            self._model_answered(facts)
        elif kind == "artifact_created" and facts.artifact:
            self._telemetry.artifacts.labels(self._artifact(str(facts.artifact.get("type", OTHER)))).inc()

    def _run_ended(self, item: Published, facts: Facts, status: str) -> None:
        agent = self._agent(item)
        self._telemetry.agent_requests.labels(agent, status).inc()
        if facts.duration_ms is not None:
            self._telemetry.agent_duration.labels(agent).observe(facts.duration_ms / 1000)

    def _agent(self, item: Published) -> str:
        if item.record.source != TEAM:
            return OUTSIDE
        return item.record.agent if item.record.agent in self._agents else CUSTOM

    def _tool_ended(self, facts: Facts, status: str) -> None:
        if facts.duration_ms is None:
            return
        self._telemetry.tools.labels(self._tool(facts.tool or OTHER), status).observe(facts.duration_ms / 1000)

    def _tool(self, name: str) -> str:
        if name in self._tools:
            return name
        return "mcp" if name.startswith("mcp__") else self._outside_tool(name)

    def _model_answered(self, facts: Facts) -> None:
        took = self._took.setdefault(self._model(facts.model or OTHER), [0, 0, 0, 0])
        told = (facts.input_tokens, facts.output_tokens, facts.cached_tokens, float(facts.cost_usd or 0))
        for place, amount in enumerate(told):
            took[place] += max(0, amount)

    def _tell_models(self) -> None:
        tokens = self._telemetry.llm_tokens
        for model, (*counts, cost) in self._took.items():
            for kind, count in zip(("input", "output", "cached"), counts, strict=True):
                tokens.labels(model, kind).inc(count)
            self._telemetry.llm_cost.labels(model).inc(cost)
        self._took.clear()


def _place(item: Published) -> tuple[str, str, str | None]:
    return item.owner_id, item.record.source, item.record.session_id
