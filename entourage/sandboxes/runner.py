"""The bubblewrap sandbox: one call runs one program and leaves nothing behind but files in its work folder."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from entourage.kit.errors import Invalid, Unavailable
from entourage.sandboxes.bubblewrap import ACCOUNTS, SANDBOX_UID, Descriptors, confined, host_user
from entourage.sandboxes.cgroups import Group, Hierarchy, find_hierarchy
from entourage.sandboxes.languages import program
from entourage.sandboxes.probe import WAYS_OUT, Probe, examine
from entourage.sandboxes.process import Confined, become_subreaper
from entourage.sandboxes.run import Job, Run, surely
from entourage.sandboxes.seccomp import native_filter
from entourage.sandboxes.staging import Staged, closed_ancestor, give_to, stage
from entourage.sandboxes.types import ExecResult, Language, Limits, OnOutput

PACKAGES_WAYS_OUT = ("Set ENTOURAGE_SANDBOX_SITE_PACKAGES to a folder that exists, or leave it out.",)


class BubblewrapSandbox:
    """Runs programs under bubblewrap (see `Sandbox`). One object serves any number of runs at once.

    `site_packages` is a folder of Python packages that programs may import. A server that is root runs programs as
    `uid`, and the work folder is given to it. The first run examines whether the machine confines at all; where it
    does not, every run raises Unavailable with the reason.
    """

    def __init__(
        self,
        *,
        site_packages: Path | None = None,
        uid: int = SANDBOX_UID,
        bwrap: str = "bwrap",
        use_cgroups: bool = True,
    ) -> None:
        self._packages = site_packages.resolve() if site_packages else None
        self._user = host_user(uid)
        self._bwrap = shutil.which(bwrap)
        self._use_cgroups = use_cgroups
        self._hierarchy: Hierarchy | None = None
        self._probe: Probe | None = None
        self._probing = asyncio.Lock()

    @property
    def owner(self) -> tuple[int, int] | None:
        """Who must own files for programs to change them, as (uid, gid); None when that is the server itself."""
        return (self._user.uid, self._user.gid) if self._user.dropped else None

    async def probe(self, *, again: bool = False) -> Probe:
        """Whether programs are confined on this machine, found out by running some; remembered."""
        async with self._probing:
            if self._probe is None or again:
                self._probe = await self._examine()
            return self._probe

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
        """Run a program given as text, in /work inside, which is `work_folder`.

        Raises Unavailable (no confinement here, no interpreter), Invalid (program too long, no such folder).
        """
        await self._ensure()
        argv, files = program(language, code, args)
        return await self._run(Job(argv, files, work_folder, limits, stdin, on_output, stop))

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
        """Run a command that is installed under /usr, in /work inside. Raises as `run_code`."""
        await self._ensure()
        return await self._run(Job(argv, {}, work_folder, limits, stdin, on_output, stop))

    async def _ensure(self) -> None:
        probe = self._probe or await self.probe()
        if not probe.ok:
            raise Unavailable(f"code cannot run here: {probe.reason}", hint=" ".join(probe.ways_out))

    async def _examine(self) -> Probe:
        if self._bwrap is None:
            return Probe(ok=False, reason="bubblewrap (bwrap) is not installed", ways_out=WAYS_OUT, memory_by="none")
        if self._packages is not None and not await asyncio.to_thread(self._packages.is_dir):
            reason = f"the folder of extra packages {str(self._packages)!r} is not there"
            return Probe(ok=False, reason=reason, ways_out=PACKAGES_WAYS_OUT, memory_by="none")
        become_subreaper()
        if self._use_cgroups:
            self._hierarchy = await asyncio.to_thread(find_hierarchy)
        memory_by = f"cgroup {self._hierarchy.version}" if self._hierarchy else "watchdog"

        async def attempt(code: str, folder: Path, limits: Limits) -> ExecResult:
            return await self._run(Job(["/bin/sh", "/run/main.sh"], {"/run/main.sh": code.encode()}, folder, limits))

        return await examine(attempt, memory_by)

    async def _run(self, job: Job) -> ExecResult:
        job = await asyncio.to_thread(self._prepared, job)
        async with self._group(job.limits) as group:
            run = Run(job, group)
            with ExitStack() as fds:
                self._spawn(run.confined, job, fds)
            return await run.finish()

    @asynccontextmanager
    async def _group(self, limits: Limits) -> AsyncGenerator[Group | None, None]:
        """A memory group for one run, where they can be made; removed in the end, even if cancelled on the way."""
        made: list[Group] = []
        try:
            if (hierarchy := self._hierarchy) is not None:
                await surely(asyncio.to_thread(lambda: made.append(_make_group(hierarchy, limits))))
            yield made[0] if made else None
        finally:
            for group in made:
                await surely(asyncio.to_thread(group.remove))

    def _prepared(self, job: Job) -> Job:
        """The job with the folder's real path, its folder in the hands of whom the program runs as."""
        folder = job.work_folder
        if not folder.is_dir():
            raise Invalid(
                f"the work folder {str(folder)!r} is not there", hint="Make it before running programs in it."
            )
        folder = folder.resolve()
        give_to(folder, self._user)
        return replace(job, work_folder=folder)

    def _spawn(self, process: Confined, job: Job, fds: ExitStack) -> None:
        data = {path: _sealed(content, fds) for path, content in {**ACCOUNTS, **job.files}.items()}
        seccomp = _sealed(native_filter(memory_is_counted=self._hierarchy is not None), fds)
        staged = self._staged(job.work_folder)

        def command(descriptors: Descriptors) -> list[str]:
            return [
                *staged.prefix,
                *confined(
                    job.argv,
                    bwrap=self._bwrap or "bwrap",
                    work_folder=staged.work_folder,
                    packages=staged.packages,
                    limits=job.limits,
                    fds=descriptors,
                ),
            ]

        stdin = _sealed(job.stdin or b"", fds)
        user = None if staged.prefix else self._user
        process.spawn(command, seccomp=seccomp, data=data, stdin=stdin, user=user)

    def _staged(self, folder: Path) -> Staged:
        wanted = [folder, *([self._packages] if self._packages else [])]
        if self._user.dropped and any(closed_ancestor(path, self._user) for path in wanted):
            return stage(folder, self._packages, self._user)
        return Staged([], str(folder), str(self._packages) if self._packages else None)


def _make_group(hierarchy: Hierarchy, limits: Limits) -> Group:
    try:
        return hierarchy.make(limits)
    except OSError as error:
        raise Unavailable(f"the kernel gave no memory group for the run: {error}") from error


def _sealed(content: bytes, owned: ExitStack) -> int:
    """A descriptor from which `content` is read and through which nothing can be written, on either side."""
    fd = os.memfd_create("sandbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    owned.callback(os.close, fd)
    os.write(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd
