"""MCP servers as they go over the wire, and as they stand in the file."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, field_validator

from entourage.accounts.fields import SecretName, one_line
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema
from entourage.tools.mcp.servers.definition import Balancing, Transport

_MOST = 64


def _no_mark(name: str) -> str:
    if "__" in name:
        raise ValueError("two underscores stand between a server and its tool")
    return name


ServerName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"),
    AfterValidator(_no_mark),
    Field(description="What stands before the dot in the names of its tools.", examples=["github"]),
]
Text = Annotated[str, StringConstraints(max_length=4096, pattern=r"^[^\x00]*$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(one_line)]
EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$")]
Args = Annotated[list[Text], Field(max_length=_MOST)]
Env = Annotated[dict[EnvName, Text], Field(max_length=_MOST, examples=[{"API_TOKEN": "${secret:API_TOKEN}"}])]
Headers = Annotated[
    dict[HeaderName, Text], Field(max_length=_MOST, examples=[{"Authorization": "Bearer ${secret:DOCS}"}])
]
Weight = Annotated[int, Field(ge=1, le=1000, description="Of requests, when `balancing` is weighted.")]
Url = Annotated[str, StringConstraints(max_length=2048, pattern=r"^[^\x00-\x20\x7f]*$")]
AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/[^\x00]{0,1023}$")]
Patience = Annotated[float, Field(ge=1, le=300, description="How long a call may take.")]
Idle = Annotated[float, Field(ge=5, le=86_400, description="Stopped when nobody needed it for so long.")]


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class Folder(_Strict):
    """A folder of the host that a process sees, at the same path."""

    path: AbsolutePath
    writable: bool = False


class ReplicaIn(_Strict):
    """One of several processes or addresses; what is left out is as the server has it."""

    command: Text | None = None
    args: Args | None = None
    env: Env | None = None
    url: Url | None = None
    headers: Headers | None = None
    weight: Weight = 1


class OverrideIn(_Strict):
    """How a tool is shown instead of how the server shows it."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,128}$")] | None = None
    description: Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")] | None = None
    arguments: Annotated[dict[str, Any], Field(max_length=_MOST, description="Given when they are left out.")] = {}
    hidden: bool = False


Overrides = Annotated[dict[str, OverrideIn], Field(max_length=1000, examples=[{"delete_file": {"hidden": True}}])]


class Spec(_Strict):
    """What of a server the file and the API say in the same words."""

    title: Line = ""
    transport: Transport | None = Field(None, description="Left out: stdio with a command, else http.")
    command: Text = Field("", description="Admins: a program on the server.", examples=["npx"])
    args: Args = Field(default_factory=list)
    env: Env = Field(default_factory=dict)
    folders: list[Folder] = Field(default_factory=list, max_length=_MOST)
    network: bool = Field(True, description="Whether the process may use the network.")
    url: Url = Field("", examples=["https://mcp.example.com/mcp"])
    headers: Headers = Field(default_factory=dict)
    replicas: list[ReplicaIn] = Field(default_factory=list, max_length=32)
    balancing: Balancing = "round_robin"
    enabled: bool = True
    idle_seconds: Idle | None = None
    timeout_seconds: Patience = 30
    overrides: Overrides = Field(default_factory=dict)

    @property
    def kind(self) -> Transport:
        """The transport, found out where it was left out."""
        if self.transport is not None:
            return self.transport
        return "stdio" if self.command or any(one.command for one in self.replicas) else "http"


class ServerIn(Spec):
    """A new server: a command, an address, or a ready-made entry with its values."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "docs", "url": "https://mcp.example.com/mcp"}}
    )

    name: ServerName
    is_shared: bool = Field(False, description="Admins only: everyone may use it, each with secrets of their own.")
    entry: Annotated[str, StringConstraints(max_length=40)] | None = Field(None, description="A ready-made entry.")
    values: dict[EnvName, Text] = Field(default_factory=dict, max_length=_MOST, description="What the entry needs.")
    secrets: dict[SecretName, Text] = Field(
        default_factory=dict, max_length=_MOST, description="Put into your vault with it; never shown."
    )


class ServerPatch(_Strict):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"enabled": False}})

    name: ServerName | None = None
    title: Line | None = None
    transport: Transport | None = None
    command: Text | None = None
    args: Args | None = None
    env: Env | None = None
    folders: list[Folder] | None = None
    network: bool | None = None
    url: Url | None = None
    headers: Headers | None = None
    replicas: list[ReplicaIn] | None = None
    balancing: Balancing | None = None
    is_shared: bool | None = None
    enabled: bool | None = None
    idle_seconds: Idle | None = None
    timeout_seconds: Patience | None = None
    overrides: Overrides | None = None

    @field_validator("*")
    @classmethod
    def _not_null(cls, value: object, info: Any) -> object:
        if value is None and info.field_name != "idle_seconds":
            raise ValueError("may be left out, but not null")
        return value


class ReplicaStatus(Schema):
    """One replica as it is now. `breaker` is what keeps requests from one that fails."""

    index: int
    url: str | None
    command: str | None
    state: Literal["closed", "open", "half_open"]
    link: Literal["idle", "starting", "ready", "unavailable"]
    in_flight: int
    weight: int
    pid: int | None
    last_error: str | None


class Status(Schema):
    """A server as the asking person has it now."""

    state: Literal["idle", "starting", "ready", "unavailable", "quarantined"]
    era: Literal["legacy", "modern"] | None
    protocol_version: str | None = Field(examples=["2026-07-28"])
    server_info: dict[str, Any] | None
    pid: int | None
    replicas: list[ReplicaStatus]
    tools: int
    resources: int
    prompts: int
    quarantined: int
    last_error: str | None
    started_at: Time | None


class ServerOut(Schema):
    """A server. Somebody else's is shown without what it is started with; `secrets` are those you need for it."""

    id: Id
    name: str = Field(examples=["github"])
    title: str
    transport: Transport
    command: str
    args: list[str]
    env: dict[str, str]
    folders: list[Folder]
    network: bool
    url: str
    headers: dict[str, str]
    replicas: list[dict[str, Any]]
    balancing: Balancing
    overrides: dict[str, OverrideIn]
    entry: str | None
    is_shared: bool
    is_own: bool
    source: Literal["api", "file"]
    enabled: bool
    idle_seconds: float | None
    timeout_seconds: float
    secrets: list[str]
    quarantined: int
    status: Status
    version: int
    created_at: Time | None


class PinView(Schema):
    """A tool and what was accepted of it (`before`) against what the server shows now (`after`)."""

    tool: str = Field(description="Empty for the server itself.")
    state: Literal["accepted", "new", "changed", "gone"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class PinList(Schema):
    items: list[PinView]


class Acceptance(_Strict):
    """Which tools are accepted as they are now."""

    tools: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=5000)] | Literal["*"]


class Accepted(Schema):
    accepted: int


class LogLine(Schema):
    seq: int
    at: Time
    stream: Literal["stderr", "log", "gateway"]
    level: str
    text: str


class LogLines(Schema):
    """The lines that came after `after`; ask again with `next`."""

    items: list[LogLine]
    next: int


class Check(Schema):
    """Whether the server answers now, and what it has."""

    ok: bool
    error: str | None
    duration_ms: int
    status: Status


class EntryNeed(Schema):
    """A value that somebody must give before a ready-made server can be used."""

    name: str = Field(examples=["GITHUB_TOKEN"])
    label: str
    secret: bool
    required: bool
    placeholder: str


class EntryOut(Schema):
    """A ready-made server."""

    id: str = Field(examples=["github"])
    title: str
    description: str
    transport: Transport
    command: str
    args: list[str]
    url: str
    needs: list[EntryNeed]
    docs: str
    tried_version: str


class EntryList(Schema):
    items: list[EntryOut]
