"""Streamed Anthropic messages, read and written."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from entourage.llm.translate.chat.stream import told_error
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.messages.reply import REASONS, STOPS, Block, Usage, usage_of
from entourage.llm.translate.messages.seals import seal_of, signature_of
from entourage.llm.translate.neutral import Call, Json, Ran, Seal, Spent, Spoken, StopReason, Text, bare_id
from entourage.llm.translate.ran import line_of_beginning, line_of_end
from entourage.llm.translate.sink import Sink, stop_of


class Delta(msgspec.Struct):
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None


class Start(msgspec.Struct):
    id: str
    usage: Usage | None = None


class Event(msgspec.Struct):
    type: str
    index: int = 0
    message: Start | None = None
    content_block: Block | None = None
    delta: Delta | None = None
    usage: Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(Event).decode
_encode = msgspec.json.encode


class MessagesReader:
    """Tells a sink what a messages stream says."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._open_call: int | None = None
        self._has_started = False
        self._is_finished = False
        self.has_content = False
        self.is_whole = False

    def event(self, data: bytes) -> None:
        """Raises StreamBroken where the upstream tells of an error, msgspec's errors for what cannot be read."""
        event = _decode(data)
        if not self._has_started and event.type not in {"message_start", "ping", "error"}:
            raise StreamBroken("The stream does not begin with message_start.")
        if event.type == "content_block_delta" and event.delta:
            self._delta(event.index, event.delta)
        else:
            self._frame(event)

    def finish(self) -> None:
        """The stream is over; once."""
        if not self._is_finished:
            self._is_finished = True
            self._sink.finish()

    def _frame(self, event: Event) -> None:
        match event.type:
            case "content_block_start" if event.content_block:
                self._open(event.index, event.content_block)
            case "content_block_stop":
                self._close()
            case "message_start":
                self._start(event.message)
            case "message_delta":
                self._end(event)
            case "message_stop":
                self.is_whole = True
                self.finish()
            case "error":
                raise told_error(event.error)
            case _:
                return

    def _start(self, message: Start | None) -> None:
        self._has_started = True
        self._sink.start(bare_id(message.id if message else ""), None)
        if message and message.usage:
            self._sink.spent(message.usage.spent())

    def _open(self, index: int, block: Block) -> None:
        match block.type:
            case "tool_use":
                self.has_content = True
                self._open_call = index
                self._sink.call(index, block.id or "", block.name or "")
                if block.input:
                    self._argue(index, msgspec.json.encode(block.input).decode())
            case "redacted_thinking":
                if seal := seal_of(block.data or ""):
                    self.has_content = True
                    self._sink.seal(seal, is_redacted=True)
            case "text":
                if block.text:
                    self._sink.text(block.text)
            case _:
                return

    def _close(self) -> None:
        """A call without arguments streams none."""
        if self._open_call is not None:
            self._argue(self._open_call, "{}")

    def _argue(self, index: int, text: str) -> None:
        self._open_call = None
        self._sink.arguments(index, text)

    def _delta(self, index: int, delta: Delta) -> None:
        self.has_content = True
        if delta.text:
            self._sink.text(delta.text)
        elif delta.partial_json:
            self._argue(index, delta.partial_json)
        elif delta.thinking:
            self._sink.thinking(delta.thinking)
        elif delta.signature and (seal := seal_of(delta.signature)):
            self._sink.seal(seal)

    def _end(self, event: Event) -> None:
        if event.usage:
            self._sink.spent(event.usage.spent())
        if event.delta and event.delta.stop_reason:
            self.is_whole = True
            self._sink.stop(STOPS.get(event.delta.stop_reason, "end"), event.delta.stop_sequence)


_Kind: TypeAlias = Literal["text", "thinking", "call"]


class MessagesWriter:
    """A sink that writes Anthropic's events: one content block after another."""

    def __init__(self, model: str) -> None:
        self.out: list[bytes] = []
        self._model = model
        self._open: _Kind | None = None
        self._index = -1
        self._delta = b""
        self._calls: dict[int | str, int] = {}
        self._parts: list[Spoken] = []
        self._spent = Spent()
        self._stop: tuple[StopReason, str | None] = ("end", None)

    def start(self, answer_id: str, created: int | None) -> None:
        message: Json = {"id": f"msg_{answer_id}", "type": "message", "role": "assistant", "model": self._model}
        message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage_of(self._spent)}
        message |= {"stop_details": None, "container": None}
        self._event("message_start", {"message": message})

    def thinking(self, delta: str) -> None:
        self._need("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        self._append(b'thinking_delta","thinking":', delta)

    def seal(self, seal: Seal, *, is_redacted: bool = False) -> None:
        if is_redacted:
            self._close()
            self._begin({"type": "redacted_thinking", "data": signature_of(seal)})
        else:
            self._need("thinking", {"type": "thinking", "thinking": "", "signature": ""})
            self._append(b'signature_delta","signature":', signature_of(seal))
        self._close(force=True)

    def text(self, delta: str) -> None:
        if self._open != "text":
            self._need("text", {"type": "text", "text": "", "citations": None})
        self.out.append(self._delta + b'text_delta","text":' + _encode(delta) + b"}}\n\n")

    def refusal(self, delta: str) -> None:
        """Words like any other, ended by the stop reason `refusal`."""
        self._parts.append(Text("", is_refusal=True))
        self.text(delta)

    def call(self, key: int | str, call_id: str, name: str) -> None:
        self._close()
        self._begin({"type": "tool_use", "id": call_id, "name": name, "input": {}, "caller": {"type": "direct"}})
        self._open = "call"
        self._calls[key] = self._index
        self._parts.append(Call(call_id, name, ""))

    def arguments(self, key: int | str, delta: str) -> None:
        start = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,' % self._calls[key]
        self.out.append(start + b'"delta":{"type":"input_json_delta","partial_json":' + _encode(delta) + b"}}\n\n")

    def began(self, call: Ran) -> None:
        self.thinking(line_of_beginning(call))

    def ran(self, call: Ran) -> None:
        self.thinking(line_of_end(call))

    def spent(self, spent: Spent) -> None:
        self._spent.raise_to(spent)

    def stop(self, reason: StopReason, sequence: str | None = None) -> None:
        self._stop = (reason, sequence)

    def finish(self) -> None:
        self._close()
        reason = REASONS[stop_of(self._stop[0], self._parts)]
        delta = {"stop_reason": reason, "stop_sequence": self._stop[1]}
        self._event("message_delta", {"delta": delta, "usage": usage_of(self._spent)})
        self._event("message_stop", {})

    def _need(self, kind: _Kind, block: Json) -> None:
        if self._open != kind:
            self._close()
            self._begin(block)
            self._open = kind

    def _begin(self, block: Json) -> None:
        self._index += 1
        start = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":{"type":"'
        self._delta = start % self._index
        self._event("content_block_start", {"index": self._index, "content_block": block})

    def _close(self, *, force: bool = False) -> None:
        if self._open or force:
            self._event("content_block_stop", {"index": self._index})
        self._open = None

    def _append(self, kind: bytes, delta: str) -> None:
        self.out.append(self._delta + kind + _encode(delta) + b"}}\n\n")

    def _event(self, kind: str, fields: Json) -> None:
        self.out.append(b"event: %b\ndata: " % kind.encode() + _encode({"type": kind} | fields) + b"\n\n")
