"""The graph store that the settings name."""

from __future__ import annotations

from entourage.stores.graph.base import Graph
from entourage.stores.graph.sql.engine import SqlGraph
from entourage.stores.sql.database import Database

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def open_graph(url: str | None, database: Database) -> Graph:
    """SQL tables beside all others, or the Neo4j behind `url`. Raises ValueError for another kind of address."""
    if url is None:
        return SqlGraph(database)
    if url.partition("://")[0] not in SCHEMES:
        raise ValueError(f"graph_url must start with one of {', '.join(SCHEMES)}, not {url.partition(':')[0]!r}")
    from entourage.stores.graph.neo4j.engine import Neo4jGraph

    return Neo4jGraph(url)
