"""What an archive may hold, whoever made it. All of it is counted as it comes out, never as the archive claims."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from entourage.kit.errors import Invalid, TooLarge
from entourage.workspaces.beneath import parts_of

CHUNK_BYTES = 256 * 1024
MOST_RATIO = 200
FREE_BYTES = 32 * 1_048_576
"""Below this no ratio is looked at: small archives of blanks are harmless."""


class Bomb(TooLarge):
    """The archive holds more than it may."""


class Bounds(msgspec.Struct):
    """What is left of what may come out of an archive of `packed_bytes`."""

    packed_bytes: int
    most_bytes: int
    most_files: int
    file_bytes: int
    on_file: Callable[[int, int], None] = lambda _files, _bytes: None
    files: int = 0
    bytes: int = 0
    names: set[tuple[str, ...]] = msgspec.field(default_factory=set[tuple[str, ...]])

    def name(self, text: str) -> tuple[str, ...]:
        """The components of a member's name. Raises Invalid for one that leads out, or is there twice; Bomb."""
        if text.startswith("/") or (len(text) > 1 and text[1] == ":"):
            raise Invalid(f"the archive has an absolute name, {text[:200]!r}", hint="Pack it with relative names.")
        parts = parts_of(text.replace("\\", "/"), "\0")
        if not parts:
            return parts
        if parts in self.names:
            raise Invalid(f"the archive has {text[:200]!r} twice", hint="Pack it anew.")
        self.names.add(parts)
        self.files += 1
        if self.files > self.most_files:
            raise Bomb(f"the archive has over {self.most_files:,} files", hint="Pack less at once.")
        return parts

    def take(self, count: int) -> None:
        """So many bytes came out. Raises Bomb."""
        self.bytes += count
        if self.bytes > self.most_bytes:
            raise Bomb(f"the archive unpacks to over {self.most_bytes:,} bytes", hint="Make room, or pack less.")
        if self.bytes > FREE_BYTES and self.bytes > MOST_RATIO * max(self.packed_bytes, 1):
            raise Bomb(
                f"the archive unpacks to over {MOST_RATIO} times its size", hint="Unpack it yourself, and upload."
            )

    def write(self, source: BinaryIO, target: Path, mode: int) -> None:
        """Copy a member's bytes into a new file, counting."""
        size = 0
        with target.open("xb") as file:
            while chunk := source.read(CHUNK_BYTES):
                self.take(len(chunk))
                size += len(chunk)
                if size > self.file_bytes:
                    raise Bomb(
                        f"{target.name!r} in the archive has over {self.file_bytes:,} bytes", hint="Leave it out."
                    )
                file.write(chunk)
        target.chmod(0o755 if mode & 0o100 else 0o644)
        self.on_file(self.files, self.bytes)


def folder_for(root: Path, parts: tuple[str, ...]) -> Path:
    """Where a member goes, its folder made. Raises Invalid when a file is in the way of it."""
    path = root.joinpath(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Invalid(f"the archive has a file where {'/'.join(parts)[:200]!r} needs a folder") from None
    return path
