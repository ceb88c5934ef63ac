"""Searches: filters, modes, diversity, budgets, graph, order by a model; and what agents recall."""

from dataclasses import dataclass

import pytest

from entourage.memory.searching import Searcher
from entourage.memory.service import Memories
from tests.memory.remembering import remember, search, settled


async def ids(person, query, **more):
    return [item["memory"]["id"] for item in (await search(person, query, **more))["items"]]


async def test_filters_hold_together(world):
    ana = await world.person("ana")
    source = {"type": "file", "name": "rivers.md", "id": "doc-1"}
    document = await remember(
        ana, "The Danube flows through ten countries.", kind="document", source=source, tags=["geo"]
    )
    fact = await remember(ana, "The Rhine flows into the North Sea.", agent="researcher", tags=["geo", "rivers"])
    talk = await remember(ana, "We spoke about the river Douro.", kind="interaction")
    await settled(world, ana)
    everything = {document["id"], fact["id"], talk["id"]}
    assert set(await ids(ana, "rivers")) == everything
    assert await ids(ana, "rivers", kinds=["document"]) == [document["id"]]
    assert await ids(ana, "rivers", agents=["researcher"]) == [fact["id"]]
    assert set(await ids(ana, "rivers", tags=["geo"])) == {document["id"], fact["id"]}
    assert await ids(ana, "rivers", tags=["geo"], kinds=["fact"]) == [fact["id"]]
    assert await ids(ana, "rivers", sources=["doc-1"]) == [document["id"]]
    assert await ids(ana, "rivers", sources=["file"]) == [document["id"]]
    assert await ids(ana, "rivers", kinds=["interaction"]) == [talk["id"]]
    assert set(await ids(ana, "rivers", after=talk["created_at"])) <= everything
    assert await ids(ana, "rivers", before="2001-01-01T00:00:00Z") == []


async def test_each_mode_says_only_what_it_looked_at(world):
    ana = await world.person("ana")
    await remember(ana, "The Danube flows through ten countries.")
    await settled(world, ana)
    dense, sparse = [(await search(ana, "Danube", mode=mode))["items"][0]["why"] for mode in ("dense", "sparse")]
    assert dense["sparse"] is None and dense["dense"]["rank"] == 1
    assert sparse["dense"] is None and sparse["sparse"]["terms"] == ["danube"]


async def test_a_budget_leaves_out_what_does_not_fit(small_world):
    ana = await small_world.person("ana")
    long = await remember(ana, "The river Danube. " + "It is long and winds a lot. " * 30)
    short = await remember(ana, "The river Rhine.")
    await settled(small_world, ana)
    assert await ids(ana, "river", budget_tokens=20) == [short["id"]]
    assert set(await ids(ana, "river", budget_tokens=2000)) == {long["id"], short["id"]}


async def test_diversity_brings_what_differs_forward(small_world):
    ana = await small_world.person("ana")
    for ending in ("", " Really.", " Indeed."):
        await remember(ana, f"The release of the billing service is on Friday.{ending}")
    other = await remember(ana, "Billing is owned by Irina's team.")
    await settled(small_world, ana)
    assert (await ids(ana, "billing service release")).index(other["id"]) == 3
    assert (await ids(ana, "billing service release", diversity=0.7)).index(other["id"]) < 3


async def test_what_is_no_longer_valid_is_not_found(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "The office is in Porto.", valid_until="2001-01-01T00:00:00Z")
    await settled(small_world, ana)
    assert await ids(ana, "office") == []


@dataclass
class Tie:
    memory_id: str
    path: list
    weight: float


async def test_the_graph_leads_to_memories_that_share_no_words(small_world):
    ana = await small_world.person("ana")
    one = await remember(ana, "Heron answers at 10.20.4.17.")
    other = await remember(ana, "Frankfurt loses power on Sundays.", tags=["far"])
    for number in range(60):  # so that it is not among the nearest anyway
        await remember(ana, f"Heron {number} was seen at the lake, bird number {number}.")
    await settled(small_world, ana)

    class Graph:
        async def related(self, owner_id, memory_ids, *, hops, limit):
            assert owner_id == ana.id
            return [Tie(other["id"], ["Heron", "RUNS_IN", "Frankfurt"], 0.9)] if one["id"] in memory_ids else []

    searcher = small_world.services.get(Searcher)
    before, searcher.relations = searcher.relations, Graph()
    try:
        found = (await search(ana, "Heron answers at", graph=1, limit=30))["items"]
    finally:
        searcher.relations = before
    hit = next(item for item in found if item["memory"]["id"] == other["id"])
    assert hit["why"]["graph"]["path"] == ["Heron", "RUNS_IN", "Frankfurt"]
    assert "graph: Heron - RUNS_IN - Frankfurt" in hit["why"]["text"]


async def test_without_a_model_nothing_is_reranked(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "The river Rhine.")
    await settled(small_world, ana)
    assert (await search(ana, "river", rerank=True))["items"][0]["why"]["rerank"] is None


@pytest.mark.parametrize(
    ("scope", "expected"), [("own", {"own"}), ("shared", {"team"}), ("all", {"own", "team"}), ("none", set())]
)
async def test_agents_recall_by_their_scope(small_world, scope, expected):
    ana = await small_world.person("ana")
    await remember(ana, "The deployment key of project Heron is kept by Irina.", agent="coder", shared=False)
    await remember(ana, "The deployment key of project Heron changes on Mondays.")
    await remember(ana, "The deployment key of project Heron is a secret of the writer.", agent="writer", shared=False)
    await settled(small_world, ana)
    memories = small_world.services.get(Memories)
    recalled = await memories.recall(ana.id, "coder", scope, "deployment key of Heron", budget_tokens=500, limit=5)
    names = {"own" if item.memory.agent == "coder" else item.memory.agent or "team" for item in recalled.items}
    assert names == expected


async def test_what_is_far_off_is_not_recalled(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "The tomatoes on the balcony need water every morning.")
    await settled(small_world, ana)
    memories = small_world.services.get(Memories)
    recalled = await memories.recall(
        ana.id, "coder", "all", "refactor this Python function", budget_tokens=500, limit=5
    )
    assert recalled.items == []
    found = await memories.recall(ana.id, "coder", "all", "when do I water the tomatoes", budget_tokens=500, limit=5)
    assert len(found.items) == 1


async def test_a_conversation_is_not_reminded_of_itself(small_world):
    ana = await small_world.person("ana")
    source = {"type": "chat", "session_id": "s1"}
    await remember(ana, "We spoke about tomatoes.", kind="interaction", source=source)
    await settled(small_world, ana)
    recall = small_world.services.get(Memories).recall
    ask = (ana.id, "coder", "all", "We spoke about tomatoes")
    assert len((await recall(*ask, budget_tokens=500, limit=5)).items) == 1
    assert (await recall(*ask, budget_tokens=500, limit=5, except_session="s1")).items == []
