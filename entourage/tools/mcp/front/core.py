"""The services behind the doors, and what they remember."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entourage.kit.errors import Forbidden, NotFound
from entourage.tools.mcp.front.asking import caller_of
from entourage.tools.mcp.front.changes import Changes
from entourage.tools.mcp.front.heart import Heart
from entourage.tools.mcp.front.places import READY_MADE, Place, place_of_bundle
from entourage.tools.mcp.front.rounds import Rounds
from entourage.tools.mcp.front.sessions import Sessions
from entourage.tools.mcp.front.shown import Shown

if TYPE_CHECKING:
    from entourage.accounts.strangers import Strangers
    from entourage.llm.kept import Kept
    from entourage.tools.mcp.bundles.tables import BundleRow
    from entourage.tools.mcp.front.backends import Backends, ToolPath
    from entourage.tools.mcp.front.callers import Client, Clients
    from entourage.tools.mcp.front.changes import Kind
    from entourage.tools.mcp.front.listening import Listening
    from entourage.tools.mcp.front.origins import Guard
    from entourage.tools.mcp.front.sampling import Sampler

FRESH_SECONDS = 0.5
"""How old a list of tools may be. Changes that are told of end it at once; this is for those that are not."""

MOST_SHOWN = 1000


class ToolLists:
    """The tools of places by who asks. Implements `Listener`."""

    def __init__(self, tools: ToolPath, search_from: int) -> None:
        self._tools = tools
        self._search_from = search_from
        self._kept: dict[tuple[object, Place], tuple[Shown, float]] = {}
        self._changes = 0

    async def of(self, client: Client, place: Place) -> Shown:
        """What the client may call there. Does not suspend when it is known."""
        key = (client.key, place)
        kept = self._kept.get(key)
        now = time.monotonic()
        if kept is not None and now < kept[1]:
            return kept[0]
        changes = self._changes
        found = await self._tools.catalogue(caller_of(client, place))
        if kept is not None and kept[0].source is found:
            shown = kept[0]
        else:
            chosen = [tool for tool in found if place.has_tool(tool)]
            shown = Shown(found, chosen, place.name_of, self._searched(place))
        if len(self._kept) >= MOST_SHOWN:
            self._kept.clear()
        self._kept[key] = (shown, now + FRESH_SECONDS if changes == self._changes else 0.0)
        return shown

    def changed(self, server: str | None, kind: Kind) -> None:
        """Look again before the next answer."""
        if kind == "tools":
            self._changes += 1  # what is on its way may be from before
            self._kept = {key: (shown, 0.0) for key, (shown, _) in self._kept.items()}

    def _searched(self, place: Place) -> int | None:
        """From how many tools on they are searched in place of listed; None: never."""
        if place.search == "auto":
            return self._search_from if place.server is None else None
        return 0 if place.search == "on" else None


@dataclass(repr=False)
class Front:
    """What every request works with."""

    clients: Clients
    strangers: Strangers
    guard: Guard
    tools: ToolPath
    backends: Backends
    bundles: Kept[BundleRow | None]
    sampler: Sampler
    search_from: int
    changes: Changes = field(default_factory=Changes)
    heart: Heart = field(default_factory=Heart)
    rounds: Rounds = field(default_factory=Rounds)
    listening: set[Listening] = field(default_factory=set["Listening"])

    def __post_init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.sessions = Sessions(self.changes)
        self.lists = ToolLists(self.tools, self.search_from)
        self.changes.add_first(self.lists)
        self.backends.on_change(self.changes.tell)
        self._checking: asyncio.Task[None] | None = None
        self._is_unchecked = False
        self.clients.on_forget(self._people_changed)

    async def place(self, client: Client, server: str | None, bundle: str | None) -> Place:
        """What a path leads to, for this client. Raises Forbidden, NotFound."""
        if client.bundle is not None:
            if server is not None or bundle not in {None, client.bundle.name}:
                raise Forbidden("This token opens another bundle.", hint=f"Use /mcp/b/{client.bundle.name}.")
            return place_of_bundle(client.bundle, client.tools)
        if server is not None:
            return Place(server=server)
        if bundle is None:
            return _EVERYTHING
        found = await self.bundles.of(f"{client.owner_id}/{bundle}")
        if found is not None:
            return place_of_bundle(found, None)
        if bundle in READY_MADE:
            return READY_MADE[bundle]
        raise NotFound(f"There is no bundle {bundle!r}.", hint="GET /my/mcp-bundles lists them.")

    def tools_changed(self, owner_id: str | None) -> None:
        """What a person (None: everybody) may call is another choice now."""
        self.changes.tell(owner_id, None, "tools")

    def token_ended(self, key_id: str) -> None:
        """A token was revoked: what was opened with it ends at once."""
        self.sessions.end_where(lambda session: session.client.key_id == key_id)
        for one in list(self.listening):
            if one.key[1] == key_id:
                one.end()

    def bundles_changed(self, owner_id: str | None) -> None:
        """Sessions at a bundle begin anew, for what they may do may be another; streams are told of changed lists."""
        self.sessions.end_where(
            lambda session: session.place.bundle_id is not None and owner_id in {None, session.client.owner_id}
        )
        for one in list(self.listening):
            if one.is_of_bundle and owner_id in {None, one.key[0]}:
                one.end()

    def _people_changed(self) -> None:
        """What was opened with a key or sign-in that is no longer good must not stay open."""
        self._is_unchecked = bool(self.listening or len(self.sessions))
        if self._is_unchecked and (self._checking is None or self._checking.done()):
            self._checking = asyncio.create_task(self._check(), name="mcp clients checked")

    async def _check(self) -> None:
        while self._is_unchecked:
            self._is_unchecked = False
            for session in self.sessions:
                if not session.client.is_over and not await self.clients.still(session.client):
                    self.sessions.end(session)
            for one in list(self.listening):
                if not await self.clients.still(one.client):
                    one.end()

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this behind; `close` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end_streams(self) -> None:
        """End what would go on for ever: the server stops."""
        for one in list(self.listening):
            one.end()
        self.sessions.end_where(lambda _: True)
        self.rounds.close()

    async def close(self) -> None:
        """End every session, stream and waiting call."""
        self.end_streams()
        if self._checking is not None:
            self._checking.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.heart.close()
        await self.sessions.close()
        self.changes.close()


_EVERYTHING = Place()
