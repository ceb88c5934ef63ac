"""What texts speak of, by a model; and what becomes of nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from entourage.memory.graph.extraction.asking import BATCH_CHARS, TOOL, batches, read_answer
from entourage.memory.graph.extraction.found import MemoryText
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Call, Fault, Reply, say
from tests.memory.graph.reading import settled
from tests.memory.remembering import remember
from tests.world import SharedWorlds, World

TEXT = "the flux capacitor feeds the mainframe"
ENTITIES = ["flux capacitor", "mainframe"]
RELATION = {"source": "flux capacitor", "type": "SUPPORTS", "target": "mainframe"}


@pytest.fixture
async def world(servers: SharedWorlds) -> AsyncIterator[World]:
    """A server that asks models."""
    async with servers.lent("sqlite", extract_by_model=True) as opened:
        yield opened


def telling(*texts: dict[str, Any]) -> Any:
    """A model that says this of any texts, and echoes everything else."""

    def script(c: Conversation) -> Reply:
        if c.offers(TOOL):
            return Reply(calls=(Call(TOOL, {"texts": list(texts)}),))
        return say(f"Echo: {c.user_text}")

    return script


async def concepts_after(world: World, llm: FakeLLM, script: Any, text: str = TEXT) -> tuple[set[str], str]:
    llm.play(script)
    ana = await world.person("ana")
    await ana.connect(llm.openai_url, ["plain"])
    memory = await remember(ana, text)
    await settled(world, ana)
    around = await ana.get("/my/graph/subgraph", ids=[f"memory:{memory['id']}"], depth=2)
    return {node["id"] for node in around["nodes"] if node["kind"] == "Concept"}, ana.id


async def test_a_connected_model_is_asked_and_priced(world: World, fake_llm: FakeLLM) -> None:
    told = {"number": 1, "entities": ENTITIES, "relations": [RELATION]}
    found, _ = await concepts_after(world, fake_llm, telling(told))
    assert found == {"concept:flux capacitor", "concept:mainframe"}
    ana = world.people[0]
    path = await ana.get("/my/graph/path", **{"from": "concept:flux capacitor", "to": "concept:mainframe"})
    assert "SUPPORTS" in {edge["type"] for edge in path["edges"]}
    usage = (await ana.get("/events", type=["usage"]))["items"]
    assert [(event["agent"], event["data"].get("error")) for event in usage] == [("memory", None)]


@pytest.mark.parametrize(
    "script",
    [
        telling({"number": 7, "entities": ["Heron"], "relations": []}),
        telling({"number": 1, "entities": ["Nothing Of That"], "relations": []}),
        telling({"number": "one", "entities": 3}),
        lambda _: say("I would rather not."),
        lambda _: Reply(fault=Fault("status", status=500)),
    ],
    ids=["another number", "invented", "no form", "words", "fault"],
)
async def test_rules_do_what_a_model_does_not(world: World, fake_llm: FakeLLM, script: Any) -> None:
    found, _ = await concepts_after(world, fake_llm, script, "The service Heron depends on PostgreSQL.")
    assert found == {"concept:heron", "concept:postgresql"}


async def test_a_person_may_have_rules_only(world: World, fake_llm: FakeLLM) -> None:
    fake_llm.play(telling({"number": 1, "entities": ENTITIES, "relations": []}))
    ana = await world.person("ana")
    await ana.connect(fake_llm.openai_url, ["plain"])
    answer = await ana.client.put("/my/memory/settings", json={"extract": "rules"})
    assert answer.status_code == 200, answer.text
    await remember(ana, TEXT)
    await settled(world, ana)
    assert "Concept" not in (await ana.get("/my/graph/stats"))["kinds"]


async def test_forgotten_memories_leave_the_graph(world: World) -> None:
    ana = await world.person("ana")
    memory = await remember(ana, "The service Heron depends on PostgreSQL.")
    await settled(world, ana)
    assert (await ana.get("/my/graph/stats"))["kinds"]["Concept"] == 2
    assert (await ana.client.delete(f"/my/memory/{memory['id']}")).status_code == 204
    await settled(world, ana)
    assert not (await ana.get("/my/graph/stats"))["kinds"].keys() & {"Concept", "Memory"}


def test_texts_are_asked_of_in_batches() -> None:
    def memory(length: int) -> MemoryText:
        return MemoryText("m", "x" * length, "fact")

    assert [len(batch) for batch in batches([memory(10)] * 20)] == [8, 8, 4]
    assert [len(batch) for batch in batches([memory(BATCH_CHARS)] * 4)] == [3, 1]
    assert batches([]) == []


def test_an_answer_is_believed_as_far_as_the_text_bears_it_out() -> None:
    memory = MemoryText("m", "Мы встретили Анну Каренину в Москве.", "fact")
    answer = (
        '{"texts": [{"number": 1, "entities": ["Анна Каренина", "Москва", "Лондон"], "relations": ['
        '{"source": "Анна Каренина", "type": "RELATES_TO", "target": "Москва"},'
        '{"source": "Анна Каренина", "type": "RULES", "target": "Москва"},'
        '{"source": "Москва", "type": "RELATES_TO", "target": "Лондон"}]}]}'
    )
    extracted = read_answer(answer.encode(), [memory])["m"]
    assert [concept.name for concept in extracted.concepts] == ["Анна Каренина", "Москва"]
    assert [relation.type for relation in extracted.relations] == ["RELATES_TO"]
