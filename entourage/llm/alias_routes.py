"""`/api/v1/aliases`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Response

from entourage.accounts.identity import CurrentUser
from entourage.kit.etag import IfMatch, not_modified
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.llm.alias_schemas import AliasIn, AliasOut, AliasPatch
from entourage.llm.aliases import Aliases, alias_etag

router = Routes(prefix="/api/v1/aliases", tags=["models"])

TheAliases = Annotated[Aliases, service(Aliases)]


def _shown(alias: AliasOut, response: Response) -> AliasOut:
    response.headers["ETag"] = alias_etag(alias)
    return alias


@router.get("", responses=problems(401, 403), response_model=Page[AliasOut])
async def list_aliases(
    user: CurrentUser, aliases: TheAliases, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your aliases and those an admin shares, oldest first."""
    return await aliases.page(user.user_id, limit, cursor)


@router.post("", status_code=201, responses=problems(401, 403, 409))
async def create_alias(body: AliasIn, user: CurrentUser, aliases: TheAliases, response: Response) -> AliasOut:
    """A name for several models: one of them answers, another when it fails."""
    alias = await aliases.create(user.user_id, body, is_admin=user.is_admin)
    response.headers["Location"] = f"/api/v1/aliases/{alias.id}"
    return _shown(alias, response)


@router.get("/{alias_id}", responses=problems(401, 403, 404), response_model=AliasOut)
async def get_alias(
    alias_id: Id,
    user: CurrentUser,
    aliases: TheAliases,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """One alias."""
    alias = await aliases.get(user.user_id, alias_id)
    return not_modified(if_none_match, alias_etag(alias)) or _shown(alias, response)


@router.patch("/{alias_id}", responses=problems(401, 403, 404, 409, 412))
async def change_alias(
    alias_id: Id,
    body: AliasPatch,
    user: CurrentUser,
    aliases: TheAliases,
    response: Response,
    if_match: IfMatch = None,
) -> AliasOut:
    """Change what is given."""
    return _shown(await aliases.change(user.user_id, alias_id, body, if_match, is_admin=user.is_admin), response)


@router.delete("/{alias_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_alias(alias_id: Id, user: CurrentUser, aliases: TheAliases, if_match: IfMatch = None) -> None:
    """Delete an alias."""
    await aliases.delete(user.user_id, alias_id, if_match)
