"""Agents' changes over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.workspaces.file_schemas import NamedPath
from entourage.workspaces.review.hunks import Hunk

HunkId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ChangeHunk(Schema):
    """A piece of a change: lines with "+", "-" or " " before them, without their ends."""

    id: str
    header: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: list[str]

    @classmethod
    def of(cls, hunk: Hunk) -> "ChangeHunk":
        return cls(
            id=hunk.id,
            header=hunk.header,
            old_start=hunk.old_start,
            old_lines=hunk.old_lines,
            new_start=hunk.new_start,
            new_lines=hunk.new_lines,
            lines=[line.rstrip("\r\n") for line in hunk.lines],
        )


class ChangedFile(Schema):
    """A file an agent changed and nobody has looked at yet. `etag` names its state with what it is compared to.

    One that is `binary`, or `too_large` to be reviewed hunk by hunk, has no hunks: it is accepted or reverted as a
    whole; accepted only, when what it was could not be kept (`revertible`). Sizes are in bytes, null for no file.
    """

    path: str
    kind: Literal["added", "changed", "deleted"]
    agent: str
    run_id: str | None
    chat_id: str | None
    changed_at: Time
    etag: str
    hunks: list[ChangeHunk]
    binary: bool
    too_large: bool
    old_size: int | None
    new_size: int | None
    revertible: bool


class ChangedFiles(Schema):
    """What waits for review, in order of path."""

    files: list[ChangedFile]


class Decide(Schema):
    """Which hunks of a file to accept or to revert; all of them when none is named."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"path": "a.py", "etag": "0123456789abcdef01234567"}}
    )

    path: NamedPath
    etag: Tag
    hunks: list[HunkId] | None = Field(None, min_length=1, max_length=10_000)
