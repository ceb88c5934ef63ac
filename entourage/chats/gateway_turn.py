"""A run that answers a request of the gateway, told as it goes from the log's events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import msgspec

from entourage.agents.dispatcher import Dispatcher
from entourage.chats.schemas import Sent
from entourage.events.hub import Hub
from entourage.events.message import cut_utf16
from entourage.kit.errors import Problem, Unavailable, Upstream
from entourage.llm.inner.team import Began, Done, Ended, Happening, Said, Thought
from entourage.llm.translate.neutral import Ran, Spent
from entourage.stores.log import Filter

_LOOK_SECONDS = 0.5
"""How often it is seen whether anybody still listens while nothing happens."""


class _Event(msgspec.Struct):
    type: str
    data: dict[str, Any] = {}


_decode = msgspec.json.Decoder(_Event).decode


class AgentFailed(Upstream):
    """The run of an agent failed."""

    title = "The agent could not finish"


class GatewayTurn:
    """Implements `Answering`. The answer's id is that of the message the run writes."""

    def __init__(
        self,
        hub: Hub,
        dispatcher: Dispatcher,
        owner_id: str,
        chat_id: str,
        sent: Sent,
        remember: Callable[[str], Awaitable[None]],
    ) -> None:
        self.id = sent.reply_id
        self.has_ended = False
        self._hub = hub
        self._dispatcher = dispatcher
        self._owner_id = owner_id
        self._sent = sent
        self._remember = remember
        self._where = Filter(after=sent.seq, session_ids=(chat_id,), run_ids=(sent.run_id,))
        self._parts: dict[int, str] = {}
        self._thoughts: dict[int, str] = {}
        self._calls: dict[str, Ran] = {}

    async def happenings(self) -> AsyncIterator[Happening]:
        """Raises Problem when the run fails or is stopped, Unavailable when the server stops."""
        subscription = self._hub.subscribe(self._owner_id, self._where, "ndjson")
        try:
            while not self.has_ended:
                blobs, _ = await subscription.take(_LOOK_SECONDS)
                if not blobs and subscription.closed:
                    raise Unavailable("The server is stopping.", hint="Ask again in a moment.")
                for line in b"".join(blobs).splitlines():
                    for happening in self._read(_decode(line)):
                        yield happening
                yield None
        finally:
            await self._hub.unsubscribe(subscription)
        await self._remember(self._said())

    async def stop(self) -> None:
        """Cancel the run, unless it has ended."""
        if not self.has_ended:
            await self._dispatcher.cancel(self._owner_id, self._sent.run_id)

    def _said(self) -> str:
        return "\n\n".join(self._parts[part] for part in sorted(self._parts))

    def _read(self, event: _Event) -> Iterator[Happening]:
        data = event.data
        match event.type:
            case "text_delta" if data["message_id"] == self.id:
                yield from self._more(data["part"], _grown(self._parts.get(data["part"], ""), data))
            case "reasoning_delta" if data["message_id"] == self.id:
                yield from self._thought(data)
            case "tool_started" | "tool_finished" | "tool_failed" if data["message_id"] == self.id:
                yield from self._tool(event.type, data)
            case "approval_requested" if data["message_id"] == self.id:
                yield Thought(_waiting(data["approval"]))
            case "message" if data["message"]["id"] == self.id:
                yield from self._message(data["message"])
            case "task_completed" | "task_failed" | "task_cancelled" if data["run_id"] == self._sent.run_id:
                self.has_ended = True
                _check(event.type, data)
            case _:
                return

    def _more(self, part: int, text: str) -> Iterator[Happening]:
        """What is new in a part of the text. What was told cannot be taken back."""
        told = self._parts.get(part)
        if told is None:
            between = "\n\n" if self._parts else ""
        elif text.startswith(told):
            between, text = "", text[len(told) :]
        else:
            return
        if text:
            self._parts[part] = (told or "") + text
            yield Said(between + text)

    def _thought(self, data: dict[str, Any]) -> Iterator[Happening]:
        part = data["part"]
        told = self._thoughts.get(part, "")
        text = _grown(told, data)
        if text.startswith(told) and len(text) > len(told):
            self._thoughts[part] = text
            yield Thought(text[len(told) :])

    def _tool(self, kind: str, data: dict[str, Any]) -> Iterator[Happening]:
        """Each call once, also when a restart tells of it again."""
        call_id: str = data["tool_call_id"]
        call = self._calls.get(call_id)
        if call is None:
            arguments = msgspec.json.encode(data.get("args") or {}).decode()
            call = self._calls[call_id] = Ran(call_id, data["tool"], arguments)
            yield Began(Ran(call_id, call.name, arguments))
        if kind != "tool_started" and call.output is None and call.error is None:
            call.output, call.error = data.get("result"), data.get("error")
            yield Ended(call)

    def _message(self, wire: dict[str, Any]) -> Iterator[Happening]:
        """The finished turn: what its deltas did not tell, and what it took."""
        if wire["status"] != "done":
            return
        for index, part in enumerate(wire["parts"]):
            if part["type"] == "text":
                yield from self._more(index, part["text"])
            elif part["type"] == "data":
                yield from self._more(index, msgspec.json.encode(part["value"]).decode())
        if usage := wire.get("usage"):
            yield Done(Spent(input=usage["input_tokens"], output=usage["output_tokens"]))


def _grown(before: str, data: dict[str, Any]) -> str:
    return cut_utf16(before, data["offset"]) + data["text"]


def _waiting(approval: dict[str, Any]) -> str:
    if approval.get("kind") == "question":
        return f"? {approval.get('question') or approval['tool']} (waiting for your answer in Entourage)\n"
    return f"? {approval['tool']} needs your approval (waiting for it in Entourage)\n"


def _check(kind: str, data: dict[str, Any]) -> None:
    """Raises Problem for a run that did not succeed."""
    if kind == "task_failed":
        error = data["error"]
        raise AgentFailed(f"{error['title']}: {error['detail']}", hint=error.get("hint"))
    if kind == "task_cancelled":
        raise AgentStopped("The run was stopped.")


class AgentStopped(Problem):
    """Somebody stopped the run elsewhere."""

    status, slug, title = 409, "stopped", "The run was stopped"
