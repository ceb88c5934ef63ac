"""Processes: started when needed, again when they died, ended when idle, changed or removed; none is ever left."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil

from entourage.tools.mcp.servers.service import McpServers
from tests.tools.mcp.fake import http_fake
from tests.tools.mcp.servers.rig import (
    added,
    called,
    fresh_name,
    names,
    pool_of,
    process_body,
    processes,
    said,
    state_file,
    until,
)
from tests.world import World, open_world

URL = "/api/v1/mcp/servers"


async def test_a_killed_server_is_there_again_at_the_next_call(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    made = await added(ana, process_body(name))
    assert await said(ana, f"{name}.echo") == "{}"
    pid = (await ana.get(f"{URL}/{made['id']}/status"))["pid"]
    os.kill(pid, signal.SIGKILL)
    backend = pool_of(small_world).known(made["id"], ana.id)
    assert backend
    await until(lambda: backend.seats[0].current is None)
    assert await said(ana, f"{name}.echo", b=2) == '{"b": 2}'
    assert (await ana.get(f"{URL}/{made['id']}/status"))["pid"] != pid


async def test_a_server_that_dies_of_a_call_fails_that_call_alone(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    made = await added(ana, process_body(name))
    result = await called(ana, f"{name}.die")
    assert result["status"] == "failed" and name in result["error"]
    assert await said(ana, f"{name}.echo") == "{}"
    lines = (await ana.get(f"{URL}/{made['id']}/logs"))["items"]
    assert any("ended with code" in line["text"] for line in lines)


async def test_a_server_that_cannot_start_is_tried_ever_less_often(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    body = {"name": name, "command": "/bin/sh", "args": ["-c", "echo on purpose >&2; exit 4"]}
    made = await added(ana, body)
    assert await names(ana, name) == []
    for _ in range(4):
        check = await ana.post(f"{URL}/{made['id']}/start", status=200)
        assert not check["ok"] and "code 4" in check["error"]
    status = await ana.get(f"{URL}/{made['id']}/status")
    assert status["state"] == "unavailable" and "code 4" in status["last_error"]
    texts = [line["text"] for line in (await ana.get(f"{URL}/{made['id']}/logs"))["items"]]
    assert "on purpose" in texts
    backend = pool_of(small_world).known(made["id"], ana.id)
    assert backend
    seat = backend.seats[0]
    for _ in range(3):
        seat._failed("again")
    assert seat._not_before - time.monotonic() > 0.4


async def test_what_nobody_needs_is_stopped(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    made = await added(ana, process_body(name, idle_seconds=5))
    await said(ana, f"{name}.echo")
    pool = pool_of(small_world)
    backend = pool.known(made["id"], ana.id)
    assert backend
    pid = backend.seats[0].current and backend.seats[0].current.pid
    assert pid
    await pool.stop_idle()
    assert backend.is_running
    backend.last_used -= 6
    await pool.stop_idle()
    assert not backend.is_running
    assert not psutil.pid_exists(pid)
    assert "echo" in await names(ana, name)
    assert not backend.is_running
    assert await said(ana, f"{name}.echo") == "{}"


async def test_a_server_that_answers_nothing_any_more_is_ended_by_the_health_check(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    made = await added(ana, process_body(name))
    await said(ana, f"{name}.echo")
    pool = pool_of(small_world)
    backend = pool.known(made["id"], ana.id)
    assert backend
    await pool.check_all()
    assert backend.is_running
    pid = backend.seats[0].current and backend.seats[0].current.pid
    assert pid
    # the server itself stands still, and bubblewrap with it
    for process in psutil.Process(pid).children(recursive=True):
        process.suspend()
    from entourage.tools.mcp.servers import pool as pool_module

    patience, pool_module._PING_SECONDS = pool_module._PING_SECONDS, 0.2
    try:
        await pool.check_all()
    finally:
        pool_module._PING_SECONDS = patience
    assert not backend.is_running
    await until(lambda: not psutil.pid_exists(pid))
    assert await said(ana, f"{name}.echo") == "{}"


async def test_a_dead_server_and_one_that_hangs_do_not_hold_up_a_list(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    good, dead, hanging = fresh_name("good"), fresh_name("dead"), fresh_name("hang")
    async with http_fake("--json") as (port, _), http_fake("--json", "--hang-list") as (other, _):
        await added(ana, {"name": dead, "url": "http://127.0.0.1:9/mcp"})
        await added(ana, {"name": hanging, "url": f"http://127.0.0.1:{other}/mcp"})
        await added(ana, {"name": good, "url": f"http://127.0.0.1:{port}/mcp"})
        started = time.monotonic()
        await names(ana, good)
        first = time.monotonic() - started
        await until(lambda: _has(ana, good))
        started = time.monotonic()
        assert "echo" in await names(ana, good)
        assert first < 10 and time.monotonic() - started < 10  # generous: what matters is that it ends at all


async def _has(person: object, server: str) -> bool:
    return "echo" in await names(person, server)  # type: ignore[arg-type]


async def test_lists_of_many_pages_are_read_whole(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    async with http_fake("--json", "--pages") as (port, _):
        await added(ana, {"name": name, "url": f"http://127.0.0.1:{port}/mcp"})
        assert len(await names(ana, name)) == 16


async def test_a_server_declared_anew_again_and_again_disturbs_no_other(small_world: World, tmp_path: Path) -> None:
    """Its own calls end as they began as well: the process before it goes when they are over."""
    ana = await small_world.person("ana", is_admin=True)
    steady, shaky = fresh_name("steady"), fresh_name("shaky")
    await added(ana, process_body(steady))
    made = await added(ana, process_body(shaky, env={"ROUND": "0"}))
    await said(ana, f"{shaky}.echo")
    done = asyncio.Event()
    failures: list[object] = []
    counts = {steady: 0, shaky: 0}

    async def load(name: str) -> None:
        while not done.is_set():
            result = await called(ana, f"{name}.echo", n=counts[name])
            counts[name] += 1
            if result["status"] != "ok":
                failures.append(result)

    loading = [asyncio.create_task(load(name)) for name in (steady, steady, shaky)]
    for number in range(1, 8):
        answer = await ana.client.patch(f"{URL}/{made['id']}", json={"env": {"ROUND": str(number)}})
        assert answer.status_code == 200
        assert await said(ana, f"{shaky}.env", name="ROUND") == str(number)
    done.set()
    await asyncio.gather(*loading)
    assert failures == []
    assert counts[steady] > 10
    await until(lambda: len([one for one in processes(made["id"]) if one.name() == "bwrap"]) <= 2)


async def test_links_opened_and_dropped_leave_no_process(small_world: World) -> None:
    """The bench does it with 500."""
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    made = await added(ana, process_body(name))
    pool = pool_of(small_world)
    servers = small_world.services.get(McpServers)
    for _ in range(4):
        links = await asyncio.gather(*(servers.link(ana.id, name, affinity=str(number)) for number in range(25)))
        await asyncio.gather(*(link.request("tools/call", {"name": "echo", "arguments": {}}) for link in links))
        backend = pool.known(made["id"], ana.id)
        assert backend
        await backend.stop()
    assert processes(made["id"]) == []
    await ana.client.delete(f"{URL}/{made['id']}")


async def test_a_server_that_is_killed_takes_its_servers_with_it(tmp_path: Path) -> None:
    """Without a chance to say goodbye."""
    script = """
import asyncio, sys
from pathlib import Path
from tests.world import open_world
from tests.tools.mcp.servers.rig import process_body, added, said
async def main():
    async with open_world(Path(sys.argv[1])) as world:
        ana = await world.person("ana", is_admin=True)
        await added(ana, process_body("s", env={"MARK_OF_TEST": sys.argv[1]}))
        await said(ana, "s.echo")
        print("ready", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""
    import sys

    folder = tmp_path / "killed"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(folder), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[4]
    )
    assert process.stdout
    async with asyncio.timeout(60):
        while (await process.stdout.readline()).strip() != b"ready":
            assert process.returncode is None
    assert len(processes(str(folder / "mcp"))) >= 1
    process.kill()
    await process.wait()
    await until(lambda: processes(str(folder / "mcp")) == [])


async def test_a_stopped_world_leaves_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path / "data") as world:
        ana = await world.person("ana", is_admin=True)
        await added(ana, process_body("s"))
        await said(ana, "s.echo")
        assert processes(str(tmp_path / "data" / "mcp"))
    assert processes(str(tmp_path / "data" / "mcp")) == []
    assert state_file(tmp_path).exists()
