"""Was this asked a moment ago."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from typing import Any

import msgspec

from entourage.stores.cache import Cache
from entourage.tools.path.redaction import Redactor
from entourage.tools.pipeline import Middleware
from entourage.tools.tool import ToolCall, ToolResult

MAX_KEPT_BYTES = 262_144
_MAX_REMEMBERED = 100_000
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class _Kept(msgspec.Struct, array_like=True):
    text: str
    content: list[dict[str, Any]]
    structured: Any
    meta: dict[str, Any] | None


class Caching(Middleware):
    """Results of calls that ask the same of a tool that only reads, kept for each person, without secrets.

    A call that may have changed something lets go of what this process kept of the same server for that person.
    """

    def __init__(self, cache: Cache, redactor: Redactor) -> None:
        self._cache = cache
        self._redactor = redactor
        self._kept_of: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def before(self, call: ToolCall) -> ToolResult | None:
        if not _is_kept(call):
            return None
        found = await self._cache.owned(call.owner_id).get(_key(call))
        if found is None:
            return None
        kept = msgspec.convert(found, _Kept)
        return ToolResult(
            kept.text, content=tuple(kept.content), structured=kept.structured, meta=kept.meta, cached=True
        )

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        if not call.tool.read_only:
            await self._changed(call)
        elif _is_kept(call) and not result.cached and _is_plain(result):
            await self._keep(call, self._redactor.result(call, result))
        return result

    async def _keep(self, call: ToolCall, result: ToolResult) -> None:
        kept = _Kept(result.text, list(result.content), result.structured, result.meta)
        if len(msgspec.json.encode(kept)) > MAX_KEPT_BYTES:
            return
        if call.tool.server:
            self._kept_of[call.owner_id, call.tool.server] = None
            if len(self._kept_of) > _MAX_REMEMBERED:
                self._kept_of.popitem(last=False)
        await self._cache.owned(call.owner_id).set(_key(call), kept, ttl_seconds=_seconds(call))

    async def _changed(self, call: ToolCall) -> None:
        server = call.tool.server
        if server and (call.owner_id, server) in self._kept_of:
            del self._kept_of[call.owner_id, server]
            await self._cache.owned(call.owner_id).delete_prefix(f"tool:{_named(server)}.")


def _seconds(call: ToolCall) -> int:
    """A policy may keep results for longer or not at all, of tools that only read."""
    if not call.tool.read_only:
        return 0
    return call.tool.cache_seconds if call.terms.cache_seconds is None else call.terms.cache_seconds


def _is_kept(call: ToolCall) -> bool:
    return _seconds(call) > 0 and not (call.session and call.session.inputs)


def _is_plain(result: ToolResult) -> bool:
    return result.success and not result.artifacts and result.child is None


def _key(call: ToolCall) -> str:
    args = hashlib.blake2b(msgspec.json.encode(call.args, order="deterministic"), digest_size=16).hexdigest()
    return f"tool:{_named(call.tool.name)}:{args}"


def _named(name: str) -> str:
    """The name where it is plain, else a hash of it."""
    if _PLAIN.fullmatch(name):
        return name
    server = name.partition(".")[0]
    mark = hashlib.blake2b(name.encode(errors="replace"), digest_size=16).hexdigest()
    return f"{server}.{mark}" if _PLAIN.fullmatch(server) else mark
