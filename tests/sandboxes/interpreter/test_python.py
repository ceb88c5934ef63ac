"""Python cell by cell, by ipykernel and by our own driver."""

from __future__ import annotations

import asyncio

import pytest

from entourage.kit.errors import Conflict, Invalid, NotFound, Unavailable
from entourage.sandboxes.interpreter import contexts
from entourage.sandboxes.interpreter.types import Printed
from tests.sandboxes.interpreter.conftest import Room

FORMS = """
class Shown:
    def __repr__(self): return "shown"
    def _repr_html_(self): return "<b>shown</b>"
    def _repr_markdown_(self): return "**shown**"
    def _repr_latex_(self): return "$x$"
    def _repr_svg_(self): return "<svg/>"
    def _repr_png_(self): return b"\\x89PNG"
    def _repr_json_(self): return {"shown": True}
Shown()
"""


async def test_what_is_defined_stays_and_the_last_expression_is_the_result(python: Room):
    first = await python.run("import math\nx = 20\nx + 1")
    assert (first.text, first.count, first.error) == ("21", 1, None)
    again = await python.run("math.floor(x / 3)")
    assert (again.text, again.count, again.context_id) == ("6", 2, first.context_id)
    assert (await python.run("x;")).results == []


async def test_prints_come_on_their_streams_and_as_they_are_printed(python: Room):
    seen: list[object] = []
    code = "import sys, os\nprint('жук')\nprint('bad', file=sys.stderr)\nos.system('echo child')"
    ran = await python.run(code, on_event=seen.append)
    assert ran.stdout.split() == ["жук", "child"]
    assert ran.stderr.strip() == "bad"
    assert any(isinstance(event, Printed) and "жук" in event.text for event in seen)


async def test_an_error_says_where_and_leaves_the_state(python: Room):
    await python.run("x = 1")
    ran = await python.run("y = 2\nx / 0")
    assert ran.error is not None
    assert (ran.error.name, ran.error.value) == ("ZeroDivisionError", "division by zero")
    assert "x / 0" in ran.error.traceback
    assert "\x1b" not in ran.error.traceback
    assert (await python.run("x + y")).text == "3"
    broken = await python.run("f(")
    assert broken.error is not None
    assert broken.error.name == "SyntaxError"


async def test_rich_results_have_every_form(python: Room):
    data = (await python.run(FORMS)).results[0].data
    assert data["text/plain"] == "shown"
    assert data["text/html"] == "<b>shown</b>"
    assert data["text/markdown"] == "**shown**"
    assert data["text/latex"] == "$x$"
    assert data["image/svg+xml"] == "<svg/>"
    assert data["image/png"].strip() == "iVBORw=="
    assert data["application/json"] == {"shown": True}


async def test_what_is_displayed_is_no_main_result(python: Room):
    ran = await python.run("display(1)\ndisplay('two')\n3")
    assert [(result.text, result.is_main) for result in ran.results] == [("1", False), ("'two'", False), ("3", True)]


async def test_await_works_at_the_top(python: Room):
    assert (await python.run("import asyncio\nawait asyncio.sleep(0.01, 'done')")).text == "'done'"


async def test_an_environment_is_lent_for_one_run(python: Room):
    assert (await python.run("import os\nos.environ['LENT']", env={"LENT": "yes"})).text == "'yes'"
    assert (await python.run("os.environ.get('LENT', 'gone')")).text == "'gone'"


async def test_an_endless_loop_is_interrupted_and_the_state_stays(python: Room):
    context_id = (await python.run("x = 1")).context_id
    started = asyncio.Event()
    running = asyncio.create_task(
        python.run("print('in', flush=True)\nwhile True: pass", on_event=lambda event: started.set())
    )
    await started.wait()
    while not running.done():  # the very first moment may be too early for the interpreter to hear it
        await python.interpreters.interrupt(python.live, context_id)
        await asyncio.wait((running,), timeout=0.2)
    ran = await running
    assert ran.error is not None
    assert ran.error.name == "KeyboardInterrupt"
    assert (await python.run("x")).text == "1"
    assert not await python.interpreters.interrupt(python.live, context_id)


async def test_time_runs_out_and_the_state_stays(python: Room):
    await python.run("x = 1")
    ran = await python.run("while True: pass", timeout_seconds=0.3)
    assert ran.stopped_by == "timeout"
    assert (await python.run("x")).text == "1"


async def test_who_does_not_listen_to_an_interrupt_is_killed(python: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contexts, "GRACE_SECONDS", 0.3)
    await python.run("x = 1")
    deaf = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
    assert (await python.run(deaf, timeout_seconds=0.3)).stopped_by == "timeout"
    assert (await python.run("'x' in globals()")).text == "False"


async def test_too_much_output_ends_the_run(python: Room):
    ran = await python.run("while True: print('y' * 10_000)")
    assert ran.stopped_by == "output"
    assert len(ran.stdout) <= 8 * 1024 * 1024
    assert (await python.run("1 + 1")).text == "2"


async def test_an_interpreter_killed_in_the_middle_is_told_and_replaced(python: Room):
    await python.run("x = 1")
    ran = await python.run("import os, signal\nprint('last', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)")
    assert ran.error is not None
    assert (ran.error.name, "signal 9" in ran.error.value) == ("InterpreterDied", True)
    assert (await python.run("'x' in globals()")).text == "False"


async def test_a_caller_that_leaves_frees_the_interpreter(python: Room):
    await python.run("x = 1")
    started = asyncio.Event()
    running = asyncio.create_task(
        python.run("print('in', flush=True)\nwhile True: pass", on_event=lambda event: started.set())
    )
    await started.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await python.run("1 + 1")).text == "2"


async def test_a_stop_from_outside_ends_a_run(python: Room):
    stop = asyncio.Event()
    ran = await python.run("print('in', flush=True)\nwhile True: pass", stop=stop, on_event=lambda event: stop.set())
    assert ran.stopped_by == "cancelled"


async def test_cells_of_one_context_wait_for_each_other(python: Room):
    await python.run("seen = []")
    runs = (python.run(f"import time\nseen.append({n})\ntime.sleep(0.02)\nseen.append({n})") for n in range(4))
    await asyncio.gather(*runs)
    assert (await python.run("seen")).text == "[0, 0, 1, 1, 2, 2, 3, 3]"


async def test_contexts_have_states_of_their_own(python: Room):
    await python.run("x = 1")
    other = await python.interpreters.create_context(python.live, cwd="/tmp")
    assert (other.language, other.cwd) == ("python", "/tmp")
    assert (await python.run("import os\n'x' in globals(), os.getcwd()", context_id=other.id)).text == "(False, '/tmp')"
    await python.run("y = 1", context_id=other.id)
    await python.interpreters.restart_context(python.live, other.id)
    assert (await python.run("'y' in globals()", context_id=other.id)).text == "False"
    assert len(await python.interpreters.list_contexts(python.live)) == 2
    await python.interpreters.remove_context(python.live, other.id)
    for gone in (
        python.run("1", context_id=other.id),
        python.interpreters.restart_context(python.live, other.id),
        python.interpreters.remove_context(python.live, other.id),
    ):
        with pytest.raises(NotFound):
            await gone


async def test_what_cannot_run_is_refused(room: Room, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Invalid, match="cobol"):
        await room.run("1", "cobol")
    with pytest.raises(Invalid, match="bytes"):
        await room.run("#" * 2_000_000)
    monkeypatch.setattr(contexts, "MAX_CONTEXTS", 1)
    await room.run("1")
    with pytest.raises(Conflict, match="at most 1"):
        await room.interpreters.create_context(room.live)


async def test_missing_packages_are_told(room: Room):
    ran = await room.run("import a_package_that_is_not_there")
    assert "entourage sandbox setup" in ran.stderr


async def test_contexts_end_with_their_sandbox(python: Room):
    await python.run("x = 1")
    await python.live.kill()
    with pytest.raises(Unavailable):
        await python.run("x")
