"""The bubblewrap sandbox: one call runs one program and leaves nothing behind but files in its work folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from entourage.kit.errors import Unavailable
from entourage.sandboxes.bubblewrap import SANDBOX_UID, WORK, host_user, limited
from entourage.sandboxes.cgroups import find_hierarchy
from entourage.sandboxes.languages import program
from entourage.sandboxes.launcher import Launch, Launcher
from entourage.sandboxes.probe import WAYS_OUT, Probe, examine
from entourage.sandboxes.process import become_subreaper
from entourage.sandboxes.run import Job, Run
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
        self.launcher = Launcher(bwrap, host_user(uid), site_packages.resolve() if site_packages else None)
        self._use_cgroups = use_cgroups
        self._probe: Probe | None = None
        self._probing = asyncio.Lock()

    @property
    def owner(self) -> tuple[int, int] | None:
        """Who must own files for programs to change them, as (uid, gid); None when that is the server itself."""
        user = self.launcher.user
        return (user.uid, user.gid) if user.dropped else None

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
        await self.ensure()
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
        await self.ensure()
        return await self._run(Job(argv, {}, work_folder, limits, stdin, on_output, stop))

    async def ensure(self) -> None:
        """Raises Unavailable, with the reason and the ways out, where programs would not be confined."""
        probe = self._probe or await self.probe()
        if not probe.ok:
            raise Unavailable(f"code cannot run here: {probe.reason}", hint=" ".join(probe.ways_out))

    async def _examine(self) -> Probe:
        launcher = self.launcher
        if launcher.bwrap is None:
            return Probe(ok=False, reason="bubblewrap (bwrap) is not installed", ways_out=WAYS_OUT, memory_by="none")
        if launcher.packages is not None and not await asyncio.to_thread(launcher.packages.is_dir):
            reason = f"the folder of extra packages {str(launcher.packages)!r} is not there"
            return Probe(ok=False, reason=reason, ways_out=PACKAGES_WAYS_OUT, memory_by="none")
        become_subreaper()
        if self._use_cgroups:
            launcher.hierarchy = await asyncio.to_thread(find_hierarchy)
        memory_by = f"cgroup {launcher.hierarchy.version}" if launcher.hierarchy else "watchdog"

        async def attempt(code: str, folder: Path, limits: Limits) -> ExecResult:
            return await self._run(Job(["/bin/sh", "/run/main.sh"], {"/run/main.sh": code.encode()}, folder, limits))

        return await examine(attempt, memory_by)

    async def _run(self, job: Job) -> ExecResult:
        folder = await asyncio.to_thread(self.launcher.given, job.work_folder)
        job = replace(job, work_folder=folder)
        launch = Launch(limited(job.argv, job.limits), {WORK: folder}, files=job.files, stdin=job.stdin or b"")
        async with self.launcher.group(job.limits) as group:
            run = Run(job, group)
            self.launcher.spawn(run.confined, launch)
            return await run.finish()
