"""`GET /my/tools`: what agents can be given."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from entourage.accounts.identity import CurrentUser
from entourage.kit.problems import problems
from entourage.kit.services import service
from entourage.tools.registry import ToolRegistry
from entourage.tools.schemas import ToolList, ToolView

router = APIRouter(tags=["tools"])


@router.get("/my/tools", responses=problems(401, 429))
async def list_tools(_user: CurrentUser, tools: Annotated[ToolRegistry, service(ToolRegistry)]) -> ToolList:
    """Every tool with its arguments and what it is granted by default."""
    return ToolList(items=[ToolView.of(tool) for tool in tools.all()])
