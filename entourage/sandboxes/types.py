"""What a sandbox is asked and what it answers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

Language = Literal["python", "bash", "node"]
Stream = Literal["stdout", "stderr"]
StopReason = Literal["timeout", "memory", "output", "disk", "processes", "cancelled"]
OnOutput = Callable[[Stream, bytes], None]

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """What one run may use; passing any of them ends the run, and `ExecResult.stopped_by` tells which.

    `file_bytes` and `files` bound the whole work folder, not only what this run adds to it.
    `cpu_seconds` and `memory_bytes` are sums over all processes of the run. `cpus` ends nothing: it is how many cores
    they may keep busy together; None is half of the machine's, at least one.
    """

    wall_seconds: float = 60.0
    cpu_seconds: float = 60.0
    memory_bytes: int = 512 * MIB
    file_bytes: int = 256 * MIB
    output_bytes: int = MIB
    processes: int = 64
    files: int = 10_000
    cpus: float | None = None

    @property
    def cores(self) -> float:
        """The cores all processes may keep busy together; never more than the machine has."""
        there = float(os.cpu_count() or 1)
        return max(1.0, there / 2) if self.cpus is None else min(self.cpus, there)


class ExecResult(msgspec.Struct, frozen=True):
    """How a run ended. `exit_code` is 128 + N for a program that died of signal N.

    `peak_memory_bytes` is exact where a memory cgroup is used, else the highest of the samples taken
    every 100 ms, or what the largest process had in memory where that is more.
    """

    exit_code: int
    stdout: str
    stderr: str
    stopped_by: StopReason | None
    seconds: float
    peak_memory_bytes: int


class Sandbox(Protocol):
    """Runs programs that nobody vouches for, away from everything but one work folder."""

    async def run_code(
        self,
        language: Language,
        code: str,
        work_folder: Path,
        limits: Limits,
        stdin: bytes | None = None,
        args: Sequence[str] = (),
        *,
        on_output: OnOutput | None = None,
        stop: asyncio.Event | None = None,
    ) -> ExecResult:
        """Run a program given as text. Cancelling the task, or setting `stop`, kills every process of it."""
        ...

    async def exec(
        self,
        argv: Sequence[str],
        work_folder: Path,
        limits: Limits,
        stdin: bytes | None = None,
        *,
        on_output: OnOutput | None = None,
        stop: asyncio.Event | None = None,
    ) -> ExecResult:
        """Run a command that is installed in the sandbox."""
        ...
