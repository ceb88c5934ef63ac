"""Operations of services as tools, named `service.operation`."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any, cast
from urllib.parse import quote, urlencode

import msgspec

from entourage.accounts.identity import Identity
from entourage.kit.errors import BadRequest, TooLarge, Upstream
from entourage.kit.exchange import Header
from entourage.kit.json import encode
from entourage.tools.schema import json_tool
from entourage.tools.services.calling.forwarding import Forwarding
from entourage.tools.services.calling.headers import sent
from entourage.tools.services.calling.request import REPEATABLE, ServiceRequest
from entourage.tools.services.calling.targets import operation_target, plain, texts
from entourage.tools.services.known import Known, KnownServices
from entourage.tools.services.openapi.operations import Operation
from entourage.tools.tool import Tool, ToolCall, ToolResult, Transient
from entourage.wire.reply import Reply

_MAX_REMEMBERED = 2_000
MAX_REPLY_BYTES = 8 * 1024 * 1024
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_DESTRUCTIVE = frozenset({"PUT", "PATCH", "DELETE"})
_FIRST_ERROR = 400
_PASSING = frozenset({429, 502, 503, 504})
_TEXT = ("text/", "application/json", "application/xml", "application/problem+json", "application/x-ndjson")


class ServiceTools:
    """Implements `ToolSource`. Calls are made in the caller's name, with no more rights than reading and writing."""

    def __init__(self, known: KnownServices, forwarding: Forwarding) -> None:
        self._known = known
        self._forwarding = forwarding
        self._made: dict[tuple[str, int], dict[str, Tool]] = {}

    async def tools(self, owner_id: str) -> Sequence[Tool]:
        """The operations of all services that this person can call."""
        services = self._known.at_hand(owner_id) or await self._known.of(owner_id)
        return [tool for service in services.values() for tool in self._of(service).values()]

    async def find(self, owner_id: str, name: str) -> Tool | None:
        """One of them by its canonical name."""
        service_name, dot, operation = name.partition(".")
        if not dot:
            return None
        services = self._known.at_hand(owner_id) or await self._known.of(owner_id)
        service = services.get(service_name)
        return self._of(service).get(operation) if service else None

    def _of(self, service: Known) -> dict[str, Tool]:
        key = (service.id, service.version)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= _MAX_REMEMBERED:
                self._made.clear()
            for older in [one for one in self._made if one[0] == service.id]:
                del self._made[older]
            made = self._made[key] = {one.id: self._tool(service, one) for one in service.operations.values()}
        return made

    def _tool(self, service: Known, operation: Operation) -> Tool:
        async def run(call: ToolCall, args: dict[str, Any]) -> ToolResult:
            present = await self._known.named(call.owner_id, service.name)
            return await _run(self._forwarding, present, operation, call, args)

        reads = operation.method in _READING
        return json_tool(
            f"{service.name}.{operation.id}",
            operation.description,
            operation.shape,
            run,
            title=operation.title or None,
            read_only=reads,
            destructive=operation.method in _DESTRUCTIVE,
            idempotent=operation.method in REPEATABLE,
            open_world=service.origin is not None,
            default_grant="allow" if reads else "ask",
            origin=f"service:{service.name}",
            server=f"service:{service.name}",
            timeout_seconds=min(300.0, service.timeout_seconds + 5),
            cache_seconds=0,
        )


async def _run(
    forwarding: Forwarding, service: Known, operation: Operation, call: ToolCall, args: dict[str, Any]
) -> ToolResult:
    call.secrets += service.secrets
    request = _request(service, operation, call, args)
    reply = await forwarding.ask(request, retries=0)  # the tool path tries again by itself
    if reply.status in _PASSING and request.is_repeatable:
        raise Transient(f"{service.name} answered with {reply.status}: {_text(reply)[:500]}")
    return _result(reply)


def _request(service: Known, operation: Operation, call: ToolCall, args: dict[str, Any]) -> ServiceRequest:
    path, target = operation_target(service.base_path, operation, args)
    body, headers = _body(operation, args)
    headers += _headers(operation, args)
    who = Identity(user_id=call.owner_id, scopes=frozenset({"read", "write"}))
    lines = sent(headers, service, call.tool_call_id[:64]) + _cookies(operation, args)
    return ServiceRequest(service, who, operation.method, path, target, lines, body)


def _headers(operation: Operation, args: dict[str, Any]) -> list[Header]:
    found: list[Header] = [(b"accept", b"application/json, text/*;q=0.9, */*;q=0.5")]
    for parameter in operation.parameters:
        if parameter.place == "header" and (value := args.get(parameter.argument)) is not None:
            found += [(parameter.name.lower().encode(), ",".join(texts(parameter, value)).encode())]
    return found


def _cookies(operation: Operation, args: dict[str, Any]) -> bytes:
    """Cookies that the document names as parameters; ours never go along."""
    given = [
        f"{quote(parameter.name, safe='')}={quote(plain(args[parameter.argument]), safe='')}"
        for parameter in operation.parameters
        if parameter.place == "cookie" and args.get(parameter.argument) is not None
    ]
    return f"cookie: {'; '.join(given)}\r\n".encode() if given else b""


def _body(operation: Operation, args: dict[str, Any]) -> tuple[bytes, list[Header]]:
    if operation.body == "none" or "body" not in args:
        return b"", []
    value = args["body"]
    headers: list[Header] = [(b"content-type", operation.media_type.encode())]
    if operation.body == "json":
        return encode(value), headers
    if operation.body == "text":
        return str(value).encode(), headers
    if not isinstance(value, dict):
        raise BadRequest("A form is an object.")
    return urlencode(list(_fields(cast("dict[str, Any]", value)))).encode(), headers


def _fields(form: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a form; a list is a field that comes several times."""
    for name, field in form.items():
        for one in cast("list[Any]", field) if isinstance(field, list) else [field]:
            yield name, one if isinstance(one, str) else encode(one).decode()


def _result(reply: Reply) -> ToolResult:
    """The answer as a model reads it; JSON as `structured` as well, pictures and sounds as content."""
    body = reply.body or b""
    if len(body) > MAX_REPLY_BYTES:
        raise TooLarge(f"The answer has {len(body):,} bytes; at most {MAX_REPLY_BYTES:,} are taken.")
    kind = reply.header(b"content-type").decode("latin-1").partition(";")[0].strip().lower()
    if reply.status >= _FIRST_ERROR:
        return ToolResult.failure(f"The service answered with {reply.status}: {_text(reply)[:4_000]}")
    if kind.startswith(("image/", "audio/")):
        block = {"type": kind.partition("/")[0], "data": base64.b64encode(body).decode(), "mimeType": kind}
        return ToolResult(f"{kind}, {len(body):,} bytes.", content=(block,))
    if body and not kind.startswith(_TEXT) and not kind.endswith(("+json", "+xml")) and b"\0" in body[:1024]:
        return ToolResult(f"{kind or 'bytes'}, {len(body):,} bytes that are no text.")
    return ToolResult(_text(reply) or f"Done ({reply.status}).", structured=_structured(kind, body))


def _text(reply: Reply) -> str:
    return (reply.body or b"").decode(errors="replace")


def _structured(kind: str, body: bytes) -> dict[str, Any] | None:
    """JSON objects only: that is what structured results are."""
    if not (kind == "application/json" or kind.endswith("+json")):
        return None
    try:
        found: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise Upstream("The service's answer calls itself JSON and is not.") from None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None
