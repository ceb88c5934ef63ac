"""The closed union of things that happen: one class a type. Docs: docs/events.md."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeVar

import msgspec

from entourage.stores.log import Rollup, Spend, Sums

VERSION = 1
"""Raised when the meaning of a field changes; new types and new fields do not raise it."""

TYPES: dict[str, type[EventData]] = {}
"""Every known type by its name on the wire."""


class EventData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What an event says; `type` is its name on the wire, given by `@named`."""

    type: ClassVar[str] = ""

    def rollup(self) -> Rollup:
        """What this event adds to the counts of its minute."""
        return Rollup()


E = TypeVar("E", bound=EventData)


def named(name: str) -> Callable[[type[E]], type[E]]:
    """Give an event class its name on the wire."""

    def register(kind: type[E]) -> type[E]:
        kind.type = name
        TYPES[name] = kind
        return kind

    return register


@named("message")
class MessageEvent(EventData, frozen=True):
    """A whole message; replaces what one has under its id."""

    message: dict[str, Any]


@named("text_delta")
class TextDelta(EventData, frozen=True):
    """Text from `offset` (UTF-16 code units) on in part `part`; what stood after `offset` is void."""

    message_id: str
    part: int
    offset: int
    text: str


@named("reasoning_delta")
class ReasoningDelta(EventData, frozen=True):
    """As `text_delta`, for the model's reasoning."""

    message_id: str
    part: int
    offset: int
    text: str


@named("tool_started")
class ToolStarted(EventData, frozen=True):
    """A call began. `message_id` is empty for calls outside of conversations (by API, MCP, the command line)."""

    message_id: str
    part: int
    tool_call_id: str
    tool: str
    args: dict[str, Any]
    started_at: str
    child: dict[str, Any] | None = None
    """Of `call_agent`: the run it starts, unless the call is refused."""


@named("tool_finished")
class ToolFinished(EventData, frozen=True):
    message_id: str
    part: int
    tool_call_id: str
    tool: str
    result: str
    duration_ms: int
    artifacts: list[dict[str, Any]] = []
    child: dict[str, Any] | None = None
    cached: bool = False
    """Whether the result was kept from an earlier call."""
    args_preview: str = ""
    """The beginning of the arguments, as JSON."""

    def rollup(self) -> Rollup:
        return Rollup(latency_ms=self.duration_ms)


@named("tool_failed")
class ToolFailed(EventData, frozen=True):
    message_id: str
    part: int
    tool_call_id: str
    tool: str
    error: str
    duration_ms: int
    status: Literal["failed", "denied", "cancelled", "waiting"] = "failed"
    child: dict[str, Any] | None = None
    args_preview: str = ""

    def rollup(self) -> Rollup:
        return Rollup(errors=1, latency_ms=self.duration_ms)


@named("approval_requested")
class ApprovalRequested(EventData, frozen=True):
    message_id: str
    part: int
    approval: dict[str, Any]


@named("approval_resolved")
class ApprovalResolved(EventData, frozen=True):
    message_id: str
    part: int
    approval: dict[str, Any]


@named("artifact_created")
class ArtifactCreated(EventData, frozen=True):
    artifact: dict[str, Any]


@named("artifact_updated")
class ArtifactUpdated(EventData, frozen=True):
    artifact: dict[str, Any]


class _Task(EventData, frozen=True):
    run_id: str
    agent: str
    message_id: str


@named("task_queued")
class TaskQueued(_Task, frozen=True):
    """A run waits for its turn."""

    kind: str = "turn"
    plan_id: str | None = None
    task_key: str | None = None
    routed: dict[str, Any] | None = None
    """What the router thought the request to be: intent, confidence, handler."""


@named("task_started")
class TaskStarted(_Task, frozen=True):
    """A worker took the run (again, after a restart)."""


@named("task_completed")
class TaskCompleted(_Task, frozen=True):
    duration_ms: int

    def rollup(self) -> Rollup:
        return Rollup(latency_ms=self.duration_ms)


@named("task_failed")
class TaskFailed(_Task, frozen=True):
    error: dict[str, Any]

    def rollup(self) -> Rollup:
        return Rollup(errors=1)


@named("task_cancelled")
class TaskCancelled(_Task, frozen=True):
    """A person or a limit stopped the run."""


@named("run_paused")
class RunPaused(_Task, frozen=True):
    """A person let the run rest: after what it was doing (`how` = "pause") or at once ("interrupt")."""

    how: str


@named("run_resumed")
class RunResumed(_Task, frozen=True):
    """A person let the run go on."""


@named("note_added")
class NoteAdded(EventData, frozen=True):
    """What a person added to a run that is going; it stands in the turn as part `part`."""

    run_id: str
    message_id: str
    part: int
    text: str
    at: str


@named("direct_agent_call")
class DirectAgentCall(EventData, frozen=True):
    """A person (`by` = "user") or an agent called this agent by name."""

    run_id: str
    agent: str
    by: str


@named("plan_created")
class PlanCreated(EventData, frozen=True):
    plan: dict[str, Any]


@named("plan_updated")
class PlanUpdated(EventData, frozen=True):
    """A plan changed, or a task of it; the whole plan."""

    plan: dict[str, Any]


@named("context_retrieved")
class ContextRetrieved(EventData, frozen=True):
    message_id: str
    items: list[dict[str, Any]]


@named("memory_stored")
class MemoryStored(EventData, frozen=True):
    """A memory was stored, or all of a document was read and can be searched; the whole of it."""

    memory: dict[str, Any] | None = None
    document: dict[str, Any] | None = None


@named("memory_job")
class MemoryJob(EventData, frozen=True):
    """Files that are read for the memory: the job as it stands, with the first of its files."""

    job: dict[str, Any]


@named("workspace_changed")
class WorkspaceChanged(EventData, frozen=True):
    """Files of a workspace changed; every member is told. Of many at once (`truncated`) only the first are named.

    `paths` are `{path, kind: written|deleted|moved|folder, from?, etag?}`, `by` is `{user_id | agent | process}`.
    """

    workspace_id: str
    paths: list[dict[str, Any]]
    truncated: bool
    by: dict[str, str]


@named("workspace_updated")
class WorkspaceUpdated(EventData, frozen=True):
    """Something about a workspace changed: itself ("workspace"), its "members", what waits for "review", "git"."""

    workspace_id: str
    what: str
    data: dict[str, Any]


@named("workspace_removed")
class WorkspaceRemoved(EventData, frozen=True):
    """A workspace is gone, for everybody or for this person."""

    workspace_id: str


@named("workspace_import")
class WorkspaceImport(EventData, frozen=True):
    """Files that are brought into a workspace: the job as it stands."""

    job: dict[str, Any]


@named("usage")
class Usage(EventData, frozen=True, omit_defaults=True):
    """One model call. Money is a decimal string in US dollars; `cost_usd` is None when the price is not known.

    `input_tokens` includes those that were cached or written to the provider's cache, `output_tokens` the reasoning.
    """

    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: str | None
    latency_ms: int
    first_token_ms: int | None
    prompt_id: str | None = None
    """This and what follows is told by outside agents only."""
    tool_use_id: str | None = None
    request_id: str | None = None
    agent_id: str | None = None
    project: str | None = None
    status: Literal["ok", "failed", "cut", "cancelled"] = "ok"
    """This and what follows is told by the AI gateway. `cut`: the answer broke off; `cancelled`: the caller left."""
    error: str | None = None
    door: str | None = None
    alias: str | None = None
    provider_id: str | None = None
    key_id: str | None = None
    workspace: str | None = None
    cache: Literal["hit", "miss", "bypass"] | None = None
    saved_usd: str | None = None
    """What an answer out of our cache would have cost."""
    cache_write_tokens: int = 0
    attempts: int = 1
    estimated: bool = False
    """Whether tokens were counted by us, because the provider never told."""

    @property
    def cost_nano(self) -> int:
        """The cost in nano-USD, 0 when it is not known."""
        return nano_usd(self.cost_usd)

    def rollup(self) -> Rollup:
        spend = self._spend()
        sums = spend.sums
        return Rollup(
            errors=sums.errors,
            tokens=sums.input_tokens + sums.output_tokens,
            cost_micro_usd=round(sums.cost_nano / 1000),
            latency_ms=self.latency_ms,
            spend=spend,
        )

    def _spend(self) -> Spend:
        is_hit = self.cache == "hit"
        tokens = (self.input_tokens, self.output_tokens, self.cached_tokens, self.cache_write_tokens)
        sums = Sums(
            1,
            int(self.status in ("failed", "cut")),
            int(is_hit),
            *((0, 0, 0, 0, 0) if is_hit else (*tokens, self.reasoning_tokens)),
            self.cost_nano,
            nano_usd(self.saved_usd),
        )
        return Spend(
            self.provider_id or "",
            self.provider[:64],
            self.model[:256],
            self.key_id or "",
            self.workspace or "",
            self.door or "agents",
            sums,
            None if is_hit else self.latency_ms,
            None if is_hit else self.first_token_ms,
        )


NANO_DIGITS = 9


def nano_usd(dollars: str | None) -> int:
    """Decimal dollars in nano-USD; None is 0."""
    if not dollars:
        return 0
    whole, _, part = dollars.partition(".")
    if len(part) <= NANO_DIGITS and whole.isdigit() and (part.isdigit() or not part):
        return int(whole + part.ljust(NANO_DIGITS, "0"))
    return round(Decimal(dollars) * 10**NANO_DIGITS)


class HookEvent(EventData, frozen=True, omit_defaults=True):
    """What an outside agent's hook said. Its type is `hook.<name>` with Claude Code's name for it (see `hook_type`).

    `event` is the agent's own name of it, `body` what the agent sent, redacted; `summary` is one line for people.
    """

    event: str
    session_id: str
    kind: str = ""
    tool: str | None = None
    tool_use_id: str | None = None
    agent_id: str | None = None
    agent_type: str | None = None
    prompt_id: str | None = None
    cwd: str | None = None
    project: str | None = None
    permission_mode: str | None = None
    duration_ms: int | None = None
    error: str | None = None
    summary: str = ""
    decision: dict[str, Any] | None = None
    body: msgspec.Raw = msgspec.Raw(b"{}")

    def rollup(self) -> Rollup:
        return Rollup(errors=1 if self.kind.endswith("Failure") else 0, latency_ms=self.duration_ms)


class OutsideEvent(EventData, frozen=True):
    """Anything else an outside application told; its type is `custom.<name>` or `otel.<name>`."""

    kind: str
    body: msgspec.Raw

    def rollup(self) -> Rollup:
        return Rollup()


@named("alert")
class AlertEvent(EventData, frozen=True):
    """A rule of a person's alerts began to fire, or is over. `value` and `threshold` are in the unit of its kind."""

    alert_id: str
    firing_id: str
    name: str
    kind: str
    state: Literal["fired", "resolved"]
    value: float
    threshold: float
    summary: str
    muted: bool = False


@named("budget")
class BudgetReached(EventData, frozen=True):
    """A budget reached its soft or its hard limit; past the hard one calls are refused. Once a period and limit."""

    budget_id: str
    subject: Literal["user", "key", "agent", "workspace"]
    subject_id: str | None
    period: Literal["day", "month"]
    level: Literal["soft", "hard"]
    spent_usd: str
    limit_usd: str
    resets_at: str


@named("chat_updated")
class ChatUpdated(EventData, frozen=True):
    chat: dict[str, Any]


@named("chat_deleted")
class ChatDeleted(EventData, frozen=True):
    chat_id: str


@named("error")
class ErrorEvent(EventData, frozen=True):
    title: str
    detail: str
    hint: str | None = None

    def rollup(self) -> Rollup:
        return Rollup(errors=1)


DELTAS = (TextDelta.type, ReasoningDelta.type)
"""Types that a turn's final `message` makes superfluous: they are compacted away when it ends."""
