"""Putting the gateway into an application."""

from __future__ import annotations

from entourage.accounts.strangers import Strangers
from entourage.kit.services import Services
from entourage.llm.caching.exact import ExactCache
from entourage.llm.caching.semantic import SemanticCache
from entourage.llm.catalogue import Catalogue
from entourage.llm.doors.core import Core
from entourage.llm.doors.finder import GatewayDoors
from entourage.llm.doors.house import Inner
from entourage.llm.embeddings import Embedder
from entourage.llm.keys.callers import Callers
from entourage.llm.longtail import LongTail
from entourage.llm.money.meter import Meter
from entourage.llm.resolve import Models
from entourage.llm.routing.health import Health
from entourage.llm.routing.names import Names
from entourage.llm.routing.strategies import Strategies
from entourage.llm.timeouts import Timeouts
from entourage.settings import Settings
from entourage.stores.cache import Cache
from entourage.wire.bounds import Bounds
from entourage.wire.client import Wire


def open_gateway(
    services: Services,
    settings: Settings,
    cache: Cache,
    embedder: Embedder,
    *,
    inner: Inner,
    timeouts: Timeouts | None = None,
) -> GatewayDoors:
    """Build the doors and put them, the `Health` of candidates and the `Wire` into `services`.

    Call it after `open_models`; `inner` answers for the models of the house.
    """
    waits = timeouts or Timeouts.of(settings)
    bounds = Bounds(
        reply_bytes=settings.gateway_max_reply_bytes,
        connect_seconds=waits.connect_seconds,
        first_byte_seconds=waits.first_byte_seconds,
        between_bytes_seconds=waits.between_bytes_seconds,
    )
    catalogue, meter = services.get(Catalogue), services.get(Meter)
    wire = services.add(Wire(bounds, allow_private=settings.allow_private_providers))
    health = services.add(Health(catalogue))
    shared = cache if settings.redis_url else None
    core = Core(
        callers=services.get(Callers),
        strangers=services.get(Strangers),
        catalogue=catalogue,
        meter=meter,
        wire=wire,
        longtail=LongTail(bounds),
        health=health,
        names=Names(health.standing, inner.has),
        strategies=Strategies(meter.price_of),
        cache=ExactCache(settings.gateway_cache_bytes, settings.gateway_cache_seconds, shared),
        semantic=SemanticCache(embedder),
        is_semantic=settings.gateway_semantic_cache,
        inner=inner,
        retries=settings.gateway_retries,
        max_body_bytes=settings.gateway_max_body_bytes,
    )
    services.get(Models).through(core)
    return services.add(GatewayDoors(core))


async def close_gateway(services: Services) -> None:
    """End what goes on in the background, and all connections to providers."""
    await services.get(GatewayDoors).core.close()
    await services.get(Wire).close()
