"""Doors of admins: `/api/v1/admin/users` and `/api/v1/admin/invites`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Response

from entourage.accounts.identity import AdminUser
from entourage.accounts.invites import Invites
from entourage.accounts.people import People, user_etag
from entourage.accounts.schemas import InviteIn, InviteMade, InviteOut, UserAsAdmin, UserPatch, example
from entourage.kit.etag import IfMatch
from entourage.kit.http import problems
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/api/v1/admin", tags=["admin"])

PeopleService = Annotated[People, service(People)]
InvitesService = Annotated[Invites, service(Invites)]


@router.get("/users", responses=problems(401, 403), response_model=Page[UserAsAdmin])
async def list_users(admin: AdminUser, people: PeopleService, limit: Limit = 50, cursor: Cursor = None) -> object:
    """Everybody, newest first."""
    del admin
    return await people.page(limit, cursor)


@router.patch("/users/{user_id}", responses=problems(401, 403, 404, 409, 412), response_model=UserAsAdmin)
async def change_user(
    user_id: Id,
    patch: Annotated[UserPatch, Body(openapi_examples=example(is_active=False))],
    admin: AdminUser,
    response: Response,
    people: PeopleService,
    if_match: IfMatch = None,
) -> object:
    """Activate or deactivate a person, make them an admin or not. The last admin stays."""
    del admin
    user = await people.change(user_id, patch, if_match)
    response.headers["ETag"] = user_etag(user)
    return user


@router.post("/invites", status_code=201, responses=problems(401, 403))
async def make_invite(
    body: Annotated[InviteIn, Body(openapi_examples=example(email="leo@example.com"))],
    admin: AdminUser,
    invites: InvitesService,
) -> InviteMade:
    """Invite somebody. The token is shown only in this answer."""
    return await invites.make(admin.user_id, body.email)


@router.get("/invites", responses=problems(401, 403), response_model=Page[InviteOut])
async def list_invites(admin: AdminUser, invites: InvitesService, limit: Limit = 50, cursor: Cursor = None) -> object:
    """Open invitations, newest first."""
    del admin
    return await invites.page(limit, cursor)


@router.delete("/invites/{invite_id}", status_code=204, responses=problems(401, 403, 404))
async def withdraw_invite(invite_id: Id, admin: AdminUser, invites: InvitesService) -> None:
    """Withdraw an invitation."""
    del admin
    await invites.withdraw(invite_id)
