"""Putting MCP servers into an application."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from entourage.accounts.vault import Vault
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.sql import Database
from entourage.tools.mcp.servers.declaring import Servers
from entourage.tools.mcp.servers.file import Watched
from entourage.tools.mcp.servers.filling import names_in
from entourage.tools.mcp.servers.opening import Opener
from entourage.tools.mcp.servers.pins import Pins
from entourage.tools.mcp.servers.pool import Pool
from entourage.tools.mcp.servers.registry import Registry
from entourage.tools.mcp.servers.service import McpServers
from entourage.tools.mcp.servers.tending import Tending
from entourage.tools.mcp.tools import McpTools
from entourage.tools.path.breaker import Breakers
from entourage.tools.registry import ToolRegistry

logger = structlog.get_logger(__name__)

POLL_SECONDS = 2.0
"""How long a server declared through another process of this installation may go unseen."""


async def open_mcp_servers(
    stack: AsyncExitStack, services: Services, settings: Settings, database: Database
) -> McpServers:
    """Build everything, read what is declared, and offer the tools. Nothing is started before it is needed.

    Call it when `ToolRegistry`, `Breakers` and the vault are there.
    """
    vault = services.get(Vault)
    pins = Pins(database)
    registry = Registry(database, pins)
    opener = Opener(vault, settings.data_dir / "mcp", start_seconds=settings.mcp_start_seconds)
    pool = Pool(
        opener,
        pins,
        services.get(Breakers),
        idle_seconds=settings.mcp_idle_seconds,
        health_seconds=settings.mcp_health_seconds,
    )
    servers = services.add(McpServers(registry, pool, pins))
    services.add(
        Servers(
            database,
            vault,
            registry,
            pins,
            allow_private=settings.allow_private_mcp_servers,
            packages=packages_of(settings),
        )
    )
    services.add(Tending(servers))
    stack.push_async_callback(opener.close)
    stack.push_async_callback(pool.close)
    vault.on_change(lambda owner_id, name: pool.drop(owner_id, lambda one: name in names_in(one.replicas)))
    await pins.load()
    await registry.load()
    tasks = [asyncio.create_task(pool.look_after())]
    if settings.mcp_servers_file is not None:
        watched = Watched(settings.mcp_servers_file, registry.of_file)
        watched.look()
        tasks.append(asyncio.create_task(watched.watch()))
    if database.dialect == "postgresql":
        tasks.append(asyncio.create_task(_poll(registry)))
    stack.push_async_callback(_ended, tasks)
    services.get(ToolRegistry).add_source(services.add(McpTools(servers)))
    return servers


def packages_of(settings: Settings) -> Path | None:
    """Where servers were fetched to: as the settings say, else where `scripts/tool-servers` puts them."""
    found = settings.mcp_packages or Path(__file__).parents[4] / ".setup" / "servers"
    return found if found.is_dir() else None


async def _poll(registry: Registry) -> None:
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            await registry.poll()
        except Exception:  # the next look is another chance
            logger.exception("mcp.poll_failed")


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
