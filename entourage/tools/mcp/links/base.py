"""What all links have in common: finding the era, requests with their deadlines, rounds, telling the server to stop."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entourage.tools.mcp.links import eras
from entourage.tools.mcp.links.call import Call
from entourage.tools.mcp.links.conversation import Conversation
from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, McpError, TookTooLong
from entourage.tools.mcp.links.link import DEFAULT_SECONDS
from entourage.tools.mcp.links.rounds import finished, needs_input

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import Era, JsonObject, LinkListener, OnLog, OnProgress
    from entourage.tools.tool import Interactive

PATIENCE_SECONDS = 5.0
"""How long a server may be silent about `server/discover` before it is greeted in the old way as well."""


class BaseLink:
    """Implements `Link` over whatever `_exchange` and `_say` do."""

    def __init__(self, listener: LinkListener) -> None:
        self._listener = listener
        self._conversation = Conversation(listener, self._answer)
        self._hello: eras.Hello | None = None
        self._watched: frozenset[str] = frozenset()
        self._is_open = True
        self._closed_because = "the link to the server is closed"

    # what a kind of link does in its own way

    @abstractmethod
    async def _exchange(self, call: Call, params: Mapping[str, Any] | None) -> JsonObject:
        """Send a request and wait for its result. Raises McpError, LinkFailed."""

    @abstractmethod
    async def _say(self, method: str, params: Mapping[str, Any] | None) -> None:
        """Send a notification. Raises LinkFailed."""

    @abstractmethod
    def _answer(self, body: bytes) -> None:
        """Send an answer to a question of the server, now or soon."""

    @abstractmethod
    def _stop(self, call: Call) -> None:
        """Tell the server that nobody waits for this call any more."""

    @abstractmethod
    async def _listen(self) -> None:
        """Begin, or change, how changes are heard of. Raises as `request`."""

    # what the server said of itself

    @property
    def hello(self) -> eras.Hello:
        """Raises LinkLost before the link is open."""
        if self._hello is None:
            raise LinkLost("the link is not open yet")
        return self._hello

    @property
    def era(self) -> Era:
        return self.hello.era

    @property
    def protocol_version(self) -> str:
        return self.hello.version

    @property
    def server_info(self) -> JsonObject:
        return self.hello.server_info

    @property
    def capabilities(self) -> JsonObject:
        return self.hello.capabilities

    @property
    def instructions(self) -> str | None:
        return self.hello.instructions

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def pid(self) -> int | None:
        return None

    # opening

    async def open(self, *, known_era: Era | None, seconds: float) -> None:
        """Greet the server in the era it speaks. Raises LinkFailed, McpError."""
        try:
            async with asyncio.timeout(seconds):
                if known_era == "legacy" or not await self._is_modern():
                    await self._handshake()
                await self._listen()
        except TimeoutError:
            raise TookTooLong(f"the server did not greet within {seconds:g} s") from None

    async def _is_modern(self) -> bool:
        """Ask with `server/discover`; a server that is silent is greeted in the old way meanwhile."""
        asking = asyncio.create_task(self._discovered())
        try:
            done, _ = await asyncio.wait([asking], timeout=PATIENCE_SECONDS)
            if done:
                return asking.result()
            await self._whichever_answers(asking)
            return True
        finally:
            asking.cancel()

    async def _whichever_answers(self, asking: asyncio.Task[bool]) -> None:
        greeting = asyncio.create_task(self._handshake())
        try:
            await asyncio.wait([asking, greeting], return_when=asyncio.FIRST_COMPLETED)
            if not greeting.done() or greeting.exception() is not None:
                # a modern server refuses the old greeting, maybe before it answers the new one
                await asyncio.wait([asking], timeout=PATIENCE_SECONDS)
            if not (asking.done() and asking.result()):
                await greeting
        finally:
            greeting.cancel()

    async def _discovered(self) -> bool:
        try:
            result = await self._exchange(self._call("server/discover"), eras.discover_params())
        except McpError as error:
            if eras.is_modern_only(error):
                raise
            return False
        self._hello = eras.from_discover(result)
        return self._hello is not None

    async def _handshake(self) -> None:
        if self._hello is not None:
            return
        result = await self._exchange(self._call("initialize"), eras.initialize_params())
        self._hello = eras.from_initialize(result)
        await self._say("notifications/initialized", None)

    def _call(self, method: str) -> Call:
        return Call(self._conversation.next_id(), method)

    # requests

    async def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        progress: OnProgress | None = None,
        log: OnLog | None = None,
        ask: Interactive | None = None,
        timeout_seconds: float | None = DEFAULT_SECONDS,
        raw_rounds: bool = False,
    ) -> JsonObject:
        hello = self.hello

        async def once(body: Mapping[str, Any] | None) -> JsonObject:
            call = Call(
                self._conversation.next_id(), method, progress=progress, log=log, ask=ask, patience=timeout_seconds
            )
            return await self._within(call, eras.stamped(hello.era, hello.version, body, meta, call))

        result = await once(params)
        if raw_rounds or not needs_input(result):
            return result
        return await finished(result, params, ask, once)

    async def _within(self, call: Call, params: Mapping[str, Any] | None) -> JsonObject:
        try:
            async with asyncio.timeout(call.patience) as call.deadline:
                return await self._exchange(call, params)
        except TimeoutError:
            self._stop(call)
            raise TookTooLong(f"no answer to {call.method} within {call.patience:g} s") from None
        except asyncio.CancelledError:
            self._stop(call)
            raise

    async def notify(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        if self.era == "legacy":
            await self._say(method, params)

    async def watch(self, uris: frozenset[str]) -> None:
        if uris == self._watched:
            return
        added, dropped, self._watched = uris - self._watched, self._watched - uris, uris
        if self.era == "modern":
            await self._listen()
            return
        for uri in sorted(added):
            await self.request("resources/subscribe", {"uri": uri})
        for uri in sorted(dropped):
            await self.request("resources/unsubscribe", {"uri": uri})

    @property
    def _wanted(self) -> JsonObject | None:
        """What a modern server is asked to tell of; None when it has nothing to tell."""
        hello = self.hello
        wanted: JsonObject = {
            f"{kind}ListChanged": True for kind in ("tools", "resources", "prompts") if hello.tells_of(kind)
        }
        if self._watched:
            wanted["resourceSubscriptions"] = sorted(self._watched)
        return wanted or None

    def _lose(self, why: str) -> None:
        if self._is_open:
            self._is_open = False
            self._closed_because = why
            self._conversation.lose(why)
            self._listener.lost(why)

    async def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._conversation.lose("the link was closed")


__all__ = ["BaseLink", "LinkFailed"]
