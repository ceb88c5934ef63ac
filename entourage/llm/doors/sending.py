"""The request as it goes to a provider: the caller's own bytes, or their translation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.kit.errors import BadRequest
from entourage.llm.doors.rewriting import with_model, with_usage_asked
from entourage.llm.routing.failure import Failed
from entourage.llm.translate.errors import Untranslatable

if TYPE_CHECKING:
    from entourage.llm.doors.ask import Ask
    from entourage.llm.routing.upstream import Head, Upstream
    from entourage.llm.translate.errors import Dialect

_STRICT_TYPES = frozenset({"openai", "azure", "groq", "mistral", "xai"})
"""They refuse fields that OpenAI does not document."""

_JSON_LINES = b"content-type: application/json\r\naccept: */*\r\n"


def request_to(ask: Ask, upstream: Upstream) -> tuple[Head, bytes]:
    """Where it goes and all of its bytes. Raises Failed when this provider cannot take it, BadRequest."""
    spec = ask.spec
    if upstream.speaks(spec.dialect):
        head = upstream.head(spec.dialect, spec.path)
        lines = ask.asked.lines
        if head.version and b"anthropic-version" not in ask.asked.read:
            lines += head.version
        return head, _joined(head, ask.exchange.query, lines, _own_body(ask, upstream))
    if not spec.translates:
        raise _not_offered(ask, upstream)
    dialects = upstream.target.kind.dialects
    if not dialects:
        raise _not_offered(ask, upstream)
    head = upstream.head(dialects[0])
    return head, _joined(head, b"", _JSON_LINES + head.version, _translated(ask, head.dialect, upstream))


def chat_body(ask: Ask, upstream: Upstream) -> bytes:
    """The request as a chat completion, for providers that are not asked over our wire. Raises Failed."""
    if ask.spec.dialect == "chat":
        return _own_body(ask, upstream)
    return _translated(ask, "chat", upstream)


def _own_body(ask: Ask, upstream: Upstream) -> bytes:
    if ask.spec.body == "form":
        assert ask.form
        return ask.form.with_model(upstream.model)
    body = with_model(ask.raw, ask.body.model, upstream.model)
    if ask.is_stream and ask.spec.name == "chat" and ask.usage_asked is None:
        body = with_usage_asked(body, ask.body.stream_options)
    return body


def _translated(ask: Ask, dialect: Dialect, upstream: Upstream) -> bytes:
    from entourage.llm.translate import translate_request

    try:
        kind = upstream.target.kind
        only_official = kind.type in _STRICT_TYPES or kind.anyllm is not None
        return translate_request(ask.raw, ask.spec.dialect, dialect, upstream.model, only_official=only_official)
    except Untranslatable as error:
        raise Failed(
            f"{error.field}: {error.why}", status=400, kind="invalid_request", is_passing=False, counts=False
        ) from error


def _joined(head: Head, query: bytes, lines: bytes, body: bytes) -> bytes:
    start = head.start
    if query:
        if not query.isascii() or any(byte in query for byte in b" \r\n\0"):
            raise BadRequest("The query holds characters that no URL has.")
        start = b"%b?%b" % (start, query)
    return b"%b%b%bcontent-length: %d\r\n\r\n%b" % (start, head.rest, lines, len(body), body)


def _not_offered(ask: Ask, upstream: Upstream) -> Failed:
    return Failed(
        f"The provider {upstream.target.name!r} has no /v1/{ask.spec.path}.",
        status=404,
        kind="not_found",
        is_passing=False,
        counts=False,
    )
