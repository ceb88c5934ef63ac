"""Reading whole lists of a server, page by page, within bounds."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import msgspec

from entourage.kit.json import decode, encode, without_lone_surrogates
from entourage.tools.mcp.links.errors import INTERNAL_ERROR, METHOD_NOT_FOUND, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import JsonObject, ListKind

Listable: TypeAlias = Literal["tools", "resources", "resources/templates", "prompts"]

LISTABLE: tuple[Listable, ...] = ("tools", "resources", "resources/templates", "prompts")
KEYS = {"tools": "tools", "resources": "resources", "resources/templates": "resourceTemplates", "prompts": "prompts"}
LIST_SECONDS = 10.0
MOST_PAGES, MOST_ITEMS, MOST_NAME = 100, 5000, 200
_SHORTEST_SECONDS, _LONGEST_SECONDS = 5.0, 3600.0
_USUAL_SECONDS = 60.0
_TOLD_SECONDS = 600.0
"""How long a list is taken for right: by default, and of a server that tells when it changes."""

Ask: TypeAlias = Callable[[str, "dict[str, Any] | None"], Awaitable["JsonObject"]]


class Listed(msgspec.Struct, frozen=True):
    """A list, and until when (of `time.monotonic`) it is taken for right."""

    items: list[dict[str, Any]]
    fresh_until: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self.fresh_until


def kind_of(what: Listable) -> ListKind:
    """Under which announcement its changes come."""
    return "resources" if what == "resources/templates" else what


async def read_list(ask: Ask, what: Listable, *, is_told: bool) -> Listed:
    """The whole list. `is_told`: whether the server announces changes. Raises McpError, LinkFailed."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    lives: list[float] = []
    for _ in range(MOST_PAGES):
        try:
            page = await ask(f"{what}/list", {"cursor": cursor} if cursor is not None else None)
        except McpError as error:
            if error.code == METHOD_NOT_FOUND:
                return Listed([], time.monotonic() + _TOLD_SECONDS)
            raise
        items += _items(page.get(KEYS[what]))
        if isinstance(ttl := page.get("ttlMs"), int | float):
            lives.append(ttl / 1000)
        following = page.get("nextCursor")
        if not isinstance(following, str) or following == cursor or len(items) >= MOST_ITEMS:
            break
        cursor = following
    else:
        raise McpError(INTERNAL_ERROR, f"its list {what!r} has more than {MOST_PAGES} pages")
    return Listed(items[:MOST_ITEMS], time.monotonic() + _life(lives, is_told=is_told))


def _life(lives: list[float], *, is_told: bool) -> float:
    """What the server says, within reason: a life of 0 would have every look at the list ask again."""
    usual = _TOLD_SECONDS if is_told else _USUAL_SECONDS
    return min(max(min(lives), _TOLD_SECONDS if is_told else _SHORTEST_SECONDS), _LONGEST_SECONDS) if lives else usual


def _items(found: object) -> list[dict[str, Any]]:
    """Those with a name one can call them by; without what no engine can store."""
    if not isinstance(found, list):
        return []
    decent: list[dict[str, Any]] = []
    for item in cast("list[object]", found):
        if not isinstance(item, dict):
            continue
        named = cast("dict[str, Any]", item)
        name = named.get("name") or named.get("uri")
        if isinstance(name, str) and 0 < len(name) <= MOST_NAME * 10:
            decent.append(_storable(named))
    return decent


def _storable(item: dict[str, Any]) -> dict[str, Any]:
    raw = encode(item)
    return decode(without_lone_surrogates(raw)) if b"\\u0000" in raw else item
