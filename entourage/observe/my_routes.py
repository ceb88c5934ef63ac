"""Doors of one's own choices: sources and saved views."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path

from entourage.accounts.fields import AppName
from entourage.accounts.identity import CurrentUser
from entourage.accounts.schemas import example
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.observe.schemas import SourceIn, SourceList, SourceOut, ViewIn, ViewList, ViewOut
from entourage.observe.sources import Sources
from entourage.observe.views import Views

router = Routes(prefix="/my")

SourcesService = Annotated[Sources, service(Sources)]
ViewsService = Annotated[Views, service(Views)]
NewView = Annotated[ViewIn, Body(openapi_examples=example(name="Failures", query={"type": ["hook.*Failure"]}))]


@router.get("/sources", tags=["sources"], responses=problems(401, 403))
async def list_sources(user: CurrentUser, sources: SourcesService) -> SourceList:
    """Applications that sent something or have a key."""
    return SourceList(items=await sources.all_of(user.user_id))


@router.put("/sources/{app}", tags=["sources"], responses=problems(401, 403))
async def change_source(
    app: Annotated[AppName, Path()],
    body: Annotated[SourceIn, Body(openapi_examples=example(mode="guard", route_permissions=True))],
    user: CurrentUser,
    sources: SourcesService,
) -> SourceOut:
    """Choose whether the policy answers the hooks of an application, and who answers its permission requests."""
    return await sources.change(user.user_id, app, body)


@router.get("/views", tags=["views"], responses=problems(401, 403))
async def list_views(user: CurrentUser, views: ViewsService) -> ViewList:
    """Saved views, by name."""
    return ViewList(items=await views.all_of(user.user_id))


@router.post("/views", status_code=201, tags=["views"], responses=problems(401, 403, 409))
async def make_view(body: NewView, user: CurrentUser, views: ViewsService) -> ViewOut:
    """Save a view."""
    return await views.make(user.user_id, body)


@router.put("/views/{view_id}", tags=["views"], responses=problems(401, 403, 404))
async def change_view(view_id: Id, body: NewView, user: CurrentUser, views: ViewsService) -> ViewOut:
    """Replace a view."""
    return await views.change(user.user_id, view_id, body)


@router.delete("/views/{view_id}", status_code=204, tags=["views"], responses=problems(401, 403, 404))
async def delete_view(view_id: Id, user: CurrentUser, views: ViewsService) -> None:
    """Delete a view."""
    await views.delete(user.user_id, view_id)
