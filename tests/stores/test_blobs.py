"""Blobs in files and in S3: whole or not at all, under their owner, whatever the key tries."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from entourage.kit.errors import Invalid, NotFound, QuotaExceeded
from entourage.kit.ids import new_id
from entourage.stores.blobs import Blobs, FileBlobs, open_blobs

ANNA, BORIS = new_id(), new_id()

BAD_KEYS = [
    "",
    "..",
    "../secret",
    "a/../b",
    "/etc/passwd",
    "a//b",
    "a/",
    "./a",
    "A",
    "a\x00b",
    "a b",
    "a\\b",
    "%2e%2e",
    ".hidden",
    "é",
    "a" * 129,
    "/".join(["a"] * 9),
    "/".join(["a" * 128] * 5),
    "a\n",
]


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["files", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """An empty store of each kind."""
    if request.param == "files":
        return open_blobs(None, tmp_path)
    endpoint = request.getfixturevalue("s3_server")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    bucket = f"b{new_id()}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    return open_blobs(f"s3://{bucket}/some/prefix?endpoint={endpoint}", tmp_path)


async def test_what_is_put_comes_back(blobs: Blobs) -> None:
    for key, data in (("a", b""), ("artifacts/x/1-y.svg", bytes(range(256)) * 10_000), ("a.b_c-d", b"x")):
        await blobs.put(ANNA, key, data)
        assert await blobs.get(ANNA, key) == data
    await blobs.put(ANNA, "a", b"again")
    assert await blobs.get(ANNA, "a") == b"again"
    await blobs.ping()


async def test_a_range_of_a_blob_is_what_of_it_is_there(blobs: Blobs) -> None:
    data = bytes(range(256)) * 4
    await blobs.put(ANNA, "a", data)
    await blobs.put(ANNA, "empty", b"")
    for start, length in ((0, 10), (1000, 24), (0, 1024), (1020, 100), (0, 5000), (1023, 1), (5, 0)):
        assert await blobs.get_range(ANNA, "a", start, length) == data[start : start + length], (start, length)
    for start in (1024, 1025, 1_000_000):
        assert await blobs.get_range(ANNA, "a", start, 10) == b""
    for start, length in ((0, 10), (0, 0), (7, 10)):
        assert await blobs.get_range(ANNA, "empty", start, length) == b""


async def test_a_range_of_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    await blobs.put(ANNA, "k/one", b"hers")
    for owner, key in ((ANNA, "none"), (BORIS, "k/one"), (ANNA, "k")):
        with pytest.raises(NotFound):
            await blobs.get_range(owner, key, 0, 10)
        with pytest.raises(NotFound):
            await blobs.get_range(owner, key, 0, 0)


async def test_another_owner_finds_nothing(blobs: Blobs) -> None:
    await blobs.put(ANNA, "k/one", b"hers")
    with pytest.raises(NotFound):
        await blobs.get(BORIS, "k/one")
    await blobs.delete(BORIS, "k/one")
    assert await blobs.keys(BORIS) == []
    assert await blobs.get(ANNA, "k/one") == b"hers"


async def test_keys_are_listed_by_prefix(blobs: Blobs) -> None:
    for key in ("b/2", "b/1", "c", "bb"):
        await blobs.put(ANNA, key, b"x")
    await blobs.put(BORIS, "b/3", b"x")
    assert await blobs.keys(ANNA) == ["b/1", "b/2", "bb", "c"]
    assert await blobs.keys(ANNA, "b/") == ["b/1", "b/2"]
    assert await blobs.keys(ANNA, "none") == []


async def test_what_is_deleted_is_gone_and_deleting_again_is_nothing(blobs: Blobs) -> None:
    await blobs.put(ANNA, "a", b"x")
    await blobs.delete(ANNA, "a")
    await blobs.delete(ANNA, "a")
    with pytest.raises(NotFound):
        await blobs.get(ANNA, "a")


@pytest.mark.parametrize("key", BAD_KEYS, ids=lambda key: repr(key[:12]))
async def test_keys_that_lead_elsewhere_are_refused(blobs: Blobs, key: str) -> None:
    asked = (blobs.get(ANNA, key), blobs.get_range(ANNA, key, 0, 1))
    for work in (blobs.put(ANNA, key, b"x"), *asked, blobs.delete(ANNA, key)):
        with pytest.raises(Invalid):
            await work
    with pytest.raises(Invalid):
        await blobs.get(f"{ANNA}/..", "a")


async def test_a_reader_never_sees_half_of_a_blob(blobs: Blobs) -> None:
    versions = [bytes([number]) * 300_000 for number in range(6)]
    await blobs.put(ANNA, "a", versions[0])

    async def read() -> None:
        for _ in range(12):
            data = await blobs.get(ANNA, "a")
            assert data in versions

    async def write() -> None:
        for data in versions:
            await blobs.put(ANNA, "a", data)

    await asyncio.gather(read(), write(), read())


async def test_a_full_disk_leaves_the_old_bytes_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FileBlobs(tmp_path)
    await blobs.put(ANNA, "a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(QuotaExceeded):
        await blobs.put(ANNA, "a", b"new")
    assert await blobs.get(ANNA, "a") == b"old"
    assert await blobs.keys(ANNA) == ["a"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a"]  # noqa: ASYNC240


def test_only_stores_we_know_are_opened(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://"):
        open_blobs("ftp://host/x", tmp_path)


async def test_what_a_dead_server_left_half_written_goes(tmp_path: Path) -> None:
    await FileBlobs(tmp_path).put(ANNA, "a", b"whole")
    old, new = tmp_path / ".new" / "old", tmp_path / ".new" / "new"
    for path in (old, new):
        path.write_bytes(b"ha")
    os.utime(old, (1, 1))
    assert await FileBlobs(tmp_path).keys(ANNA) == ["a"]
    assert not old.exists()
    assert new.exists()  # another server may be writing it
