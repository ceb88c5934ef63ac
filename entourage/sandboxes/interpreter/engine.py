"""What a context has behind it: one process inside the sandbox that runs code and keeps its state."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from entourage.sandboxes.interpreter.types import OnEvent

_INSIDE = Path(__file__).parent / "inside"


class Died(Exception):
    """The process behind a context is gone: its state is lost. `code` is how it ended, `said` its last words."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(f"the interpreter ended with exit code {code}")
        self.code = code
        self.said = said


class Engine(Protocol):
    """One process. At most one `run` at a time."""

    @property
    def alive(self) -> bool: ...

    async def run(self, code: str, env: Mapping[str, str], on_event: OnEvent) -> None:
        """Run code to its end, telling everything on the way. Raises Died."""
        ...

    async def interrupt(self) -> None:
        """Have the code that runs give up; `run` returns if it does."""
        ...

    async def close(self) -> None:
        """End the process."""
        ...


@cache
def source(*names: str) -> str:
    """The programs of `inside/`, one after the other, as one text."""
    return "\n".join((_INSIDE / name).read_text() for name in names)
