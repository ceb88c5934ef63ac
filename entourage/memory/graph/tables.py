"""How far the log is in the graph."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql.base import ID, Base, Owned


class GraphCheckpointRow(Owned, Base):
    """Up to which seq the log is in the owner's graph."""

    __tablename__ = "graph_checkpoints"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
