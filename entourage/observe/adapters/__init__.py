"""One small file per agent: its names, how its bodies read in Claude Code's words, and how it is told a decision."""

from __future__ import annotations

from typing import Any

from entourage.observe.adapters import claude_code, codex, cursor, gemini, generic, openhands
from entourage.observe.adapters.base import Adapter

__all__ = ["KNOWN_EVENTS", "Adapter", "adapter_of"]

_ADAPTERS = (claude_code.ADAPTER, codex.ADAPTER, gemini.ADAPTER, cursor.ADAPTER, openhands.ADAPTER)
_BY_APP = {app: adapter for adapter in _ADAPTERS for app in adapter.apps}
_GEMINI_ONLY = frozenset(gemini.NAMES) - frozenset(claude_code.EVENTS)

KNOWN_EVENTS = frozenset(claude_code.EVENTS).union(*(adapter.names for adapter in _ADAPTERS))


def adapter_of(app: str, body: dict[str, Any]) -> Adapter:
    """The adapter of the agent that sent `body`; what it says tells more than what its application is called."""
    if "conversation_id" in body and "session_id" not in body:
        return cursor.ADAPTER
    event: object = body.get("hook_event_name")
    if isinstance(event, str) and event in _GEMINI_ONLY:
        return gemini.ADAPTER
    return _BY_APP.get(app) or _BY_APP.get(app.partition("-")[0]) or generic.ADAPTER
