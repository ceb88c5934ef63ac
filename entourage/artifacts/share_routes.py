"""`/my/artifacts/{id}/share`: links to a result; `/api/v1/shared-artifacts/{token}`: what whoever has one sees."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from entourage.accounts.identity import CurrentUser
from entourage.artifacts.share_schemas import ArtifactShareList, NewArtifactShare, ShareArtifact, SharedArtifactPage
from entourage.artifacts.wanted import SharesHere
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes

router = Routes(tags=["artifacts"])


@router.post("/my/artifacts/{artifact_id}/share", status_code=201, responses=problems(401, 404, 409, 422, 429))
async def share_artifact(
    artifact_id: Id, what: ShareArtifact, user: CurrentUser, shares: SharesHere
) -> NewArtifactShare:
    """Make a link that shows the artifact, and nothing else, to whoever has it."""
    return await shares.create(user.user_id, artifact_id, what)


@router.get("/my/artifacts/{artifact_id}/share", responses=problems(401, 404, 422, 429))
async def list_artifact_shares(artifact_id: Id, user: CurrentUser, shares: SharesHere) -> ArtifactShareList:
    """The links that work, without their tokens."""
    return ArtifactShareList(items=await shares.list(user.user_id, artifact_id))


@router.delete("/my/artifacts/{artifact_id}/share", status_code=204, responses=problems(401, 404, 422, 429))
async def revoke_artifact_shares(artifact_id: Id, user: CurrentUser, shares: SharesHere) -> None:
    """End all links at once."""
    await shares.revoke(user.user_id, artifact_id)


@router.delete("/my/artifacts/{artifact_id}/share/{share_id}", status_code=204, responses=problems(401, 404, 422, 429))
async def revoke_artifact_share(artifact_id: Id, share_id: Id, user: CurrentUser, shares: SharesHere) -> None:
    """End a link at once."""
    await shares.revoke(user.user_id, artifact_id, share_id)


@router.get("/api/v1/shared-artifacts/{token}", responses=problems(404, 422, 429))
async def shared_artifact(
    token: Annotated[str, Path(max_length=100)], shares: SharesHere, response: Response
) -> SharedArtifactPage:
    """A shared artifact, for anybody who has its link."""
    response.headers["X-Robots-Tag"] = "noindex"
    return await shares.open(token)
