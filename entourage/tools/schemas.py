"""Tools, their calls and their health over the wire."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from entourage.events.message import ArtifactRef
from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.tools.counts import ToolCount
from entourage.tools.terms import Grant
from entourage.tools.tool import ResultStatus, Tool, ToolResult

MAX_WAIT_SECONDS = 600


class ToolView(Schema):
    """One tool of the catalogue. `grant` is what holds for calls by API; agents have grants of their own."""

    name: str
    wire_name: str = Field(description="Its name for models and MCP clients.")
    title: str | None
    description: str
    parameters: dict[str, Any]
    output_schema: dict[str, Any] | None
    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool
    default_grant: Grant
    grant: Grant
    origin: str = Field(description="`builtin`, `mcp:` and a server, `service:` and a service, or `agent`.")
    server: str | None
    timeout_seconds: float | None
    cache_seconds: int
    state: Literal["ready", "quarantined", "unavailable"]
    calls_24h: int
    errors_24h: int
    latency_ms_p50: float | None

    @classmethod
    def of(cls, tool: Tool, grant: Grant, count: ToolCount, *, is_away: bool) -> "ToolView":
        names = set(cls.model_fields) - {"grant", "state", "calls_24h", "errors_24h", "latency_ms_p50"}
        return cls(
            **{name: getattr(tool, name) for name in names},
            grant=grant,
            state="unavailable" if is_away else "ready",
            calls_24h=count.calls,
            errors_24h=count.errors,
            latency_ms_p50=count.latency_ms_p50,
        )


class ToolList(Schema):
    """The catalogue."""

    items: list[ToolView]


class CallTool(Schema):
    """A call of a tool."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"args": {"path": ""}}})

    args: dict[str, Any] = Field({}, description="As the tool's `parameters` say.")
    wait_seconds: float | None = Field(
        None, ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False, description="How long to wait for a person to allow it."
    )
    source: Literal["api", "cli"] = Field("api", description="Who calls, for policies.")


class CallResult(Schema):
    """What became of a call; one that failed is answered with 200 and says why in `error`."""

    call_id: str
    status: ResultStatus
    text: str
    content: list[dict[str, Any]] = Field(description="MCP content blocks, where the tool gave some.")
    structured: Any
    artifacts: list[ArtifactRef]
    duration_ms: int
    cached: bool
    approval_id: str | None = Field(description="Where a person must decide first; then make the same call again.")
    error: str | None

    @classmethod
    def of(cls, call_id: str, result: ToolResult, duration_ms: int) -> "CallResult":
        return cls(
            call_id=call_id,
            status=result.status,
            text=result.text,
            content=list(result.content),
            structured=result.structured,
            artifacts=list(result.artifacts),
            duration_ms=duration_ms,
            cached=result.cached,
            approval_id=(result.meta or {}).get("approval_id") if result.status == "waiting" else None,
            error=None if result.success or result.status == "waiting" else result.text,
        )


class ToolCallOut(Schema):
    """A call that has ended."""

    id: str
    at: Time
    tool: str
    source: str
    agent: str | None
    status: ResultStatus
    duration_ms: int
    cached: bool
    error: str | None
    session_id: str | None
    args_preview: str


class ServerHealth(Schema):
    """How a server of tools has answered you since this process started."""

    server: str
    state: Literal["closed", "open", "half_open"] = Field(description="Of the breaker: open while calls are held back.")
    failures: int = Field(description="In a row.")
    in_flight: int
    calls: int
    errors: int
    latency_ms_p50: int | None
    last_error: str | None


class HealthList(Schema):
    """Servers that were called."""

    items: list[ServerHealth]
