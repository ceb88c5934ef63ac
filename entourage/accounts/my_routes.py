"""Doors of a person's own things: `/my/preferences`, `/my/keys`, `/my/secrets`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request, Response

from entourage.accounts.fields import SecretName
from entourage.accounts.identity import CurrentUser, SignedIn
from entourage.accounts.keys import Keys
from entourage.accounts.preferences import Preferences, PreferencesPatch, PreferenceStore
from entourage.accounts.schemas import KeyIn, KeyMade, KeyOut, SecretIn, SecretOut, example
from entourage.accounts.vault import Vault
from entourage.kit.errors import NotFound
from entourage.kit.etag import IfMatch, not_modified
from entourage.kit.http import problems
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my")

PreferencesService = Annotated[PreferenceStore, service(PreferenceStore)]
KeysService = Annotated[Keys, service(Keys)]
VaultService = Annotated[Vault, service(Vault)]


@router.get("/preferences", tags=["preferences"], responses=problems(401, 403), response_model=Preferences)
async def read_preferences(
    user: CurrentUser, request: Request, response: Response, preferences: PreferencesService
) -> object:
    """All preferences, defaults filled in."""
    found, etag = await preferences.get(user.user_id)
    response.headers["ETag"] = etag
    return not_modified(request.headers.get("if-none-match"), etag) or found


@router.patch("/preferences", tags=["preferences"], responses=problems(401, 403, 412))
async def change_preferences(
    patch: Annotated[PreferencesPatch, Body(openapi_examples=example(theme="dark", editor={"font_size": 16}))],
    user: CurrentUser,
    response: Response,
    preferences: PreferencesService,
    if_match: IfMatch = None,
) -> Preferences:
    """Change some preferences; what is left out stays."""
    found, etag = await preferences.change(user.user_id, patch, if_match)
    response.headers["ETag"] = etag
    return found


@router.post("/keys", status_code=201, tags=["keys"], responses=problems(401, 403, 409))
async def make_key(
    body: Annotated[KeyIn, Body(openapi_examples=example(name="laptop", expires_in_days=90))],
    user: SignedIn,
    keys: KeysService,
) -> KeyMade:
    """Make an API key. It is shown only in this answer."""
    return await keys.make(user.user_id, body, is_admin=user.is_admin)


@router.get("/keys", tags=["keys"], responses=problems(401, 403), response_model=Page[KeyOut])
async def list_keys(user: CurrentUser, keys: KeysService, limit: Limit = 50, cursor: Cursor = None) -> object:
    """API keys, newest first."""
    return await keys.page(user.user_id, limit, cursor)


@router.delete("/keys/{key_id}", status_code=204, tags=["keys"], responses=problems(401, 403, 404))
async def revoke_key(key_id: Id, user: SignedIn, keys: KeysService) -> None:
    """Revoke an API key; it stops working at once."""
    await keys.revoke(user.user_id, key_id)


@router.get("/secrets", tags=["secrets"], responses=problems(401, 403))
async def list_secrets(user: CurrentUser, vault: VaultService) -> Page[SecretOut]:
    """Names of secrets; values are never shown. All of them fit one page."""
    names = await vault.names(user.user_id)
    return Page[SecretOut](items=[SecretOut(name=name, updated_at=at) for name, at in names])


@router.put("/secrets/{name}", status_code=204, tags=["secrets"], responses=problems(401, 403, 409, 503))
async def put_secret(
    name: SecretName,
    body: Annotated[SecretIn, Body(openapi_examples=example(value="the secret"))],
    user: CurrentUser,
    vault: VaultService,
) -> None:
    """Keep or replace a secret."""
    await vault.put_own(user.user_id, name, body.value.get_secret_value())


@router.delete("/secrets/{name}", status_code=204, tags=["secrets"], responses=problems(401, 403, 404))
async def delete_secret(name: SecretName, user: CurrentUser, vault: VaultService) -> None:
    """Forget a secret."""
    if not await vault.delete(user.user_id, name):
        raise NotFound(f"There is no secret {name!r}.")
