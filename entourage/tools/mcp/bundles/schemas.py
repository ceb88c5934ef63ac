"""Virtual servers over the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, field_validator
from typing_extensions import TypedDict

from entourage.accounts.fields import Label
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null

MAX_GLOBS = 200

BundleName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$"),
    Field(description="Its place in the address: `/mcp/b/{name}`.", examples=["research"]),
]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Glob = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
Globs = Annotated[list[Glob], Field(max_length=MAX_GLOBS)]
AgentName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Search = Annotated[
    Literal["auto", "on", "off"],
    Field(description="Offer `find_tools` and `call_tool` in place of the tools: always, never, when there are many."),
]


class BundleIn(Schema):
    """A new virtual server. Globs are of canonical names: `github.*`, `files.read_file`, `read_file`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "research", "tools": ["fetch.*", "memory.search_*"]}}
    )

    name: BundleName
    title: Title = ""
    tools: Globs = Field(default_factory=lambda: ["*"])
    resources: Globs = Field(default_factory=lambda: ["*"], description="Globs of `server.uri`.")
    prompts: Globs = Field(default_factory=lambda: ["*"], description="Globs of `server.prompt`.")
    agent: AgentName | None = Field(None, description="Call with the grants and policies of this agent of yours.")
    search: Search = "auto"
    is_shared: bool = Field(False, description="Admins only: everyone has it, each with their own servers and secrets.")


class BundlePatch(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"tools": ["fetch.*"]}})

    name: BundleName | None = None
    title: Title | None = None
    tools: Globs | None = None
    resources: Globs | None = None
    prompts: Globs | None = None
    agent: AgentName | None = None
    search: Search | None = None
    is_shared: bool | None = None

    _not_null = never_null("name", "title", "tools", "resources", "prompts", "search", "is_shared")


class BundleOut(Schema):
    """A virtual server; `is_own` is false for one that somebody else shares."""

    id: Id
    name: str = Field(examples=["research"])
    title: str
    tools: list[str]
    resources: list[str]
    prompts: list[str]
    agent: str | None
    search: Search
    is_shared: bool
    is_own: bool
    url: str = Field(examples=["http://127.0.0.1:8700/mcp/b/research"])
    version: int
    created_at: Time


class TokenIn(Schema):
    """A new token of a virtual server."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "laptop", "tools": ["fetch.*"]}})

    name: Label
    tools: Annotated[list[Glob], Field(min_length=1, max_length=MAX_GLOBS)] | None = Field(
        None, description="Only these of the bundle's tools; null: all of them."
    )
    expires_at: AwareDatetime | None = Field(None, description="Null: it does not expire.")

    @field_validator("expires_at")
    @classmethod
    def _is_to_come(cls, value: datetime | None) -> datetime | None:
        if value is not None and value <= datetime.now(value.tzinfo):
            raise ValueError("is over already")
        return value


class TokenOut(Schema):
    """A token as it is listed."""

    id: Id
    name: str
    prefix: str = Field(examples=["ent_mcp_4f0c2a91"])
    tools: list[str] | None
    expires_at: Time | None
    last_used_at: Time | None
    created_at: Time


class TokenMade(TokenOut):
    """A new token; the token itself is shown only now."""

    token: str


class Connect(TypedDict):
    """How clients are connected: texts to copy, in which `KEY` stands for the key or the bundle's token.

    `claude` is a command for Claude Code, `codex` a section of Codex' `config.toml`, `cursor` Cursor's `mcp.json`,
    `json` the `mcpServers` that most clients read.
    """

    url: str
    claude: str
    codex: str
    cursor: str
    json: str
