"""Programs in a sandbox that stays."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from entourage.sandboxes import Limits
from entourage.sandboxes.live.base import Live, PtySize
from tests.sandboxes.conftest import Host
from tests.sandboxes.live.conftest import Make, read_until


async def test_programs_share_files_and_processes_until_the_end(live: Live, host: Host):
    first = await live.exec(["bash", "-c", "echo one > f; sleep 300 >/dev/null 2>&1 & echo started"])
    assert (first.exit_code, first.stdout) == (0, "started\n")
    second = await live.exec(["bash", "-c", "cat f; pgrep sleep >/dev/null && echo still there"])
    assert second.stdout == "one\nstill there\n"
    assert (host.work / "f").read_text() == "one\n"


async def test_home_and_work_are_one_folder(live: Live):
    await live.exec(["bash", "-c", "echo x > ~/f"])
    result = await live.exec(["bash", "-c", "cat /work/f; echo $HOME; id -un"])
    assert result.stdout == "x\n/home/user\nsandbox\n"


async def test_input_environment_and_folder(make: Make):
    live = await make(env={"OWN": "sandbox", "BOTH": "sandbox"})
    result = await live.exec(
        ["bash", "-c", "cat; echo $OWN $BOTH; pwd"], env={"BOTH": "call"}, cwd="/tmp", stdin=b"in\n"
    )
    assert result.stdout == "in\nsandbox call\n/tmp\n"


async def test_output_comes_while_the_program_runs(live: Live):
    process = await live.start(["bash", "-c", "echo first; read x; echo got $x; exit 7"], stdin=True)
    assert await read_until(process, b"\n") == b"first\n"
    assert process.stdin is not None
    os.write(process.stdin, b"hello\n")
    assert await read_until(process, b"\n") == b"got hello\n"
    assert await process.wait() == 7
    await process.close()


async def test_the_end_of_input_is_told(live: Live):
    process = await live.start(["wc", "-c"], stdin=True)
    assert process.stdin is not None
    os.write(process.stdin, b"12345")
    process.close_stdin()
    assert await read_until(process, b"\n") == b"5\n"
    await process.close()


async def test_a_program_that_leaves_something_holding_its_pipes_does_not_keep_us(live: Live):
    result = await live.exec(["bash", "-c", "sleep 300 & echo parent-done"])
    assert (result.stdout, result.stopped_by) == ("parent-done\n", None)
    assert result.seconds < 5


async def test_what_runs_too_long_dies_with_all_that_it_started(live: Live):
    code = "trap '' TERM; setsid sleep 300 & (sleep 301 &) ; echo on; while :; do sleep 60; done"
    result = await live.exec(["bash", "-c", code], limits=Limits(wall_seconds=0.5))
    assert (result.stdout, result.stopped_by, result.exit_code) == ("on\n", "timeout", 137)
    assert (await live.exec(["bash", "-c", "pgrep sleep | wc -l"])).stdout == "0\n"


async def test_too_much_output_is_cut_and_ends_the_program(live: Live):
    result = await live.exec(["yes"], limits=Limits(output_bytes=10_000))
    assert (len(result.stdout), result.stopped_by) == (10_000, "output")
    assert (await live.exec(["echo", "on"])).stdout == "on\n"


async def test_cancelling_kills_the_program(live: Live):
    running = asyncio.ensure_future(live.exec(["bash", "-c", "echo $$ > pid; sleep 300"]))
    while not await live.files.exists("pid"):
        pass
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await live.exec(["pgrep", "sleep"])).exit_code == 1


async def test_an_event_stops_it(live: Live):
    stop = asyncio.Event()
    result = await live.exec(
        ["bash", "-c", "echo on; sleep 300"], stop=stop, on_output=lambda _stream, _chunk: stop.set()
    )
    assert (result.stdout, result.stopped_by) == ("on\n", "cancelled")


async def test_signals_reach_the_whole_group(live: Live):
    process = await live.start(["bash", "-c", "trap 'echo bye; exit 3' INT; echo on; sleep 300 & wait"])
    await read_until(process, b"on\n")
    await process.signal(signal.SIGINT)
    assert await process.wait() == 3
    await process.close()
    killed = await live.start(["sleep", "300"])
    await killed.signal(signal.SIGTERM)
    assert await killed.wait() == 128 + signal.SIGTERM
    await killed.signal(signal.SIGTERM)
    await killed.close()


async def test_what_cannot_be_started_is_told(live: Live):
    with pytest.raises(NotFound, match="no-such-program"):
        await live.start(["no-such-program"])
    with pytest.raises(NotFound, match="nowhere"):
        await live.start(["true"], cwd="/nowhere")
    with pytest.raises(Forbidden):
        await live.start(["/etc/passwd"])
    for argv, env, cwd in (([], {}, "/"), (["a\0"], {}, "/"), (["a"], {"=": ""}, "/"), (["a"], {}, "work")):
        with pytest.raises(Invalid):
            await live.start(argv, env=env, cwd=cwd)
    with pytest.raises(Invalid, match="too long"):
        await live.start(["true", "x" * 200_000])
    missing = await live.exec(["no-such-program"])
    assert (missing.exit_code, "no-such-program" in missing.stderr) == (127, True)


async def test_many_at_once(live: Live):
    results = await asyncio.gather(*(live.exec(["bash", "-c", f"echo {n}; exit {n}"]) for n in range(20)))
    assert [(result.stdout, result.exit_code) for result in results] == [(f"{n}\n", n) for n in range(20)]


async def test_a_terminal_is_a_real_one(live: Live):
    shell = await live.start(["bash", "--norc"], pty=PtySize(30, 100), env={"PS1": "$ ", "TERM": "xterm"})
    assert shell.stdin is not None
    assert shell.stdin == shell.stdout
    os.write(shell.stdin, b"tty; stty size\n")
    assert b"/dev/pts/0\r\n30 100\r\n" in await read_until(shell, b"30 100\r\n")
    shell.resize(PtySize(40, 120))
    os.write(shell.stdin, b"stty size\n")
    await read_until(shell, b"40 120\r\n")
    os.write(shell.stdin, b"sleep 300\n")
    while not any(each.command == "sleep 300" for each in await live.processes()):
        pass
    os.write(shell.stdin, b"\x03echo back $?\n")
    await read_until(shell, b"back 130\r\n")
    os.write(shell.stdin, b"exit 5\n")
    assert await shell.wait() == 5
    await shell.close()


async def test_closing_a_terminal_ends_its_shell_and_its_jobs(live: Live):
    shell = await live.start(["bash", "--norc", "-i"], pty=PtySize(24, 80))
    assert shell.stdin is not None
    os.write(shell.stdin, b"sleep 300 & sleep 301 & echo job$((1+1))s\n")
    await read_until(shell, b"job2s")
    await shell.close()
    assert (await live.exec(["pgrep", "sleep"])).exit_code == 1


async def test_a_program_without_terminal_has_no_size(live: Live):
    process = await live.start(["sleep", "300"])
    with pytest.raises(Invalid, match="no terminal"):
        process.resize(PtySize(1, 1))
    await process.close()


async def test_processes_are_listed_and_killed(live: Live):
    process = await live.start(["bash", "-c", "sleep 300; true"])
    child = None
    while child is None:
        child = next((each for each in await live.processes() if each.command == "sleep 300"), None)
    mine = next(each for each in await live.processes() if each.pid == process.pid)
    assert (mine.started, child.started, child.parent) == (True, False, mine.pid)
    assert mine.memory_bytes > 0
    await live.kill_process(child.pid)
    assert await process.wait() == 0
    await process.close()
    for pid in (child.pid, 1, 0, -1, 99_999):
        with pytest.raises(NotFound):
            await live.kill_process(pid)


async def test_paused_it_stands_still(live: Live):
    ticking = await live.start(["bash", "-c", "n=0; while :; do n=$((n+1)); echo $n > n; done"])
    while not await live.files.exists("n"):
        pass
    await live.pause()
    with pytest.raises(Conflict, match="paused"):
        await live.start(["true"])
    await live.resume()
    assert (await live.exec(["true"])).exit_code == 0
    await ticking.close()


async def test_killed_nothing_of_it_is_left_and_it_says_so(live: Live):
    process = await live.start(["sleep", "300"])
    await live.kill()
    await live.kill()
    assert live.ended.is_set()
    assert await process.wait() == 137
    await process.close()
    with pytest.raises(Unavailable, match="ended"):
        await live.start(["true"])


async def test_a_supervisor_that_dies_takes_all_with_it(live: Live):
    """Killed from the host's side, as by the kernel."""
    running = asyncio.ensure_future(live.exec(["sleep", "300"]))
    while not await live.processes():
        pass
    os.kill(_init(), signal.SIGKILL)
    result = await running
    assert result.exit_code == 137
    await asyncio.wait_for(live.ended.wait(), 5)


def _init() -> int:
    """The supervisor's number on the host: the only child of a bwrap of ours."""
    import psutil

    return next(
        each.pid
        for each in psutil.Process().children(recursive=True)
        if each.name() == "python3" and "/run/supervisor" in each.cmdline()
    )
