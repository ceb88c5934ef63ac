"""run_code and background commands in the conversation's live sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandboxes.interpreter.conftest import PACKAGES, needs_packages
from tests.tools.services.test_tools import call
from tests.world import Person, SharedWorlds, World


async def code(person: Person, program: str, language: str = "python") -> dict[str, Any]:
    return await call(person, "run_code", language=language, code=program)


@pytest.fixture
async def rich_world(servers: SharedWorlds) -> AsyncIterator[World]:
    async with servers.lent("sqlite", sandbox_site_packages=PACKAGES, sandbox_per_person=20) as opened:
        yield opened


async def test_what_is_defined_stays_for_the_next_call(small_world: World):
    anna, ben = await small_world.person("anna"), await small_world.person("ben")
    assert (await code(anna, "import math\nx = 20"))["text"] == "[no output]"
    assert (await code(anna, "print('half', x / 2)\nmath.floor(x * 1.05)"))["text"] == "half 10.0\n21"
    assert (await code(anna, "y=5; cd /tmp", "bash"))["status"] == "ok"
    assert (await code(anna, "echo $y; pwd", "bash"))["text"] == "5\n/tmp"
    failed = await code(ben, "x")
    assert (failed["status"], "NameError" in failed["error"]) == ("failed", True)


async def test_code_and_commands_work_on_the_same_files(small_world: World):
    anna = await small_world.person("anna")
    await call(anna, "write_file", path="in.txt", content="one\ntwo\n")
    assert (await code(anna, "open('out.txt', 'w').write(open('in.txt').read().upper())"))["text"] == "8"
    assert (await call(anna, "run_command", command="cat out.txt"))["text"] == "ONE\nTWO"
    assert (await call(anna, "read_file", path="out.txt"))["text"].startswith("ONE")


async def test_errors_say_what_and_how_it_ended(small_world: World):
    anna = await small_world.person("anna")
    failed = await code(anna, "print('before')\n1 / 0")
    assert failed["status"] == "failed"
    assert failed["error"].startswith("before\n[stderr]\n")
    assert "ZeroDivisionError: division by zero" in failed["error"]
    assert (await code(anna, "echo out; false", "bash"))["error"] == "out\n[exit code 1]"
    died = await code(anna, "import os\nos._exit(3)")
    assert "exit code 3" in died["error"]
    assert (await code(anna, "1 + 1"))["text"] == "2"


async def test_long_output_is_told_from_both_ends(small_world: World):
    anna = await small_world.person("anna")
    told = (await code(anna, "print('a' * 300_000, 'end')"))["text"]
    assert len(told) < 101_000
    assert told.endswith("end")
    assert "characters are left out" in told


async def test_a_run_that_takes_too_long_is_stopped(servers: SharedWorlds):
    async with servers.lent("sqlite", sandbox_wall_seconds=0.5) as world:
        anna = await world.person("anna")
        stopped = await code(anna, "print('in', flush=True)\nwhile True: pass")
        assert stopped["status"] == "failed"
        assert "it ran too long" in stopped["error"]
        assert (await code(anna, "1 + 1"))["text"] == "2"


@needs_packages
async def test_what_is_shown_becomes_artifacts(rich_world: World):
    anna = await rich_world.person("anna")
    drawn = await code(
        anna,
        "import matplotlib.pyplot as plt, pandas as pd\nplt.plot([1, 2])\nplt.title('Growth')\n"
        "pd.DataFrame({'city': ['Oslo', 'Рига'], 'people': [1, 2]})",
    )
    assert drawn["status"] == "ok", drawn
    kept = {one["title"]: one for one in (await anna.get("/my/artifacts"))["items"]}
    assert {title: (one["type"], one["format"]) for title, one in kept.items()} == {
        "Growth": ("image", "image/png"),
        "Table 1": ("data", "text/csv"),
    }
    assert "[the user sees 'Growth' (image/png)]" in drawn["text"]
    table = await anna.client.get(f"/my/artifacts/{kept['Table 1']['id']}/content")
    assert table.text.splitlines() == ["city,people", "Oslo,1", "Рига,2"]


async def test_a_command_goes_on_in_the_background(small_world: World):
    anna = await small_world.person("anna")
    command = "python3 -c \"import time; print('ready', flush=True); time.sleep(1000)\""
    waiting = await call(anna, "run_command", command=command, background=True)
    if waiting["status"] == "waiting":
        await anna.post(f"/my/approvals/{waiting['approval_id']}/decide", {"decision": "approve"}, 200)
        waiting = await call(anna, "run_command", command=command, background=True)
    process = int(waiting["text"].split()[1])
    told = ""
    while "ready" not in told:
        told += (await call(anna, "background_command", process=process))["text"]
    assert told.endswith("[it is running]")
    assert "exit code 143" in (await call(anna, "background_command", process=process, action="stop"))["text"]
    gone = await call(anna, "background_command", process=process)
    assert (gone["status"], "no background command" in gone["error"]) == ("failed", True)


async def test_nobody_looks_after_another_persons_command(small_world: World):
    anna, ben = await small_world.person("anna"), await small_world.person("ben")
    started = await call(anna, "run_command", command="cat", background=True)
    process = int(started["text"].split()[1])
    assert (await call(ben, "background_command", process=process))["status"] == "failed"
