"""The corpus of attacks: each program must fail, and where it is harmless it must succeed without a sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from entourage.sandboxes import BubblewrapSandbox, ExecResult, Limits
from tests.sandboxes.conftest import Host, said

CORPUS = Path(__file__).parent.parent / "corpora" / "sandbox-attacks.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in CORPUS.read_text().splitlines()]
# Those that harm nobody when they succeed.
CONTROLS = {"fd-leak", "other-workspace", "userns", "vsock-socket"}

LIMITS = Limits(wall_seconds=5, cpu_seconds=30, memory_bytes=512 << 20, file_bytes=256 << 20, files=10_000)
Check = Callable[[Host, ExecResult], None]


@pytest.fixture
def canary(plain: BubblewrapSandbox) -> Iterator[subprocess.Popen[bytes]]:
    """A process on the host with the account of the sandbox."""
    user = plain.owner[0] if plain.owner else None
    with subprocess.Popen(["sleep", "300"], user=user) as process:
        yield process
        alive = process.poll() is None
        process.kill()
    assert alive


@pytest.fixture
def inherited(host: Host) -> Iterator[None]:
    """A descriptor the server forgot to close on exec."""
    path = host.folder / "canary.txt"
    path.write_text("canary")
    path.chmod(0o644)
    fd = os.open(path, os.O_RDONLY)
    os.set_inheritable(fd, True)
    yield
    os.close(fd)


def prepared(row: dict[str, Any], host: Host, canary_pid: int) -> str:
    other = host.folder / "wsB"
    other.mkdir()
    (other / "secret").write_text("secret")
    (host.folder / "victim").mkdir()
    (host.folder / "secret.txt").write_text("secret")
    code = row["code"].replace("{HOST}", str(host.folder)).replace("{HOME}", str(host.folder))
    return code.replace("CANARYPID", str(canary_pid)).replace("HARNESSPID", str(os.getpid()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
async def test_attack(
    sandbox: BubblewrapSandbox, host: Host, row: dict[str, Any], canary: subprocess.Popen[bytes], inherited: None
):
    code = prepared(row, host, canary.pid)
    await sandbox.probe()
    began = time.monotonic()
    result = await sandbox.run_code(row["language"], code, host.work, LIMITS)
    assert "ESCAPED" not in said(result)
    assert time.monotonic() - began < LIMITS.wall_seconds + 3
    assert len(result.stdout) + len(result.stderr) <= LIMITS.output_bytes
    assert result.exit_code != 125, result.stderr
    check = CHECKS.get(row["id"])
    if check is not None:
        check(host, result)


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in CONTROLS], ids=lambda row: row["id"])
def test_the_attack_succeeds_without_a_sandbox(host: Host, row: dict[str, Any], inherited: None):
    code = prepared(row, host, 0)
    argv = [sys.executable, "-c", code] if row["language"] == "python" else ["bash", "-c", code]
    done = subprocess.run(argv, cwd=host.work, capture_output=True, text=True, close_fds=False, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip("this machine forbids it to everyone")
    assert "ESCAPED" in done.stdout


def _disk(host: Host, result: ExecResult) -> None:
    files = list(host.work.iterdir())
    assert result.stopped_by in ("disk", "timeout")  # a slow disk may not fill in time
    assert sum(file.stat().st_size for file in files) < 4 * LIMITS.file_bytes
    assert len(files) < 50_000


def _memory(host: Host, result: ExecResult) -> None:
    assert result.stopped_by == "memory" or "MemoryError" in result.stderr or "blocked" in result.stdout


def _setuid(host: Host, result: ExecResult) -> None:
    left = host.work / "suid"
    assert not left.exists() or left.stat().st_uid != 0


def _orphan(host: Host, result: ExecResult) -> None:
    assert result.stdout == "parent-done\n"
    assert result.seconds < 2


def _stopped_by(reason: str) -> Check:
    def check(host: Host, result: ExecResult) -> None:
        assert result.stopped_by == reason

    return check


CHECKS: dict[str, Check] = {
    "disk-fill-many": _disk,
    "inode-fill": _disk,
    "mem-bomb": _memory,
    "mem-bomb-forked": _memory,
    "workspace-mode": _setuid,
    "exit-orphan-pipe": _orphan,
    "huge-output": _stopped_by("output"),
    "huge-line": _stopped_by("output"),
    "cpu-spin": _stopped_by("timeout"),
}
