"""Looking at a workspace: the blocking half of `WorkspaceFiles` that changes nothing."""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from entourage.kit.errors import Invalid, TooLarge, UnsupportedMedia
from entourage.workspaces.beneath import FOLDER, open_beneath, open_file, opened, parts_of, problems
from entourage.workspaces.metering import Meter
from entourage.workspaces.search import BINARY_SNIFF_BYTES, Corpus, deadline, find_lines
from entourage.workspaces.types import Entry, FileText, FolderUsage, Listing, Match, SearchResult
from entourage.workspaces.walk import DEEPEST_FOLDER, MOST_VISITED, Found, Skips, entry_of, matcher, walk

READ_BYTES = 1024 * 1024
LATELY_SECONDS = 60.0
PARENT = os.O_RDONLY | os.O_DIRECTORY


class Reading:
    """Opens things below `root`. Every method may block; see `WorkspaceFiles` for what they give and raise."""

    def __init__(self, root: Path, meter: Meter, max_file_bytes: int, mount: str) -> None:
        self._root = root
        self._mount = mount
        self._meter = meter
        self.max_file_bytes = max_file_bytes

    def root(self) -> int:
        """The workspace's folder, opened."""
        with problems(str(self._root)):
            return os.open(self._root, FOLDER)

    def parts(self, path: str) -> tuple[str, ...]:
        """The components of `path`."""
        return parts_of(path, self._mount)

    def named(self, path: str) -> tuple[str, ...]:
        """The components of a path that must not be the workspace itself."""
        parts = self.parts(path)
        if not parts:
            raise Invalid(f"{path!r} is the workspace itself", hint="Name something in it.")
        return parts

    def opened(self, path: str) -> Opened:
        """A file of whatever size."""
        parts = self.named(path)
        with opened(self.root()) as root, problems(path):
            fd = open_file(root, parts, os.O_RDONLY)
        return Opened(fd, entry_of(Found(parts, os.fstat(fd))))

    def content(self, path: str) -> bytes:
        return self.content_and_status(path)[0]

    def content_and_status(self, path: str) -> tuple[bytes, os.stat_result]:
        """A file's bytes, and what it was when they were read."""
        parts = self.named(path)
        with opened(self.root()) as root, problems(path), opened(open_file(root, parts, os.O_RDONLY)) as fd:
            status = os.fstat(fd)
            data = _read(fd, self.max_file_bytes + 1)
        if len(data) > self.max_file_bytes:
            raise TooLarge(
                f"{path!r} has {max(status.st_size, len(data)):,} bytes; at most {self.max_file_bytes:,} are read",
                hint="Read a part of it with a program in the sandbox.",
            )
        return data, status

    def text(self, path: str, offset: int, limit: int) -> FileText:
        if offset < 0 or limit < 1:
            raise Invalid("offset counts from 0 and limit from 1")
        data = self.content(path)
        if b"\0" in data[:BINARY_SNIFF_BYTES]:
            raise UnsupportedMedia(f"{path!r} is not text", hint="Look at it with a program in the sandbox.")
        lines = lines_of(data.decode(errors="replace"))
        shown = lines[offset : offset + limit]
        return FileText(
            path="/".join(self.parts(path)),
            text="".join(shown),
            first_line=offset + 1,
            lines=len(shown),
            total_lines=len(lines),
            truncated=offset + limit < len(lines),
            size=len(data),
        )

    def list(
        self,
        path: str,
        glob: str | None,
        *,
        recursive: bool,
        limit: int,
        depth: int = DEEPEST_FOLDER,
        skips: Skips | None = None,
    ) -> Listing:
        parts, matches = self.parts(path), matcher(glob)
        entries: list[Entry] = []
        visited = 0
        with opened(self.root()) as root, problems(path), opened(open_beneath(root, parts, PARENT)) as folder:
            for found in walk(folder, parts, recursive=recursive, depth=depth, skips=skips):
                visited += 1
                if matches(found.parts[len(parts) :]):
                    entries.append(entry_of(found))
                if len(entries) > limit:
                    break
        return Listing(entries[:limit], truncated=len(entries) > limit or visited >= MOST_VISITED)

    def search(
        self,
        pattern: str,
        path: str,
        glob: str | None,
        *,
        literal: bool,
        ignore_case: bool,
        limit: int,
        skips: Skips | None = None,
    ) -> SearchResult:
        """File after file is gathered and searched, until there are enough matches or the time is over."""
        found: list[Match] = []
        searched, left_out = 0, False
        until = deadline()
        for corpus in self._corpora(path, glob, skips):
            more = find_lines(
                corpus, pattern, literal=literal, ignore_case=ignore_case, limit=limit + 1 - len(found), until=until
            )
            found += more
            searched += len(corpus.paths)
            left_out = left_out or corpus.left_out
            if len(found) > limit or time.monotonic() > until:
                left_out = True
                break
        return SearchResult(found[:limit], searched, truncated=left_out)

    def _corpora(self, path: str, glob: str | None, skips: Skips | None) -> Iterator[Corpus]:
        parts, matches, corpus = self.parts(path), matcher(glob), Corpus()
        with opened(self.root()) as root, problems(path), opened(open_beneath(root, parts, os.O_RDONLY)) as start:
            if not stat.S_ISDIR(os.fstat(start).st_mode):
                corpus.add("/".join(parts), self.content(path))
                yield corpus
                return
            visited = 0
            for found in walk(start, parts, skips=skips):
                visited += 1
                if stat.S_ISREG(found.status.st_mode) and matches(found.parts[len(parts) :]):
                    if not corpus.has_room(found.status.st_size):
                        yield corpus
                        corpus = Corpus()
                    self._add(corpus, root, found)
            corpus.left_out = corpus.left_out or visited >= MOST_VISITED
            yield corpus

    def _add(self, corpus: Corpus, root: int, found: Found) -> None:
        if found.status.st_size > self.max_file_bytes:
            corpus.left_out = True
            return
        with suppress(OSError), opened(open_file(root, found.parts, os.O_RDONLY)) as fd:
            corpus.add("/".join(found.parts), _read(fd, self.max_file_bytes))

    def stat(self, path: str) -> Entry:
        parts = self.named(path)
        with opened(self.root()) as root, problems(path), opened(open_beneath(root, parts[:-1], PARENT)) as parent:
            return entry_of(Found(parts, os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)))

    def usage(self) -> FolderUsage:
        held = self._meter.held(now=True)
        return FolderUsage(held.bytes, held.files, self._meter.most_bytes)

    def usage_lately(self) -> FolderUsage:
        """As `usage`, counted within the last minute and kept up since by what we wrote: cheap."""
        held = self._meter.held(within_seconds=LATELY_SECONDS)
        return FolderUsage(held.bytes, held.files, self._meter.most_bytes)


class Opened(msgspec.Struct, frozen=True):
    """A file that is open: read it by `os.read(fd, ...)`, and close it."""

    fd: int
    entry: Entry


def _read(fd: int, most: int) -> bytes:
    """Up to `most` bytes, whatever size the file claims."""
    chunks: list[bytes] = []
    while most > 0:
        chunk = os.read(fd, min(READ_BYTES, most))
        if not chunk:
            break
        chunks.append(chunk)
        most -= len(chunk)
    return b"".join(chunks)


def lines_of(text: str) -> list[str]:
    """Lines with their ends. Only "\n" ends a line, as for programs that tell line numbers."""
    return list(io.StringIO(text, newline="\n"))
