"""Jobs, the files they read, and the documents that came of it. `author` is who handed them in to a workspace."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID, Json


class JobRow(Owned, Base):
    """What was handed in at once. While its status is `receiving` its files are still on their way in."""

    __tablename__ = "memory_jobs"
    __table_args__ = (Index("ix_memory_jobs_owner_id_id", "owner_id", "id"), Index("ix_memory_jobs_status", "status"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    source: Mapped[dict[str, Any]] = mapped_column(Json)
    tags: Mapped[list[str]] = mapped_column(Json)
    agent: Mapped[str | None] = mapped_column(String(64))
    shared: Mapped[bool]
    skipped: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    author: Mapped[dict[str, str] | None] = mapped_column(Json)


class FileRow(Owned, Base):
    """One file of a job, and whoever reads it: `lease_ms` is how long they hold it, `fence` grows with each hold.

    `blob_key` is where its bytes wait; None when they come from `source` at the time of reading, or are no longer
    needed. `place` is its order within the job.
    """

    __tablename__ = "memory_job_files"
    __table_args__ = (
        Index("ix_memory_job_files_owner_id_job_id_place", "owner_id", "job_id", "place"),
        Index("ix_memory_job_files_status_owner_id", "status", "owner_id", "job_id", "place"),
        Index("ix_memory_job_files_owner_id_document_id", "owner_id", "document_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    job_id: Mapped[str] = mapped_column(ID)
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(512))
    source: Mapped[dict[str, Any]] = mapped_column(Json)
    type: Mapped[str | None] = mapped_column(String(16))
    bytes: Mapped[int] = mapped_column(BigInteger)
    blob_key: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    document_id: Mapped[str | None] = mapped_column(ID)
    chunks: Mapped[int]
    indexed: Mapped[int]
    error_code: Mapped[str | None] = mapped_column(String(16))
    error_detail: Mapped[str | None] = mapped_column(Text)
    lease_ms: Mapped[int] = mapped_column(BigInteger)
    fence: Mapped[int]
    attempts: Mapped[int]
    updated_ms: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[dict[str, str] | None] = mapped_column(Json)

    @property
    def person_id(self) -> str:
        """Who handed it in: what it is read from is theirs, whosever memory it goes into."""
        return self.author["id"] if self.author else self.owner_id


class DocumentRow(Owned, Base):
    """A document as it was read last. `place_key` is the hash of where it is from and who may see it: one document
    each; `hash` is that of its bytes."""

    __tablename__ = "memory_documents"
    __table_args__ = (
        Index("ix_memory_documents_owner_id_id", "owner_id", "id"),
        Index("ix_memory_documents_owner_id_hash", "owner_id", "hash"),
        Index("uq_memory_documents_owner_id_place_key", "owner_id", "place_key", unique=True),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    place_key: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(512))
    title: Mapped[str] = mapped_column(String(512))
    type: Mapped[str | None] = mapped_column(String(16))
    bytes: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str | None] = mapped_column(String(16))
    source: Mapped[dict[str, Any]] = mapped_column(Json)
    tags: Mapped[list[str]] = mapped_column(Json)
    agent: Mapped[str | None] = mapped_column(String(64))
    shared: Mapped[bool]
    status: Mapped[str] = mapped_column(String(16))
    error_code: Mapped[str | None] = mapped_column(String(16))
    error_detail: Mapped[str | None] = mapped_column(Text)
    chunks: Mapped[int]
    job_id: Mapped[str] = mapped_column(ID)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[dict[str, str] | None] = mapped_column(Json)
