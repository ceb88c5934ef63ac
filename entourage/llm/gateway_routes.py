"""`/api/v1/models`: how the candidates are, and one call to try a model."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pydantic import ConfigDict, Field

from entourage.accounts.identity import CurrentUser
from entourage.kit.clock import Time
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.schema import Schema
from entourage.kit.services import service
from entourage.llm.catalogue import Catalogue
from entourage.llm.doors.finder import GatewayDoors
from entourage.llm.doors.trying import try_model
from entourage.llm.routing.health import Health
from entourage.llm.schemas import ModelName

router = Routes(prefix="/api/v1/models", tags=["models"])


class CandidateOut(Schema):
    """A provider's model as this server has found it. While `open` it is not asked."""

    provider_id: str
    provider: str = Field(examples=["openai"])
    model: str = Field(examples=["gpt-4o-mini"])
    state: Literal["closed", "open", "half_open"]
    failures: int = Field(description="In a row.")
    last_error: str | None
    last_error_at: Time | None
    latency_ms_p50: int | None
    first_token_ms_p50: int | None
    calls: int = Field(description="Since this server started.")
    opened_until: Time | None


class CandidateList(Schema):
    """Candidates that were called."""

    items: list[CandidateOut]


class TryIn(Schema):
    """The model to try, by any name a caller may use."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"model": "offline"}})

    model: ModelName


class Tried(Schema):
    """What one tiny call came to."""

    ok: bool
    provider: str | None = Field(examples=["openai"])
    model: str = Field(examples=["gpt-4o-mini"])
    latency_ms: int | None = Field(description="Null when nobody was asked.")
    first_token_ms: int | None
    text: str
    cost_usd: str | None = Field(description="Null when the price is not known.")
    error: str | None = Field(description="Why it failed, with the way out.", examples=[None])


@router.get("/health", responses=problems(401, 403))
async def read_model_health(
    user: CurrentUser,
    health: Annotated[Health, service(Health)],
    catalogue: Annotated[Catalogue, service(Catalogue)],
) -> CandidateList:
    """How the models fared that were called through the gateway since this server started."""
    await catalogue.of(user.user_id)
    return CandidateList(items=[CandidateOut(**msgspec.structs.asdict(one)) for one in health.of(user.user_id)])


@router.post("/test", responses=problems(401, 403))
async def test_model(body: TryIn, user: CurrentUser, doors: Annotated[GatewayDoors, service(GatewayDoors)]) -> Tried:
    """One tiny real call through the gateway. What goes wrong there is in `error`, not in the status."""
    tried = await try_model(doors.core, user.user_id, body.model)
    return Tried(
        ok=tried.error is None,
        provider=tried.provider,
        model=tried.model or body.model,
        latency_ms=tried.latency_ms,
        first_token_ms=tried.first_token_ms,
        text=tried.text or "",
        cost_usd=tried.cost_usd,
        error=tried.error,
    )
