"""kill -9 of a real server in the middle of a job: it goes on, every file is read once, nothing is there twice."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.processes import ServerProcess, running_server
from tests.memory.ingest.files import form, pdf, zipped
from tests.world import Person

ROUNDS = int(os.environ.get("ENTOURAGE_TEST_INGEST_KILLS", "4"))


def _files(number: int) -> dict[str, bytes]:
    """Files of several kinds, each of which says what no other says."""
    words = [f"Round {number} paragraph {place} tells of pier {number * 1000 + place}." for place in range(12)]
    repository = {
        f"repo{number}/mod{place}.py": f"def pier_{number}_{place}():\n    return {place}\n" for place in range(9)
    }
    return {
        f"r{number}-text.md": "\n\n".join(f"# Part {place}\n\n{text}" for place, text in enumerate(words)).encode(),
        f"r{number}-paper.pdf": pdf(*words[:4]),
        f"r{number}-repo.zip": zipped(repository),
        f"r{number}-broken.pdf": b"%PDF-1.4 cut off",
    }


@pytest.mark.e2e
async def test_a_job_survives_kills_at_random_moments(tmp_path: Path, database_url: str | None, engine: str) -> None:
    chance = random.Random(len(engine))
    async with running_server(tmp_path, database_url) as server:
        anna = await server.sign_in()
        jobs: list[str] = []
        for number in range(ROUNDS):
            answer = await anna.client.post("/my/memory/ingest", files=form(_files(number)))
            assert answer.status_code == 202, answer.text
            jobs.append(answer.json()["id"])
            await asyncio.sleep(chance.random() * 2)  # a moment that nobody chose
            children = _children(server)
            await server.kill()
            await _gone(children)
            await server.start()
            await anna.client.aclose()
            anna = await server.sign_in()
        for job_id in jobs:
            await _check(anna, job_id)
        await _check_nothing_twice(anna)
        async with asyncio.timeout(30):  # only those of the broken files stay, which may be tried again
            while len(list((tmp_path / "blobs").rglob("ingest/*/*"))) != ROUNDS:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await anna.client.aclose()


async def _check(anna: Person, job_id: str) -> None:
    async with asyncio.timeout(120):
        while (job := await anna.get(f"/my/memory/jobs/{job_id}"))["status"] not in ("done", "failed"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert job["status"] == "done"
    statuses = Counter(one["status"] for one in job["files"])
    told = [(one["name"], one["status"], one["error"]) for one in job["files"]]
    assert statuses == {"done": 12, "failed": 1}, told


async def _check_nothing_twice(anna: Person) -> None:
    texts: Counter[str] = Counter()
    cursor: str | None = None
    while True:
        page = await anna.get("/my/memory", limit=200, **({"cursor": cursor} if cursor else {}))
        texts.update(one["text"] for one in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(texts) == ROUNDS * (12 + 4 + 9)
    assert set(texts.values()) == {1}


def _children(server: ServerProcess) -> list[int]:
    """Processes that the server started."""
    assert server.process
    found: list[int] = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == server.process.pid:
            found.append(int(status.parent.name))
    return found


async def _gone(pids: list[int]) -> None:
    """No process of a dead server lives on."""
    async with asyncio.timeout(10):
        while any(_lives(pid) for pid in pids):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
