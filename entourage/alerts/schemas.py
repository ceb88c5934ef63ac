"""Alerts over the wire."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from entourage.accounts.fields import Email, Label, one_line
from entourage.accounts.schemas import Body
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

Kind = Literal["error_rate", "slow_query", "queue_overflow", "budget_burn", "stuck_agent", "event_match"]
ADMIN_KINDS = frozenset[str]({"slow_query", "queue_overflow"})
"""Kinds that look at the whole server."""

MAX_WINDOW_SECONDS = 7 * 24 * 3600
MAX_WEBHOOK_CHARACTERS = 2048


def _webhook(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("this is not an address such as https://example.com/hook") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or "\\" in url:
        raise ValueError("this is not an address such as https://example.com/hook")
    if parts.username or parts.password:
        raise ValueError("it may hold no user name or password: calls are signed instead")
    return url


def _plain(text: str) -> str:
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("lone surrogates are not allowed here")
    return one_line(text)


Threshold = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False, examples=[5])]
Window = Annotated[int, Field(ge=60, le=MAX_WINDOW_SECONDS, examples=[300])]
Patience = Annotated[int, Field(ge=0, le=24 * 3600)]
MinEvents = Annotated[int, Field(ge=1, le=1_000_000)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$"), Field(examples=["claude-code"])]
AgentName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    AfterValidator(_plain),
    Field(json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"}),
]
EventType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,126}\*?$")]
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_plain),
    Field(json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"}),
]
Webhook = Annotated[
    str,
    StringConstraints(max_length=MAX_WEBHOOK_CHARACTERS, pattern=r"^https?://[^\s@\\/?#]+([/?#][^\s\\@]*)?$"),
    AfterValidator(_webhook),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uri",
            "maxLength": MAX_WEBHOOK_CHARACTERS,
            "pattern": r"^https?://[a-z0-9.-]+(:[0-9]{1,4})?(/[A-Za-z0-9._/-]*)?$",
            "examples": ["https://example.com/hook"],
        }
    ),
]
Types = Annotated[list[EventType], Field(max_length=20, description="Names; `hook.*` means all that begin so.")]


class AlertIn(Body):
    """A new rule. `threshold` is in percent, events, minutes, US dollars or milliseconds, as its kind asks."""

    name: Label
    kind: Kind
    enabled: bool = True
    threshold: Threshold
    window_seconds: Window = 300
    for_seconds: Patience = Field(0, description="How long it must hold before it fires.")
    cooldown_seconds: Patience = Field(600, description="Shortest time between two firings.")
    min_events: MinEvents = Field(20, description="Of error_rate: fewer outcomes than this are not judged.")
    source: Source | None = None
    agent: AgentName | None = None
    types: Types = Field(default_factory=list[str])
    text: Words | None = Field(None, description="Of event_match: words that must all be in the event.")
    webhook_url: Webhook | None = None
    email: Email | None = Field(None, description="Your own address; an admin may give another.")


class AlertPatch(Body):
    """What may change; null takes a source, an agent, words, a webhook or an address away."""

    name: Label | None = None
    enabled: bool | None = None
    threshold: Threshold | None = None
    window_seconds: Window | None = None
    for_seconds: Patience | None = None
    cooldown_seconds: Patience | None = None
    min_events: MinEvents | None = None
    source: Source | None = None
    agent: AgentName | None = None
    types: Types | None = None
    text: Words | None = None
    webhook_url: Webhook | None = None
    email: Email | None = None


CLEARED_BY_NULL = frozenset({"source", "agent", "text", "webhook_url", "email"})


class AlertOut(Schema):
    """A rule and where it stands."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: Id
    name: str
    kind: Kind
    enabled: bool
    threshold: float
    window_seconds: int
    for_seconds: int
    cooldown_seconds: int
    min_events: int
    source: str | None
    agent: str | None
    types: list[str]
    text: str | None
    webhook_url: str | None
    email: str | None
    state: Literal["ok", "pending", "firing"]
    state_since: Time = Field(validation_alias="state_ms")
    last_value: float | None
    checked_at: Time = Field(validation_alias="checked_ms")
    muted_until: Time | None = Field(validation_alias="muted_until_ms")
    created_at: Time = Field(validation_alias="created_ms")
    updated_at: Time = Field(validation_alias="updated_ms")


class AlertMade(AlertOut):
    """A new rule. The secret that signs its webhook's calls is shown only now."""

    webhook_secret: str | None


class WebhookSecret(Schema):
    """A new secret of a webhook; shown only now."""

    webhook_secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class MuteIn(Body):
    """How long nobody is told; 0 ends it."""

    seconds: int = Field(ge=0, le=365 * 24 * 3600, examples=[3600])


class Delivery(Schema):
    """One message about a rule."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    channel: Literal["webhook", "email"]
    what: Literal["fired", "resolved", "test"]
    status: Literal["waiting", "delivered", "failed"]
    attempts: int
    error: str | None
    delivered_at: Time | None = Field(validation_alias="delivered_ms")


class Firing(Schema):
    """One time that a rule fired. `value` is what was measured then, `worst` the worst until it was over."""

    id: Id
    alert_id: Id
    name: str
    kind: Kind
    state: Literal["firing", "resolved"]
    fired_at: Time
    resolved_at: Time | None
    threshold: float
    value: float
    worst: float
    summary: str
    muted: bool
    deliveries: list[Delivery]


class TestResult(Schema):
    """How the messages of a test went."""

    __test__ = False  # no test of pytest

    deliveries: list[Delivery]
