"""Codex: Claude Code's names and fields; `turn_id` is its prompt, and `Interrupt` ends a turn."""

from __future__ import annotations

from entourage.observe.adapters.base import Adapter, Body
from entourage.observe.adapters.claude_code import answer


def normal(body: Body) -> Body:
    """`turn_id` as `prompt_id`."""
    if "turn_id" in body and "prompt_id" not in body:
        return {**body, "prompt_id": body["turn_id"]}
    return body


ADAPTER = Adapter(("codex",), {}, normal, answer)
