"""`/my/artifacts`, and the signed links to their content."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Request, Response

from entourage.accounts.identity import CurrentUser
from entourage.artifacts.links import PATH, Links, Target
from entourage.artifacts.schemas import Artifact, ArtifactVersions, RevertArtifact
from entourage.artifacts.service import Artifacts
from entourage.kit.etag import etag_of, not_modified
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.services import service

router = APIRouter(tags=["artifacts"])

ArtifactsHere = Annotated[Artifacts, service(Artifacts)]
LinksHere = Annotated[Links, service(Links)]
IfMatch = Annotated[str | None, Header(max_length=4096)]
Version = Annotated[int | None, Query(ge=1, le=1_000_000)]

CONTENT_CSP = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; frame-ancestors 'self'"
)
"""What an artifact may do when a browser shows it: run its own script in an origin of its own, and reach nothing."""

_BYTES = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/my/artifacts", responses=problems(401, 422, 429))
async def list_artifacts(
    user: CurrentUser,
    artifacts: ArtifactsHere,
    links: LinksHere,
    chat_id: Id | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Artifact]:
    """Artifacts, newest first; `chat_id` for those of one conversation."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    found = await artifacts.list(user.user_id, chat_id=chat_id, before=before, limit=limit + 1)
    page = page_of(found, limit, lambda item: (item.id,), lambda item: _linked(item, user.user_id, links))
    return Page[Artifact].model_validate(page)


@router.get("/my/artifacts/{artifact_id}", responses=problems(401, 404, 422, 429))
async def get_artifact(
    artifact_id: Id, user: CurrentUser, artifacts: ArtifactsHere, links: LinksHere, response: Response
) -> Artifact:
    """One artifact."""
    return _shown(response, await artifacts.get(user.user_id, artifact_id), user.user_id, links)


@router.get("/my/artifacts/{artifact_id}/versions", responses=problems(401, 404, 422, 429))
async def list_versions(artifact_id: Id, user: CurrentUser, artifacts: ArtifactsHere) -> ArtifactVersions:
    """All versions, newest first."""
    return ArtifactVersions(items=await artifacts.versions(user.user_id, artifact_id))


@router.get(
    "/my/artifacts/{artifact_id}/content",
    response_class=Response,
    responses={**problems(401, 404, 422, 429), **_BYTES, 304: {"description": "You have it."}},
)
async def artifact_content(
    artifact_id: Id,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    version: Version = None,
    if_none_match: Annotated[str | None, Header(max_length=4096)] = None,
) -> Response:
    """The bytes of a version, the newest by default."""
    artifact, data = await artifacts.content(user.user_id, artifact_id, version)
    tag = etag_of(artifact.id, version or artifact.version)
    return not_modified(if_none_match, tag) or Response(
        data, media_type="application/octet-stream", headers={"ETag": tag, "X-Artifact-Format": artifact.format}
    )


@router.put(
    "/my/artifacts/{artifact_id}/content",
    responses=problems(400, 401, 404, 412, 413, 415, 422, 429, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_content(
    artifact_id: Id,
    request: Request,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    links: LinksHere,
    response: Response,
    if_match: IfMatch = None,
) -> Artifact:
    """A new version by hand."""
    artifact = await artifacts.update(user.user_id, artifact_id, await request.body(), if_match)
    return _shown(response, artifact, user.user_id, links)


@router.post("/my/artifacts/{artifact_id}/revert", responses=problems(400, 401, 404, 412, 422, 429, 507))
async def revert_artifact(
    artifact_id: Id,
    back: RevertArtifact,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    links: LinksHere,
    response: Response,
    if_match: IfMatch = None,
) -> Artifact:
    """Make an old version the newest one again."""
    artifact = await artifacts.revert(user.user_id, artifact_id, back.version, if_match)
    return _shown(response, artifact, user.user_id, links)


@router.delete("/my/artifacts/{artifact_id}", status_code=204, responses=problems(400, 401, 404, 412, 422, 429))
async def delete_artifact(
    artifact_id: Id, user: CurrentUser, artifacts: ArtifactsHere, if_match: IfMatch = None
) -> None:
    """Remove an artifact with all its versions."""
    await artifacts.delete(user.user_id, artifact_id, if_match)


@router.get(PATH + "/{token}", response_class=Response, responses={**problems(404, 422), **_BYTES})
async def linked_content(
    token: Annotated[str, Path(max_length=300)], artifacts: ArtifactsHere, links: LinksHere, download: bool = False
) -> Response:
    """The content behind a signed link, in an origin of its own; with `download` as a file."""
    target = links.read(token)
    artifact, data = await artifacts.content(target.owner_id, target.artifact_id, target.version)
    headers = {
        "Content-Security-Policy": CONTENT_CSP,
        "Cache-Control": "private, max-age=3600, immutable",
        "Cross-Origin-Resource-Policy": "same-site",
    }
    if download:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(artifact.title)}"
    kind = artifact.format if artifact.type in ("image", "web") or download else "text/plain"
    return Response(data, media_type=kind, headers=headers)


def _linked(artifact: Artifact, owner_id: str, links: Links) -> Artifact:
    url = links.link(Target(owner_id, artifact.id, artifact.version))
    return artifact.model_copy(update={"content_url": url})


def _shown(response: Response, artifact: Artifact, owner_id: str, links: Links) -> Artifact:
    response.headers["ETag"] = etag_of(artifact.id, artifact.version)
    return _linked(artifact, owner_id, links)
