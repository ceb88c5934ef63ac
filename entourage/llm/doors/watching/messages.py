"""Streams of Anthropic's Messages."""

from __future__ import annotations

import msgspec

from entourage.llm.doors.watching.watch import ABSENT, Watch, is_there, read_error
from entourage.llm.translate.errors import Dialect


class _MessagesInner(msgspec.Struct):
    usage: msgspec.Raw = ABSENT


class _MessagesBlock(msgspec.Struct):
    type: str = ""


class _MessagesEvent(msgspec.Struct):
    type: str = ""
    message: _MessagesInner | None = None
    usage: msgspec.Raw = ABSENT
    content_block: _MessagesBlock | None = None
    delta: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class MessagesWatch(Watch):
    """Events of Anthropic's Messages. Input is told at the start, output at the end; both may tell twice."""

    __slots__ = ()
    dialect: Dialect = "messages"
    _decode = staticmethod(msgspec.json.Decoder(_MessagesEvent).decode)
    _frame_letters = 31  # {"type":"text_delta","text":""}

    def event(self, payload: bytes) -> None:
        seen = self._decode(payload)
        match seen.type:
            case "content_block_delta":
                self.has_content = True
                self.pieces += 1
                self.letters += max(0, len(seen.delta) - self._frame_letters)
            case "content_block_start":
                if seen.content_block and seen.content_block.type.endswith("tool_use"):
                    self.has_content = self.has_tool = True
            case "message_start":
                if seen.message and is_there(seen.message.usage):
                    self.read(seen.message.usage)
            case "message_delta":
                self.has_content = True
                if is_there(seen.usage):
                    self.read(seen.usage)
            case "message_stop":
                self.has_content = self.is_over = True
            case "error":
                self.error = read_error(seen.error)
            case _:
                return
