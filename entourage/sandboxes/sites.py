"""Where a sandbox works: found by whoever knows workspaces and conversations, given at assembly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from entourage.sandboxes.types import Limits


class Site(NamedTuple):
    """A folder of the host, whether this person may change what is in it, and what a sandbox there may take."""

    folder: Path
    writable: bool
    limits: Limits


FindSite = Callable[[str, str], Awaitable[Site]]
"""(owner, id) -> the folder. Raises NotFound for what is missing or somebody else's."""


class Sites:
    """Finds folders of workspaces and of conversations."""

    def __init__(self, of_workspace: FindSite, of_chat: FindSite) -> None:
        self._of_workspace = of_workspace
        self._of_chat = of_chat

    async def find(self, owner_id: str, workspace_id: str | None, chat_id: str | None) -> Site | None:
        """The folder for a new sandbox, None when it gets one of its own. Raises NotFound."""
        if workspace_id is not None:
            return await self._of_workspace(owner_id, workspace_id)
        if chat_id is not None:
            return await self._of_chat(owner_id, chat_id)
        return None
