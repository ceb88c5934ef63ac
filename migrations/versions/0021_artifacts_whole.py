"""Artifacts: metadata, retention, previews, search, sharing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import fulltext, rls
from entourage.stores.sql.base import Json

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
NEW_TABLES = ("artifact_texts", "artifact_tags", "artifact_shares")
INDEXES = (
    ("ix_artifacts_owner_id_updated_ms_id", ["owner_id", "updated_ms", "id"]),
    ("ix_artifacts_expires_ms", ["expires_ms"]),
    ("ix_artifacts_retention_updated_ms", ["retention", "updated_ms"]),
)


def upgrade() -> None:
    _more_of_artifacts()
    _texts()
    _tags_and_shares()
    for name, columns in INDEXES:
        op.create_index(name, "artifacts", columns)
    dialect = op.get_bind().dialect.name
    for statement in fulltext.create(dialect, "artifact_texts", "text", "num"):
        op.execute(statement)
    if dialect == "postgresql":
        for table in NEW_TABLES:
            for statement in rls.enable(table):
                op.execute(statement)


def _more_of_artifacts() -> None:
    with op.batch_alter_table("artifacts") as artifacts:
        artifacts.add_column(sa.Column("metadata", Json, nullable=False, server_default="{}"))
        artifacts.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        artifacts.add_column(sa.Column("retention", sa.String(length=9), nullable=False, server_default="hot"))
        artifacts.add_column(sa.Column("expires_ms", BIG, nullable=True))
        artifacts.add_column(sa.Column("shared_until_ms", BIG, nullable=False, server_default="0"))
        artifacts.add_column(sa.Column("preview_version", sa.Integer(), nullable=False, server_default="0"))
        artifacts.add_column(sa.Column("preview", Json, nullable=False, server_default="{}"))
        artifacts.add_column(sa.Column("thumbnail_key", sa.String(length=256), nullable=True))
    with op.batch_alter_table("artifact_versions") as versions:
        versions.add_column(sa.Column("encoding", sa.String(length=8), nullable=True))
        versions.add_column(sa.Column("sha256", sa.String(length=64), nullable=True))
        versions.add_column(sa.Column("format", sa.String(length=128), nullable=True))


def _texts() -> None:
    op.create_table(
        "artifact_texts",
        sa.Column("num", BIG.with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("artifact_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("num", name=op.f("pk_artifact_texts")),
        sa.UniqueConstraint("artifact_id", name=op.f("uq_artifact_texts_artifact_id")),
    )
    op.create_index("ix_artifact_texts_owner_id", "artifact_texts", ["owner_id"])


def _tags_and_shares() -> None:
    op.create_table(
        "artifact_tags",
        sa.Column("artifact_id", ID, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("artifact_id", "tag", name=op.f("pk_artifact_tags")),
    )
    op.create_index("ix_artifact_tags_owner_id_tag", "artifact_tags", ["owner_id", "tag"])
    op.create_table(
        "artifact_shares",
        sa.Column("id", ID, nullable=False),
        sa.Column("artifact_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_ms", BIG, nullable=True),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifact_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_artifact_shares_token_hash")),
    )
    op.create_index("ix_artifact_shares_artifact_id", "artifact_shares", ["artifact_id"])
    op.create_index("ix_artifact_shares_owner_id", "artifact_shares", ["owner_id"])


def downgrade() -> None:
    for statement in fulltext.drop(op.get_bind().dialect.name, "artifact_texts"):
        op.execute(statement)
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
    for name, _columns in INDEXES:
        op.drop_index(name, table_name="artifacts")
    with op.batch_alter_table("artifact_versions") as versions:
        for column in ("format", "sha256", "encoding"):
            versions.drop_column(column)
    with op.batch_alter_table("artifacts") as artifacts:
        for column in (
            "thumbnail_key",
            "preview",
            "preview_version",
            "shared_until_ms",
            "expires_ms",
            "retention",
            "revision",
            "metadata",
        ):
            artifacts.drop_column(column)
