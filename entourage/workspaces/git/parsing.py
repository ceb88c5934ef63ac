"""What git prints, read: status (porcelain v2), log, branches, diffs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_TOKEN = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
UNCHANGED = "."
LOG_FORMAT = "%x1e%H%x1f%h%x1f%an%x1f%ae%x1f%aI%x1f%D%x1f%s%x1f%b"
BRANCH_FORMAT = "%(refname)%00%(objectname)%00%(committerdate:iso-strict)%00%(subject)%00%(HEAD)"


class StatusFile(msgspec.Struct):
    """A file that differs: letters as in `git status --porcelain`, "." for unchanged."""

    path: str
    index: str
    work_tree: str
    was: str | None = None


class Status(msgspec.Struct):
    """The state of a repository; `head` is None before the first commit, `branch` None when detached."""

    branch: str | None = None
    head: str | None = None
    upstream: str | None = None
    ahead: int = 0
    behind: int = 0
    files: list[StatusFile] = msgspec.field(default_factory=list[StatusFile])


def status_of(output: bytes) -> Status:
    """Of `git status --porcelain=v2 -z --branch`. What is not understood is left out."""
    status = Status()
    records = iter(output.decode(errors="replace").split("\0"))
    for record in records:
        kind, _, rest = record.partition(" ")
        if kind == "#":
            _header(status, rest)
        elif kind == "1" and (parts := rest.split(" ", 7))[7:]:
            status.files.append(_file(parts[0], parts[7]))
        elif kind == "2" and (parts := rest.split(" ", 8))[8:]:
            status.files.append(_file(parts[0], parts[8], next(records, None)))
        elif kind == "u" and (parts := rest.split(" ", 9))[9:]:
            status.files.append(StatusFile(parts[9], "U", "U"))
        elif kind == "?" and rest:
            status.files.append(StatusFile(rest, UNCHANGED, "?"))
    return status


def _header(status: Status, rest: str) -> None:
    name, _, value = rest.partition(" ")
    if name == "branch.oid":
        status.head = None if value == "(initial)" else value
    elif name == "branch.head":
        status.branch = None if value == "(detached)" else value
    elif name == "branch.upstream":
        status.upstream = value
    elif name == "branch.ab" and (found := re.fullmatch(r"\+(\d{1,9}) -(\d{1,9})", value)):
        status.ahead, status.behind = int(found[1]), int(found[2])


def _file(letters: str, path: str, was: str | None = None) -> StatusFile:
    index, work_tree = (letters + UNCHANGED * 2)[:2]
    return StatusFile(path, index, work_tree, was)


class Commit(msgspec.Struct, frozen=True):
    """One commit; `at` as git tells it (RFC 3339)."""

    id: str
    short: str
    author: str
    email: str
    at: str
    refs: list[str]
    subject: str
    body: str


def commits_of(output: bytes) -> list[Commit]:
    """Of `git log --format=LOG_FORMAT`."""
    found: list[Commit] = []
    for record in output.decode(errors="replace").split("\x1e")[1:]:
        parts = record.split("\x1f", 7)
        if len(parts) == 8:
            full, short, author, email, at, refs, subject, body = parts
            names = [one.strip() for one in refs.split(",") if one.strip()]
            found.append(Commit(full, short, author, email, at, names, subject, body.strip()))
    return found


class Branch(msgspec.Struct, frozen=True):
    """A branch, of this repository or of a remote."""

    name: str
    remote: bool
    commit: str
    at: str
    subject: str
    current: bool


def branches_of(output: bytes) -> list[Branch]:
    """Of `git for-each-ref --format=BRANCH_FORMAT refs/heads refs/remotes`."""
    found: list[Branch] = []
    for line in output.decode(errors="replace").split("\n"):
        parts = line.split("\0")
        if len(parts) == 5 and parts[0].startswith(("refs/heads/", "refs/remotes/")):
            is_remote = parts[0].startswith("refs/remotes/")
            name = parts[0].split("/", 2)[2]
            found.append(Branch(name, is_remote, parts[1], parts[2], parts[3], parts[4] == "*"))
    return found


class DiffHunk(msgspec.Struct):
    """A piece of a diff; lines have "+", "-" or " " before them."""

    header: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: list[str] = msgspec.field(default_factory=list[str])


class DiffFile(msgspec.Struct):
    """What changed in a file; `was` is where it was before it was moved."""

    path: str = ""
    was: str | None = None
    kind: str = "changed"
    binary: bool = False
    hunks: list[DiffHunk] = msgspec.field(default_factory=list[DiffHunk])

    def count(self, sign: str) -> int:
        """How many lines were added ("+") or removed ("-")."""
        return sum(line.startswith(sign) for hunk in self.hunks for line in hunk.lines)


def diff_of(output: bytes) -> list[DiffFile]:
    """Of `git diff` with `--no-prefix` left out and `core.quotePath` off."""
    files: list[DiffFile] = []
    hunk: DiffHunk | None = None
    old_left = new_left = 0
    for line in _lines(output):
        if hunk is not None and (old_left > 0 or new_left > 0) and line[:1] in ("+", "-", " ", ""):
            hunk.lines.append(line or " ")
            old_left -= line[:1] in ("-", " ", "")
            new_left -= line[:1] in ("+", " ", "")
        elif line.startswith("diff --git "):
            files.append(DiffFile())
            hunk = None
            _names(files[-1], line)
        elif files and (found := _TOKEN.match(line)):
            old_left, new_left = int(found[2] or 1), int(found[4] or 1)
            hunk = DiffHunk(found[0], int(found[1]), old_left, int(found[3]), new_left)
            files[-1].hunks.append(hunk)
        elif files:
            _about(files[-1], line)
    return files


def _lines(output: bytes) -> Iterator[str]:
    text = output.decode(errors="replace")
    yield from (line.removesuffix("\r") for line in text.split("\n")[: -1 if text.endswith("\n") else None])


def _names(file: DiffFile, line: str) -> None:
    """Both names are the same unless lines after this one say otherwise."""
    rest = line.removeprefix("diff --git ")
    half = (len(rest) - 1) // 2
    if rest[:2] == "a/" and rest[half + 1 : half + 3] == "b/" and rest[2:half] == rest[half + 3 :]:
        file.path = rest[half + 3 :]


def _about(file: DiffFile, line: str) -> None:
    if line.startswith("new file"):
        file.kind = "added"
    elif line.startswith("deleted file"):
        file.kind = "deleted"
    elif line.startswith(("rename from ", "copy from ")):
        file.was, file.kind = line.split(" ", 2)[2], "moved"
    elif line.startswith(("rename to ", "copy to ")):
        file.path = line.split(" ", 2)[2]
    elif line.startswith("+++ b/"):
        file.path = line.removeprefix("+++ b/").removesuffix("\t")
    elif line.startswith("--- a/") and not file.path:
        file.path = line.removeprefix("--- a/").removesuffix("\t")
    elif line.startswith(("Binary files", "GIT binary patch")):
        file.binary = True
