"""The filter of system calls, read as the kernel reads it, and asked for real."""

from __future__ import annotations

import errno
import json
import platform

import pytest

from entourage.sandboxes import BubblewrapSandbox
from entourage.sandboxes.seccomp import ALLOW, KILL_PROCESS, compile_filter
from entourage.sandboxes.syscalls import AUDIT_ARCH, DENIED, UNCOUNTED_MEMORY, Machine
from tests.sandboxes.bpf import answer
from tests.sandboxes.conftest import QUICK, Host

X86: Machine = "x86_64"
ARM: Machine = "aarch64"


def refused(error: int) -> int:
    return 0x00050000 | error


@pytest.mark.parametrize("machine", [X86, ARM])
def test_every_denied_call_is_refused_and_others_are_not(machine: Machine):
    program = compile_filter(machine, memory_is_counted=False)
    numbers = {getattr(each, machine) for each in {**DENIED, **UNCOUNTED_MEMORY}.values()} - {None}
    for number in range(600):
        if number in numbers:
            assert answer(program, number, AUDIT_ARCH[machine]) == refused(errno.EPERM), number
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096
    for harmless in {X86: (0, 1, 59, 257), ARM: (63, 64, 221, 56)}[machine]:
        assert answer(program, harmless, AUDIT_ARCH[machine]) == ALLOW


@pytest.mark.parametrize(("machine", "clone", "clone3"), [(X86, 56, 435), (ARM, 220, 435)])
def test_new_user_namespaces_are_refused_and_threads_are_not(machine: Machine, clone: int, clone3: int):
    program, arch = compile_filter(machine, memory_is_counted=True), AUDIT_ARCH[machine]
    assert answer(program, clone, arch, (0x3D0F00,)) == ALLOW
    assert answer(program, clone, arch, (0x10000000 | 17,)) == refused(errno.EPERM)
    assert answer(program, clone3, arch) == refused(errno.ENOSYS)


@pytest.mark.parametrize(("machine", "ioctl"), [(X86, 16), (ARM, 29)])
def test_typing_into_a_terminal_is_refused_whatever_the_high_bits(machine: Machine, ioctl: int):
    program, arch = compile_filter(machine, memory_is_counted=True), AUDIT_ARCH[machine]
    for command in (0x5412, 0x541C, 0x1_0000_5412):
        assert answer(program, ioctl, arch, (0, command)) == refused(errno.EPERM)
    assert answer(program, ioctl, arch, (0, 0x5401)) == ALLOW


@pytest.mark.parametrize(("machine", "socket"), [(X86, 41), (ARM, 198)])
def test_socket_families(machine: Machine, socket: int):
    program, arch = compile_filter(machine, memory_is_counted=True), AUDIT_ARCH[machine]
    allowed = {family for family in range(64) if answer(program, socket, arch, (family, 1, 0)) == ALLOW}
    assert allowed == {1, 2, 10, 16}
    assert answer(program, socket, arch, (16, 3, 12)) == refused(errno.EAFNOSUPPORT)  # netfilter over netlink
    assert answer(program, socket, arch, (40, 1, 0)) == refused(errno.EAFNOSUPPORT)  # vsock


def test_foreign_machines_are_killed():
    program = compile_filter(X86, memory_is_counted=True)
    assert answer(program, 1, 0x40000003) == KILL_PROCESS  # 32-bit x86
    assert answer(program, 0x40000000 + 1, AUDIT_ARCH[X86]) == refused(errno.EPERM)  # x32


def test_memory_that_a_cgroup_counts_is_allowed():
    counted, uncounted = (compile_filter(X86, memory_is_counted=counted) for counted in (True, False))
    assert answer(counted, 319, AUDIT_ARCH[X86]) == ALLOW
    assert answer(uncounted, 319, AUDIT_ARCH[X86]) == refused(errno.EPERM)


ASK = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
answers = {}
for name, number in %s.items():
    ctypes.set_errno(0)
    answers[name] = ctypes.get_errno() if libc.syscall(number, -1, -1, -1, -1, -1, -1) == -1 else 0
print(json.dumps(answers))
"""


async def test_the_kernel_answers_the_same(plain: BubblewrapSandbox, host: Host):
    machine = platform.machine()
    numbers = {name: getattr(each, machine) for name, each in {**DENIED, **UNCOUNTED_MEMORY}.items()}
    known = {name: number for name, number in numbers.items() if number is not None}
    result = await plain.run_code("python", ASK % known, host.work, QUICK)
    assert json.loads(result.stdout) == dict.fromkeys(known, errno.EPERM)
