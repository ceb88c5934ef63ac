"""Live sandboxes of everybody: made, found, kept for as long as they are used, ended so that nothing is left."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import structlog

from entourage.kit.errors import Conflict, Invalid, NotFound, Problem, TooMany, Unavailable
from entourage.kit.ids import new_id
from entourage.sandboxes.held import Held, NewSandbox, cost_usd
from entourage.sandboxes.live.base import Backend, Live, NewLive
from entourage.sandboxes.records import Records
from entourage.sandboxes.resting import Resting
from entourage.sandboxes.run import settled, surely
from entourage.sandboxes.schemas import EndReason, MetricsOut
from entourage.sandboxes.types import Limits

logger = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
RECORD_SECONDS = 30.0

SessionKey = tuple[str, str]


class Allowance(msgspec.Struct, frozen=True):
    """What sandboxes may take, and what they cost."""

    limits: Limits
    per_person: int = 10
    in_all: int = 100
    paused_seconds: float = 24 * 3600.0
    usd_per_hour: Decimal = Decimal(0)


class Sandboxes:
    """The sandboxes of this process, by backends with their names.

    The `preferred` one makes those that ask for none; without it the first of the given ones that works here.
    """

    def __init__(
        self,
        records: Records,
        backends: Mapping[str, Backend],
        allowance: Allowance,
        resting: Resting,
        *,
        preferred: str | None = None,
    ) -> None:
        self._records = records
        self._resting = resting
        self._backends = dict(backends)
        self._local = tuple(backends)
        self._preferred = preferred
        self._allowance = allowance
        self._held: dict[str, Held] = {}
        self._making: Counter[str] = Counter()
        self._sessions: dict[SessionKey, str] = {}
        self._session_locks: dict[SessionKey, asyncio.Lock] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def backends(self) -> Mapping[str, Backend]:
        """By name."""
        return self._backends

    def add_backend(self, backend: Backend) -> None:
        """One more way to run sandboxes."""
        self._backends[backend.name] = backend

    def on_end(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the id of each sandbox that ends from now on."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to look after expiry."""
        self._spawn(self._look_after())

    async def recall(self) -> None:
        """Hold again what was paused when this server, or one before it on this disk, ended."""
        notes = await asyncio.to_thread(self._resting.found)
        rows = await self._records.take_over(list(notes))
        for sandbox_id, note in notes.items():
            if (row := rows.get(sandbox_id)) is None:
                await asyncio.to_thread(self._resting.discard, sandbox_id)
                continue
            live = self._resting.asleep(sandbox_id, note, note.new.limits or self._allowance.limits)
            held = Held(live, note.new, Decimal(repr(row.usd_per_hour)))
            held.recall(created_ms=row.created_ms, seconds=row.seconds, expires_ms=row.expires_ms)
            self._held[sandbox_id] = held
            self._spawn(self._follow(held))
        await self._records.note(list(self._held.values()))

    async def create(self, owner_id: str, new: NewSandbox) -> Live:
        """A running sandbox. Raises TooMany, Invalid (no such backend or host), Unavailable with the ways out."""
        backend = self._backend(new.backend or await self.default_backend())
        self._count(owner_id)
        self._making[owner_id] += 1
        try:
            live = await backend.make(self._asked(new_id(), owner_id, new))
            held = Held(live, new, self._allowance.usd_per_hour)
            try:
                await self._records.add(held)
            except BaseException:
                await surely(live.kill())
                raise
        finally:
            self._making[owner_id] -= 1
        self._held[held.id] = held
        self._spawn(self._follow(held))
        return live

    async def get(self, owner_id: str, sandbox_id: str) -> Live:
        """A sandbox that runs or is paused; this counts as use. Raises NotFound, Unavailable (on another server)."""
        return (await self.held(owner_id, sandbox_id)).live

    async def awake(self, owner_id: str, sandbox_id: str) -> Live:
        """As `get`, for what a paused sandbox would never answer. Raises Conflict for one, too."""
        held = await self.held(owner_id, sandbox_id)
        if held.paused:
            raise Conflict(f"The sandbox {sandbox_id} is paused.", hint="Resume it first.")
        return held.live

    async def held(self, owner_id: str, sandbox_id: str) -> Held:
        """As `get`, with what the server knows of it."""
        held = self._held.get(sandbox_id)
        if held is None or held.owner_id != owner_id:
            row = await self._records.get(owner_id, sandbox_id)
            if row.ended_ms is None and row.server_id != self._records.server_id:
                raise Unavailable(f"the sandbox {sandbox_id} runs on another server", hint="Ask that one.")
            raise NotFound(f"The sandbox {sandbox_id} has ended.")
        held.use()
        return held

    async def of_session(self, owner_id: str, key: str, new: NewSandbox) -> Live:
        """The sandbox kept for `key` (a conversation, a workspace), made when there is none. Raises as `create`.

        Paused, it is resumed. When the person has as many as they may, the session that rested longest ends for it.
        It is made anew when it works on another folder or may write where it could not.
        """
        session = (owner_id, key)
        async with self._session_locks.setdefault(session, asyncio.Lock()):
            held = self._held.get(self._sessions.get(session, ""))
            if held is not None and held.because is None and not held.live.ended.is_set():
                if (held.new.work_folder, held.new.writable) == (new.work_folder, new.writable):
                    held.use()
                    if held.paused:
                        await self.resume(owner_id, held.id)
                    return held.live
                await self._end(held, "killed")
            await self._make_room(owner_id)
            live = await self.create(owner_id, new)
            self._sessions[session] = live.id
            return live

    async def _make_room(self, owner_id: str) -> None:
        """End the person's session that rested longest when they have as many sandboxes as they may."""
        mine = [held for held in self._held.values() if held.owner_id == owner_id]
        resting = [held for held in mine if held.id in self._sessions.values() and not held.in_use]
        if len(mine) + self._making[owner_id] >= self._allowance.per_person and resting:
            await self._end(min(resting, key=lambda held: held.used_at), "expired")

    def using(self, sandbox_id: str) -> AbstractContextManager[None]:
        """For as long as the block lasts, the sandbox does not count as idle. Raises NotFound when it has ended."""
        held = self._held.get(sandbox_id)
        if held is None:
            raise NotFound(f"The sandbox {sandbox_id} has ended.")
        return held.used()

    def running(self) -> list[tuple[str, str]]:
        """(owner, id) of each sandbox of this process."""
        return [(held.owner_id, held.id) for held in self._held.values()]

    def current(self, sandbox_id: str) -> Held | None:
        """What this process holds under an id, whoever owns it; no use of it."""
        return self._held.get(sandbox_id)

    async def kill(self, owner_id: str, sandbox_id: str) -> None:
        """End it; when this returns nothing of it is left. Raises NotFound."""
        await self._end(await self.held(owner_id, sandbox_id), "killed")

    async def kill_on(self, folder: Path) -> None:
        """End every sandbox that works on a folder, whoever owns it: the folder goes, or who may use it changes."""
        found = [held for held in self._held.values() if held.new.work_folder == folder]
        await asyncio.gather(*(self._end(held, "killed") for held in found))

    async def set_timeout(self, owner_id: str, sandbox_id: str, seconds: float) -> None:
        """Stay so long from now on. Raises NotFound."""
        held = await self.held(owner_id, sandbox_id)
        held.stay(seconds)
        await self._records.note([held])

    async def pause(self, owner_id: str, sandbox_id: str) -> None:
        """Stop all its processes; kept for a day. Raises NotFound, Conflict (paused already)."""
        held = await self.held(owner_id, sandbox_id)
        async with held.changing:
            if held.paused:
                raise Conflict("the sandbox is paused already", hint="Resume it.")
            await self._pause(held)

    async def resume(self, owner_id: str, sandbox_id: str) -> None:
        """Let a paused one go on; one whose processes went with an earlier server begins anew with its files.

        Raises NotFound, Conflict (it runs), Unavailable.
        """
        held = await self.held(owner_id, sandbox_id)
        async with held.changing:
            if not held.paused:
                raise Conflict("the sandbox is not paused", hint="Nothing needs to be done.")
            if held.asleep:
                await self._wake(held)
            else:
                await held.live.resume()
            await asyncio.to_thread(self._resting.forget, held.id)
            held.resume()
            await self._records.note([held])

    async def set_network(self, owner_id: str, sandbox_id: str, allow: list[str]) -> None:
        """Which hosts it may reach from now on. Raises NotFound, Invalid."""
        held = await self.held(owner_id, sandbox_id)
        await held.live.set_network(allow)
        await self._records.note([held])

    async def now(self, sandbox_id: str) -> dict[str, Any] | None:
        """What this process knows better than the row does, as it goes over the wire; None for none of its own."""
        held = self._held.get(sandbox_id)
        if held is None:
            return None
        metrics = None
        with suppress(Problem):
            metrics = MetricsOut.model_validate(await held.live.metrics())
        cost = str(cost_usd(held.seconds, held.usd_per_hour))
        own = {"cost_usd": cost, "expires_at": held.expires_ms, "files_only": held.asleep, "metrics": metrics}
        return {"seconds": held.seconds, **own}

    async def close(self) -> None:
        """End everything but the files of what is paused. The rows say why."""
        self._closing = True
        await asyncio.gather(*(self._stop(held) for held in list(self._held.values())))
        for task in list(self._tasks):
            task.cancel()
        await settled(list(self._tasks))
        for backend in self._backends.values():
            await backend.close()

    async def default_backend(self) -> str:
        """The name of the backend for those that ask for none."""
        if self._preferred is not None:
            return self._preferred
        for name in self._local:
            if not await self._backends[name].unavailable():
                return name
        return self._local[0]

    def _backend(self, name: str) -> Backend:
        try:
            return self._backends[name]
        except KeyError:
            raise Invalid(f"there is no backend {name!r}", hint=f"There are: {', '.join(self._backends)}.") from None

    def _asked(self, sandbox_id: str, owner_id: str, new: NewSandbox) -> NewLive:
        return NewLive(
            id=sandbox_id,
            owner_id=owner_id,
            work_folder=new.work_folder,
            writable=new.writable,
            limits=new.limits or self._allowance.limits,
            env=new.env,
            network=new.network,
            writable_root=new.writable_root,
        )

    def _count(self, owner_id: str) -> None:
        if self._closing:
            raise Unavailable("the server is stopping", hint="Try again in a moment.")
        mine = sum(held.owner_id == owner_id for held in self._held.values()) + self._making[owner_id]
        if mine >= self._allowance.per_person:
            raise TooMany(f"you have {mine} sandboxes, the most there may be", hint="End one.", retry_after_seconds=60)
        if len(self._held) + self._making.total() >= self._allowance.in_all:
            raise TooMany("this server runs as many sandboxes as it may", retry_after_seconds=60)

    async def _pause(self, held: Held) -> None:
        await held.live.pause()
        held.pause(self._allowance.paused_seconds)
        if held.live.run_folder is not None:  # those that are elsewhere end with this server
            await asyncio.to_thread(self._resting.note, held)
        await self._records.note([held])

    async def _wake(self, held: Held) -> None:
        asleep = held.live
        if self._closing:
            raise Unavailable("the server is stopping", hint="Try again in a moment.")
        live = await self._backend(asleep.backend).make(self._asked(held.id, held.owner_id, held.new))
        if held.because is not None:  # killed meanwhile
            await surely(live.kill())
            await asyncio.to_thread(self._resting.discard, held.id)
            raise NotFound(f"The sandbox {held.id} has ended.")
        held.wake(live)
        asleep.ended.set()
        self._spawn(self._follow(held))

    async def _stop(self, held: Held) -> None:
        """The server stops: what is paused waits for the next start, everything else ends."""
        if not await asyncio.to_thread(self._resting.is_noted, held.id):
            await self._end(held, "server_stopped")
            return
        held.stays = True
        await self._records.note([held])
        await surely(held.live.kill())

    async def _end(self, held: Held, because: EndReason) -> None:
        """End it once; who comes later waits for the same end."""
        held.because = held.because or because
        await surely(held.live.kill())
        await surely(self._forget(held))

    async def _follow(self, held: Held) -> None:
        """Whatever ends a sandbox, its end is noted; not when it is another that goes on, or will be."""
        live = held.live
        await live.ended.wait()
        if held.live is live and not held.stays:
            await self._forget(held)

    async def _forget(self, held: Held) -> None:
        """Note its end, once; who comes later waits for it."""
        if held.forgetting is None:
            held.forgetting = self._spawn(self._note_end(held))
        await asyncio.shield(held.forgetting)

    async def _note_end(self, held: Held) -> None:
        self._held.pop(held.id, None)
        for session, sandbox_id in list(self._sessions.items()):
            if sandbox_id == held.id:
                del self._sessions[session]
                self._session_locks.pop(session, None)
        for listener in self._listeners:
            listener(held.id)
        await asyncio.to_thread(self._resting.discard, held.id)
        await self._records.end(held, held.because or "crashed")

    async def _look_after(self) -> None:
        recorded = time.monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            for held in [held for held in self._held.values() if held.expired(now)]:
                self._spawn(self._expire(held))
            if now - recorded >= RECORD_SECONDS:
                recorded = now
                await self._record()

    async def _expire(self, held: Held) -> None:
        if held.new.on_expiry == "pause" and not held.paused:
            with suppress(Problem):
                async with held.changing:
                    if not held.paused:
                        await self._pause(held)
                return
        await self._end(held, "expired")

    async def _record(self) -> None:
        try:
            await self._records.note(list(self._held.values()))
            await self._records.end_lost()
        except Exception:  # the next half minute is another chance
            logger.exception("sandboxes.not_recorded")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
