"""The AI gateway: shared providers, aliases, virtual keys, budgets, usage by the hour"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
OWNED = (
    "model_aliases",
    "gateway_keys",
    "budgets",
    "budget_holds",
    "usage_hours",
    "usage_sessions",
    "usage_latencies",
)
SUMS = (
    "calls",
    "errors",
    "cache_hits",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_nano",
    "saved_nano",
)


def upgrade() -> None:
    with op.batch_alter_table("providers") as table:
        table.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="100"))
        table.add_column(sa.Column("billing", sa.String(length=8), nullable=False, server_default="own"))
        table.add_column(sa.Column("prices", JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_providers_is_shared", ["is_shared"])
    op.create_table(
        "model_aliases",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("strategy", sa.String(length=16), nullable=False),
        sa.Column("candidates", JSON, nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_aliases")),
    )
    op.create_index("uq_model_aliases_owner_id_name", "model_aliases", ["owner_id", "name"], unique=True)
    op.create_index("ix_model_aliases_is_shared", "model_aliases", ["is_shared"])
    op.create_table(
        "gateway_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("models", JSON, nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=False),
        sa.Column("tokens_per_minute", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("last_used_at", BIG, nullable=True),
        sa.Column("revoked_at", BIG, nullable=True),
        _of_a_person("gateway_keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_gateway_keys_key_hash")),
    )
    op.create_index("ix_gateway_keys_owner_id_id", "gateway_keys", ["owner_id", "id"])
    op.create_table(
        "budgets",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=128), nullable=True),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("soft_nano", BIG, nullable=True),
        sa.Column("hard_nano", BIG, nullable=True),
        sa.Column("set_by", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        _of_a_person("budgets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
    )
    op.create_index("ix_budgets_owner_id_id", "budgets", ["owner_id", "id"])
    op.create_table(
        "budget_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("budget_id", ID, nullable=False),
        sa.Column("nano", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", "budget_id", name=op.f("pk_budget_holds")),
    )
    op.create_index("ix_budget_holds_budget_id", "budget_holds", ["budget_id"])
    _create_usage()
    _count_what_was_spent()
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def _count_what_was_spent() -> None:
    """Usage of the calls that the team made so far; how long they took is not counted again."""
    events = sa.text(
        "SELECT owner_id, ts / 3600000 AS hour, agent, session_id, CAST(data AS TEXT) AS data FROM events "
        "WHERE type = 'usage' AND source = 'team'"
    )
    hours: dict[tuple[object, ...], list[int]] = {}
    sessions: dict[tuple[object, ...], list[int]] = {}
    for event in op.get_bind().execute(events):
        said = json.loads(event.data)
        cost = round(Decimal(said["cost_usd"] or 0) * 10**9)
        counts = [said[f"{name}_tokens"] for name in ("input", "output", "cached")]
        sums = [1, 0, 0, *counts, 0, said["reasoning_tokens"], cost, 0]
        names = (said["provider"][:64], said["model"][:256], event.agent or "")
        _add(hours, (event.owner_id, event.hour, *names), sums)
        if event.session_id:
            _add(sessions, (event.owner_id, event.hour, event.session_id), sums)
    keys = ("owner_id", "hour", "provider", "model", "agent")
    for key, sums in hours.items():
        row = dict(zip((*keys, *SUMS), (*key, *sums), strict=True))
        cell = hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()
        _insert("usage_hours", row | {"cell": cell, "provider_id": "", "key_id": "", "workspace": "", "door": "agents"})
    for key, sums in sessions.items():
        _insert("usage_sessions", dict(zip(("owner_id", "hour", "session_id", *SUMS), (*key, *sums), strict=True)))


def _add(cells: dict[tuple[object, ...], list[int]], key: tuple[object, ...], sums: list[int]) -> None:
    cells[key] = [a + b for a, b in zip(cells.get(key, [0] * len(sums)), sums, strict=True)]


def _insert(table: str, row: dict[str, object]) -> None:
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    op.get_bind().execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_owner_id")
    return sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=name, ondelete="CASCADE")


def _create_usage() -> None:
    sums = [sa.Column(name, BIG, nullable=False) for name in SUMS]
    op.create_table(
        "usage_hours",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("hour", BIG, autoincrement=False, nullable=False),
        sa.Column("cell", sa.String(length=32), nullable=False),
        sa.Column("provider_id", ID, nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=256), nullable=False),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("key_id", ID, nullable=False),
        sa.Column("workspace", sa.String(length=128), nullable=False),
        sa.Column("door", sa.String(length=32), nullable=False),
        *sums,
        sa.PrimaryKeyConstraint("owner_id", "hour", "cell", name=op.f("pk_usage_hours")),
    )
    op.create_index("ix_usage_hours_hour", "usage_hours", ["hour"])
    op.create_table(
        "usage_sessions",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("hour", BIG, autoincrement=False, nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        *(column.copy() for column in sums),
        sa.PrimaryKeyConstraint("owner_id", "hour", "session_id", name=op.f("pk_usage_sessions")),
    )
    op.create_table(
        "usage_latencies",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("hour", BIG, autoincrement=False, nullable=False),
        sa.Column("cell", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "hour", "cell", "what", "bucket", name=op.f("pk_usage_latencies")),
    )


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    with op.batch_alter_table("providers") as table:
        table.drop_index("ix_providers_is_shared")
        for name in ("is_shared", "prices", "billing", "weight"):
            table.drop_column(name)
