"""Routing over the wire."""

from typing import Literal

from pydantic import ConfigDict, Field

from entourage.agents.routing.judging import Handler
from entourage.agents.routing.router import Mode, Route
from entourage.kit.schema import Schema


class RouteAsked(Schema):
    """A request that names nobody."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "Switch the theme to dark"}})

    text: str = Field(min_length=1, max_length=200_000)
    mode: Mode = "auto"


class RouteTold(Schema):
    """What it is taken for, and who would answer. `scores` are those of all classes; they add up to 1."""

    intent: str
    confidence: float
    handler: Handler
    agent: str
    kind: Literal["turn", "plan"]
    first: str | None = Field(None, description="Composite: the agent whose answer `agent` goes on from.")
    scores: dict[str, float]
    why: str

    @classmethod
    def of(cls, route: Route) -> "RouteTold":
        return cls(
            intent=route.intent,
            confidence=round(route.confidence, 3),
            handler=route.handler,
            agent=route.agent,
            kind=route.kind,
            first=route.first,
            scores={label: round(score, 4) for label, score in route.scores.items()},
            why=route.why,
        )
