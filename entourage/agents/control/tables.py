"""What people say to runs that go on."""

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID


class NoteRow(Owned, Base):
    """The `num`-th note to a run; `RunRow.notes` counts them. It is taken once there is a step of this number."""

    __tablename__ = "run_notes"
    __table_args__ = (Index("ix_run_notes_owner_id", "owner_id"),)

    run_id: Mapped[str] = mapped_column(ID, primary_key=True)
    num: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    created_ms: Mapped[int] = mapped_column(BigInteger)
