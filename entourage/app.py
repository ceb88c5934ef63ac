"""Assembling the application: one box of services per process, opened at start and closed in reverse."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from fastapi import FastAPI

from entourage import __version__, health
from entourage.accounts import install as people
from entourage.agents import routes as agents_routes
from entourage.agents.bus.queues import routes as queue_routes
from entourage.agents.control import routes as control_routes
from entourage.agents.library import routes as library_routes
from entourage.agents.planning import routes as plan_routes
from entourage.agents.prompts import routes as prompt_routes
from entourage.agents.routing import routes as route_routes
from entourage.agents.schedules import routes as schedule_routes
from entourage.agents.timetravel import routes as run_routes
from entourage.alerts import routes as alerts_routes
from entourage.artifacts import routes as artifacts_routes
from entourage.artifacts.origin import ContentOrigin, OnlyContent
from entourage.assembly import open_services
from entourage.chats import fork_routes, import_routes, share_routes
from entourage.chats import routes as chats_routes
from entourage.chats.ide import routes as ide_routes
from entourage.client import mount_client
from entourage.events import routes as events_routes
from entourage.kit.routing import add_routes
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.llm import routes as llm_routes
from entourage.llm.doors import routes as gateway_routes
from entourage.memory.install import install_memory
from entourage.observe.install import install_observe
from entourage.sandboxes import routes as sandbox_routes
from entourage.sandboxes.interpreter import routes as interpreter_routes
from entourage.sandboxes.snapshots import routes as snapshot_routes
from entourage.sandboxes.terminal import routes as terminal_routes
from entourage.settings import Settings
from entourage.telemetry import routes as telemetry_routes
from entourage.tools import routes as tools_routes
from entourage.tools.grants import routes as tool_policy_routes
from entourage.tools.mcp.bundles import routes as mcp_bundle_routes
from entourage.tools.mcp.front import routes as mcp_front_routes
from entourage.tools.mcp.servers import routes as mcp_server_routes
from entourage.tools.policy import routes as policy_routes
from entourage.tools.services import routes as service_routes
from entourage.tools.services.install import ServiceGateway
from entourage.tools.workspaces.install import install_workspaces

logger = structlog.get_logger(__name__)

DESCRIPTION = """
Entourage gives every person an AI team of their own.

Personal things are under `/my`, shared and administrative ones under `/api/v1`. Send
`Authorization: Bearer <access token or API key>`. Errors are problem documents (RFC 9457).
"""

_ROOMS = (
    health,
    library_routes,
    prompt_routes,
    route_routes,
    agents_routes,
    artifacts_routes,
    chats_routes,
    events_routes,
    llm_routes,
    tools_routes,
    run_routes,
    control_routes,
    schedule_routes,
    fork_routes,
    plan_routes,
    queue_routes,
    policy_routes,
    service_routes,
    tool_policy_routes,
    mcp_server_routes,
    mcp_bundle_routes,
    mcp_front_routes,
    import_routes,
    ide_routes,
    share_routes,
    sandbox_routes,
    snapshot_routes,
    interpreter_routes,
    terminal_routes,
    telemetry_routes,
    alerts_routes,
    gateway_routes,
)


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application. Services are opened by its lifespan; their box is `app.state.services`."""
    app = FastAPI(
        title="Entourage",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.failure = None
    app.state.services = Services()
    app.state.telemetry = app.state.services.add(Telemetry())
    origin = app.state.services.add(ContentOrigin(settings.content_origin, settings.base_url))
    app.add_middleware(OnlyContent, origin=origin)
    people.install(app, settings, app.state.telemetry)
    for routes in _ROOMS:
        add_routes(app, routes.router)
    install_workspaces(app)
    install_memory(app)
    install_observe(app)
    mount_client(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        try:
            await open_services(stack, app.state.services, app.state.settings)
        except Exception as error:
            app.state.failure = error  # the server's log has where it came from; whoever started it is told what it is
            raise
        app.state.services.get(ServiceGateway).application = app
        yield
