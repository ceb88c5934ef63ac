"""The system-call filter of a sandbox: a classic BPF program, assembled here (seccomp(2), linux/filter.h).

The program reads `struct seccomp_data {int nr; u32 arch; u64 instruction_pointer; u64 args[6]}` and answers with
an action. Only the low half of an argument is looked at, as the kernel does for the arguments concerned
(`clone` flags, `ioctl` commands, socket families are 32-bit).
"""

from __future__ import annotations

import errno
import functools
import platform
import struct
from collections.abc import Iterable

from entourage.kit.errors import Unavailable
from entourage.sandboxes import syscalls
from entourage.sandboxes.syscalls import AUDIT_ARCH, DENIED, UNCOUNTED_MEMORY, Machine, Numbers

LOAD, JUMP_EQUAL, JUMP_ANY_BIT, JUMP_GREATER_EQUAL, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000

NUMBER_OFFSET, ARCH_OFFSET, ARGS_OFFSET = 0, 4, 16

CLONE_NEWUSER = 0x10000000
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
X32_BIT = 0x40000000


def compile_filter(machine: Machine, *, memory_is_counted: bool) -> bytes:
    """The program for `machine`, as the bytes `bwrap --seccomp FD` reads.

    With `memory_is_counted` (a memory cgroup) the doors to memory outside any resident set stay open.
    """
    program = [
        _do(LOAD, ARCH_OFFSET),
        _jump(JUMP_EQUAL, AUDIT_ARCH[machine], 1, 0),
        _do(RETURN, KILL_PROCESS),
        _do(LOAD, NUMBER_OFFSET),
    ]
    if machine == "x86_64":
        program += [_jump(JUMP_GREATER_EQUAL, X32_BIT, 0, 1), _do(RETURN, _refuse(errno.EPERM))]
    denied = [*DENIED.values(), *(() if memory_is_counted else UNCOUNTED_MEMORY.values())]
    for numbers in denied:
        program += _when(machine, numbers, [_do(RETURN, _refuse(errno.EPERM))])
    program += _when(machine, syscalls.CLONE3, [_do(RETURN, _refuse(errno.ENOSYS))])
    program += _when(machine, syscalls.CLONE, _clone_rule())
    program += _when(machine, syscalls.IOCTL, _ioctl_rule())
    program += _when(machine, syscalls.SOCKET, _socket_rule())
    program.append(_do(RETURN, ALLOW))
    return b"".join(program)


@functools.cache
def native_filter(*, memory_is_counted: bool) -> bytes:
    """`compile_filter` for the machine this runs on. Raises Unavailable on any other than x86_64 and aarch64."""
    machine = platform.machine()
    if machine in ("x86_64", "aarch64"):
        return compile_filter(machine, memory_is_counted=memory_is_counted)
    raise Unavailable(
        f"there is no system-call filter for {machine!r} machines", hint="Run the server on x86_64 or aarch64."
    )


def _do(code: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, 0, 0, value)


def _jump(code: int, value: int, when_true: int, when_false: int) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _refuse(error: int) -> int:
    return 0x00050000 | error


def _argument(index: int) -> bytes:
    return _do(LOAD, ARGS_OFFSET + 8 * index)


def _when(machine: Machine, numbers: Numbers, body: list[bytes]) -> list[bytes]:
    """Run `body`, which always returns, when the loaded number is this call's."""
    number = numbers.x86_64 if machine == "x86_64" else numbers.aarch64
    return [] if number is None else [_jump(JUMP_EQUAL, number, 0, len(body)), *body]


def _clone_rule() -> list[bytes]:
    return [
        _argument(0),
        _jump(JUMP_ANY_BIT, CLONE_NEWUSER, 0, 1),
        _do(RETURN, _refuse(errno.EPERM)),
        _do(RETURN, ALLOW),
    ]


def _ioctl_rule() -> list[bytes]:
    return [_argument(1), *_one_of((TIOCSTI, TIOCLINUX), _refuse(errno.EPERM)), _do(RETURN, ALLOW)]


def _socket_rule() -> list[bytes]:
    """Unix and internet sockets; netlink for routes only (NETLINK_ROUTE is 0): getaddrinfo asks it."""
    return [
        _argument(0),
        *_one_of((AF_UNIX, AF_INET, AF_INET6), ALLOW),
        _jump(JUMP_EQUAL, AF_NETLINK, 0, 3),
        _argument(2),
        _jump(JUMP_EQUAL, 0, 0, 1),
        _do(RETURN, ALLOW),
        _do(RETURN, _refuse(errno.EAFNOSUPPORT)),
    ]


def _one_of(values: Iterable[int], action: int) -> list[bytes]:
    return [step for value in values for step in (_jump(JUMP_EQUAL, value, 0, 1), _do(RETURN, action))]
