"""Opening artifacts: their service, their links, their previews, and what sweeps them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import structlog

from entourage.artifacts.links import Links
from entourage.artifacts.previews.maker import Maker
from entourage.artifacts.previews.worker import Previews
from entourage.artifacts.retention import Retention
from entourage.artifacts.service import Artifacts
from entourage.artifacts.shares import ArtifactShares
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database

logger = structlog.get_logger(__name__)


def open_artifacts(
    services: Services, settings: Settings, database: Database, blobs: Blobs, log: EventLog
) -> Artifacts:
    """Open everything; `Links` must be among the services."""
    artifacts = services.add(Artifacts(database, blobs, log, quota_bytes=settings.storage_quota_bytes))
    services.add(ArtifactShares(database, artifacts, services.get(Links), base_url=settings.base_url))
    services.add(Previews(database, artifacts, Maker()))
    services.add(Retention(database, artifacts.contents, artifacts.expire))
    return artifacts


def start_artifacts(stack: AsyncExitStack, services: Services, settings: Settings) -> None:
    """Begin with the previews that are missing, and sweep from time to time."""
    previews = services.get(Previews)
    previews.start()
    stack.push_async_callback(previews.close)
    sweeping = asyncio.create_task(
        _sweep(services.get(Retention), settings.artifact_sweep_seconds), name="artifacts sweep"
    )
    stack.callback(sweeping.cancel)


async def _sweep(retention: Retention, every_seconds: float) -> None:
    while True:
        try:
            await retention.sweep()
        except Exception:  # the next round is another chance
            logger.exception("artifacts.sweep_failed")
        await asyncio.sleep(every_seconds)
