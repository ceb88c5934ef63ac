"""Where the bytes of versions are: small ones in the row, large ones in blobs, text packed.

zlib packs: it is in every Python, takes a tenth of a second for 4 MB and makes text three to ten times smaller; what
packs better is no standard library before Python 3.14. Pictures, films and documents are packed already.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from entourage.artifacts.kinds import is_text
from entourage.artifacts.tables import ArtifactVersionRow
from entourage.kit.ids import new_id
from entourage.stores.blobs import Blobs

T = TypeVar("T")

INLINE_BYTES = 65_536
"""Content up to this size stands in the row; larger content goes to a blob."""

_ZLIB: Final = "zlib"
_LEVEL = 6
_QUICK_BYTES = 262_144
"""Up to here packing and hashing take less than a visit of another thread is worth."""


class Stored(msgspec.Struct, frozen=True):
    """Bytes that are kept: here, or in a blob."""

    size: int
    sha256: str
    format: str
    content: bytes | None = None
    blob_key: str | None = None
    encoding: str | None = None

    def version(self, artifact_id: str, number: int, *, agent: str | None, note: str, at_ms: int) -> ArtifactVersionRow:
        """The row of a version with this content."""
        return ArtifactVersionRow(
            artifact_id=artifact_id,
            version=number,
            size=self.size,
            content=self.content,
            blob_key=self.blob_key,
            encoding=self.encoding,
            sha256=self.sha256,
            format=self.format,
            agent=agent,
            note=note,
            created_ms=at_ms,
        )


class Contents:
    """Keeps and reads the bytes of versions."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def keep(self, owner_id: str, artifact_id: str, content: bytes, mime: str) -> Stored:
        """Keep bytes. A blob is written at once, before there is a row that names it. Raises QuotaExceeded."""
        digest = await _away(len(content), lambda: hashlib.sha256(content).hexdigest())
        if len(content) <= INLINE_BYTES:
            return Stored(len(content), digest, mime, content=content)
        return await self._blob(owner_id, artifact_id, Stored(len(content), digest, mime), content)

    async def cool(self, owner_id: str, version: ArtifactVersionRow, mime: str) -> Stored | None:
        """Content of a row as a blob, None when it is one already."""
        if version.content is None:
            return None
        digest = version.sha256 or hashlib.sha256(version.content).hexdigest()
        stored = Stored(version.size, digest, version.format or mime)
        return await self._blob(owner_id, version.artifact_id, stored, version.content)

    async def _blob(self, owner_id: str, artifact_id: str, stored: Stored, content: bytes) -> Stored:
        key = f"artifacts/{artifact_id}/{new_id()}"
        packed = await _away(len(content), lambda: zlib.compress(content, _LEVEL)) if is_text(stored.format) else None
        encoding = _ZLIB if packed is not None and len(packed) < len(content) else None
        await self._blobs.put(owner_id, key, packed if encoding and packed is not None else content)
        return Stored(stored.size, stored.sha256, stored.format, blob_key=key, encoding=encoding)

    async def drop(self, owner_id: str, keys: list[str]) -> None:
        """Remove blobs; those that are gone are no matter."""
        for key in keys:
            await self._blobs.delete(owner_id, key)

    async def read(self, owner_id: str, version: ArtifactVersionRow) -> bytes:
        """All bytes of a version. Raises NotFound when its blob is gone."""
        if version.content is not None:
            return version.content
        data = await self._blobs.get(owner_id, version.blob_key or "")
        if version.encoding != _ZLIB:
            return data
        return await _away(version.size, lambda: zlib.decompress(data, bufsize=max(version.size, 1)))

    async def part(self, owner_id: str, version: ArtifactVersionRow, start: int, end: int) -> bytes:
        """Bytes from `start` to before `end`. Of a blob that is not packed nothing else is read."""
        if version.blob_key and version.encoding is None:
            return await self._blobs.get_range(owner_id, version.blob_key, start, end - start)
        return (await self.read(owner_id, version))[start:end]

    async def thumbnail(self, owner_id: str, key: str) -> bytes:
        """A picture that was made of a version. Raises NotFound."""
        return await self._blobs.get(owner_id, key)

    async def keep_thumbnail(self, owner_id: str, artifact_id: str, version: int, picture: bytes) -> str:
        """Keep a picture of a version; its key, which is always the same."""
        key = f"artifacts/{artifact_id}/{version}-preview"
        await self._blobs.put(owner_id, key, picture)
        return key


async def _away(size: int, work: Callable[[], T]) -> T:
    """The work, on another thread when it takes long."""
    return work() if size <= _QUICK_BYTES else await asyncio.to_thread(work)
