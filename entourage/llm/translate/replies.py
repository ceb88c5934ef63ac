"""Whole answers from one dialect to another."""

from __future__ import annotations

from entourage.llm.translate.chat.reply import read_reply as read_chat
from entourage.llm.translate.chat.reply import write_reply as write_chat
from entourage.llm.translate.errors import UNREADABLE, Dialect, StreamBroken, Untranslatable
from entourage.llm.translate.messages.reply import read_reply as read_messages
from entourage.llm.translate.messages.reply import write_reply as write_messages
from entourage.llm.translate.neutral import Reply
from entourage.llm.translate.responses.reply import read_reply as read_responses
from entourage.llm.translate.responses.reply import write_reply as write_responses

_READ = {"chat": read_chat, "messages": read_messages, "responses": read_responses}
_WRITE = {"chat": write_chat, "messages": write_messages, "responses": write_responses}


def translate_reply(body: bytes, source: Dialect, target: Dialect, model: str) -> bytes:
    """What the provider said in `source`, in the caller's `target`, as an answer of `model`.

    Between equal dialects it comes back as it is. Raises StreamBroken when it cannot be read.
    """
    if source == target:
        return body
    return write_reply(read_reply(body, source), target, model)


def read_reply(body: bytes, source: Dialect) -> Reply:
    """The neutral form of an answer. Raises StreamBroken."""
    try:
        return _READ[source](body)
    except UNREADABLE as error:
        raise StreamBroken(f"The answer cannot be read: {error}.") from None


def write_reply(reply: Reply, target: Dialect, model: str) -> bytes:
    """An answer of `model` in the caller's dialect. Raises StreamBroken for arguments that are no JSON."""
    try:
        return _WRITE[target](reply, model)
    except Untranslatable as error:
        raise StreamBroken(f"The answer cannot be read: {error}.") from None
