"""What a process does to itself before it reads bytes of strangers: bounds on memory and time, no files, no network."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from contextlib import suppress
from functools import partial

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def confine(memory_bytes: int, *, out_of_time: int | None = None) -> None:
    """No more memory than this, no files, no network where the kernel lets us have that, and no life without parent.

    A process that runs out of its processor time (see `allow_cpu`) is killed by SIGXCPU, even in the midst of a
    library; with `out_of_time` it ends by that code, as soon as Python has its turn.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL if out_of_time is None else partial(_end, out_of_time))
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(_CLONE_NEWNET) != 0:
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def allow_cpu(seconds: int) -> None:
    """So many seconds of processor time from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))


def _end(code: int, _signal: int, _frame: object) -> None:
    os._exit(code)
