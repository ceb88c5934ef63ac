"""Alembic's environment: runs on the connection that `entourage/migrate.py` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context

from entourage.migrate import metadata


def include_object(obj: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Full-text indexes, and the one of the queue with its two directions, are not part of the metadata."""
    if name is None or not reflected or compare_to is not None:
        return True
    return not any(part in name for part in ("_fts", "text_search", "event_texts", "ix_runs_queue"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=include_object,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
