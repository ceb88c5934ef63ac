"""The caches as the doors use them: under which key, when to look, what to keep, how to give it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.llm.caching.canonical import canonical, digest
from entourage.llm.caching.kept import KeptAnswer
from entourage.llm.caching.semantic import question_of
from entourage.llm.doors.answering import EVENT_STREAM
from entourage.llm.money.call import Tokens
from entourage.llm.routing.source import Source
from entourage.llm.translate.errors import StreamBroken

if TYPE_CHECKING:
    from entourage.llm.doors.ask import Ask
    from entourage.llm.doors.core import Core

_HEADER = b"x-entourage-cache"
_NO_LOOKING = frozenset({b"no-cache", b"no-store"})
_NOTHING = Tokens()


async def from_cache(core: Core, ask: Ask) -> bool:
    """Answer from a cache; False when there is nothing. What is answered later is kept unless `ask.cache` is bypass."""
    wish = ask.asked.read.get(_HEADER, b"").lower()
    if not ask.spec.is_cached or not core.cache.is_on or wish in _NO_LOOKING or _is_stateful(ask):
        return False
    form = canonical(ask.raw)
    if form is None:
        return False
    ask.cache = "miss"
    ask.cache_key = digest(
        (
            ask.spec.path.encode(),
            ask.route.fingerprint.encode(),
            ask.asked.read.get(b"anthropic-version", b""),
            ask.asked.read.get(b"anthropic-beta", b""),
            form,
        )
    )
    found = await core.cache.get(ask.owner_id, ask.cache_key)
    if found is None and (core.is_semantic or wish == b"semantic"):
        found = await _alike(core, ask)
    return found is not None and _replayed(ask, found)


def _is_stateful(ask: Ask) -> bool:
    """The answer depends on more than the request."""
    body = ask.body
    fields = (body.previous_response_id, body.conversation, body.background)
    return any(map(len, fields)) and any(bytes(raw) not in {b"", b"null", b"false"} for raw in fields)


async def _alike(core: Core, ask: Ask) -> KeptAnswer | None:
    question = question_of(ask.raw, f"{ask.spec.path}\n{ask.route.fingerprint}")
    if question is None:
        return None
    ask.question = question
    key = await core.semantic.find(ask.owner_id, question)
    return await core.cache.get(ask.owner_id, key) if key else None


def _replayed(ask: Ask, found: KeptAnswer) -> bool:
    """Give a kept answer in the form that is wanted; False when it cannot be had in that form."""
    try:
        if ask.is_stream:
            body, kind = found.told_stream(with_usage=not ask.hides_usage), EVENT_STREAM
        else:
            body, kind = found.told_whole(), (b"content-type", found.content_type)
    except StreamBroken:
        return False
    ask.cache = "hit"
    ask.source = Source(found.provider_id, found.provider_name, found.provider_type, found.model)
    ask.exchange.answer(200, [kind, *ask.headers()], body)
    ask.settle("ok", found.tokens)
    return True


def keep_whole(core: Core, ask: Ask, content_type: bytes, body: bytes, tokens: Tokens | None) -> None:
    """Keep an answer that came in one piece."""
    kind = content_type or b"application/json"
    _keep(core, ask, _answer(ask, tokens, content_type=kind, whole=body))


def keep_stream(core: Core, ask: Ask, data: bytes, tokens: Tokens) -> None:
    """Keep an answer that came as a stream, its usage included."""
    _keep(core, ask, _answer(ask, tokens, stream=data))


def _answer(
    ask: Ask,
    tokens: Tokens | None,
    *,
    content_type: bytes = b"application/json",
    whole: bytes | None = None,
    stream: bytes | None = None,
) -> KeptAnswer:
    source = ask.source
    return KeptAnswer(
        provider_id=source.provider_id,
        provider_name=source.provider_name,
        provider_type=source.provider_type,
        model=source.model,
        tokens=tokens or _NOTHING,
        dialect=ask.spec.dialect,
        content_type=content_type,
        whole=whole,
        stream=stream,
    )


def _keep(core: Core, ask: Ask, answer: KeptAnswer) -> None:
    core.cache.put(ask.owner_id, ask.cache_key, answer)
    if ask.question:
        core.learn(ask.owner_id, ask.question, ask.cache_key)
