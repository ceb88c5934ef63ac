"""Searching file contents without letting a pattern hang the server.

The contents are read through safe descriptors and joined into one stream, which a child process searches: ripgrep,
whose matching is linear in time, or Python's `re` in a process that is killed at a deadline. Line numbers of the
stream are translated back to files.
"""

from __future__ import annotations

import bisect
import shutil
import subprocess
import sys
import time

import msgspec

from entourage.kit.errors import Invalid, TimedOut
from entourage.workspaces.types import Match

DEADLINE_SECONDS = 5.0
MAX_CORPUS_BYTES = 32 * 1024 * 1024
MAX_PATTERN_CHARACTERS = 1_000
LINE_CHARACTERS = 500
BINARY_SNIFF_BYTES = 8_192

# What ripgrep does, for machines without it: pattern, flags and limit as arguments, lines on stdin.
PYTHON_SEARCH = """
import re, sys
pattern, ignore_case, literal, limit = sys.argv[1], sys.argv[2] == "1", sys.argv[3] == "1", int(sys.argv[4])
try:
    find = re.compile(re.escape(pattern) if literal else pattern, re.I if ignore_case else 0).search
except re.error as error:
    sys.exit(f"regex parse error: {error}")
for number, line in enumerate(sys.stdin.buffer, 1):
    text = line.decode(errors="replace").rstrip("\\r\\n")
    hit = find(text)
    if hit:
        column = len(text[:hit.start()].encode(errors="replace")) + 1
        sys.stdout.buffer.write(f"{number}:{column}:{text[:2000]}\\n".encode(errors="replace"))
        limit -= 1
        if limit == 0:
            break
"""


def deadline() -> float:
    """When a search that begins now has taken long enough (monotonic)."""
    return time.monotonic() + DEADLINE_SECONDS


class Corpus(msgspec.Struct):
    """Text files one after the other, and at which line each begins (from 0)."""

    paths: list[str] = msgspec.field(default_factory=list[str])
    starts: list[int] = msgspec.field(default_factory=list[int])
    content: bytearray = msgspec.field(default_factory=bytearray)
    lines: int = 0
    left_out: bool = False

    def add(self, path: str, data: bytes) -> None:
        """Take a file in, unless it is binary or there is no more room."""
        if b"\0" in data[:BINARY_SNIFF_BYTES] or not data:
            return
        if len(self.content) + len(data) > MAX_CORPUS_BYTES:
            self.left_out = True
            return
        self.paths.append(path)
        self.starts.append(self.lines)
        self.content += data
        if not data.endswith(b"\n"):
            self.content += b"\n"
        self.lines += data.count(b"\n") + (not data.endswith(b"\n"))

    def has_room(self, size: int) -> bool:
        """Whether a file of this size fits in beside those that are here."""
        return not self.paths or len(self.content) + size <= MAX_CORPUS_BYTES

    def place(self, line: int) -> tuple[str, int]:
        """The file and the line in it (from 1) of a line of the stream (from 1)."""
        index = bisect.bisect_right(self.starts, line - 1) - 1
        return self.paths[index], line - self.starts[index]


def find_lines(
    corpus: Corpus, pattern: str, *, literal: bool, ignore_case: bool, limit: int, until: float
) -> list[Match]:
    """The first `limit` lines that match. Raises Invalid (not a pattern), TimedOut."""
    if not 1 <= len(pattern) <= MAX_PATTERN_CHARACTERS or "\n" in pattern or "\0" in pattern:
        raise Invalid(
            f"a pattern is one line of 1 to {MAX_PATTERN_CHARACTERS} characters",
            hint="Search for a shorter part of it.",
        )
    if not corpus.paths:
        return []
    argv = _command(pattern, literal=literal, ignore_case=ignore_case, limit=limit)
    try:
        done = subprocess.run(
            argv,
            input=corpus.content,
            capture_output=True,
            timeout=max(until - time.monotonic(), 0.05),
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimedOut(
            f"searching for {pattern!r} took over {DEADLINE_SECONDS:g} s", hint="Use a simpler pattern, or fewer files."
        ) from None
    if done.returncode != 0 and done.stderr:
        reason = " ".join(done.stderr.decode(errors="replace").split())
        raise Invalid(f"{pattern!r} is not a pattern: {reason}", hint="Search for it literally, or escape it.")
    return [_match(corpus, line) for line in done.stdout.split(b"\n")[:-1]]


def _command(pattern: str, *, literal: bool, ignore_case: bool, limit: int) -> list[str]:
    ripgrep = shutil.which("rg")
    if ripgrep is None:
        flags = ["1" if ignore_case else "0", "1" if literal else "0", str(limit)]
        return [sys.executable, "-I", "-S", "-c", PYTHON_SEARCH, pattern, *flags]
    return [
        *(ripgrep, "--no-config", "--text", "--encoding", "none", "--color", "never", "--line-number", "--column"),
        *("--max-count", str(limit), "--threads", "1"),
        *(("--fixed-strings",) if literal else ()),
        *(("--ignore-case",) if ignore_case else ()),
        *("--regexp", pattern, "-"),
    ]


def _match(corpus: Corpus, line: bytes) -> Match:
    number, _, rest = line.partition(b":")
    column, _, text = rest.partition(b":")
    path, line_number = corpus.place(int(number))
    before = text[: int(column) - 1].decode(errors="replace")
    shown = text.decode(errors="replace").rstrip("\r")[:LINE_CHARACTERS]
    return Match(path, line_number, shown, len(before.encode("utf-16-le", errors="replace")) // 2 + 1)
