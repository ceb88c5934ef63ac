"""Items of OTLP as events: model calls become `usage`, all else `otel.<name>`."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from entourage.events.event import TEAM, NewEvent
from entourage.events.types import OutsideEvent, Usage
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.kit.redaction import may_hold_secrets, redacted
from entourage.observe.amounts import MAX_COST_USD, decimal_text
from entourage.observe.hooks import MAIN, lane_of, project_of
from entourage.observe.otlp import attributes as names
from entourage.observe.otlp.attributes import count_of, number_of, text_of
from entourage.observe.otlp.items import Item
from entourage.observe.parse import plain
from entourage.observe.posted import Sender, check_app
from entourage.observe.refusals import invalid

_CALLS = frozenset({"claude_code.api_request", "api_request", "gemini_cli.api_response", "codex.sse_event"})
"""Log events that tell a model call with its tokens."""

_MODEL_OPERATIONS = frozenset({"chat", "text_completion", "generate_content", "responses"})
_TOLD_TWICE = ("claude_code.",)
"""Agents whose spans repeat what their log events have told already: those spans are no usage."""

_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_NO_APP = re.compile(r"[^a-z0-9_-]+")
_CACHE_APART = frozenset({"anthropic", "claude"})


def event_of(sender: Sender, item: Item) -> NewEvent:
    """The event of an item. Raises Refused when it cannot be told what sent it."""
    app = _app(sender, item)
    told = item.attributes
    session_id = text_of(told, names.SESSION) or text_of(item.resource, names.SESSION)
    if session_id:
        plain("session.id", session_id)
    agent_id = text_of(told, names.AGENT_ID)
    name, data = _data(item)
    return NewEvent(
        owner_id=sender.owner_id,
        data=data,
        session_id=session_id,
        run_id=lane_of(sender.owner_id, app, session_id, agent_id or MAIN) if session_id else None,
        agent=text_of(told, names.AGENT) or app,
        id=_id(sender.owner_id, app, item),
        trace_id=item.trace_id,
        source=app,
        client_ts=item.time_ms,
        type=name,
    )


def _app(sender: Sender, item: Item) -> str:
    if sender.app:
        return sender.app
    service = item.resource.get("service.name")
    if not isinstance(service, str):
        raise invalid("missing", "service.name is missing: name the application.", "service.name")
    slug = _NO_APP.sub("-", service.lower()).strip("-_")[:64].lstrip("0123456789-_")
    return check_app(slug if slug != TEAM else f"{TEAM}-service")


def _id(owner_id: str, app: str, item: Item) -> str:
    """The same for an item that is sent again."""
    return derived_id(owner_id, app, "otel", hashlib.blake2b(encode(item, order="sorted"), digest_size=16).hexdigest())


def _data(item: Item) -> tuple[str, Usage | OutsideEvent]:
    if _is_call(item):
        return Usage.type, _usage(item)
    told: dict[str, Any] = {"name": item.name, **item.data, "attributes": item.attributes, "resource": item.resource}
    text = encode(told)
    if may_hold_secrets(text.decode()):
        text = encode(redacted(told))
    name = "span" if item.signal == "traces" else _NO_NAME.sub("_", item.name)[:80] or "log"
    return f"otel.{name}", OutsideEvent(kind=f"otel.{name}", body=msgspec.Raw(text))


def _is_call(item: Item) -> bool:
    told = item.attributes
    if item.signal == "logs":
        return item.name in _CALLS and any(name in told for name in names.INPUT)
    if item.signal == "metrics" or item.name.startswith(_TOLD_TWICE):
        return False
    operation = told.get("gen_ai.operation.name", "chat")
    return operation in _MODEL_OPERATIONS and any(name in told for name in names.INPUT[:2])


def _usage(item: Item) -> Usage:
    told = item.attributes
    provider, model = text_of(told, names.PROVIDER) or _maker(item.name), text_of(told, names.MODEL) or ""
    read, written = count_of(told, names.CACHE_READ), count_of(told, names.CACHE_WRITE)
    given = count_of(told, names.INPUT)
    if provider in _CACHE_APART and not item.name.startswith("gen_ai") and item.signal == "logs":
        given += read + written  # Claude Code counts fresh input only; everyone else all of it
    made = count_of(told, names.OUTPUT)
    cost = number_of(told, names.COST)
    cost = None if cost is None else min(cost, MAX_COST_USD)
    first_token = number_of(told, names.FIRST_TOKEN)
    return Usage(
        provider=provider,
        model=model,
        input_tokens=given,
        output_tokens=made,
        cached_tokens=read,
        reasoning_tokens=count_of(told, names.REASONING),
        cost_usd=decimal_text(cost) if cost is not None else price_of(provider, model, given, made, read, written),
        latency_ms=round(number_of(told, names.DURATION) or 0),
        first_token_ms=None if first_token is None else round(first_token),
        prompt_id=text_of(told, names.PROMPT),
        tool_use_id=text_of(told, names.TOOL_CALL),
        request_id=text_of(told, names.REQUEST),
        agent_id=text_of(told, names.AGENT_ID),
        project=project_of(text_of(told, ("cwd", "project.path")) or text_of(item.resource, ("cwd", "project.path"))),
    )


def _maker(name: str) -> str:
    head = name.partition(".")[0]
    return {"claude_code": "anthropic", "api_request": "anthropic", "codex": "openai", "gemini_cli": "google"}.get(
        head, ""
    )


def price_of(provider: str, model: str, given: int, made: int, read: int, written: int) -> str | None:
    """What the call costs by the price list; None when the model is not on it."""
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    counted = Counted(
        input_tokens=given, output_tokens=made, cache_read_tokens=read or None, cache_write_tokens=written or None
    )
    try:
        found = calc_price(counted, model, provider_id=provider.partition(".")[0] or None)
    except (LookupError, ValueError):
        return None
    return decimal_text(float(found.total_price))
