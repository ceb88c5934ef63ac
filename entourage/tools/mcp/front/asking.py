"""One request of a client: what every method gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from entourage.tools.caller import Caller
from entourage.tools.mcp.front import writing
from entourage.tools.mcp.links.eras import CAPABILITIES_KEY, CLIENT_KEY, VERSION_KEY
from entourage.tools.mcp.links.errors import INVALID_PARAMS, McpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from entourage.tools.mcp.front.answering import Answer
    from entourage.tools.mcp.front.behind import ClientBehind
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.heads import Head
    from entourage.tools.mcp.front.messages import JsonObject, RequestId
    from entourage.tools.mcp.front.places import Place
    from entourage.tools.mcp.front.session import Session

_NOT_PASSED_ON = frozenset({"progressToken", VERSION_KEY, CLIENT_KEY})
_ROUND = ("inputResponses", "requestState", "task")


class Asking(msgspec.Struct):
    """A request. `session` is None in the modern era; `behind` is the client as servers may ask it."""

    client: Client
    place: Place
    head: Head
    id: RequestId
    method: str
    params: JsonObject
    answer: Answer
    behind: ClientBehind
    session: Session | None = None

    @property
    def is_modern(self) -> bool:
        return self.session is None

    @property
    def owner_id(self) -> str:
        return self.client.owner_id

    @property
    def affinity(self) -> str | None:
        """What keeps a client at one replica."""
        return self.session.id if self.session else None

    @property
    def meta(self) -> JsonObject:
        """The request's `_meta`, empty without one."""
        meta: object = self.params.get("_meta")
        return cast("JsonObject", meta) if isinstance(meta, dict) else {}

    def caller(self) -> Caller:
        """Whom the tool path sees."""
        return caller_of(self.client, self.place, self.session.id if self.session else "")

    def text(self, name: str) -> str:
        """A param that must be a text. Raises McpError."""
        value = self.params.get(name)
        if not isinstance(value, str):
            raise McpError(INVALID_PARAMS, f"The param {name!r} must be a string.")
        return value

    def object(self, name: str) -> JsonObject:
        """A param that is an object where it is there. Raises McpError."""
        value: object = self.params.get(name)
        if value is not None and not isinstance(value, dict):
            raise McpError(INVALID_PARAMS, f"The param {name!r} must be an object.")
        return cast("JsonObject", value or {})

    def progress(self) -> Callable[[float, float | None, str | None], None] | None:
        """Tells the client how far it is; None when it did not ask for that."""
        token = self.meta.get("progressToken")
        if not isinstance(token, int | str) or not self.answer.can_tell:
            return None
        behind = self.behind

        def told(done: float, total: float | None, message: str | None) -> None:
            params: dict[str, Any] = {"progressToken": token, "progress": done}
            if total is not None:
                params["total"] = total
            if message is not None:
                params["message"] = message
            behind.tell(writing.notification("notifications/progress", params))

        return told


def caller_of(client: Client, place: Place, session_id: str = "") -> Caller:
    """Whom the tool path sees when a client calls at a place."""
    return Caller(
        client.owner_id,
        "mcp",
        agent=place.agent,
        session_id=session_id,
        key_id=client.key_id,
        scope=place.scope,
    )


def passed_on(meta: JsonObject) -> JsonObject:
    """What of `_meta` is meant for the server."""
    return {key: value for key, value in meta.items() if key not in _NOT_PASSED_ON}


def inputs_of(params: JsonObject) -> JsonObject:
    """What a client sent for a call that was unfinished, or to have it done as a task."""
    return {key: params[key] for key in _ROUND if key in params}


def without_meta(params: JsonObject) -> JsonObject:
    """The params that are the method's own."""
    return {key: value for key, value in params.items() if key != "_meta"}


__all__ = ["CAPABILITIES_KEY", "Asking", "caller_of", "inputs_of", "passed_on", "without_meta"]
