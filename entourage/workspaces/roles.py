"""Who somebody is in a workspace: what every route asks for first."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from entourage.accounts.identity import CurrentUser
from entourage.kit.ids import Id
from entourage.kit.services import service
from entourage.workspaces.memberships import Membership, Memberships

MembershipsHere = Annotated[Memberships, service(Memberships)]


async def _viewing(workspace_id: Id, user: CurrentUser, memberships: MembershipsHere) -> Membership:
    return await memberships.of(user.user_id, workspace_id)


Viewing = Annotated[Membership, Depends(_viewing)]
"""The caller, who may look. 404 for whoever is no member, whatever else is wrong with the request."""


async def _editing(member: Viewing) -> Membership:
    member.require("editor")
    return member


async def _owning(member: Viewing) -> Membership:
    member.require("owner")
    return member


Editing = Annotated[Membership, Depends(_editing)]
"""The caller, who may change files. 403 for viewers."""

Owning = Annotated[Membership, Depends(_owning)]
"""The caller, whose workspace it is."""
