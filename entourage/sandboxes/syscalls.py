"""Numbers of the system calls a sandbox denies, for each machine it runs on.

From the kernel's `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h` (aarch64).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Machine = Literal["x86_64", "aarch64"]


class Numbers(NamedTuple):
    """One call's number on each machine; None where the machine has no such call."""

    x86_64: int
    aarch64: int | None


AUDIT_ARCH: dict[Machine, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Calls whose arguments decide.
CLONE = Numbers(56, 220)
CLONE3 = Numbers(435, 435)
IOCTL = Numbers(16, 29)
SOCKET = Numbers(41, 198)

# Mounts and roots, other processes, kernel keys and modules, clocks and names of the host, old or rare doors
# with a history of holes.
DENIED: dict[str, Numbers] = {
    "mount": Numbers(165, 40),
    "umount2": Numbers(166, 39),
    "pivot_root": Numbers(155, 41),
    "chroot": Numbers(161, 51),
    "open_tree": Numbers(428, 428),
    "move_mount": Numbers(429, 429),
    "fsopen": Numbers(430, 430),
    "fsconfig": Numbers(431, 431),
    "fsmount": Numbers(432, 432),
    "fspick": Numbers(433, 433),
    "mount_setattr": Numbers(442, 442),
    "setns": Numbers(308, 268),
    "unshare": Numbers(272, 97),
    "ptrace": Numbers(101, 117),
    "process_vm_readv": Numbers(310, 270),
    "process_vm_writev": Numbers(311, 271),
    "process_madvise": Numbers(440, 440),
    "pidfd_getfd": Numbers(438, 438),
    "kcmp": Numbers(312, 272),
    "bpf": Numbers(321, 280),
    "perf_event_open": Numbers(298, 241),
    "userfaultfd": Numbers(323, 282),
    "io_uring_setup": Numbers(425, 425),
    "io_uring_enter": Numbers(426, 426),
    "io_uring_register": Numbers(427, 427),
    "keyctl": Numbers(250, 219),
    "add_key": Numbers(248, 217),
    "request_key": Numbers(249, 218),
    "open_by_handle_at": Numbers(304, 265),
    "name_to_handle_at": Numbers(303, 264),
    "fanotify_init": Numbers(300, 262),
    "fanotify_mark": Numbers(301, 263),
    "init_module": Numbers(175, 105),
    "finit_module": Numbers(313, 273),
    "delete_module": Numbers(176, 106),
    "kexec_load": Numbers(246, 104),
    "kexec_file_load": Numbers(320, 294),
    "reboot": Numbers(169, 142),
    "swapon": Numbers(167, 224),
    "swapoff": Numbers(168, 225),
    "acct": Numbers(163, 89),
    "quotactl": Numbers(179, 60),
    "quotactl_fd": Numbers(443, 443),
    "settimeofday": Numbers(164, 170),
    "clock_settime": Numbers(227, 112),
    "clock_adjtime": Numbers(305, 266),
    "adjtimex": Numbers(159, 171),
    "sethostname": Numbers(170, 161),
    "setdomainname": Numbers(171, 162),
    "syslog": Numbers(103, 116),
    "vhangup": Numbers(153, 58),
    "personality": Numbers(135, 92),
    "lookup_dcookie": Numbers(212, 18),
    "nfsservctl": Numbers(180, 42),
    "move_pages": Numbers(279, 239),
    "migrate_pages": Numbers(256, 238),
    "mbind": Numbers(237, 235),
    "set_mempolicy": Numbers(238, 237),
    "iopl": Numbers(172, None),
    "ioperm": Numbers(173, None),
    "modify_ldt": Numbers(154, None),
    "uselib": Numbers(134, None),
    "ustat": Numbers(136, None),
    "sysfs": Numbers(139, None),
}

# Memory that no process's resident set shows: denied where no memory cgroup counts it.
UNCOUNTED_MEMORY: dict[str, Numbers] = {
    "memfd_create": Numbers(319, 279),
    "memfd_secret": Numbers(447, 447),
    "shmget": Numbers(29, 194),
    "msgget": Numbers(68, 186),
}
