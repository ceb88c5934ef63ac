"""Aliases over the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null
from entourage.llm.schemas import MAX_CANDIDATES, ModelName, Weight, free_name

AliasName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^/@\s\x00-\x1f\x7f]+$"),
    AfterValidator(free_name),
    Field(description="What callers ask for; it has no slash.", examples=["fast"]),
]
Strategy = Annotated[
    Literal["priority", "weighted", "latency", "cost", "ab"],
    Field(description="How the first candidate is chosen; the others follow when it fails."),
]


class CandidateIn(Schema):
    """A model behind an alias."""

    model_config = ConfigDict(extra="forbid")

    provider_id: Id
    model: ModelName
    weight: Weight = 100


class CandidateOut(Schema):
    """A model behind an alias. `provider` is the provider's name, null when it is gone."""

    provider_id: str
    provider: str | None = Field(examples=["openai"])
    model: str = Field(examples=["gpt-4o-mini"])
    weight: int


Candidates = Annotated[list[CandidateIn], Field(min_length=1, max_length=MAX_CANDIDATES)]


class AliasIn(Schema):
    """A new alias."""

    model_config = ConfigDict(extra="forbid")

    name: AliasName
    strategy: Strategy = "priority"
    candidates: Candidates
    is_shared: bool = Field(False, description="Admins only: everyone may ask for it; its providers must be shared.")


class AliasPatch(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"strategy": "weighted"}})

    name: AliasName | None = None
    strategy: Strategy | None = None
    candidates: Candidates | None = None
    is_shared: bool | None = None

    _not_null = never_null("name", "strategy", "candidates", "is_shared")


class AliasOut(Schema):
    """An alias; `is_own` is false for one that somebody else shares."""

    id: Id
    name: str = Field(examples=["fast"])
    strategy: Strategy
    candidates: list[CandidateOut]
    is_shared: bool
    is_own: bool
    version: int
    created_at: Time
