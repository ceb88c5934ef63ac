"""kill -9 in the middle of writes: each file is the old one or the new one, and nothing else is left lying about."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import httpx

from tests.e2e.processes import running_server
from tests.workspaces.places import API, BYTES

SIZE = 3 * 1024 * 1024
ROUNDS = 4


def body(number: int) -> bytes:
    return (b"%08d" % number) * (SIZE // 8)


async def test_a_killed_server_leaves_old_or_new(tmp_path: Path):
    luck = random.Random(7)
    async with running_server(tmp_path) as server:
        person = await server.sign_in()
        made = await person.post(API, {"name": "Site"}, 201)
        url = f"{API}/{made['id']}/file"
        for path in ("a.bin", "b.bin"):
            await person.client.put(url, params={"path": path}, content=body(0), headers=BYTES)
        for _ in range(ROUNDS):
            writers = [asyncio.create_task(write(person.client, url, path)) for path in ("a.bin", "b.bin", "new/c.bin")]
            await asyncio.sleep(luck.uniform(0.05, 0.4))  # a random moment is the point
            await server.kill()
            await asyncio.gather(*writers, return_exceptions=True)
            check(tmp_path, made["id"])
            await server.start()
            assert list((tmp_path / "workspaces").glob("*/.kept/*/new/*")) == []
        usage = (await person.get(f"{API}/{made['id']}"))["usage"]
        assert usage["bytes"] % SIZE == 0


async def write(client: httpx.AsyncClient, url: str, path: str) -> None:
    for number in range(1, 1000):
        await client.put(url, params={"path": path}, content=body(number), headers=BYTES)


def check(data_dir: Path, workspace_id: str) -> None:
    """Whole files, each of one write, and no other names."""
    (folder,) = (data_dir / "workspaces").glob(f"*/{workspace_id}")
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.name in {"a.bin", "b.bin", "c.bin"}
            data = path.read_bytes()
            assert data == body(int(data[:8])), path
    assert os.listdir(folder.parent) != []
