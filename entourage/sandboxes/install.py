"""Putting live sandboxes into an application."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from entourage.accounts.vault import Vault
from entourage.kit.ids import new_id
from entourage.kit.services import Services
from entourage.sandboxes.backends.container import ContainerBackend
from entourage.sandboxes.live.base import Backend
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.live.room import claim
from entourage.sandboxes.records import Records
from entourage.sandboxes.resting import Resting
from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.sandboxes.service import Allowance, Sandboxes
from entourage.sandboxes.sites import Sites
from entourage.sandboxes.types import Limits
from entourage.settings import Settings
from entourage.stores.sql import Database

ROOMS = "sandboxes"
PROCESSES = 256


async def open_sandboxes(
    stack: AsyncExitStack,
    services: Services,
    settings: Settings,
    database: Database,
    runner: BubblewrapSandbox,
    sites: Sites,
) -> Sandboxes:
    """Begin to hold sandboxes: those that were paused. What else a killed server left of its own is removed first."""
    server_id = new_id()
    rooms = await asyncio.to_thread(claim, settings.data_dir / ROOMS, server_id, stack)
    records = services.add(Records(database, server_id))
    networks = settings.fetch_allow_networks
    bubblewrap = BubblewrapBackend(runner, rooms, networks)
    container = ContainerBackend(runner.launcher, rooms, settings.sandbox_image, networks)
    backends: dict[str, Backend] = {bubblewrap.name: bubblewrap, container.name: container}
    sandboxes = services.add(
        Sandboxes(
            records,
            backends,
            allowance(settings),
            Resting(rooms, services.get(Vault)),
            preferred=settings.sandbox_backend,
        )
    )
    await sandboxes.recall()
    await records.end_lost(alone=database.dialect == "sqlite")
    services.add(sites)
    sandboxes.start()
    stack.push_async_callback(sandboxes.close)
    return sandboxes


def allowance(settings: Settings) -> Allowance:
    """What sandboxes may take by these settings."""
    limits = Limits(
        memory_bytes=settings.sandbox_live_memory_bytes,
        file_bytes=settings.storage_quota_bytes,
        processes=PROCESSES,
        files=settings.sandbox_files,
        cpus=settings.sandbox_cpus,
    )
    return Allowance(
        limits,
        per_person=settings.sandbox_per_person,
        in_all=settings.sandbox_in_all,
        usd_per_hour=settings.sandbox_usd_per_hour,
    )
