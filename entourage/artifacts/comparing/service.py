"""Comparing two versions by what they are."""

from __future__ import annotations

import asyncio
import hashlib

import msgspec

from entourage.artifacts.comparing.lines import compare_lines
from entourage.artifacts.comparing.schemas import ArtifactDiff, DiffSide
from entourage.artifacts.comparing.structures import compare_json
from entourage.artifacts.drafts import Piece
from entourage.artifacts.kinds import is_text

MAX_COMPARED_BYTES = 4 * 1_048_576
"""Larger texts are compared by their hashes alone."""


async def compare(old: Piece, new: Piece) -> ArtifactDiff:
    """What `new` has otherwise than `old`: as JSON when both are, as lines when both are text. Raises NotFound."""
    before, after = await old.read(), await new.read()
    return await asyncio.to_thread(_compared, old, before, new, after)


def _compared(old: Piece, before: bytes, new: Piece, after: bytes) -> ArtifactDiff:
    sides = _side(old, before), _side(new, after)
    is_same = sides[0].sha256 == sides[1].sha256
    small = max(len(before), len(after)) <= MAX_COMPARED_BYTES
    if not (is_text(old.format) and is_text(new.format) and small):
        return ArtifactDiff(old=sides[0], new=sides[1], format="binary", is_same=is_same, added=0, removed=0)
    if all("json" in piece.format and "ndjson" not in piece.format for piece in (old, new)):
        found = _structural(sides, before, after, is_same=is_same)
        if found:
            return found
    lines = compare_lines(before.decode(errors="replace"), after.decode(errors="replace"))
    return ArtifactDiff(
        old=sides[0],
        new=sides[1],
        format="text",
        is_same=is_same,
        added=lines.added,
        removed=lines.removed,
        hunks=lines.hunks,
        truncated=lines.truncated,
    )


def _structural(sides: tuple[DiffSide, DiffSide], before: bytes, after: bytes, *, is_same: bool) -> ArtifactDiff | None:
    """None when one of the two is no JSON, whatever it says it is."""
    try:
        changes, more = compare_json(msgspec.json.decode(before), msgspec.json.decode(after))
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return ArtifactDiff(
        old=sides[0],
        new=sides[1],
        format="json",
        is_same=is_same,
        added=sum(change.op != "removed" for change in changes),
        removed=sum(change.op != "added" for change in changes),
        changes=changes,
        truncated=more,
    )


def _side(piece: Piece, content: bytes) -> DiffSide:
    digest = piece.version.sha256 or hashlib.sha256(content).hexdigest()
    return DiffSide(version=piece.version.version, size=piece.version.size, sha256=digest, format=piece.format)
