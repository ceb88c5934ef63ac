"""Who works on which run: claims what may begin, keeps the leases, stops what must stop.

One dispatcher per process. It is woken by what commits, here or (over PostgreSQL's notices) elsewhere; it looks by
itself every quarter of a lease, in case a word got lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import cast

import msgspec
import structlog

from entourage.agents.approvals import Approvals
from entourage.agents.bus.rows import LEFT, LOOK, WAKE
from entourage.agents.bus.stopping import Reason, StopReason, Working
from entourage.agents.bus.store import Holding, WorkersDied
from entourage.agents.closing import Closing
from entourage.agents.runs import Claim, Runs
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.ids import new_id
from entourage.kit.tracing import working
from entourage.stores.sql.notices import AGAIN

logger = structlog.get_logger(__name__)

EXPIRE_SECONDS = 5.0
CANCEL_SECONDS = 2.0
CROWDED_SECONDS = 0.005
SETTLED = (*ENDED, "waiting", "paused")


class _Going(msgspec.Struct):
    claim: Claim
    stop: StopReason
    task: asyncio.Task[None] | None = None
    done: asyncio.Event = msgspec.field(default_factory=asyncio.Event)
    again: RunRow | None = None
    """The run as it was taken anew, when it was woken up before its work here had quite ended."""


class Dispatcher:
    """Starts, renews and stops runs of this process. `worker` is unique to this start of it.

    `works` says who carries out the runs of each kind; `began` is told of each run that is taken.
    """

    def __init__(
        self,
        runs: Runs,
        works: Mapping[str, Working],
        closing: Closing,
        approvals: Approvals,
        *,
        slots: int,
        lease_seconds: float,
    ) -> None:
        self.worker = new_id()
        self.began: Callable[[RunRow], None] = lambda _run: None
        self._runs = runs
        self._works = works
        self._closing = closing
        self._approvals = approvals
        self._slots = slots
        self._lease_seconds = lease_seconds
        self._going: dict[str, _Going] = {}
        self._watched: dict[str, set[asyncio.Event]] = {}
        self._looks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._trusts_leases_from = 0.0
        self._renewing = asyncio.Lock()
        self._renewed_at = 0.0
        approvals.wake = self.wake
        runs.notices.listen(self._hear)

    @property
    def free(self) -> bool:
        """Whether a new run could start here at once."""
        return not self._stopping and len(self._going) < self._slots

    @property
    def taker(self) -> str | None:
        """Who a new run may be claimed for at once."""
        return self.worker if self.free else None

    @property
    def running(self) -> int:
        """Runs going on in this process."""
        return len(self._going)

    async def start(self, *, alone: bool) -> None:
        """Begin to work; `alone` frees the leases of a dead predecessor at once (embedded database).

        Raises Conflict when nobody would work at all.
        """
        if alone and not self._slots:
            raise Conflict(
                "Nobody would work: an embedded database has one process, and ENTOURAGE_AGENT_CONCURRENCY is 0.",
                hint="Leave it out, or use PostgreSQL with `entourage worker`.",
            )
        if alone:
            await self._runs.adopt()
        await self._runs.notices.start()
        loops = {"renew": self._renew_loop, "expire": self._expire_loop}
        if self._slots:
            loops["claim"] = self._claim_loop
        self._tasks = [
            asyncio.create_task(self._forever(once), name=f"dispatcher-{name}") for name, once in loops.items()
        ]

    async def close(self) -> None:
        """Give all runs back and stop."""
        self._stopping = True
        tasks = [*self._tasks, *self._looks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        going = list(self._going.values())
        for one in going:
            self._interrupt(one, "shutdown")
        await asyncio.gather(*(one.task for one in going if one.task), return_exceptions=True)
        await self._runs.notices.close()

    def wake(self) -> None:
        """There may be work."""
        self._wake.set()

    def begin(self, run: RunRow) -> None:
        """Work on a run that was claimed for this worker; wake up for one that waits."""
        if run.status != "running" or run.worker != self.worker:
            self.wake()
        elif going := self._going.get(run.id):
            going.again = run if run.fence > going.claim.fence else going.again
        else:
            stop = StopReason(cast("Holding | None", run.holding), run.notes)
            going = self._going[run.id] = _Going(Claim.of(run), stop)
            going.task = asyncio.create_task(self._work(going, run), name=f"run-{run.id}")
            self.began(run)

    async def signal(self, run_id: str) -> None:
        """Let the worker of a run, here or elsewhere, look at its row now: somebody changed what it shall do."""
        going = self._going.get(run_id)
        if going:
            await self._look(going)
        else:
            self._runs.notices.say_now(f"{LOOK}{run_id}")

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
        """The run's row once it has ended, rests, or waits for somebody; works for runs of other processes, too."""
        left = asyncio.Event()
        self._watched.setdefault(run_id, set()).add(left)
        try:
            while True:
                left.clear()
                row = await self._runs.get(owner_id, run_id)
                if row.status in SETTLED and run_id not in self._going:
                    return row
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._lease_seconds / 4):
                        await left.wait()
        finally:
            self._watched[run_id].discard(left)
            if not self._watched[run_id]:
                del self._watched[run_id]

    def _hear(self, word: str) -> None:
        """Something committed, here or elsewhere."""
        if word.startswith(LOOK):
            going = self._going.get(word.removeprefix(LOOK))
            if going:
                look = asyncio.create_task(self._look(going))
                self._looks.add(look)
                look.add_done_callback(self._looks.discard)
            return
        if word.startswith(LEFT):
            self._tell_watchers(word.removeprefix(LEFT))
        if word == AGAIN:
            for run_id in self._watched:
                self._tell_watchers(run_id)
        if word in (WAKE, AGAIN) or word.startswith(LEFT):
            self.wake()

    def _tell_watchers(self, run_id: str) -> None:
        for left in self._watched.get(run_id, ()):
            left.set()

    async def _look(self, going: _Going) -> None:
        try:
            row = await self._runs.get(going.claim.owner_id, going.claim.run_id)
        except NotFound:
            return
        stop = going.stop
        stop.holding, stop.notes = cast("Holding | None", row.holding), row.notes
        stop.changed.set()
        if row.cancelling:
            self._interrupt(going, "cancelled")
        elif row.holding == "interrupt":
            self._interrupt(going, "interrupted")

    async def _work(self, going: _Going, run: RunRow) -> None:
        try:
            with working(trace_id=run.trace_id, user_id=run.owner_id, session_id=run.chat_id, agent=run.agent):
                await self._carry_out(going, run)
        except Exception:  # the database may be away: whoever takes the run over finds it as far as it is recorded
            logger.exception("run.left", run_id=run.id, agent=run.agent)
        finally:
            self._going.pop(run.id, None)
            going.done.set()
            self._tell_watchers(run.id)
            if going.again:
                await self._take_again(going.again)
            self.wake()

    async def _take_again(self, run: RunRow) -> None:
        """It was claimed again while this worker still told of its rest."""
        if self._stopping:
            with suppress(Exception):  # its lease runs out
                await self._runs.release(Claim.of(run))
        else:
            self.begin(run)

    async def _carry_out(self, going: _Going, run: RunRow) -> None:
        if run.dead_ms is not None:
            await self._closing.fail(going.claim, run, None, WorkersDied())
        elif run.cancelling:
            await self._closing.cancel(going.claim, run, None)
        else:
            await self._works[run.kind].work_on(run, going.stop)

    def _interrupt(self, going: _Going, reason: Reason) -> None:
        if going.stop.too_late:
            return
        going.stop.reason = reason
        if going.task:
            going.task.cancel()

    async def _claim_loop(self) -> None:
        await self._wait(self._lease_seconds / 4)
        while (free := self._slots - len(self._going)) > 0:
            if asyncio.get_running_loop().time() - self._renewed_at > self._lease_seconds / 2:
                await self._renew()  # this process stood still: it would take over what it works on itself
            trusts = asyncio.get_running_loop().time() >= self._trusts_leases_from
            runs = await self._runs.claim(self.worker, free, take_over=trusts)
            for run in runs:
                self.begin(run)
            if not self._runs.crowded:
                return
            await asyncio.sleep(CROWDED_SECONDS)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for may lose a cancellation that comes with the wake
                await self._wake.wait()
        self._wake.clear()

    async def _renew_loop(self) -> None:
        await asyncio.sleep(self._lease_seconds / 3)
        await self._renew()

    async def _renew(self) -> None:
        async with self._renewing:  # of two at once, one would take what the other renewed for lost
            began = asyncio.get_running_loop().time()
            going = {run_id: one for run_id, one in self._going.items() if not one.done.is_set()}
            lost, changed = set[str](), set[str]()
            if going:
                lost, changed = await self._runs.renew(self.worker, [one.claim for one in going.values()])
            self._renewed_at = began
        for run_id in lost:
            self._interrupt(going[run_id], "lost")
        for run_id in changed - lost:
            await self._look(going[run_id])

    async def _expire_loop(self) -> None:
        await asyncio.sleep(EXPIRE_SECONDS)
        await self._approvals.expire()

    async def _forever(self, once: Callable[[], object]) -> None:
        while True:
            try:
                await once()  # pyright: ignore[reportGeneralTypeIssues]
            except Exception:  # the database may be away for a while; the loop must outlive that
                logger.exception("dispatcher.loop_failed")
                # leases ran out that nobody could renew: their workers may live, and come first
                self._trusts_leases_from = asyncio.get_running_loop().time() + self._lease_seconds
                await asyncio.sleep(0.5)
                self.wake()
