"""Calls of modern clients that wait for an answer of theirs.

A legacy server asks in the midst of a call; a modern client is asked by a result (`input_required`) and calls again.
The call goes on behind meanwhile: `requestState` says which one it is.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from entourage.tools.mcp.front.behind import ModernBehind
from entourage.tools.mcp.links.errors import INTERNAL_ERROR, INVALID_PARAMS, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.behind import ClientBehind
    from entourage.tools.mcp.front.messages import JsonObject

_ANSWERABLE = frozenset({"elicitation", "sampling", "roots"})

STATE_MARK = "ent1."
WAIT_SECONDS = 600.0
"""How long a call waits for its client to come back."""

MOST_WAITING = 100
"""Calls of one person that wait."""


class Questions:
    """What the server of one call wants to know."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[JsonObject, asyncio.Future[JsonObject]]] = {}
        self.news = asyncio.Event()
        self._number = 0

    async def put(self, method: str, params: JsonObject) -> JsonObject:
        """The client's answer, whenever it comes. Raises McpError when it is none."""
        self._number += 1
        key = f"q{self._number}"
        waiter: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self.open[key] = ({"method": method, "params": params} if params else {"method": method}, waiter)
        self.news.set()
        try:
            return await waiter
        finally:
            self.open.pop(key, None)

    def take(self, answers: JsonObject) -> None:
        """Answers by the keys of questions. Raises McpError for one that is no object."""
        for key, answer in answers.items():
            if key in self.open and not isinstance(answer, dict):
                raise McpError(INVALID_PARAMS, f"The input response {key[:100]!r} must be an object.")
        for key, answer in answers.items():
            asked = self.open.get(key)
            if asked and not asked[1].done():
                asked[1].set_result(answer)
                del self.open[key]


class Waiting:
    """A call that goes on behind, and whose it is."""

    def __init__(
        self, owner: object, questions: Questions, behind: ClientBehind, task: asyncio.Task[JsonObject]
    ) -> None:
        self.owner = owner
        self.questions = questions
        self.behind = behind
        self.task = task
        self.state = STATE_MARK + secrets.token_urlsafe(24)
        self.timer: asyncio.TimerHandle | None = None


class Rounds:
    """The calls that wait, by their state. They end when nobody comes back."""

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._waiting: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def begin(self, asking: Asking, questions: Questions, work: Coroutine[Any, Any, JsonObject]) -> JsonObject:
        """The result of the work, or what it wants to know first. Raises what the work raises."""
        owner = owner_of(asking)
        if sum(one.owner == owner for one in self._waiting.values()) >= MOST_WAITING:
            work.close()
            raise McpError(INTERNAL_ERROR, f"{MOST_WAITING} calls wait for your answers already.")
        task = asyncio.create_task(work, name="mcp call in rounds")
        return await self._leg(Waiting(owner, questions, asking.behind, task))

    async def go_on(self, asking: Asking) -> JsonObject:
        """Take the client's answers, and give the result or the next questions. Raises McpError."""
        state, answers = asking.params.get("requestState"), asking.params.get("inputResponses")
        waiting = self._waiting.get(str(state))
        if waiting is None or waiting.owner != owner_of(asking):
            told = {"reason": "invalid_request_state"}
            raise McpError(INVALID_PARAMS, "This requestState is unknown, or its call is over.", told)
        if answers is not None and not isinstance(answers, dict):
            raise McpError(INVALID_PARAMS, "The param 'inputResponses' must be an object.")
        waiting.questions.take(cast("JsonObject", answers or {}))
        del self._waiting[waiting.state]
        if waiting.timer:
            waiting.timer.cancel()
        waiting.behind.answer = asking.answer
        return await self._leg(waiting)

    def close(self) -> None:
        """End them all."""
        for one in list(self._waiting.values()):
            self._end(one)

    async def _leg(self, waiting: Waiting) -> JsonObject:
        """Until the call is over or wants to know something that was not answered."""
        questions, task = waiting.questions, waiting.task
        try:
            while not task.done() and not questions.open:
                questions.news.clear()
                news = asyncio.ensure_future(questions.news.wait())
                await asyncio.wait({task, news}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done():
            return task.result()
        self._waiting[waiting.state] = waiting
        waiting.timer = asyncio.get_running_loop().call_later(self._wait_seconds, self._end, waiting)
        asked = {key: question for key, (question, _) in questions.open.items()}
        return {"resultType": "input_required", "inputRequests": asked, "requestState": waiting.state}

    def _end(self, waiting: Waiting) -> None:
        self._waiting.pop(waiting.state, None)
        if waiting.timer:
            waiting.timer.cancel()
        waiting.task.cancel()


def owner_of(asking: Asking) -> tuple[object, ...]:
    """Who may go on with a call: the same token, at the same place, with the same method and name."""
    params = asking.params
    return (*asking.client.key, asking.place, asking.method, params.get("name"), params.get("uri"))


def is_ours(state: object) -> bool:
    """Whether a state is of a call that waits here, and not a server's own."""
    return isinstance(state, str) and state.startswith(STATE_MARK)


def questions_of(asking: Asking) -> Questions | None:
    """Where a legacy server's questions to this modern client are kept; None when it can answer none."""
    behind = asking.behind
    if not isinstance(behind, ModernBehind) or behind.declared.keys().isdisjoint(_ANSWERABLE):
        return None
    return behind.questions
