"""The durable bus: order, priority and control of runs; agents whose queue stands still"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
UNENDED = sa.text("status IN ('queued', 'running', 'waiting', 'paused')")
PARTIAL = (
    ("ix_runs_queue", ["owner_id", "agent", sa.text("priority DESC"), "place", "id"], sa.text("status = 'queued'")),
    ("ix_runs_live", ["owner_id", "agent", "lease_ms"], sa.text("status = 'running'")),
    ("ix_runs_dead", ["owner_id", "agent"], sa.text("dead_ms IS NOT NULL")),
)
SEQUENCE = "runs_place_seq"
RUN_COLUMNS = (
    sa.Column("kind", sa.String(length=8), nullable=False, server_default="turn"),
    sa.Column("priority", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("place", BIG, nullable=False, server_default="0"),
    sa.Column("dedupe_key", sa.String(length=128), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("progress", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("holding", sa.String(length=12), nullable=True),
    sa.Column("notes", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("dead_ms", BIG, nullable=True),
    sa.Column("plan_id", ID, nullable=True),
    sa.Column("task_key", sa.String(length=64), nullable=True),
    sa.Column("after_run_id", ID, nullable=True),
    sa.Column("forked_from", ID, nullable=True),
    sa.Column("forked_at", sa.Integer(), nullable=True),
    sa.Column("routed", JSON, nullable=True),
    sa.Column("variant", JSON, nullable=True),
    sa.Column("usage", JSON, nullable=True),
)
AGENT_COLUMNS = (
    sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("fragments", JSON, nullable=False, server_default="[]"),
)


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        for column in RUN_COLUMNS:
            runs.add_column(column.copy())
        runs.create_index("ix_runs_place", ["place"])
        runs.create_index("ix_runs_owner_id_created_ms", ["owner_id", "created_ms"])
        runs.create_index("ix_runs_plan_id", ["plan_id"])
    op.create_index(
        "uq_runs_owner_id_dedupe_key",
        "runs",
        ["owner_id", "dedupe_key"],
        unique=True,
        sqlite_where=UNENDED,
        postgresql_where=UNENDED,
    )
    for name, columns, where in PARTIAL:
        op.create_index(name, "runs", columns, sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE SEQUENCE {SEQUENCE}")
    with op.batch_alter_table("agents") as agents:
        for column in AGENT_COLUMNS:
            agents.add_column(column.copy())


def downgrade() -> None:
    _refuse_what_is_going_on()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP SEQUENCE {SEQUENCE}")
    with op.batch_alter_table("agents") as agents:
        for column in AGENT_COLUMNS:
            agents.drop_column(column.name)
    op.drop_index("uq_runs_owner_id_dedupe_key", "runs")
    for name, _columns, _where in PARTIAL:
        op.drop_index(name, "runs")
    with op.batch_alter_table("runs") as runs:
        runs.drop_index("ix_runs_plan_id")
        runs.drop_index("ix_runs_owner_id_created_ms")
        runs.drop_index("ix_runs_place")
        for column in RUN_COLUMNS:
            runs.drop_column(column.name)


def _refuse_what_is_going_on() -> None:
    """A run that waits for a person goes on under the version before; a paused one and a plan it does not know."""
    unknown = "status = 'paused' OR (kind IN ('plan', 'task') AND status IN ('queued', 'running', 'waiting'))"
    runs = list(op.get_bind().scalars(sa.text(f"SELECT id FROM runs WHERE {unknown} ORDER BY id")))
    if runs:
        named = ", ".join(runs[:5]) + (", ..." if len(runs) > 5 else "")
        raise RuntimeError(
            f"{len(runs)} runs are paused or belong to a plan that is going on ({named}). The version before knows "
            "neither: resume or stop them, then go back."
        )
