"""Row-level security on PostgreSQL: a second wall behind the filter of the store.

A transaction says who it acts for by `set_config('entourage.owner', ..., true)`; without it no owned row is visible.
"""

from __future__ import annotations

from collections.abc import Iterable

EVERYONE_SETTING = "*"


def enable(table: str) -> Iterable[str]:
    """Statements that put the wall around `table` (it must have an `owner_id` column)."""
    mine = f"(current_setting('entourage.owner', true) IN (owner_id, '{EVERYONE_SETTING}'))"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY owner_only ON {table} USING {mine} WITH CHECK {mine}"


def disable(table: str) -> Iterable[str]:
    """Undo `enable`."""
    yield f"DROP POLICY IF EXISTS owner_only ON {table}"
    yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
