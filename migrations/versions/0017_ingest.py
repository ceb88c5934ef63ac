"""Documents and the jobs that read them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
OWNED = ("memory_jobs", "memory_job_files", "memory_documents")


def upgrade() -> None:
    op.create_table(
        "memory_jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", JSON, nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("ended_ms", BIG, nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_jobs")),
    )
    op.create_index("ix_memory_jobs_owner_id_id", "memory_jobs", ["owner_id", "id"])
    op.create_index("ix_memory_jobs_status", "memory_jobs", ["status"])
    op.create_table(
        "memory_job_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("source", JSON, nullable=False),
        sa.Column("type", sa.String(length=16), nullable=True),
        sa.Column("bytes", BIG, nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("document_id", ID, nullable=True),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("indexed", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=16), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("lease_ms", BIG, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_job_files")),
    )
    op.create_index("ix_memory_job_files_owner_id_job_id_place", "memory_job_files", ["owner_id", "job_id", "place"])
    op.create_index(
        "ix_memory_job_files_status_owner_id", "memory_job_files", ["status", "owner_id", "job_id", "place"]
    )
    op.create_index("ix_memory_job_files_owner_id_document_id", "memory_job_files", ["owner_id", "document_id"])
    op.create_table(
        "memory_documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("place_key", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=True),
        sa.Column("bytes", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("source", JSON, nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("error_code", sa.String(length=16), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_documents")),
    )
    op.create_index("ix_memory_documents_owner_id_id", "memory_documents", ["owner_id", "id"])
    op.create_index("ix_memory_documents_owner_id_hash", "memory_documents", ["owner_id", "hash"])
    op.create_index(
        "uq_memory_documents_owner_id_place_key", "memory_documents", ["owner_id", "place_key"], unique=True
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
