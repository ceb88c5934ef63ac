"""The parser of Cypher: what it lets through reads only, and every node of it has the owner's label."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.kit.errors import Invalid
from entourage.stores.graph.cypher.guard import guarded
from entourage.stores.graph.cypher.tokens import tokens_of
from entourage.stores.graph.cypher.words import LEAVES, WRITES

OWNER = "entourage.owner.me"
REFUSED = [
    "",
    ";",
    "RETURN",
    "MATCH (n)",
    "CREATE (n) RETURN n",
    "MATCH (n) SET n.x = 1 RETURN n",
    "MATCH (n) SET n:X RETURN n",
    "MATCH (n) REMOVE n.x RETURN n",
    "MATCH (n) DELETE n",
    "MATCH (n) DETACH DELETE n RETURN 1",
    "MERGE (n:X) RETURN n",
    "MATCH (n) MERGE (n)-[:X]->(m) RETURN n",
    "MATCH (n) FOREACH (x IN [1] | CREATE (m)) RETURN n",
    "MATCH (n) RETURN n; MATCH (m) DELETE m",
    "MATCH (n) RETURN n MATCH (m) DELETE m",
    "MATCH (n) CREATE (m) RETURN n",
    "match (n) cReAtE (m) return n",
    "MATCH (n) /* */ CREATE /* */ (m) RETURN n",
    "CALL db.labels()",
    "CALL apoc.cypher.run('MATCH (n) RETURN n', {}) YIELD value RETURN value",
    "MATCH (n) CALL { CREATE (m) } RETURN n",
    "MATCH (n) CALL (n) { MATCH (m) RETURN m } RETURN m",
    "CALL { MATCH (n) RETURN n } RETURN n",
    "MATCH (n) CALL { WITH n DELETE n } IN TRANSACTIONS RETURN 1",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "USE other MATCH (n) RETURN n",
    "USE graph.byName('x') MATCH (n) RETURN n",
    "SHOW DATABASES",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n",
    "CYPHER runtime=slotted MATCH (n) RETURN n",
    "DROP CONSTRAINT x",
    "CREATE INDEX FOR (n:X) ON (n.y)",
    "GRANT ROLE x TO y",
    "MATCH (n) USING INDEX n:X(y) RETURN n",
    "RETURN apoc.text.join(['a'], '')",
    "RETURN `apoc`.`text`.join([], '')",
    "RETURN graph.names()",
    "RETURN graph.propertiesByName('neo4j')",
    "RETURN file()",
    "RETURN linenumber()",
    "RETURN db.nameFromElementId('4:x:1')",
    "RETURN elementid.x(1)",
    "RETURN EXISTS { CREATE (n) }",
    "RETURN EXISTS { MATCH (n) DELETE n }",
    "RETURN COUNT { CALL db.labels() }",
    "RETURN COLLECT { MATCH (n) SET n.x = 1 RETURN n }",
    "MATCH (n)-[*9]-(m) RETURN m",
    "MATCH (n)-[*1..99]-(m) RETURN m",
    "MATCH (n) WHERE (n)-[*1..99]-() RETURN n",
    "MATCH ((a)-[]->(b)){1,5} RETURN a",
    "MATCH (a)-[]->{1,5}(b) RETURN a",
    "MATCH (a)-->+(b) RETURN a",
    "MATCH SHORTEST 1 (a)-->(b) RETURN a",
    "MATCH ANY SHORTEST (a)-->(b) RETURN a",
    "MATCH (n:$($label)) RETURN n",
    "MATCH (n IS X) RETURN n",
    "MATCH (n $props) RETURN n",
    "MATCH (n)-[1]-(m) RETURN n",
    "MATCH (n) WHERE (n)-[1]-(m) RETURN n",
    "MATCH (n) RETURN (n)-[0]-(m)",
    "RETURN $missing",
    "RETURN 'open",
    "RETURN `open",
    "RETURN `a\\u0060`",
    "MATCH (n) RETURN n \\u003b",
    "MATCH (n:\\u0058) RETURN n",
    "RETURN 'a\\u0000'",
    "RETURN 'a\\ud800'",
    "RETURN 'a\\q'",
    "RETURN 1x",
    "RETURN {a: 1",
    "RETURN [1,",
    "RETURN " + "(" * 100 + "1" + ")" * 100,
    "RETURN " + "[" * 5000,
    "RETURN '" + "x" * 10_000 + "'",
    "MATCH (n) RETURN n LIMIT 1 DELETE n",
    "RETURN 1 AS `x` CREATE (n)",
    "INSERT (n)",
    "FINISH",
    "MATCH (n) RETURN n.x = 1 SET n.y = 2",
    "WITH 1 AS x",
    "TERMINATE TRANSACTIONS 'x'",
]


@pytest.mark.parametrize("query", REFUSED, ids=[query[:60] for query in REFUSED])
def test_what_is_not_known_to_be_harmless_is_refused(query: str) -> None:
    with pytest.raises(Invalid):
        guarded(query, {}, OWNER)


def test_a_refusal_says_what_is_wrong_and_where() -> None:
    with pytest.raises(Invalid, match=r"SET changes the graph, and queries only read it \(at character 11\)"):
        guarded("MATCH (n) SET n.x = 1 RETURN n", {}, OWNER)
    with pytest.raises(Invalid, match="CALL is not allowed here"):
        guarded("CALL db.labels()", {}, OWNER)
    with pytest.raises(Invalid, match=r"the function apoc\.x is not allowed"):
        guarded("RETURN apoc.x()", {}, OWNER)


def test_texts_become_parameters_and_names_are_quoted() -> None:
    query, params = guarded(
        "MATCH (n:Tool {name: 'x\\'y'}) WHERE n.id = $id RETURN n.name", {"id": 1, "t0": "mine"}, OWNER
    )
    assert query == (
        f"MATCH ( `n` : `{OWNER}` & ( `Tool` ) {{ `name` : $`t0` }} ) WHERE `n` . `id` = $`pid` "
        "RETURN `n` . `name` AS `n.name`"
    )
    assert params == {"t0": "x'y", "pid": 1}


NAMES = st.sampled_from(["n", "m", "`odd name`", "Tool", "x1", "Ä", "`CREATE`"])
VALUES = st.recursive(
    st.one_of(
        st.sampled_from(
            ["1", "2.5", "'text'", '"it\'s"', "$p", "null", "true", "n.name", "count(*)", "labels(n)", "'\\u0041'"]
        ),
        st.builds("({})--({})".format, NAMES, NAMES),
        st.builds("EXISTS {{ ({})-[:X]->(:{}) }}".format, NAMES, NAMES),
        st.builds("COUNT {{ MATCH ({}) WHERE ({})<--() }}".format, NAMES, NAMES),
    ),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("NOT {}".format, inner),
        st.builds("{{k: {}}}".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("[x IN {} WHERE {} | {}]".format, inner, inner, inner),
        st.builds("[(n)-[r:USES]->(m) WHERE {} | {}]".format, inner, inner),
        st.builds("CASE WHEN {} THEN {} END".format, inner, inner),
        st.builds("any(x IN {} WHERE {})".format, inner, inner),
    ),
    max_leaves=6,
)
PATTERNS = st.one_of(
    st.builds("({})".format, NAMES),
    st.builds("({}:{} {{k: {}}})".format, NAMES, NAMES, VALUES),
    st.builds("({} WHERE {})-[*1..3]->()".format, NAMES, VALUES),
    st.builds("p = shortestPath(({})-[:A|B*..4]-(:{}&!B))".format, NAMES, NAMES),
)
QUERIES = st.builds(
    "MATCH {} WHERE {} WITH *, {} AS v RETURN v, {} ORDER BY v LIMIT 3".format, PATTERNS, VALUES, VALUES, VALUES
)

_NODE_START = re.compile(r"\( (?:`[^`]*` )?: `entourage\.owner\.me`")
_EDGE = re.compile(r"(?:-\[|\]->|\]-)")


@settings(max_examples=300, deadline=None)
@given(QUERIES)
def test_every_node_of_every_pattern_has_the_owners_label(query: str) -> None:
    written, _ = guarded(query, {"p": 1}, OWNER)
    without_names = re.sub(r"`[^`]*`", "`", written.replace(f"`{OWNER}`", "OWNER"))
    assert not re.search(r"\]-[>]? \((?! (?:` )?: OWNER)", without_names), "an edge ends at a node without it"
    assert not re.search(r"MATCH \((?! (?:` )?: OWNER)", without_names), "a pattern begins with a node without it"
    assert "'" not in written.replace(" AS `", "") or "`" in written
    words = {word.upper() for word in re.findall(r"[A-Za-z]+", without_names)}
    assert not words & (WRITES | LEAVES)


@settings(max_examples=300, deadline=None)
@given(QUERIES)
def test_what_was_written_means_the_same_when_read_again(query: str) -> None:
    """The parser reads what it writes: so it writes what it thinks it does."""
    written, params = guarded(query, {"p": 1}, OWNER)
    again, _ = guarded(written, params, OWNER)
    assert again.count(f"`{OWNER}`") == 2 * written.count(f"`{OWNER}`")


_PIECES = (
    "MATCH (n) -[ ]- > < ( ) [ ] { } RETURN n . : , ' \" ` $p 1 .. * CREATE DELETE CALL // /* */ WHERE EXISTS AS | & ! "
    "SET \\u0027 \\ ; UNION WITH UNWIND IN x LOAD USE --"
)
PIECES = st.sampled_from(_PIECES.split())


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=60))
def test_no_text_does_anything_but_be_refused_or_read(query: str) -> None:
    try:
        written, _ = guarded(query, {"p": 1}, OWNER)
    except Invalid:
        return
    outside = re.sub(r"`[^`]*`", "", written)
    assert not {word.upper() for word in re.findall(r"[A-Za-z]+", outside)} & (WRITES | LEAVES)
    assert "\\" not in written
    assert ";" not in outside
    assert "//" not in outside
    assert outside.count("'") == outside.count('"') == 0


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_texts_are_what_they_say(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    tokens = tokens_of(f"'{escaped}'")
    assert [(token.kind, token.text) for token in tokens] == [("string", text), ("end", "")]


def test_deep_nesting_takes_no_time() -> None:
    query = "MATCH (n) WHERE " + "(n {a: (n {b: " * 9 + "1" + "})})" * 9 + " RETURN n"
    written, _ = guarded(query, {}, OWNER)
    assert written.count("`a`") == written.count("`b`") == 9
