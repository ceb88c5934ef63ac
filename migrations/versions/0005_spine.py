"""Events of outside agents: longer names, marks in time, full text"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.log import texts
from entourage.stores.sql import rls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LONG, SHORT = sa.String(length=128), {"id": 36, "session_id": 36, "type": 64}


def upgrade() -> None:
    with op.batch_alter_table("events") as table:
        for column, length in SHORT.items():
            table.alter_column(column, existing_type=sa.String(length=length), type_=LONG)
        table.create_index("ix_events_owner_id_agent_seq", ["owner_id", "agent", "seq"])
        table.create_index("ix_events_owner_id_source_seq", ["owner_id", "source", "seq"])
    for name in ("event_rollups", "event_latencies"):
        with op.batch_alter_table(name) as table:
            table.alter_column("type", existing_type=sa.String(length=64), type_=LONG, existing_nullable=False)
    op.create_table(
        "event_marks",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "mark", name=op.f("pk_event_marks")),
    )
    op.execute(
        "INSERT INTO event_marks (owner_id, mark, seq) "
        "SELECT owner_id, ts / 10000, min(seq) FROM events GROUP BY owner_id, ts / 10000"
    )
    dialect = op.get_bind().dialect.name
    for statement in texts.create(dialect):
        op.execute(statement)
    if dialect == "postgresql":
        for name in ("event_marks", "event_texts"):
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in texts.drop(dialect):
        op.execute(statement)
    op.drop_table("event_marks")
    op.execute("DELETE FROM events WHERE length(id) > 36 OR length(session_id) > 36 OR length(type) > 64")
    for name in ("event_rollups", "event_latencies"):
        op.execute(f"DELETE FROM {name} WHERE length(type) > 64")
        with op.batch_alter_table(name) as table:
            table.alter_column("type", existing_type=LONG, type_=sa.String(length=64), existing_nullable=False)
    with op.batch_alter_table("events") as table:
        table.drop_index("ix_events_owner_id_agent_seq")
        table.drop_index("ix_events_owner_id_source_seq")
        for column, length in SHORT.items():
            table.alter_column(column, existing_type=LONG, type_=sa.String(length=length))
