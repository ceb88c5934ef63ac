"""A turn while it is written: the message in memory, and its events on the way to the log, in order.

A delta goes at once when none went for some 30 ms, and those that come within that time go together; everything else
goes at once, after the deltas before it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.message import (
    PREVIEW_CHARS,
    ChildRun,
    ContextPart,
    DataPart,
    Message,
    NotePart,
    ReasoningPart,
    SummaryPart,
    TextPart,
    ToolCallPart,
    put_first,
    utf16_length,
)
from entourage.events.types import (
    ContextRetrieved,
    EventData,
    MessageEvent,
    NoteAdded,
    ReasoningDelta,
    TextDelta,
    ToolFailed,
    ToolFinished,
    ToolStarted,
)
from entourage.kit.clock import now_ms, rfc3339
from entourage.kit.errors import Problem, TooMany
from entourage.kit.ids import derived_id, new_id
from entourage.stores.log.base import Appended
from entourage.tools.path.audit import args_preview
from entourage.tools.pipeline import storable
from entourage.tools.tool import ToolResult


class Turn:
    """Writes one assistant message."""

    def __init__(
        self, log: EventLog, owner_id: str, parent_run_id: str | None, message: Message, window_ms: int
    ) -> None:
        self.message = message
        self._log = log
        self._owner_id = owner_id
        self._parent_run_id = parent_run_id
        self._window_seconds = window_ms / 1000
        self._places: dict[int, int] = {}
        self._calls: dict[str, int] = {}
        self._pending: dict[int, list[str]] = {}
        self._offsets: dict[int, int] = {}
        self._outbox: list[NewEvent] = []
        self._sender: asyncio.Task[None] | None = None
        self._on_their_way = 0
        self._arrived = asyncio.Event()
        self._failure: Problem | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._gathering_until = 0.0

    @property
    def run_id(self) -> str:
        return self.message.run_id or ""

    def restart(self, calls: dict[str, int]) -> None:
        """The message was rebuilt from what is recorded: what was streamed after that is void."""
        self.stop()
        self._places.clear()
        self._offsets.clear()
        self._calls = calls

    def index_of(self, key: str) -> int:
        """Where a call stands among the parts."""
        return self._calls[key]

    def call_of(self, key: str) -> ToolCallPart | None:
        """The call of this key, if it is shown."""
        return self._call(self._calls[key]) if key in self._calls else None

    def begin_response(self) -> None:
        """The model starts a new response: its part indexes count from 0 again."""
        self._places.clear()

    def write(self, response_part: int, text: str, *, reasoning: bool = False) -> None:
        """More text of a part of the response."""
        text = storable(text)
        if not text:
            return
        index = self._places.get(response_part)
        if index is None:
            index = self._places[response_part] = len(self.message.parts)
            self.message.parts.append(ReasoningPart(text="") if reasoning else TextPart(text=""))
        part = self.message.parts[index]
        assert isinstance(part, TextPart | ReasoningPart)
        part.text += text
        self._pending.setdefault(index, []).append(text)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(self._gathering_until, self._send_deltas)

    def start_call(
        self, key: str, tool_call_id: str, tool: str, args: dict[str, Any], child: ChildRun | None = None
    ) -> None:
        """The model called a tool; `child` is the run that the call will start."""
        index = len(self.message.parts)
        self._calls[key] = index
        part = ToolCallPart(tool_call_id=tool_call_id, tool=tool, args=args, started_at=rfc3339(now_ms()), child=child)
        self.message.parts.append(part)
        data = ToolStarted(
            message_id=self.message.id,
            part=index,
            tool_call_id=tool_call_id,
            tool=tool,
            args=args,
            started_at=part.started_at,
            child=child.model_dump() if child else None,
        )
        self.emit(data, derived_id(self.run_id, "tool_started", key))

    def end_call(self, key: str, result: ToolResult, duration_ms: int) -> None:
        """A tool call ended."""
        index = self._calls[key]
        part = ended_part(self._call(index), result, duration_ms)
        self.message.parts[index] = part
        common: dict[str, Any] = {
            "message_id": self.message.id,
            "part": index,
            "tool_call_id": part.tool_call_id,
            "tool": part.tool,
            "duration_ms": duration_ms,
            "args_preview": args_preview(part.args),
        }
        data: EventData
        child = part.child.model_dump() if part.child else None
        if result.status == "ok":
            artifacts = [artifact.model_dump() for artifact in part.artifacts]
            data = ToolFinished(
                **common, result=part.result or "", artifacts=artifacts, child=child, cached=result.cached
            )
        else:
            data = ToolFailed(**common, error=part.error or "", status=result.status, child=child)
        self.emit(data, derived_id(self.run_id, "tool_ended", key))

    def close_call(self, index: int, result: ToolResult) -> None:
        """End a call that will not go on (the run ended before it)."""
        key = next((key for key, place in self._calls.items() if place == index), None)
        if key is not None:
            self.end_call(key, result, 0)

    def answer(self, title: str, value: dict[str, Any]) -> None:
        """The structured answer; the final `message` event shows it."""
        self.message.parts.append(DataPart(title=title, value=value))

    def note(self, num: int, text: str, at: str) -> None:
        """Show what the person said while the agent was working; an answer that was given before is none any more."""
        while self.message.parts and isinstance(self.message.parts[-1], DataPart):
            self.message.parts.pop()
        part = len(self.message.parts)
        self.message.parts.append(NotePart(text=text, at=at))
        told = NoteAdded(run_id=self.run_id, message_id=self.message.id, part=part, text=text, at=at)
        self.emit(told, derived_id(self.run_id, "note", num))

    def mark(self, part: SummaryPart) -> None:
        """Show at once that the oldest messages were summarised for this turn."""
        self.message.parts.append(part)
        self.emit(MessageEvent(message=self.message.wire()))

    def recalled(self, context: ContextPart) -> None:
        """Show what the agent was given to read. It stands first, and comes before the model says anything."""
        if put_first(self.message, context):
            self._calls = {key: place + 1 for key, place in self._calls.items()}
        items = [item.model_dump(mode="json") for item in context.items]
        self.emit(ContextRetrieved(message_id=self.message.id, items=items), derived_id(self.run_id, "context"))

    def emit(self, data: EventData, event_id: str | None = None) -> None:
        """Send an event after all deltas before it."""
        self._send_deltas()
        self._send(data, event_id)

    async def flush(self) -> None:
        """Wait until everything written so far is in the log. Raises what the log raised."""
        self._send_deltas()
        while self._sender:
            await asyncio.shield(self._sender)
        while self._on_their_way:
            self._arrived.clear()
            await self._arrived.wait()
        if failure := self._failure:
            self._failure = None
            raise failure

    def stop(self) -> None:
        """Drop what has not been sent (another worker writes this turn now)."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._pending.clear()
        self._outbox.clear()

    def _call(self, index: int) -> ToolCallPart:
        part = self.message.call(index)
        assert part is not None
        return part

    def _send_deltas(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        for index, texts in self._pending.items():
            text = "".join(texts)
            offset = self._offsets.get(index, 0)
            self._offsets[index] = offset + utf16_length(text)
            kind = ReasoningDelta if isinstance(self.message.parts[index], ReasoningPart) else TextDelta
            self._send(kind(message_id=self.message.id, part=index, offset=offset, text=text), None)
            self._gathering_until = asyncio.get_running_loop().time() + self._window_seconds
        self._pending.clear()

    def _send(self, data: EventData, event_id: str | None) -> None:
        """Hand it to the log at once, where it shares a commit with what else is handed over in this moment."""
        event = NewEvent(
            owner_id=self._owner_id,
            data=data,
            id=event_id or new_id(),
            session_id=self.message.chat_id,
            run_id=self.run_id,
            parent_run_id=self._parent_run_id,
            agent=self.message.agent,
        )
        if self._sender is None and self._log.offer([event], self._came, at_once=True):
            self._on_their_way += 1
            return
        self._outbox.append(event)
        if self._sender is None:
            self._sender = asyncio.create_task(self._pump())

    def _came(self, _appended: list[Appended], problem: Problem | None) -> None:
        self._on_their_way -= 1
        self._failure = self._failure or problem
        self._arrived.set()

    async def _pump(self) -> None:
        try:
            while self._outbox:
                batch, self._outbox = self._outbox, []
                await self._append(batch)
        finally:
            self._sender = None

    async def _append(self, batch: list[NewEvent]) -> None:
        while True:
            try:
                await self._log.append(*batch)
            except TooMany:  # the log is busy: our own team waits rather than loses events
                await asyncio.sleep(0.1)
            else:
                return


def ended_part(part: ToolCallPart, result: ToolResult, duration_ms: int) -> ToolCallPart:
    """The call with its result, as people see it."""
    ok = result.status == "ok"
    shown = result.text if len(result.text) <= PREVIEW_CHARS else result.text[: PREVIEW_CHARS - 1] + "…"
    return part.model_copy(
        update={
            "status": result.status,
            "result": shown if ok else None,
            "error": None if ok else shown,
            "duration_ms": duration_ms,
            "artifacts": list(result.artifacts),
            "child": result.child or (part.child if result.status == "cancelled" else None),
        }
    )
