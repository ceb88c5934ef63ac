"""The uvicorn server as we run it: in `entourage serve`, in tests and in benchmarks."""

from __future__ import annotations

import asyncio
from typing import cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from entourage.events.hub import Hub
from entourage.kit.exchange import Door, DoorFinder
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.llm.doors.finder import GatewayDoors
from entourage.observe.doors import IngestDoors
from entourage.sandboxes.e2b.app import E2bFront
from entourage.serving.doors import Doors
from entourage.serving.requests import PunctualRequests, sweep
from entourage.serving.sockets import FrameSocket
from entourage.settings import Settings
from entourage.tools.mcp.front.doors import McpDoors
from entourage.tools.services.doors import SVC, ServiceDoors

SWEEP_TICKS = 5
"""uvicorn ticks ten times a second."""


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn listens and what it allows."""
    return uvicorn.Config(
        front(app, settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=PunctualRequests,
        ws=FrameSocket,
        proxy_headers=False,  # `front` does it, past the doors that do not need it
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=settings.shutdown_seconds,
        server_header=False,
        timeout_keep_alive=75,  # longer than clients keep theirs, or a request meets a connection that just closed
        ws_max_size=1_048_576,
        backlog=4096,
    )


def front(app: FastAPI, settings: Settings) -> ASGIApp:
    """What stands before the application: the hot doors, then who the client of a proxy is."""
    services = app.state.services
    inner = cast("ASGIApp", ProxyHeadersMiddleware(E2bFront(app, services)))  # type: ignore[arg-type]
    finders = [IngestDoors(services, settings).find, _gateway(services), _mcp(services), _services(services)]
    return Doors(inner, finders, services.get(Telemetry), settings.cors_origins)


def _gateway(services: Services) -> DoorFinder:
    """The doors of the AI gateway, which are there once the application has started."""

    def find(method: str, path: str) -> Door | None:
        return services.get(GatewayDoors).find(method, path) if path.startswith("/v1") else None

    return find


def _mcp(services: Services) -> DoorFinder:
    """The doors of the MCP gateway, which are there once the application has started."""

    def find(method: str, path: str) -> Door | None:
        return services.get(McpDoors).find(method, path) if path.startswith("/mcp") else None

    return find


def _services(services: Services) -> DoorFinder:
    """The door of the service gateway, which is there once the application has started."""

    def find(method: str, path: str) -> Door | None:
        return services.get(ServiceDoors).find(method, path) if path.startswith(SVC) else None

    return find


class Server(uvicorn.Server):
    """Lets slow senders go, and ends streams before it waits for connections to close."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(server_config(app, settings))
        self.application = app

    async def on_tick(self, counter: int) -> bool:
        if counter % SWEEP_TICKS == 0:
            sweep(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: object = None) -> None:
        for listener in self.servers:
            listener.close()
        services = self.application.state.services
        if services.has(McpDoors):
            services.get(McpDoors).front.end_streams()
        await services.get(Hub).close()
        await super().shutdown(sockets)  # pyright: ignore[reportArgumentType]
