"""What all tables share: names of constraints, a JSON type for both engines, and the owner of a row.

Nothing here imports PostgreSQL's dialect: it takes 30 ms of the start of a server that may be on SQLite.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Dialect, Index, MetaData, String, Text, TextClause, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

ID = String(36)
"""Ids are lower-case UUID text on every engine."""


class Json(TypeDecorator[Any]):
    """JSON; JSONB on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _jsonb(dialect) or self.impl_instance

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self.impl_instance.coerce_compared_value(op, value)


class JsonText(TypeDecorator[str]):
    """JSON that is written and read as text; JSONB on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _jsonb(dialect) or self.impl_instance


def _jsonb(dialect: Dialect) -> TypeEngine[Any] | None:
    if dialect.name != "postgresql":
        return None
    from sqlalchemy.dialects.postgresql import JSONB

    return dialect.type_descriptor(JSONB())


def partial_index(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """An index of the rows of which `where` holds, as the migrations make it."""
    return Index(name, *columns, unique=unique, info={"where": where})


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Owned:
    """A row that belongs to one person. The store filters by owner; nobody else has to remember to.

    On PostgreSQL each owned table also has a row-level security policy (see `rls.py`).
    """

    owner_id: Mapped[str] = mapped_column(ID)
