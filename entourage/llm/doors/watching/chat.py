"""Streams of OpenAI's chat completions."""

from __future__ import annotations

import msgspec

from entourage.llm.doors.watching.watch import ABSENT, DONE, Watch, is_there, read_error
from entourage.llm.translate.errors import Dialect


class _ChatChoice(msgspec.Struct):
    delta: msgspec.Raw = ABSENT
    finish_reason: str | None = None


class _ChatEvent(msgspec.Struct):
    choices: list[_ChatChoice] | None = None
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class _ChatDelta(msgspec.Struct):
    content: str | list[msgspec.Raw] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[msgspec.Raw] | None = None
    function_call: msgspec.Raw | None = None
    audio: msgspec.Raw | None = None

    @property
    def has_tool(self) -> bool:
        return bool(self.tool_calls) or self.function_call is not None

    @property
    def has_content(self) -> bool:
        said = self.content or self.reasoning_content or self.reasoning or self.refusal or self.audio
        return bool(said) or self.has_tool


class ChatWatch(Watch):
    """`chat.completion.chunk`s."""

    __slots__ = ()
    dialect: Dialect = "chat"
    _decode = staticmethod(msgspec.json.Decoder(_ChatEvent).decode)
    _decode_delta = staticmethod(msgspec.json.Decoder(_ChatDelta).decode)
    _frame_letters = 14  # {"content":""}

    def event(self, payload: bytes) -> None:
        if payload == DONE:
            self.is_over, self.is_usage_only = True, False
            return
        seen = self._decode(payload)
        if is_there(seen.error):
            self.error = read_error(seen.error)
        has_usage = is_there(seen.usage)
        if has_usage:
            self.read(seen.usage)
        self.is_usage_only = has_usage and not seen.choices
        for choice in seen.choices or ():
            if choice.finish_reason:
                self.has_content = self.is_over = True
            self._piece(choice.delta)

    def _piece(self, raw: msgspec.Raw) -> None:
        size = len(raw)
        if not self.has_content or not self.has_tool:
            if not size:
                return
            delta = self._decode_delta(raw)
            self.has_tool = self.has_tool or delta.has_tool
            if not delta.has_content:
                return
            self.has_content = True
        if size > self._frame_letters:
            self.pieces += 1
            self.letters += size - self._frame_letters
