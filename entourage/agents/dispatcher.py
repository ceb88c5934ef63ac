"""Who works on which run: claims what is ready, keeps the leases, stops what must stop.

One dispatcher per process. On an embedded database a wake-up is a function call; on PostgreSQL other processes find
work by looking every lease/4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from entourage.agents.approvals import Approvals
from entourage.agents.closing import Closing
from entourage.agents.runner import Runner, StopReason
from entourage.agents.runs import Claim, Runs
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.kit.ids import new_id
from entourage.kit.tracing import working

logger = structlog.get_logger(__name__)

EXPIRE_SECONDS = 5.0
CANCEL_SECONDS = 2.0


@dataclass(slots=True)
class _Going:
    claim: Claim
    stop: StopReason
    task: asyncio.Task[None] | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Dispatcher:
    """Starts, renews and stops runs of this process. `worker` is unique to this start of it."""

    def __init__(
        self, runs: Runs, runner: Runner, closing: Closing, approvals: Approvals, *, slots: int, lease_seconds: float
    ) -> None:
        self.worker = new_id()
        self._runs = runs
        self._runner = runner
        self._closing = closing
        self._approvals = approvals
        self._slots = slots
        self._lease_seconds = lease_seconds
        self._going: dict[str, _Going] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        approvals.wake = self.wake

    @property
    def free(self) -> bool:
        """Whether a new run could start here at once."""
        return not self._stopping and len(self._going) < self._slots

    @property
    def running(self) -> int:
        """Runs going on in this process."""
        return len(self._going)

    async def start(self, *, alone: bool) -> None:
        """Begin to work; `alone` frees the leases of a dead predecessor at once (embedded database)."""
        if alone:
            await self._runs.adopt()
        self._tasks = [
            asyncio.create_task(self._forever(self._claim_loop), name="dispatcher-claim"),
            asyncio.create_task(self._forever(self._renew_loop), name="dispatcher-renew"),
            asyncio.create_task(self._forever(self._expire_loop), name="dispatcher-expire"),
        ]

    async def close(self) -> None:
        """Give all runs back and stop."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        going = list(self._going.values())
        for one in going:
            self._interrupt(one, "shutdown")
        await asyncio.gather(*(one.task for one in going if one.task), return_exceptions=True)

    def wake(self) -> None:
        """There may be work."""
        self._wake.set()

    def begin(self, run: RunRow) -> None:
        """Work on a run that was claimed for this worker when it was made."""
        if run.status != "running" or run.worker != self.worker:
            self.wake()
            return
        going = _Going(Claim(run.id, run.owner_id, run.fence), StopReason())
        self._going[run.id] = going
        going.task = asyncio.create_task(self._work(going, run), name=f"run-{run.id}")

    async def cancel(self, owner_id: str, run_id: str) -> RunRow:
        """Stop a run and the runs it started; those of this process have ended when it returns. Raises NotFound."""
        root, family = await self._runs.request_cancel(owner_id, run_id)
        interrupted: list[_Going] = []
        for row in reversed(family):
            going = self._going.get(row.id)
            if going:
                self._interrupt(going, "cancelled")
                interrupted.append(going)
            else:
                claim = await self._runs.seize(owner_id, row.id, self.worker)
                if claim:
                    await self._closing.cancel(claim, row, None)
        with suppress(TimeoutError):
            async with asyncio.timeout(CANCEL_SECONDS):
                await asyncio.gather(*(going.done.wait() for going in interrupted))
        return root

    async def settled(self, owner_id: str, run_id: str) -> RunRow:
        """The run's row once it has ended or waits for somebody; works for runs of other processes, too."""
        while True:
            going = self._going.get(run_id)
            if going:
                await going.done.wait()
            row = await self._runs.get(owner_id, run_id)
            if row.status in (*ENDED, "waiting"):
                return row
            if run_id not in self._going:
                await asyncio.sleep(0.05)

    async def _work(self, going: _Going, run: RunRow) -> None:
        try:
            with working(trace_id=run.trace_id, user_id=run.owner_id, session_id=run.chat_id, agent=run.agent):
                await self._runner.work_on(run, going.stop)
        finally:
            self._going.pop(run.id, None)
            going.done.set()
            self.wake()

    def _interrupt(self, going: _Going, reason: str) -> None:
        if going.stop.too_late:
            return
        going.stop.reason = reason
        if going.task:
            going.task.cancel()

    async def _claim_loop(self) -> None:
        await self._wait(self._lease_seconds / 4)
        free = self._slots - len(self._going)
        if free > 0:
            for run in await self._runs.claim(self.worker, free):
                self.begin(run)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def _renew_loop(self) -> None:
        await asyncio.sleep(min(self._lease_seconds / 3, 0.5))
        claims = [going.claim for going in self._going.values()]
        if not claims:
            return
        lost, cancelling = await self._runs.renew(self.worker, claims)
        for run_id in lost | cancelling:
            going = self._going.get(run_id)
            if going and not going.done.is_set():
                self._interrupt(going, "cancelled" if run_id in cancelling else "lost")

    async def _expire_loop(self) -> None:
        await asyncio.sleep(EXPIRE_SECONDS)
        await self._approvals.expire()

    async def _forever(self, once: Callable[[], object]) -> None:
        while True:
            try:
                await once()  # pyright: ignore[reportGeneralTypeIssues]
            except Exception:  # the database may be away for a while; the loop must outlive that
                logger.exception("dispatcher.loop_failed")
                await asyncio.sleep(0.5)
