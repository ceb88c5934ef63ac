"""Usage over the wire."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from entourage.kit.clock import Time
from entourage.kit.schema import Schema

By: TypeAlias = Literal["day", "model", "provider", "agent", "key", "door", "session"]
AdminBy: TypeAlias = Literal["day", "model", "provider", "agent", "key", "door", "session", "user"]
Bucket: TypeAlias = Literal["hour", "day"]
CallStatus: TypeAlias = Literal["ok", "failed", "cut", "cancelled"]

Money = Annotated[str, Field(description="US dollars in decimals.", examples=["0.0042"])]


class UsageTotal(Schema):
    """What calls took. An answer out of our cache counts as a call with no tokens and no cost."""

    calls: int
    errors: int = Field(description="Calls that failed or whose answer broke off.")
    cache_hits: int
    input_tokens: int = Field(description="With those that were cached or written to the provider's cache.")
    output_tokens: int = Field(description="With the reasoning.")
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost_usd: Money
    saved_usd: Money = Field(description="What answers out of our cache would have cost.")
    latency_ms_p50: int | None = Field(description="Within 5 %; null by session.")
    first_token_ms_p50: int | None


class UsageItem(UsageTotal):
    """What calls with one key took; an empty key means none."""

    key: str
    label: str = Field(examples=["gpt-4o-mini"])


class UsagePoint(Schema):
    """Calls with one key in one hour or day that begins at `at`."""

    at: Time
    key: str
    cost_usd: Money
    calls: int


class UsageOut(Schema):
    """Usage under each key, the most expensive first (days in their order)."""

    items: list[UsageItem]
    total: UsageTotal
    series: list[UsagePoint]


class CallOut(Schema):
    """One model call, as its event tells."""

    id: str
    at: Time
    source: str = Field(examples=["gateway"])
    session_id: str | None
    run_id: str | None
    agent: str | None
    provider: str = Field(examples=["openai"])
    provider_id: str | None = None
    model: str = Field(examples=["gpt-4o-mini"])
    alias: str | None = None
    door: str | None = None
    key_id: str | None = None
    workspace: str | None = None
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int = 0
    reasoning_tokens: int
    cost_usd: str | None = Field(description="Null when the price is not known.")
    saved_usd: str | None = None
    latency_ms: int
    first_token_ms: int | None
    status: CallStatus = "ok"
    error: str | None = None
    cache: Literal["hit", "miss", "bypass"] | None = None
    attempts: int = 1
    estimated: bool = Field(False, description="Tokens counted by us, because the provider never told.")
