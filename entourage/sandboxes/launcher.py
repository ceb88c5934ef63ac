"""Starting bubblewrap: as whom, with which folders, filter, files and memory group."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from entourage.kit.errors import Invalid, Unavailable
from entourage.sandboxes.bubblewrap import ACCOUNTS, PACKAGES, Descriptors, HostUser, Layout, confined
from entourage.sandboxes.cgroups import Group, Hierarchy
from entourage.sandboxes.process import Confined
from entourage.sandboxes.run import surely
from entourage.sandboxes.seccomp import native_filter
from entourage.sandboxes.staging import give_to, stage
from entourage.sandboxes.types import Limits


class Launch(msgspec.Struct, frozen=True):
    """What is to be started: the first process, the host's paths it gets, by paths inside, and contents of files."""

    argv: Sequence[str]
    writable: Mapping[str, Path]
    readable: Mapping[str, Path] = msgspec.field(default_factory=dict[str, Path])
    files: Mapping[str, bytes] = msgspec.field(default_factory=dict[str, bytes])
    writable_root: bool = False
    stdin: bytes = b""
    passed: tuple[int, ...] = ()


class Launcher:
    """How this machine confines programs. `packages` is a folder of Python packages for all of them."""

    def __init__(self, bwrap: str, user: HostUser, packages: Path | None) -> None:
        self.bwrap = shutil.which(bwrap)
        self.user = user
        self.packages = packages
        self.hierarchy: Hierarchy | None = None

    def spawn(self, process: Confined, launch: Launch) -> None:
        """Start it, closed at its gate. On the event loop's thread."""
        readable = {**launch.readable, **({PACKAGES: self.packages} if self.packages else {})}
        staged = stage([*launch.writable.values(), *readable.values()], self.user)
        places = dict(zip([*launch.writable, *readable], staged.paths, strict=True))
        layout = Layout(
            writable={inside: places[inside] for inside in launch.writable},
            readable={inside: places[inside] for inside in readable},
            writable_root=launch.writable_root,
        )

        def command(fds: Descriptors) -> list[str]:
            return [*staged.prefix, *confined(launch.argv, bwrap=self.bwrap or "bwrap", layout=layout, fds=fds)]

        with ExitStack() as owned:
            data = {path: sealed(content, owned) for path, content in {**ACCOUNTS, **launch.files}.items()}
            seccomp = sealed(native_filter(memory_is_counted=self.hierarchy is not None), owned)
            stdin = sealed(launch.stdin, owned)
            user = None if staged.prefix else self.user
            process.spawn(command, seccomp=seccomp, data=data, stdin=stdin, user=user, passed=launch.passed)

    def given(self, folder: Path) -> Path:
        """The folder's real path, once it is in the hands of whom programs run as. Blocks. Raises Invalid."""
        if not folder.is_dir():
            raise Invalid(
                f"the work folder {str(folder)!r} is not there", hint="Make it before running programs in it."
            )
        folder = folder.resolve()
        give_to(folder, self.user)
        return folder

    @asynccontextmanager
    async def group(self, limits: Limits) -> AsyncGenerator[Group | None, None]:
        """A memory group, where they can be made; removed in the end, even if cancelled on the way."""
        made: list[Group] = []
        try:
            if (hierarchy := self.hierarchy) is not None:
                await surely(asyncio.to_thread(lambda: made.append(_make_group(hierarchy, limits))))
            yield made[0] if made else None
        finally:
            for group in made:
                await surely(asyncio.to_thread(group.remove))


def _make_group(hierarchy: Hierarchy, limits: Limits) -> Group:
    try:
        return hierarchy.make(limits)
    except OSError as error:
        raise Unavailable(f"the kernel gave no memory group for the run: {error}") from error


def sealed(content: bytes, owned: ExitStack) -> int:
    """A descriptor from which `content` is read and through which nothing can be written, on either side."""
    fd = os.memfd_create("sandbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    owned.callback(os.close, fd)
    os.write(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd
