"""What the gateway asks of a team of agents. The rooms above implement it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

from entourage.llm.translate.neutral import Ran, Spent


class File(NamedTuple):
    """Something that came with the message."""

    name: str
    media_type: str
    data: bytes


class Turn(NamedTuple):
    """What was said before."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Prompt:
    """A message to the team, or to one `agent` of it.

    It belongs to the conversation named `session`, or goes on from the answer `previous`; without either, to the one
    in which all that is `before` was said.
    """

    agent: str | None
    text: str
    before: tuple[Turn, ...] = ()
    files: tuple[File, ...] = field(default=(), repr=False)
    session: str | None = None
    previous: str | None = None


class Said(NamedTuple):
    """More of the answer."""

    text: str


class Thought(NamedTuple):
    """More of the reasoning, or something worth knowing meanwhile."""

    text: str


class Began(NamedTuple):
    """A tool runs."""

    call: Ran


class Ended(NamedTuple):
    """A tool has run."""

    call: Ran


class Done(NamedTuple):
    """The answer is complete; what all model calls of it took together."""

    spent: Spent


Happening: TypeAlias = Said | Thought | Began | Ended | Done | None
"""None: nothing happened for a moment."""


class Answering(Protocol):
    """A run that answers."""

    @property
    def id(self) -> str:
        """Names the answer; a later prompt goes on from it by this."""
        ...

    def happenings(self) -> AsyncIterator[Happening]:
        """All that happens, to the end. Raises Problem when the run fails."""
        ...

    async def stop(self) -> None:
        """Cancel the run, unless it has ended."""
        ...


class Team(Protocol):
    """The agents of every person."""

    async def names(self, owner_id: str) -> list[str]:
        """The agents that one may ask for."""
        ...

    async def ask(self, owner_id: str, prompt: Prompt) -> Answering:
        """Begin a run. Raises NotFound for an agent or an answer that is not there, and other Problems."""
        ...
