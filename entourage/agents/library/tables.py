"""Which members of the default team a person was given, so that nobody gets one again that they deleted."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID


class GivenAgentRow(Owned, Base):
    """One member that was given. `version` is the agent's then: a higher one says that the person changed it."""

    __tablename__ = "given_agents"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
