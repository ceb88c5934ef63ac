"""An answer as it is kept, whole or as a stream, and made from the other when the other is asked for."""

from __future__ import annotations

import msgspec

from entourage.llm.money.call import Tokens
from entourage.llm.translate.errors import Dialect
from entourage.wire.sse import payload_of


class KeptAnswer(msgspec.Struct):
    """`stream` holds the usage that chat streams tell when asked to; `told_stream` gives it with or without."""

    provider_id: str | None
    provider_name: str
    provider_type: str
    model: str
    tokens: Tokens
    dialect: Dialect | None
    content_type: bytes = b"application/json"
    whole: bytes | None = None
    stream: bytes | None = None
    bare_stream: bytes | None = None

    @property
    def size_bytes(self) -> int:
        """What it takes in memory, nearly."""
        return 512 + len(self.whole or b"") + len(self.stream or b"") + len(self.bare_stream or b"")

    def told_whole(self) -> bytes:
        """The answer in one piece. Raises StreamBroken for a stream that was not whole."""
        if self.whole is None:
            from entourage.llm.translate.keeping import whole_of_stream

            assert self.stream is not None
            assert self.dialect
            self.whole = whole_of_stream(self.stream, self.dialect)
        return self.whole

    def told_stream(self, *, with_usage: bool) -> bytes:
        """The answer as the stream it would have been."""
        if self.stream is None:
            from entourage.llm.translate.keeping import replay_as_stream

            assert self.whole is not None
            assert self.dialect
            self.stream = replay_as_stream(self.whole, self.dialect)
        if with_usage or self.dialect != "chat":
            return self.stream
        if self.bare_stream is None:
            self.bare_stream = _without_usage(self.stream)
        return self.bare_stream


class _Event(msgspec.Struct):
    choices: list[msgspec.Raw] | None = None
    usage: dict[str, msgspec.Raw] | None = None


_decode = msgspec.json.Decoder(_Event).decode


def _without_usage(stream: bytes) -> bytes:
    separator = b"\r\n\r\n" if b"\r\n\r\n" in stream else b"\n\n"
    events = stream.split(separator)
    return separator.join(event for event in events if not _is_usage_only(payload_of(event)))


def _is_usage_only(payload: bytes) -> bool:
    if b'"usage"' not in payload:
        return False
    try:
        event = _decode(payload)
    except msgspec.DecodeError:
        return False
    return bool(event.usage) and not event.choices
