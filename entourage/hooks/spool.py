"""The spool: what hooks appended and nobody has delivered yet. One file an application, many writers, one reader.

A record is a line `ID MILLISECONDS WANTED LENGTH BODY`; `WANTED` is "?" where the hook waits for an answer. How far the
reader got stands in a file beside it, written after each delivery: a record may be delivered twice, never not at all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

READ_BYTES = 16 * 1_048_576
MAX_REFUSED_BYTES = 1_048_576


class Record(NamedTuple):
    """One hook body. `end` is where the next record begins."""

    id: str
    at_ms: int
    is_wanted: bool
    body: bytes
    end: int


class Spool:
    """The spool of one application in the state folder."""

    def __init__(self, folder: str, app: str) -> None:
        self.app = app
        self.path = os.path.join(folder, app + ".spool")
        self._sent_path = os.path.join(folder, app + ".sent")
        self._lock_path = os.path.join(folder, app + ".lock")
        self._refused_path = os.path.join(folder, app + ".refused")
        self._dropped_path = os.path.join(folder, app + ".dropped")
        self.torn = 0

    @contextmanager
    def reader(self) -> Generator[bool]:
        """Become the one reader; gives False when another process is. The lock goes with the process."""
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = True
        except OSError:
            mine = False
        try:
            yield mine
        finally:
            os.close(lock)

    def read(self, after: int | None = None) -> list[Record]:
        """Whole records from `after` (default: what was not sent yet) on, in order; torn lines are left out."""
        start = self.sent() if after is None else after
        try:
            with open(self.path, "rb") as file:
                file.seek(start)
                data = file.read(READ_BYTES)
        except FileNotFoundError:
            return []
        return list(self._records(data, start))

    def _records(self, data: bytes, start: int) -> Iterator[Record]:
        position = 0
        while (newline := data.find(b"\n", position)) >= 0:
            line = data[position:newline]
            position = newline + 1
            if not line:
                continue
            record = _parsed(line, start + position)
            if record:
                yield record
            else:
                self.torn += 1

    def sent(self) -> int:
        """How far the reader got. What lies past the end means that the spool was emptied."""
        with suppress(FileNotFoundError, ValueError), open(self._sent_path, encoding="ascii") as file:
            offset = int(file.read())
            return offset if offset <= self.size() else 0
        return 0

    def size(self) -> int:
        """Bytes in the spool, sent or not."""
        with suppress(FileNotFoundError):
            return os.path.getsize(self.path)
        return 0

    def mark_sent(self, offset: int) -> None:
        """Everything before `offset` is delivered; a spool without a rest is emptied."""
        if offset >= self.size() and self._emptied(offset):
            return
        self._write_sent(offset)

    def _emptied(self, offset: int) -> bool:
        """Empty it unless something was appended meanwhile. Killed in between, everything is delivered once more."""
        with open(self.path, "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_size > offset:
                return False
            self._write_sent(0)
            file.truncate(0)
        return True

    def _write_sent(self, offset: int) -> None:
        with open(self._sent_path + ".new", "w", encoding="ascii") as file:
            file.write(str(offset))
        os.replace(self._sent_path + ".new", self._sent_path)

    def refuse(self, record: Record, why: str) -> None:
        """Keep what the server will never take, for a person to look at."""
        with suppress(FileNotFoundError):
            if os.path.getsize(self._refused_path) > MAX_REFUSED_BYTES:
                os.replace(self._refused_path, self._refused_path + ".old")
        with open(self._refused_path, "ab") as file:
            file.write(b"%s %s %s\n" % (record.id.encode(), why.encode(), record.body[:65_536]))

    def dropped(self) -> int:
        """How many events a full spool did not take."""
        with suppress(FileNotFoundError):
            return os.path.getsize(self._dropped_path)
        return 0

    def refused(self) -> int:
        """How many events the server would not take."""
        with suppress(FileNotFoundError), open(self._refused_path, "rb") as file:
            return sum(1 for _ in file)
        return 0


def _parsed(line: bytes, end: int) -> Record | None:
    fields = line.split(b" ", 4)
    if (
        len(fields) != 5
        or not fields[1].isdigit()
        or fields[2] not in (b"?", b"-")
        or fields[3] != b"%d" % len(fields[4])
    ):
        return None
    return Record(fields[0].decode("ascii", "replace"), int(fields[1]), fields[2] == b"?", fields[4], end)
