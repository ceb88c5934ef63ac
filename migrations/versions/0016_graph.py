"""Nodes and edges"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import rls

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LABEL = sa.String(length=40)
OWNED = ("graph_nodes", "graph_edges", "graph_words", "graph_checkpoints")


def by_code_points(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "graph_nodes",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("id", by_code_points(200), nullable=False),
        sa.Column("kind", LABEL, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("props", sa.Text(), nullable=False),
        sa.Column("degree", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_graph_nodes")),
        sa.UniqueConstraint("owner_id", "id", name=op.f("uq_graph_nodes_owner_id_id")),
    )
    op.create_index("ix_graph_nodes_owner_id_kind_id", "graph_nodes", ["owner_id", "kind", "id"])
    op.create_index("ix_graph_nodes_owner_id_degree_id", "graph_nodes", ["owner_id", "degree", "id"])
    op.create_table(
        "graph_edges",
        sa.Column("source", BIG, autoincrement=False, nullable=False),
        sa.Column("type", LABEL, nullable=False),
        sa.Column("target", BIG, autoincrement=False, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("props", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "type", "target", name=op.f("pk_graph_edges")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_graph_edges_target_type_source", "graph_edges", ["target", "type", "source", "owner_id"])
    op.create_index("ix_graph_edges_owner_id_type", "graph_edges", ["owner_id", "type"])
    op.create_table(
        "graph_words",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("word", by_code_points(64), nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "word", "number", name=op.f("pk_graph_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_graph_words_number_word", "graph_words", ["number", "word"])
    op.create_table(
        "graph_checkpoints",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_graph_checkpoints")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
