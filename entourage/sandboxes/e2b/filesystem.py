"""envd's `filesystem.Filesystem`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from entourage.kit.errors import Conflict, Invalid
from entourage.sandboxes.e2b.connect import body, first, ping_seconds, streamed, unary
from entourage.sandboxes.e2b.entries import entry_info, event_of
from entourage.sandboxes.e2b.watching import Watches, closed
from entourage.sandboxes.live.base import Live

MAX_DEPTH = 64


class AlreadyThere(Conflict):
    connect_code = "already_exists"


class Filesystem:
    """Answers one method each; the sandbox was found by the token."""

    def __init__(self, watches: Watches) -> None:
        self._watches = watches

    async def stat(self, live: Live, request: Request) -> Response:
        """What is at a path."""
        return unary({"entry": entry_info(await live.files.stat(_path(await body(request))))})

    async def list_dir(self, live: Live, request: Request) -> Response:
        """What is in a folder."""
        asked = await body(request)
        depth = asked.get("depth") or 1
        if not isinstance(depth, int) or not 1 <= depth <= MAX_DEPTH:
            raise Invalid(f"The depth must be a number from 1 to {MAX_DEPTH}, not {depth!r}.")
        entries = await live.files.list(_path(asked), depth=depth)
        return unary({"entries": [entry_info(entry) for entry in entries]})

    async def make_dir(self, live: Live, request: Request) -> Response:
        """Make a folder and those above it."""
        path = _path(await body(request))
        if not await live.files.mkdir(path):
            raise AlreadyThere(f"The folder {path!r} is there already.")
        return unary({"entry": entry_info(await live.files.stat(path))})

    async def move(self, live: Live, request: Request) -> Response:
        """Give something another name."""
        asked = await body(request)
        return unary({"entry": entry_info(await live.files.move(_path(asked, "source"), _path(asked, "destination")))})

    async def remove(self, live: Live, request: Request) -> Response:
        """Remove something with all in it."""
        await live.files.remove(_path(await body(request)))
        return unary()

    async def watch_dir(self, live: Live, request: Request) -> Response:
        """What happens in a folder, as it happens."""
        asked = await first(request)
        changes = await live.files.watch(_path(asked), recursive=asked.get("recursive") is True)

        async def events() -> AsyncGenerator[Mapping[str, Any]]:
            try:
                yield {"start": {}}
                async for change in changes:
                    yield {"filesystem": event_of(change)}
            finally:
                await closed(changes)

        return streamed(events(), {"keepalive": {}}, ping_seconds(request))

    async def create_watcher(self, live: Live, request: Request) -> Response:
        """Begin to collect what happens in a folder."""
        asked = await body(request)
        watch_id = await self._watches.create(live, _path(asked), recursive=asked.get("recursive") is True)
        return unary({"watcherId": watch_id})

    async def get_watcher_events(self, live: Live, request: Request) -> Response:
        """What was collected."""
        asked = await body(request)
        return unary({"events": self._watches.get(live, str(asked.get("watcherId"))).take()})

    async def remove_watcher(self, live: Live, request: Request) -> Response:
        """Collect no more."""
        asked = await body(request)
        await self._watches.remove(live, str(asked.get("watcherId")))
        return unary()


def _path(asked: Mapping[str, Any], name: str = "path") -> str:
    path = asked.get(name, "")
    if not isinstance(path, str):
        raise Invalid(f"{name} must be a text, not {type(path).__name__}.")
    return path
