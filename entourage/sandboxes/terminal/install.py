"""Putting terminals into an application."""

from __future__ import annotations

from contextlib import AsyncExitStack

from entourage.kit.services import Services
from entourage.sandboxes.held import NewSandbox
from entourage.sandboxes.live.base import Live
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.sites import Sites
from entourage.sandboxes.terminal.schemas import NewTerminal
from entourage.sandboxes.terminal.service import Keep, RoleIn, Terminals
from entourage.settings import Settings


def open_terminals(
    stack: AsyncExitStack, services: Services, settings: Settings, *, role_in: RoleIn, keep: Keep
) -> Terminals:
    """Sandboxes and where they work must be among the services. Terminals close before the sandboxes do."""
    sandboxes, sites = services.get(Sandboxes), services.get(Sites)

    async def live_for(user_id: str, asked: NewTerminal) -> Live:
        if asked.sandbox_id is not None:
            return await sandboxes.get(user_id, asked.sandbox_id)
        site = await sites.find(user_id, asked.workspace_id, asked.chat_id)
        if site is None:
            return await sandboxes.create(user_id, NewSandbox())
        new = NewSandbox(
            work_folder=site.folder,
            writable=site.writable,
            limits=site.limits,
            workspace_id=asked.workspace_id,
            chat_id=asked.chat_id,
        )
        return await sandboxes.of_session(user_id, site.folder.name, new)

    terminals = services.add(
        Terminals(live_for, role_in, keep, sandboxes.using, per_person=settings.terminals_per_person)
    )
    stack.push_async_callback(terminals.close_all)
    return terminals
