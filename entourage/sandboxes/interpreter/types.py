"""What a piece of code gives back: printed text, rich results, an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

Language: TypeAlias = Literal["python", "javascript", "typescript", "bash"]
LANGUAGES: tuple[Language, ...] = ("python", "javascript", "typescript", "bash")

Stopped: TypeAlias = Literal["timeout", "output", "cancelled"]

PLAIN = "text/plain"
CHART = "application/vnd.entourage.chart+json"
"""What a matplotlib figure shows, as numbers: the dictionary of E2B's `chart`."""
DATA = "application/vnd.entourage.data+json"
"""A data frame as column -> list of values: the dictionary of E2B's `data`."""

MAX_CODE_BYTES = 1024 * 1024
MAX_OUTPUT_BYTES = 8 * 1024 * 1024
"""Printed text and results of one execution together; what is more ends it."""


class Printed(msgspec.Struct, frozen=True):
    """Text a program printed, as it came."""

    stream: Literal["stdout", "stderr"]
    text: str


class Result(msgspec.Struct, frozen=True):
    """One thing shown, in each form it has: MIME type -> text (base64 for pictures), or JSON values.

    `is_main` for the value of the last expression, as opposed to what was displayed on the way.
    """

    data: Mapping[str, Any]
    is_main: bool = False

    @property
    def text(self) -> str | None:
        """Its plain text."""
        text = self.data.get(PLAIN)
        return text if isinstance(text, str) else None


class Failure(msgspec.Struct, frozen=True):
    """What the code raised. `traceback` is for people, without terminal colours."""

    name: str
    value: str
    traceback: str


class Counted(msgspec.Struct, frozen=True):
    """The number of this execution within its context."""

    count: int


Event: TypeAlias = Printed | Result | Failure | Counted
OnEvent: TypeAlias = Callable[[Event], None]


class Execution(msgspec.Struct):
    """All that one piece of code gave. `stopped_by`: it did not come to its own end."""

    results: list[Result] = msgspec.field(default_factory=list[Result])
    stdout: str = ""
    stderr: str = ""
    error: Failure | None = None
    count: int | None = None
    context_id: str = ""
    stopped_by: Stopped | None = None
    seconds: float = 0.0

    @property
    def text(self) -> str | None:
        """The plain text of the value of the last expression."""
        return next((result.text for result in self.results if result.is_main), None)


class ContextInfo(msgspec.Struct, frozen=True):
    """A context as it is listed."""

    id: str
    language: Language
    cwd: str


def event_bytes(event: Event) -> int:
    """Roughly how much of memory and of the wire an event takes."""
    match event:
        case Printed(text=text):
            return len(text)
        case Result(data=data):
            return sum(len(value) if isinstance(value, str) else 64 + len(repr(value)) for value in data.values())
        case Failure(value=value, traceback=traceback):
            return len(value) + len(traceback)
        case Counted():
            return 0
