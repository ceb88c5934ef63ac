"""`GET /metrics` for Prometheus and `GET /api/v1/admin/performance` for admins."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from typing import Annotated

from fastapi import Request, Response
from prometheus_client.exposition import choose_encoder

from entourage.accounts.identity import AdminUser, bearer_token, identity_of
from entourage.kit.errors import Forbidden, Unauthorized
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.kit.telemetry import Telemetry
from entourage.settings import Settings
from entourage.telemetry.report import Performance, PerformanceReport

router = Routes(tags=["operation"])

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        **problems(401, 403),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The Prometheus text format."},
    },
)
async def read_metrics(
    request: Request,
    telemetry: Annotated[Telemetry, service(Telemetry)],
    settings: Annotated[Settings, service(Settings)],
) -> Response:
    """Metrics of this process. Takes ENTOURAGE_METRICS_TOKEN or the token or key of an admin."""
    _require_reader(request, settings)
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(await asyncio.to_thread(encode, telemetry.registry), headers={"content-type": media_type})


def _require_reader(request: Request, settings: Settings) -> None:
    token = bearer_token(request.headers)
    given, wanted = token or "", settings.metrics_token
    if wanted and given and secrets.compare_digest(given.encode(), wanted.get_secret_value().encode()):
        return
    identity = identity_of(request.scope)
    if identity is not None and identity.is_admin and "admin" in identity.scopes:
        return
    if settings.metrics_loopback and token is None and _is_this_machine(request):
        return
    if identity is not None:
        raise Forbidden(
            "Only an admin may read metrics.", hint="Use a key with the scope 'admin', or the metrics token."
        )
    raise Unauthorized(
        "Metrics are not public.", hint="Send `Authorization: Bearer <ENTOURAGE_METRICS_TOKEN or an admin's key>`."
    )


def _is_this_machine(request: Request) -> bool:
    """Whether the caller is on this machine and speaks for itself: a proxy here would make everybody look so."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get("/api/v1/admin/performance", tags=["admin"], responses=problems(401, 403, 429))
async def read_performance(
    admin: AdminUser, performance: Annotated[Performance, service(Performance)]
) -> PerformanceReport:
    """How the server itself is doing."""
    del admin
    return await performance.report()
