"""Tables of the graph. They are written by raw statements (`statements.py`), never through the ORM.

A node has a number, so that edges and words are small. Numbers belong to one owner, and so do the edges between them.
"""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text, UniqueConstraint

from entourage.stores.graph.base import MAX_ID_CHARS, MAX_NAME_CHARS
from entourage.stores.graph.words import MAX_WORD_CHARS
from entourage.stores.sql.base import ID, Base

LABEL_CHARS = 40
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _by_code_points(length: int) -> String:
    """Text that both engines put into one order."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


nodes = Table(
    "graph_nodes",
    Base.metadata,
    Column("number", NUMBER, primary_key=True),
    Column("owner_id", ID, nullable=False),
    Column("id", _by_code_points(MAX_ID_CHARS), nullable=False),
    Column("kind", String(LABEL_CHARS), nullable=False),
    Column("name", String(MAX_NAME_CHARS), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("props", Text, nullable=False),
    Column("degree", Integer, nullable=False, server_default="0"),
    UniqueConstraint("owner_id", "id"),
    Index("ix_graph_nodes_owner_id_kind_id", "owner_id", "kind", "id"),
    Index("ix_graph_nodes_owner_id_degree_id", "owner_id", "degree", "id"),
)

edges = Table(
    "graph_edges",
    Base.metadata,
    Column("source", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(LABEL_CHARS), primary_key=True),
    Column("target", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", ID, nullable=False),
    Column("weight", Double, nullable=False),
    Column("props", Text, nullable=False),
    Index("ix_graph_edges_target_type_source", "target", "type", "source", "owner_id"),
    Index("ix_graph_edges_owner_id_type", "owner_id", "type"),
    sqlite_with_rowid=False,
)

words = Table(
    "graph_words",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("word", _by_code_points(MAX_WORD_CHARS), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_graph_words_number_word", "number", "word"),
    sqlite_with_rowid=False,
)
"""The words of the names of nodes."""
