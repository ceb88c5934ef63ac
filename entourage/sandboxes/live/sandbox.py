"""A live sandbox: a supervisor that somebody has started, and what the host knows of it."""

from __future__ import annotations

import asyncio
import math
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType

import msgspec

from entourage.kit.errors import Conflict, Forbidden, NotFound
from entourage.sandboxes.live import process
from entourage.sandboxes.live.base import WORK, Metrics, NewLive, ProcessInfo, PtySize
from entourage.sandboxes.live.channel import Channel, Refused
from entourage.sandboxes.live.door import Door
from entourage.sandboxes.live.environment import environment
from entourage.sandboxes.live.execution import Execution
from entourage.sandboxes.live.files import Files, processes
from entourage.sandboxes.live.guard import Guard
from entourage.sandboxes.live.process import LiveProcess
from entourage.sandboxes.run import surely
from entourage.sandboxes.types import ExecResult, Limits, OnOutput

NOT_FOUND, NOT_EXECUTABLE = 127, 126
PAUSED_HINT = "Resume it first."
NO_LIMITS: Mapping[str, int] = MappingProxyType({})


class Body(msgspec.Struct, frozen=True):
    """What a backend has made: the way to the supervisor, and what watches over it."""

    channel: Channel
    guard: Guard
    door: Door
    work_folder: Path
    run_folder: Path


class LiveSandbox:
    """See `Live`. `end` undoes what the backend has made, so that nothing is left."""

    def __init__(self, backend: str, new: NewLive, body: Body, end: Callable[[], Awaitable[None]]) -> None:
        self.id = new.id
        self.owner_id = new.owner_id
        self.backend = backend
        self.limits = new.limits
        self.work_folder: Path | None = body.work_folder
        self.run_folder: Path | None = body.run_folder
        self.ended = asyncio.Event()
        self._env = environment(new.env)
        self._body = body
        self._end = end
        self._channel = body.channel
        self._files = Files(body.channel)
        self._started: set[int] = set()
        self._paused = False
        self._killing: asyncio.Task[None] | None = None
        self._watching = asyncio.ensure_future(self._end_with_channel())

    @property
    def files(self) -> Files:
        return self._files

    @property
    def allow(self) -> tuple[str, ...]:
        """Hosts it may reach now."""
        return self._body.door.allow

    async def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = WORK,
        stdin: bool = False,
        pty: PtySize | None = None,
    ) -> LiveProcess:
        """Start a program. Raises NotFound, Forbidden, Conflict (paused), TooMany, Unavailable (ended)."""
        return await self._start(argv, env, cwd, stdin=stdin, pty=pty)

    async def exec(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = WORK,
        stdin: bytes | None = None,
        limits: Limits | None = None,
        on_output: OnOutput | None = None,
        stop: asyncio.Event | None = None,
    ) -> ExecResult:
        """Run a program to its end, or to a limit; 127 or 126 when there is none, as a shell would say."""
        limits = limits or self.limits
        bounds = {"RLIMIT_CPU": math.ceil(limits.cpu_seconds) + 1, "RLIMIT_DATA": limits.memory_bytes}
        try:
            program = await self._start(argv, env, cwd, stdin=stdin is not None, pty=None, limits=bounds)
        except (NotFound, Forbidden) as problem:
            code = NOT_FOUND if isinstance(problem, NotFound) else NOT_EXECUTABLE
            return ExecResult(code, "", f"{problem.detail}\n", None, 0.0, 0)
        return await Execution(program, self._body.guard, limits, on_output).finish(stdin, stop)

    async def processes(self) -> list[ProcessInfo]:
        """What runs inside."""
        self._refuse_paused()
        return await processes(self._channel, frozenset(self._started))

    async def kill_process(self, pid: int) -> None:
        """Kill one process inside. Raises NotFound."""
        try:
            await self._channel.ask({"op": "one", "pid": pid})
        except Refused:
            raise NotFound(f"there is no process {pid} in the sandbox") from None

    async def pause(self) -> None:
        """Stop every process where it is."""
        await self._everyone(signal.SIGSTOP)
        self._paused = True

    async def resume(self) -> None:
        """Let every process go on."""
        self._paused = False
        await self._everyone(signal.SIGCONT)

    async def metrics(self) -> Metrics:
        """The last sample; at most a second old."""
        return self._body.guard.metrics()

    async def set_network(self, allow: Sequence[str]) -> None:
        """Which hosts it may reach, from now on. Raises Invalid for what is no host."""
        await self._body.door.set(allow)

    async def kill(self) -> None:
        """End everything of it and wait until nothing is left."""
        if self._killing is None:
            self._killing = asyncio.ensure_future(self._kill())
        await surely(_joined(self._killing))

    async def _kill(self) -> None:
        self._watching.cancel()
        self._channel.close()
        try:
            await self._end()
        finally:
            self.ended.set()

    async def _end_with_channel(self) -> None:
        """When the supervisor is gone, whatever the reason, the rest goes too."""
        await self._channel.closed.wait()
        if self._killing is None:
            self._killing = asyncio.ensure_future(self._kill())

    async def _start(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None,
        cwd: str,
        *,
        stdin: bool,
        pty: PtySize | None,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> LiveProcess:
        self._refuse_paused()
        values = {**self._env, **(env or {})}
        async with self._body.guard.calm:
            started = await process.start(self._channel, argv, env=values, cwd=cwd, stdin=stdin, pty=pty, limits=limits)
        self._body.guard.stir()
        self._started.add(started.pid)
        self._channel.exit_of(started.pid).add_done_callback(lambda _: self._started.discard(started.pid))
        return started

    async def _everyone(self, number: int) -> None:
        try:
            await self._channel.ask({"op": "everyone", "number": number})
        except Refused as refused:
            raise Conflict(f"the sandbox's processes took no signal: {refused.reason}") from None

    def _refuse_paused(self) -> None:
        if self._paused:
            raise Conflict("the sandbox is paused", hint=PAUSED_HINT)


async def begun(backend: str, new: NewLive, make_body: Callable[[AsyncExitStack], Awaitable[Body]]) -> LiveSandbox:
    """A sandbox around what `make_body` makes; what that leaves on its stack is undone when the sandbox ends.

    Raises what making raises, and Invalid for a host that is none; nothing is left then.
    """
    async with AsyncExitStack() as stack:
        body = await make_body(stack)
        closing = stack.pop_all()
    live = LiveSandbox(backend, new, body, closing.aclose)
    try:
        if new.network:
            await live.set_network(new.network)
    except BaseException:
        await surely(live.kill())
        raise
    return live


async def _joined(task: asyncio.Task[None]) -> None:
    await asyncio.shield(task)
