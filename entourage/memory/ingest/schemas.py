"""Ingest over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.paging import Page
from entourage.kit.schema import Schema
from entourage.memory.fields import AgentName, Tags
from entourage.memory.ingest.readers.parts import Code
from entourage.memory.ingest.tables import DocumentRow, FileRow, JobRow
from entourage.memory.schemas import Author, Memory, Source

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]
FileStatus = Literal["waiting", "reading", "indexing", "done", "failed", "unchanged", "cancelled"]
DocumentStatus = Literal["indexing", "done", "failed"]

ENDED_JOB = ("done", "failed", "cancelled")
FILES_SHOWN = 200
MAX_NAME = 512


class NewIngest(Schema):
    """One thing to read: the page at a `url`, an artifact, a file or folder of a conversation (`path` and
    `session_id`), or a `text` with a `name`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "Ships leave at nine.", "name": "harbour.md"}}
    )

    url: Annotated[str, StringConstraints(min_length=8, max_length=2048)] | None = None
    artifact_id: Id | None = None
    path: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    session_id: Id | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000, pattern=r"\S")] | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)] | None = None
    tags: Tags = []
    agent: AgentName | None = None
    shared: bool = True
    workspace: Id | None = Field(None, description="The workspace whose members shall share it.")

    @model_validator(mode="after")
    def _one_source(self) -> "NewIngest":
        if sum(one is not None for one in (self.url, self.artifact_id, self.path, self.text)) != 1:
            raise ValueError("give one of url, artifact_id, path and text")
        if (self.path is None) != (self.session_id is None):
            raise ValueError("a path needs the session_id of the conversation whose folder it is in")
        if self.text is not None and self.name is None:
            raise ValueError("a text needs a name")
        return self


class FileError(Schema):
    """Why a file was not read."""

    code: Code
    detail: str


class JobFile(Schema):
    """One file of a job."""

    id: str
    document_id: str | None
    name: str
    type: str | None
    bytes: int
    status: FileStatus
    error: FileError | None
    chunks: int
    indexed: int

    @staticmethod
    def of(row: FileRow) -> "JobFile":
        """As the row says."""
        return JobFile(
            id=row.id,
            document_id=row.document_id,
            name=row.name,
            type=row.type,
            bytes=row.bytes,
            status=row.status,  # pyright: ignore[reportArgumentType]  # only we write it
            error=error_of(row),
            chunks=row.chunks,
            indexed=row.indexed,
        )


class Job(Schema):
    """What was handed in at once. `files` are the first of `files_total`, those that failed before all others."""

    id: str
    status: JobStatus
    progress: float = Field(ge=0, le=1)
    source: Source
    files: list[JobFile]
    files_total: int
    files_failed: int
    skipped: int = Field(description="Files of folders and archives that are not worth reading.")
    created_at: Time
    ended_at: Time | None
    workspace: str | None
    author: Author | None

    @staticmethod
    def of(row: JobRow, files: list[FileRow], counts: dict[str, int], progress: float) -> "Job":
        """As rows say: some of its files, and how many there are of each status."""
        return Job(
            id=row.id,
            status=row.status,  # pyright: ignore[reportArgumentType]
            progress=round(progress, 4),
            source=Source.model_validate(row.source),
            files=[JobFile.of(file) for file in files],
            files_total=sum(counts.values()),
            files_failed=counts.get("failed", 0),
            skipped=row.skipped,
            created_at=row.created_ms,
            ended_at=row.ended_ms,
            **_shared(row),
        )


class _AnyDocument(Schema):
    id: str
    name: str
    title: str
    type: str | None
    bytes: int
    language: str | None
    source: Source
    tags: list[str]
    agent: str | None
    shared: bool
    status: DocumentStatus
    error: FileError | None
    job_id: str
    created_at: Time
    updated_at: Time
    workspace: str | None
    author: Author | None


class Document(_AnyDocument):
    """A document that can be searched; `chunks` is how many parts it is cut into."""

    chunks: int

    @staticmethod
    def of(row: DocumentRow) -> "Document":
        """As the row says."""
        return Document(chunks=row.chunks, **_document(row))


class DocumentWithChunks(_AnyDocument):
    """A document and a page of its chunks, in order."""

    chunks_total: int
    chunks: Page[Memory]

    @staticmethod
    def of(row: DocumentRow, chunks: Page[Memory]) -> "DocumentWithChunks":
        """As the row says, with these chunks."""
        return DocumentWithChunks(chunks_total=row.chunks, chunks=chunks, **_document(row))


def _document(row: DocumentRow) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "name", "title", "type", "bytes", "language", "tags", "agent")},
        **{name: getattr(row, name) for name in ("shared", "status", "job_id")},
        "source": Source.model_validate(row.source),
        "error": error_of(row),
        "created_at": row.created_ms,
        "updated_at": row.updated_ms,
        **_shared(row),
    }


def _shared(row: JobRow | DocumentRow) -> dict[str, Any]:
    author = Author.model_validate(row.author) if row.author else None
    return {"workspace": row.owner_id if author else None, "author": author}


def error_of(row: FileRow | DocumentRow) -> FileError | None:
    """What was wrong with it."""
    if row.error_code is None:
        return None
    return FileError(code=row.error_code, detail=row.error_detail or "")  # pyright: ignore[reportArgumentType]
