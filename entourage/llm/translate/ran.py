"""Tool calls that the answering side made itself, where a dialect has no items for them: as lines of reasoning.

Every client shows reasoning or leaves it out; tool calls in the dialect's own form would make clients run them.
"""

from __future__ import annotations

from entourage.llm.translate.neutral import Ran, Spoken, Thinking
from entourage.llm.translate.sink import add

_LONGEST = 200


def line_of_beginning(call: Ran) -> str:
    """That it runs, with its arguments."""
    return f"→ {call.name} {_short(call.arguments)}\n"


def line_of_end(call: Ran) -> str:
    """How it went, with the beginning of what came out."""
    if call.error is not None:
        return f"✗ {call.name}: {_short(call.error)}\n"
    return f"✓ {call.name}: {_short(call.output or '')}\n"


def as_thoughts(parts: list[Spoken]) -> list[Spoken]:
    """The parts with every such call told as a thought."""
    told: list[Spoken] = []
    for part in parts:
        add(told, Thinking(line_of_beginning(part) + line_of_end(part)) if isinstance(part, Ran) else part)
    return told


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
