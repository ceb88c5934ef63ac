"""Watching over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from entourage.accounts.fields import Label
from entourage.accounts.schemas import Body
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

Status = Literal["active", "idle", "ended", "failed"]
SpanKind = Literal["session", "turn", "subagent", "tool", "model", "approval"]
SpanStatus = Literal["running", "ok", "error", "denied", "interrupted", "waiting"]
Cost = Annotated[float, Field(description="US dollars.")]


class EventOut(Schema):
    """An event of the log. `data` of a `hook.*` event holds the agent's own body, without secrets."""

    seq: int
    id: str
    session_id: str | None
    run_id: str | None
    parent_run_id: str | None
    agent: str | None
    type: str = Field(examples=["hook.PreToolUse"])
    ts: int = Field(description="Server time, epoch ms.")
    client_ts: int | None
    data: dict[str, Any]
    trace_id: str | None
    source: str = Field(description="`team`, or the name of the application that sent it.")


class EventPage(Schema):
    """A page of events."""

    items: list[EventOut]
    next_cursor: str | None = None


class EventCount(Schema):
    """How many events match; `exact` is false when counting stopped at the limit."""

    count: int
    exact: bool


class Spent(Schema):
    """Tokens and money."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_usd: Cost


class SessionOut(Spent):
    """A session of an agent; a conversation of one's own team is one as well."""

    id: str
    source: str
    project: str | None
    title: str | None
    status: Status
    cwd: str | None
    model: str | None
    started_at: Time
    last_at: Time
    ended_at: Time | None
    events: int
    errors: int
    denied: int
    tool_calls: int
    agents: int
    last_summary: str | None


class SpanOut(Spent):
    """Something that took time: a session, a turn, a subagent, a tool call, a model call, an approval."""

    id: str
    parent_id: str | None
    lane_id: str
    agent: str | None
    kind: SpanKind
    name: str
    started_ms: int
    ended_ms: int | None
    status: SpanStatus
    summary: str | None
    tool_use_id: str | None
    start_seq: int | None
    end_seq: int | None


class SpanList(Schema):
    """The spans of a session, parents first."""

    items: list[SpanOut]


class ToolTotals(Schema):
    """Calls of one tool."""

    count: int = 0
    errors: int = 0
    duration_ms: int = 0


class Aggregation(Spent):
    """What one agent did in one session."""

    session_id: str
    source: str
    lane_id: str
    parent_lane_id: str | None
    agent: str | None
    agent_id: str | None
    kind: Literal["session", "subagent"]
    status: SpanStatus
    started_at: Time
    ended_at: Time | None
    duration_ms: int
    events: int
    tool_calls: int
    errors: int
    denied: int
    tools: dict[str, ToolTotals]


class AggregationList(Schema):
    """Aggregations: the session's own first, then its subagents in the order they began."""

    items: list[Aggregation]
    next_cursor: str | None = None


class SeriesPoint(Schema):
    """One bucket of time."""

    t: int = Field(description="Its begin, epoch ms.")
    count: int
    errors: int
    tokens: int
    cost_usd: Cost
    p50_ms: float | None
    p95_ms: float | None


class SeriesLine(Schema):
    """One line of a chart; buckets without events are left out."""

    key: str
    points: list[SeriesPoint]


class Series(Schema):
    """Counts over time."""

    model_config = ConfigDict(populate_by_name=True)

    interval_ms: int
    from_ms: int = Field(alias="from")
    to_ms: int = Field(alias="to")
    series: list[SeriesLine]


class CostOut(Spent):
    """What was spent under one key."""

    key: str
    label: str
    calls: int


class CostList(Schema):
    """Costs, the highest first."""

    items: list[CostOut]


class ToolDelta(Schema):
    """One tool in two sessions; None where it was not used."""

    name: str
    left: ToolTotals | None
    right: ToolTotals | None
    count_delta: int
    errors_delta: int
    duration_ms_delta: int


class SpanPair(Schema):
    """Two spans that correspond, or one that the other session has not."""

    kind: SpanKind
    name: str
    left: SpanOut | None
    right: SpanOut | None


class BothAggregations(Schema):
    """The aggregations of two sessions."""

    left: list[Aggregation]
    right: list[Aggregation]


class Comparison(Schema):
    """Two sessions side by side."""

    left: SessionOut
    right: SessionOut
    aggregates: BothAggregations
    tools: list[ToolDelta]
    spans: list[SpanPair]


class SourceIn(Body):
    """How the hooks of an application are answered."""

    mode: Literal["observe", "guard"] = Field("observe", description="`guard`: the policy answers PreToolUse.")
    route_permissions: bool = Field(False, description="Whether a PermissionRequest waits for one's decision.")


class SourceOut(Schema):
    """An application that sends, or has a key to."""

    app: str
    events: int
    last_seen_at: Time | None
    keys: int
    mode: Literal["observe", "guard"]
    route_permissions: bool


class SourceList(Schema):
    """All of a person's applications."""

    items: list[SourceOut]


class ViewIn(Body):
    """A view of the event table; `query` is the client's own."""

    name: Label
    query: dict[str, Any] = Field(max_length=64, examples=[{"type": ["hook.*"], "q": "deploy"}])


class ViewOut(Schema):
    """A saved view."""

    id: Id
    name: str
    query: dict[str, Any]
    created_at: Time
    updated_at: Time


class ViewList(Schema):
    """A person's views, by name."""

    items: list[ViewOut]


class EventTaken(Schema):
    """Where the event stands in the log; `duplicate` when it was there already."""

    id: str
    seq: int
    duplicate: bool


class LineRefused(Schema):
    """A line of a batch that was not taken."""

    line: int
    code: str
    detail: str
    field: str | None = None


class BatchTaken(Schema):
    """What became of a batch."""

    accepted: int
    duplicates: int
    refused: list[LineRefused]
    last_seq: int | None
