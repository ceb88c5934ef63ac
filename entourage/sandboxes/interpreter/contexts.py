"""The contexts of one live sandbox: each has a process with a state, started at need and again after it died."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import msgspec

from entourage.kit.errors import Conflict, NotFound, Problem
from entourage.kit.ids import new_id
from entourage.sandboxes.interpreter.collecting import Collector
from entourage.sandboxes.interpreter.engine import Died, Engine
from entourage.sandboxes.interpreter.types import ContextInfo, Execution, Failure, Language, OnEvent, Stopped
from entourage.sandboxes.run import surely

MAX_CONTEXTS = 16
GRACE_SECONDS = 2.0
"""How long interrupted code has to give up before its process is killed and its state lost."""

StartEngine: TypeAlias = Callable[[Language, str], Awaitable[Engine]]
"""Starts the process of a context: language and folder."""


class Cell(msgspec.Struct, frozen=True):
    """A piece of code and what bounds it. `timeout_seconds` None: only the sandbox's own life does."""

    code: str
    env: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    timeout_seconds: float | None = None
    on_event: OnEvent | None = None
    stop: asyncio.Event | None = None


class Context:
    """One context. Cells wait for each other in the order they came."""

    def __init__(self, info: ContextInfo, start: StartEngine) -> None:
        self.info = info
        self._start = start
        self._engine: Engine | None = None
        self._turn = asyncio.Lock()
        self._running = False

    async def run(self, cell: Cell) -> Execution:
        """Run code to its end or to a limit. Raises Unavailable when there is nothing to run it."""
        async with self._turn:
            engine = await self._ready()
            execution = Execution(context_id=self.info.id)
            began = time.monotonic()
            self._running = True
            try:
                await self._supervise(engine, cell, Collector(execution, cell.on_event))
            finally:
                self._running = False
                execution.seconds = time.monotonic() - began
            return execution

    async def warm(self) -> None:
        """Start the process before there is code for it."""
        async with self._turn:
            await self._ready()

    async def interrupt(self) -> bool:
        """Have running code give up; False when none runs."""
        if not self._running or self._engine is None:
            return False
        await self._engine.interrupt()
        return True

    async def restart(self) -> None:
        """A new process, without the state. What runs is ended."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()
        await self.warm()

    async def close(self) -> None:
        """End the process."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()

    async def _ready(self) -> Engine:
        if self._engine is not None and not self._engine.alive:
            await self.close()
        if self._engine is None:
            self._engine = await self._start(self.info.language, self.info.cwd)
        return self._engine

    async def _supervise(self, engine: Engine, cell: Cell, collector: Collector) -> None:
        """Whichever comes first: the code's end, its time, too much output, the caller's stop."""
        running = asyncio.ensure_future(engine.run(cell.code, cell.env, collector.take))
        stopping = asyncio.ensure_future(stopped(cell, collector))
        try:
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                collector.execution.stopped_by = stopping.result()
                collector.is_over = True
                await self._give_up(engine, running)
            elif (error := running.exception()) is not None:
                if not isinstance(error, Died):
                    raise error
                collector.take(_death(error))
                await self.close()
        except asyncio.CancelledError:
            await surely(self._give_up(engine, running))
            raise
        finally:
            stopping.cancel()
            await asyncio.gather(stopping, return_exceptions=True)

    async def _give_up(self, engine: Engine, running: asyncio.Future[None]) -> None:
        """Interrupt, and kill what does not listen."""
        with suppress(Problem, OSError):
            await engine.interrupt()
        await asyncio.wait((running,), timeout=GRACE_SECONDS)
        if not running.done():
            await self.close()
            running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class Contexts:
    """All contexts of one sandbox; each language has one that is made at need for code that names none."""

    def __init__(self, start: StartEngine, home: str) -> None:
        self._start = start
        self._home = home
        self._by_id: dict[str, Context] = {}
        self._defaults: dict[Language, str] = {}

    def get(self, context_id: str) -> Context:
        """The context with this id. Raises NotFound."""
        try:
            return self._by_id[context_id]
        except KeyError:
            raise NotFound(f"There is no context {context_id[:100]!r} in this sandbox.") from None

    def of_language(self, language: Language, cwd: str | None = None) -> Context:
        """The one for code that names no context; `cwd` is for a new one."""
        context = self._by_id.get(self._defaults.get(language, ""))
        if context is None:
            context = self.create(language, cwd)
            self._defaults[language] = context.info.id
        return context

    def create(self, language: Language, cwd: str | None = None) -> Context:
        """A new context. Raises Conflict when there are too many."""
        if len(self._by_id) >= MAX_CONTEXTS:
            raise Conflict(f"A sandbox has at most {MAX_CONTEXTS} contexts.", hint="Remove one that is not used.")
        info = ContextInfo(new_id(), language, cwd or self._home)
        context = self._by_id[info.id] = Context(info, self._start)
        return context

    def list(self) -> list[ContextInfo]:
        """All of them, oldest first."""
        return [context.info for context in self._by_id.values()]

    async def remove(self, context_id: str) -> None:
        """End a context. Raises NotFound."""
        context = self.get(context_id)
        del self._by_id[context_id]
        await context.close()

    async def close(self) -> None:
        """End all."""
        contexts = list(self._by_id.values())
        self._by_id.clear()
        await asyncio.gather(*(context.close() for context in contexts), return_exceptions=True)


async def stopped(cell: Cell, collector: Collector) -> Stopped:
    """Why code must end before its time; never returns when there is no reason."""
    waits: dict[asyncio.Future[Any], Stopped] = {asyncio.ensure_future(collector.overflow.wait()): "output"}
    if cell.stop is not None:
        waits[asyncio.ensure_future(cell.stop.wait())] = "cancelled"
    try:
        done, _ = await asyncio.wait(waits, timeout=cell.timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        return waits[done.pop()] if done else "timeout"
    finally:
        for wait in waits:
            wait.cancel()


def _death(died: Died) -> Failure:
    how = f"by signal {died.code - 128}" if died.code > 128 else f"with exit code {died.code}"
    value = f"the interpreter ended {how}; its state is lost, the next run starts a new one"
    return Failure("InterpreterDied", value, died.said[-2000:] or value)
