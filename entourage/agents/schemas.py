"""Agents, runs and approvals over the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainSerializer, StringConstraints, field_validator

from entourage.agents.output import check_schema
from entourage.agents.tables import AgentRow, ApprovalRow, RunRow
from entourage.events.message import Message, MessageUsage
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null
from entourage.tools.grants.globs import ToolGlob
from entourage.tools.tool import Grant

AGENT_NAME = r"^[a-z][a-z0-9_-]{1,31}$"
MAX_INSTRUCTIONS = 50_000
MAX_GRANTS = 500

FRAGMENT_NAME = r"^[a-z][a-z0-9_-]{1,63}$"
MAX_FRAGMENTS = 20

AgentName = Annotated[str, StringConstraints(pattern=AGENT_NAME)]
FragmentName = Annotated[str, StringConstraints(pattern=FRAGMENT_NAME)]
ModelId = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Money = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=6), PlainSerializer(str, return_type=str)]

RunStatus = Literal["queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled"]
RunKind = Literal["turn", "call", "task", "plan"]
MemoryScope = Literal["none", "own", "shared", "all"]
"""What an agent recalls: nothing, what it was told itself, what all agents may know, or both."""

ApprovalStatus = Literal["pending", "approved", "denied", "answered", "expired", "cancelled"]
ENDED: tuple[RunStatus, ...] = ("succeeded", "failed", "cancelled")


class ModelSettings(Schema):
    """How the model answers; None leaves the provider's default."""

    model_config = ConfigDict(extra="forbid")

    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1, le=1_000_000)


class Limits(Schema):
    """What ends a run that goes on for too long."""

    model_config = ConfigDict(extra="forbid")

    max_steps: int = Field(30, ge=1, le=500, description="Model calls of one run.")
    max_tokens: int = Field(1_000_000, ge=1_000, le=100_000_000, description="Tokens in and out of one run.")
    max_seconds: int = Field(1800, ge=1, le=86_400, description="Working time of one run.")
    max_cost_usd: Money | None = Field(None, description="Money of one run.")


def _check_schema(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    if schema is not None:
        check_schema(schema)
    return schema


class AgentFields(Schema):
    """What a person may say of an agent."""

    model_config = ConfigDict(extra="forbid")

    name: AgentName
    role: str = Field("", max_length=200)
    instructions: str = Field("", max_length=MAX_INSTRUCTIONS)
    model: ModelId | None = None
    model_settings: ModelSettings = ModelSettings()  # pyright: ignore[reportCallIssue]  # every field has a default
    tools: dict[ToolGlob, Grant] = Field({}, max_length=MAX_GRANTS)
    limits: Limits = Limits()  # pyright: ignore[reportCallIssue]  # every field has a default
    output_schema: dict[str, Any] | None = Field(None, description="A JSON schema that final answers must satisfy.")
    hue: int = Field(220, ge=0, le=359)
    status: Literal["active", "disabled"] = "active"
    fragments: list[FragmentName] = Field(
        [], max_length=MAX_FRAGMENTS, description="Prompt fragments that stand before its instructions, by name."
    )
    memory: MemoryScope = Field(
        "all", description="What it recalls: nothing, its own memories, those of the whole team, or both."
    )


class NewAgent(AgentFields):
    """A new agent."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "poet",
                "role": "Writes short verse",
                "instructions": "Answer in four lines.",
                "hue": 300,
            }
        },
    )

    _schema_is_one = field_validator("output_schema")(_check_schema)


class ChangeAgent(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"role": "Writes verse"}})

    name: AgentName | None = None
    role: str | None = Field(None, max_length=200)
    instructions: str | None = Field(None, max_length=MAX_INSTRUCTIONS)
    model: ModelId | None = None
    model_settings: ModelSettings | None = None
    tools: dict[ToolGlob, Grant] | None = Field(None, max_length=MAX_GRANTS)
    limits: Limits | None = None
    output_schema: dict[str, Any] | None = Field(None, description="Null takes it away.")
    hue: int | None = Field(None, ge=0, le=359)
    status: Literal["active", "disabled"] | None = None
    fragments: list[FragmentName] | None = Field(None, max_length=MAX_FRAGMENTS)
    memory: MemoryScope | None = None

    _not_null = never_null(
        "name", "role", "instructions", "model_settings", "tools", "limits", "hue", "status", "fragments", "memory"
    )

    _schema_is_one = field_validator("output_schema")(_check_schema)


class Agent(AgentFields):
    """An agent of the team."""

    model_config = ConfigDict(extra="ignore")

    id: str
    is_default: bool
    paused: bool = Field(False, description="Whether its queue stands still.")
    version: int
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, row: AgentRow) -> "Agent":
        names = (*AgentFields.model_fields, "id", "is_default", "paused", "version")
        fields = {name: getattr(row, name) for name in names}
        return cls.model_validate({**fields, "created_at": row.created_ms, "updated_at": row.updated_ms})


class Run(Schema):
    """One run of an agent; `message` is the turn it wrote or is writing, `output` its structured answer."""

    id: str
    chat_id: str
    message_id: str
    parent_run_id: str | None
    agent: str
    model: str | None
    task: str | None
    status: RunStatus
    kind: RunKind = "turn"
    priority: int = 0
    attempts: int = Field(0, description="How often workers took it since it last came forward.")
    dead: bool = Field(False, description="Whether its workers died too often: it failed, and can be tried again.")
    plan_id: str | None = None
    task_key: str | None = Field(None, description="Which task of the plan it carries out.")
    forked_from: str | None = Field(None, description="The run that this one goes on from otherwise.")
    forked_at: int | None = None
    routed: dict[str, Any] | None = Field(None, description="What the request was taken for.")
    variant: dict[str, Any] | None = Field(None, description="The variant of an experiment that it was part of.")
    usage: MessageUsage | None = None
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    message: Message | None = None
    output: dict[str, Any] | None = Field(None, description="The structured answer, of an agent with a schema.")

    @classmethod
    def of(cls, row: RunRow, message: Message | None = None) -> "Run":
        told = {
            "dead": row.dead_ms is not None,
            "created_at": row.created_ms,
            "started_at": row.started_ms,
            "ended_at": row.ended_ms,
            "message": message,
            "output": message.data() if message else None,
        }
        return cls.model_validate({**{n: getattr(row, n) for n in cls.model_fields if n not in told}, **told})


class Approval(Schema):
    """A question, or a call that waits for a yes."""

    id: str
    kind: Literal["approval", "question", "plan"]
    app: str | None = Field(
        description="Who asks: an outside agent, or `api`, `mcp`, `cli` for calls of tools; null for your own team."
    )
    session_id: str | None = Field(description="The asker's session.")
    chat_id: str
    run_id: str
    message_id: str
    tool_call_id: str
    agent: str
    tool: str
    args: dict[str, Any]
    question: str | None
    options: list[str]
    risk: Literal["low", "medium", "high"]
    status: ApprovalStatus
    answer: str | None
    reason: str | None
    created_at: Time
    expires_at: Time
    decided_at: Time | None

    @classmethod
    def of(cls, row: ApprovalRow) -> "Approval":
        times = {"created_at": row.created_ms, "expires_at": row.expires_ms, "decided_at": row.decided_ms}
        fields = {name: getattr(row, name) for name in cls.model_fields if name not in times}
        return cls.model_validate({**fields, **times})

    def wire(self) -> dict[str, Any]:
        """As it goes into an event."""
        return self.model_dump(mode="json")


class Decide(Schema):
    """A person's decision. `args` are edited arguments; `remember` allows what was asked from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"decision": "approve"}})

    decision: Literal["approve", "deny", "answer"]
    answer: str | None = Field(None, min_length=1, max_length=20_000)
    args: dict[str, Any] | None = None
    reason: str | None = Field(None, max_length=2_000)
    remember: bool = Field(False, description="Allow it to who asked from now on: the agent, or callers like this one.")
    remember_for: Literal["agent", "everyone"] | None = Field(
        None, description="Remember it for who asked, or for all agents and callers of yours."
    )
    remember_tool: ToolGlob | None = Field(
        None, description="Remember more than this tool: a pattern that fits it, such as `github.get_*`."
    )

    @property
    def remembers(self) -> bool:
        """Whether an approval is to be remembered."""
        return self.remember or self.remember_for is not None or self.remember_tool is not None


class DecideMany(Schema):
    """One decision for many."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"ids": [], "decision": "deny"}})

    ids: list[Id] = Field(max_length=200)
    decision: Literal["approve", "deny"]
    reason: str | None = Field(None, max_length=2_000)


class DecidedOne(Schema):
    """What became of one of them; `status` is null for one that is not there."""

    id: str
    status: ApprovalStatus | None
    error: str | None = None


class DecidedMany(Schema):
    """What became of them all: how many were decided now, how many somebody or time had decided before."""

    items: list[DecidedOne]
    decided: int
    late: int


class ApprovalCount(Schema):
    """How many wait for you."""

    pending: int
