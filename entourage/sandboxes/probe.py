"""Finding out whether this machine confines programs, by running some and looking at what they can do."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from entourage.kit.errors import Problem
from entourage.sandboxes.bubblewrap import ENVIRONMENT
from entourage.sandboxes.types import ExecResult, Limits

WAYS_OUT = (
    "Install bubblewrap (apt install bubblewrap, dnf install bubblewrap).",
    (
        "Allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1,"
        " user.max_user_namespaces above 0, kernel.apparmor_restrict_unprivileged_userns=0."
    ),
    (
        "In a container, start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
        " --security-opt systempaths=unconfined, or run the server outside."
    ),
)

PROBE_LIMITS = Limits(wall_seconds=10, cpu_seconds=5)

OURS = "|".join((*ENVIRONMENT, "PWD", "OLDPWD", "SHLVL", "_"))

# Prints one line for each thing that must not be possible and is. Only a shell is needed.
QUESTIONS = rf"""
[ "$(id -u)" = 0 ] && echo "programs would run as root"
[ -r /etc/shadow ] || [ -e /root ] || [ -e /home/lost+found ] && echo "the host's files are visible"
( : > /usr/entourage-probe ) 2>/dev/null && echo "the system's files are writable"
( : > /entourage-probe ) 2>/dev/null && echo "the sandbox's root is writable"
[ "$(wc -l < /proc/net/route)" -gt 1 ] && echo "the host's network is reachable"
[ -e /proc/self/status ] || echo "there is no /proc"
tr '\0' '\n' < /proc/1/environ | grep -qvE '^({OURS})=' && echo "the server's environment is visible"
grep -q '^Seccomp:[[:space:]]*2' /proc/self/status || echo "system calls are not filtered"
grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status || echo "programs would have privileges"
unshare -U true 2>/dev/null && echo "nested user namespaces are possible"
echo written > /work/probe
echo done
"""


class Probe(msgspec.Struct, frozen=True):
    """What was found. `memory_by`: "cgroup v2", "cgroup v1", "watchdog" or "none"."""

    ok: bool
    reason: str
    ways_out: tuple[str, ...]
    memory_by: str


async def examine(attempt: Callable[[str, Path, Limits], Awaitable[ExecResult]], memory_by: str) -> Probe:
    """Run the self-test with `attempt(shell script, work folder, limits)`."""
    with tempfile.TemporaryDirectory(prefix="entourage-probe-") as name:
        folder = _work_folder(name)
        try:
            result = await attempt(QUESTIONS, folder, PROBE_LIMITS)
        except (Problem, OSError) as error:
            return _failed(str(error))
        lines = result.stdout.split("\n")[:-1]
        if lines != ["done"]:
            return _failed("; ".join(line for line in lines if line != "done") or _last_words(result))
        if not any(folder.iterdir()):
            return _failed("what programs write does not reach the work folder")
    return Probe(ok=True, reason="", ways_out=(), memory_by=memory_by)


def _failed(reason: str) -> Probe:
    return Probe(ok=False, reason=reason, ways_out=WAYS_OUT, memory_by="none")


def _work_folder(parent: str) -> Path:
    """A folder that the sandbox's account can reach."""
    Path(parent).chmod(0o711)
    folder = Path(parent, "work")
    folder.mkdir()
    return folder


def _last_words(result: ExecResult) -> str:
    said = re.sub(r"\s+", " ", result.stderr).strip()
    return said or f"the self-test ended with {result.exit_code} ({result.stopped_by or 'no reason'})"
