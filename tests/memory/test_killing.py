"""kill -9 of a real server while it indexes, and while it changes the embedder: nothing is lost, nothing doubled."""

import asyncio
import random

import pytest

from tests.e2e.processes import running_server

pytestmark = pytest.mark.e2e
COUNT = 60


async def stored(person, server, rounds):
    """Store memories while the server is killed at random moments; the acknowledged texts."""
    chance = random.Random(7)
    kills = {chance.randrange(COUNT) for _ in range(rounds)}
    texts = []
    for number in range(COUNT):
        text = f"Memory {number} of the {chance.choice(['red', 'green', 'blue'])} box."
        answer = await person.client.post("/my/memory", json={"text": text})
        assert answer.status_code == 201
        texts.append(text)
        if number in kills:
            await server.kill()
            await server.start()
    return texts


async def whole(person, total):
    """The statistics once everything is indexed and nothing is being changed."""
    async with asyncio.timeout(120):
        while True:
            stats = await person.get("/my/memory/stats")
            points = sum(one["points"] for one in stats["collections"])
            if stats["pending"] == 0 and stats["reindex"] is None and points == total:
                return stats
            await asyncio.sleep(0.05)


async def listed(person):
    page = await person.get("/my/memory", limit=200)
    return sorted(item["text"] for item in page["items"])


async def test_nothing_is_lost_or_doubled_while_indexing(tmp_path):
    async with running_server(tmp_path) as server:
        ana = await server.sign_in()
        texts = await stored(ana, server, 4)
        await whole(ana, COUNT)
        assert await listed(ana) == sorted(texts)
        found = await ana.post("/my/memory/search", {"query": "Memory of the box", "limit": 100}, 200)
        assert sorted(item["memory"]["text"] for item in found["items"]) == sorted(texts)


async def test_a_change_of_the_embedder_goes_on_after_a_kill(tmp_path):
    async with running_server(tmp_path) as server:
        ana = await server.sign_in()
        await ana.client.put("/my/memory/settings", json={"embedder": "ngrams"})
        texts = await stored(ana, server, 0)
        await whole(ana, COUNT)
        await ana.client.put("/my/memory/settings", json={"embedder": "local"})
        for least in (1, COUNT // 2):
            await until_done(ana, least)
            await server.kill()
            await server.start()
        stats = await whole(ana, COUNT)
        assert stats["embedder"]["id"] == "local"
        found = await ana.post("/my/memory/search", {"query": "Memory of the box", "limit": 100}, 200)
        assert sorted(item["memory"]["text"] for item in found["items"]) == sorted(texts)


async def until_done(person, least):
    async with asyncio.timeout(120):
        while True:
            reindex = (await person.get("/my/memory/stats"))["reindex"]
            if reindex is None or reindex["done"] >= least:
                return
            await asyncio.sleep(0.01)
