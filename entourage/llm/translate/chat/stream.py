"""Streamed chat completions, read and written."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from entourage.llm.translate.chat.reasoning import details_of, thinking_of
from entourage.llm.translate.chat.reply import EXTENSION, STOPS, Said, ToolCall, Usage, entry_of, finish_of, usage_of
from entourage.llm.translate.errors import StreamBroken, kind_of_words
from entourage.llm.translate.neutral import Call, Json, Ran, Reply, Seal, Spent, StopReason, Text, Thinking, bare_id
from entourage.llm.translate.ran import line_of_beginning, line_of_end
from entourage.llm.translate.sink import Sink, now_seconds, stop_of


class ChunkChoice(msgspec.Struct):
    delta: Said = msgspec.field(default_factory=Said)
    finish_reason: str | None = None


class Chunk(msgspec.Struct):
    id: str = ""
    created: int | None = None
    choices: list[ChunkChoice] = []
    usage: Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(Chunk).decode
_encode = msgspec.json.encode


def told_error(error: object) -> StreamBroken:
    """An error an upstream put into its stream."""
    fields = cast("Json", error) if isinstance(error, dict) else {"message": str(error)}
    words = [str(fields.get(name) or "") for name in ("code", "type")]
    kind = kind_of_words(words[0]) or kind_of_words(words[1]) or "upstream"
    return StreamBroken(str(fields.get("message") or "The provider told of an error."), kind=kind, told=True)


class ChatReader:
    """Tells a sink what a chat stream says."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._has_started = False
        self._is_finished = False
        self._calls: dict[int | str, bool] = {}
        self._last: int | str = 0
        self.has_content = False
        self.is_whole = False

    def event(self, data: bytes) -> None:
        """Raises StreamBroken where the upstream tells of an error, msgspec's errors for what cannot be read."""
        if data == b"[DONE]":
            self.is_whole = True
            self.finish()
            return
        chunk = _decode(data)
        if chunk.error is not None:
            raise told_error(chunk.error)
        if not self._has_started:
            self._has_started = True
            self._sink.start(bare_id(chunk.id), chunk.created)
        if chunk.choices:
            self._choice(chunk.choices[0])
        if chunk.usage is not None:
            self._sink.spent(chunk.usage.spent())

    def finish(self) -> None:
        """The stream is over; once."""
        if self._is_finished:
            return
        self._is_finished = True
        for key, has_arguments in self._calls.items():
            if not has_arguments:
                self._sink.arguments(key, "{}")
        self._sink.finish()

    def _choice(self, choice: ChunkChoice) -> None:
        delta = choice.delta
        if delta.reasoning_content or delta.reasoning or delta.reasoning_details:
            self._think(delta)
        if content := delta.content:
            self.has_content = True
            self._sink.text(content)
        if delta.refusal:
            self.has_content = True
            self._sink.refusal(delta.refusal)
        if delta.tool_calls:
            self.has_content = True
            for call in delta.tool_calls:
                self._call(call)
        if choice.finish_reason:
            self.is_whole = True
            self._sink.stop(STOPS.get(choice.finish_reason, "end"))

    def _think(self, delta: Said) -> None:
        self.has_content = True
        if words := delta.reasoning_content or delta.reasoning:
            self._sink.thinking(words)
        for thought in thinking_of(delta.reasoning_details, None):
            if thought.seal:
                self._sink.seal(thought.seal, is_redacted=thought.is_redacted)

    def _call(self, call: ToolCall) -> None:
        """A call is known by its index; by its id at servers that leave the index out."""
        key = call.index if call.index is not None else call.id if call.id is not None else self._last
        self._last = key
        if key not in self._calls:
            self._calls[key] = False
            name = call.function.name if call.function else None
            self._sink.call(key, call.id or f"call_{len(self._calls) - 1}", name or "")
        if call.function and (text := call.function.text()):
            self._calls[key] = True
            self._sink.arguments(key, text)


class ChatWriter:
    """A sink that writes chat chunks."""

    def __init__(self, model: str, *, include_usage: bool) -> None:
        self.out: list[bytes] = []
        self._model = model
        self._include_usage = include_usage
        self._indexes: dict[int | str, int] = {}
        self._ran: dict[str, int] = {}
        self._reply = Reply("", 0, [])
        self._thought: list[str] = []
        self._thoughts = 0
        self._base = self._head = self._tail = b""

    def start(self, answer_id: str, created: int | None) -> None:
        head = {
            "id": f"chatcmpl-{answer_id}",
            "object": "chat.completion.chunk",
            "created": created or now_seconds(),
            "model": self._model,
        }
        self._base = b"data: " + _encode(head)[:-1]
        usage = b',"usage":null' if self._include_usage else b""
        self._head = self._base + b',"choices":[{"index":0,"delta":{'
        self._tail = b'},"logprobs":null,"finish_reason":null}]' + usage + b"}\n\n"
        self.out.append(self._head + b'"role":"assistant","content":"","refusal":null' + self._tail)

    def thinking(self, delta: str) -> None:
        self._thought.append(delta)
        self.out.append(self._head + b'"reasoning_content":' + _encode(delta) + self._tail)

    def seal(self, seal: Seal, *, is_redacted: bool = False) -> None:
        thought = Thinking("".join(self._thought), seal, is_redacted=is_redacted)
        self._thought.clear()
        details = details_of(thought, self._thoughts)
        self._thoughts += 1
        self.out.append(self._head + b'"reasoning_details":' + _encode(details) + self._tail)

    def text(self, delta: str) -> None:
        self.out.append(self._head + b'"content":' + _encode(delta) + self._tail)

    def refusal(self, delta: str) -> None:
        self._reply.parts.append(Text("", is_refusal=True))
        self.out.append(self._head + b'"refusal":' + _encode(delta) + self._tail)

    def call(self, key: int | str, call_id: str, name: str) -> None:
        index = self._indexes[key] = len(self._indexes)
        self._reply.parts.append(Call(call_id, name, ""))
        opened = {"index": index, "id": call_id, "type": "function", "function": {"name": name, "arguments": ""}}
        self.out.append(self._head + b'"tool_calls":' + _encode([opened]) + self._tail)

    def arguments(self, key: int | str, delta: str) -> None:
        start = self._head + b'"tool_calls":[{"index":%d,"function":{"arguments":' % self._indexes[key]
        self.out.append(start + _encode(delta) + b"}}]" + self._tail)

    def began(self, call: Ran) -> None:
        self._ran[call.id] = len(self._ran)
        self._tell(line_of_beginning(call), entry_of(call, self._ran[call.id]))

    def ran(self, call: Ran) -> None:
        ended = {"index": self._ran[call.id], "output": call.output, "error": call.error}
        self._tell(line_of_end(call), ended)

    def _tell(self, line: str, entry: Json) -> None:
        told = _encode({"reasoning_content": line, EXTENSION: {"tool_calls": [entry]}})
        self.out.append(self._head + told[1:-1] + self._tail)

    def spent(self, spent: Spent) -> None:
        self._reply.spent.raise_to(spent)

    def stop(self, reason: StopReason, sequence: str | None = None) -> None:
        self._reply.stop = reason

    def finish(self) -> None:
        self._reply.stop = stop_of(self._reply.stop, self._reply.parts)
        choice: Json = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": finish_of(self._reply)}
        usage = b',"usage":null' if self._include_usage else b""
        self.out.append(self._base + b',"choices":' + _encode([choice]) + usage + b"}\n\n")
        if self._include_usage:
            told = _encode(usage_of(self._reply.spent))
            self.out.append(self._base + b',"choices":[],"usage":' + told + b"}\n\n")
        self.out.append(b"data: [DONE]\n\n")
