"""Sorting what a server says: answers to calls, progress, logs, news, and what it asks of us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from entourage.tools.mcp.links import jsonrpc
from entourage.tools.mcp.links.errors import INTERNAL_ERROR, METHOD_NOT_FOUND, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.links.call import Call
    from entourage.tools.mcp.links.jsonrpc import Message, RequestId
    from entourage.tools.mcp.links.link import JsonObject, LinkListener, ListKind

logger = structlog.get_logger(__name__)

_CHANGES: dict[str, ListKind] = {
    "notifications/tools/list_changed": "tools",
    "notifications/resources/list_changed": "resources",
    "notifications/prompts/list_changed": "prompts",
}
_ASKED = frozenset({"elicitation/create", "sampling/createMessage", "roots/list"})
_MOST_QUESTIONS = 64


class Conversation:
    """The calls of one link that wait, and what is done with everything else that comes.

    `send` takes answers to questions of the server.
    """

    def __init__(self, listener: LinkListener, send: Callable[[bytes], None]) -> None:
        self._listener = listener
        self._send = send
        self._calls: dict[RequestId, Call] = {}
        self._questions: dict[RequestId, asyncio.Task[None]] = {}
        self._number = 0

    def next_id(self) -> int:
        """Ids are ours alone: whatever a client in front calls its request, the server sees this one."""
        self._number += 1
        return self._number

    def begin(self, call: Call) -> None:
        self._calls[call.id] = call

    def end(self, call: Call) -> None:
        self._calls.pop(call.id, None)

    def __len__(self) -> int:
        return len(self._calls)

    def take(self, message: Message, about: Call | None = None) -> None:
        """Do what a message calls for. `about`: the call in whose own stream it came."""
        if message.method is None:
            if message.id is not None and (call := self._calls.get(message.id)):
                call.told(message)
            elif message.id is None and message.error is not None and about is not None:
                about.told(message)  # the server could not even read the id
        elif message.id is not None:
            self._question(message, message.id, about)
        else:
            try:
                self._news(message.method, message.params or {}, about)
            except Exception:  # of whoever listens: what else the server said must still be heard
                logger.exception("mcp.listener_failed", method=message.method)

    def lose(self, why: str) -> None:
        """The link is gone: whoever waits is told, whatever is being asked is dropped."""
        for call in list(self._calls.values()):
            call.lost(why)
        for task in list(self._questions.values()):
            task.cancel()

    def _news(self, method: str, params: JsonObject, about: Call | None) -> None:
        if method == "notifications/progress":
            call = self._of_token(params.get("progressToken"), about)
            if call is not None:
                call.moved(params)
        elif method == "notifications/message":
            self._logged(params, about)
        elif kind := _CHANGES.get(method):
            self._listener.list_changed(kind)
        elif method == "notifications/resources/updated":
            self._listener.resource_updated(str(params.get("uri")))
        elif method == "notifications/cancelled":
            if task := self._questions.get(params.get("requestId", "")):
                task.cancel()
        elif (call := self._behind(about)) is not None and call.ask is not None:
            call.ask.notify(method, params)

    def _of_token(self, token: Any, about: Call | None) -> Call | None:
        return self._calls.get(token, about) if isinstance(token, int | str) else about

    def _logged(self, params: JsonObject, about: Call | None) -> None:
        listening = [call for call in ([about] if about else self._calls.values()) if call.log is not None]
        if len(listening) == 1 and listening[0].log:
            listening[0].log(params)
        else:
            self._listener.logged(params)

    def _question(self, message: Message, number: RequestId, about: Call | None) -> None:
        if message.method == "ping":
            self._send(jsonrpc.answer(number, {}))
        elif len(self._questions) >= _MOST_QUESTIONS:
            self._send(jsonrpc.refusal(number, McpError(INTERNAL_ERROR, "too many questions at once")))
        else:
            asked = self._questions[number] = asyncio.create_task(self._answer(message, number, about))
            asked.add_done_callback(lambda _: self._questions.pop(number, None))

    async def _answer(self, message: Message, number: RequestId, about: Call | None) -> None:
        try:
            result = await self._asked(message.method or "", message.params or {}, about)
            self._send(jsonrpc.answer(number, result))
        except McpError as error:
            self._send(jsonrpc.refusal(number, error))
        except Exception as error:  # whoever was asked failed: the server must know, or it waits for ever
            logger.warning("mcp.question_failed", method=message.method, error=type(error).__name__)
            self._send(jsonrpc.refusal(number, McpError(METHOD_NOT_FOUND, "nobody can answer this here")))

    async def _asked(self, method: str, params: JsonObject, about: Call | None) -> JsonObject:
        """Whoever called last and can be asked is asked: a legacy server does not say which call it is about."""
        if method not in _ASKED:
            raise McpError(METHOD_NOT_FOUND, f"no such method: {method[:100]}")
        call = self._behind(about)
        if call is None or call.ask is None:
            return unanswered(method)
        call.pause()
        try:
            return await call.ask.ask(method, params)
        finally:
            call.go_on()

    def _behind(self, about: Call | None) -> Call | None:
        if about is not None and about.ask is not None:
            return about
        return next((call for call in reversed(self._calls.values()) if call.ask is not None), None)


def unanswered(method: str) -> JsonObject:
    """What is said when nobody is there to be asked. Raises McpError."""
    if method == "elicitation/create":
        return {"action": "decline"}
    if method == "roots/list":
        return {"roots": []}
    raise McpError(METHOD_NOT_FOUND, "this client does not sample")
