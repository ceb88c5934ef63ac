"""find_operation and call_operation: the platform's own commands, run as the person, changes after their yes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import Field

from entourage.accounts.identity import Identity
from entourage.kit.errors import BadRequest, Problem, Unavailable
from entourage.kit.exchange import Header
from entourage.kit.json import encode
from entourage.kit.schema import Schema
from entourage.tools.platform.operations import Operations
from entourage.tools.schema import Misfit, json_schema_validator, ready
from entourage.tools.services.calling.request import ServiceRequest
from entourage.tools.services.calling.targets import operation_target
from entourage.tools.services.known import Known
from entourage.tools.services.openapi.operations import Operation
from entourage.tools.tool import Question, Risk, Tool, ToolCall, ToolResult, tool_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from entourage.tools.services.own import OwnApis
    from entourage.wire.reply import Reply

CALL_SECONDS = 60.0
MAX_SHOWN_CHARS = 20_000
MAX_SCHEMA_CHARS = 4_000
_READING = frozenset({"GET", "HEAD"})
_FIRST_ERROR = 400


class FindOperation(Schema):
    """Find operations of this platform (settings, conversations, agents, tools, MCP servers, models, budgets) by what
    should happen, in English. You get their names, what they do, and the JSON schema of their arguments."""

    query: str = Field(min_length=1, max_length=500)
    limit: int = Field(5, ge=1, le=15)


class CallOperation(Schema):
    """Call an operation that find_operation told you of, as the user. What only reads runs at once; a change waits
    until the user has seen the exact request and said yes."""

    operation: str = Field(min_length=1, max_length=100, description="Its name, as find_operation gave it.")
    args: dict[str, Any] = Field({}, description="Its arguments, by the schema that find_operation gave.")


class PlatformTools:
    """Both tools. `application` gives the application once it has started."""

    def __init__(self, inside: OwnApis, application: Callable[[], FastAPI | None]) -> None:
        self._inside = inside
        self._application = application
        self._operations: Operations | None = None
        self._reading = asyncio.Lock()
        self._itself = Known("platform", "platform", "Platform", "", 1, {}, CALL_SECONDS)

    def tools(self) -> list[Tool]:
        """Denied unless granted: only the agent `command` has them from the start."""
        told: dict[str, Any] = {"default_grant": "deny", "timeout_seconds": CALL_SECONDS + 5}
        return [
            tool_of("find_operation", FindOperation, self.find, read_only=True, cache_seconds=0, **told),
            tool_of("call_operation", CallOperation, self.call, destructive=True, **told),
        ]

    async def find(self, _call: ToolCall, args: FindOperation) -> ToolResult:
        """The operations that fit best."""
        operations = await self._known()
        found = await asyncio.to_thread(operations.search, args.query, args.limit)
        return ToolResult("\n\n".join(map(_described, found)) or "No operation fits. Try other words, in English.")

    async def call(self, call: ToolCall, args: CallOperation) -> ToolResult:
        """What the platform answered. Raises Parked while a change waits for the person."""
        operation = (await self._known()).by_name.get(args.operation)
        if operation is None:
            return ToolResult.failure(f"There is no operation {args.operation!r}: look for it with find_operation.")
        try:
            await ready()
            json_schema_validator(operation.shape)(args.args)
            request = self._request(call, operation, args.args)
        except (Misfit, BadRequest) as error:
            return ToolResult.failure(str(error))
        if operation.method not in _READING:
            # asked for here, not by a grant: nobody can allow all changes of the platform once and for all
            decision = await call.team.ask(
                call, Question("approval", preview(operation, request), risk=_risk(operation))
            )
            if not decision.approved:
                return ToolResult.failure(f"The user did not allow this{_because(decision.reason)}.", "denied")
        return await self._ask(request)

    async def _ask(self, request: ServiceRequest) -> ToolResult:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return _result(await self._inside.ask(request))
        except Problem as problem:
            return ToolResult.failure(f"{problem.detail} {problem.hint or ''}".strip())

    def _request(self, call: ToolCall, operation: Operation, args: dict[str, Any]) -> ServiceRequest:
        """It carries the call's own key, so that one that is made again after a crash does nothing twice."""
        path, target = operation_target("", operation, args)
        body = encode(args["body"]) if operation.body == "json" and "body" in args else b""
        headers: list[Header] = [(b"accept", b"application/json")]
        if body:
            headers.append((b"content-type", b"application/json"))
        if operation.method == "POST":
            headers.append((b"idempotency-key", hashlib.sha256(call.key.encode()).hexdigest().encode()))
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        # with a key's rights: what wants a password's (keys, sign-ins) is refused by its own door as well
        who = Identity(user_id=call.owner_id, scopes=frozenset({"read", "write"}), key_id="platform")
        return ServiceRequest(self._itself, who, operation.method, path, target, lines, body)

    async def _known(self) -> Operations:
        async with self._reading:
            if self._operations is None:
                app = self._application()
                if app is None:
                    raise Unavailable("The server has not started yet.")
                self._operations = await asyncio.to_thread(Operations, app)
        return self._operations


def preview(operation: Operation, request: ServiceRequest) -> str:
    """What a person is shown before a change: what it does, and the request as it will be sent."""
    line = f"{operation.method} {request.target.decode()}"
    body = f"\n{request.body.decode()[:2_000]}" if request.body else ""
    return f"{operation.title or operation.id}\n{line}{body}"


def _risk(operation: Operation) -> Risk:
    return "high" if operation.method == "DELETE" else "medium"


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def _described(operation: Operation) -> str:
    shape = encode(operation.shape).decode()
    shape = shape if len(shape) <= MAX_SCHEMA_CHARS else f"{shape[:MAX_SCHEMA_CHARS]}… (cut)"
    does = "reads" if operation.method in _READING else "changes something: waits for the user"
    return f"{operation.id} ({operation.method} {operation.path}; {does}): {operation.description}\narguments: {shape}"


def _result(reply: Reply) -> ToolResult:
    text = (reply.body or b"").decode(errors="replace")
    if reply.status >= _FIRST_ERROR:
        return ToolResult.failure(f"The platform refused ({reply.status}): {text[:4_000]}")
    if len(text) > MAX_SHOWN_CHARS:
        text = f"{text[:MAX_SHOWN_CHARS]}… (cut: ask for less at once, with `limit` and `cursor`)"
    return ToolResult(text or f"Done ({reply.status}).")
