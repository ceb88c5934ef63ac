"""Prompt fragments with versions, experiments, and which default agents a person was given"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
OWNED = ("prompts", "prompt_versions", "experiments", "given_agents")
FIRST_TEAM = ("orchestrator", "universal", "architect", "coder", "researcher")


def upgrade() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompts")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_prompts_owner_id_name")),
    )
    op.create_table(
        "prompt_versions",
        sa.Column("prompt_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("prompt_id", "version", name=op.f("pk_prompt_versions")),
    )
    op.create_index("ix_prompt_versions_owner_id", "prompt_versions", ["owner_id"])
    op.create_table(
        "experiments",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("sticky", sa.String(length=8), nullable=False),
        sa.Column("variants", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_experiments_owner_id_name")),
    )
    op.create_index("ix_experiments_owner_id_agent_status", "experiments", ["owner_id", "agent", "status"])
    op.create_table(
        "given_agents",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "name", name=op.f("pk_given_agents")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)
    names = " UNION ALL ".join(f"SELECT '{name}' AS name" for name in FIRST_TEAM)
    op.execute(
        "INSERT INTO given_agents (owner_id, name, fingerprint, version) "
        f"SELECT people.owner_id, given.name, '', 1 FROM (SELECT DISTINCT owner_id FROM agents) AS people "
        f"CROSS JOIN ({names}) AS given"
    )


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
