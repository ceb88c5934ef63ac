"""Memory that a workspace shares: who said what. What the column `workspace` called so becomes a tag."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql.base import Json

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("memories", "memory_jobs", "memory_job_files", "memory_documents")
_TAGGED = {
    "postgresql": "tags || jsonb_build_array(workspace)",
    "sqlite": "json_insert(tags, '$[#]', workspace)",
}


def upgrade() -> None:
    tagged = _TAGGED[op.get_bind().dialect.name]
    # its tags are among what searches filter by, so it is indexed once more
    op.execute(f"UPDATE memories SET tags = {tagged}, index_state = 'pending', due_ms = 0 WHERE workspace IS NOT NULL")
    op.drop_column("memories", "workspace")
    for table in TABLES:
        op.add_column(table, sa.Column("author", Json, nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE owner_id IN (SELECT id FROM workspaces)")
        op.drop_column(table, "author")
    op.add_column("memories", sa.Column("workspace", sa.String(length=64), nullable=True))
