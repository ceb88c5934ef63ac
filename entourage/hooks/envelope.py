"""A hook body as the server gets it: with the id and time of its record, and cut to what the server takes."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Any, cast

from .spool import Record

MAX_EVENT_BYTES = 240_000
"""Just under what the server takes of one event."""

_KEPT = (
    "session_id",
    "conversation_id",
    "hook_event_name",
    "tool_name",
    "tool_use_id",
    "agent_id",
    "agent_type",
    "cwd",
)
_MAX_ITEMS = 200


def event_of(record: Record, app: str) -> bytes | None:
    """The body with the record's `id`, `ts`, `source_app` and the name of its project; None for what is no object.

    They stand last, for of two equal keys the last one counts.
    """
    try:
        found: object = json.loads(record.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    body = cast("dict[str, Any]", found)
    more: dict[str, Any] = {"id": record.id, "ts": record.at_ms, "source_app": app}
    cwd = body.get("cwd")
    if isinstance(cwd, str) and cwd and "project" not in body:
        more["project"] = project_of(cwd)
    text = record.body if len(record.body) <= MAX_EVENT_BYTES else _fitting(body)
    comma = b"," if body else b""
    return text.rstrip()[:-1] + comma + _encoded(more)[1:]


@lru_cache(maxsize=64)
def project_of(cwd: str) -> str:
    """The name of the git root around this folder, else of the folder."""
    folder = cwd
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return os.path.basename(folder) or folder
        above = os.path.dirname(folder)
        if above == folder:
            return os.path.basename(cwd.rstrip("/")) or cwd
        folder = above


def _fitting(body: dict[str, Any]) -> bytes:
    """The body with its long texts and lists cut, as far as it takes."""
    longest = 65_536
    while longest >= 64:
        text = _encoded(_cut(body, longest, max(5, longest // 300)))
        if len(text) <= MAX_EVENT_BYTES:
            return text
        longest //= 4
    return _encoded({key: _cut(body[key], 200, 5) for key in _KEPT if key in body})


def _cut(value: Any, longest: int, items: int) -> Any:
    if isinstance(value, str):
        left = len(value) - longest
        return value if left <= 0 else f"{value[:longest]}[... {left} characters left out ...]"
    if isinstance(value, list):
        return [_cut(item, longest, items) for item in cast("list[Any]", value)[:items]]
    if isinstance(value, dict):
        kept = list(cast("dict[str, Any]", value).items())[:_MAX_ITEMS]
        return {key[:200]: _cut(item, longest, items) for key, item in kept}
    return value


def _encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
