"""Files of workspaces over the wire."""

import mimetypes
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.workspaces.schemas import Person
from entourage.workspaces.types import Entry, Kind, Match

Path = Annotated[str, StringConstraints(max_length=4096)]
"""A path within the workspace, with `/`; the empty one is the workspace itself."""

NamedPath = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
GitState = Literal["M", "A", "D", "R", "C", "U", "?"]

_TYPES = {
    ".ts": "text/typescript",
    ".tsx": "text/tsx",
    ".jsx": "text/jsx",
    ".md": "text/markdown",
    ".rs": "text/rust",
    ".go": "text/x-go",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
"""What the system's table does not know, or takes for films."""


def mime_of(path: str) -> str:
    """The type of a file by its name."""
    ending = path[path.rfind(".") :].lower() if "." in path else ""
    return _TYPES.get(ending) or mimetypes.guess_type(path, strict=False)[0] or "application/octet-stream"


class TreeEntry(Schema):
    """One name. `size` in bytes; `etag` names this state of a file; `git` is how it stands against the last commit."""

    path: str
    name: str
    kind: Kind
    size: int
    modified_at: Time
    etag: str | None
    mime: str | None
    git: GitState | None = None

    @classmethod
    def of(cls, entry: Entry, git: str | None = None) -> "TreeEntry":
        is_file = entry.kind == "file"
        return cls.model_validate(
            {
                "path": entry.path,
                "name": entry.path.rsplit("/", 1)[-1],
                "kind": entry.kind,
                "size": entry.size,
                "modified_at": entry.modified_ms,
                "etag": entry.etag if is_file else None,
                "mime": mime_of(entry.path) if is_file else None,
                "git": git,
            }
        )


class Tree(Schema):
    """Names in order of path; `truncated` when there are more."""

    entries: list[TreeEntry]
    truncated: bool


class NewFolder(Schema):
    """A folder to make, with those above it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"path": "src/app"}})

    path: NamedPath


class Move(Schema):
    """Where something goes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"from": "a.txt", "to": "b.txt"}})

    from_: NamedPath = Field(alias="from")
    to: NamedPath
    overwrite: bool = False


class Unpack(Schema):
    """An archive of the workspace to unpack, and the folder it goes to (default: one of the archive's name)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"path": "site.zip", "to": "site"}})

    path: NamedPath
    to: Path | None = None
    overwrite: bool = False


class Unpacked(Schema):
    """What came in: the first of the paths, and how many there are."""

    paths: list[str]
    files: int


class Found(Schema):
    """A line that matches; `line` and `column` count from 1, columns in UTF-16 code units."""

    path: str
    line: int
    column: int
    text: str

    @classmethod
    def of(cls, match: Match) -> "Found":
        return cls(path=match.path, line=match.line, column=match.column, text=match.text)


class Findings(Schema):
    """Lines in order of path; `truncated` when there are more, or files were too many or too large to be searched."""

    matches: list[Found]
    files_searched: int
    truncated: bool


class TrashItem(Schema):
    """Something deleted; `size` is that of all in it."""

    id: str
    path: str
    name: str
    kind: Kind
    size: int
    deleted_at: Time
    deleted_by: Person | None
    agent: str | None


class TrashItems(Schema):
    """What was deleted, newest first."""

    items: list[TrashItem]


class Restore(Schema):
    """Where to put it; default where it was."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {}})

    to: NamedPath | None = None
