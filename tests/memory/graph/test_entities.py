"""What memories speak of, how they hang together, and what goes with them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from entourage.memory.graph.entities import Entities, How
from entourage.memory.graph.extraction.found import MemoryText
from entourage.stores.graph.base import Edge, Node
from entourage.stores.graph.open import open_graph
from tests.conformance.graph.conftest import Mine, edges_of, ids_of
from tests.schema import open_database

HERON = MemoryText("m1", "The service Heron depends on PostgreSQL.", "fact")
OTHER = MemoryText("m2", "We pay for PostgreSQL in Frankfurt.", "fact")
FAR = MemoryText("m3", "The office of Ana Silva is in Frankfurt.", "fact")
CONCEPTS = {"concept:heron", "concept:postgresql"}


@pytest.fixture
async def mine(tmp_path, database_url: str | None) -> AsyncIterator[Mine]:
    database = await open_database(database_url, tmp_path)
    yield Mine(open_graph(None, database))
    await database.close()


def entities(mine: Mine, how: How = "rules") -> Entities:
    async def how_of(_owner_id: str) -> How:
        return how

    return Entities(mine.store, how_of)


async def nodes(mine: Mine, kind: str) -> set[str]:
    return {node.id for node in await mine.store.page(mine.owner, kinds=[kind], after=None, limit=99)}


async def test_a_memory_mentions_what_it_speaks_of(mine: Mine) -> None:
    await entities(mine).extract(mine.owner, [HERON])
    part = await mine.around("memory:m1", depth=2)
    assert edges_of(part) == {
        ("memory:m1", "MENTIONS", "concept:heron"),
        ("memory:m1", "MENTIONS", "concept:postgresql"),
        ("concept:heron", "DEPENDS_ON", "concept:postgresql"),
    }
    assert {node.name for node in part.nodes if node.kind == "Concept"} == {"Heron", "PostgreSQL"}


async def test_to_extract_again_changes_nothing(mine: Mine) -> None:
    for _ in range(2):
        await entities(mine).extract(mine.owner, [HERON, OTHER])
    counts = await mine.store.counts(mine.owner)
    assert (counts.kinds, counts.types) == ({"Concept": 3, "Memory": 2}, {"DEPENDS_ON": 1, "MENTIONS": 4})


async def test_a_memory_that_changed_speaks_of_what_it_says_now(mine: Mine) -> None:
    await entities(mine).extract(mine.owner, [HERON])
    await entities(mine).extract(mine.owner, [MemoryText("m1", "The service Heron runs on MariaDB.", "fact")])
    assert await nodes(mine, "Concept") == {"concept:heron", "concept:mariadb"}
    assert edges_of(await mine.around("concept:heron")) == {
        ("memory:m1", "MENTIONS", "concept:heron"),
        ("memory:m1", "MENTIONS", "concept:mariadb"),
        ("concept:heron", "DEPENDS_ON", "concept:mariadb"),
    }


async def test_memories_that_speak_of_the_same_are_related(mine: Mine) -> None:
    await entities(mine).extract(mine.owner, [HERON, OTHER, FAR])
    found = await entities(mine).related(mine.owner, ["m1"], hops=1, limit=9)
    assert [(one.memory_id, one.path) for one in found] == [("m2", ["PostgreSQL"])]
    assert found[0].weight > 0
    assert await entities(mine).related(mine.owner, ["nothing"], hops=2, limit=9) == []
    assert await entities(mine).related(mine.owner, [], hops=1, limit=9) == []


async def test_a_second_hop_goes_along_what_is_tied(mine: Mine) -> None:
    tied = MemoryText("m4", "The Heron team visits.", "fact", tags=["Heron"])
    await entities(mine).extract(mine.owner, [HERON, OTHER, tied])
    one = await entities(mine).related(mine.owner, ["m4"], hops=1, limit=9)
    two = await entities(mine).related(mine.owner, ["m4"], hops=2, limit=9)
    assert [found.memory_id for found in one] == ["m1"]
    assert {found.memory_id: found.path for found in two}["m2"] == ["Heron", "DEPENDS_ON", "PostgreSQL"]
    assert two[0].memory_id == "m1"


async def test_what_only_a_forgotten_memory_spoke_of_goes_with_it(mine: Mine) -> None:
    await entities(mine).extract(mine.owner, [HERON, OTHER])
    for _ in range(2):
        await entities(mine).forget(mine.owner, ["m1"])
    assert await nodes(mine, "Concept") == {"concept:postgresql", "concept:frankfurt"}
    assert await nodes(mine, "Memory") == {"memory:m2"}
    await entities(mine).forget(mine.owner, ["m2"])
    assert (await mine.store.counts(mine.owner)).nodes == 0


async def test_a_tie_stays_while_another_memory_tells_of_it(mine: Mine) -> None:
    again = MemoryText("m9", "Tell the team of Heron: PostgreSQL was slow.", "fact")
    twin = MemoryText("m8", HERON.text + " Indeed.", "fact")
    await entities(mine).extract(mine.owner, [HERON, twin, again])
    await entities(mine).forget(mine.owner, ["m1"])
    assert ("concept:heron", "DEPENDS_ON", "concept:postgresql") in edges_of(await mine.around("concept:heron"))
    await entities(mine).forget(mine.owner, ["m8"])
    assert ("concept:heron", "DEPENDS_ON", "concept:postgresql") not in edges_of(await mine.around("concept:heron"))


async def test_what_a_person_put_there_stays(mine: Mine) -> None:
    await mine.store.upsert(mine.owner, [Node("concept:heron", "Concept", "Heron, ours")], [])
    await entities(mine).extract(mine.owner, [HERON])
    await mine.store.upsert(mine.owner, [], [Edge("concept:heron", "concept:postgresql", "LIKES")])
    await entities(mine).forget(mine.owner, ["m1"])
    assert {node.name for node in (await mine.around("concept:heron")).nodes} == {"Heron, ours", "PostgreSQL"}


async def test_documents_sessions_and_agents_that_memories_come_from(mine: Mine) -> None:
    source = {"type": "file", "name": "notes.md"}
    chunks = [
        MemoryText("d1", "On `helm`.", "document", source, document_id="doc"),
        MemoryText("d2", "On `flux`.", "document", source, document_id="doc"),
        MemoryText("i1", "I like `helm`.", "interaction", {"type": "chat", "session_id": "c"}, agent="coder"),
    ]
    await entities(mine).extract(mine.owner, chunks)
    assert edges_of(await mine.store.neighbours(mine.owner, "document:doc", limit=9)) == {
        ("document:doc", "CONTAINS", "memory:d1"),
        ("document:doc", "CONTAINS", "memory:d2"),
    }
    assert edges_of(await mine.store.neighbours(mine.owner, "memory:i1", limit=9)) == {
        ("memory:i1", "MENTIONS", "concept:helm"),
        ("memory:i1", "BELONGS_TO", "session:c"),
        ("memory:i1", "GENERATED_BY", "agent:coder"),
    }
    assert ("user", "INTERESTED_IN", "concept:helm") in edges_of(await mine.around("user"))
    await entities(mine).forget(mine.owner, ["d1"])
    assert "document:doc" in await nodes(mine, "Document")
    await entities(mine).forget(mine.owner, ["d2", "i1"])
    assert await nodes(mine, "Document") | await nodes(mine, "Concept") == set()
    assert "session:c" in await nodes(mine, "Session")


async def test_nothing_is_read_when_a_person_says_so(mine: Mine) -> None:
    await entities(mine, "off").extract(mine.owner, [HERON])
    assert (await mine.store.counts(mine.owner)).nodes == 0


async def test_what_others_speak_of_does_not_matter(mine: Mine) -> None:
    theirs = Mine(mine.store)
    await entities(mine).extract(mine.owner, [HERON])
    await entities(mine).extract(theirs.owner, [OTHER, HERON])
    assert await entities(mine).related(mine.owner, ["m1", "m2"], hops=2, limit=9) == []
    await entities(mine).forget(mine.owner, ["m2", "m1"])
    assert set(ids_of(await theirs.around("memory:m1"))) == {"memory:m1", *CONCEPTS}
