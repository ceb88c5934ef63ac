"""What a provider's stream tells, one call for each thing, and how a whole answer is gathered from it."""

from __future__ import annotations

import time
from typing import Protocol

from entourage.llm.translate.neutral import Call, Ran, Reply, Seal, Spent, Spoken, StopReason, Text, Thinking


class Sink(Protocol):
    """Takes an answer as it comes. Deltas that belong together follow each other, but for calls, which have a key."""

    def start(self, answer_id: str, created: int | None) -> None: ...

    def thinking(self, delta: str) -> None: ...

    def seal(self, seal: Seal, *, is_redacted: bool = False) -> None:
        """Ends the thought: what follows is another one."""
        ...

    def text(self, delta: str) -> None: ...

    def refusal(self, delta: str) -> None: ...

    def call(self, key: int | str, call_id: str, name: str) -> None: ...

    def arguments(self, key: int | str, delta: str) -> None: ...

    def began(self, call: Ran) -> None:
        """The answering side runs a tool itself."""
        ...

    def ran(self, call: Ran) -> None:
        """It has; `call` says how it went. Its `id` is that of the beginning."""
        ...

    def spent(self, spent: Spent) -> None:
        """May be told more than once."""
        ...

    def stop(self, reason: StopReason, sequence: str | None = None) -> None: ...

    def finish(self) -> None:
        """The answer is whole."""
        ...


def now_seconds() -> int:
    """For dialects that tell when an answer was made, from one that does not."""
    return int(time.time())


class Gathered:
    """A sink that keeps everything. Deltas are joined when they are looked at, since texts may be long."""

    def __init__(self) -> None:
        self._reply = Reply(id="", created=0, parts=[])
        self._kind = ""
        self._deltas: list[str] = []
        self._calls: dict[int | str, Call] = {}
        self._arguments: dict[int | str, list[str]] = {}

    @property
    def reply(self) -> Reply:
        """The answer as far as it was told."""
        self._join()
        for key, call in self._calls.items():
            call.arguments = "".join(self._arguments[key])
        return self._reply

    def start(self, answer_id: str, created: int | None) -> None:
        self._reply.id = answer_id
        self._reply.created = created or now_seconds()

    def thinking(self, delta: str) -> None:
        self._take("thinking", delta)

    def seal(self, seal: Seal, *, is_redacted: bool = False) -> None:
        self._join()
        add(self._reply.parts, Thinking("", seal, is_redacted=is_redacted))

    def text(self, delta: str) -> None:
        self._take("text", delta)

    def refusal(self, delta: str) -> None:
        self._take("refusal", delta)

    def call(self, key: int | str, call_id: str, name: str) -> None:
        self._join()
        self._calls[key] = Call(call_id, name, "")
        self._arguments[key] = []
        self._reply.parts.append(self._calls[key])

    def arguments(self, key: int | str, delta: str) -> None:
        self._arguments[key].append(delta)

    def began(self, call: Ran) -> None:
        self._join()
        self._reply.parts.append(call)

    def ran(self, call: Ran) -> None:
        for part in self._reply.parts:
            if isinstance(part, Ran) and part.id == call.id:
                part.output, part.error = call.output, call.error

    def spent(self, spent: Spent) -> None:
        self._reply.spent.raise_to(spent)

    def stop(self, reason: StopReason, sequence: str | None = None) -> None:
        self._reply.stop, self._reply.stop_sequence = reason, sequence

    def finish(self) -> None:
        return None

    def _take(self, kind: str, delta: str) -> None:
        if kind != self._kind:
            self._join()
            self._kind = kind
        self._deltas.append(delta)

    def _join(self) -> None:
        if self._deltas:
            text = "".join(self._deltas)
            thought = self._kind == "thinking"
            add(self._reply.parts, Thinking(text) if thought else Text(text, is_refusal=self._kind == "refusal"))
            self._deltas.clear()


def add(parts: list[Spoken], part: Spoken) -> None:
    """Append, or let the last part go on where nothing lies between."""
    last = parts[-1] if parts else None
    match last, part:
        case Text(), Text() if last.is_refusal == part.is_refusal:
            last.text += part.text
        case Thinking(seal=None), Thinking(is_redacted=False):
            last.text += part.text
            last.seal = part.seal
        case _:
            parts.append(part)


def stop_of(said: StopReason, parts: list[Spoken]) -> StopReason:
    """Why an answer ended; some servers say `stop` beside tool calls."""
    if said == "end" and any(isinstance(part, Call) for part in parts):
        return "tools"
    if said == "end" and any(isinstance(part, Text) and part.is_refusal for part in parts):
        return "refusal"
    return said
