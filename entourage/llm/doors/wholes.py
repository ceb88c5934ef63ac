"""Answers that come in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from entourage.kit.json import without_lone_surrogates
from entourage.llm.doors.answering import JSON, passed_on
from entourage.llm.doors.keeping import keep_whole
from entourage.llm.doors.scrubbing import without_keys
from entourage.llm.doors.usage import read_told
from entourage.llm.doors.watching import read_error
from entourage.llm.doors.watching.watch import ABSENT, is_there
from entourage.llm.money.tokens import Told, tokens_of
from entourage.llm.routing.failure import Failed
from entourage.llm.translate.errors import StreamBroken

if TYPE_CHECKING:
    from entourage.llm.doors.ask import Ask
    from entourage.llm.doors.core import Core
    from entourage.llm.money.call import Tokens
    from entourage.llm.routing.upstream import Upstream
    from entourage.llm.translate.errors import Dialect
    from entourage.wire.reply import Reply

_UNREADABLE = "The provider sent an answer that cannot be read."


class _Usual(msgspec.Struct):
    usage: Told | None = None
    error: msgspec.Raw = ABSENT


class _Odd(msgspec.Struct):
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


_decode = msgspec.json.Decoder(_Usual).decode
_decode_odd = msgspec.json.Decoder(_Odd).decode


def answer_whole(core: Core, ask: Ask, upstream: Upstream, dialect: Dialect, reply: Reply) -> None:
    """Give a provider's good answer to the caller. Raises Failed when it is not one after all."""
    assert reply.body is not None
    body = reply.body
    tokens = _read(ask, dialect, body)
    if dialect == ask.spec.dialect:
        headers = passed_on(reply.headers)
    else:
        body, headers = _translated(ask, dialect, body, tokens), [JSON]
    upstream.standing.succeeded(ask.elapsed_ms, None)

    def give(error: str | None = None) -> None:
        ask.exchange.answer(reply.status, [*headers, *ask.headers()], body)
        ask.settle("ok", tokens, error=error)

    contract = ask.contract
    if contract and (lack := contract.unmet(ask.spec.dialect, body)):
        told = f"The provider's answer does not do what was asked: {lack}."
        raise Failed(told, tokens=tokens, is_passing=False, counts=False, give_anyway=lambda: give(told))
    give()
    if ask.cache != "bypass":
        keep_whole(core, ask, reply.header(b"content-type"), body, tokens)


def _read(ask: Ask, dialect: Dialect, body: bytes) -> Tokens | None:
    """What the answer says it used. Raises Failed when it is no answer."""
    try:
        if not body.isascii():
            body.decode()
        whole = _decoded(without_lone_surrogates(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if ask.spec.translates or ask.spec.is_cached:
            raise Failed(_UNREADABLE) from None
        return None  # audio, or a transcript as text
    tokens = tokens_of(dialect, whole.usage) if whole.usage else None
    if len(whole.error) and is_there(whole.error):
        error = read_error(whole.error)
        key = ask.upstream.target.key if ask.upstream else None
        message = without_keys(error.message.encode(), key).decode()
        raise Failed(
            f"The provider told of an error: {message}",
            status=error.status or 502,
            kind=error.kind,
            tokens=tokens,
        )
    return tokens


def _decoded(body: bytes) -> _Usual:
    """Raises msgspec.DecodeError for what is no JSON object; usage in a form that nobody documents counts as none."""
    try:
        return _decode(body)
    except msgspec.ValidationError:
        odd = _decode_odd(body)
        return _Usual(read_told(odd.usage), odd.error)


def _translated(ask: Ask, dialect: Dialect, body: bytes, tokens: Tokens | None) -> bytes:
    from entourage.llm.translate import translate_reply

    try:
        return translate_reply(without_lone_surrogates(body), dialect, ask.spec.dialect, ask.body.model)
    except StreamBroken as broken:
        raise Failed(f"{_UNREADABLE} {broken.message}".strip(), kind=broken.kind, tokens=tokens) from None
