"""ZIP and tar as a folder of files: each comes out by itself, within bounds on their number and size."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from lzma import LZMAError
from pathlib import PurePosixPath
from typing import TypeAlias

from entourage.memory.ingest.readers.parts import File, Member, Unreadable
from entourage.memory.ingest.readers.zipped import member, opened
from entourage.memory.ingest.skipping import Skipping

MAX_FILES = 5_000
MAX_LOOKED_AT = 200_000
MAX_TOTAL_BYTES = 512 * 1_048_576
MAX_MEMBER_BYTES = 32 * 1_048_576
MAX_NAME = 400

_Entry: TypeAlias = tuple[str, int, Callable[[], bytes]]
"""Name, size as it is claimed, and a way to its bytes."""


def read_archive(file: File) -> Iterator[Member]:
    """Files worth reading, by their paths. Raises Unreadable."""
    if file.data.startswith(b"PK"):
        yield from _zip(file)
    else:
        yield from _tar(file)


def _zip(file: File) -> Iterator[Member]:
    with opened(file.data) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        _check_count(len(infos))
        entries: list[_Entry] = [
            (info.filename, info.file_size, lambda info=info: member(archive, info, MAX_MEMBER_BYTES)) for info in infos
        ]
        yield from _chosen(file, entries)


def _tar(file: File) -> Iterator[Member]:
    """Read once from end to end: a packed tar cannot be gone back in cheaply."""
    try:
        with tarfile.open(fileobj=BytesIO(file.data), mode="r:*") as archive:
            infos: list[tarfile.TarInfo] = []
            for info in archive:
                _check_count(len(infos))
                infos.append(info)
                if archive.offset > MAX_TOTAL_BYTES:
                    raise Unreadable("bomb", f"It unpacks to more than {MAX_TOTAL_BYTES:,} bytes.")
            files = [info for info in infos if info.isreg()]
            yield from _chosen(
                file, [(info.name, info.size, lambda info=info: _taken(archive, info)) for info in files]
            )
    except (tarfile.TarError, EOFError, OSError, zlib.error, LZMAError, ValueError) as error:
        if not file.data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or not isinstance(error, tarfile.ReadError):
            raise Unreadable("corrupt", f"The archive is damaged: {str(error)[:120]}.") from None
        raise Unreadable("unsupported", "It is packed, but no tar archive is in it.") from None


def _taken(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    if info.size > MAX_MEMBER_BYTES:
        raise Unreadable("too_large", f"It has more than {MAX_MEMBER_BYTES:,} bytes.")
    opened_member = archive.extractfile(info)
    return opened_member.read(MAX_MEMBER_BYTES) if opened_member else b""


def _chosen(file: File, entries: list[_Entry]) -> Iterator[Member]:
    named = {name: (size, take) for raw, size, take in entries if (name := _clean_name(raw))}
    rules = _rules(named)
    worth = [name for name in named if not rules.skips(name)]
    file.skipped = len(entries) - len(worth)
    if len(worth) > MAX_FILES:
        raise Unreadable("too_many", f"It has {len(worth):,} files to read; at most {MAX_FILES:,} are.")
    total = 0
    for name in worth:
        one = _member(name, named[name][1])
        total += len(one.data)
        if total > MAX_TOTAL_BYTES:
            raise Unreadable("bomb", f"It unpacks to more than {MAX_TOTAL_BYTES:,} bytes.")
        yield one


def _rules(named: dict[str, tuple[int, Callable[[], bytes]]]) -> Skipping:
    rules = Skipping()
    for name, (size, take) in named.items():
        path = PurePosixPath(name)
        if path.name == ".gitignore" and size < MAX_NAME * 1_000:
            folder = "" if str(path.parent) == "." else str(path.parent)
            rules.add_gitignore(folder, take().decode(errors="replace"))
    return rules


def _member(name: str, take: Callable[[], bytes]) -> Member:
    """What is wrong with one file is no trouble of the others."""
    try:
        return Member(name, take())
    except Unreadable as why:
        return Member(name, b"", Unreadable("too_large" if why.code == "bomb" else why.code, why.detail))


def _check_count(count: int) -> None:
    if count > MAX_LOOKED_AT:
        raise Unreadable("too_many", f"It has more than {MAX_LOOKED_AT:,} files.")


def _clean_name(raw: str) -> str:
    """A relative path within the archive, '' for one that leads out of it or cannot be written."""
    parts = [part for part in raw.replace("\\", "/").split("/") if part not in ("", ".")]
    name = "/".join(parts)
    is_plain = ".." not in parts and len(name) <= MAX_NAME and name.isprintable()
    return name if is_plain else ""
