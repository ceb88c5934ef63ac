"""Streamed Responses, written."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from entourage.llm.translate.neutral import Call, Json, Ran, Reply, Seal, Spent, StopReason, Text, Thinking
from entourage.llm.translate.responses.namespaces import told_name
from entourage.llm.translate.responses.reply import item_of, output_of, piece_of, ran_item, response_of, usage_of
from entourage.llm.translate.sink import Gathered, stop_of

_encode = msgspec.json.encode
_Kind: TypeAlias = Literal["text", "refusal", "thinking", "call"]


class ResponsesWriter:
    """A sink that writes Responses events: one output item after another, the whole response at the end."""

    def __init__(self, model: str) -> None:
        self.out: list[bytes] = []
        self._model = model
        self._sequence = 0
        self._open: _Kind | None = None
        self._index = -1
        self._piece = -1
        self._item_id = ""
        self._gathered = Gathered()
        self._places: dict[int | str, tuple[int, str]] = {}
        self._running: dict[str, Json] = {}

    @property
    def _reply(self) -> Reply:
        return self._gathered.reply

    def start(self, answer_id: str, created: int | None) -> None:
        self._gathered.start(answer_id, created)
        response = response_of(self._reply, self._model, [], usage=None)
        self._event("response.created", {"response": response})
        self._event("response.in_progress", {"response": response})

    def thinking(self, delta: str) -> None:
        if self._open != "thinking":
            self._begin_thought()
            place = {"item_id": self._item_id, "output_index": self._index, "summary_index": 0}
            empty = {"type": "summary_text", "text": ""}
            self._event("response.reasoning_summary_part.added", place | {"part": empty})
        self._gathered.thinking(delta)
        self._delta(b"response.reasoning_summary_text.delta", b'"summary_index":0,', delta)

    def seal(self, seal: Seal, *, is_redacted: bool = False) -> None:
        if self._open != "thinking" or is_redacted:
            self._begin_thought()
        self._gathered.seal(seal, is_redacted=is_redacted)
        self._close()

    def text(self, delta: str) -> None:
        if self._open != "text":
            self._begin_piece("text")
        self._gathered.text(delta)
        self._delta(b"response.output_text.delta", b'"content_index":%d,"logprobs":[],' % self._piece, delta)

    def refusal(self, delta: str) -> None:
        if self._open != "refusal":
            self._begin_piece("refusal")
        self._gathered.refusal(delta)
        self._delta(b"response.refusal.delta", b'"content_index":%d,' % self._piece, delta)

    def call(self, key: int | str, call_id: str, name: str) -> None:
        self._close()
        self._gathered.call(key, call_id, name)
        opened = {"type": "function_call", "status": "in_progress", "call_id": call_id}
        self._begin("fc", opened | told_name(name), "call")
        self._places[key] = (self._index, self._item_id)

    def arguments(self, key: int | str, delta: str) -> None:
        self._gathered.arguments(key, delta)
        self._delta(b"response.function_call_arguments.delta", b"", delta, self._places[key])

    def began(self, call: Ran) -> None:
        self._close()
        self._gathered.began(call)
        self._index += 1
        place = self._running[call.id] = {"item_id": f"mcp_{self._reply.id}_{self._index}", "output_index": self._index}
        item = ran_item(call, place["item_id"]) | {"arguments": ""}
        self._event("response.output_item.added", {"output_index": self._index, "item": item})
        self._event("response.mcp_call.in_progress", place)
        self._event("response.mcp_call_arguments.delta", place | {"delta": call.arguments})
        self._event("response.mcp_call_arguments.done", place | {"arguments": call.arguments})

    def ran(self, call: Ran) -> None:
        self._gathered.ran(call)
        place = self._running.pop(call.id)
        item = ran_item(call, place["item_id"])
        self._event(f"response.mcp_call.{item['status']}", place)
        self._event("response.output_item.done", {"output_index": place["output_index"], "item": item})

    def spent(self, spent: Spent) -> None:
        self._gathered.spent(spent)

    def stop(self, reason: StopReason, sequence: str | None = None) -> None:
        self._gathered.stop(reason, sequence)

    def finish(self) -> None:
        self._close()
        reply = self._reply
        reply.stop = stop_of(reply.stop, reply.parts)
        response = response_of(reply, self._model, output_of(reply), usage=usage_of(reply.spent))
        self._event(f"response.{response['status']}", {"response": response})

    def _begin_thought(self) -> None:
        self._close()
        self._begin("rs", {"type": "reasoning", "summary": [], "encrypted_content": None}, "thinking")

    def _begin_piece(self, kind: Literal["text", "refusal"]) -> None:
        """A part of the message that is open, or of a new one."""
        if self._open in {"text", "refusal"}:
            self._close_piece()
            self._piece += 1
        else:
            self._close()
            self._begin("msg", {"type": "message", "status": "in_progress", "role": "assistant", "content": []}, kind)
            self._piece = 0
        self._open = kind
        part = piece_of(Text("", is_refusal=kind == "refusal"))
        self._event("response.content_part.added", self._place() | {"part": part})

    def _begin(self, prefix: str, item: Json, kind: _Kind) -> None:
        self._index += 1
        self._item_id = f"{prefix}_{self._reply.id}_{self._index}"
        opened = {"id": self._item_id} | item | ({"arguments": ""} if kind == "call" else {})
        self._event("response.output_item.added", {"output_index": self._index, "item": opened})
        self._open = kind

    def _close(self) -> None:
        """What is open ends: its parts, then the item itself as it will stand in the response."""
        if self._open is None:
            return
        last = self._reply.parts[-1]
        match last:
            case Text():
                self._close_piece()
            case Thinking():
                self._close_thought(last)
            case Call():
                self._close_call(last)
            case Ran():  # never open: it has its own end
                return
        item = output_of(self._reply)[-1] if isinstance(last, Text) else item_of(last, self._reply.id, self._index)
        self._event("response.output_item.done", {"output_index": self._index, "item": item})
        self._open = None

    def _close_piece(self) -> None:
        last = self._reply.parts[-1]
        assert isinstance(last, Text)
        place = self._place()
        if last.is_refusal:
            self._event("response.refusal.done", place | {"refusal": last.text})
        else:
            self._event("response.output_text.done", place | {"text": last.text, "logprobs": []})
        self._event("response.content_part.done", place | {"part": piece_of(last)})

    def _close_thought(self, thought: Thinking) -> None:
        if thought.text:
            place = {"item_id": self._item_id, "output_index": self._index, "summary_index": 0}
            self._event("response.reasoning_summary_text.done", place | {"text": thought.text})
            part = {"type": "summary_text", "text": thought.text}
            self._event("response.reasoning_summary_part.done", place | {"part": part})

    def _close_call(self, call: Call) -> None:
        fields = {"item_id": self._item_id, "output_index": self._index, **told_name(call.name)}
        self._event("response.function_call_arguments.done", fields | {"arguments": call.arguments})

    def _place(self) -> Json:
        return {"item_id": self._item_id, "output_index": self._index, "content_index": self._piece}

    def _delta(self, kind: bytes, more: bytes, delta: str, place: tuple[int, str] | None = None) -> None:
        index, item_id = place or (self._index, self._item_id)
        self.out.append(
            b'event: %b\ndata: {"type":"%b","sequence_number":%d,"item_id":%b,"output_index":%d,%b"delta":%b}\n\n'
            % (kind, kind, self._sequence, _encode(item_id), index, more, _encode(delta))
        )
        self._sequence += 1

    def _event(self, kind: str, fields: Json) -> None:
        body = {"type": kind, "sequence_number": self._sequence} | fields
        self._sequence += 1
        self.out.append(b"event: " + kind.encode() + b"\ndata: " + _encode(body) + b"\n\n")
