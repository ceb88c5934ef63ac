"""`/api/v1/providers` and `/my/models`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from entourage.accounts.identity import CurrentUser
from entourage.kit.etag import not_modified
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.services import service
from entourage.llm.resolve import Models
from entourage.llm.schemas import ModelList, ProviderIn, ProviderOut, ProviderPatch, ProviderTest
from entourage.llm.service import Providers, provider_etag
from entourage.llm.tables import ProviderRow

router = APIRouter(tags=["models"])

TheProviders = Annotated[Providers, service(Providers)]
IfMatch = Annotated[str | None, Header()]


def _shown(row: ProviderRow, response: Response) -> ProviderOut:
    response.headers["ETag"] = provider_etag(row)
    return ProviderOut.model_validate(row)


@router.get("/api/v1/providers", responses=problems(401, 403), response_model=Page[ProviderOut])
async def list_providers(
    user: CurrentUser, providers: TheProviders, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your providers, oldest first."""
    return await providers.page(user.user_id, limit, cursor)


@router.post("/api/v1/providers", status_code=201, responses=problems(401, 403, 409))
async def create_provider(
    body: ProviderIn, user: CurrentUser, providers: TheProviders, response: Response
) -> ProviderOut:
    """Connect a provider. The key goes to the vault and is never shown again; the first provider is the default."""
    row = await providers.create(user.user_id, body)
    response.headers["Location"] = f"/api/v1/providers/{row.id}"
    return _shown(row, response)


@router.get("/api/v1/providers/{provider_id}", responses=problems(401, 403, 404))
async def get_provider(
    provider_id: Id,
    user: CurrentUser,
    providers: TheProviders,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """One provider."""
    row = await providers.get(user.user_id, provider_id)
    return not_modified(if_none_match, provider_etag(row)) or _shown(row, response)


@router.patch("/api/v1/providers/{provider_id}", responses=problems(401, 403, 404, 409, 412))
async def change_provider(
    provider_id: Id,
    body: ProviderPatch,
    user: CurrentUser,
    providers: TheProviders,
    response: Response,
    if_match: IfMatch = None,
) -> ProviderOut:
    """Change what is given. `api_key: null` forgets the key."""
    return _shown(await providers.change(user.user_id, provider_id, body, if_match), response)


@router.delete("/api/v1/providers/{provider_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_provider(
    provider_id: Id, user: CurrentUser, providers: TheProviders, if_match: IfMatch = None
) -> None:
    """Disconnect a provider and forget its key."""
    await providers.delete(user.user_id, provider_id, if_match)


@router.post("/api/v1/providers/{provider_id}/test", responses=problems(401, 403, 404))
async def test_provider(provider_id: Id, user: CurrentUser, providers: TheProviders) -> ProviderTest:
    """Ask the provider for its models. What goes wrong there is in `error`, not in the status."""
    return await providers.test(user.user_id, provider_id)


@router.get("/my/models", responses=problems(401, 403))
async def list_models(user: CurrentUser, models: Annotated[Models, service(Models)]) -> ModelList:
    """The models your agents can use, the default one first; the offline model is always there."""
    return ModelList(items=await models.list(user.user_id))
