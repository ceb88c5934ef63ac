"""Changing the embedder: the old vectors serve until all new ones are there, and they are never mixed."""

import asyncio

import pytest

from entourage.assembly import Stores
from entourage.memory.indexing import Indexer
from entourage.memory.install import VectorStore
from entourage.memory.tables import MemoryRow
from tests.memory.remembering import remember, search, settled

FACTS = [f"Fact {number}: the {name} grows in the garden." for number, name in enumerate(["rose", "oak", "fern"] * 15)]


async def until(person, told):
    """The statistics once `told` of them holds."""
    async with asyncio.timeout(60):
        while True:
            stats = await person.get("/my/memory/stats")
            if told(stats):
                return stats
            await asyncio.sleep(0.02)


async def change_to(person, embedder):
    answer = await person.client.put("/my/memory/settings", json={"embedder": embedder})
    assert answer.status_code == 200, answer.text
    return answer.json()


def is_done(stats):
    return stats["reindex"] is None and stats["pending"] == 0 and len(stats["collections"]) == 1


async def test_old_vectors_serve_until_the_new_ones_are_whole(world):
    ana = await world.person("ana")
    for fact in FACTS:
        await remember(ana, fact)
    await settled(world, ana)
    before = (await ana.get("/my/memory/stats"))["embedder"]["id"]
    indexer = world.services.get(Indexer)
    await indexer.reindex.close()  # so that nothing moves until we have looked
    try:
        await change_to(ana, "ngrams")
        stats = await ana.get("/my/memory/stats")
        assert stats["reindex"] == {"from": before, "to": "ngrams", "done": 0, "total": len(FACTS)}
        assert (await search(ana, "rose", limit=5))["embedder"] == before
        await remember(ana, "Said meanwhile: the birch grows by the lake.")
        await settled(world, ana)
        found = (await search(ana, "birch", limit=1))["items"][0]["memory"]["text"]
        assert found.startswith("Said meanwhile")
    finally:
        indexer.reindex.start()
    stats = await until(ana, is_done)
    assert (stats["embedder"]["id"], stats["collections"][0]["points"]) == ("ngrams", len(FACTS) + 1)
    found = await search(ana, "birch", limit=1)
    assert (found["embedder"], found["items"][0]["memory"]["text"][:4]) == ("ngrams", "Said")


async def test_a_change_of_mind_goes_back(small_world):
    ana = await small_world.person("ana")
    for fact in FACTS[:5]:
        await remember(ana, fact)
    await settled(small_world, ana)
    indexer = small_world.services.get(Indexer)
    await indexer.reindex.close()
    try:
        await change_to(ana, "ngrams")
        await change_to(ana, "auto")
    finally:
        indexer.reindex.start()
    stats = await until(ana, is_done)
    assert stats["embedder"]["id"] == "local"
    assert len((await search(ana, "rose"))["items"]) == 5


async def test_a_model_of_the_person_makes_the_vectors_and_is_paid_for(world, fake_llm):
    ana = await world.person("ana")
    await ana.connect(fake_llm.openai_url, ["plain", "text-embedding-3-small"], name="fake")
    offered = {one["id"]: one for one in (await ana.get("/my/memory/embedders"))["items"]}
    assert {"local", "ngrams", "fake/text-embedding-3-small"} <= offered.keys()
    assert offered["fake/text-embedding-3-small"]["provider"] == "fake"
    await change_to(ana, "fake/text-embedding-3-small")
    await remember(ana, "The staging server is called heron.")
    await settled(world, ana)
    found = await search(ana, "staging server called heron")
    assert (found["embedder"], found["items"][0]["why"]["dense"]["rank"]) == ("fake/text-embedding-3-small", 1)
    stats = await ana.get("/my/memory/stats")
    assert (stats["embedder"]["dimensions"], stats["embedder"]["local"]) == (64, False)
    calls = (await ana.get("/my/usage/calls"))["items"]
    assert {call["door"] for call in calls} == {"embeddings"}


async def test_without_the_embedder_words_still_find(small_world, fake_llm):
    ana = await small_world.person("ana")
    provider = await ana.connect(fake_llm.openai_url, ["text-embedding-3-small"], name="fake")
    await change_to(ana, "fake/text-embedding-3-small")
    await remember(ana, "The staging server is called heron.")
    await settled(small_world, ana)
    assert (await ana.client.delete(f"/api/v1/providers/{provider['id']}")).status_code == 204
    found = await search(ana, "heron")
    assert (found["mode"], len(found["items"])) == ("sparse", 1)
    refused = await ana.client.post("/my/memory/search", json={"query": "heron", "mode": "dense"})
    assert refused.status_code == 503


@pytest.mark.parametrize("embedder", ["nothing", "fake/none", "a/b/c"])
async def test_an_unknown_embedder_is_refused(small_world, embedder):
    ana = await small_world.person("ana")
    assert (await ana.client.put("/my/memory/settings", json={"embedder": embedder})).status_code == 422


async def test_a_lost_index_is_made_anew_from_the_rows(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "The staging server is called heron.")
    await settled(small_world, ana)
    collection = (await ana.get("/my/memory/stats"))["collections"][0]["name"]
    vectors = small_world.services.get(VectorStore).vectors
    await vectors.rebuild(collection)
    await small_world.services.get(Indexer).renew(collection.removeprefix("text-"))
    await settled(small_world, ana)
    assert len((await search(ana, "heron"))["items"]) == 1


async def test_a_text_over_the_new_budget_is_found_to_its_end(small_world, fake_llm):
    ana = await small_world.person("ana")
    await ana.connect(fake_llm.openai_url, ["text-embedding-3-small"], name="fake")
    await change_to(ana, "ngrams")
    words = " ".join(f"word{number}" for number in range(380))
    stored = await remember(ana, f"{words} mongoose")
    assert "parts" not in stored["metadata"]
    await settled(small_world, ana)
    await change_to(ana, "local")
    await until(ana, is_done)
    stats = await ana.get("/my/memory/stats")
    assert stats["collections"][0]["points"] > 1
    found = (await search(ana, "mongoose"))["items"]
    assert [item["memory"]["id"] for item in found] == [stored["id"]]
    await ana.client.delete(f"/my/memory/{stored['id']}")
    await until(ana, lambda stats: stats["collections"] == [])


async def test_no_row_is_left_leased(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "The staging server is called heron.")
    await settled(small_world, ana)
    from sqlalchemy import select

    async with small_world.services.get(Stores).database.read(ana.id) as session:
        rows = list(await session.scalars(select(MemoryRow)))
    assert [(row.index_state, row.index_error) for row in rows] == [("indexed", None)]
