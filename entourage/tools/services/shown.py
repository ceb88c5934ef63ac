"""Services and operations as they are shown."""

from __future__ import annotations

from typing import cast

from entourage.kit.etag import etag_of
from entourage.tools.path.breaker import Breaker
from entourage.tools.services.known import Known
from entourage.tools.services.openapi.operations import Operation
from entourage.tools.services.schemas import AuthKind, AuthShown, OperationOut, ServiceOut
from entourage.tools.services.tables import ServiceRow


def service_etag(service_id: str, version: int) -> str:
    """The entity tag of a service."""
    return etag_of("service", service_id, version)


def service_shown(row: ServiceRow, owner_id: str, breaker: Breaker) -> ServiceOut:
    """A row as its owner, or somebody it is shared with, sees it."""
    is_own = row.owner_id == owner_id
    kind = cast("AuthKind", row.auth_kind)
    return ServiceOut(
        id=row.id,
        name=row.name,
        title=row.title,
        base_url=row.base_url if is_own else None,
        openapi_url=row.openapi_url if is_own else None,
        auth=AuthShown(kind=kind, header=row.auth_header if is_own else None, has_secret=kind != "none"),
        is_shared=row.is_shared,
        is_own=is_own,
        is_inside=False,
        timeout_seconds=row.timeout_seconds,
        retries=row.retries,
        rps=row.rps,
        quota_per_day=row.quota_per_day,
        allow=row.allow,
        operations=len(row.operations),
        skipped=row.skipped,
        state=breaker.state,
        last_error=breaker.last_error if is_own else None,
        version=row.version,
        created_at=row.created_at,
        refreshed_at=row.refreshed_at,
    )


def inside_shown(service: Known, breaker: Breaker) -> ServiceOut:
    """One of the server's own APIs."""
    return ServiceOut(
        id=service.id,
        name=service.name,
        title=service.title,
        base_url=None,
        openapi_url=None,
        auth=AuthShown(kind="none", header=None, has_secret=False),
        is_shared=True,
        is_own=False,
        is_inside=True,
        timeout_seconds=service.timeout_seconds,
        retries=service.retries,
        rps=None,
        quota_per_day=None,
        allow=list(service.allow),
        operations=len(service.operations),
        skipped=[],
        state=breaker.state,
        last_error=None,
        version=service.version,
        created_at=None,
        refreshed_at=None,
    )


def operation_shown(service_name: str, operation: Operation) -> OperationOut:
    """One operation, with the arguments of its tool."""
    return OperationOut(
        id=operation.id,
        tool=f"{service_name}.{operation.id}",
        method=operation.method,
        path=operation.path,
        title=operation.title or operation.description,
        parameters=operation.shape,
    )
