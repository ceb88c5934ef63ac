"""Where calls outside of runs ask people; `agents/` keeps the inbox."""

from __future__ import annotations

from typing import Protocol

from entourage.tools.tool import Decision, Question, ToolCall, ToolResult


class Desk(Protocol):
    """Asks a person about a call and waits for a while."""

    async def ask(self, call: ToolCall, question: Question) -> Decision:
        """What they decided; it counts for this call alone. Raises Parked when nobody has decided in time."""
        ...


class Outside:
    """`Team` for calls outside of runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, call: ToolCall, question: Question) -> Decision:
        return await self._desk.ask(call, question)

    async def decided(self, call: ToolCall) -> Decision | None:
        return None

    async def delegate(self, call: ToolCall, agent: str, task: str) -> ToolResult:
        return ToolResult.failure("Agents are called from within a conversation.")
