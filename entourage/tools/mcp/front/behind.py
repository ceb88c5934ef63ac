"""The client behind a call, as a server may ask it: implements `Interactive`, each era in its way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from entourage.tools.mcp.front import writing
from entourage.tools.mcp.links.errors import McpError
from entourage.tools.tool import NotSupported

if TYPE_CHECKING:
    from entourage.tools.mcp.front.answering import Answer
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.mcp.front.rounds import Questions
    from entourage.tools.mcp.front.session import Session

Sample: TypeAlias = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""Answers `sampling/createMessage` in the client's place."""

_NEEDS = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")


class ClientBehind(ABC):
    """What both eras share. `log_level` is the least severe that the client wants to hear; None: none at all."""

    raw_rounds = False

    def __init__(
        self,
        answer: Answer,
        capabilities: JsonObject,
        meta: JsonObject,
        inputs: JsonObject,
        log_level: str | None,
        sample: Sample | None,
    ) -> None:
        self.answer = answer
        self.declared = capabilities
        self.capabilities: JsonObject = {"sampling": {}, **capabilities} if sample else capabilities
        self.meta = meta
        self.inputs = inputs
        self.log_level = log_level
        self.result: JsonObject | None = None
        """What the server gave in place of a result."""
        self.error: McpError | None = None
        self._sample = sample

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The client's answer, or that of a model where only we can sample. Raises NotSupported, McpError."""
        if _NEEDS.get(method, method) in self.declared:
            return await self._put(method, params)
        if method == "sampling/createMessage" and self._sample:
            return await self._sample(params)
        raise NotSupported(f"This client does not know {method}.")

    def log(self, params: dict[str, Any]) -> None:
        """A log message of the server."""
        if is_wanted(params.get("level"), self.log_level):
            self.tell(writing.notification("notifications/message", params))

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Another notification about the call."""
        self.tell(writing.notification(method, params))

    def tell(self, message: bytes) -> None:
        """A message on the way to the result."""
        self.answer.tell(message)

    def parted(self) -> None:
        """The server ended its stream before the result and wants to be asked for the rest: so do we."""
        self.answer.part()

    def unfinished(self, result: dict[str, Any]) -> None:
        """The server wants something first, or does it as a task."""
        self.result = result

    def failed(self, code: int, message: str, data: Any) -> None:
        """The server refused the call itself."""
        self.error = McpError(code, message, data)

    @abstractmethod
    async def _put(self, method: str, params: dict[str, Any]) -> dict[str, Any]: ...


class SessionBehind(ClientBehind):
    """A client with a session is asked on the stream of its request."""

    def __init__(
        self, session: Session, answer: Answer, meta: JsonObject, inputs: JsonObject, sample: Sample | None
    ) -> None:
        super().__init__(answer, session.capabilities, meta, inputs, session.log_level, sample)
        self._session = session

    async def _put(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if not self.answer.can_tell:
            raise NotSupported("This client takes JSON only, so that it cannot be asked anything.")
        return await self._session.ask(self.answer, method, params)


class ModernBehind(ClientBehind):
    """A modern client is asked by a result of its request, and answers by making it again.

    A modern server's own rounds pass through; the question of a legacy server is kept in `questions` meanwhile.
    """

    raw_rounds = True

    def __init__(
        self,
        answer: Answer,
        capabilities: JsonObject,
        meta: JsonObject,
        inputs: JsonObject,
        log_level: str | None,
        sample: Sample | None,
        questions: Questions | None,
    ) -> None:
        super().__init__(answer, capabilities, meta, inputs, log_level, sample)
        self.questions = questions

    async def _put(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if self.questions is None:
            raise NotSupported("This client cannot be asked anything here.")
        return await self.questions.put(method, params)


def is_wanted(level: object, least: str | None) -> bool:
    """Whether a log message is severe enough."""
    if least is None:
        return False
    return level not in LEVELS or least not in LEVELS or LEVELS.index(str(level)) >= LEVELS.index(least)
