"""`/my/artifacts`: results, their metadata and their history."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from entourage.accounts.identity import CurrentUser
from entourage.artifacts import content_routes, share_routes
from entourage.artifacts.change_schemas import ChangeArtifact, NewArtifact
from entourage.artifacts.comparing.schemas import ArtifactDiff
from entourage.artifacts.comparing.service import compare
from entourage.artifacts.drafts import Draft
from entourage.artifacts.finding import Sort, SortKey, Wanted, sort_key
from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.retention import expiry_ms
from entourage.artifacts.schemas import Artifact, ArtifactVersions, RevertArtifact
from entourage.artifacts.showing import linked, shown
from entourage.artifacts.wanted import ArtifactsHere, LinksHere
from entourage.kit.errors import Invalid
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes

router = Routes(tags=["artifacts"])

Words = Annotated[str, Query(max_length=500, description="Words that all stand in title, tags or text.")]


@router.get("/my/artifacts", responses=problems(401, 422, 429))
async def list_artifacts(
    user: CurrentUser,
    artifacts: ArtifactsHere,
    links: LinksHere,
    q: Words = "",
    type: Annotated[list[ArtifactType] | None, Query(max_length=11)] = None,
    chat_id: Id | None = None,
    tag: Annotated[str | None, Query(max_length=64)] = None,
    agent: Annotated[str | None, Query(max_length=64)] = None,
    shared: bool | None = None,
    sort: Sort = "newest",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Artifact]:
    """Artifacts that fit everything given, newest first by default."""
    wanted = Wanted(
        query=q,
        types=tuple(type or ()),
        chat_id=chat_id,
        tag=tag,
        agent=agent,
        shared=shared,
        sort=sort,
        after=_after(cursor, sort),
        limit=limit + 1,
    )
    found = await artifacts.find(user.user_id, wanted)
    page = page_of(found, limit, lambda item: sort_key(item, sort), lambda item: linked(item, user.user_id, links))
    return Page[Artifact].model_validate(page)


def _after(cursor: str | None, sort: Sort) -> SortKey | None:
    if cursor is None:
        return None
    value, last = decode_cursor(cursor, tuple[int | str, str])
    if isinstance(value, int) != (sort in ("updated", "largest")):
        raise Invalid("The cursor is of another order.", errors=[{"field": "cursor", "message": "unknown cursor"}])
    return value, last


@router.post("/my/artifacts", status_code=201, responses=problems(400, 401, 404, 413, 422, 429, 507))
async def create_artifact(
    new: NewArtifact, user: CurrentUser, artifacts: ArtifactsHere, links: LinksHere, response: Response
) -> Artifact:
    """A result made by hand. The same title and type in the same conversation makes the next version."""
    await artifacts.check_chat(user.user_id, new.chat_id)
    draft = Draft(
        type=new.type,
        title=new.title,
        content=new.body(),
        format=new.format,
        chat_id=new.chat_id,
        metadata=new.metadata,
        retention=new.retention,
        expires_ms=expiry_ms(new.keep_for) if new.keep_for else None,
    )
    return shown(response, await artifacts.create(user.user_id, draft), user.user_id, links)


router.take(content_routes.uploads)


@router.get("/my/artifacts/{artifact_id}", responses=problems(401, 404, 422, 429))
async def get_artifact(
    artifact_id: Id, user: CurrentUser, artifacts: ArtifactsHere, links: LinksHere, response: Response
) -> Artifact:
    """One artifact."""
    return shown(response, await artifacts.get(user.user_id, artifact_id), user.user_id, links)


@router.patch("/my/artifacts/{artifact_id}", responses=problems(400, 401, 404, 412, 422, 429))
async def change_artifact(
    artifact_id: Id,
    change: ChangeArtifact,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    links: LinksHere,
    response: Response,
    if_match: IfMatch = None,
) -> Artifact:
    """Title, metadata, retention: what makes no new version."""
    artifact = await artifacts.change(user.user_id, artifact_id, change, if_match)
    return shown(response, artifact, user.user_id, links)


@router.delete("/my/artifacts/{artifact_id}", status_code=204, responses=problems(400, 401, 404, 412, 422, 429))
async def delete_artifact(
    artifact_id: Id, user: CurrentUser, artifacts: ArtifactsHere, if_match: IfMatch = None
) -> None:
    """Remove an artifact with all its versions."""
    await artifacts.delete(user.user_id, artifact_id, if_match)


@router.get("/my/artifacts/{artifact_id}/versions", responses=problems(401, 404, 422, 429))
async def list_versions(artifact_id: Id, user: CurrentUser, artifacts: ArtifactsHere) -> ArtifactVersions:
    """All versions, newest first."""
    return ArtifactVersions(items=await artifacts.versions(user.user_id, artifact_id))


@router.get("/my/artifacts/{artifact_id}/diff", responses=problems(401, 404, 422, 429))
async def diff_artifact(
    artifact_id: Id,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    old: Annotated[int | None, Query(alias="from", ge=1, le=1_000_000_000)] = None,
    new: Annotated[int | None, Query(alias="to", ge=1, le=1_000_000_000)] = None,
) -> ArtifactDiff:
    """What `to` (the newest) has otherwise than `from` (the one before it): hunks of text, changes of JSON, or sizes
    and hashes of other bytes."""
    after = await artifacts.piece(user.user_id, artifact_id, new)
    before = await artifacts.piece(user.user_id, artifact_id, old or max(1, after.version.version - 1))
    return await compare(before, after)


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
    return shown(response, artifact, user.user_id, links)


router.take(content_routes.router)
router.take(share_routes.router)
