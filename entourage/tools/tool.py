"""What a tool is, what a call of it knows, and what it gives back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import msgspec
from pydantic import BaseModel

from entourage.events.message import ArtifactRef, ChildRun
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.tools.caller import Caller
from entourage.tools.terms import NO_TERMS, Grant, Terms

A = TypeVar("A", bound=BaseModel)

Risk = Literal["low", "medium", "high"]
ResultStatus = Literal["ok", "failed", "denied", "cancelled", "waiting"]

BUILTIN = "builtin"
CACHE_SECONDS = 300
MAX_WIRE_NAME = 64
_NOT_WIRE = re.compile(r"[^A-Za-z0-9_-]")
_MARK_CHARS = 8


class Parked(Exception):
    """The call waits for a person: the run stops here and goes on, maybe after a restart, when they have decided."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"waits for {approval_id}")
        self.approval_id = approval_id


class Transient(Exception):
    """What a tool raises for a fault of its backend that may pass: a lost connection, "busy", "try again".

    Idempotent calls are tried again; every one counts against the backend's breaker.
    """

    def __init__(self, text: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class NotSupported(Exception):
    """The caller's side cannot be asked that (see `Interactive`)."""


class ToolResult(msgspec.Struct, frozen=True):
    """What became of a call. Tools and middleware never raise at the agent: they give one of these.

    `content` are MCP content blocks (`text` says the same for models), `structured` fits the tool's output schema,
    `meta` is what a backend or the path says about the result. `waiting`: a person must decide first.
    """

    text: str = ""
    status: ResultStatus = "ok"
    artifacts: tuple[ArtifactRef, ...] = ()
    child: ChildRun | None = None
    content: tuple[dict[str, Any], ...] = ()
    structured: Any = None
    meta: dict[str, Any] | None = None
    cached: bool = False
    """Whether it was kept from an earlier call."""

    @property
    def success(self) -> bool:
        return self.status == "ok"

    @classmethod
    def failure(cls, error: str, status: ResultStatus = "failed") -> ToolResult:
        """A failed call, with a text the model can read and mend."""
        return cls(error, status)


class Question(msgspec.Struct, frozen=True):
    """What a person is asked before a call goes on."""

    kind: Literal["approval", "question"]
    question: str | None = None
    options: Sequence[str] = ()
    risk: Risk = "medium"


class Decision(msgspec.Struct, frozen=True):
    """What the person said."""

    approved: bool
    answer: str | None = None
    args: dict[str, Any] | None = None
    reason: str | None = None


class Team(Protocol):
    """What surrounds a call: the run loop implements it for runs, the approval desk for calls outside of them."""

    async def ask(self, call: ToolCall, question: Question) -> Decision:
        """The person's decision. Raises Parked until there is one."""
        ...

    async def decided(self, call: ToolCall) -> Decision | None:
        """What they decided on this very call before, though nobody needs to be asked any more; None: nothing."""
        ...

    async def delegate(self, call: ToolCall, agent: str, task: str) -> ToolResult:
        """Another agent's answer to the task."""
        ...


class Interactive(Protocol):
    """The MCP client behind a call, for what a server wants of it while the call goes on."""

    capabilities: dict[str, Any]
    """What that client declared."""
    meta: dict[str, Any]
    """What of the request's `_meta` goes on to the server."""
    raw_rounds: bool
    """Whether the client does rounds itself: `unfinished` is told what the server wants."""
    inputs: dict[str, Any]
    """What the client sent for a call that was unfinished; empty for a first call."""

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of `elicitation/create`, `sampling/createMessage` or `roots/list`. Raises NotSupported."""
        ...

    def log(self, params: dict[str, Any]) -> None:
        """A `notifications/message` of the server during the call."""
        ...

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Another notification that belongs to this call."""
        ...

    def parted(self) -> None:
        """The server ended its stream before the result, and is asked for the rest of it a little later."""
        ...

    def unfinished(self, result: dict[str, Any]) -> None:
        """The server's result is none yet: it wants input, or gave the handle of a task."""
        ...

    def failed(self, code: int, message: str, data: Any) -> None:
        """The server answered with a JSON-RPC error."""
        ...


Progress: TypeAlias = Callable[[float, "float | None", "str | None"], None]
"""Told how far a call is: progress, total (None: unknown), a line for people. It must return at once."""


class ToolCall(msgspec.Struct):
    """One call on its way through the pipeline."""

    tool: Tool
    args: dict[str, Any]
    caller: Caller
    tool_call_id: str
    key: str
    """The same after a restart, unlike for any other call: tools may use it to be idempotent."""
    grants: Mapping[str, Grant]
    """The calling agent's own; names or globs."""
    team: Team
    progress: Progress | None = None
    session: Interactive | None = None
    valid: Any = msgspec.field(default=None)
    """The arguments as the tool wants them, once validated."""
    terms: Terms = NO_TERMS
    """What policies of tools say of it."""
    grant: Grant = "deny"
    """Whether it may be made, once that was looked at."""
    must_ask: bool = False
    """Whether the policy wants a person asked, whatever is granted."""
    attempts: int = 1
    began_at: float = 0.0
    """When it came (`perf_counter`)."""
    secrets: list[str] = msgspec.field(default_factory=list[str])
    """Values out of the vault that this call lends to a backend: they are taken out of whatever comes back."""
    held: list[Callable[[], None]] = msgspec.field(default_factory=list[Callable[[], None]])
    """What gives back the places that the call takes up."""
    sent_at: float | None = None
    """When its backend was asked (`perf_counter`), None before and while calls to it are held back."""
    wait_seconds: float | None = None
    """How long it waits for a person outside of runs; None: as the server is set."""

    @property
    def owner_id(self) -> str:
        return self.caller.owner_id

    @property
    def agent(self) -> str:
        """Empty outside of runs, as are `chat_id` and `run_id`."""
        return self.caller.agent

    @property
    def chat_id(self) -> str:
        return self.caller.chat_id

    @property
    def run_id(self) -> str:
        return self.caller.run_id

    @property
    def folder_id(self) -> str:
        """Which working folder it works in: the conversation's, or the one for all calls outside of conversations."""
        return self.chat_id or derived_id("outside", self.owner_id)


Run: TypeAlias = Callable[["ToolCall", Any], Awaitable[ToolResult]]
Validate: TypeAlias = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `validate` turns raw arguments into what `run` takes, or raises ValueError, saying what is wrong.

    `name` is canonical (`read_file`, `server.capability`, `service.operation`): grants, policies, events and keys use
    it; models and MCP clients see `wire_name`. `server` is what limits and the breaker count by.
    """

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
    origin: str = BUILTIN
    """`builtin`, `mcp:<server>`, `service:<name>` or `agent`."""
    title: str | None = None
    output_schema: dict[str, Any] | None = None
    server: str | None = None
    cache_seconds: int = -1
    """How long a result is kept for the same arguments; left out: 300 when idempotent and read only, else not."""
    fingerprint: str = ""
    """What a pin compares; left out: of everything that a model is told of the tool."""
    definition: dict[str, Any] | None = None
    """An MCP server's own words of it (its own name, icons, annotations), for clients that are told all."""
    wire_name: str = ""
    """At most 64 of `A-Za-z0-9_-`; left out: made of the name."""

    def __post_init__(self) -> None:
        if self.cache_seconds < 0:
            seconds = CACHE_SECONDS if self.idempotent and self.read_only else 0
            object.__setattr__(self, "cache_seconds", seconds)
        if not self.wire_name:
            object.__setattr__(self, "wire_name", wire_name(self.name))
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", _fingerprint(self))

    @property
    def repeatable(self) -> bool:
        """Whether calling twice does no more than calling once."""
        return self.idempotent or self.read_only


def wire_name(name: str) -> str:
    """The name where dots are not allowed: one for each canonical name.

    A name that could not be read back from it (other characters, too long, a `__` of its own) gets a mark of its hash.
    """
    wire = _NOT_WIRE.sub("_", name.replace(".", "__"))
    if len(wire) <= MAX_WIRE_NAME and wire.replace("__", ".") == name:
        return wire
    mark = hashlib.blake2b(name.encode(errors="replace"), digest_size=_MARK_CHARS // 2).hexdigest()
    return f"{wire[: MAX_WIRE_NAME - _MARK_CHARS - 1]}_{mark}"


def tool_of(name: str, args: type[A], run: Callable[[ToolCall, A], Awaitable[ToolResult]], **annotations: Any) -> Tool:
    """A tool whose arguments are the pydantic model `args`; its docstring is the tool's description."""
    schema = args.model_json_schema()
    for noise in ("title", "description"):
        schema.pop(noise, None)
    for prop in schema.get("properties", {}).values():
        prop.pop("title", None)
    description = " ".join((args.__doc__ or "").split())
    return Tool(name, description, schema, args.model_validate, run, **annotations)


def _fingerprint(tool: Tool) -> str:
    told = (tool.name, tool.title, tool.description, tool.parameters, tool.output_schema)
    hints = (tool.read_only, tool.destructive, tool.idempotent, tool.open_world)
    return hashlib.sha256(encode((*told, *hints))).hexdigest()
