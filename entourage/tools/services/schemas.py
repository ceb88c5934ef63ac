"""Services over the wire. Secrets go in and never come out."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from entourage.kit.clock import Time
from entourage.kit.schema import Schema, never_null

AuthKind = Literal["none", "bearer", "header", "basic"]
OWN_NAMES = ("people", "billing")
MAX_ALLOWED = 100

ServiceName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$"),
    Field(description="The first half of its tools' names and of its address, /svc/NAME/.", examples=["weather"]),
]
Title = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
BaseUrl = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Allowed = Annotated[
    str,
    StringConstraints(pattern=r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|\*) /[^\x00-\x20\x7f]*$", max_length=300),
    Field(examples=["GET /v1/*"]),
]
Seconds = Annotated[float, Field(gt=0, le=300, description="How long the beginning of an answer is waited for.")]
Retries = Annotated[int, Field(ge=0, le=5, description="Further tries of GET, HEAD, OPTIONS, PUT and DELETE.")]
PerSecond = Annotated[float | None, Field(gt=0, le=10_000, description="Calls a second of each person.")]
PerDay = Annotated[int | None, Field(ge=1, le=10**12, description="Calls a day (UTC) of each person.")]
Allow = Annotated[list[Allowed], Field(max_length=MAX_ALLOWED, description="Methods and paths; none: everything.")]
OpenApi = Annotated[
    dict[str, Any] | str | None, Field(description="An OpenAPI 3.0 or 3.1 document, or the address of one (JSON).")
]

_HEADER = r"^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$"
_FORBIDDEN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "content-type"}
)


class ServiceAuth(Schema):
    """How the service knows us. `secret` is a token, a header's value, or `user:password`; left out it stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"kind": "bearer", "secret": "..."}})

    kind: AuthKind = "none"
    header: Annotated[str, StringConstraints(pattern=_HEADER)] | None = Field(None, examples=["X-Api-Key"])
    secret: SecretStr | None = Field(None, max_length=4000)

    @model_validator(mode="after")
    def _fits(self) -> "ServiceAuth":
        if (self.kind == "header") != (self.header is not None):
            raise ValueError("give a header for the kind 'header', and only for that")
        if self.header and self.header.lower() in _FORBIDDEN_HEADERS:
            raise ValueError(f"{self.header} is not a header for secrets")
        secret = self.secret.get_secret_value() if self.secret else ""
        if not secret.isprintable() or not secret.isascii():
            raise ValueError("a secret is printable ASCII")
        if self.kind == "basic" and secret and ":" not in secret:
            raise ValueError("for the kind 'basic' the secret is user:password")
        return self


class ServiceIn(Schema):
    """A new service."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "weather", "base_url": "https://api.example.com/v1"}},
    )

    name: ServiceName
    title: Title = ""
    base_url: BaseUrl
    openapi: OpenApi = None
    auth: ServiceAuth = Field(default_factory=lambda: ServiceAuth.model_validate({}))
    is_shared: bool = Field(False, description="Admins only: everyone may call it, with its secret.")
    timeout_seconds: Seconds = 30.0
    retries: Retries = 2
    rps: PerSecond = None
    quota_per_day: PerDay = None
    allow: Allow = []

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in OWN_NAMES:
            raise ValueError(f"{name!r} is a service of the server's own")
        return name


class ServicePatch(Schema):
    """What changes; the rest stays. A null `openapi` forgets the operations."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"rps": 5}})

    title: Title | None = None
    base_url: BaseUrl | None = None
    openapi: OpenApi = None
    auth: ServiceAuth | None = None
    is_shared: bool | None = None
    timeout_seconds: Seconds | None = None
    retries: Retries | None = None
    rps: PerSecond = None
    quota_per_day: PerDay = None
    allow: Allow | None = None

    _not_null = never_null("title", "base_url", "auth", "is_shared", "timeout_seconds", "retries", "allow")


class AuthShown(Schema):
    """How the service knows us; the secret itself is never shown."""

    kind: AuthKind
    header: str | None
    has_secret: bool


class ServiceOut(Schema):
    """A service; `is_own` is false for one that somebody else shares, `is_inside` true for the server's own APIs."""

    id: str
    name: str
    title: str
    base_url: str | None = Field(description="Null where it is not yours to know.")
    openapi_url: str | None
    auth: AuthShown
    is_shared: bool
    is_own: bool
    is_inside: bool
    timeout_seconds: float
    retries: int
    rps: float | None
    quota_per_day: int | None
    allow: list[str]
    operations: int
    skipped: list[str]
    """Operations that could not be taken, and why."""
    state: Literal["closed", "open", "half_open"]
    last_error: str | None
    version: int
    created_at: Time | None
    refreshed_at: Time | None


class OperationOut(Schema):
    """An operation, which is the tool `tool` as well."""

    id: str
    tool: str
    method: str
    path: str
    title: str
    parameters: dict[str, Any]


class OperationList(Schema):
    """All operations of a service."""

    items: list[OperationOut]


class ServicePoint(Schema):
    """One hour."""

    at: Time
    calls: int
    errors: int


class Latency(Schema):
    """Milliseconds, right within 5 %; null without calls."""

    p50: float | None
    p95: float | None
    p99: float | None


class ServiceAnalytics(Schema):
    """Your calls of a service; errors are refusals by the service itself (5xx) and no answer at all."""

    calls: int
    errors: int
    latency: Latency
    series: list[ServicePoint]
