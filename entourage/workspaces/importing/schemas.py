"""Imports over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.workspaces.file_schemas import NamedPath, Path
from entourage.workspaces.tables import ImportRow

ImportStatus = Literal["queued", "running", "done", "failed", "cancelled"]
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}$")]


class NewImport(Schema):
    """What to bring in: the `url` of a git repository or an archive, or an `archive` that is in the workspace, and the
    folder it goes to (a repository's must be empty or new; default: the whole workspace)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"url": "https://example.org/site.git"}})

    url: str | None = Field(None, min_length=1, max_length=2000)
    archive: NamedPath | None = None
    path: Path = ""
    ref: Ref | None = Field(None, description="Branch or tag to check out; default the repository's own.")

    @model_validator(mode="after")
    def _one_source(self) -> "NewImport":
        if (self.url is None) == (self.archive is None):
            raise ValueError("give either url or archive")
        return self


class Progress(Schema):
    """How far it is; `total_bytes` is null when nobody knows."""

    received_bytes: int
    total_bytes: int | None
    files: int


class ImportProblem(Schema):
    """Why it failed."""

    code: str
    detail: str


class Import(Schema):
    """Files that are brought in. `phase` says what is being done: waiting, receiving, unpacking, placing, over."""

    id: str
    workspace_id: str
    kind: Literal["git", "archive"]
    source: str
    ref: str | None
    path: str
    status: ImportStatus
    phase: str
    progress: Progress
    error: ImportProblem | None
    created_at: Time
    ended_at: Time | None

    @classmethod
    def of(cls, row: ImportRow) -> "Import":
        return cls.model_validate(
            {
                "id": row.id,
                "workspace_id": row.workspace_id,
                "kind": row.kind,
                "source": row.source,
                "ref": row.ref,
                "path": row.path,
                "status": row.status,
                "phase": row.phase,
                "progress": {
                    "received_bytes": row.received_bytes,
                    "total_bytes": row.total_bytes,
                    "files": row.files,
                },
                "error": {"code": row.error_code, "detail": row.error_detail or ""} if row.error_code else None,
                "created_at": row.created_ms,
                "ended_at": row.ended_ms,
            }
        )


class ImportList(Schema):
    """Imports of a workspace, newest first."""

    items: list[Import]
