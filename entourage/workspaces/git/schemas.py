"""Git over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.kit.schema import Schema
from entourage.workspaces.file_schemas import NamedPath
from entourage.workspaces.git.parsing import Branch, Commit, DiffFile, Status

BranchName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}$", min_length=1, max_length=200)
]


class GitFile(Schema):
    """A file that differs; letters as in `git status --porcelain` (M A D R C U ?), "." for unchanged."""

    path: str
    index: str
    work_tree: str
    from_: str | None = Field(None, alias="from")


class GitStatus(Schema):
    """The state of the repository; without one everything but `is_repository` is empty."""

    is_repository: bool
    branch: str | None = None
    head: str | None = None
    upstream: str | None = None
    ahead: int = 0
    behind: int = 0
    files: list[GitFile] = []

    @classmethod
    def of(cls, status: Status) -> "GitStatus":
        files = [
            {"path": one.path, "index": one.index, "work_tree": one.work_tree, "from": one.was} for one in status.files
        ]
        return cls.model_validate(
            {
                "is_repository": True,
                "branch": status.branch,
                "head": status.head,
                "upstream": status.upstream,
                "ahead": status.ahead,
                "behind": status.behind,
                "files": files,
            }
        )


class GitHunk(Schema):
    """A piece of a diff."""

    header: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: list[str]


class GitDiffFile(Schema):
    """What changed in a file."""

    path: str
    from_: str | None = Field(None, alias="from")
    kind: Literal["added", "changed", "deleted", "moved"]
    binary: bool
    added: int
    removed: int
    hunks: list[GitHunk]

    @classmethod
    def of(cls, file: DiffFile) -> "GitDiffFile":
        return cls.model_validate(
            {
                "path": file.path,
                "from": file.was,
                "kind": file.kind,
                "binary": file.binary,
                "added": file.count("+"),
                "removed": file.count("-"),
                "hunks": [
                    {
                        "header": one.header,
                        "old_start": one.old_start,
                        "old_lines": one.old_lines,
                        "new_start": one.new_start,
                        "new_lines": one.new_lines,
                        "lines": one.lines,
                    }
                    for one in file.hunks
                ],
            }
        )


class GitDiff(Schema):
    """Differences by file; `truncated` when there are more than are told."""

    files: list[GitDiffFile]
    truncated: bool


class GitCommit(Schema):
    """One commit."""

    id: str
    short: str
    author: str
    email: str
    at: str
    subject: str
    body: str
    refs: list[str]

    @classmethod
    def of(cls, commit: Commit) -> "GitCommit":
        return cls(
            id=commit.id,
            short=commit.short,
            author=commit.author,
            email=commit.email,
            at=commit.at,
            subject=commit.subject,
            body=commit.body,
            refs=commit.refs,
        )


class GitLog(Schema):
    """Commits, newest first."""

    commits: list[GitCommit]
    has_more: bool


class GitBranch(Schema):
    """One branch."""

    name: str
    remote: bool
    commit: str
    at: str
    subject: str

    @classmethod
    def of(cls, branch: Branch) -> "GitBranch":
        return cls(name=branch.name, remote=branch.remote, commit=branch.commit, at=branch.at, subject=branch.subject)


class GitBranches(Schema):
    """All branches; `current` is None when none is checked out."""

    current: str | None
    branches: list[GitBranch]


class GitPaths(Schema):
    """Files and folders; none: everything."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"paths": []}})

    paths: list[NamedPath] = Field([], max_length=1000)


class NewCommit(Schema):
    """What is staged, or (when `paths` are named) these files as they are."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"message": "Say it once"}})

    message: str = Field(min_length=1, max_length=20_000)
    paths: list[NamedPath] | None = Field(None, max_length=1000)


class Committed(Schema):
    """A commit that was made."""

    id: str
    short: str
    subject: str


class Checkout(Schema):
    """The branch to go to; with `create` a new one from here."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"branch": "next", "create": True}})

    branch: BranchName
    create: bool = False
