"""Queries that people write, made to read nothing but their owner's part of the graph.

The query is parsed and written anew: only what the parser knows to be harmless comes out of it. Whatever it does not
know (writing clauses, procedures, files, other databases, functions beyond a closed list) is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entourage.stores.graph.cypher.queries import Queries
from entourage.stores.graph.cypher.reader import Reader
from entourage.stores.graph.cypher.tokens import tokens_of
from entourage.stores.graph.cypher.writer import Writer


def guarded(query: str, params: Mapping[str, Any], owner_label: str) -> tuple[str, dict[str, Any]]:
    """The query to run and its parameters. Every node of it has `owner_label`. Raises Invalid."""
    writer = Writer(owner_label, params)
    Queries(Reader(query, tokens_of(query), writer)).whole()
    return writer.finished()
