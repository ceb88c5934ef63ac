"""Blobs: immutable bytes under an owner's prefix, in files or in S3 and compatible stores."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit

from entourage.kit.errors import Invalid, NotFound, QuotaExceeded

ABANDONED_SECONDS = 3600.0
"""What was not written whole within this was left by a server that died; other servers may share the folder."""

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}(/[a-z0-9][a-z0-9._-]{0,127}){0,7}\Z")


class Blobs(Protocol):
    """Blobs of every owner; `owner_id` is always part of the address, so a key of another owner is not found."""

    async def put(self, owner_id: str, key: str, data: bytes) -> None:
        """Store whole or not at all. Raises Invalid for a bad key, QuotaExceeded on a full disk."""
        ...

    async def get(self, owner_id: str, key: str) -> bytes:
        """The bytes. Raises NotFound."""
        ...

    async def get_range(self, owner_id: str, key: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`, fewer at the end. Raises NotFound."""
        ...

    async def delete(self, owner_id: str, key: str) -> None:
        """Remove; nothing happens when it is not there."""
        ...

    async def keys(self, owner_id: str, prefix: str = "") -> list[str]:
        """The owner's keys under `prefix`, sorted."""
        ...

    async def ping(self) -> None:
        """Raises when the store cannot be reached."""
        ...


def checked_key(owner_id: str, key: str) -> str:
    """`owner/key`, refused unless both are plain lower-case path segments (no `..`, no absolute, no case twins)."""
    if not _KEY.match(owner_id) or "/" in owner_id:
        raise Invalid(f"{owner_id!r} is not an owner.")
    if not _KEY.match(key) or len(key) > 512:
        raise Invalid(f"{key[:80]!r} is not a blob key: lower-case letters, digits, '.', '-', '_', up to 512 long.")
    return f"{owner_id}/{key}"


class FileBlobs:
    """Blobs as plain files: written beside and renamed, so that a reader never sees half of one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._unfinished = root / ".new"  # no owner has this name
        self._unfinished.mkdir(parents=True, exist_ok=True)
        _remove_older(self._unfinished, time.time() - ABANDONED_SECONDS)

    async def put(self, owner_id: str, key: str, data: bytes) -> None:
        await asyncio.to_thread(_put, self._root / checked_key(owner_id, key), data, self._unfinished)

    async def get(self, owner_id: str, key: str) -> bytes:
        path = self._root / checked_key(owner_id, key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound(f"There is no blob {key!r}.") from None

    async def get_range(self, owner_id: str, key: str, start: int, length: int) -> bytes:
        path = self._root / checked_key(owner_id, key)
        try:
            return await asyncio.to_thread(_part, path, start, length)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound(f"There is no blob {key!r}.") from None

    async def delete(self, owner_id: str, key: str) -> None:
        path = self._root / checked_key(owner_id, key)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def keys(self, owner_id: str, prefix: str = "") -> list[str]:
        return await asyncio.to_thread(_keys, self._root / checked_key(owner_id, "x").split("/")[0], prefix)

    async def ping(self) -> None:
        await asyncio.to_thread(os.stat, self._root)


def _part(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _put(path: Path, data: bytes, unfinished: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=unfinished)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        if error.errno in {28, 122}:  # ENOSPC, EDQUOT
            raise QuotaExceeded("The server's disk is full; nothing was changed.") from error
        raise


def _keys(folder: Path, prefix: str) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(key for key in found if key.startswith(prefix) and not key.rsplit("/", 1)[-1].startswith("."))


def _remove_older(folder: Path, since: float) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < since:
                path.unlink()


class S3Blobs:
    """Blobs in a bucket, by obstore (extra `s3`). `url`: s3://bucket/prefix?endpoint=http://host&region=..."""

    def __init__(self, url: str) -> None:
        from obstore.store import S3Store

        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        endpoint = options.get("endpoint")
        config = {"region": options.get("region", os.environ.get("AWS_REGION", "us-east-1"))}
        if endpoint:
            config["endpoint"] = endpoint
        self._store: Any = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=cast("Any", config),
            client_options={"allow_http": bool(endpoint and endpoint.startswith("http:"))},
        )

    async def put(self, owner_id: str, key: str, data: bytes) -> None:
        await self._store.put_async(checked_key(owner_id, key), data)

    async def get(self, owner_id: str, key: str) -> bytes:
        try:
            found = await self._store.get_async(checked_key(owner_id, key))
        except FileNotFoundError:
            raise NotFound(f"There is no blob {key!r}.") from None
        return bytes(await found.bytes_async())

    async def get_range(self, owner_id: str, key: str, start: int, length: int) -> bytes:
        from obstore.exceptions import GenericError

        path = checked_key(owner_id, key)
        try:
            found = await self._store.get_range_async(path, start=start, length=max(length, 1))
        except FileNotFoundError:
            raise NotFound(f"There is no blob {key!r}.") from None
        except GenericError:
            # stores refuse a range of which nothing is there
            if start < (await self._store.head_async(path))["size"]:
                raise
            return b""
        return bytes(found)[:length]

    async def delete(self, owner_id: str, key: str) -> None:
        try:
            await self._store.delete_async(checked_key(owner_id, key))
        except FileNotFoundError:
            return

    async def keys(self, owner_id: str, prefix: str = "") -> list[str]:
        root = checked_key(owner_id, "x")[:-1]
        listing = await self._store.list(root).collect_async()
        found = (str(item["path"]).removeprefix(root) for item in listing)
        return sorted(key for key in found if key.startswith(prefix))

    async def ping(self) -> None:
        await self._store.list("ping").collect_async()


def open_blobs(url: str | None, data_dir: Path) -> Blobs:
    """Files in `data_dir/blobs`, or the bucket `url` names. Raises ValueError for another scheme."""
    if url is None:
        return FileBlobs(data_dir / "blobs")
    if not url.startswith("s3://"):
        raise ValueError(f"blobs_url must start with s3://, not {url!r}")
    return S3Blobs(url)
