"""Virtual keys over the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field

from entourage.accounts.fields import Label
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null
from entourage.llm.money.schemas import BudgetOut, Limits
from entourage.llm.schemas import ModelName

MAX_MODELS = 100

AllowedModels = Annotated[
    list[ModelName],
    Field(
        min_length=1,
        max_length=MAX_MODELS,
        description="What may be called: aliases, `provider/model`, models. Null allows everything.",
        examples=[["fast", "openai/gpt-4o-mini"]],
    ),
]
Requests = Annotated[int, Field(ge=1, le=1_000_000, description="Requests a minute.")]
TokensAMinute = Annotated[int, Field(ge=1, le=1_000_000_000, description="Tokens in and out a minute; null: any.")]


class KeyBudget(Limits):
    """A budget made with its key."""


class GatewayKeyIn(Schema):
    """A new virtual key."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "laptop", "models": ["fast"]}})

    name: Label
    models: AllowedModels | None = None
    requests_per_minute: Requests | None = Field(None, description="Null: the server's default.")
    tokens_per_minute: TokensAMinute | None = None
    expires_in_days: int | None = Field(None, ge=1, le=3650, examples=[90])
    budget: KeyBudget | None = None


class GatewayKeyPatch(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"requests_per_minute": 60}})

    name: Label | None = None
    models: AllowedModels | None = None
    requests_per_minute: Requests | None = None
    tokens_per_minute: TokensAMinute | None = None

    _not_null = never_null("name", "requests_per_minute")


class GatewayKeyOut(Schema):
    """A virtual key as it is listed. Spending is of today and of this month (UTC)."""

    id: Id
    name: str
    prefix: str = Field(examples=["ent_vk_4f0c2a91"])
    models: list[str] | None
    requests_per_minute: int
    tokens_per_minute: int | None
    expires_at: Time | None
    last_used_at: Time | None
    created_at: Time
    spent_usd_day: str = Field(examples=["0.042"])
    spent_usd_month: str
    budget: BudgetOut | None
    version: int


class GatewayKeyMade(GatewayKeyOut):
    """A new virtual key; the key itself is shown only now."""

    key: str
