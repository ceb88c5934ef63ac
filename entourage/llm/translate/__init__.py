"""Between the dialects: OpenAI chat completions, OpenAI Responses and Anthropic messages. Pure, no I/O.

Used only where a provider lacks the caller's dialect; elsewhere bytes pass through untouched. Each dialect is read into
one neutral form and written from it (`neutral.py`), so three readers and three writers make six translations.
"""

from __future__ import annotations

from entourage.llm.translate.errors import (
    Dialect,
    ErrorKind,
    StreamBroken,
    Untranslatable,
    error_body,
    error_event,
    kind_of_status,
    kind_of_words,
)
from entourage.llm.translate.keeping import replay_as_stream, whole_of_stream
from entourage.llm.translate.replies import translate_reply
from entourage.llm.translate.requests import translate_request
from entourage.llm.translate.streams import StreamTranslator, stream_translator

__all__ = [
    "Dialect",
    "ErrorKind",
    "StreamBroken",
    "StreamTranslator",
    "Untranslatable",
    "error_body",
    "error_event",
    "kind_of_status",
    "kind_of_words",
    "replay_as_stream",
    "stream_translator",
    "translate_reply",
    "translate_request",
    "whole_of_stream",
]
