"""Children come and go as they are needed; callers hardly notice."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvloop

from entourage.kit.errors import Unavailable
from entourage.stores.vectors import Damaged, InUse, Search, open_vectors
from entourage.stores.vectors.edge import lock
from entourage.stores.vectors.edge.store import EdgeVectors
from tests.conformance.vectors.opening import DIMENSIONS, point, some_vector
from tests.stores.vectors.rig import all_gone


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EdgeVectors]:
    """A store in which collection `text` is."""
    edge = EdgeVectors(tmp_path, build_points=300)
    await edge.ensure("text", DIMENSIONS)
    yield edge
    await edge.close()


async def test_nothing_runs_before_the_first_call(tmp_path: Path) -> None:
    edge = open_vectors(None, tmp_path)
    assert isinstance(edge, EdgeVectors)
    await edge.ping()
    await edge.ensure("text", DIMENSIONS)
    assert await edge.count("other", None) == 0
    assert edge.pids() == []
    await edge.close()


async def test_a_killed_child_comes_back_and_waiting_calls_are_answered(store: EdgeVectors) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(100)])
    calls = [
        *(asyncio.create_task(store.search("text", "ann", [Search(some_vector(n), 1)])) for n in range(20)),
        *(asyncio.create_task(store.upsert("text", "ann", [point(n) for n in range(n, n + 90)])) for n in range(20)),
    ]
    await asyncio.sleep(0)
    for pid in store.pids():
        os.kill(pid, signal.SIGKILL)
    found = await asyncio.gather(*calls)
    assert [hits[0][0].id for hits in found[:20]] == [point(number).id for number in range(20)]
    assert await store.count("text", "ann") == 109


async def test_a_child_that_ends_again_and_again_is_given_up(
    store: EdgeVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    with pytest.raises(Unavailable):
        await store.count("text", "ann")


async def test_a_child_nobody_asks_rests_until_it_is_needed(tmp_path: Path) -> None:
    edge = EdgeVectors(tmp_path, idle_seconds=0.05)
    await edge.ensure("text", DIMENSIONS)
    await edge.upsert("text", "ann", [point(1)])
    await all_gone(pids := edge.pids())
    assert len(pids) == 1
    assert await edge.count("text", "ann") == 1
    assert edge.pids() != pids
    await edge.close()


async def test_it_is_the_same_on_the_loop_of_real_servers(tmp_path: Path) -> None:
    async def on_uvloop() -> None:
        edge = EdgeVectors(tmp_path, build_points=200)
        await edge.ensure("text", DIMENSIONS)
        await edge.upsert("text", "ann", [point(number) for number in range(250)])
        os.kill(edge.pids()[0], signal.SIGKILL)
        assert await edge.count("text", "ann") == 250
        await edge.built()
        ((hit,),) = await edge.search("text", "ann", [Search(some_vector(7), 1)])
        assert hit.id == point(7).id
        await edge.close()

    await asyncio.to_thread(lambda: uvloop.run(on_uvloop()))


async def test_nothing_runs_after_closing(store: EdgeVectors) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(400)])
    pids = store.pids()
    await store.close()
    await all_gone(pids)
    assert pids


async def test_each_collection_has_a_child_of_its_own(store: EdgeVectors) -> None:
    await store.ensure("code", DIMENSIONS)
    await store.upsert("text", "ann", [point(1)])
    await store.upsert("code", "ann", [point(2)])
    assert len(store.pids()) == 2
    assert await store.ids("code", "ann") == [point(2).id]


async def test_a_second_server_on_the_folder_fails_plainly(
    store: EdgeVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    second = EdgeVectors(tmp_path)
    with pytest.raises(InUse, match="Another server"):
        await second.count("text", "ann")
    await store.close()
    assert await second.count("text", "ann") == 0
    await second.close()


async def test_what_was_written_is_there_after_a_restart(store: EdgeVectors, tmp_path: Path) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(30)])
    await store.close()
    again = EdgeVectors(tmp_path)
    ((hit,),) = await again.search("text", "ann", [Search(some_vector(7), 1)])
    assert hit.id == point(7).id
    assert [state.points for state in await again.collections()] == [30]
    await again.close()


@pytest.mark.parametrize("broken", ["state.json", "data-1/edge_config.json", "data-1/segments"])
async def test_a_damaged_index_is_told_and_can_be_made_anew(store: EdgeVectors, tmp_path: Path, broken: str) -> None:
    await store.ensure("code", DIMENSIONS)
    await store.upsert("text", "ann", [point(number) for number in range(10)])
    await store.close()
    _break(tmp_path / "text" / broken)
    with pytest.raises(Damaged, match="cannot be"):
        await store.count("text", "ann")
    assert [state.name for state in await store.collections()] == ["code"]
    await store.rebuild("text")
    await store.ensure("text", DIMENSIONS)
    await store.upsert("text", "ann", [point(1)])
    assert await store.count("text", "ann") == 1


def _break(path: Path) -> None:
    for file in [path] if path.is_file() else [each for each in path.rglob("*.json") if each.is_file()]:
        file.write_bytes(b"\x00broken")


async def test_a_child_goes_when_its_parent_is_not_there(tmp_path: Path) -> None:
    module = "entourage.stores.vectors.edge.child"
    arguments = [sys.executable, "-m", module, "0", str(tmp_path), "1", "serve", "100"]
    ended = await asyncio.to_thread(subprocess.run, arguments, check=False, timeout=60, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0
