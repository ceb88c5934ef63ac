"""Programs run as people expect."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from entourage.kit.errors import Invalid, Unavailable
from entourage.sandboxes import BubblewrapSandbox
from tests.sandboxes.conftest import QUICK, Host

needs_node = pytest.mark.skipif(not Path("/usr/bin/node").exists(), reason="the system has no Node under /usr")


async def test_python_prints_reads_its_input_and_takes_arguments(plain: BubblewrapSandbox, host: Host):
    code = "import sys; print(sys.stdin.read().upper(), sys.argv[1:]); print('oops', file=sys.stderr); sys.exit(3)"
    result = await plain.run_code("python", code, host.work, QUICK, b"hello", ["a b", "c"])
    assert result.stdout == "HELLO ['a b', 'c']\n"
    assert result.stderr == "oops\n"
    assert (result.exit_code, result.stopped_by) == (3, None)
    assert 0 < result.seconds < 10


async def test_bash_runs_in_the_work_folder_and_its_files_are_there_afterwards(plain: BubblewrapSandbox, host: Host):
    (host.work / "in.txt").write_text("one\n")
    result = await plain.run_code("bash", 'pwd; cat in.txt; echo "$1" > out.txt', host.work, QUICK, args=["two"])
    assert (result.exit_code, result.stdout) == (0, "/work\none\n")
    assert (host.work / "out.txt").read_text() == "two\n"


@needs_node
async def test_node_runs_scripts_and_modules(plain: BubblewrapSandbox, host: Host):
    (host.work / "lib.js").write_text("module.exports = 42")
    script = await plain.run_code(
        "node", "console.log(require('./lib.js'), process.argv.at(-1))", host.work, QUICK, args=["x"]
    )
    assert script.stdout == "42 x\n", script
    module = await plain.run_code(
        "node", "import fs from 'node:fs'; console.log(await fs.promises.readdir('.'))", host.work, QUICK
    )
    assert module.stdout == "[ 'lib.js' ]\n", module


async def test_a_program_may_import_what_lies_beside_it_and_extra_packages(host: Host):
    packages = host.folder / "site-packages"
    packages.mkdir()
    (packages / "extra.py").write_text("name = 'extra'")
    (host.work / "mine.py").write_text("name = 'mine'")
    sandbox = BubblewrapSandbox(site_packages=packages, use_cgroups=False)
    code = "import extra, mine; print(extra.name, mine.name); open('/opt/packages/x', 'w')"
    result = await sandbox.run_code("python", code, host.work, QUICK)
    assert result.stdout == "extra mine\n"
    assert "Read-only file system" in result.stderr
    assert not (host.work / "__pycache__").exists()


async def test_a_long_program_with_every_kind_of_character(plain: BubblewrapSandbox, host: Host):
    code = "# " + "é" * 300_000 + "\nprint('жук 🐞')"
    assert (await plain.run_code("python", code, host.work, QUICK)).stdout == "жук 🐞\n"


async def test_output_comes_while_the_program_runs(plain: BubblewrapSandbox, host: Host):
    chunks: dict[str, bytes] = {"stdout": b"", "stderr": b""}

    def take(stream: str, chunk: bytes) -> None:
        assert stream == "stdout" or chunks["stdout"] == b"first\n"
        chunks[stream] += chunk

    code = "import sys; print('first', flush=True); sys.stdin.read(); print('second', file=sys.stderr)"
    result = await plain.run_code("python", code, host.work, QUICK, on_output=take)
    assert chunks == {"stdout": b"first\n", "stderr": b"second\n"}
    assert result.stdout == "first\n"


async def test_bytes_that_are_no_text_are_shown_as_such(plain: BubblewrapSandbox, host: Host):
    result = await plain.run_code("bash", r"printf 'a\xff\xfeb'", host.work, QUICK)
    assert result.stdout == "a\ufffd\ufffdb"


async def test_a_signal_is_told_as_128_and_its_number(plain: BubblewrapSandbox, host: Host):
    result = await plain.run_code("bash", "kill -TERM $$", host.work, QUICK)
    assert (result.exit_code, result.stopped_by) == (143, None)


async def test_the_program_sees_none_of_the_servers_environment(
    plain: BubblewrapSandbox, host: Host, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ENTOURAGE_SECRET", "canary")
    code = "import json, os; print(json.dumps(dict(os.environ))); print(repr(open('/proc/1/environ').read()))"
    result = await plain.run_code("python", code, host.work, QUICK)
    own, outer = result.stdout.splitlines()
    assert json.loads(own)["MPLBACKEND"] == "Agg"
    assert json.loads(own)["HOME"] == "/home"
    assert "canary" not in own
    assert "canary" not in outer


async def test_no_process_inside_is_without_limits_and_none_tells_of_the_host(plain: BubblewrapSandbox, host: Host):
    """The first process could be taken over by way of /proc/1/mem: it must have nothing to give."""
    code = "cat /proc/[0-9]*/limits | grep 'Max open files' | sort -u; tr '\\0' ' ' < /proc/1/cmdline; ls /proc/*/fd"
    result = await plain.run_code("bash", code, host.work, QUICK)
    assert " ".join(result.stdout.split("\n")[0].split()) == "Max open files 256 256 files"
    assert str(host.folder) not in result.stdout
    assert "bwrap" not in result.stdout


async def test_orphans_are_reaped_while_the_program_runs(plain: BubblewrapSandbox, host: Host):
    code = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.wait()
deadline = time.monotonic() + 5
while len(left := [pid for pid in os.listdir('/proc') if pid.isdigit()]) > 2 and time.monotonic() < deadline: pass
print(left)
"""
    assert (await plain.run_code("python", code, host.work, QUICK)).stdout == "['1', '2']\n"


async def test_the_program_is_nobody_special(plain: BubblewrapSandbox, host: Host):
    result = await plain.run_code("bash", "id -u; whoami; touch made; stat -c %u made", host.work, QUICK)
    assert result.stdout == "1000\nsandbox\n1000\n"
    made = (host.work / "made").stat()
    assert made.st_uid == (plain.owner[0] if plain.owner else os.geteuid())
    assert made.st_uid != 0


async def test_a_folder_below_ones_nobody_else_may_enter(plain: BubblewrapSandbox, tmp_path: Path):
    """As root's data often is: pytest's own folders are of mode 0700."""
    assert tmp_path.stat().st_mode & 0o077 == 0  # noqa: ASYNC240
    work = tmp_path / "work"
    work.mkdir()
    (work / "before").write_text("mine")
    result = await plain.run_code("bash", "cat before; echo more >> before; ls /mnt 2>&1", work, QUICK)
    assert result.stdout.startswith("mine"), result
    assert "work" not in result.stdout
    assert (work / "before").read_text() == "minemore\n"


async def test_commands_run_too(plain: BubblewrapSandbox, host: Host):
    assert (await plain.exec(["/usr/bin/printf", "%s", "x y"], host.work, QUICK)).stdout == "x y"
    missing = await plain.exec(["/usr/bin/no-such-program"], host.work, QUICK)
    assert missing.exit_code == 127
    assert "not found" in missing.stderr


async def test_what_cannot_run_is_refused(plain: BubblewrapSandbox, host: Host):
    with pytest.raises(Invalid, match="is not there"):
        await plain.run_code("python", "", host.folder / "nowhere", QUICK)
    with pytest.raises(Invalid, match="bytes"):
        await plain.run_code("python", "#" * 2_000_000, host.work, QUICK)


async def test_a_language_the_system_lacks(plain: BubblewrapSandbox, host: Host, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("entourage.sandboxes.languages.PROGRAM_FOLDERS", ("/usr/share",))
    with pytest.raises(Unavailable, match="no node under /usr") as caught:
        await plain.run_code("node", "", host.work, QUICK)
    assert "Install node" in (caught.value.hint or "")
