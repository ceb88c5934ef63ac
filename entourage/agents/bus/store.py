"""The seam of the bus: what a store of tasks does. A run (`RunRow`) is the task.

A task is queued, running (a worker holds its lease), waiting (for a person or for a run it started), paused, or ended.
Every implementation passes `tests/conformance/bus`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.schemas import RunStatus
from entourage.agents.tables import RunRow
from entourage.kit.errors import Problem, TooMany
from entourage.stores.sql import Within

MAX_RUNNING = 3
"""Runs of one agent of one person at once, over all workers."""
MAX_WAITING = 100
"""Runs of one agent of one person that wait; further ones are refused."""
MAX_ATTEMPTS = 5
"""Takings without a new step: after them the run is a dead letter."""

Holding = Literal["pause", "interrupt"]


class LeaseLost(Exception):
    """Another worker took this run over, or it ended: stop without writing anything."""


class QueueFull(TooMany):
    slug, title = "queue-full", "The agent has too much to do"

    def __init__(self, agent: str) -> None:
        super().__init__(
            f"{MAX_WAITING} requests wait for {agent} already.",
            retry_after_seconds=5,
            hint="Try again once some of them are done, or ask another agent.",
        )


class WorkersDied(Problem):
    slug, title = "workers-died", "The run could not be carried out"

    def __init__(self) -> None:
        super().__init__(
            f"Whoever worked on it died {MAX_ATTEMPTS} times at the same step, so it was taken out of the queue.",
            hint="Look into the server's log, then let it go on with Retry.",
        )


class Claim(msgspec.Struct, frozen=True):
    """The right to work on a run, until the lease runs out or another worker takes it."""

    run_id: str
    owner_id: str
    fence: int
    parent_id: str | None

    @classmethod
    def of(cls, run: RunRow) -> Claim:
        """The one that whoever took this row has."""
        return cls(run.id, run.owner_id, run.fence, run.parent_run_id)


class Renewed(NamedTuple):
    """Ids of runs that a worker must look after: those it lost, and those somebody wants something of."""

    lost: set[str]
    changed: set[str]


class TaskStore(Protocol):
    """A durable queue per (owner, agent). Methods with a `session` work in the caller's transaction."""

    async def enqueue(
        self,
        session: AsyncSession,
        *,
        worker: str | None,
        priority: int = 0,
        dedupe_key: str | None = None,
        **values: Any,
    ) -> RunRow:
        """A new task, or the one that has not ended under this key.

        For a `worker` it is claimed at once, if it may begin. Raises QueueFull.
        """
        ...

    async def claim(self, worker: str, limit: int, *, take_over: bool = True) -> list[RunRow]:
        """Take up to `limit` tasks that may begin, agents in turn; with `take_over` those of dead workers, too.

        One whose workers died too often comes with `dead_ms`: it is to be failed, not worked on.
        """
        ...

    async def renew(self, worker: str, claims: Sequence[Claim]) -> Renewed:
        """Extend the leases."""
        ...

    async def park(self, claim: Claim) -> RunStatus:
        """Wait for people and own children; `queued` when there is nothing to wait for. Raises LeaseLost."""
        ...

    async def release(self, claim: Claim) -> None:
        """Give it back for another worker. Raises LeaseLost."""
        ...

    async def pause(self, claim: Claim) -> None:
        """Put it aside until somebody resumes it. Raises LeaseLost."""
        ...

    async def finish(
        self,
        within: Within,
        claim: Claim,
        status: RunStatus,
        *,
        output: dict[str, Any] | None = None,
        usage: dict[str, Any] | None = None,
    ) -> int:
        """End it and let its parent go on; how many notes it was given in all. Raises LeaseLost."""
        ...

    async def hold(self, owner_id: str, run_id: str, how: Holding) -> RunRow:
        """Ask for a pause: at once when nobody works on it. Raises NotFound, Conflict when it has ended."""
        ...

    async def resume(self, owner_id: str, run_id: str) -> RunRow:
        """Let a paused run go on, in its old place. Raises NotFound, Conflict when it has ended."""
        ...

    async def retry(self, owner_id: str, run_id: str) -> RunRow:
        """Let a failed or cancelled run go on after its last step. Raises NotFound, Conflict."""
        ...
