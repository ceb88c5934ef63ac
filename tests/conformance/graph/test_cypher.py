"""Cypher that people write reads their own part of the graph and nothing else, on a real Neo4j where there is one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from entourage.kit.errors import TimedOut
from entourage.stores.graph.base import Edge, Graph, Node, Table
from entourage.stores.graph.neo4j.statements import owner_label
from tests.conformance.graph.conftest import NEO4J, Mine, opened

pytestmark = pytest.mark.skipif(NEO4J is None, reason="ENTOURAGE_TEST_NEO4J_URL names no Neo4j")

SECRET = "their-secret"


@pytest.fixture(scope="module")
async def neo4j(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Graph]:
    async with opened("neo4j", tmp_path_factory.mktemp("neo4j")) as store:
        yield store


@pytest.fixture(scope="module")
async def mine(neo4j: Graph) -> AsyncIterator[Mine]:
    """Mine is `a - b - c`; another person's graph has the same ids, and secrets."""
    me, other = Mine(neo4j), Mine(neo4j)
    await me.put(
        ("a", "USES", "b"), ("b", "USES", "c"), nodes=[Node("c", "Tool", "c", {"year": 2020, "deep": {"x": 1}})]
    )
    secrets = [Node(name, "Concept", f"{SECRET}-{name}", {"year": 1999}) for name in ("a", "b", "x", "y")]
    await other.store.upsert(
        other.owner,
        secrets,
        [Edge("a", "b", "USES"), Edge("b", "x", "USES"), Edge("x", "y", "KNOWS", props={"note": SECRET})],
    )
    yield me
    for one in (me, other):
        await neo4j.drop_owner(one.owner)


async def ask(mine: Mine, query: str, limit: int = 100, **params: Any) -> Table:
    return await mine.store.cypher(mine.owner, query, params, limit=limit, timeout_seconds=10)


ANSWERS: list[tuple[str, list[list[Any]]]] = [
    ("MATCH (n) RETURN count(n)", [[3]]),
    ("MATCH (n) RETURN n.name ORDER BY n.name", [["a"], ["b"], ["c"]]),
    ("MATCH (n:Tool) RETURN n.id, n.year", [["c", 2020]]),
    ("MATCH (n:Concept|Tool) WHERE n:Tool RETURN n.id", [["c"]]),
    ("MATCH (n:!Tool) RETURN n.id ORDER BY n.id DESC", [["b"], ["a"]]),
    ("MATCH (n {name: 'a'})-[r:USES]->(m) RETURN m.id, type(r)", [["b", "USES"]]),
    ("MATCH (n {name: $who})--(m) RETURN m.id", [["b"]]),
    ("MATCH (a {id: 'a'})-[:USES*1..3]->(m) RETURN m.id ORDER BY m.id", [["b"], ["c"]]),
    ("MATCH (a {id: 'a'})-[*]-(m) RETURN count(*)", [[2]]),
    ("MATCH p = shortestPath((a {id: 'a'})-[*]-(c {id: 'c'})) RETURN length(p)", [[2]]),
    ("MATCH p = allShortestPaths((a {id: 'a'})-[*..4]-(c:Tool)) RETURN count(p)", [[1]]),
    ("MATCH (n) WHERE (n)-->(:Tool) RETURN n.id", [["b"]]),
    ("MATCH (n) WHERE NOT (n)-->() RETURN n.id", [["c"]]),
    ("MATCH (n) WHERE exists { (n)-->(m) WHERE m.id = 'b' } RETURN n.id", [["a"]]),
    ("MATCH (n) RETURN n.id, COUNT { (n)--() } AS d ORDER BY d DESC, n.id LIMIT 1", [["b", 2]]),
    ("MATCH (n) RETURN COLLECT { MATCH (n)-->(m) RETURN m.id } AS ids ORDER BY size(ids)", [[[]], [["b"]], [["c"]]]),
    ("MATCH (n {id: 'b'}) RETURN [(n)--(m) WHERE m.id > 'a' | m.id] AS ids", [[["c"]]]),
    ("MATCH (n {id: 'b'}) RETURN [p = (n)-->(m) | length(p)] AS ls", [[[1]]]),
    ("MATCH (n {id: 'a'}) RETURN n {.id, .name, more: 1 + 1} AS m", [[{"id": "a", "name": "a", "more": 2}]]),
    ("UNWIND [1, 2, 3] AS x WITH x WHERE x > 1 RETURN sum(x) AS s", [[5]]),
    ("RETURN reduce(s = 0, x IN [1, 2] | s + x) AS s, [x IN range(1, 3) WHERE x % 2 = 1 | x * x] AS q", [[3, [1, 9]]]),
    ("RETURN CASE WHEN true THEN 'yes' ELSE 'no' END AS c, all(x IN [1] WHERE x > 0) AS a", [["yes", True]]),
    ("RETURN 'it\\'s \\u0041' AS a, \"q\" AS b, -1.5e3 AS c, [1, 2][0] AS d", [["it's A", "q", -1500.0, 1]]),
    ("MATCH (n {id: 'a'}) RETURN n.id AS x UNION MATCH (n:Tool) RETURN n.id AS x", [["a"], ["c"]]),
    ("MATCH (n) OPTIONAL MATCH (n)-[r:NEVER]->() RETURN count(r) AS c", [[0]]),
    ("MATCH (n) RETURN n.id SKIP 1 LIMIT 1 // the rest is a comment: CREATE (x)", [["b"]]),
    ("MATCH (n) WHERE n.name STARTS WITH 'a' OR n.name =~ 'c.*' RETURN n.id ORDER BY n.id", [["a"], ["c"]]),
    ("MATCH (n)-[r]->(m) WHERE r.weight >= 1 AND n.id IS NOT NULL RETURN count(r)", [[2]]),
    ("MATCH (n:`Tool`) RETURN `n`.`id` AS `the id`", [["c"]]),
    ("MATCH (n WHERE n.id = 'a')-[r:USES WHERE r.weight > 0]->(m) RETURN m.id", [["b"]]),
]


@pytest.mark.parametrize(("query", "rows"), ANSWERS, ids=[query for query, _ in ANSWERS])
async def test_reading_queries_are_answered(mine: Mine, query: str, rows: list[list[Any]]) -> None:
    assert (await ask(mine, query, who="a")).rows == rows


async def test_nodes_edges_and_paths_are_shown_as_everywhere(mine: Mine) -> None:
    found = await ask(mine, "MATCH p = (b)-[r]->(c:Tool) RETURN c, r, p, {k: c} AS m, date('2026-11-22') AS d")
    node = {"id": "c", "kind": "Tool", "name": "c", "props": {"year": 2020, "deep": {"x": 1}}}
    edge = {"source": "b", "target": "c", "type": "USES", "weight": 1.0, "props": {}}
    assert list(found.columns) == ["c", "r", "p", "m", "d"]
    assert found.rows[0][:2] == [node, edge]
    assert [one["id"] for one in found.rows[0][2]["nodes"]] == ["b", "c"]
    assert found.rows[0][3:] == [{"k": node}, "2026-11-22"]


async def test_columns_are_called_as_they_were_written(mine: Mine) -> None:
    found = await ask(mine, "MATCH (n) RETURN n.name, count(*), n.year + 1 AS next")
    assert list(found.columns) == ["n.name", "count(*)", "next"]


async def test_answers_are_no_longer_than_asked(mine: Mine) -> None:
    found = await ask(mine, "UNWIND range(1, 1000000) AS x RETURN x", limit=3)
    assert (found.rows, found.truncated) == ([[1], [2], [3]], True)
    assert not (await ask(mine, "UNWIND [1, 2] AS x RETURN x", limit=2)).truncated


async def test_a_query_that_takes_too_long_is_ended(mine: Mine) -> None:
    query = "UNWIND range(1, 100000000) AS x UNWIND range(1, 1000) AS y RETURN sum(x * y) AS s"
    with pytest.raises(TimedOut):
        await mine.store.cypher(mine.owner, query, {}, limit=1, timeout_seconds=0.3)


ESCAPES = [
    "MATCH (n) RETURN n",
    "MATCH (n)-[r]-(m) RETURN n, r, m",
    "MATCH p = (n)-[*0..8]-(m) RETURN p",
    "MATCH p = shortestPath((n)-[*0..8]-(m)) WHERE n <> m RETURN p",
    "MATCH (n) RETURN [(n)-[*..3]-(m) | m]",
    "MATCH (n) RETURN COLLECT { MATCH (m) RETURN m } AS all",
    "MATCH (n) WHERE EXISTS { MATCH (m {year: 1999}) } RETURN n.year, 'leak'",
    "RETURN CASE WHEN COUNT { (m {year: 1999}) } > 0 THEN 'leak' END AS x",
    "MATCH (n) RETURN COLLECT { MATCH (x)-[r]->(y) RETURN r.note } AS notes",
    "MATCH ()-[r:KNOWS]->() RETURN r, startNode(r), endNode(r)",
    "MATCH (n:`entourage.node`) RETURN n",
    "MATCH (n:%) RETURN n",
    "MATCH (n:Concept|!Concept) RETURN n",
    "MATCH (n:!`entourage.node`|Concept) RETURN n",
    "MATCH (n), (m) WHERE m.id = 'x' OR true RETURN m",
    "MATCH (n) WITH collect(n) AS ns MATCH (m) WHERE NOT m IN ns RETURN m",
    "MATCH (`n) RETURN n //`) RETURN `n) RETURN n //`",
    "UNWIND ['MATCH (n) RETURN n'] AS q RETURN q",
    "MATCH (n) WHERE (n)--({year: 1999}) RETURN n.year, 'leak'",
    "MATCH (n {id: 'b'})-->(x {id: 'x'}) RETURN x",
    "MATCH (n) RETURN properties(n), labels(n), keys(n)",
    "MATCH (n) MATCH (m) WHERE elementId(m) <> elementId(n) RETURN m",
    "MATCH (n) RETURN [x IN [(a)-->(b) | b] WHERE x.year = 1999 | x] AS xs",
    "MATCH (a) RETURN reduce(s = [], p IN [(c)--(d) | d] | s + p) AS s",
    "MATCH (n) RETURN CASE WHEN EXISTS { ({year: 1999}) } THEN 'leak' ELSE 0 END AS c",
]


@pytest.mark.parametrize("query", ESCAPES)
async def test_no_query_leaves_its_owners_part(mine: Mine, query: str) -> None:
    found = await ask(mine, query)
    told = str(found.rows)
    assert SECRET not in told
    assert "1999" not in told
    assert "'leak'" not in told


async def test_another_owners_label_opens_nothing(mine: Mine, neo4j: Graph) -> None:
    other = Mine(neo4j)
    await other.put(("s", "USES", "t"))
    found = await ask(mine, f"MATCH (n:`{owner_label(other.owner)}`) RETURN n")
    await neo4j.drop_owner(other.owner)
    assert found.rows == []
