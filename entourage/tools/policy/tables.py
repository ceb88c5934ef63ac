"""What a person chose of their policy."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql.base import ID, Base, Json, Owned


class PolicyRow(Owned, Base):
    """One person's policy."""

    __tablename__ = "policies"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    chosen: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int]
    updated_ms: Mapped[int] = mapped_column(BigInteger)
