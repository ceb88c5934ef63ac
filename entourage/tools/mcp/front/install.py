"""Putting the front into an application."""

from __future__ import annotations

from entourage.accounts.identity import Identities
from entourage.accounts.preferences import PreferenceStore
from entourage.accounts.standing import Standings
from entourage.accounts.strangers import Strangers
from entourage.kit.services import Services
from entourage.llm.doors.finder import GatewayDoors
from entourage.llm.kept import Kept
from entourage.settings import Settings
from entourage.stores.sql import Database
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.mcp.bundles.service import Bundles
from entourage.tools.mcp.bundles.tables import BundleRow
from entourage.tools.mcp.bundles.tokens import BundleTokens
from entourage.tools.mcp.front.backends import Backends, ToolPath
from entourage.tools.mcp.front.callers import Clients
from entourage.tools.mcp.front.core import Front
from entourage.tools.mcp.front.doors import McpDoors
from entourage.tools.mcp.front.origins import Guard
from entourage.tools.mcp.front.sampling import Sampler
from entourage.tools.services.known import KnownServices


def open_front(
    services: Services, settings: Settings, database: Database, tools: ToolPath, backends: Backends
) -> McpDoors:
    """Build the doors and put them, the bundles and their tokens into `services`. Call it after `open_gateway`."""
    bundles = services.add(Bundles(database, settings.base_url))
    tokens = services.add(BundleTokens(database))
    standings = services.get(Standings)

    async def bundle_of(key: str) -> BundleRow | None:
        owner_id, _, name = key.partition("/")
        return await bundles.named(owner_id, name)

    kept: Kept[BundleRow | None] = Kept(bundle_of)
    front = Front(
        clients=Clients(services.get(Identities), standings, tokens, bundles),
        strangers=services.get(Strangers),
        guard=Guard(settings),
        tools=tools,
        backends=backends,
        bundles=kept,
        sampler=Sampler(services.get(GatewayDoors).core, services.get(PreferenceStore)),
        search_from=settings.tool_search_from,
    )

    def bundles_changed(owner_id: str | None) -> None:
        kept.drop()
        front.bundles_changed(owner_id)

    for kind in (ToolPolicies, KnownServices):
        if services.has(kind):
            services.get(kind).on_change(front.tools_changed)
    bundles.on_change(bundles_changed)
    tokens.on_revoke(front.token_ended)
    return services.add(McpDoors(front))


async def close_front(services: Services) -> None:
    """End every session and stream."""
    await services.get(McpDoors).front.close()
