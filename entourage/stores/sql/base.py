"""What all tables share: names of constraints, a JSON type for both engines, and the owner of a row."""

from __future__ import annotations

from sqlalchemy import JSON, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID = String(36)
"""Ids are lower-case UUID text on every engine."""

Json = JSON().with_variant(JSONB(), "postgresql")


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
