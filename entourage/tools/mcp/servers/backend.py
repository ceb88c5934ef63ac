"""A server as one person has it: its replicas, their lists, what they said. Nothing of it is anybody else's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, McpError, NotConnected, TookTooLong
from entourage.tools.mcp.servers.balancing import Balancer
from entourage.tools.mcp.servers.listing import (
    LIST_SECONDS,
    LISTABLE,
    Listable,
    Listed,
    kind_of,
    read_list,
)
from entourage.tools.mcp.servers.logs import Ring
from entourage.tools.mcp.servers.seat import News, Seat
from entourage.tools.mcp.servers.waiting import shared

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import JsonObject, ListKind, OpenLink
    from entourage.tools.mcp.servers.definition import Definition
    from entourage.tools.mcp.servers.opening import Opener
    from entourage.tools.mcp.servers.pins import Pins
    from entourage.tools.path.breaker import Breakers

_ONCE = frozenset({"tools/call"})
"""What must not be done twice without anybody wanting it."""

OnChange = Callable[["Backend", "ListKind"], None]


class Backend(News):
    """`on_change` is told when a list is another one than before."""

    def __init__(
        self,
        definition: Definition,
        owner_id: str,
        opener: Opener,
        pins: Pins,
        breakers: Breakers,
        on_change: OnChange,
    ) -> None:
        self.definition = definition
        self.owner_id = owner_id
        self.ring = Ring()
        self.hello: OpenLink | None = None
        self.last_used = time.monotonic()
        self._pins = pins
        self._on_change = on_change
        self._listed: dict[Listable, Listed] = {}
        self._reading: dict[Listable, asyncio.Task[Listed]] = {}
        self._watchers: dict[str, set[Callable[[str], None]]] = {}
        self._balancer = Balancer(definition.balancing)
        self._is_closed = False
        self._left = asyncio.Event()
        self._tools: dict[str, dict[str, Any]] = {}
        self._turn = 0
        self._turns: dict[Listable, int] = {}
        self._is_announced = False

        async def open_link(replica: Any, listener: Any, era: Any, keep: Any) -> Any:
            return await opener.open(definition, replica, owner_id, listener, era, keep)

        self.seats = [
            Seat(
                index,
                replica,
                open_link,
                self,
                self.ring,
                breakers.of(owner_id, definition.name, f"replica {index + 1}"),
            )
            for index, replica in enumerate(definition.replicas)
        ]

    @property
    def in_flight(self) -> int:
        return sum(seat.in_flight for seat in self.seats)

    @property
    def is_running(self) -> bool:
        return any(seat.current is not None for seat in self.seats)

    def is_idle(self, seconds: float) -> bool:
        """Whether nobody has wanted anything for so long."""
        is_wanted = self.in_flight or self._watchers
        return self.is_running and not is_wanted and time.monotonic() - self.last_used > seconds

    # requests

    async def request(
        self, method: str, params: Mapping[str, Any] | None = None, *, affinity: str | None = None, **options: Any
    ) -> JsonObject:
        """As `Link.request`, by one of the replicas. What surely was not done is tried with the next one."""
        self.last_used = time.monotonic()
        failure: LinkFailed | None = None
        for seat in self._balancer.order(self.seats, affinity):
            if not seat.breaker.allows():
                continue
            try:
                return await self._by(seat, method, params, options)
            except (NotConnected, LinkLost) as error:
                failure = error
                if isinstance(error, LinkLost) and method in _ONCE:
                    raise
        raise failure or NotConnected(f"{self.definition.name} does not answer; it is left alone for a moment")

    async def _by(
        self, seat: Seat, method: str, params: Mapping[str, Any] | None, options: dict[str, Any]
    ) -> JsonObject:
        seat.in_flight += 1
        started = time.perf_counter()
        try:
            link = await seat.link_for(options.get("ask"))
            result = await link.request(method, params, **seat.secrets.out_of_options(options))
        except McpError as error:
            self._answered(seat, started)
            data = seat.secrets.out_of_data(error.data)
            raise McpError(error.code, seat.secrets.out_of(error.message), data) from None
        except (NotConnected, LinkLost, TookTooLong) as error:
            seat.breaker.failed(seat.secrets.out_of(str(error)))
            raise type(error)(seat.secrets.out_of(str(error))) from None
        except BaseException:
            seat.breaker.abandoned()
            raise
        else:
            self._answered(seat, started)
            # the path takes them out of results of tools
            return result if method in _ONCE else seat.secrets.out_of_data(result)
        finally:
            seat.in_flight -= 1
            self.last_used = time.monotonic()
            self._left.set()

    async def quiet(self) -> None:
        """Wait until no request is under way."""
        while self.in_flight:
            self._left.clear()
            await self._left.wait()

    def _answered(self, seat: Seat, started: float) -> None:
        seat.worked()
        seat.breaker.succeeded(round((time.perf_counter() - started) * 1000))

    async def notify(self, method: str, params: Mapping[str, Any] | None) -> None:
        """Tell every replica that runs."""
        for seat in self.seats:
            if seat.current is not None:
                await seat.current.notify(method, params)

    async def ready(self, affinity: str | None = None) -> None:
        """Have one replica at least. Raises LinkFailed, McpError."""
        self.last_used = time.monotonic()
        if self.hello is not None and self.is_running:
            return
        failure: Exception | None = None
        for seat in self._balancer.order(self.seats, affinity):
            seat.in_flight += 1
            try:
                await seat.link()
            except (LinkFailed, McpError) as error:
                failure = error
            else:
                return
            finally:
                seat.in_flight -= 1
                self._left.set()
        raise failure or NotConnected(f"{self.definition.name} has no replica")

    # lists

    def known(self, what: Listable) -> list[dict[str, Any]] | None:
        """The list as it was last read; None when it never was."""
        listed = self._listed.get(what)
        return None if listed is None else listed.items

    def tool(self, name: str) -> dict[str, Any] | None:
        """A tool as this person's server lists it now; None while it lists none."""
        return self._tools.get(name)

    async def listed(self, what: Listable) -> list[dict[str, Any]]:
        """The list, read again when it is no longer fresh. Raises LinkFailed, McpError."""
        listed = self._listed.get(what)
        if listed is not None and listed.is_fresh:
            return listed.items
        return (await shared(self._read(what))).items

    def refresh(self, what: Listable) -> None:
        """Read it again meanwhile, if a replica runs and it is time."""
        listed = self._listed.get(what)
        if self.is_running and (listed is None or not listed.is_fresh):
            self._read(what)

    def begin(self, what: Listable) -> None:
        """Read it meanwhile, starting a replica if there is none; one that just failed is left alone for a while."""
        if all(seat.may_start for seat in self.seats):
            self._read(what)

    def _read(self, what: Listable) -> asyncio.Task[Listed]:
        reading = self._reading.get(what)
        if reading is None:
            reading = self._reading[what] = asyncio.create_task(self._read_now(what, None))
            reading.add_done_callback(lambda task: self._was_read(what, task))
        return reading

    def _was_read(self, what: Listable, task: asyncio.Task[Listed]) -> None:
        if self._reading.get(what) is task:
            del self._reading[what]
        if not task.cancelled() and (error := task.exception()):
            self.ring.add("gateway", f"its list {what!r} could not be read: {error}", "warning")

    async def _read_now(self, what: Listable, link: OpenLink | None) -> Listed:
        async def ask(method: str, params: dict[str, Any] | None) -> JsonObject:
            sender = self if link is None else link
            return await sender.request(method, params, timeout_seconds=LIST_SECONDS)

        self._turn += 1
        turn, before = self._turn, self._listed.get(what)
        able: Mapping[str, Any] = (self.hello.capabilities if self.hello else {}).get(kind_of(what)) or {}
        listed = await read_list(ask, what, is_told=bool(able.get("listChanged")))
        if turn < self._turns.get(what, 0):
            return listed  # one that was begun later is there already
        self._listed[what], self._turns[what] = listed, turn
        is_other = before is not None and before.items != listed.items
        if what == "tools":
            self._tools = {tool["name"]: tool for tool in listed.items}
            hello = link or self.hello
            info = hello.server_info if hello else {}
            is_other = await self._pins.observe(self.definition, info, listed.items) or is_other or self._is_announced
            self._is_announced = False
        if is_other and not self._is_closed:
            self._on_change(self, kind_of(what))
        return listed

    # what its seats tell

    async def opened(self, link: OpenLink) -> None:
        """Look at the tools before anything is called: another process may have other ones."""
        self.hello = link
        if self._watchers:
            await link.watch(frozenset(self._watchers))
        if link.capabilities.get("tools") is not None:
            try:
                await self._read_now("tools", link)
            except (LinkFailed, McpError) as error:
                self.ring.add("gateway", f"its tools could not be listed: {error}", "warning")

    def list_changed(self, kind: ListKind) -> None:
        self._forget(kind)
        if kind == "tools":
            self._is_announced = True
            self._read("tools")  # tells of the change once it is known what may be used of it
        else:
            self._on_change(self, kind)

    def _forget(self, kind: ListKind) -> None:
        for what in LISTABLE:
            if kind_of(what) == kind and what in self._listed:
                self._listed[what] = Listed(self._listed[what].items, 0.0)
                self._reading.pop(what, None)  # it may still come to its end, but it is not waited for again

    def resource_updated(self, uri: str) -> None:
        for watched, callbacks in self._watchers.items():
            if uri == watched or uri.startswith(f"{watched.rstrip('/')}/"):
                for callback in list(callbacks):
                    callback(uri)

    async def watch(self, uri: str, callback: Callable[[str], None]) -> None:
        """Have `callback` told of changes of a resource. Raises LinkFailed, McpError."""
        self._watchers.setdefault(uri, set()).add(callback)
        try:
            await self.ready()
            await self._watch()
        except BaseException:
            self._drop(uri, callback)
            raise

    async def unwatch(self, uri: str, callback: Callable[[str], None]) -> None:
        """No longer; what a server says to that is not of interest."""
        self._drop(uri, callback)
        try:
            await self._watch()
        except (LinkFailed, McpError) as error:
            self.ring.add("gateway", f"a subscription could not be ended: {error}", "warning")

    def _drop(self, uri: str, callback: Callable[[str], None]) -> None:
        callbacks = self._watchers.get(uri, set())
        callbacks.discard(callback)
        if not callbacks:
            self._watchers.pop(uri, None)

    async def _watch(self) -> None:
        for seat in self.seats:
            if seat.current is not None:
                await seat.current.watch(frozenset(self._watchers))

    async def stop(self) -> None:
        """End every link; the next request opens another."""
        self._reading_ends()
        await asyncio.gather(*(seat.stop() for seat in self.seats))

    async def close(self) -> None:
        """As `stop`, and nothing is told any more."""
        self._is_closed = True
        await self.stop()

    def _reading_ends(self) -> None:
        for task in list(self._reading.values()):
            task.cancel()
        self._reading.clear()
