"""The system-call filter as container engines take it: the same calls that bubblewrap's filter denies."""

from __future__ import annotations

import errno
import json

from entourage.sandboxes.seccomp import (
    AF_INET,
    AF_INET6,
    AF_NETLINK,
    AF_UNIX,
    CLONE_NEWUSER,
    TIOCLINUX,
    TIOCSTI,
)
from entourage.sandboxes.syscalls import DENIED, UNCOUNTED_MEMORY

MOST_FAMILIES = 64
LOW_HALF = 0xFFFF_FFFF
EQUAL, MASKED = "SCMP_CMP_EQ", "SCMP_CMP_MASKED_EQ"

Rule = dict[str, object]


def profile() -> str:
    """An OCI seccomp profile that allows all but these."""
    denied = sorted({*DENIED, *UNCOUNTED_MEMORY})
    families = set(range(MOST_FAMILIES)) - {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}
    rules: list[Rule] = [
        _refuse(denied, errno.EPERM),
        _refuse(["clone3"], errno.ENOSYS),
        _refuse(["clone"], errno.EPERM, _argument(0, MASKED, CLONE_NEWUSER, CLONE_NEWUSER)),
        *(_refuse(["ioctl"], errno.EPERM, _argument(1, MASKED, LOW_HALF, each)) for each in (TIOCSTI, TIOCLINUX)),
        *(_refuse(["socket"], errno.EAFNOSUPPORT, _argument(0, EQUAL, each)) for each in sorted(families)),
        _refuse(["socket"], errno.EAFNOSUPPORT, _argument(0, EQUAL, AF_NETLINK), _argument(2, "SCMP_CMP_NE", 0)),
    ]
    machines = ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"]
    return json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "architectures": machines, "syscalls": rules})


def _refuse(names: list[str], error: int, *args: Rule) -> Rule:
    return {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": error, "args": list(args)}


def _argument(index: int, compare: str, value: int, other: int = 0) -> Rule:
    return {"index": index, "op": compare, "value": value, "valueTwo": other}
