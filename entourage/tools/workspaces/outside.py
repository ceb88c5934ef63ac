"""The way out for imports, opened when the first one needs it: its HTTP client takes 0.3 s to import."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from entourage.workspaces.importing.sources import Received, Refs

if TYPE_CHECKING:
    from entourage.tools.workspaces.cloning import Cloning
    from entourage.tools.workspaces.streaming import Streaming


class Outside:
    """Repositories and archives of public networks, and of those an admin allows."""

    def __init__(self, allow_networks: Sequence[str]) -> None:
        self._allow_networks = allow_networks

    async def fetch(self, url: str, target: Path, most_bytes: int, received: Received) -> Refs:
        """See `FetchRepository`."""
        return await self._cloning(url, target, most_bytes, received)

    async def download(self, url: str, target: Path, most_bytes: int, received: Received) -> None:
        """See `Download`."""
        await self._streaming.download(url, target, most_bytes, received)

    @cached_property
    def _streaming(self) -> Streaming:
        from entourage.tools.workspaces.streaming import Streaming

        return Streaming(self._allow_networks)

    @cached_property
    def _cloning(self) -> Cloning:
        from entourage.tools.workspaces.cloning import Cloning

        return Cloning(self._streaming)
