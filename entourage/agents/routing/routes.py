"""`POST /my/route`."""

from __future__ import annotations

from typing import Annotated

from entourage.accounts.identity import CurrentUser
from entourage.agents.routing.router import Router
from entourage.agents.routing.schemas import RouteAsked, RouteTold
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my", tags=["agents"])


@router.post("/route", responses=problems(401, 422, 429))
async def explain_route(asked: RouteAsked, user: CurrentUser, routes: Annotated[Router, service(Router)]) -> RouteTold:
    """What a request is taken for and who would answer it. Nothing is begun, and no model is asked."""
    return RouteTold.of(await routes.explain(user.user_id, asked.text, asked.mode))
