"""The command line that confines a program with bubblewrap. The order of the options matters: keep it."""

from __future__ import annotations

import math
import os
import resource
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from entourage.sandboxes.types import MIB, Limits

SANDBOX_UID = 58_700
"""Whom sandboxed programs run as, on the host, when the server runs as root: nobody's account, in no database."""

WORK = "/work"
SCRATCH = "/tmp"
PACKAGES = "/opt/packages"
# Folders in memory, with their sizes.
MEMORY_FOLDERS = {"/dev/shm": 32 * MIB, SCRATCH: 64 * MIB, "/home": 16 * MIB}
WRITABLE_ROOT_BYTES = 64 * MIB
OPEN_FILES = 256
SYSTEM_FILES = ("ld.so.cache", "alternatives", "ssl", "fonts", "localtime", "nsswitch.conf")
"""Of /etc, what programs need and nobody minds."""

ACCOUNTS: dict[str, bytes] = {
    "/etc/passwd": b"root:x:0:0::/:/usr/sbin/nologin\nsandbox:x:1000:1000::/home:/bin/bash\n",
    "/etc/group": b"root:x:0:\nsandbox:x:1000:\n",
    "/etc/hosts": b"127.0.0.1 localhost\n::1 localhost\n",
}

ENVIRONMENT: dict[str, str] = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/home",
    "LANG": "C.UTF-8",
    "TMPDIR": SCRATCH,
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": SCRATCH,
    "OPENBLAS_NUM_THREADS": "4",
    "OMP_NUM_THREADS": "4",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": f"{WORK}:{PACKAGES}",
}

# The first process of the sandbox: it limits itself, runs the command, and reaps orphans meanwhile. It is not
# bubblewrap's own, which the command could take over by way of /proc/1/mem and which has no limits. The limits are set
# inside the new user namespace: the kernel then counts the processes of this sandbox alone (Linux 5.14+), and no
# privilege over other processes is needed. dash says -p for processes.
FIRST_PROCESS = (
    'ulimit -c 0 && ulimit -n "$1" && ulimit -t "$2" && ulimit -f "$3" && ulimit -d "$4"'
    ' && { ulimit -u "$5" 2>/dev/null || ulimit -p "$5"; } || exit 125; shift 5; "$@"; exit $?'
)


class HostUser(msgspec.Struct, frozen=True):
    """Whom a sandbox is on the host. `dropped` when the server is root and gives that up."""

    uid: int
    gid: int
    dropped: bool


def host_user(uid: int = SANDBOX_UID) -> HostUser:
    """An unprivileged account for a server that is root, else the server's own."""
    if os.geteuid() == 0:
        return HostUser(uid, uid, dropped=True)
    return HostUser(os.geteuid(), os.getegid(), dropped=False)


class Descriptors(msgspec.Struct, frozen=True):
    """Open descriptors bubblewrap reads from and reports to; `data` maps paths inside to their contents."""

    seccomp: int
    status: int
    gate: int
    data: Mapping[str, int]
    passed: tuple[int, ...] = ()
    """For the program itself."""

    def all(self) -> tuple[int, ...]:
        """What the child process must inherit."""
        return (self.seccomp, self.status, self.gate, *self.data.values(), *self.passed)


class Layout(msgspec.Struct, frozen=True):
    """What a sandbox sees of the host, by paths inside; `writable_root` adds 64 MB of memory at `/`."""

    writable: Mapping[str, str]
    readable: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    writable_root: bool = False


def confined(command: Sequence[str], *, bwrap: str, layout: Layout, fds: Descriptors) -> list[str]:
    """`command` under bubblewrap: no network, its own processes, read-only system, and the folders of the layout.

    Run it with an empty environment: `--clearenv` alone leaves bwrap's own visible in /proc/1/environ.
    """
    return [
        bwrap,
        *_namespaces(),
        *(("--size", str(WRITABLE_ROOT_BYTES), "--tmpfs", "/") if layout.writable_root else ()),
        *_system(),
        *_memory_folders(),
        *_contents(fds.data),
        *_bound("--ro-bind", layout.readable),
        *_bound("--bind", layout.writable),
        *("--chdir", WORK),
        *_environment(),
        *(() if layout.writable_root else ("--remount-ro", "/")),
        *("--seccomp", str(fds.seccomp), "--json-status-fd", str(fds.status), "--block-fd", str(fds.gate), "--"),
        *command,
    ]


def limited(command: Sequence[str], limits: Limits) -> list[str]:
    """`command` with hard resource limits, for each of its processes."""
    values = (
        _at_most(resource.RLIMIT_NOFILE, OPEN_FILES),
        _at_most(resource.RLIMIT_CPU, math.ceil(limits.cpu_seconds) + 1),
        _at_most(resource.RLIMIT_FSIZE, limits.file_bytes) // 512,
        _at_most(resource.RLIMIT_DATA, limits.memory_bytes) // 1024,
        # the first process is one of them
        limits.processes + 1,
    )
    return ["/bin/sh", "-c", FIRST_PROCESS, "sh", *map(str, values), *command]


def _at_most(kind: int, wanted: int) -> int:
    """A limit can only be lowered: the server's own may already be below."""
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _namespaces() -> list[str]:
    return [
        *("--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
        *("--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"),
    ]


def _system() -> list[str]:
    argv = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/usr", name).is_dir():
            argv += ["--symlink", f"usr/{name}", f"/{name}"]
    for path in SYSTEM_FILES:
        argv += ["--ro-bind-try", f"/etc/{path}", f"/etc/{path}"]
    return argv


def _memory_folders() -> list[str]:
    """bwrap's own `/`, `/dev` and `/dev/shm` are unlimited writable memory: size them or make them read-only."""
    argv = ["--proc", "/proc", "--dev", "/dev"]
    for folder, size in MEMORY_FOLDERS.items():
        argv += ["--size", str(size), "--tmpfs", folder]
    return [*argv, "--remount-ro", "/dev"]


def _bound(option: str, folders: Mapping[str, str]) -> list[str]:
    return [part for inside, outside in folders.items() for part in (option, outside, inside)]


def _contents(data: Mapping[str, int]) -> list[str]:
    return [part for path, fd in data.items() for part in ("--ro-bind-data", str(fd), path)]


def _environment() -> list[str]:
    return [part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)]
