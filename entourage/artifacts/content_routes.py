"""The bytes of artifacts: to their owner, and to whoever has a signed link."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from entourage.accounts.identity import CurrentUser
from entourage.artifacts.change_schemas import Title
from entourage.artifacts.drafts import Draft, Piece
from entourage.artifacts.kinds import LIVE, PDF, ArtifactType, is_text
from entourage.artifacts.links import PATH
from entourage.artifacts.origin import LIVE_CONNECTIONS, STILL_CSP, ContentOrigin
from entourage.artifacts.ranges import answer
from entourage.artifacts.rows import content_tag
from entourage.artifacts.schemas import Artifact
from entourage.artifacts.showing import shown
from entourage.artifacts.wanted import (
    ArtifactsHere,
    IfNoneMatch,
    IfRange,
    LinksHere,
    OriginHere,
    RangeHeader,
    Version,
)
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes

router = Routes(tags=["artifacts"])
uploads = Routes(tags=["artifacts"])

LINKED_CACHE: Final = "private, max-age=3600, immutable"

_OCTETS: Final[dict[str, Any]] = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
}
_BYTES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": _OCTETS},
    206: {"description": "A part.", "content": _OCTETS},
    304: {"description": "You have it."},
}
_BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": _OCTETS}}
_SHOWN_AS: Final = frozenset({"image", "audio", "video"})
_SCRIPT_END: Final = re.compile(rb"</(script)", re.IGNORECASE)


@uploads.post(
    "/my/artifacts/upload",
    status_code=201,
    responses=problems(400, 401, 404, 413, 415, 422, 429, 507),
    openapi_extra=_BODY,
)
async def upload_artifact(
    request: Request,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    links: LinksHere,
    response: Response,
    type: ArtifactType,
    title: Annotated[Title, Query()],
    chat_id: Id | None = None,
    name: Annotated[str | None, Query(max_length=255, description="Of the file: its ending tells the format.")] = None,
) -> Artifact:
    """A result from the bytes of a file."""
    await artifacts.check_chat(user.user_id, chat_id)
    draft = Draft(type=type, title=title, content=await request.body(), path=name, chat_id=chat_id)
    return shown(response, await artifacts.create(user.user_id, draft), user.user_id, links)


@router.get(
    "/my/artifacts/{artifact_id}/content",
    response_class=Response,
    responses={**problems(401, 404, 416, 422, 429), **_BYTES},
)
async def artifact_content(
    artifact_id: Id,
    user: CurrentUser,
    artifacts: ArtifactsHere,
    version: Version = None,
    range_header: RangeHeader = None,
    if_range: IfRange = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The bytes of a version, the newest by default; all, or one range of them."""
    piece = await artifacts.piece(user.user_id, artifact_id, version)
    return await answer(
        piece,
        etag=content_tag(artifact_id, piece.version.version),
        media_type="application/octet-stream",
        headers={"X-Artifact-Format": piece.format},
        range_header=range_header,
        if_range=if_range,
        if_none_match=if_none_match,
    )


@router.put(
    "/my/artifacts/{artifact_id}/content",
    responses=problems(400, 401, 404, 412, 413, 415, 422, 429, 507),
    openapi_extra=_BODY,
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
    return shown(response, artifact, user.user_id, links)


@router.get(
    PATH + "/{token}",
    response_class=Response,
    responses={**problems(404, 416, 422), **_BYTES, 307: {"description": "Live content is shown elsewhere."}},
)
async def linked_content(
    token: Annotated[str, Path(max_length=400)],
    request: Request,
    artifacts: ArtifactsHere,
    links: LinksHere,
    origin: OriginHere,
    download: bool = False,
    range_header: RangeHeader = None,
    if_range: IfRange = None,
) -> Response:
    """What is behind a signed link. Live content is only shown in a frame, at the origin of content; with `download`
    everything comes as a file."""
    target = links.read(token)
    if target.part == "thumbnail":
        picture = await artifacts.thumbnail(target.owner_id, target.artifact_id)
        return Response(picture, media_type="image/webp", headers=_still_headers())
    piece = await artifacts.piece(target.owner_id, target.artifact_id, target.version)
    if piece.artifact.type in LIVE and not download:
        return await _live(request, piece, origin)
    headers = _still_headers()
    if download:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(piece.artifact.title, safe='')}"
    return await answer(
        piece,
        etag=content_tag(target.artifact_id, target.version),
        media_type=piece.format if download else _shown_as(piece),
        headers=headers,
        range_header=range_header,
        if_range=if_range,
    )


def _still_headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": STILL_CSP,
        "Cache-Control": LINKED_CACHE,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def _shown_as(piece: Piece) -> str:
    """The type a browser is told: text is text, whatever it holds."""
    if piece.artifact.type in _SHOWN_AS or piece.format == PDF:
        return piece.format
    return "text/plain" if is_text(piece.format) else "application/octet-stream"


async def _live(request: Request, piece: Piece, origin: ContentOrigin) -> Response:
    """The page, where pages may be."""
    elsewhere = origin.elsewhere(request.headers, request.url.scheme)
    if elsewhere:
        return RedirectResponse(f"{elsewhere}{request.url.path}", 307, headers={"Cache-Control": "no-store"})
    csp = origin.live_csp(request.headers, request.url.scheme, may_evaluate=piece.artifact.type == "interactive")
    headers = {
        "Content-Security-Policy": csp,
        "Connection-Allowlist": LIVE_CONNECTIONS,
        "Cache-Control": LINKED_CACHE,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Origin-Agent-Cluster": "?1",
        "X-DNS-Prefetch-Control": "off",
        "Vary": "Sec-Fetch-Dest, Sec-Fetch-Site",
    }
    if request.headers.get("sec-fetch-dest") == "document":  # a page of its own could go anywhere; a frame cannot
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(piece.artifact.title, safe='')}"
    return Response(_page(await piece.read(), piece.format), media_type="text/html", headers=headers)


def _page(content: bytes, mime: str) -> bytes:
    """A script gets a page around it, with an element `root`."""
    if mime != "text/javascript":
        return content
    script = _SCRIPT_END.sub(rb"<\\/\1", content)
    return (
        b'<!doctype html><html><head><meta charset="utf-8"></head><body><div id="root"></div>'
        b'<script type="module">\n' + script + b"\n</script></body></html>"
    )
