"""Cgroups, v2 and v1, where this process may make its own: the exact way to bound a run's memory and its cores.

Groups are made below the server's own group, so whatever bounds the server also bounds its runs. With v2 the
administrator delegates a group whose `cgroup.subtree_control` already has `memory` and `pids`, and for cores `cpu`
(systemd: `Delegate=yes` and `DelegateSubgroup=`); the server never moves itself. Memory is what a group is made for:
where only cores cannot be bounded, a run gets less weight instead.
"""

from __future__ import annotations

import errno
import itertools
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from entourage.sandboxes.types import Limits

PREFIX = "entourage-"
REMOVE_ATTEMPTS = 50
PERIOD_US = 100_000
LEAST_QUOTA_US = 1_000
LESS_WEIGHT = 5
"""How nice processes are whose cores nobody bounds: where all are busy, each gets a third of what the server's get."""
_serial = itertools.count()

_MEMORY_CONTROLLERS: tuple[tuple[Literal["v1", "v2"], str], ...] = (("v1", "memory"), ("v2", ""))


class Hierarchy(msgspec.Struct, frozen=True):
    """A folder in which groups can be made; with v1 `cpu_folder` is the one of the cores, where that can be used."""

    folder: Path
    version: Literal["v1", "v2"]
    cpu_folder: Path | None = None

    def make(self, limits: Limits) -> Group:
        """A new group with these limits. Raises OSError when the kernel refuses."""
        name = f"{PREFIX}{os.getpid()}-{next(_serial)}"
        group = Group(self.folder / name, self.version, self.cpu_folder / name if self.cpu_folder else None)
        try:
            for folder in group.folders:
                folder.mkdir()
            group.bound(limits)
        except OSError:
            group.remove()
            raise
        return group

    @property
    def folders(self) -> list[Path]:
        """In which groups are made."""
        return [self.folder, *([self.cpu_folder] if self.cpu_folder else [])]


class Group(msgspec.Struct, frozen=True):
    """The group of one run."""

    folder: Path
    version: Literal["v1", "v2"]
    cpu_folder: Path | None = None

    @property
    def folders(self) -> list[Path]:
        """All that it consists of."""
        return [self.folder, *([self.cpu_folder] if self.cpu_folder else [])]

    @property
    def bounds_cores(self) -> bool:
        """Whether it bounds cores, and not memory alone."""
        return self.cpu_folder is not None if self.version == "v1" else (self.folder / "cpu.max").exists()

    def bound(self, limits: Limits) -> None:
        """Write the limits."""
        memory = str(limits.memory_bytes)
        if self.bounds_cores:
            self._bound_cores(limits.cores)
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
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def counts_kills(self) -> bool:
        """Whether the kernel tells here what it killed for want of memory."""
        return self._kills() is not None

    def kills(self) -> int:
        """How many processes the kernel killed here for want of memory."""
        return self._kills() or 0

    def _kills(self) -> int | None:
        name = "memory.oom_control" if self.version == "v1" else "memory.events"
        with suppress(OSError):
            for line in (self.folder / name).read_text().splitlines():
                key, _, value = line.partition(" ")
                if key == "oom_kill":
                    return int(value)
        return None

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
        for folder in self.folders:
            _remove(folder)

    def _bound_cores(self, cores: float) -> None:
        quota = max(LEAST_QUOTA_US, round(cores * PERIOD_US))
        try:
            if self.cpu_folder is None:
                self._write("cpu.max", f"{quota} {PERIOD_US}")
                return
            (self.cpu_folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (self.cpu_folder / "cpu.cfs_quota_us").write_text(str(quota))
        except OSError as error:
            # v1 takes no quota above that of the group it is in: that one bounds it then
            if error.errno != errno.EINVAL:
                raise

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
        *(
            Hierarchy(folder, "v1", cpu_folder)
            for folder in _mounted("memory", own)
            for cpu_folder in (*_mounted("cpu", own), None)
        ),
    ]
    for hierarchy in candidates:
        if _works(hierarchy):
            for folder in hierarchy.folders:
                _sweep(folder)
            return hierarchy
    return None


def group_of(pid: int) -> Group | None:
    """The group of its own that somebody has put a process into, to be read; None where it has none."""
    ours, its = _own_groups(), _groups_of(str(pid))
    for version, controller in _MEMORY_CONTROLLERS:
        if its.get(controller, "/") in ("/", ours.get(controller)):
            continue
        for folder in _mounted(controller, its):
            if Group(folder, version).counts_kills():
                return Group(folder, version)
    return None


def confine(pid: int, group: Group | None) -> None:
    """Put a process, and whatever it will start, under what bounds it; nothing happens when it is gone."""
    if group is not None:
        group.add(pid)
    if group is None or not group.bounds_cores:
        weigh_less(pid)


def weigh_less(pid: int) -> None:
    """Where all cores are busy, a process and whatever it will start stand back behind the server."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, LESS_WEIGHT)


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
    usable = all(os.access(folder / "cgroup.procs", os.W_OK) for folder in group.folders)
    group.remove()
    return usable


def _remove(folder: Path) -> None:
    for _ in range(REMOVE_ATTEMPTS):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)
        else:
            return


def _own_groups() -> dict[str, str]:
    return _groups_of("self")


def _groups_of(process: str) -> dict[str, str]:
    """A process's path in each hierarchy, by controller; the v2 one under the empty name."""
    groups: dict[str, str] = {}
    with suppress(OSError):
        for line in Path("/proc", process, "cgroup").read_text().splitlines():
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
    """The folder of the group that `own` names in the hierarchy of `controller` (empty: v2), where it is mounted."""
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
