"""Streamed Responses, read."""

from __future__ import annotations

from typing import Any

import msgspec

from entourage.llm.translate.chat.stream import told_error
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.neutral import bare_id
from entourage.llm.translate.responses.reply import Item, Response, stop_reason
from entourage.llm.translate.responses.seals import seal_of
from entourage.llm.translate.sink import Sink


class Event(msgspec.Struct):
    """Any event of a Responses stream, as far as others have words for it."""

    type: str
    output_index: int = 0
    summary_index: int = 0
    delta: Any = None
    item: Item | None = None
    response: Response | None = None
    error: Any = None
    code: str | None = None
    message: str | None = None


_decode = msgspec.json.Decoder(Event).decode
_BEGINNINGS = {"response.created", "response.queued", "error", "response.failed"}


class ResponsesReader:
    """Tells a sink what a Responses stream says."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._has_started = False
        self._is_finished = False
        self._argued: set[int] = set()
        self.has_content = False
        self.is_whole = False

    def event(self, data: bytes) -> None:
        """Raises StreamBroken where the upstream tells of an error, msgspec's errors for what cannot be read."""
        if data == b"[DONE]":
            return
        event = _decode(data)
        if not self._has_started and event.type not in _BEGINNINGS:
            raise StreamBroken("The stream does not begin with response.created.")
        if isinstance(event.delta, str):
            self._delta(event, event.delta)
        elif event.type in {"error", "response.failed"}:
            failed = event.response.error if event.response else None
            raise told_error(event.error or failed or {"code": event.code, "message": event.message})
        else:
            self._frame(event)

    def _frame(self, event: Event) -> None:
        match event.type:
            case "response.created":
                self._start(event.response or Response())
            case "response.output_item.added":
                self._opened(event)
            case "response.output_item.done":
                self._closed(event)
            case "response.reasoning_summary_part.added":
                if event.summary_index:
                    self._sink.thinking("\n\n")
            case "response.completed" | "response.incomplete":
                self._end(event.response or Response())
            case _:
                return

    def finish(self) -> None:
        """The stream is over; once."""
        if not self._is_finished:
            self._is_finished = True
            self._sink.finish()

    def _start(self, response: Response) -> None:
        self._has_started = True
        self._sink.start(bare_id(response.id), int(response.created_at) if response.created_at else None)

    def _delta(self, event: Event, delta: str) -> None:
        self.has_content = True
        match event.type:
            case "response.output_text.delta":
                self._sink.text(delta)
            case "response.function_call_arguments.delta":
                self._argued.add(event.output_index)
                self._sink.arguments(event.output_index, delta)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self._sink.thinking(delta)
            case "response.refusal.delta":
                self._sink.refusal(delta)
            case _:
                return

    def _opened(self, event: Event) -> None:
        if event.item and event.item.type == "function_call":
            self.has_content = True
            self._sink.call(event.output_index, event.item.call_id or "", event.item.name or "")

    def _closed(self, event: Event) -> None:
        item = event.item
        if item is None:
            return
        if item.type == "function_call" and event.output_index not in self._argued:
            self._sink.arguments(event.output_index, item.arguments or "{}")
        seal, is_redacted = seal_of(item.encrypted_content, item.id)
        if item.type == "reasoning" and seal:
            self.has_content = True
            self._sink.seal(seal, is_redacted=is_redacted)

    def _end(self, response: Response) -> None:
        self.is_whole = True
        if response.usage:
            self._sink.spent(response.usage.spent())
        self._sink.stop(stop_reason(response))
        self.finish()
