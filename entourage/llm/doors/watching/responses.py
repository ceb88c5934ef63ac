"""Streams of OpenAI's Responses."""

from __future__ import annotations

import msgspec

from entourage.llm.doors.watching.watch import ABSENT, DONE, ToldError, Watch, is_there, read_error
from entourage.llm.translate.errors import Dialect


class _ResponsesItem(msgspec.Struct):
    type: str = ""


class _ResponsesEvent(msgspec.Struct):
    type: str = ""
    response: msgspec.Raw = ABSENT
    item: _ResponsesItem | None = None
    delta: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class _Response(msgspec.Struct):
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


_decode_response = msgspec.json.Decoder(_Response).decode


class ResponsesWatch(Watch):
    """Events of OpenAI's Responses."""

    __slots__ = ()
    dialect: Dialect = "responses"
    _decode = staticmethod(msgspec.json.Decoder(_ResponsesEvent).decode)
    _silent = frozenset({"response.created", "response.in_progress", "response.queued", "keepalive", ""})
    _last = frozenset({"response.completed", "response.incomplete"})

    def event(self, payload: bytes) -> None:
        if payload == DONE:
            return
        seen = self._decode(payload)
        if seen.type in self._silent:
            return
        if seen.type == "error":
            self.error = read_error(seen.error if is_there(seen.error) else payload)
        elif seen.type == "response.failed":
            self._end(seen.response)
            self.error = self.error or ToldError("upstream", "the provider's response failed")
        elif seen.type in self._last:
            self.has_content = self.is_over = True
            self._end(seen.response)
        else:
            self._content(seen)

    def _content(self, seen: _ResponsesEvent) -> None:
        self.has_content = True
        if seen.item and seen.item.type.endswith("_call"):
            self.has_tool = True
        if size := len(seen.delta):
            self.pieces += 1
            self.letters += size - 2

    def _end(self, raw: msgspec.Raw) -> None:
        if not is_there(raw):
            return
        response = _decode_response(raw)
        if is_there(response.usage):
            self.read(response.usage)
        if is_there(response.error):
            self.error = read_error(response.error)
