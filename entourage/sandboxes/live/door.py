"""A sandbox's way out: the host's filtering proxy, and the forwarder inside that leads to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from entourage.kit.errors import Unavailable
from entourage.sandboxes.live.base import PROXY_PORT, PROXY_SOCKET
from entourage.sandboxes.live.channel import Channel
from entourage.sandboxes.live.files import task
from entourage.sandboxes.network.proxy import Proxy


class Door:
    """Closed until a list of hosts is set; the forwarder is started by the first one."""

    def __init__(self, proxy: Proxy, channel: Channel) -> None:
        self._proxy = proxy
        self._channel = channel
        self._forwarding = AsyncExitStack()
        self._is_forwarding = False
        self._setting = asyncio.Lock()

    @property
    def allow(self) -> tuple[str, ...]:
        """Hosts that may be reached now."""
        return self._proxy.allow

    async def set(self, allow: Sequence[str]) -> None:
        """Change the list. Raises Invalid, and Unavailable when the port inside is taken."""
        async with self._setting:
            self._proxy.set(allow)
            if allow and not self._is_forwarding:
                await self._forward()

    async def _forward(self) -> None:
        args = {"port": PROXY_PORT, "path": PROXY_SOCKET}
        async with AsyncExitStack() as stack:
            forwarder = await stack.enter_async_context(task(self._channel, "forward", args))
            answer = await forwarder.line()
            if answer is None or "ok" not in answer:
                raise Unavailable(
                    f"port {PROXY_PORT} of the sandbox is taken, so it has no network", hint="End what listens there."
                )
            self._forwarding = stack.pop_all()
            self._is_forwarding = True

    async def close(self) -> None:
        """Close the way out for good."""
        await self._proxy.close()
        await self._forwarding.aclose()
