"""The backend `e2b`: our live sandboxes in a cloud that speaks their protocol. The cloud is a server of ours."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from entourage.kit.ids import new_id
from entourage.sandboxes.backends.e2b import E2bBackend, E2bLive
from entourage.sandboxes.e2b.cloud.wire import Account as CloudAccount
from entourage.sandboxes.interpreter.pipes import write_all
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.interpreter.types import Printed
from entourage.sandboxes.live.base import NewLive, Process, PtySize
from entourage.sandboxes.types import Limits
from tests.sandboxes.e2b.conftest import Account, needs_packages
from tests.world import open_world


@pytest.fixture
async def backend(ana: Account) -> AsyncIterator[E2bBackend]:
    made = E2bBackend(CloudAccount(api_key=ana.key, api_url=ana.url, sandbox_url=ana.url))
    yield made
    await made.close()


@pytest.fixture
async def live(backend: E2bBackend) -> E2bLive:
    return await backend.make(NewLive(id=new_id(), owner_id=new_id(), env={"FOO": "bar"}))


async def read_all(process: Process, wanted: bytes | None = None) -> bytes:
    """What comes out of its standard output, up to its end or up to what is wanted."""
    said, loop = b"", asyncio.get_running_loop()
    while wanted is None or wanted not in said:
        ready = loop.create_future()
        loop.add_reader(process.stdout, lambda ready=ready: ready.done() or ready.set_result(None))
        try:
            await asyncio.wait_for(ready, 30)
        finally:
            loop.remove_reader(process.stdout)
        chunk = os.read(process.stdout, 65_536)
        if not chunk:
            break
        said += chunk
    return said


async def test_a_program_runs_to_its_end_or_to_a_limit(live: E2bLive):
    ran = await live.exec(["bash", "-c", "echo $FOO; pwd; cat; echo bad >&2; exit 3"], cwd="/work", stdin=b"in\n")
    assert (ran.exit_code, ran.stdout, ran.stderr, ran.stopped_by) == (3, "bar\n/home/user\nin\n", "bad\n", None)
    late = await live.exec(["sleep", "1000"], limits=Limits(wall_seconds=0.5))
    assert late.stopped_by == "timeout"
    loud = await live.exec(["yes"], limits=Limits(output_bytes=100_000))
    assert (loud.stopped_by, len(loud.stdout)) == ("output", 100_000)
    stop = asyncio.Event()
    stopped = await live.exec(["bash", "-c", "echo in; sleep 99"], on_output=lambda *_: stop.set(), stop=stop)
    assert (stopped.stopped_by, stopped.stdout) == ("cancelled", "in\n")


async def test_a_process_has_real_descriptors(live: E2bLive):
    process = await live.start(["cat"], stdin=True)
    assert process.stdin is not None
    await write_all(process.stdin, b"hello\n")
    assert await read_all(process, b"hello\n") == b"hello\n"
    process.close_stdin()
    assert (await process.wait(), await read_all(process)) == (0, b"")
    await process.close()


async def test_a_terminal_is_one_descriptor_and_has_a_size(live: E2bLive):
    terminal = await live.start(["bash", "--norc", "-i"], pty=PtySize(24, 80))
    assert terminal.stdin == terminal.stdout
    terminal.resize(PtySize(31, 101))
    await write_all(terminal.stdout, b"sleep 0.3; stty size; exit\n")
    assert b"31 101" in await read_all(terminal)
    await terminal.wait()
    await terminal.close()
    with pytest.raises(Invalid):
        (await live.start(["true"])).resize(PtySize(1, 1))


async def test_signals_reach_a_process(live: E2bLive):
    for number in (signal.SIGTERM, signal.SIGKILL):
        process = await live.start(["sleep", "1000"])
        await process.signal(number)
        assert await process.wait() == 128 + number
        await process.close()
    trapped = await live.start(
        ["bash", "-c", "trap 'echo heard; exit 7' INT; echo ready; while :; do sleep 0.05; done"]
    )
    await read_all(trapped, b"ready\n")
    await trapped.signal(signal.SIGINT)
    assert (await read_all(trapped), await trapped.wait()) == (b"heard\n", 7)
    await trapped.close()


async def test_a_flood_is_held_back_until_it_is_read(live: E2bLive):
    process = await live.start(["bash", "-c", "head -c 20000000 /dev/zero; echo -n end"])
    said = await read_all(process)
    assert (len(said), said[-3:]) == (20_000_003, b"end")
    await process.close()


async def test_files(live: E2bLive):
    files = live.files
    written = await files.write("/home/user/d/a.sh", b"#!/bin/sh\necho hi\n", mode=0o755)
    assert (written.path, written.size, written.kind, written.mode) == ("/home/user/d/a.sh", 18, "file", 0o755)
    assert b"".join([chunk async for chunk in files.read("d/a.sh")]) == b"#!/bin/sh\necho hi\n"
    assert [(one.name, one.kind) for one in await files.list("/home/user")] == [("d", "folder")]
    assert (await files.mkdir("e"), await files.mkdir("e"), await files.exists("e")) == (True, False, True)
    assert (await files.move("d/a.sh", "e/b")).path == "/home/user/e/b"
    async with asyncio.timeout(30):
        watch = await files.watch("e")
        await files.remove("e/b")
        change = await anext(watch)
        await watch.aclose()
    assert (change.kind, change.path) == ("removed", "b")
    for refused in (files.stat("e/b"), files.list("nowhere"), anext(files.read("e/b"))):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(Invalid):
        await anext(files.read("e"))


@needs_packages
async def test_code_runs_in_the_clouds_interpreter(live: E2bLive):
    interpreters = Interpreters(has_kernel=False)
    seen: list[object] = []
    ran = await interpreters.run(live, "x = 20\nprint('out')\nx + 1", on_event=seen.append)
    assert (ran.text, ran.stdout, ran.count) == ("21", "out\n", 1)
    assert Printed("stdout", "out\n") in seen
    figure = await interpreters.run(live, "import matplotlib.pyplot as plt\nplt.plot([x]); plt.show()")
    assert "image/png" in figure.results[0].data
    failed = await interpreters.run(live, "1 / 0")
    assert failed.error is not None
    assert failed.error.name == "ZeroDivisionError"
    assert (await interpreters.run(live, "while True: pass", timeout_seconds=0.5)).stopped_by == "timeout"
    context = await interpreters.create_context(live, cwd="/tmp")
    assert (await interpreters.run(live, "import os; os.getcwd()", context_id=context.id)).text == "/tmp"
    await interpreters.restart_context(live, context.id)
    assert len(await interpreters.list_contexts(live)) == 2
    await interpreters.remove_context(live, context.id)
    with pytest.raises(NotFound):
        await interpreters.run(live, "1", context_id=context.id)
    assert (await interpreters.run(live, "echo hi", language="bash")).stdout == "hi\n"
    await interpreters.close()


async def test_pausing_measuring_and_the_network(live: E2bLive):
    process = await live.start(["cat"], stdin=True)
    used = await live.metrics()
    assert 0 < used.memory_bytes <= used.memory_limit_bytes
    assert any(info.command == "cat" and info.started for info in await live.processes())
    await live.pause()
    with pytest.raises(Conflict):
        await live.start(["true"])
    await live.resume()
    assert (await live.exec(["echo", "on"])).stdout == "on\n"
    await live.set_network(["example.org"])
    assert live.allow == ("example.org",)
    with pytest.raises(NotFound):
        await live.kill_process(4_000_000)
    await live.kill_process(process.pid)
    assert await process.wait() == 137
    await process.close()


async def test_nothing_is_left_in_the_cloud(ana: Account, backend: E2bBackend, live: E2bLive):
    process = await live.start(["sleep", "1000"])
    assert len((await ana.ask("GET", "/v2/sandboxes")).json()) == 1
    await live.kill()
    await live.kill()
    assert live.ended.is_set()
    assert await process.wait() == 137
    assert (await ana.ask("GET", "/v2/sandboxes")).json() == []
    with pytest.raises(Unavailable):
        await live.exec(["true"])


async def test_what_cannot_be_is_said(ana: Account, backend: E2bBackend):
    assert await backend.unavailable() == ""
    with pytest.raises(Forbidden, match="folders"):
        await backend.make(NewLive(id=new_id(), owner_id=new_id(), work_folder=ana.folder))
    account = CloudAccount(api_key="nonsense", api_url=ana.url, sandbox_url=ana.url)
    for wrong, said in ((account, "refused the key"), (replace(account, api_url="http://127.0.0.1:9"), "reached")):
        other = E2bBackend(wrong)
        assert said in await other.unavailable()
        with pytest.raises(Unavailable, match=said):
            await other.make(NewLive(id=new_id(), owner_id=new_id()))
        await other.close()


async def test_a_server_with_a_key_offers_the_backend(ana: Account, tmp_path_factory: pytest.TempPathFactory):
    cloud = {"e2b_api_key": ana.key, "e2b_api_url": ana.url, "e2b_sandbox_url": ana.url}
    async with open_world(tmp_path_factory.mktemp("tenant"), **cloud) as tenant:
        ben = await tenant.person("ben")
        made = await ben.post("/my/sandboxes", {"backend": "e2b"}, 201)
        assert made["backend"] == "e2b"
        told = await ben.post(f"/my/sandboxes/{made['id']}/exec", {"command": "echo in the cloud; pwd"}, 200)
        assert told["stdout"] == "in the cloud\n/home/user\n"
        run = await ben.post(f"/my/sandboxes/{made['id']}/run", {"code": "6 * 7"}, 200)
        assert run["results"] == [{"data": {"text/plain": "42"}, "is_main": True}]
        assert (await ben.client.delete(f"/my/sandboxes/{made['id']}")).status_code == 204
        assert (await ana.ask("GET", "/v2/sandboxes")).json() == []
