"""Live sandboxes in E2B's cloud, by their protocol: nothing of them runs on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from entourage.sandboxes.e2b.cloud.code import context_of, run_code
from entourage.sandboxes.e2b.cloud.files import CloudFiles
from entourage.sandboxes.e2b.cloud.process import START, CloudProcess
from entourage.sandboxes.e2b.cloud.wire import Account, Cloud, Opened
from entourage.sandboxes.interpreter.contexts import Cell
from entourage.sandboxes.interpreter.pipes import Reader, write_all
from entourage.sandboxes.interpreter.types import ContextInfo, Execution, Language
from entourage.sandboxes.live.base import HOME, Metrics, NewLive, ProcessInfo, PtySize
from entourage.sandboxes.output import Output
from entourage.sandboxes.types import MIB, ExecResult, Limits, OnOutput, StopReason

LIFE_SECONDS = 900
RENEW_SECONDS = 300.0
"""The cloud ends what nobody renews: nothing is left running there when this server is killed."""

MAX_OUTPUT_BYTES = MIB
_PS = ["ps", "-eo", "pid=,ppid=,stat=,rss=,times=,args="]
_PS_FIELDS = 5


class E2bLive:
    """Implements `Live` and `HasInterpreter` on one sandbox of the cloud."""

    backend = "e2b"
    work_folder: Path | None = None
    run_folder: Path | None = None

    def __init__(self, cloud: Cloud, opened: Opened, new: NewLive) -> None:
        self.id = new.id
        self.owner_id = new.owner_id
        self.limits = new.limits
        self.ended = asyncio.Event()
        self.files = CloudFiles(cloud, opened, self.exec)
        self._cloud = cloud
        self._opened = opened
        self._allow = tuple(new.network)
        self._paused = False
        self._processes: set[CloudProcess] = set()
        self._renewing = asyncio.create_task(self._renew())

    @property
    def allow(self) -> tuple[str, ...]:
        return self._allow

    async def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = HOME,
        stdin: bool = False,
        pty: PtySize | None = None,
    ) -> CloudProcess:
        if self._paused:
            raise Conflict("The sandbox is paused.", hint="Resume it.")
        process = CloudProcess(
            self._cloud, self._opened, pty=pty is not None, stdin=stdin, signal_other=self._send_signal
        )
        config = {"cmd": argv[0], "args": list(argv[1:]), "envs": dict(env or {}), "cwd": _place(cwd)}
        asked: dict[str, Any] = {"process": config, "stdin": stdin}
        if pty is not None:
            asked["pty"] = {"size": {"rows": pty.rows, "cols": pty.cols}}
        try:
            await process.begin(self._cloud.stream(self._opened, START, asked))
        except BaseException:
            process.abandon()
            raise
        self._processes.add(process)
        return process

    async def exec(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = HOME,
        stdin: bytes | None = None,
        limits: Limits | None = None,
        on_output: OnOutput | None = None,
        stop: asyncio.Event | None = None,
    ) -> ExecResult:
        bounds, over = limits or self.limits, asyncio.Event()
        output = Output(min(bounds.output_bytes, MAX_OUTPUT_BYTES), on_output, over.set)
        began = time.monotonic()
        process = await self.start(argv, env=env, cwd=cwd, stdin=stdin is not None)
        try:
            reason = await _supervised(process, output, stdin, bounds.wall_seconds, over, stop)
            code = 137 if reason else await process.wait()
        finally:
            self._processes.discard(process)
            await process.close()
        seconds = time.monotonic() - began
        return ExecResult(code, output.text("stdout"), output.text("stderr"), reason, seconds, 0)

    async def processes(self) -> list[ProcessInfo]:
        listed = (await self.exec(_PS)).stdout
        mine = {process.pid for process in self._processes}
        return [info for line in listed.splitlines() if (info := _process(line, mine))]

    async def kill_process(self, pid: int) -> None:
        if (await self.exec(["kill", "-9", str(pid)])).exit_code:
            raise NotFound(f"There is no process {pid} in the sandbox.")

    async def pause(self) -> None:
        await self._cloud.api("POST", f"/sandboxes/{self._opened.id}/pause", {})
        self._paused = True

    async def resume(self) -> None:
        told = await self._cloud.api("POST", f"/sandboxes/{self._opened.id}/connect", {"timeout": LIFE_SECONDS})
        self._opened = self.files.opened = opened_of(told, self._cloud.account)
        self._paused = False

    async def metrics(self) -> Metrics:
        told = await self._cloud.api("GET", f"/sandboxes/{self._opened.id}/metrics")
        if not told:
            return Metrics()
        last = told[-1]
        return Metrics(
            cpu_percent=float(last["cpuUsedPct"]) * int(last.get("cpuCount", 1)),
            memory_bytes=int(last["memUsed"]),
            memory_limit_bytes=int(last["memTotal"]),
            disk_bytes=int(last["diskUsed"]),
            disk_limit_bytes=int(last["diskTotal"]),
        )

    async def set_network(self, allow: Sequence[str]) -> None:
        await self._cloud.api("PUT", f"/sandboxes/{self._opened.id}/network", network_of(allow))
        self._allow = tuple(allow)

    async def kill(self) -> None:
        with suppress(NotFound):
            await self._cloud.api("DELETE", f"/sandboxes/{self._opened.id}")
        await self._over()

    async def run_code(self, cell: Cell, language: Language, context_id: str | None) -> Execution:
        return await run_code(self._cloud, self._opened, cell, language, context_id)

    async def create_context(self, language: Language, cwd: str | None) -> ContextInfo:
        asked = {"language": language, "cwd": _place(cwd or HOME)}
        return context_of(await self._cloud.code(self._opened, "POST", "contexts", asked))

    async def list_contexts(self) -> list[ContextInfo]:
        return [context_of(told) for told in await self._cloud.code(self._opened, "GET", "contexts") or ()]

    async def restart_context(self, context_id: str) -> None:
        await self._cloud.code(self._opened, "POST", f"contexts/{context_id}/restart")

    async def remove_context(self, context_id: str) -> None:
        await self._cloud.code(self._opened, "DELETE", f"contexts/{context_id}")

    async def _send_signal(self, pid: int, number: int) -> None:
        await self.exec(["/bin/bash", "-c", f"kill -{number} -- -{pid} || kill -{number} {pid}"])

    async def _renew(self) -> None:
        """Keep it alive in the cloud, and find out when it is not any more."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self._paused:
                continue
            try:
                await self._cloud.api("POST", f"/sandboxes/{self._opened.id}/timeout", {"timeout": LIFE_SECONDS})
            except NotFound:
                self.ended.set()
                return
            except Problem:
                continue  # the next time is another chance

    async def _over(self) -> None:
        self._renewing.cancel()
        for process in self._processes:
            process.abandon()
        self._processes.clear()
        self.ended.set()


class E2bBackend:
    """Implements `Backend` with one account of the cloud."""

    name = "e2b"

    def __init__(self, account: Account) -> None:
        self._cloud = Cloud(account)
        self._made: set[E2bLive] = set()

    async def unavailable(self) -> str:
        """Empty when the cloud takes the key."""
        try:
            await self._cloud.api("GET", "/v2/sandboxes?limit=1")
        except Problem as problem:
            return problem.detail
        return ""

    async def make(self, new: NewLive) -> E2bLive:
        if new.work_folder is not None:
            raise Forbidden(
                "E2B's cloud does not see the folders of this server.",
                hint="Use another backend for workspaces and conversations, or upload files into the sandbox.",
            )
        asked = {
            "templateID": self._cloud.account.template,
            "timeout": LIFE_SECONDS,
            "envVars": dict(new.env),
            "metadata": {"entourage": new.id},
            "secure": True,
            **network_of(new.network),
        }
        opened = opened_of(await self._cloud.api("POST", "/v2/sandboxes", asked), self._cloud.account)
        live = E2bLive(self._cloud, opened, new)
        self._made = {each for each in self._made if not each.ended.is_set()} | {live}
        return live

    async def close(self) -> None:
        await asyncio.gather(*(live.kill() for live in self._made), return_exceptions=True)
        await self._cloud.close()


def opened_of(told: Any, account: Account) -> Opened:
    """What the cloud says of a sandbox it made or found."""
    token = str(told.get("envdAccessToken") or "")
    traffic = str(told.get("trafficAccessToken") or "")
    return Opened(str(told["sandboxID"]), token, traffic, str(told.get("domain") or account.domain))


def network_of(allow: Sequence[str]) -> dict[str, Any]:
    """Hosts in E2B's words: nothing beyond those that are allowed."""
    if "*" in allow:
        return {"allowInternetAccess": True}
    if not allow:
        return {"allowInternetAccess": False}
    return {"network": {"allowOut": list(allow), "denyOut": ["0.0.0.0/0"]}}


def _place(cwd: str) -> str:
    """/work is the home folder there."""
    return HOME + cwd.removeprefix("/work") if cwd == "/work" or cwd.startswith("/work/") else cwd


async def _supervised(
    process: CloudProcess,
    output: Output,
    stdin: bytes | None,
    seconds: float,
    over: asyncio.Event,
    stop: asyncio.Event | None,
) -> StopReason | None:
    """Why it had to be ended; None when all that it printed has been read and it has ended by itself."""
    ends = [asyncio.Event(), asyncio.Event()]
    assert process.stderr is not None
    readers = [
        Reader(process.stdout, lambda chunk: output.take("stdout", chunk), ends[0].set),
        Reader(process.stderr, lambda chunk: output.take("stderr", chunk), ends[1].set),
    ]
    done = asyncio.gather(process.wait(), *(end.wait() for end in ends), _feed(process, stdin))
    waits: dict[asyncio.Future[Any], StopReason] = {asyncio.ensure_future(over.wait()): "output"}
    if stop is not None:
        waits[asyncio.ensure_future(stop.wait())] = "cancelled"
    try:
        finished, _ = await asyncio.wait((done, *waits), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if done in finished:
            return "output" if over.is_set() else None
        return waits[finished.pop()] if finished else "timeout"  # pyright: ignore[reportArgumentType]
    finally:
        for task in (done, *waits):
            task.cancel()
        await asyncio.gather(done, *waits, return_exceptions=True)
        for reader in readers:
            reader.close()


async def _feed(process: CloudProcess, stdin: bytes | None) -> None:
    if stdin is not None and process.stdin is not None:
        with suppress(BrokenPipeError):
            await write_all(process.stdin, stdin)
        process.close_stdin()


def _process(line: str, mine: set[int]) -> ProcessInfo | None:
    fields = line.split(None, _PS_FIELDS)
    if len(fields) <= _PS_FIELDS:
        return None
    pid, parent, state, kibibytes, seconds, command = fields
    try:
        return ProcessInfo(
            int(pid), int(parent), command, state[:1], int(kibibytes) * 1024, float(seconds), int(pid) in mine
        )
    except ValueError:
        raise Invalid(f"The sandbox's ps said {line[:100]!r}.") from None
