"""The graph from the terminal."""

from __future__ import annotations

import json

from tests.commands.saying import said_by
from tests.world import Person, World


async def run(world: World, person: Person, *arguments: str) -> tuple[int, str, str]:
    return await said_by(world, person, "graph", *arguments)


async def test_neighbours_paths_and_search(small_world: World) -> None:
    ana = await small_world.person("ana")
    nodes = [{"id": f"concept:{name}", "kind": "Concept", "name": name.title()} for name in ("heron", "redis", "cache")]
    edges = [
        {"source": "concept:heron", "target": "concept:redis", "type": "USES"},
        {"source": "concept:cache", "target": "concept:redis", "type": "PART_OF"},
    ]
    island = {"id": "tool:island", "kind": "Tool", "name": "Island"}
    await ana.post("/my/graph", {"nodes": [*nodes, island], "edges": edges}, 200)
    code, out, err = await run(small_world, ana, "path", "Heron", "concept:cache")
    assert (code, out) == (0, "Heron -USES-> Redis <-PART_OF- Cache\n"), err
    code, out, _ = await run(small_world, ana, "neighbours", "redis", "--type", "USES")
    assert (code, "Heron" in out, "Cache" in out) == (0, True, False)
    code, out, _ = await run(small_world, ana, "search", "he", "--json")
    assert (code, [json.loads(line)["id"] for line in out.splitlines()]) == (0, ["concept:heron"])
    assert (await run(small_world, ana, "path", "Heron", "Island"))[:2] == (
        1,
        "Nothing connects 'Heron' and 'Island'.\n",
    )
    code, _, err = await run(small_world, ana, "neighbours", "Atlantis")
    assert (code, "no node 'Atlantis'" in err) == (1, True)
