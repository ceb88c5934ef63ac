"""`/api/v1/providers`, `/api/v1/provider-types` and `/my/models`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Response

from entourage.accounts.identity import CurrentUser
from entourage.kit.etag import not_modified
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.llm import alias_routes, gateway_routes
from entourage.llm.keys import routes as key_routes
from entourage.llm.kinds import KINDS
from entourage.llm.money import budget_routes, usage_routes
from entourage.llm.resolve import Models
from entourage.llm.schemas import (
    ModelList,
    ProviderIn,
    ProviderOut,
    ProviderPatch,
    ProviderTest,
    ProviderTypeList,
    ProviderTypeOut,
)
from entourage.llm.service import Providers, provider_etag, shown
from entourage.llm.tables import ProviderRow

models_router = Routes(tags=["models"])

TheProviders = Annotated[Providers, service(Providers)]
IfMatch = Annotated[str | None, Header()]


def _shown(row: ProviderRow, response: Response, owner_id: str) -> ProviderOut:
    response.headers["ETag"] = provider_etag(row)
    return shown(row, owner_id)


@models_router.get("/api/v1/provider-types", responses=problems(401, 403))
async def list_provider_types(user: CurrentUser) -> ProviderTypeList:
    """The types of provider one can connect."""
    del user
    return ProviderTypeList(items=[ProviderTypeOut.of(kind) for kind in KINDS.values()])


@models_router.get("/api/v1/providers", responses=problems(401, 403), response_model=Page[ProviderOut])
async def list_providers(
    user: CurrentUser, providers: TheProviders, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your providers and those an admin shares, oldest first."""
    return await providers.page(user.user_id, limit, cursor)


@models_router.post("/api/v1/providers", status_code=201, responses=problems(401, 403, 409))
async def create_provider(
    body: ProviderIn, user: CurrentUser, providers: TheProviders, response: Response
) -> ProviderOut:
    """Connect a provider. The key goes to the vault and is never shown again; the first provider is the default."""
    row = await providers.create(user.user_id, body, is_admin=user.is_admin)
    response.headers["Location"] = f"/api/v1/providers/{row.id}"
    return _shown(row, response, user.user_id)


@models_router.get("/api/v1/providers/{provider_id}", responses=problems(401, 403, 404))
async def get_provider(
    provider_id: Id,
    user: CurrentUser,
    providers: TheProviders,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """One provider."""
    row = await providers.get(user.user_id, provider_id)
    return not_modified(if_none_match, provider_etag(row)) or _shown(row, response, user.user_id)


@models_router.patch("/api/v1/providers/{provider_id}", responses=problems(401, 403, 404, 409, 412))
async def change_provider(
    provider_id: Id,
    body: ProviderPatch,
    user: CurrentUser,
    providers: TheProviders,
    response: Response,
    if_match: IfMatch = None,
) -> ProviderOut:
    """Change what is given. `api_key: null` forgets the key."""
    row = await providers.change(user.user_id, provider_id, body, if_match, is_admin=user.is_admin)
    return _shown(row, response, user.user_id)


@models_router.delete("/api/v1/providers/{provider_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_provider(
    provider_id: Id, user: CurrentUser, providers: TheProviders, if_match: IfMatch = None
) -> None:
    """Disconnect a provider and forget its key."""
    await providers.delete(user.user_id, provider_id, if_match)


@models_router.post("/api/v1/providers/{provider_id}/test", responses=problems(401, 403, 404))
async def test_provider(provider_id: Id, user: CurrentUser, providers: TheProviders) -> ProviderTest:
    """Ask the provider for its models. What goes wrong there is in `error`, not in the status."""
    return await providers.test(user.user_id, provider_id)


@models_router.get("/my/models", responses=problems(401, 403))
async def list_models(user: CurrentUser, models: Annotated[Models, service(Models)]) -> ModelList:
    """The models your agents can use, the default one first; the offline model is always there."""
    return ModelList(items=await models.list(user.user_id))


router = Routes()
router.take(models_router)
for _part in (alias_routes, gateway_routes, key_routes, budget_routes, usage_routes):
    router.take(_part.router)
