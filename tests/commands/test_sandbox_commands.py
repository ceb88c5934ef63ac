"""`entourage sandbox run|list|kill`, as people type them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from entourage.sandboxes.cgroups import find_hierarchy
from entourage.sandboxes.service import Sandboxes
from tests.world import World

PROGRAM = "import sys; print('out', 6 * 7); print('err', file=sys.stderr); sys.exit(3)"


def entourage(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "entourage", "sandbox", *args], capture_output=True, text=True, input=stdin, check=False
    )


def run(tmp_path: Path, code: str, *args: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "program"
    file.write_text(code)
    return entourage("run", *args, "--data-dir", str(tmp_path / "data"), str(file))


def run_json(tmp_path: Path, code: str, *args: str) -> dict[str, Any]:
    done = run(tmp_path, code, "--json", *args)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_program_runs_and_its_exit_code_is_the_commands(tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM, "--language", "python")
    assert (done.returncode, done.stdout, done.stderr) == (3, "out 42\n", "err\n")


@pytest.mark.parametrize("limits", ["none", "rlimit", "cgroup"])
def test_as_json_with_every_way_of_bounding(tmp_path: Path, limits: str) -> None:
    if limits == "cgroup" and find_hierarchy() is None:
        pytest.skip("no memory cgroup can be made here")
    found = run_json(tmp_path, PROGRAM, "--language", "python", "--limits", limits)
    assert set(found) == {"exit_code", "stdout", "stderr", "stopped_by", "seconds", "peak_memory_bytes"}
    assert (found["exit_code"], found["stdout"], found["stderr"], found["stopped_by"]) == (3, "out 42\n", "err\n", None)
    assert found["seconds"] > 0
    assert found["peak_memory_bytes"] > 0


@pytest.mark.parametrize("limits", ["none", "rlimit", "cgroup"])
def test_what_takes_too_much_is_stopped_and_told(tmp_path: Path, limits: str) -> None:
    if limits == "cgroup" and find_hierarchy() is None:
        pytest.skip("no memory cgroup can be made here")
    bounds = ("--limits", limits, "--language", "bash")
    assert run_json(tmp_path, "sleep 60", *bounds, "--timeout", "0.5")["stopped_by"] == "timeout"
    assert run_json(tmp_path, "yes", *bounds)["stopped_by"] == "output"
    forked = "import os, time\nfor _ in range(4):\n  if os.fork() == 0:\n    b = bytearray(40 << 20)\n"
    forked += "    for p in range(0, len(b), 4096): b[p] = 1\n    time.sleep(20)\n    os._exit(0)\ntime.sleep(20)"
    bombed = run_json(tmp_path, forked, "--limits", limits, "--language", "python", "--memory", "96", "--timeout", "15")
    assert bombed["stopped_by"] == "memory"


def test_where_no_cgroup_can_be_made_it_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from entourage.commands import sandbox
    from entourage.settings import Settings

    monkeypatch.setattr(sandbox, "find_hierarchy", lambda: None)
    order = sandbox.Order(tmp_path / "no", "python", "cgroup", 1, 64, None)
    assert sandbox.run_program(Settings(data_dir=tmp_path), order, as_json=True) == 1
    assert "No cgroup can bound a program here: " in capsys.readouterr().err


def test_from_standard_input_and_a_folder_of_ones_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = entourage("run", "--language", "bash", "--folder", str(tmp_path), "-", stdin="echo made > f; pwd")
    assert (done.returncode, done.stdout) == (0, "/work\n")
    assert (tmp_path / "f").read_text() == "made\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = entourage("run", "--language", "bash", str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


async def test_sandboxes_of_a_server_are_listed_and_ended(small_world: World) -> None:
    from asyncio import to_thread

    ana = await small_world.person("ana")
    made = await ana.post("/my/sandboxes", {}, 201)
    at = ("--url", small_world.url, "--token", ana.token)
    listed = await to_thread(entourage, "list", "--json", *at)
    assert [json.loads(line)["id"] for line in listed.stdout.splitlines()] == [made["id"]]
    assert made["id"] in (await to_thread(entourage, "list", *at)).stdout
    unknown = await to_thread(entourage, "kill", "ffffffff", *at)
    assert (unknown.returncode, "no running sandbox" in unknown.stderr) == (1, True)
    ended = await to_thread(entourage, "kill", made["id"][:20], *at)
    assert ended.stdout == f"ended {made['id']}\n"
    assert made["id"] not in {one for _, one in small_world.services.get(Sandboxes).running()}
    assert (await to_thread(entourage, "list", *at)).stdout == ""
    everything = await to_thread(entourage, "list", "--all", *at)
    assert made["id"] in everything.stdout
