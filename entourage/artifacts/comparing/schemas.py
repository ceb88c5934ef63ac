"""Differences over the wire."""

from typing import Any, Literal

from pydantic import Field

from entourage.kit.schema import Schema


class DiffSide(Schema):
    """One of the two versions."""

    version: int
    size: int
    sha256: str
    format: str


class Hunk(Schema):
    """Lines that changed, with three around them: each begins with ' ', '-' or '+'. Numbers count from 1."""

    header: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: list[str]


class JsonChange(Schema):
    """A value that came, went or changed, at a JSON pointer (RFC 6901); long values are cut to their beginning."""

    path: str
    op: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class ArtifactDiff(Schema):
    """What version `to` has otherwise than version `from`. `truncated`: there is more than is told."""

    old: DiffSide = Field(serialization_alias="from")
    new: DiffSide = Field(serialization_alias="to")
    format: Literal["text", "json", "binary"]
    is_same: bool
    added: int = Field(description="Lines, or values, that came.")
    removed: int = Field(description="Lines, or values, that went.")
    hunks: list[Hunk] = []
    changes: list[JsonChange] = []
    truncated: bool = False
