"""The statements of the graph. Lists of values are one parameter on both engines: JSON on SQLite, an array else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from entourage.kit.json import encode
from entourage.stores.sql import Prepared
from entourage.stores.sql.database import Dialect

NODE = "n.id, n.kind, n.name, n.props, n.degree"
_EDGE = "e.source, e.target, e.type, e.weight, e.props"

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 7))")
"""One writer of a graph at a time: degrees are counted, and two writers never wait for each other."""

PUT_NODE = text(
    "INSERT INTO graph_nodes (owner_id, id, kind, name, name_key, props) "
    "VALUES (:owner, :id, :kind, :name, :name_key, :props) "
    "ON CONFLICT (owner_id, id) DO UPDATE SET kind = excluded.kind, name = excluded.name, "
    "name_key = excluded.name_key, props = excluded.props"
)
PUT_EDGE = text(
    "INSERT INTO graph_edges (source, type, target, owner_id, weight, props) "
    "VALUES (:source, :type, :target, :owner, :weight, :props) "
    "ON CONFLICT (source, type, target) DO UPDATE SET weight = excluded.weight, props = excluded.props "
    "WHERE graph_edges.owner_id = excluded.owner_id"
)
PUT_WORD = text(
    "INSERT INTO graph_words (owner_id, word, number) VALUES (:owner, :word, :number) ON CONFLICT DO NOTHING"
)
DELETE_EDGE = text(
    "DELETE FROM graph_edges WHERE source = :source AND type = :type AND target = :target AND owner_id = :owner"
)
DROP = tuple(
    text(f"DELETE FROM {table} WHERE owner_id = :owner") for table in ("graph_words", "graph_edges", "graph_nodes")
)


def _counted(table: str, column: str) -> Prepared[tuple[str, int]]:
    return Prepared(
        text(f"SELECT {column}, count(*) FROM {table} WHERE owner_id = :owner GROUP BY {column} ORDER BY {column}")
    )


COUNT_KINDS, COUNT_TYPES = _counted("graph_nodes", "kind"), _counted("graph_edges", "type")


def listed(dialect: Dialect, values: Sequence[int] | Sequence[str]) -> object:
    """A list of values as the parameter of `_among`."""
    if dialect == "postgresql":
        return list(values)
    return encode(values).decode()


def _among(dialect: Dialect, column: str, name: str, kind: str) -> str:
    if dialect == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(:{name}))"
    return f"{column} = ANY(CAST(:{name} AS {kind}[]))"


def _mine(dialect: Dialect, column: str = "owner_id") -> str:
    """That a row found by number is the owner's. The plus keeps SQLite from looking through all that is the owner's."""
    return f"{'+' if dialect == 'sqlite' else ''}{column} = :owner"


def _with_keys(dialect: Dialect, table: str, column: str, kind: str = "bigint") -> str:
    """What follows FROM, up to further conditions: the owner's rows of a table with a `column` among `keys`.

    SQLite looks up one key after the other in half the time of `IN`. Keys must not repeat.
    """
    if dialect == "sqlite":
        return f"json_each(:keys) k CROSS JOIN {table} ON {column} = k.value WHERE"
    return f"{table} WHERE {_among(dialect, column, 'keys', kind)} AND"


@cache
def numbers_of(dialect: Dialect) -> TextClause:
    """Numbers and names of nodes by id."""
    mine = _among(dialect, "id", "ids", "text")
    return text(f"SELECT id, number, name FROM graph_nodes WHERE owner_id = :owner AND {mine}")


@cache
def nodes_by(dialect: Dialect, column: str) -> Prepared[Any]:
    """Whole nodes by `id` or `number`, with their numbers."""
    wanted = _with_keys(dialect, "graph_nodes n", f"n.{column}", "text" if column == "id" else "bigint")
    mine = "n.owner_id = :owner" if column == "id" else _mine(dialect, "n.owner_id")
    return Prepared(text(f"SELECT n.number, {NODE} FROM {wanted} {mine}"))


@cache
def page(dialect: Dialect, *, of_kinds: bool) -> Prepared[Any]:
    kinds = f" AND {_among(dialect, 'n.kind', 'kinds', 'text')}" if of_kinds else ""
    return Prepared(
        text(
            f"SELECT n.number, {NODE} FROM graph_nodes n WHERE n.owner_id = :owner AND n.id > :after{kinds} "
            "ORDER BY n.id LIMIT :most"
        )
    )


BEST = Prepared(
    text(
        f"SELECT n.number, {NODE} FROM graph_nodes n WHERE n.owner_id = :owner "
        "ORDER BY n.degree DESC, n.id DESC LIMIT :most"
    )
)


@cache
def around(dialect: Dialect) -> Prepared[Any]:
    """Pairs of a node and a neighbour."""
    out, back = (_with_keys(dialect, "graph_edges e", f"e.{column}") for column in ("source", "target"))
    mine = _mine(dialect, "e.owner_id")
    return Prepared(
        text(
            f"SELECT e.source, e.target FROM {out} {mine} UNION ALL "
            f"SELECT e.target, e.source FROM {back} {mine} LIMIT :most"
        )
    )


@cache
def between(dialect: Dialect) -> Prepared[Any]:
    """Every edge between some nodes."""
    out = _with_keys(dialect, "graph_edges e", "e.source")
    back = _among(dialect, "+e.target" if dialect == "sqlite" else "e.target", "keys", "bigint")
    return Prepared(
        text(f"SELECT {_EDGE} FROM {out} {back} AND {_mine(dialect, 'e.owner_id')} ORDER BY e.weight DESC LIMIT :most")
    )


@cache
def edges_at(dialect: Dialect, columns: tuple[str, ...], *, of_types: bool) -> Prepared[Any]:
    """Edges that have some nodes in one of these columns (`source`, `target`), the heaviest first, each once."""
    kinds = f" AND {_among(dialect, 'e.type', 'types', 'text')}" if of_types else ""
    mine = _mine(dialect, "e.owner_id") + kinds
    each = " UNION ".join(
        f"SELECT {_EDGE} FROM {_with_keys(dialect, 'graph_edges e', f'e.{column}')} {mine}" for column in columns
    )
    return Prepared(text(f"SELECT * FROM ({each}) AS found ORDER BY weight DESC, source, type, target LIMIT :most"))


@cache
def search(dialect: Dialect, words: int, *, of_kinds: bool) -> Prepared[Any]:
    """Nodes that have a word in each range `:from0`..`:to0`, ...; without words those of exactly this name."""
    parts = [_mine(dialect, "n.owner_id") if words else "n.owner_id = :owner"]
    for number in range(words):
        ranged = f"w.owner_id = :owner AND w.word >= :from{number} AND w.word < :to{number}"
        parts.append(
            f"n.number IN (SELECT w.number FROM graph_words w WHERE {ranged} LIMIT {MOST_CANDIDATES})"
            if number == 0
            else f"EXISTS (SELECT 1 FROM graph_words w WHERE w.number = n.number AND {ranged})"
        )
    if not words:
        parts.append("n.name_key = :key")
    if of_kinds:
        parts.append(_among(dialect, "n.kind", "kinds", "text"))
    return Prepared(
        text(
            f"SELECT n.number, {NODE} FROM graph_nodes n WHERE {' AND '.join(parts)} "
            "ORDER BY CASE WHEN n.name_key = :key THEN 0 ELSE 1 END, n.degree DESC, n.id LIMIT :most OFFSET :skipped"
        )
    )


MOST_CANDIDATES = 5_000
"""Names with a word of a search; of a very common beginning some may not be looked at."""


@cache
def count_again(dialect: Dialect) -> TextClause:
    """Degrees from what is there; an edge from a node to itself is one."""
    return text(
        "UPDATE graph_nodes SET degree = "
        "(SELECT count(*) FROM graph_edges e WHERE e.source = graph_nodes.number) + "
        "(SELECT count(*) FROM graph_edges e WHERE e.target = graph_nodes.number AND e.source <> e.target) "
        f"WHERE {_mine(dialect)} AND {_among(dialect, 'number', 'keys', 'bigint')}"
    )


@cache
def delete_by(dialect: Dialect, table: str, column: str) -> TextClause:
    """Delete rows of nodes, edges or words by number."""
    return text(f"DELETE FROM {table} WHERE {_mine(dialect)} AND {_among(dialect, column, 'keys', 'bigint')}")
