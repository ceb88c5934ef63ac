"""`/my/mcp-bundles` and `/my/mcp/connect`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from entourage.accounts.identity import CurrentUser, SignedIn
from entourage.kit.etag import IfMatch, not_modified
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.schema import Schema
from entourage.kit.services import service
from entourage.tools.mcp.bundles.connecting import connect
from entourage.tools.mcp.bundles.schemas import (
    BundleIn,
    BundleName,
    BundleOut,
    BundlePatch,
    Connect,
    TokenIn,
    TokenMade,
    TokenOut,
)
from entourage.tools.mcp.bundles.service import Bundles, bundle_etag, unknown
from entourage.tools.mcp.bundles.tokens import BundleTokens

router = Routes(prefix="/my", tags=["mcp"])

TheBundles = Annotated[Bundles, service(Bundles)]
TheTokens = Annotated[BundleTokens, service(BundleTokens)]
ServerName = Annotated[str, Query(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Tokens(Schema):
    """Tokens of a bundle."""

    items: list[TokenOut]


def _shown(bundle: BundleOut, response: Response) -> BundleOut:
    response.headers["ETag"] = bundle_etag(bundle)
    return bundle


@router.get("/mcp-bundles", responses=problems(401, 403), response_model=Page[BundleOut])
async def list_mcp_bundles(
    user: CurrentUser, bundles: TheBundles, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your virtual MCP servers and those an admin shares, oldest first."""
    return await bundles.page(user.user_id, limit, cursor)


@router.post("/mcp-bundles", status_code=201, responses=problems(401, 403, 409))
async def create_mcp_bundle(body: BundleIn, user: CurrentUser, bundles: TheBundles, response: Response) -> BundleOut:
    """A virtual MCP server: some of what your servers offer, under one address."""
    bundle = await bundles.create(user.user_id, body, is_admin=user.is_admin)
    response.headers["Location"] = f"/my/mcp-bundles/{bundle.id}"
    return _shown(bundle, response)


@router.get("/mcp-bundles/{bundle_id}", responses=problems(401, 403, 404), response_model=BundleOut)
async def get_mcp_bundle(
    bundle_id: Id,
    user: CurrentUser,
    bundles: TheBundles,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """One virtual MCP server."""
    bundle = await bundles.get(user.user_id, bundle_id)
    return not_modified(if_none_match, bundle_etag(bundle)) or _shown(bundle, response)


@router.patch("/mcp-bundles/{bundle_id}", responses=problems(401, 403, 404, 409, 412))
async def change_mcp_bundle(
    bundle_id: Id,
    body: BundlePatch,
    user: CurrentUser,
    bundles: TheBundles,
    response: Response,
    if_match: IfMatch = None,
) -> BundleOut:
    """Change what is given; clients hear of it at once."""
    return _shown(await bundles.change(user.user_id, bundle_id, body, if_match, is_admin=user.is_admin), response)


@router.delete("/mcp-bundles/{bundle_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_mcp_bundle(bundle_id: Id, user: CurrentUser, bundles: TheBundles, if_match: IfMatch = None) -> None:
    """Delete a virtual MCP server and its tokens."""
    await bundles.delete(user.user_id, bundle_id, if_match)


@router.get("/mcp-bundles/{bundle_id}/tokens", responses=problems(401, 403, 404))
async def list_mcp_bundle_tokens(bundle_id: Id, user: CurrentUser, tokens: TheTokens) -> Tokens:
    """The tokens of a bundle."""
    return Tokens(items=await tokens.list(user.user_id, bundle_id))


@router.post("/mcp-bundles/{bundle_id}/tokens", status_code=201, responses=problems(401, 403, 404, 409))
async def make_mcp_bundle_token(bundle_id: Id, body: TokenIn, user: SignedIn, tokens: TheTokens) -> TokenMade:
    """Make a token that is good for this bundle alone. It is shown only in this answer."""
    return await tokens.make(user.user_id, bundle_id, body)


@router.delete("/mcp-bundles/{bundle_id}/tokens/{token_id}", status_code=204, responses=problems(401, 403, 404))
async def revoke_mcp_bundle_token(bundle_id: Id, token_id: Id, user: SignedIn, tokens: TheTokens) -> None:
    """Revoke a token; it stops working at once."""
    await tokens.revoke(user.user_id, bundle_id, token_id)


@router.get("/mcp/connect", responses=problems(401, 403, 404))
async def connect_mcp_clients(
    user: CurrentUser,
    request: Request,
    bundles: TheBundles,
    bundle: BundleName | None = None,
    server: ServerName | None = None,
) -> Connect:
    """What to paste into MCP clients: for everything, for one bundle, or for one server."""
    if bundle is not None and await bundles.named(user.user_id, bundle) is None:
        raise unknown(bundle)
    return connect(request.app.state.settings.base_url, bundle, server)
