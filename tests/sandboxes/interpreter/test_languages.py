"""JavaScript and shell, cell by cell."""

from __future__ import annotations

import asyncio
import subprocess

import pytest

from entourage.sandboxes.interpreter.driver import command
from entourage.sandboxes.interpreter.types import Language
from tests.sandboxes.interpreter.conftest import Room

NODE = "/usr/bin/node"


def _node_version() -> tuple[int, int]:
    try:
        said = subprocess.run([NODE, "--version"], capture_output=True, check=True, text=True).stdout
    except OSError:
        return (0, 0)
    major, minor, *_ = said.strip().lstrip("v").split(".")
    return (int(major), int(minor))


needs_node = pytest.mark.skipif(_node_version() < (20, 0), reason=f"there is no Node >= 20 at {NODE}")


@needs_node
async def test_javascript_keeps_its_state_and_names_may_be_declared_again(room: Room):
    await room.run("const x = 1; let y = 2", "javascript")
    assert (await room.run("const x = 40; x + y", "js")).text == "42"
    ran = await room.run("console.log('out', [1]); console.error('err'); ({a: [x]})", "node")
    assert (ran.stdout, ran.stderr) == ("out [ 1 ]\n", "err\n")
    assert ran.results[0].data == {"text/plain": "{ a: [ 40 ] }", "application/json": {"a": [40]}}
    assert (await room.run("undefined", "javascript")).results == []


@needs_node
async def test_javascript_awaits_and_imports(room: Room):
    imports = "import fs, { existsSync as there } from 'node:fs'\nimport * as path from 'path'"
    code = f"{imports}\npath.join('a', String(there('/usr')))"
    assert (await room.run(code, "javascript")).text == "a/true"
    assert (await room.run("await new Promise((done) => setTimeout(() => done('later'), 10))", "js")).text == "later"
    assert (await room.run("(await import('node:os')).platform() + 'import(x)'", "js")).text == "linuximport(x)"
    assert (await room.run("require('node:path').basename('/a/b')", "js")).text == "b"


@needs_node
async def test_javascript_errors_say_what_and_where(room: Room):
    thrown = await room.run("function f() { throw new TypeError('bad') }\nf()", "javascript")
    assert thrown.error is not None
    assert (thrown.error.name, thrown.error.value) == ("TypeError", "bad")
    assert "at f" in thrown.error.traceback
    assert "inspector" not in thrown.error.traceback
    broken = await room.run("f(", "javascript")
    assert broken.error is not None
    assert broken.error.name == "SyntaxError"
    rejected = await room.run("await Promise.reject('no')", "javascript")
    assert rejected.error is not None
    assert rejected.error.value == "'no'"


@needs_node
async def test_javascript_is_interrupted_while_it_waits_and_killed_when_it_spins(room: Room):
    await room.run("const x = 1", "javascript")
    assert (await room.run("await new Promise(() => {})", "javascript", timeout_seconds=0.3)).stopped_by == "timeout"
    assert (await room.run("x", "javascript")).text == "1"
    assert (await room.run("while (true) {}", "javascript", timeout_seconds=0.3)).stopped_by == "timeout"
    assert (await room.run("typeof x", "javascript")).text == "undefined"


@needs_node
async def test_javascript_that_exits_is_told(room: Room):
    ran = await room.run("process.exit(3)", "javascript", env={"LENT": "yes"})
    assert ran.error is not None
    assert "exit code 3" in ran.error.value
    assert (await room.run("process.env.LENT", "javascript", env={"LENT": "yes"})).text == "yes"
    assert (await room.run("process.env.LENT", "javascript")).results == []


@needs_node
@pytest.mark.skipif(_node_version() >= (22, 13), reason="this Node strips types")
async def test_typescript_says_which_node_it_wants(room: Room):
    ran = await room.run("let x: number = 1; x", "typescript")
    assert ran.error is not None
    assert "22.13" in ran.error.value


@needs_node
@pytest.mark.skipif(_node_version() < (22, 13), reason="this Node does not strip types")
async def test_typescript_runs(room: Room):
    assert (await room.run("let x: number = 1; x", "typescript")).text == "1"


async def test_a_shell_keeps_its_folder_and_variables(room: Room):
    await room.run('x=5; cd /tmp; greet() { echo "hello $1"; }', "bash")
    ran = await room.run("greet $x; pwd; echo bad >&2", "bash")
    assert (ran.stdout, ran.stderr, ran.error) == ("hello 5\n/tmp\n", "bad\n", None)


async def test_a_shell_tells_how_it_ended(room: Room):
    ran = await room.run("echo in; false", "bash")
    assert ran.error is not None
    assert (ran.stdout, ran.error.name, ran.error.value) == ("in\n", "ExitCode", "1")
    assert (await room.run("cat", "bash")).stdout == ""
    broken = await room.run("f(", "bash")
    assert "syntax error" in broken.stderr
    assert (await room.run('echo "$LENT"; exit 4', "bash", env={"LENT": "it's"})).stdout == "it's\n"
    assert (await room.run('echo "[$LENT]"', "bash")).stdout == "[]\n"


@pytest.mark.parametrize("endless", ["while :; do :; done", "sleep 1000; echo after", "while true; do sleep 9; done"])
async def test_a_shell_is_interrupted_and_goes_on(room: Room, endless: str):
    await room.run("x=5", "bash")
    ran = await room.run(f"{endless}; echo after", "bash", timeout_seconds=0.3)
    assert (ran.stopped_by, ran.stdout) == ("timeout", "")
    assert (await room.run("echo $x", "bash")).stdout == "5\n"


async def test_languages_run_beside_each_other(room: Room):
    both = await asyncio.gather(room.run("sleep 0.2; echo slow", "bash"), room.run("1 + 1"))
    assert (both[0].stdout, both[1].text) == ("slow\n", "2")


@pytest.mark.parametrize("language", ["python", "bash", pytest.param("javascript", marks=needs_node)])
async def test_a_driver_ends_when_nobody_speaks_to_it_any_more(room: Room, language: Language):
    process = await room.live.start(command(language, "token", "/work"), stdin=True)
    process.close_stdin()
    async with asyncio.timeout(20):
        assert await process.wait() in {0, 1}
    await process.close()
