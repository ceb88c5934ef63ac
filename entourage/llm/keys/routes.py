"""`/my/gateway-keys`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Response

from entourage.accounts.identity import CurrentUser, SignedIn
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.llm.keys.schemas import GatewayKeyIn, GatewayKeyMade, GatewayKeyOut, GatewayKeyPatch
from entourage.llm.keys.service import GatewayKeys, key_etag

router = Routes(prefix="/my/gateway-keys", tags=["gateway"])

TheKeys = Annotated[GatewayKeys, service(GatewayKeys)]


@router.get("", responses=problems(401, 403), response_model=Page[GatewayKeyOut])
async def list_gateway_keys(
    user: CurrentUser, keys: TheKeys, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Virtual keys, newest first."""
    return await keys.page(user.user_id, limit, cursor)


@router.post("", status_code=201, responses=problems(401, 403, 409))
async def make_gateway_key(body: GatewayKeyIn, user: SignedIn, keys: TheKeys, response: Response) -> GatewayKeyMade:
    """Make a key that is good for the models alone. It is shown only in this answer."""
    made = await keys.make(user.user_id, body)
    response.headers["ETag"] = key_etag(made)
    return made


@router.patch("/{gateway_key_id}", responses=problems(401, 403, 404, 412))
async def change_gateway_key(
    gateway_key_id: Id,
    body: GatewayKeyPatch,
    user: SignedIn,
    keys: TheKeys,
    response: Response,
    if_match: IfMatch = None,
) -> GatewayKeyOut:
    """Change what is given; it holds from the next call on."""
    changed = await keys.change(user.user_id, gateway_key_id, body, if_match)
    response.headers["ETag"] = key_etag(changed)
    return changed


@router.delete("/{gateway_key_id}", status_code=204, responses=problems(401, 403, 404))
async def revoke_gateway_key(gateway_key_id: Id, user: SignedIn, keys: TheKeys) -> None:
    """Revoke a key; it stops working at once."""
    await keys.revoke(user.user_id, gateway_key_id)
