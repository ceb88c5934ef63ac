"""The corpora of attacks: each program must fail in every kind of sandbox, and succeed without one.

`sandbox-attacks-own.jsonl` holds more of each family than the first corpus does.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from entourage.kit.errors import TooMany
from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, ExecResult, Limits
from entourage.sandboxes.backends.container import ContainerBackend
from entourage.sandboxes.live.base import Backend, Live, NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from tests.sandboxes.conftest import Host, said

CORPORA = [
    Path(__file__).parent.parent / "corpora" / name for name in ("sandbox-attacks.jsonl", "sandbox-attacks-own.jsonl")
]
ROWS: list[dict[str, Any]] = [json.loads(line) for path in CORPORA for line in path.read_text().splitlines()]

LIMITS = Limits(wall_seconds=5, cpu_seconds=30, memory_bytes=512 << 20, file_bytes=256 << 20, files=10_000)
WALL_SECONDS = {
    # what takes memory must be stopped for that: the clock is out of the way, however busy the machine
    **dict.fromkeys(["mem-bomb", "mem-bomb-forked"], 60.0),
    # what ends by the clock alone need not wait for long
    **dict.fromkeys(["cpu-spin", "cpu-spin-forks", "own-fork-bomb", "own-ignores-signals", "own-stopped"], 2.0),
}
PORT = 20_000 + os.getpid() % 10_000
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
def inherited(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A descriptor the server forgot to close on exec, a secret in its environment, and doors it left open."""
    monkeypatch.setenv("ENTOURAGE_CANARY", "canary")
    path = host.folder / "canary.txt"
    path.write_text("canary")
    path.chmod(0o644)
    fd = os.open(path, os.O_RDONLY)
    os.set_inheritable(fd, True)
    with ExitStack() as doors:
        for family, address in (
            (socket.AF_UNIX, f"\0entourage-canary-{os.getpid()}"),
            (socket.AF_UNIX, str(host.folder / "service.sock")),
            (socket.AF_INET, ("127.0.0.1", PORT)),
        ):
            door = doors.enter_context(socket.socket(family))
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
            door.listen()
        yield
    os.close(fd)


def prepared(row: dict[str, Any], host: Host, canary_pid: int) -> str:
    other = host.folder / "wsB"
    other.mkdir()
    (other / "secret").write_text("secret")
    (host.folder / "victim").mkdir()
    (host.folder / "secret.txt").write_text("secret")
    code = row["code"].replace("{HOST}", str(host.folder)).replace("{HOME}", str(host.folder))
    code = code.replace("PORTNUMBER", str(PORT))
    return code.replace("CANARYPID", str(canary_pid)).replace("HARNESSPID", str(os.getpid()))


def every_attack(test: Callable[..., Any]) -> Any:
    return pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])(test)


@every_attack
async def test_attack(
    sandbox: BubblewrapSandbox, host: Host, row: dict[str, Any], canary: subprocess.Popen[bytes], inherited: None
):
    code = prepared(row, host, canary.pid)
    await sandbox.probe()
    began = time.monotonic()
    result = await sandbox.run_code(row["language"], code, host.work, limits_of(row))
    assert result.exit_code != 125, result.stderr
    judge(row, host, result, began)


@every_attack
async def test_attack_on_one_that_stays(
    kept: Live, host: Host, row: dict[str, Any], canary: subprocess.Popen[bytes], inherited: None
):
    code = prepared(row, host, canary.pid)
    began = time.monotonic()
    argv = {"python": ["python3", "-c"], "bash": ["bash", "-c"], "node": ["node", "-e"]}[row["language"]]
    result = await kept.exec([*argv, code], limits=limits_of(row))
    judge(row, host, result, began)
    if not kept.ended.is_set():
        # what an attack left running may meet its limit only now, or leave no room for another process
        with suppress(TooMany):
            assert (await kept.exec(["true"])).stopped_by in (None, "disk", "memory")


def limits_of(row: dict[str, Any]) -> Limits:
    return replace(LIMITS, wall_seconds=WALL_SECONDS.get(row["id"], LIMITS.wall_seconds))


def judge(row: dict[str, Any], host: Host, result: ExecResult, began: float) -> None:
    assert "ESCAPED" not in said(result)
    assert time.monotonic() - began < limits_of(row).wall_seconds + 3
    assert len(result.stdout) + len(result.stderr) <= LIMITS.output_bytes
    check = CHECKS.get(row["id"])
    if check is not None:
        check(host, result)


@pytest.fixture(params=["watchdog", "cgroup", "container"])
async def kept(request: pytest.FixtureRequest, host: Host) -> AsyncIterator[Live]:
    """A live sandbox of each kind that this machine offers."""
    runner = BubblewrapSandbox(use_cgroups=request.param == "cgroup")
    probe = await runner.probe()
    if request.param == "cgroup" and not probe.memory_by.startswith("cgroup"):
        pytest.skip("no memory cgroup can be made here")
    rooms = host.folder / "rooms"
    backend: Backend = BubblewrapBackend(runner, rooms)
    if request.param == "container":
        backend = ContainerBackend(runner.launcher, rooms, None)
        if reason := await backend.unavailable():
            pytest.skip(f"no container can be made here: {reason}")
    live = await backend.make(NewLive(new_id(), new_id(), host.work, limits=replace(LIMITS, processes=64)))
    yield live
    await live.kill()
    await backend.close()
    assert list(rooms.iterdir()) == []


# Attacks that harm nobody when they succeed, some of them made smaller: what is replaced by what.
HARMLESS: dict[str, Sequence[tuple[str, str]]] = {
    **dict.fromkeys(["fd-leak", "other-workspace", "read-home", "userns", "vsock-socket", "net-interfaces"], ()),
    **dict.fromkeys(["huge-output", "huge-line", "symlink-out", "proc-root"], ()),
    "inode-fill": [("300000", "50002")],
    "mem-bomb": [("while True", "for _ in range(40)"), ("flush=True)", "flush=True)\nprint('ESCAPED')")],
    "disk-fill-many": [("n<4096", "n<288")],
    **dict.fromkeys(["own-read-passwd", "own-read-environ", "own-node-read", "own-hidden-processes"], ()),
    **dict.fromkeys(["own-hardlink-out", "own-write-usr", "own-write-etc", "own-setuid", "own-chroot"], ()),
    **dict.fromkeys(["own-signal-host", "own-userns-clone", "own-io-uring", "own-keyring"], ()),
    **dict.fromkeys(["own-raw-socket", "own-abstract-socket", "own-loopback", "own-docker-socket", "own-dns"], ()),
    **dict.fromkeys(["own-memfd", "own-shm-sysv", "own-mmap-shared", "own-sparse"], ()),
    "own-deleted-files": [("n<2048", "n<288")],
    "own-thread-bomb": [("3000", "300")],
    "own-inodes-in-memory": [("300000", "30000"), ("/tmp/i", "i")],
}
AS_ROOT = {"symlink-out", "proc-root", "own-write-usr", "own-write-etc", "own-setuid", "own-chroot", "own-raw-socket"}
ARGV = {"python": [sys.executable, "-c"], "bash": ["bash", "-c"], "node": ["node", "-e"]}


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in HARMLESS], ids=lambda row: row["id"])
def test_the_attack_succeeds_without_a_sandbox(host: Host, row: dict[str, Any], inherited: None):
    if row["id"] in AS_ROOT and os.geteuid() != 0:
        pytest.skip("only root can do this to the host")
    code = prepared(row, host, 0)
    for old, new in HARMLESS[row["id"]]:
        assert old in code
        code = code.replace(old, new)
    with (host.folder / "said").open("w+b") as output:
        # to a file: what is said may be 2 GB, of which the end is asked for
        argv = [*ARGV[row["language"]], code]
        subprocess.run(argv, cwd=host.work, stdout=output, stderr=output, close_fds=False, check=False)
        done = Path(output.name).stat().st_size
        output.seek(max(0, done - 1_000_000))
        end = output.read().decode(errors="replace")
    if "not permitted" in end and "ESCAPED" not in end:
        pytest.skip("this machine forbids it to everyone")
    assert "ESCAPED" in end


def _disk(host: Host, result: ExecResult) -> None:
    files = list(host.work.iterdir())
    assert result.stopped_by in ("disk", "timeout")  # a slow disk may not fill in time
    assert sum(file.stat().st_size for file in files) < 4 * LIMITS.file_bytes
    assert len(files) < 50_000


def _refused_memory(host: Host, result: ExecResult) -> None:
    """One process alone meets its resource limit first: it is told so, or is killed for it."""
    assert "MemoryError" in result.stderr or result.stopped_by == "memory"


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
    "mem-bomb": _refused_memory,
    "mem-bomb-forked": _stopped_by("memory"),
    "workspace-mode": _setuid,
    "exit-orphan-pipe": _orphan,
    "huge-output": _stopped_by("output"),
    "huge-line": _stopped_by("output"),
    "cpu-spin": _stopped_by("timeout"),
}
