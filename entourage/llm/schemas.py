"""Providers and models over the wire. Keys go in and never come out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from entourage.kit.clock import Time
from entourage.kit.ids import Id

MAX_MODELS = 200

ProviderType = Literal["openai", "anthropic", "openai_compatible", "anthropic_compatible"]
ProviderStatus = Literal["unknown", "ok", "failing"]

_RESERVED_NAMES = {"offline", "default", "team"}


def _free_name(name: str) -> str:
    if name.lower() in _RESERVED_NAMES:
        raise ValueError(f"{name!r} is a name of the server's own")
    return name


def _no_repeats(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


ProviderName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^/@\x00-\x1f\x7f]+$"),
    AfterValidator(_free_name),
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

_EXAMPLE: dict[str, Any] = {
    "name": "openai",
    "type": "openai",
    "api_key": "sk-...",
    "models": ["gpt-4o-mini"],
    "is_default": True,
}

OFFLINE_MODEL = "offline"
"""The id of the built-in model."""


class ProviderIn(BaseModel):
    """A new provider. `base_url` is needed for the compatible types."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _EXAMPLE})

    name: ProviderName
    type: ProviderType
    base_url: BaseUrl | None = None
    api_key: Key | None = None
    models: ModelNames = Field(default_factory=list)
    is_default: bool = False


class ProviderPatch(BaseModel):
    """What changes; the rest stays. An empty or null `api_key` forgets the key."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"models": ["gpt-4o-mini"]}})

    name: ProviderName | None = None
    type: ProviderType | None = None
    base_url: BaseUrl | None = None
    api_key: Key | None = None
    models: ModelNames | None = None
    is_default: bool | None = None

    @field_validator("name", "type", "models", "is_default")
    @classmethod
    def _not_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("may be left out, but not null")
        return value


class ProviderOut(BaseModel):
    """A provider as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    name: str = Field(examples=["openai"])
    type: ProviderType
    base_url: str = Field(examples=["https://api.openai.com/v1"])
    has_key: bool
    models: list[str] = Field(examples=[["gpt-4o-mini"]])
    is_default: bool
    status: ProviderStatus = Field(description="What the last test came to.")
    last_error: str | None
    created_at: Time


class ProviderTest(BaseModel):
    """What a provider answered when it was asked for its models."""

    ok: bool
    latency_ms: int = Field(examples=[240])
    models: list[str] = Field(description="Models it offers, as far as it tells.", examples=[["gpt-4o-mini"]])
    error: str | None = Field(description="Why it failed, with the way out.", examples=[None])


class ModelOut(BaseModel):
    """A model one may choose."""

    id: str = Field(examples=["openai/gpt-4o-mini"])
    provider: str | None = Field(description="Name of the provider; null for the offline model.", examples=["openai"])
    model: str = Field(examples=["gpt-4o-mini"])
    offline: bool = Field(description="True for the built-in model that needs no provider.")
    is_default: bool


class ModelList(BaseModel):
    """All models of a person, the default one first."""

    items: list[ModelOut]
