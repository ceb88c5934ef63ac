"""Live sandboxes over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from entourage.accounts.schemas import Body
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema
from entourage.sandboxes.types import StopReason

Status = Literal["running", "paused", "ended"]
EndReason = Literal["killed", "expired", "crashed", "server_stopped", "failed"]
BackendName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]

LONGEST_SECONDS = 24 * 3600
MOST_COMMAND_CHARACTERS = 65_536

# NUL cannot be given to a program
Text = Annotated[str, StringConstraints(max_length=MOST_COMMAND_CHARACTERS, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
Label = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]
LabelName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253), Field(examples=["example.org", "*.example.org"])]
Hosts = Annotated[list[Host], Field(max_length=200)]
Env = Annotated[dict[Name, Text], Field(max_length=200)]
Folder = Annotated[str, StringConstraints(max_length=4096, pattern=r"^/[^\x00]*$")]


class NetworkIn(Body):
    """Hosts a sandbox may reach: names, `*.example.org`, `*`, addresses. An empty list is no network."""

    allow: Hosts = Field(default_factory=list[str])


class SandboxIn(Body):
    """A sandbox to make, on the files of a workspace, of a conversation, or on none."""

    workspace_id: Id | None = None
    chat_id: Id | None = None
    snapshot_id: Id | None = Field(None, description="Begin with the files of this snapshot, in a folder of its own.")
    timeout_seconds: int = Field(900, ge=1, le=LONGEST_SECONDS, description="It ends when nobody used it for so long.")
    env: Env = Field(default_factory=dict[str, str])
    metadata: Annotated[dict[LabelName, Label], Field(max_length=50)] = Field(default_factory=dict[str, str])
    network: NetworkIn | None = None
    backend: BackendName | None = Field(None, description="One of those that /api/v1/sandboxes/health tells.")

    @model_validator(mode="after")
    def _one_place(self) -> "SandboxIn":
        if sum(place is not None for place in (self.workspace_id, self.chat_id, self.snapshot_id)) > 1:
            raise ValueError("a sandbox works on a workspace, on a conversation or on a snapshot, not on two of them")
        return self


class MetricsOut(Schema):
    """What it uses. `cpu_percent` is of one core."""

    model_config = ConfigDict(from_attributes=True)

    cpu_seconds: float
    cpu_percent: float
    memory_bytes: int
    memory_limit_bytes: int
    processes: int
    disk_bytes: int
    disk_limit_bytes: int
    files: int


class NetworkOut(Schema):
    """Hosts it may reach."""

    allow: list[str]


class SandboxOut(Schema):
    """A sandbox. `seconds` are those that it was not paused; what they cost is in US dollars."""

    id: Id
    backend: str
    status: Status
    workspace_id: Id | None
    chat_id: Id | None
    metadata: dict[str, str]
    network: NetworkOut
    created_at: Time
    expires_at: Time
    ended_at: Time | None
    ended_because: EndReason | None
    seconds: float
    cost_usd: str
    files_only: bool = Field(description="Paused before the server was started anew: its files wait, no process does.")
    metrics: MetricsOut | None = Field(description="Null when it has ended.")


class TimeoutIn(Body):
    """How long it stays from now on, when nobody uses it."""

    seconds: int = Field(ge=1, le=LONGEST_SECONDS, examples=[900])


class ExecIn(Body):
    """A command line for bash, or a program with its arguments."""

    command: Annotated[Text, Field(min_length=1)] | None = None
    argv: Annotated[list[Text], Field(min_length=1, max_length=1000)] | None = None
    cwd: Folder = "/work"
    env: Env = Field(default_factory=dict[str, str])
    stdin: Annotated[str, StringConstraints(max_length=1_048_576)] | None = None
    timeout_seconds: float = Field(60, gt=0, le=3600, allow_inf_nan=False)

    @model_validator(mode="after")
    def _either(self) -> "ExecIn":
        if (self.command is None) == (self.argv is None):
            raise ValueError("give either command or argv")
        return self


class ExecOut(Schema):
    """How a command ended. `exit_code` is 128 + N for one that died of signal N."""

    model_config = ConfigDict(from_attributes=True)

    exit_code: int
    stdout: str
    stderr: str
    stopped_by: StopReason | None
    seconds: float
    peak_memory_bytes: int


class ProcessOut(Schema):
    """One process of a sandbox, as `ps` shows it."""

    model_config = ConfigDict(from_attributes=True)

    pid: int
    parent: int
    command: str
    state: str
    memory_bytes: int
    cpu_seconds: float
    started: bool = Field(description="Whether it was started from outside, and not by another process inside.")


class ProcessList(Schema):
    """Processes of a sandbox."""

    items: list[ProcessOut]


class BackendOut(Schema):
    """A way to run sandboxes, and why it cannot be used here."""

    name: str
    ok: bool
    reason: str | None


class SandboxHealth(Schema):
    """Whether code can run here, and what bounds it."""

    ok: bool
    reason: str | None
    ways_out: list[str]
    limits: str = Field(description="cgroup v2, cgroup v1, watchdog (resource limits and a watchdog), or none.")
    default_backend: str
    backends: list[BackendOut]
