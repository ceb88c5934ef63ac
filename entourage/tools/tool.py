"""What a tool is, what a call of it knows, and what it gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel

from entourage.events.message import ArtifactRef, ChildRun

A = TypeVar("A", bound=BaseModel)

Grant = Literal["allow", "ask", "deny"]
Risk = Literal["low", "medium", "high"]
ResultStatus = Literal["ok", "failed", "denied", "cancelled"]


class Parked(Exception):
    """The call waits for a person: the run stops here and goes on, maybe after a restart, when they have decided."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"waits for {approval_id}")
        self.approval_id = approval_id


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What became of a call. Tools and middleware never raise at the agent: they give one of these."""

    text: str = ""
    status: ResultStatus = "ok"
    artifacts: tuple[ArtifactRef, ...] = ()
    child: ChildRun | None = None

    @property
    def success(self) -> bool:
        return self.status == "ok"

    @classmethod
    def failure(cls, error: str, status: ResultStatus = "failed") -> ToolResult:
        """A failed call, with a text the model can read and mend."""
        return cls(error, status)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked before a call goes on."""

    kind: Literal["approval", "question"]
    question: str | None = None
    options: Sequence[str] = ()
    risk: Risk = "medium"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person said."""

    approved: bool
    answer: str | None = None
    args: dict[str, Any] | None = None
    reason: str | None = None


class Team(Protocol):
    """What a running agent offers its tools beyond themselves; the run loop implements it."""

    async def ask(self, call: ToolCall, question: Question) -> Decision:
        """The person's decision. Raises Parked until there is one."""
        ...

    async def delegate(self, call: ToolCall, agent: str, task: str) -> ToolResult:
        """Another agent's answer to the task."""
        ...


@dataclass(slots=True)
class ToolCall:
    """One call on its way through the pipeline."""

    tool: Tool
    args: dict[str, Any]
    owner_id: str
    chat_id: str
    run_id: str
    agent: str
    tool_call_id: str
    key: str
    """The same after a restart, unlike for any other call: tools may use it to be idempotent."""
    grants: dict[str, Grant]
    team: Team
    valid: Any = field(default=None)
    """The arguments as the tool wants them, once validated."""
    must_ask: bool = False
    """Whether the policy wants a person asked, whatever is granted."""


Run: TypeAlias = Callable[["ToolCall", Any], Awaitable[ToolResult]]
Validate: TypeAlias = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `validate` turns raw arguments into what `run` takes, or raises pydantic's ValidationError."""

    name: str
    description: str
    parameters: dict[str, Any]
    validate: Validate
    run: Run
    read_only: bool = False
    destructive: bool = False
    idempotent: bool = False
    open_world: bool = False
    default_grant: Grant = "allow"
    timeout_seconds: float | None = 30
    origin: str = "builtin"

    @property
    def wire_name(self) -> str:
        """Its name where dots are not allowed."""
        return wire_name(self.name)


def tool_of(name: str, args: type[A], run: Callable[[ToolCall, A], Awaitable[ToolResult]], **annotations: Any) -> Tool:
    """A tool whose arguments are the pydantic model `args`; its docstring is the tool's description."""
    schema = args.model_json_schema()
    for noise in ("title", "description"):
        schema.pop(noise, None)
    for prop in schema.get("properties", {}).values():
        prop.pop("title", None)
    description = " ".join((args.__doc__ or "").split())
    return Tool(name, description, schema, args.model_validate, run, **annotations)


def wire_name(name: str) -> str:
    """A tool's name where dots are not allowed."""
    return name.replace(".", "__")
