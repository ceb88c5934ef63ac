"""One collection as the server sees it: a child that starts when needed, comes back when killed, rests when idle."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from entourage.kit.errors import Unavailable
from entourage.stores.vectors.edge import wire
from entourage.stores.vectors.edge.child import BUILD, SERVE
from entourage.stores.vectors.edge.folder import Folder
from entourage.stores.vectors.edge.gate import Gate
from entourage.stores.vectors.edge.life import START_SECONDS, Gone, Life, begin, end

T = TypeVar("T")

LIVES = 4
CALL_SECONDS = 60.0
"""A call survives the death of three children, and takes no longer than that altogether."""

DRAIN_SECONDS = 5.0
"""Whoever is replaced first answers what it was asked."""

BUILD_AGAIN_SECONDS = 60.0
"""After a building that failed."""

logger = logging.getLogger(__name__)


class Worker:
    """Calls to one collection. `lock` gives the descriptor of the lock on all of them."""

    def __init__(
        self, folder: Folder, lock: Callable[[], Awaitable[int]], idle_seconds: float, build_points: int
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._idle_seconds = idle_seconds
        self._build_points = build_points
        self._life: Life | None = None
        self._builder: Life | None = None
        self._building: asyncio.Task[None] | None = None
        self._build_after = 0.0
        self._starting = asyncio.Lock()
        self._gate = Gate()
        self._used = time.monotonic()
        self._rest: asyncio.TimerHandle | None = None
        self._resting: asyncio.Task[None] | None = None

    @property
    def pids(self) -> list[int]:
        """Of the children that run: who serves, and who builds."""
        return [life.pid for life in (self._life, self._builder) if life and not life.ended.done()]

    @property
    def is_building(self) -> bool:
        return self._building is not None

    async def ask(self, message: wire.Message, kind: type[T]) -> T:
        """What the collection answers, if need be from a child that was started anew.

        Raises Unavailable when children keep dying, or after a minute.
        """
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await self._ask(message, kind)
        except TimeoutError:
            if self._life and self._life.silent_seconds > CALL_SECONDS:
                await end(self._life)
            raise Unavailable(f"The vectors of {self._folder.name!r} did not answer in {CALL_SECONDS:.0f} s") from None

    async def change(self, message: wire.Change) -> None:
        """Make a change; it is safe when this returns. May be repeated, so that a killed child is no matter."""
        async with self._gate.passing():
            is_stale = await self.ask(message, bool)
        if is_stale:
            self._build_soon()

    async def built(self) -> None:
        """Wait for the building that goes on, if one does."""
        while self._building:
            await asyncio.wait([self._building])

    async def close(self) -> None:
        """End the children; what they have is on disk."""
        if self._rest:
            self._rest.cancel()
        if self._building:
            self._building.cancel()
            await asyncio.wait([self._building])
        async with self._starting:
            life, self._life = self._life, None
            if life:
                await life.close()

    async def _ask(self, message: wire.Message, kind: type[T]) -> T:
        for _ in range(LIVES):
            try:
                life = await self._living()
                return await life.call(message, kind)
            except Gone:
                logger.warning("vectors of %s: the child ended, starting another", self._folder.name)
        raise Unavailable(f"The process of the vectors of {self._folder.name!r} keeps ending")

    async def _living(self) -> Life:
        self._used = time.monotonic()
        if self._life and not self._life.ended.done():
            return self._life
        async with self._starting:
            if not self._life or self._life.ended.done():
                await self._start()
        assert self._life
        return self._life

    async def _start(self) -> None:
        """Start who serves, after whoever built: what is on disk now says what counts."""
        await end(self._life)
        await end(self._builder)
        life = await self._begin(SERVE)
        try:
            async with asyncio.timeout(START_SECONDS):
                size = await life.notice(wire.Size)
        except BaseException:
            await end(life)
            raise
        self._life = life
        self._rest_later()
        if size.stale:
            self._build_soon()

    async def _begin(self, mode: str) -> Life:
        return await begin(self._folder.path, mode, await self._lock(), self._build_points)

    def _rest_later(self) -> None:
        if self._rest:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(self._idle_seconds, self._may_rest)

    def _may_rest(self) -> None:
        """End a child that nobody asked for a while: it comes back in a moment."""
        if self._is_idle():
            self._resting = asyncio.create_task(self._put_to_rest())
        elif self._life:
            self._rest_later()

    def _is_idle(self) -> bool:
        asked = time.monotonic() - self._used < self._idle_seconds
        return not (asked or self._life is None or self._life.is_waited_for or self._building)

    async def _put_to_rest(self) -> None:
        async with self._starting:
            if self._is_idle():
                life, self._life = self._life, None
                assert life
                await life.close()

    def _build_soon(self) -> None:
        if self._building or time.monotonic() < self._build_after:
            return
        self._building = asyncio.create_task(self._try_to_build())

    async def _try_to_build(self) -> None:
        is_stale = False
        try:
            is_stale = await self._build()
        except Exception as error:  # the old one goes on serving
            self._build_after = time.monotonic() + BUILD_AGAIN_SECONDS
            logger.warning("vectors of %s: no index was built: %r", self._folder.name, error)
        finally:
            builder, self._builder, self._building = self._builder, None, None
            await end(builder)
        if is_stale:
            self._build_soon()

    async def _build(self) -> bool:
        """Have a second child build a copy while the first keeps a journal; then the second takes over.

        Whether so much changed meanwhile that it is worth doing again.
        """
        serving = await self._living()
        old = self._folder.read()
        self._builder = builder = await self._begin(BUILD)
        await builder.notice(type(None))
        async with _thawed_on_failure(serving):
            async with self._gate.shut():
                await serving.call(wire.Freeze(), type(None))
                await builder.call(wire.Copy(), type(None))
            await _first(builder.notice(type(None)), serving)
        async with self._gate.shut(), self._starting:
            size = await self._take_over(serving, builder)
        if old:
            await asyncio.to_thread(shutil.rmtree, self._folder.data(old), ignore_errors=True)
        return size.stale

    async def _take_over(self, serving: Life, builder: Life) -> wire.Size:
        """After this the builder serves; if it ends meanwhile, what is on disk says who does."""
        try:
            if serving.ended.done():
                raise Gone
            size = await builder.call(wire.Take(), wire.Size)
            self._life, self._builder = builder, None
            await serving.answered(DRAIN_SECONDS)
        finally:
            await end(serving)
        return size


@asynccontextmanager
async def _thawed_on_failure(serving: Life) -> AsyncGenerator[None]:
    """Have who serves end its journal when nobody is going to read it."""
    try:
        yield
    except Exception:
        with suppress(Gone):
            await serving.call(wire.Thaw(), type(None))
        raise


async def _first(awaited: Awaitable[T], serving: Life) -> T:
    """What is awaited. Raises Gone when who serves ends before: then its journal has ended, too."""
    task = asyncio.ensure_future(awaited)
    await asyncio.wait({task, serving.ended}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        raise Gone
    return task.result()
