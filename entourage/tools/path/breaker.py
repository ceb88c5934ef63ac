"""Leave a backend alone that fails again and again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import TypeAlias

from entourage.kit.errors import TimedOut, Unavailable, Upstream
from entourage.llm.routing.standing import Standing, State
from entourage.tools.path.redaction import known_secrets, without_secrets
from entourage.tools.pipeline import Again, Middleware
from entourage.tools.tool import ToolCall, ToolResult, Transient

Key: TypeAlias = tuple[str, ...]
"""Owner, server, and what tells replicas apart where there are several."""

_MAX_REMEMBERED = 20_000
_MAX_TOLD_CHARS = 300
_FAULTS = (Transient, TimeoutError, ConnectionError, Upstream, Unavailable, TimedOut)
"""What speaks against a backend. An error in its answer does not: it did answer."""


class Breaker:
    """Opens after five failures in a row, lets one call through when its time is over, closes after a success."""

    __slots__ = ("_standing", "errors", "in_flight")

    def __init__(self) -> None:
        self._standing = Standing()
        self.in_flight = 0
        self.errors = 0

    @property
    def state(self) -> State:
        return self._standing.state

    @property
    def calls(self) -> int:
        """How many ended since the server started."""
        return self._standing.calls

    @property
    def failures(self) -> int:
        """In a row."""
        return self._standing.failures

    @property
    def last_error(self) -> str | None:
        return self._standing.last_error

    @property
    def latency_ms(self) -> int | None:
        """The median of the last calls."""
        return self._standing.latency_ms

    @property
    def opens_in(self) -> float:
        """Seconds until a call is let through; 0 when one is now."""
        return self._standing.opens_in

    def allows(self) -> bool:
        """Whether a call may be made now. True makes the caller the probe of a breaker that is half open."""
        return self._standing.admits()

    def succeeded(self, latency_ms: int = 0) -> None:
        """A call was answered."""
        self._standing.succeeded(latency_ms, None)

    def failed(self, error: str = "") -> None:
        """A call was not answered."""
        self.errors += 1
        self._standing.failed(error[:_MAX_TOLD_CHARS])

    def abandoned(self) -> None:
        """A call ended without telling anything of the backend."""
        self._standing.abandoned()


class Breakers:
    """Breakers by key; the one that was not used for longest is forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Breaker] = OrderedDict()

    def of(self, *key: str) -> Breaker:
        """That of one backend."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Breaker()
            if len(self._known) > _MAX_REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return found

    def is_open(self, owner_id: str, server: str) -> bool:
        """Whether calls of this person to this server are held back."""
        found = self._known.get((owner_id, server))
        return found is not None and found.state == "open"

    def of_owner(self, owner_id: str) -> Iterator[tuple[Key, Breaker]]:
        """Those of one person, by what follows the owner in their keys."""
        for key, breaker in sorted(self._known.items()):
            if key[0] == owner_id:
                yield key[1:], breaker

    def forget(self, *key: str) -> None:
        """Begin anew with a backend: it was changed."""
        for known in [one for one in self._known if one[: len(key)] == key]:
            del self._known[known]


class Breaking(Middleware):
    """Counts how calls of a server end for each person, and holds calls back while it does not answer."""

    def __init__(self, breakers: Breakers) -> None:
        self._breakers = breakers

    async def before(self, call: ToolCall) -> ToolResult | None:
        server = call.tool.server
        if server is None:
            return None
        breaker = self._breakers.of(call.owner_id, server)
        if not breaker.allows():
            call.sent_at = None
            seconds = max(1, round(breaker.opens_in))
            return ToolResult.failure(f"{server} does not answer: it failed again and again. Try again in {seconds} s.")
        breaker.in_flight += 1
        call.sent_at = time.perf_counter()
        return None

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        breaker = self._left(call)
        if breaker is not None and call.sent_at is not None:
            breaker.succeeded(round((time.perf_counter() - call.sent_at) * 1000))
        return result

    async def on_error(self, call: ToolCall, error: BaseException) -> ToolResult | Again | None:
        breaker = self._left(call)
        if breaker is not None:
            if isinstance(error, _FAULTS):
                breaker.failed(without_secrets(str(error), known_secrets(call.secrets)) or type(error).__name__)
            else:
                breaker.abandoned()
        return None

    def _left(self, call: ToolCall) -> Breaker | None:
        """The breaker of a call that was let through."""
        if call.tool.server is None or call.sent_at is None:
            return None
        breaker = self._breakers.of(call.owner_id, call.tool.server)
        breaker.in_flight -= 1
        return breaker
