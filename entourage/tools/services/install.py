"""Opening the service gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.accounts.identity import Identities
from entourage.accounts.standing import Standings
from entourage.accounts.strangers import Strangers
from entourage.accounts.vault import Vault
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.sql import Database
from entourage.tools.path.breaker import Breakers
from entourage.tools.path.quotas import Quotas
from entourage.tools.path.trail import Trail
from entourage.tools.platform.tools import PlatformTools
from entourage.tools.registry import ToolRegistry
from entourage.tools.services.analytics import Analytics
from entourage.tools.services.calling.forwarding import Forwarding
from entourage.tools.services.doors import ServiceDoors
from entourage.tools.services.fetching import OpenApiFetcher
from entourage.tools.services.known import KnownServices
from entourage.tools.services.own import OwnApis, own_services
from entourage.tools.services.service import ServiceRegistry
from entourage.tools.services.tools import ServiceTools
from entourage.wire.bounds import Bounds
from entourage.wire.client import Wire

if TYPE_CHECKING:
    from fastapi import FastAPI

_LONGEST_SECONDS = 300.0


class ServiceGateway:
    """The gateway as a whole: what has to be told that the application is there, and to be closed."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.application: FastAPI | None = None
        """Answers for our own APIs; set once it has started."""

    async def close(self) -> None:
        """End all connections."""
        await self._wire.close()


def open_service_gateway(services: Services, settings: Settings, database: Database) -> ServiceGateway:
    """Build the gateway and offer its tools; call it after `open_tools`."""
    wire = Wire(
        Bounds(reply_bytes=settings.service_max_reply_bytes, first_byte_seconds=_LONGEST_SECONDS),
        allow_private=settings.allow_private_services,
    )
    known = services.add(KnownServices(database, services.get(Vault), own_services))
    gateway = services.add(ServiceGateway(wire))
    trail = services.get(Trail)
    inside = OwnApis(lambda: gateway.application)
    forwarding = Forwarding(wire, inside, services.get(Breakers), Quotas(database, trail), trail)
    allow_private = settings.allow_private_services
    services.add(
        ServiceRegistry(
            database,
            services.get(Vault),
            known,
            forwarding,
            OpenApiFetcher(wire, allow_private=allow_private),
            allow_private=allow_private,
        )
    )
    services.add(Analytics(database, trail))
    services.add(
        ServiceDoors(
            known,
            forwarding,
            services.get(Identities),
            services.get(Standings),
            services.get(Strangers),
            max_body_bytes=settings.service_max_body_bytes,
        )
    )
    registry = services.get(ToolRegistry)
    registry.add_source(ServiceTools(known, forwarding))
    for tool in PlatformTools(inside, lambda: gateway.application).tools():
        registry.add(tool)
    return gateway
