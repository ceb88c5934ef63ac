"""Hunks of two texts."""

from __future__ import annotations

import msgspec

from entourage.artifacts.comparing.schemas import Hunk
from entourage.artifacts.comparing.sequences import Block, differences

CONTEXT_LINES = 3
MAX_HUNKS = 500
MAX_LINES = 20_000
MAX_LINE_CHARACTERS = 2000


class Lines(msgspec.Struct):
    """What two texts differ in."""

    hunks: list[Hunk] = msgspec.field(default_factory=list[Hunk])
    added: int = 0
    removed: int = 0
    truncated: bool = False


def compare_lines(old: str, new: str) -> Lines:
    """Hunks in order, at most `MAX_HUNKS` of at most `MAX_LINES` lines together."""
    before, after = _split(old), _split(new)
    blocks = differences(before, after)
    result = Lines(
        added=sum(block.new_end - block.new_start for block in blocks),
        removed=sum(block.old_end - block.old_start for block in blocks),
    )
    room = MAX_LINES
    for group in _grouped(blocks):
        hunk = _hunk(group, before, after)
        room -= len(hunk.lines)
        if room < 0 or len(result.hunks) == MAX_HUNKS:
            result.truncated = True
            break
        result.hunks.append(hunk)
    return result


def _split(text: str) -> list[str]:
    """Lines with their ends, so that a missing last one is a difference."""
    return text.splitlines(keepends=True) if "\r" not in text else text.split("\n")


def _grouped(blocks: list[Block]) -> list[list[Block]]:
    """Blocks whose surroundings touch belong together."""
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and block.old_start - groups[-1][-1].old_end <= 2 * CONTEXT_LINES:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _hunk(group: list[Block], before: list[str], after: list[str]) -> Hunk:
    first, last = group[0], group[-1]
    lead = min(CONTEXT_LINES, first.old_start)
    trail = min(CONTEXT_LINES, len(before) - last.old_end)
    lines: list[str] = []
    at = first.old_start - lead
    for block in group:
        lines += [f" {_shown(line)}" for line in before[at : block.old_start]]
        lines += [f"-{_shown(line)}" for line in before[block.old_start : block.old_end]]
        lines += [f"+{_shown(line)}" for line in after[block.new_start : block.new_end]]
        at = block.old_end
    lines += [f" {_shown(line)}" for line in before[at : at + trail]]
    old_start, old_lines = first.old_start - lead, last.old_end - first.old_start + lead + trail
    new_start, new_lines = first.new_start - lead, last.new_end - first.new_start + lead + trail
    return Hunk(
        header=f"@@ -{old_start + bool(old_lines)},{old_lines} +{new_start + bool(new_lines)},{new_lines} @@",
        old_start=old_start + bool(old_lines),
        old_lines=old_lines,
        new_start=new_start + bool(new_lines),
        new_lines=new_lines,
        lines=lines,
    )


def _shown(line: str) -> str:
    return line.rstrip("\r\n")[:MAX_LINE_CHARACTERS]
