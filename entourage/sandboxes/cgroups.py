"""Memory cgroups, v2 and v1, where this process may make its own: the exact way to bound a run's memory.

Groups are made below the server's own group, so whatever bounds the server also bounds its runs. With v2 the
administrator delegates a group whose `cgroup.subtree_control` already has `memory` and `pids` (systemd:
`Delegate=yes` and `DelegateSubgroup=`); the server never moves itself.
"""

from __future__ import annotations

import itertools
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from entourage.sandboxes.types import Limits

PREFIX = "entourage-"
REMOVE_ATTEMPTS = 50
_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A folder in which groups can be made."""

    folder: Path
    version: Literal["v1", "v2"]

    def make(self, limits: Limits) -> Group:
        """A new group with these limits. Raises OSError when the kernel refuses."""
        folder = self.folder / f"{PREFIX}{os.getpid()}-{next(_serial)}"
        folder.mkdir()
        group = Group(folder, self.version)
        try:
            group.bound(limits)
        except OSError:
            group.remove()
            raise
        return group


@dataclass(frozen=True, slots=True)
class Group:
    """The group of one run."""

    folder: Path
    version: Literal["v1", "v2"]

    def bound(self, limits: Limits) -> None:
        """Write the limits."""
        memory = str(limits.memory_bytes)
        if self.version == "v1":
            self._write("memory.limit_in_bytes", memory)
            self._write("memory.memsw.limit_in_bytes", memory, optional=True)
            return
        self._write("memory.max", memory)
        self._write("memory.swap.max", "0", optional=True)
        self._write("memory.oom.group", "1", optional=True)
        # one is the first process, which sets the limits
        self._write("pids.max", str(limits.processes + 1), optional=True)

    def add(self, pid: int) -> None:
        """Put a process, and whatever it will start, into this group."""
        self._write("cgroup.procs", str(pid))

    def kills(self) -> int:
        """How many processes the kernel killed here for want of memory."""
        name = "memory.oom_control" if self.version == "v1" else "memory.events"
        with suppress(OSError):
            for line in (self.folder / name).read_text().splitlines():
                key, _, value = line.partition(" ")
                if key == "oom_kill":
                    return int(value)
        return 0

    def out_of_memory(self) -> bool:
        """Whether the kernel killed anything here for want of memory."""
        return self.kills() > 0

    def peak_bytes(self) -> int:
        """The most memory this group ever held; 0 where the kernel does not tell."""
        name = "memory.max_usage_in_bytes" if self.version == "v1" else "memory.peak"
        with suppress(OSError, ValueError):
            return int((self.folder / name).read_text())
        return 0

    def remove(self) -> None:
        """Remove the group once its processes are gone; they are dying when this is called."""
        for _ in range(REMOVE_ATTEMPTS):
            try:
                self.folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)
            else:
                return

    def _write(self, name: str, value: str, *, optional: bool = False) -> None:
        path = self.folder / name
        if optional and not path.exists():
            return
        path.write_text(value)


def find_hierarchy() -> Hierarchy | None:
    """Where memory groups can be made here, or None. Removes what a killed server left there."""
    own = _own_groups()
    candidates = [
        *(Hierarchy(folder, "v2") for folder in _v2_folders(own)),
        *(Hierarchy(folder, "v1") for folder in _mounted("memory", own)),
    ]
    for hierarchy in candidates:
        if _works(hierarchy):
            _sweep(hierarchy.folder)
            return hierarchy
    return None


def why_none() -> str:
    """Why `find_hierarchy` finds none, in words for the person at the machine."""
    own = _own_groups()
    v1, v2 = _mounted("memory", own), _mounted("", own)
    if not v1 and not v2:
        return "no cgroup file system with a memory controller is mounted"
    if v2 and not v1 and not _v2_folders(own):
        return (
            f"the group {v2[0]} hands no memory and pids controllers down"
            " (systemd: Delegate=yes and DelegateSubgroup= in the service's unit)"
        )
    folder = (v1 or v2)[0]
    if not os.access(folder, os.W_OK):
        return f"this account may make no groups in {folder}"
    return f"the kernel refuses new groups with a memory limit in {folder}"


def _works(hierarchy: Hierarchy) -> bool:
    try:
        group = hierarchy.make(Limits())
    except OSError:
        return False
    usable = os.access(group.folder / "cgroup.procs", os.W_OK)
    group.remove()
    return usable


def _own_groups() -> dict[str, str]:
    """This process's path in each hierarchy, by controller; the v2 one under the empty name."""
    groups: dict[str, str] = {}
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            groups.update(dict.fromkeys(controllers.split(","), path))
    return groups


def _v2_folders(own: dict[str, str]) -> list[Path]:
    """Our own group and its parent, where they hand memory and pids down."""
    folders = [folder for mounted in _mounted("", own) for folder in (mounted, mounted.parent)]
    return [folder for folder in folders if _hands_down(folder)]


def _hands_down(folder: Path) -> bool:
    try:
        return {"memory", "pids"} <= set((folder / "cgroup.subtree_control").read_text().split())
    except OSError:
        return False


def _mounted(controller: str, own: dict[str, str]) -> list[Path]:
    """Our own group's folder in the hierarchy of `controller` (empty: v2), where it is mounted."""
    if controller not in own:
        return []
    folders: list[Path] = []
    with suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            root, mount_point = before.split()[3:5]
            kind, _, options = after.split(" ", 2)
            right = kind == "cgroup2" if not controller else kind == "cgroup" and controller in options.split(",")
            if right:
                folders.append(Path(mount_point) / os.path.relpath(own[controller], root))
    return [folder.resolve() for folder in folders if folder.is_dir()]


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            with suppress(OSError):
                left.rmdir()
