"""Answers kept in the cache: a whole one replayed as the stream it would have been, a streamed one kept as a whole."""

from __future__ import annotations

import msgspec

from entourage.llm.translate.chat import keeping as chat
from entourage.llm.translate.errors import UNREADABLE, Dialect, StreamBroken
from entourage.llm.translate.messages import keeping as messages
from entourage.llm.translate.neutral import Json
from entourage.llm.translate.responses import keeping as responses
from entourage.llm.translate.sse import Events

_REPLAY = {"messages": messages.replay, "responses": responses.replay}
_WHOLE = {"chat": chat.whole, "messages": messages.whole, "responses": responses.whole}


def replay_as_stream(body: bytes, dialect: Dialect, *, include_usage: bool = True) -> bytes:
    """The events of a whole answer, with every field it has; all its text in one delta."""
    reply: Json = msgspec.json.decode(body)
    return chat.replay(reply, include_usage=include_usage) if dialect == "chat" else _REPLAY[dialect](reply)


def whole_of_stream(data: bytes, dialect: Dialect) -> bytes:
    """The answer a stream was. Raises StreamBroken when it was not whole or told of an error."""
    try:
        payloads = [payload for payload in Events().feed(data + b"\n\n") if payload != b"[DONE]"]
        events: list[Json] = [msgspec.json.decode(payload) for payload in payloads]
        return msgspec.json.encode(_WHOLE[dialect](events))
    except (*UNREADABLE, TypeError, AttributeError) as error:
        raise StreamBroken(f"The stream cannot be read: {error}.") from None
