"""`/api/v1/services`, and the door `/svc/{service}/{path}` as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import Depends, Header, Path, Query, Response

from entourage.accounts.identity import CurrentUser, require_scope
from entourage.kit.etag import IfMatch, not_modified
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.tools.services.analytics import Analytics
from entourage.tools.services.schemas import OperationList, ServiceAnalytics, ServiceIn, ServiceOut, ServicePatch
from entourage.tools.services.service import ServiceRegistry
from entourage.tools.services.shown import service_etag

router = Routes(tags=["services"])

Registry = Annotated[ServiceRegistry, service(ServiceRegistry)]
ServiceId = Annotated[str, Path(pattern=r"^([0-9a-f-]{36}|[a-z]{1,20})$", description="Or `people`, `billing`.")]
_BASE = "/api/v1/services"
_LATEST_MS = 253_402_300_800_000
_TIME = "Epoch milliseconds; calls are counted by whole hours (UTC)."


def _shown(found: ServiceOut, response: Response) -> ServiceOut:
    response.headers["ETag"] = service_etag(found.id, found.version)
    return found


@router.get(_BASE, responses=problems(401, 403), response_model=Page[ServiceOut])
async def list_services(
    user: CurrentUser, registry: Registry, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your services, those an admin shares, and the server's own APIs."""
    return await registry.page(user.user_id, limit, cursor)


@router.post(_BASE, status_code=201, responses=problems(401, 403, 409, 502))
async def create_service(body: ServiceIn, user: CurrentUser, registry: Registry, response: Response) -> ServiceOut:
    """Register an HTTP service: it is called at /svc/NAME/, and each operation of its document is a tool."""
    found = await registry.create(user.user_id, body, is_admin=user.is_admin)
    response.headers["Location"] = f"{_BASE}/{found.id}"
    return _shown(found, response)


@router.get(_BASE + "/{service_id}", responses=problems(401, 403, 404), response_model=ServiceOut)
async def get_service(
    service_id: ServiceId,
    user: CurrentUser,
    registry: Registry,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """One service."""
    found = await registry.get(user.user_id, service_id)
    return not_modified(if_none_match, service_etag(found.id, found.version)) or _shown(found, response)


@router.patch(_BASE + "/{service_id}", responses=problems(401, 403, 404, 412, 502))
async def change_service(
    service_id: ServiceId,
    body: ServicePatch,
    user: CurrentUser,
    registry: Registry,
    response: Response,
    if_match: IfMatch = None,
) -> ServiceOut:
    """Change what is given. A new host wants the secret again."""
    return _shown(await registry.change(user.user_id, service_id, body, if_match, is_admin=user.is_admin), response)


@router.delete(_BASE + "/{service_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_service(
    service_id: ServiceId, user: CurrentUser, registry: Registry, if_match: IfMatch = None
) -> None:
    """Remove a service and forget its secret."""
    await registry.delete(user.user_id, service_id, if_match)


@router.post(_BASE + "/{service_id}/refresh", responses=problems(401, 403, 404, 409, 502))
async def refresh_service(
    service_id: ServiceId, user: CurrentUser, registry: Registry, response: Response
) -> ServiceOut:
    """Fetch its OpenAPI document again."""
    return _shown(await registry.refresh(user.user_id, service_id, is_admin=user.is_admin), response)


@router.get(_BASE + "/{service_id}/operations", responses=problems(401, 403, 404))
async def list_operations(service_id: ServiceId, user: CurrentUser, registry: Registry) -> OperationList:
    """Its operations, each with the tool it is."""
    return OperationList(items=await registry.operations(user.user_id, service_id))


@router.get(_BASE + "/{service_id}/analytics", responses=problems(401, 403, 404))
async def read_service_analytics(
    service_id: ServiceId,
    user: CurrentUser,
    registry: Registry,
    analytics: Annotated[Analytics, service(Analytics)],
    since: Annotated[int | None, Query(alias="from", ge=0, le=_LATEST_MS, description=f"{_TIME} Included.")] = None,
    until: Annotated[int | None, Query(alias="to", ge=0, le=_LATEST_MS, description=f"{_TIME} Not included.")] = None,
) -> ServiceAnalytics:
    """Your own calls of it, by the hour; those of the last day by default."""
    return await analytics.of(user.user_id, await registry.visible(user.user_id, service_id), since, until)


_DOOR = problems(401, 403, 404, 405, 502, 503, 504)
_ANYTHING: dict[int | str, dict[str, Any]] = {200: {"description": "The service's own answer."}}


async def _outside() -> NoReturn:
    raise LookupError("ServiceDoors answers this path")


@router.get(
    "/svc/{service}/{path:path}",
    name="ask_service",
    responses={**_DOOR, **_ANYTHING},
    dependencies=[Depends(require_scope("read"))],
)
async def get_svc(service: str, path: str) -> Any:
    """Ask a service; any method goes on to it. Redirections and cookies do not come back."""
    del service, path
    await _outside()


@router.post(
    "/svc/{service}/{path:path}",
    name="send_to_service",
    responses={**_DOOR, **_ANYTHING},
    dependencies=[Depends(require_scope("write"))],
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {"schema": {}}}}},
)
async def post_svc(service: str, path: str) -> Any:
    """Send something to a service."""
    del service, path
    await _outside()
