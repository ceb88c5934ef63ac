"""The live sandbox behind a conversation: its code keeps state, its commands share one set of processes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from msgspec.structs import replace

from entourage.sandboxes.held import NewSandbox
from entourage.sandboxes.live.base import Live
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.types import Limits
from entourage.tools.tool import ToolCall
from entourage.workspaces.places import Place, Places


class Sessions:
    """Finds the sandbox of a call, made at its first use; it ends when it was not used for a while.

    `limits` bound the sandbox as a whole; how many bytes and files it may have is the place's own.
    """

    def __init__(self, places: Places, sandboxes: Sandboxes, limits: Limits) -> None:
        self._places = places
        self._sandboxes = sandboxes
        self._limits = limits

    @asynccontextmanager
    async def working(self, call: ToolCall) -> AsyncGenerator[Live]:
        """The sandbox, in use while the block lasts. What it writes in a workspace is told as the agent's.

        Raises NotFound (the workspace is gone), TooMany, Unavailable.
        """
        place = await self._places.of(call.owner_id, call.folder_id)
        live = await self._sandboxes.of_session(call.owner_id, place.key, self._wanted(call, place))
        about = {"run_id": call.run_id or None, "chat_id": call.chat_id or None}
        async with self._places.working(place, call.agent, **about):
            with self._sandboxes.using(live.id):
                yield live

    def _wanted(self, call: ToolCall, place: Place) -> NewSandbox:
        return NewSandbox(
            work_folder=place.path,
            writable=place.writable,
            workspace_id=place.workspace_id,
            chat_id=None if place.workspace_id else call.chat_id or None,
            limits=replace(self._limits, file_bytes=place.quota_bytes, files=place.max_files),
        )
