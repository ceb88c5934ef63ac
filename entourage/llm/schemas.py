"""Providers and models over the wire. Keys go in and never come out."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, StringConstraints

from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null
from entourage.llm.kinds import Kind, ProviderType

MAX_MODELS = 200
MAX_PRICES = 200
MAX_CANDIDATES = 20

ProviderStatus = Literal["unknown", "ok", "failing"]

_RESERVED_NAMES = {"offline", "default", "team"}


def free_name(name: str) -> str:
    """The name, unless it is one of the server's own. Raises ValueError."""
    if name.lower() in _RESERVED_NAMES:
        raise ValueError(f"{name!r} is a name of the server's own")
    return name


def _no_repeats(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


ProviderName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^/@\x00-\x1f\x7f]+$"),
    AfterValidator(free_name),
    Field(description="The first half of its models' ids; it has no slash.", examples=["openai"]),
]
ModelName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+$"),
    Field(examples=["gpt-4o-mini"]),
]
ModelNames = Annotated[
    list[ModelName],
    Field(max_length=MAX_MODELS, description="Models to offer, the preferred one first.", examples=[["gpt-4o-mini"]]),
    AfterValidator(_no_repeats),
]
BaseUrl = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    Field(description="For the OpenAI dialect it ends with /v1.", examples=["https://api.openai.com/v1"]),
]
Key = Annotated[
    SecretStr, Field(max_length=2000, description="Kept in the vault; never shown again.", examples=["sk-..."])
]

Dollars = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,6}(\.\d{1,9})?$"),
    Field(description="US dollars in decimals.", examples=["2.50"]),
]
Weight = Annotated[int, Field(ge=1, le=1000, description="Its share under the strategy `weighted`.")]
Billing = Annotated[
    Literal["own", "pooled", "free"],
    Field(description="own: the owner's key; pooled: shared, counts against each user's budget; free: costs nothing."),
]


class PriceIn(Schema):
    """Prices in US dollars a million tokens; a kind without one costs what `input` costs."""

    model_config = ConfigDict(extra="forbid")

    input: Dollars
    output: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None


OwnPrices = Annotated[
    dict[ModelName, PriceIn],
    Field(max_length=MAX_PRICES, description="Prices by model, in place of those of the price list."),
]

_EXAMPLE: dict[str, Any] = {
    "name": "openai",
    "type": "openai",
    "api_key": "sk-...",
    "models": ["gpt-4o-mini"],
    "is_default": True,
}

OFFLINE_MODEL = "offline"
"""The id of the built-in model."""


class ProviderIn(Schema):
    """A new provider. `base_url` is needed for the compatible types."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _EXAMPLE})

    name: ProviderName
    type: ProviderType
    base_url: BaseUrl | None = None
    api_key: Key | None = None
    models: ModelNames = Field(default_factory=list)
    is_default: bool = False
    weight: Weight = 100
    billing: Billing = "own"
    prices: OwnPrices = Field(default_factory=dict)
    is_shared: bool = Field(False, description="Admins only: everyone may call it; its key stays hidden.")


class ProviderPatch(Schema):
    """What changes; the rest stays. An empty or null `api_key` forgets the key."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"models": ["gpt-4o-mini"]}})

    name: ProviderName | None = None
    type: ProviderType | None = None
    base_url: BaseUrl | None = None
    api_key: Key | None = None
    models: ModelNames | None = None
    is_default: bool | None = None
    weight: Weight | None = None
    billing: Billing | None = None
    prices: OwnPrices | None = None
    is_shared: bool | None = None

    _not_null = never_null("name", "type", "models", "is_default", "weight", "billing", "prices", "is_shared")


class PriceOut(Schema):
    """Prices in US dollars a million tokens."""

    input: str = Field(examples=["2.50"])
    output: str
    cached_input: str | None = None
    cache_write: str | None = None


class ProviderOut(Schema):
    """A provider as its owner sees it, or as one that somebody else shares is seen (`is_own` false)."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    name: str = Field(examples=["openai"])
    type: ProviderType
    base_url: str = Field(examples=["https://api.openai.com/v1"])
    has_key: bool
    models: list[str] = Field(examples=[["gpt-4o-mini"]])
    is_default: bool
    weight: int
    billing: Billing
    prices: dict[str, PriceOut]
    is_shared: bool
    is_own: bool = True
    status: ProviderStatus = Field(description="What the last test came to.")
    last_error: str | None
    created_at: Time


class ProviderTypeOut(Schema):
    """A type of provider, and what connecting one needs."""

    type: ProviderType
    title: str = Field(examples=["OpenAI"])
    base_url: str | None = Field(
        description="Where it is unless told otherwise.", examples=["https://api.openai.com/v1"]
    )
    needs_base_url: bool
    needs_key: bool
    dialects: list[Literal["chat", "responses", "messages"]] = Field(description="What it speaks untranslated.")

    @classmethod
    def of(cls, kind: Kind) -> "ProviderTypeOut":
        """As people are shown it."""
        return cls(
            type=kind.type,
            title=kind.title,
            base_url=kind.base_url,
            needs_base_url=kind.needs_base_url,
            needs_key=kind.needs_key,
            dialects=list(kind.dialects),
        )


class ProviderTypeList(Schema):
    """All types of provider."""

    items: list[ProviderTypeOut]


class ProviderTest(Schema):
    """What a provider answered when it was asked for its models."""

    ok: bool
    latency_ms: int = Field(examples=[240])
    models: list[str] = Field(description="Models it offers, as far as it tells.", examples=[["gpt-4o-mini"]])
    error: str | None = Field(description="Why it failed, with the way out.", examples=[None])


class ModelOut(Schema):
    """A model one may choose."""

    id: str = Field(examples=["openai/gpt-4o-mini"])
    provider: str | None = Field(description="Name of the provider; null for the offline model.", examples=["openai"])
    model: str = Field(examples=["gpt-4o-mini"])
    offline: bool = Field(description="True for the built-in model that needs no provider.")
    is_default: bool


class ModelList(Schema):
    """All models of a person, the default one first."""

    items: list[ModelOut]
