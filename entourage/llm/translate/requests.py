"""Requests from one dialect to another."""

from __future__ import annotations

from typing import Any

import msgspec

from entourage.llm.translate.chat.requests import read_request as read_chat
from entourage.llm.translate.chat.writing import write_request as write_chat
from entourage.llm.translate.errors import Dialect
from entourage.llm.translate.messages.requests import read_request as read_messages
from entourage.llm.translate.messages.writing import write_request as write_messages
from entourage.llm.translate.neutral import Part, Request, Result, Thinking
from entourage.llm.translate.reading import read, refuse_if
from entourage.llm.translate.responses.requests import read_request as read_responses
from entourage.llm.translate.responses.writing import write_request as write_responses

_READ = {"chat": read_chat, "messages": read_messages, "responses": read_responses}
_WRITE = {"chat": write_chat, "messages": write_messages, "responses": write_responses}


def translate_request(
    body: bytes, source: Dialect, target: Dialect, model: str, *, only_official: bool = False
) -> bytes:
    """`body` in the provider's dialect, asking for `model`. Between equal dialects only the model is exchanged.

    `only_official`: the provider refuses what OpenAI's documents do not name (cache_control, the reasoning of others),
    so it is left out. Raises Untranslatable.
    """
    if source == target:
        return msgspec.json.encode(read(body, dict[str, Any]) | {"model": model})
    request = _READ[source](body)
    if only_official and target != "messages":
        _strip(request, keeps_seals=target == "responses")
    return _WRITE[target](request, model)


def read_request(body: bytes, source: Dialect) -> Request:
    """The neutral form of a request. Raises Untranslatable."""
    return _READ[source](body)


def write_request(request: Request, target: Dialect, model: str) -> bytes:
    """The body that asks `model` this. Raises Untranslatable."""
    return _WRITE[target](request, model)


def _strip(request: Request, *, keeps_seals: bool) -> None:
    refuse_if(request.top_k is not None, "top_k", "the provider knows no top_k")
    request.cache = None
    for text in request.system:
        text.cache = None
    for tool in request.tools:
        tool.cache = None
    for message in request.messages:
        message.parts = [part for part in message.parts if _is_official(part, keeps_seals=keeps_seals)]
        for part in message.parts:
            _forget_cache(part)


def _is_official(part: Part, *, keeps_seals: bool) -> bool:
    if not isinstance(part, Thinking):
        return True
    return keeps_seals and part.seal is not None and part.seal.origin == "openai"


def _forget_cache(part: Part) -> None:
    if isinstance(part, Result):
        for shown in part.parts:
            shown.cache = None
    if not isinstance(part, Thinking):
        part.cache = None
